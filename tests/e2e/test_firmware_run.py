"""Debug and release builds, and a run as it is watched: steps, counts, and where it stopped."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from studio import pipeline, stages, target
from studio.base import paths
from studio.base.errors import Cancelled, RunError
from studio.base.job import Job
from studio.firmware import build, isa, ninja_run, toolchain
from studio.firmware import stage as firmware
from studio.firmware.image import TestSet
from studio.formats import map_csv
from studio.options import Options
from studio.project import Project
from studio.stages import Deployment
from studio.target import Live

MODEL = paths.resource("examples", "digits", "digits.onnx")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    out = tmp_path_factory.mktemp("结果 run")
    options = Options(samples=30, tune="off")
    return pipeline.prepare(pipeline.begin(MODEL, MODEL.with_suffix(".npz"), out, options))


def run(
    deployment: Deployment, on_live: Callable[[Live], None] | None = None
) -> tuple[target.Run, bytes]:
    assert deployment.image is not None
    expected = (stages.need(deployment.qnetwork), stages.need(deployment.simulation))
    found = target.run_image(
        deployment.project, deployment.image, deployment.chip, Job(), None, 20, expected, on_live
    )
    return found, deployment.project.serial_log.read_bytes()


def test_a_debug_build_is_another_program_with_the_same_outputs(
    release: Deployment, tmp_path: Path
) -> None:
    assert release.image is not None and not release.image.debug
    before, words = run(release)
    options = replace(release.options, debug=True)
    start = pipeline.begin(release.model, release.data, tmp_path, options)
    debug = pipeline.prepare(start)
    assert debug.image is not None and debug.image.debug
    assert debug.image.sizes.code > release.image.sizes.code
    after, same = run(debug)
    assert same == words, "every output of every sample"
    assert before.differing == after.differing == 0
    assert after.instructions > 2 * before.instructions


def test_another_level_is_another_build_of_the_same_layout(release: Deployment) -> None:
    build_stage = pipeline.STAGES[-1]
    debug = replace(release, options=replace(release.options, debug=True))
    for stage in pipeline.STAGES:
        same = pipeline._key(release, stage) == pipeline._key(debug, stage)
        assert same == (stage != build_stage)


def test_both_levels_carry_debug_information(release: Deployment) -> None:
    """Also asked of a GCC, which gets the very same arguments."""
    assert release.image is not None
    with release.image.elf.open("rb") as stream:
        elf = ELFFile(stream)
        names = {
            die.attributes["DW_AT_name"].value
            for unit in elf.get_dwarf_info().iter_CUs()
            for die in unit.get_top_DIE().iter_children()
            if die.tag == "DW_TAG_subprogram" and "DW_AT_name" in die.attributes
        }
    assert {b"main", b"network_run", b"kernel_pool_max"} <= names
    assert "-g" in isa.COMMON_FLAGS


@pytest.mark.parametrize("tool", ["zig", "gcc"])
@pytest.mark.parametrize("debug", [False, True])
def test_the_level_reaches_the_compiler(
    release: Deployment, tool: str, debug: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of both compilers, whether or not they are there: what they would be called with."""

    def stop(*rest: object) -> None:
        raise KeyboardInterrupt  # enough was seen

    chip = release.chip
    tools = {"zig": toolchain.find("zig", chip), "gcc": toolchain._gcc("/opt/rv/bin/gcc", chip)}
    monkeypatch.setattr(ninja_run, "run", stop)
    monkeypatch.setattr(toolchain, "find", lambda wanted, chip: tools[wanted])
    monkeypatch.setattr(toolchain, "version", lambda *rest: "tool 1")
    options = replace(release.options, toolchain=tool, debug=debug)
    project = Project(tmp_path / "results")
    shutil.copytree(release.project.map, project.map)
    with pytest.raises(KeyboardInterrupt):
        stages.build(replace(release, project=project, options=options), Job())
    commands = json.loads((project.firmware / build.COMMANDS).read_text(encoding="utf-8"))
    assert len(commands) > 10
    for entry in commands:
        words = entry["command"].split()
        assert ("-Og" in words, "-O2" in words) == (debug, not debug)
        assert "-g" in words
        assert (tools[tool].editor or tools[tool].command)[0] in entry["command"]


