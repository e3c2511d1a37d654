"""A whole deploy to a board: the emulator with a debug server and a serial port plays it.

Weights go in by a stand-in for the maker's programming tool, firmware by a real GDB.
"""

from __future__ import annotations

import dataclasses
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from studio import layer_check, pipeline, runs
from studio.base.errors import ToolError
from studio.base.job import Job
from studio.base.settings import Settings
from studio.board import program
from studio.board_run import Board
from studio.emulator.client import Emulator
from studio.options import Options
from studio.pipeline import Deployment
from studio.session import Session
from studio.stages import need
from studio.target import Emulation, Live
from tests import played
from tests.unit.test_emulator_elf import build as compiled

MODEL = Path(__file__).parents[2] / "resources" / "examples" / "digits" / "digits.onnx"
OLD = 'int main(void) { print("done\\r\\n"); return 0; }'
TOOL = """
import pathlib, sys
words = sys.argv[1:]
kept = pathlib.Path(__file__).with_name("tag.txt")
print(" ".join(words), file=open(pathlib.Path(__file__).with_name("calls.txt"), "a"))
if "read_tag" in words:
    print("Tag: " + kept.read_text() if kept.exists() else "no tag")
elif "program" in words:
    print("Refine: 0/1\\nProgram Step 2 Start!\\n50%>>>>>")
    print("STAT START 0")
    for layer in range(4):
        for correlation in (0.97, 0.99):
            print(layer, *range(10), correlation)
    print("STAT END 0\\nProgram Finished!")
    kept.write_text(words[words.index("-t") + 1])
"""


@pytest.fixture(scope="module")
def gdb() -> Path:
    for name in ("riscv-none-elf-gdb", "riscv64-unknown-elf-gdb", "gdb-multiarch"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    pytest.skip("no GDB for RISC-V on this machine")


@pytest.fixture(scope="module", params=["testset", "serial"])
def digits(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    out = tmp_path_factory.mktemp("结果 board") / request.param
    options = Options(tune="off", mode=request.param, samples=40)
    return pipeline.prepare(pipeline.begin(MODEL, None, out, options))


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    if sys.platform == "win32":
        pytest.skip("a script is no program there")
    return played.program(tmp_path / "Witin Program 工具", TOOL)


def test_weights_firmware_and_run(
    digits: Deployment, gdb: Path, tool: Path, tmp_path: Path
) -> None:
    old = compiled(tmp_path, OLD)
    project, image, simulation = digits.project, need(digits.image), need(digits.simulation)
    expected = (need(digits.qnetwork), simulation)
    steps: list[Live] = []
    lines: list[str] = []
    with Emulator(old, project.map_csv, gdb=0, wait=False) as emulator:
        settings = Settings(
            download="server",
            debug_server=f"localhost:{emulator.gdb_port}",
            gdb=str(gdb),
            program_tool=str(tool),
        )
        board = Board(emulator.url, settings, lines.append)
        for _ in range(2):
            found = runs.run(
                project, image, digits.chip, expected, Job(), on_live=steps.append, board=board
            )
            runs.verify(found, image, simulation)
            assert found.analog
            assert found.differing == 0  # this board's array is an exact one
            assert 0 < found.busy_seconds < found.seconds  # without weights and download
            assert found.samples == (image.samples or simulation.samples)
            assert found.accuracy is not None and found.accuracy > 0.9
    calls = tool.with_name("calls.txt").read_text(encoding="utf-8").splitlines()
    kinds = [call.split()[1] for call in calls]
    assert kinds == ["read_tag", "init", "program", "read_tag"]  # the second time it holds them
    assert tool.with_name("tag.txt").read_text() == program.tag_of(project.map_csv)
    seen = list(dict.fromkeys(live.step for live in steps))
    assert seen[:4] == ["start", "program", "download", "run"]
    programmed = [live.programming for live in steps if live.programming is not None]
    assert programmed[-1].verdict == "finished"
    assert [own.after.correlation for own in programmed[-1].last] == [0.99] * 4
    assert any("matched" in line for line in lines)


def test_a_tool_that_is_missing_stops_it_before_anything(
    digits: Deployment, tmp_path: Path
) -> None:
    settings = Settings(download="openocd", openocd=str(tmp_path / "nothing"))
    with pytest.raises(ToolError, match="OpenOCD is not at the path"):
        runs.run(
            digits.project,
            need(digits.image),
            digits.chip,
            (need(digits.qnetwork), need(digits.simulation)),
            Job(),
            board=Board("COM99", settings),
        )


def test_layers_by_themselves(digits: Deployment) -> None:
    qnetwork, simulation = need(digits.qnetwork), need(digits.simulation)
    inputs = [x[:2] for x in simulation.inputs]
    folder = digits.project.folder
    with Session("emulator", folder) as session:
        found = layer_check.check(session, qnetwork, inputs, Job())
    assert [one.layer for one in found] == list(session_layers(digits))
    assert all(one.differing == 0 and one.correlation == 1.0 for one in found)
    assert all(one.cycles > 0 for one in found)
    with Session("emulator", folder, emulation=Emulation("nor55", 1)) as session:
        noisy = layer_check.check(session, qnetwork, inputs, Job())
    on_array = {op.name for op in qnetwork.array_ops}
    assert {one.layer for one in noisy if one.differing} <= on_array
    assert all(0.9 < one.correlation < 1 for one in noisy if one.layer in on_array)
    # A network changed behind the firmware's back is told layer by layer.
    first = qnetwork.array_ops[0]
    matrix = dataclasses.replace(first.matrices[0], weights=np.roll(first.matrices[0].weights, 1))
    changed = dataclasses.replace(first, matrices=(matrix,))
    other = dataclasses.replace(
        qnetwork, ops=tuple(changed if op is first else op for op in qnetwork.ops)
    )
    with Session("emulator", folder) as session:
        wrong = layer_check.check(session, other, inputs, Job())
    assert [one.layer for one in wrong if one.differing] == [first.name]


def session_layers(digits: Deployment) -> tuple[str, ...]:
    with Session("emulator", digits.project.folder) as session:
        return session.layers
