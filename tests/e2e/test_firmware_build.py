"""Building whole projects with the real compiler, and everything that can go wrong there."""

from __future__ import annotations

import importlib.util
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import (
    Cancelled,
    DataError,
    FitError,
    ProjectError,
    StudioError,
    ToolError,
    VerifyError,
)
from studio.base.job import Job
from studio.chip.chip import Chip, load
from studio.firmware import build, sizes, stage, store, toolchain
from studio.firmware.image import Image, TestSet
from studio.firmware.messages import BuildError
from studio.firmware.stage import FirmwareOptions
from tests.e2e.firmware_projects import TAG, make
from tests.unit.firmware_nets import samples, small


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """A build in a folder with spaces and Chinese characters, of as many samples as fit."""
    folder = tmp_path_factory.mktemp("固件 build") / "结果 1" / "firmware"
    return make(load("wtm2101"), folder, 3000)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for builds that come one after another: zig's cache goes by folder."""
    return tmp_path_factory.mktemp("bench")


def test_the_image_says_what_the_elf_is(built: Image, chip: Chip) -> None:
    stage.verify(built, chip)
    assert built.elf == built.project / "build" / "firmware.elf"
    assert built.toolchain.startswith("zig 0.")
    assert built.tag == TAG and built.labels
    elf = sizes.read(built.elf, ("network_tag", "testset_samples", "testset_labelled"))
    assert elf.words == {
        "network_tag": TAG,
        "testset_samples": built.samples,
        "testset_labelled": 1,
    }
    assert elf.entry == elf.symbols["_start"] == chip.memory.code.base
    assert elf.symbols["__stack_top"] == chip.memory.data.base + chip.memory.data.size
    assert elf.symbols["trap_entry"] % 64 == 0


def test_as_many_samples_as_fit(built: Image, chip: Chip) -> None:
    """128 bytes and a label each: one more would not fit."""
    assert 0 <= built.sizes.code_limit - built.sizes.code < 129 + stage.MARGIN + 16
    assert 900 < built.samples < 1010
    assert built.sizes.data >= chip.memory.stack
    assert built.sizes.sram == 640
    assert built.sizes.sram_limit == 8192


def test_samples_and_labels_are_in_the_elf(built: Image) -> None:
    testset = samples(small()[0], 3000)
    data = built.elf.read_bytes()
    assert testset.inputs[0][: built.samples].astype(np.uint8).tobytes() in data
    assert testset.labels is not None
    assert testset.labels[: built.samples].astype(np.uint8).tobytes() in data


def test_the_project_is_complete_and_readable(built: Image) -> None:
    listed = (built.project / "CMakeLists.txt").read_text(encoding="utf-8")
    for path in built.project.rglob("*.[cS]"):
        name = path.relative_to(built.project).as_posix()
        if not name.startswith("build/"):
            assert f'    "{name}"\n' in listed
    for name in ("network.h", "testset.h", "chip.h", "link.ld", "README.txt", "toolchain.cmake"):
        assert b"\r" not in (built.project / name).read_bytes()
    assert "89abcdef" in (built.project / "README.txt").read_text(encoding="utf-8")
    assert (built.project / "build" / "build.log").read_text(encoding="utf-8") == built.log


def test_building_again_touches_no_unchanged_source(chip: Chip, bench: Path) -> None:
    make(chip, bench)
    stamps = {p: p.stat().st_mtime_ns for p in bench.rglob("*.[chS]")}
    before = (bench / "build" / "firmware.elf").read_bytes()
    time.sleep(0.02)
    make(chip, bench)
    assert stamps == {p: p.stat().st_mtime_ns for p in bench.rglob("*.[chS]")}
    assert (bench / "build" / "firmware.elf").read_bytes() == before, "builds are reproducible"
    make(chip, bench, options=FirmwareOptions(samples=9))
    changed = [p for p, stamp in stamps.items() if p.stat().st_mtime_ns != stamp]
    assert changed == [bench / "testset.c"]


def test_unlabelled_and_optimized_for_size(chip: Chip, bench: Path) -> None:
    qnetwork, layout = small()
    testset = replace(samples(qnetwork, 4), labels=None)
    options = FirmwareOptions(optimization="-Os", samples=3)
    image = stage.run(qnetwork, layout, testset, TAG, chip, options, bench, Job())
    assert (image.labels, image.samples) == (False, 3)


