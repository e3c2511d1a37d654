"""The chip description: the file we ship, and every way another one can be broken."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from studio.base import paths
from studio.base.errors import ChipError
from studio.chip import chip as chips
from studio.chip.chip import Chip

GOOD = paths.resource("chips", "wtm2101.toml").read_text(encoding="utf-8")


def write(folder: Path, text: str) -> Path:
    path = folder / "芯片 one.toml"
    path.write_text(text, encoding="utf-8")
    return path


def without(name: str) -> str:
    """The good file with one entry left out."""
    text, count = re.subn(rf"(?m)^{name} *=.*\n", "", GOOD, count=1)
    assert count == 1, name
    return text


def replaced(name: str, value: str) -> str:
    """The good file with one entry's value changed (the first entry of that name)."""
    text, count = re.subn(rf"(?m)^{name} *=.*$", f"{name} = {value}", GOOD, count=1)
    assert count == 1, name
    return text


def test_the_chip_we_ship(chip: Chip) -> None:
    assert chips.names() == ["wtm2101"]
    assert (chip.array.rows, chip.array.columns) == (1792, 1024)
    assert chip.array.usable_columns == 896
    assert chip.array.max_inputs == 896
    assert [(bank.first_row, bank.last_row) for bank in chip.array.banks] == [(0, 895), (896, 1791)]
    assert chip.array.max_bias == 16 * 255 * 128
    assert (chip.memory.code.base, chip.memory.code.size) == (0, 128 * 1024)
    assert (chip.memory.data.base, chip.memory.data.size) == (0x2000_0000, 128 * 1024)
    assert chip.npu.sram_size == 8192
    assert chip.uart.base == (0x6400_4000, 0x6400_5000)
    assert chip.timer == 0xF001_0000


def test_estimates_come_with_their_sources(chip: Chip) -> None:
    own = chip.estimates
    assert own is not None
    assert own.round.cycles == 24
    assert 1e-14 < own.mac.joules < 1e-11
    assert 1e-12 < own.cpu_cycle.joules < 1e-9
    for number in (own.round, own.mac, own.cpu_cycle, own.static):
        assert len(number.source) > 20