def test_what_takes_the_memory(release: Deployment) -> None:
    image = release.image
    assert image is not None
    parts = {part.name: part for part in image.parts}
    assert parts["input0"].kind == "constant"
    assert (parts["input0"].size, parts["input0"].file) == (30 * 64, "testset.c")
    assert parts["kernel_pool_max"].kind == "function"
    assert parts["kernel_pool_max"].file == "runtime/kernels/pool.c"
    text = (image.project / parts["op1_block1"].file).read_text(encoding="utf-8").split("\n")
    assert "op1_block1 = {" in text[parts["op1_block1"].line - 1]
    sizes = [part.size for part in image.parts]
    assert sizes == sorted(sizes, reverse=True)
    code = sum(part.size for part in image.parts if part.kind != "variable")
    assert 0.9 * image.sizes.code < code <= image.sizes.code


def test_a_run_is_told_step_by_step(release: Deployment) -> None:
    seen: list[Live] = []
    found, _ = run(release, seen.append)
    steps = list(dict.fromkeys(live.step for live in seen))
    assert steps == ["start", "program", "run", "verify", "done"]
    assert seen[-1].cells == sum(
        int(block.cells.size + block.bias_cells.size)
        for block in stages.need(release.layout).blocks
    )
    assert seen[-1].stats.instructions == found.instructions
    assert seen[-1].stats.npu_operations == found.npu_operations == 4 * 30
    assert seen[-1].stats.npu_rounds == found.npu_rounds > found.npu_operations
    assert found.cycles > found.instructions + 24 * found.npu_rounds, "some take several"


def test_long_runs_are_counted_five_times_a_second(release: Deployment, tmp_path: Path) -> None:
    """While the firmware works on: here for a second, in an endless loop."""
    loop = "    for (volatile uint32_t i = 0u;; i++) {\n    }\n"
    deployment = broken(release, tmp_path, loop)
    seen: list[tuple[float, Live]] = []
    start = time.monotonic()

    def counting() -> list[tuple[float, Live]]:
        return [(at, live) for at, live in seen if live.step == "run" and live.stats.instructions]

    def on_live(live: Live) -> None:
        seen.append((time.monotonic(), live))

    assert deployment.image is not None
    stop = Job(None, lambda: len(counting()) >= 5 or time.monotonic() - start > 60)
    with pytest.raises(Cancelled):
        target.run_image(
            deployment.project, deployment.image, deployment.chip, stop, on_live=on_live
        )
    counted = counting()
    assert len(counted) >= 5
    counts = [live.stats.instructions for _, live in counted]
    assert counts == sorted(counts) and counts[-1] > counts[0] > 0
    assert all(live.rate > 1e6 for _, live in counted)
    passed = (counted[-1][0] - counted[0][0]) / (len(counted) - 1)
    assert 0.1 < passed < 2  # later on a busy machine, never more often


def test_a_trap_names_the_line_of_the_source(release: Deployment, tmp_path: Path) -> None:
    deployment = broken(release, tmp_path, "    *(volatile uint32_t *)16u = 1u;\n")
    with pytest.raises(RunError, match="store to 0x00000010") as caught:
        run(deployment)
    source = tmp_path / "src" / "network.c"
    lines = source.read_text(encoding="utf-8").split("\n")
    line = next(n for n, text in enumerate(lines, 1) if "volatile" in text)
    assert caught.value.where == f"{source.resolve()}:{line}"


def broken(release: Deployment, folder: Path, statement: str) -> Deployment:
    """The release with ``statement`` at the start of network_run, in an own copy of network.c."""
    text = (stages.need(release.image).project / "network.c").read_text(encoding="utf-8")
    head = "int network_run(struct network_fault *fault)\n{\n"
    assert head in text
    own = folder / "src"
    own.mkdir()
    (own / "network.c").write_text(text.replace(head, head + statement), encoding="utf-8")
    simulation = stages.need(release.simulation)
    image = firmware.run(
        stages.need(release.qnetwork),
        stages.need(release.layout),
        TestSet(simulation.inputs, simulation.labels),
        map_csv.tag(release.project.map_csv),
        release.chip,
        firmware.FirmwareOptions(samples=30, sources=own),
        folder / "firmware",
        Job(),
    )
    return replace(release, image=image)