def test_progress_goes_up_and_names_files(chip: Chip, bench: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    make(chip, bench, job=Job(lambda *step: seen.append(step)))
    fractions = [done / total for done, total, _ in seen]
    assert fractions == sorted(fractions) and fractions[-1] == 1
    assert any("runtime/kernels/pool.c" in text for _, _, text in seen)


def test_cancel_ends_the_build(chip: Chip, tmp_path: Path) -> None:
    steps: list[int] = []
    job = Job(lambda done, *_: steps.append(done), lambda: len(steps) > 6)
    with pytest.raises(Cancelled):
        make(chip, tmp_path, job=job)
    assert not (tmp_path / "build" / "firmware.elf").exists()


def test_cancel_kills_the_compiler(tmp_path: Path) -> None:
    late = tmp_path / "late"
    script = f"import time; time.sleep(0.5); open({str(late)!r}, 'w')"
    slow = toolchain.Toolchain("slow", (sys.executable, "-c", script), ())
    start = time.monotonic()
    job = Job(None, lambda: time.monotonic() > start + 0.2)
    with pytest.raises(Cancelled):
        toolchain.call(slow, [], tmp_path, (0, 1, "waiting"), job)
    time.sleep(max(0.0, start + 0.9 - time.monotonic()))
    assert not late.exists()


def test_more_samples_than_code_memory_holds(chip: Chip, bench: Path) -> None:
    with pytest.raises(FitError, match=r"code needs \d+ bytes, 131072 available") as caught:
        make(chip, bench, 3000, FirmwareOptions(samples=2000))
    assert caught.value.where == "code memory"
    assert "samples fit" in caught.value.hint


def test_a_program_that_does_not_fit_at_all(chip: Chip, bench: Path) -> None:
    memory = chip.memory
    tight = replace(chip, memory=replace(memory, code=replace(memory.code, size=2048)))
    with pytest.raises(FitError, match=r"code needs \d+ bytes, 2048 available: \d+ too many"):
        make(tight, bench)
    tight = replace(chip, memory=replace(memory, data=replace(memory.data, size=4000)))
    with pytest.raises(FitError, match=r"data needs \d+ bytes, 4000 available: \d+ too many"):
        make(tight, bench)


def test_room_for_the_program_but_for_no_sample(chip: Chip, bench: Path) -> None:
    bare = make(chip, bench, 1).sizes.code - 129
    code = replace(chip.memory.code, size=bare + 100)
    tight = replace(chip, memory=replace(chip.memory, code=code))
    with pytest.raises(FitError, match="for the program and 129 for each of 1 samples") as caught:
        make(tight, bench)
    assert "Not one sample fits" in caught.value.hint


def test_overflow_lines_of_both_linkers() -> None:
    lld = "ld.lld: error: section '.rodata' will not fit in region 'code': overflowed by 12 bytes"
    gnu = "ld: region `data' overflowed by 34 bytes"
    assert build.OVERFLOW.findall(lld) == [("code", "12")]
    assert build.OVERFLOW.findall(gnu) == [("data", "34")]


def test_warnings_are_errors_in_our_own_code(chip: Chip, tmp_path: Path) -> None:
    (tmp_path / "w.c").write_text("static int unused(void) { return 1; }\n", encoding="utf-8")
    zig = toolchain.find("zig", chip)
    sources = build.Sources(("w.c",))
    (tmp_path / "link.ld").write_text("", encoding="utf-8")
    builder = build.Builder(zig, "zig", "-O2", sources, tmp_path, Job())
    with pytest.raises(BuildError, match="unused") as caught:
        builder.make(build.ELF)
    assert caught.value.where == "w.c:1"


def test_labels_may_be_missing_here_and_there(chip: Chip, bench: Path) -> None:
    qnetwork, layout = small()
    testset = samples(qnetwork, 4)
    testset = replace(testset, labels=np.array([-1, 4, -1, 300]))
    image = stage.run(qnetwork, layout, testset, TAG, chip, FirmwareOptions(), bench, Job())
    assert image.labels
    assert "typedef int16_t testset_label;" in (bench / "testset.h").read_text(encoding="utf-8")
    assert np.array([-1, 4, -1, 300], "<i2").tobytes() in image.elf.read_bytes()


def test_no_compiler(chip: Chip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    for wanted in ("auto", "zig", "gcc", str(tmp_path / "no such gcc")):
        with pytest.raises(ToolError, match="compiler") as caught:
            make(chip, tmp_path, options=FirmwareOptions(toolchain=wanted))
        assert "pip install ziglang" in caught.value.hint


def test_a_compiler_that_cannot_start(tmp_path: Path) -> None:
    missing = toolchain.Toolchain("gone", (str(tmp_path / "gone"),), ())
    with pytest.raises(ToolError, match="does not start"):
        toolchain.call(missing, [], tmp_path, (0, 1, ""), Job())


def test_unknown_optimization(chip: Chip, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="-Oops"):
        make(chip, tmp_path, options=FirmwareOptions(optimization="-Oops"))


def test_a_folder_that_cannot_be_made(chip: Chip, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ProjectError, match="cannot write"):
        make(chip, tmp_path / "file" / "firmware")


def _bad_testsets() -> list[tuple[TestSet, str]]:
    good = samples(small()[0], 4)
    x = good.inputs[0]
    return [
        (replace(good, inputs=()), "0 input arrays for 1 inputs"),
        (replace(good, inputs=(x[:, :7],)), r"expected \(4, 8, 8, 2\)"),
        (replace(good, inputs=(x[:0],), labels=None), r"expected \(n, 8, 8, 2\)"),
        (replace(good, inputs=(0 * x - 1,)), r"the input takes 0\.\.255"),
        (replace(good, labels=np.zeros(3, np.int64)), "for 4 samples"),
        (replace(good, labels=np.full(4, -2)), "class indices"),
    ]


@pytest.mark.parametrize(("testset", "message"), _bad_testsets())
def test_samples_that_do_not_fit_the_network(
    testset: TestSet, message: str, chip: Chip, tmp_path: Path
) -> None:
    qnetwork, layout = small()
    options = FirmwareOptions()
    with pytest.raises(DataError, match=message):
        stage.run(qnetwork, layout, testset, TAG, chip, options, tmp_path / "out", Job())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wanted", [0, -1, 11])
def test_samples_that_are_not_there(wanted: int, chip: Chip, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"{wanted} samples wanted, there are 10"):
        make(chip, tmp_path, options=FirmwareOptions(samples=wanted))


def _broken(image: Image, folder: Path, at: int, value: bytes) -> Image:
    data = bytearray(image.elf.read_bytes())
    data[at : at + len(value)] = value
    path = folder / "broken.elf"
    path.write_bytes(data)
    return replace(image, elf=path)


def test_verify_refuses_what_the_chip_cannot_run(built: Image, chip: Chip, tmp_path: Path) -> None:
    """Fields of the ELF header: class 4, machine 18, entry 24, flags 36; first segment 52."""
    little = {
        18: ((62).to_bytes(2, "little"), "no 32-bit RISC-V"),
        24: (0x2000_0000.to_bytes(4, "little"), "entry point 0x20000000"),
        36: ((1).to_bytes(4, "little"), "not built for ABI ilp32f"),
    }
    for at, (value, message) in little.items():
        with pytest.raises(VerifyError, match=message):
            stage.verify(_broken(built, tmp_path, at, value), chip)
    with pytest.raises(VerifyError, match="not a readable ELF"):
        stage.verify(_broken(built, tmp_path, 0, b"ABCD"), chip)
    with pytest.raises(VerifyError, match="not a readable ELF"):
        stage.verify(replace(built, elf=tmp_path / "missing.elf"), chip)
    (tmp_path / "short.elf").write_bytes(built.elf.read_bytes()[:40])
    with pytest.raises(VerifyError, match="not a readable ELF"):
        stage.verify(replace(built, elf=tmp_path / "short.elf"), chip)


def test_verify_holds_the_image_against_the_elf(built: Image, chip: Chip) -> None:
    for wrong in (replace(built, tag=1), replace(built, samples=1)):
        with pytest.raises(VerifyError, match="another tag or number of samples"):
            stage.verify(wrong, chip)
    large = replace(built, sizes=replace(built.sizes, sram=9000))
    with pytest.raises(VerifyError, match="exceed"):
        stage.verify(large, chip)
    memory = replace(chip.memory, code=replace(chip.memory.code, size=65536))
    with pytest.raises(VerifyError, match="leave the memory map"):
        stage.verify(built, replace(chip, memory=memory))
    with pytest.raises(VerifyError, match=r"not built for ABI ilp32$"):
        stage.verify(built, replace(chip, cpu=replace(chip.cpu, abi="ilp32")))


def test_images_are_stored_with_relative_paths(built: Image, tmp_path: Path) -> None:
    path = built.project.parent / "image.json"
    store.save(built, path)
    assert '"elf": "firmware/build/firmware.elf"' in path.read_text(encoding="utf-8")
    assert store.load(path) == built


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 99}', '{"schema": 1, "elf": "a"}'])
def test_broken_image_files(text: str, tmp_path: Path) -> None:
    path = tmp_path / "image.json"
    with pytest.raises(ProjectError, match="cannot be read"):
        store.load(path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError, match="not a firmware image") as caught:
        store.load(path)
    assert isinstance(caught.value, StudioError) and caught.value.where == str(path)
