"""Layers and lines of the generated network.c."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.chip.chip import Chip
from studio.firmware import generate, locate, planner
from tests.unit.firmware_nets import small

STRANGE = ['a "b" \\ c', "*/ int x; /*", "/*/", "卷积 ??/", "new\nline\t", "", "a\u202eb\u2028"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    from studio.chip import chip as chips  # noqa: PLC0415

    chip: Chip = chips.load()
    folder: Path = tmp_path_factory.mktemp("c")
    qnetwork, layout = small()
    generate.project(qnetwork, layout, planner.plan(qnetwork, chip), 7, chip, folder)
    return (folder / locate.NETWORK).read_text(encoding="utf-8")


def test_every_layer_has_a_function_and_its_lines_lead_back(source: str) -> None:
    lines = source.split("\n")
    numbers = []
    for number, op in enumerate(small()[0].ops, 1):
        line = locate.line_of(source, op.name)
        assert line is not None
        assert lines[line - 1].startswith((f"static int run{number}_", f"static void run{number}_"))
        end = next(n for n in range(line, len(lines)) if lines[n] == "}")
        for within in range(line, end + 2):
            assert locate.layer_at(source, within) == op.name
        assert locate.layer_at(source, end + 2) is None
        numbers.append(line)
    assert numbers == sorted(numbers)
    # Each is called once, in order, by network_run.
    body = source[source.index("int network_run(") :]
    calls = [body.index(f"run{number}_") for number in range(1, len(numbers) + 1)]
    assert calls == sorted(calls)


def test_a_descriptor_belongs_to_its_layer(source: str) -> None:
    lines = source.split("\n")
    at = next(n for n, text in enumerate(lines, 1) if "op4_block2 = {" in text)
    assert locate.layer_at(source, at) == "fc"
    assert locate.layer_at(source, at + 5) == "fc"


def test_what_is_outside_the_layers(source: str) -> None:
    lines = source.split("\n")
    assert locate.layer_at(source, 1) is None
    assert locate.layer_at(source, len(lines)) is None
    assert locate.layer_at(source, 10 * len(lines)) is None
    assert locate.line_of(source, "no such layer") is None
    run = next(n for n, text in enumerate(lines, 1) if text.startswith("int network_run("))
    assert locate.layer_at(source, run + 2) is None


@pytest.mark.parametrize("name", STRANGE, ids=range(len(STRANGE)))
def test_any_name_survives_and_ends_no_comment(name: str) -> None:
    text = f"/* layer {locate.mark(name)}: x */\nstatic void run1(void)\n{{\n}}\n"
    first = text.partition("\n")[0]
    assert "*/" not in first[2:-2] and "/*" not in first[2:-2] and "??" not in first
    assert locate.line_of(text, name) == 2
    assert locate.layer_at(text, 3) == name


def test_an_edited_mark_is_ignored() -> None:
    assert locate.layer_at('/* layer "a\\q": x */\nint b;\n', 2) is None