def test_a_chip_needs_no_estimates(tmp_path: Path) -> None:
    text = GOOD[: GOOD.index("[estimates.round]")]
    assert chips.load(write(tmp_path, text)).estimates is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (replaced("cycles", "0"), "estimates.round.cycles must be at least 1"),
        (replaced("cycles", "24.0"), "estimates.round.cycles is 24.0, not of type int"),
        (replaced("joules", "-1e-12"), "estimates.mac.joules must be a number from 0"),
        (replaced("joules", "nan"), "estimates.mac.joules must be a number from 0"),
        (replaced("joules", "inf"), "estimates.mac.joules must be a number from 0"),
        (replaced("joules", "1"), "estimates.mac.joules is 1, not of type float"),
        (replaced("watts", "-0.5"), "estimates.static.watts must be a number from 0"),
        (replaced("watts", '"none"'), "estimates.static.watts is 'none', not of type float"),
        (GOOD.replace("[estimates.mac]", "[estimates.sum]"), "mac"),
        (GOOD + "\n[estimates.leak]\nwatts = 1.0\n", "leak"),
        (without("watts"), "watts"),
        (GOOD[: GOOD.index("[estimates.round]")] + "[estimates]\n", "round"),
        (
            re.sub('source = "Nothing.*', 'source = " "', GOOD),
            "estimates.static has no source",
        ),
    ],
)
def test_wrong_estimates_are_named(text: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(ChipError, match=word):
        chips.load(write(tmp_path, text))


def test_regions_do_not_meet(chip: Chip) -> None:
    regions = sorted(
        [
            (chip.memory.code.base, chip.memory.code.size),
            (chip.memory.data.base, chip.memory.data.size),
            (chip.npu.registers, 0x100),
            (chip.npu.sram_base, chip.npu.sram_size),
            *((base, 0x20) for base in chip.uart.base),
            (chip.timer, 0x1000),
            *([(chip.interrupts.base, 0x2000)] if chip.interrupts else []),
            *([(chip.gpio.base, 0x54)] if chip.gpio else []),
        ]
    )
    for (base, size), (following, _) in itertools.pairwise(regions):
        assert base + size <= following


def test_a_chip_without_interrupts_pins_and_timing(tmp_path: Path) -> None:
    text = GOOD
    for head, following in (("[cpu.cycles]", "[memory]"), ("[gpio]", "# For estimates")):
        start, end = text.index(head), text.index(following)
        text = text[:start] + text[end:]
    plain = chips.load(write(tmp_path, text))
    assert (plain.gpio, plain.interrupts, plain.cpu.cycles) == (None, None, chips.CpuCycles())


def test_a_path_works_like_an_id(tmp_path: Path, chip: Chip) -> None:
    path = write(tmp_path, GOOD)
    assert chips.load(path) == chips.load(str(path)) == chip == chips.load()


@pytest.mark.parametrize("name", ["wtm9999", "", "../chips/none", "missing.toml", "chips.toml"])
def test_unknown_chip_lists_the_known(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chips.toml").mkdir()
    with pytest.raises(ChipError, match="no such chip") as caught:
        chips.load(name)
    assert "wtm2101" in caught.value.hint
    assert caught.value.where == name


@pytest.mark.parametrize("content", [b"[array\n", b"= 3", GOOD.encode()[:900] + b"\xff", b"\x00"])
def test_not_toml(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(ChipError, match="not a TOML file") as caught:
        chips.load(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "name",
        "rows",
        "columns",
        "first_row",
        "input_max",
        "isa",
        "code",
        "stack",
        "sram_base",
        "register_step",
    ],
)
def test_missing_entry_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(ChipError, match=name) as caught:
        chips.load(write(tmp_path, without(name)))
    assert "wtm2101.toml" in caught.value.hint


@pytest.mark.parametrize("text", ["", "array = 3\n", "[array]\nbanks = 3\n"])
def test_other_toml_files(text: str, tmp_path: Path) -> None:
    with pytest.raises(ChipError, match="missing or wrong entry"):
        chips.load(write(tmp_path, text))


def test_entry_we_do_not_know(tmp_path: Path) -> None:
    with pytest.raises(ChipError, match="colour"):
        chips.load(write(tmp_path, GOOD.replace("[array]\n", "[array]\ncolour = 1\n", 1)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("first_row = 896", "first_row = 895"), "bank lower overlaps"),
        (
            GOOD.replace("first_row = 896", "first_row = 897"),
            "bank lower .*leaves the array",
        ),
        (replaced("first_row", "-1"), "bank upper"),
        (replaced("reserved_columns", "1024"), "reserved_columns"),
        (replaced("reserved_columns", "-1"), "reserved_columns"),
        (replaced("gain_min", "300"), "powers of two"),
        (replaced("gain_max", "0"), "powers of two"),
    ],
)
def test_contradictions(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ChipError, match=message) as caught:
        chips.load(write(tmp_path, text))
    assert caught.value.where


@pytest.mark.parametrize(
    "text",
    [
        replaced("columns", '"1024"'),
        replaced("reserved_columns", "1.5"),
        replaced("gain_min", "256.0"),
        replaced("first_row", '"0"'),
        replaced("id", "3"),
        replaced("code", '{ base = "0", size = 1 }'),
        replaced("base", '["0x6400"]'),
        replaced("sram_size", "true"),
        replaced("stack", "[4096]"),
        GOOD.split("[[array.banks]]", maxsplit=1)[0].replace("[array]", "[array]\nbanks = []")
        + GOOD[GOOD.index("[arithmetic]") :],
    ],
)
def test_wrong_type_or_no_bank(text: str, tmp_path: Path) -> None:
    with pytest.raises(ChipError):
        chips.load(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (replaced("bias_rows", "0"), "bias_rows"),
        (replaced("gain_max", "128"), "gain_max"),
        (replaced("sram_base", "0x2000_0000"), "overlap"),
        (replaced("sram_base", "0x2004_0010"), "multiple of 4096"),
        (replaced("sram_size", "0"), "NPU SRAM"),
        (replaced("register_step", "1"), "register_step"),
        (replaced("stack", "0x10_0000"), "stack"),
        (replaced("schema", "9"), "schema"),
        (replaced("divide", "101"), r"cpu\.cycles\.divide must be from 0 to 100"),
        (replaced("jump", "-1"), r"cpu\.cycles\.jump"),
        (GOOD.replace("uart = [32, 33]", "uart = [32]"), "one number a UART"),
        (GOOD.replace("uart = [32, 33]", "uart = [32, 7]"), "different numbers"),
        (GOOD.replace("uart = [32, 33]", "uart = [32, 64]"), "from 1 to 63"),
        (GOOD.replace("base = 0xF002_0000", "base = 0xF000_F000"), "timer and interrupt|overlap"),
    ],
)
def test_contradictions_are_named(text: str, word: str, tmp_path: Path) -> None:
    with pytest.raises(ChipError, match=word):
        chips.load(write(tmp_path, text))
