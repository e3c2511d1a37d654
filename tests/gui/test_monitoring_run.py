"""A run on the board whose port the monitor reads: it leaves it, shows the run, and comes back.

An emulator with a debug server plays the board, and a real GDB loads the firmware.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.emulator.client import Emulator
from studio.ui.records import Cancel, RunAgain
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.test_monitoring import recorded, rows, said
from tests.unit.test_emulator_elf import build

# Says what it is, then echoes.
PROGRAM = """
int main(void) {{
    print("{said}");
    for (;;)
        if (REG(UART + 0x14) & 1)
            put((char)(REG(UART) ^ 0x20));
}}
"""


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of firmware: old.elf is in the board, new.elf is to be, endless.elf never ends."""
    if shutil.which("gdb-multiarch") is None:
        pytest.skip("no GDB for RISC-V on this machine")
    folder = tmp_path_factory.mktemp("板 board")
    run = "uart ok\\r\\nsample:0,label:1,result:1,crc:e38a6876\\r\\nimage num:1\\r\\ndone\\r\\n"
    for name, text in (("old", "old\\n"), ("new", run), ("endless", "uart ok\\r\\n")):
        (folder / name).mkdir()
        built = build(folder / name, PROGRAM.format(said=text))
        built.rename(folder / f"{name}.elf")
    return folder


@pytest.fixture
def board(workspace: Workspace, firmware: Path, tmp_path: Path) -> Iterator[Emulator]:
    """Plays the board; the workspace has the new firmware and is connected to its port."""
    out = tmp_path / "results"
    (out / "map").mkdir(parents=True)
    (out / "map" / "map.csv").write_text("0,128,1\n", encoding="utf-8")
    with Emulator(firmware / "old.elf", out / "map", gdb=0, wait=False) as emulator:
        workspace.settings = replace(
            workspace.settings,
            download="server",
            debug_server=f"localhost:{emulator.gdb_port}",
            gdb=str(shutil.which("gdb-multiarch")),
            weights="never",
        )
        workspace.set_model(tmp_path / "model.onnx", None)
        workspace.out = out
        workspace.set_qnetwork(artifacts.qnetwork())
        workspace.set_simulation(artifacts.simulation(1))
        image = replace(artifacts.image(tmp_path), samples=1, elf=firmware / "new.elf")
        workspace.set_image(image)
        workspace.target.set_port(emulator.url)
        yield emulator
        workspace.monitoring.close()


def connect(qtbot: QtBot, workspace: Workspace) -> None:
    workspace.monitoring.start(workspace.port)
    qtbot.waitUntil(lambda: workspace.monitoring.state == "open")
    qtbot.waitUntil(lambda: rows(workspace) == ["old"])


def test_a_run_on_the_port_that_is_read(
    qtbot: QtBot, workspace: Workspace, runner: TaskRunner, board: Emulator, tmp_path: Path
) -> None:
    connect(qtbot, workspace)
    monitoring = workspace.monitoring
    states: list[str] = []
    monitoring.changed.connect(lambda: states.append(monitoring.state))
    runner.handle(RunAgain())
    assert runner.state is State.RUNNING
    qtbot.waitUntil(lambda: runner.state is State.IDLE)
    assert workspace.run is not None
    assert (workspace.run.samples, workspace.run.differing) == (1, 0)
    qtbot.waitUntil(lambda: monitoring.state == "open")
    assert "yielded" in states
    figures = monitoring.live.store.figures()
    assert (figures.samples, figures.exact.right) == (1, 1)
    ran = ["uart ok", "sample:0,label:1,result:1,crc:e38a6876", "image num:1", "done"]
    assert [row for row in rows(workspace) if row] == ran
    monitoring.send(b"abc")  # the new firmware answers
    qtbot.waitUntil(lambda: rows(workspace)[-1] == "ABC")
    monitoring.close()
    (chunks,) = recorded(tmp_path)
    assert said(chunks) == b"old\n" + "\r\n".join([*ran, "ABC"]).encode()


def test_a_run_that_is_cancelled(
    qtbot: QtBot, workspace: Workspace, runner: TaskRunner, board: Emulator, firmware: Path
) -> None:
    assert workspace.image is not None
    workspace.set_image(replace(workspace.image, elf=firmware / "endless.elf"))
    connect(qtbot, workspace)
    monitoring = workspace.monitoring
    runner.handle(RunAgain())
    qtbot.waitUntil(lambda: rows(workspace) == ["uart ok"])
    assert monitoring.state == "yielded"
    runner.handle(Cancel())
    qtbot.waitUntil(lambda: runner.state is State.IDLE)
    qtbot.waitUntil(lambda: monitoring.state == "open")
    monitoring.send(b"abc")
    qtbot.waitUntil(lambda: rows(workspace)[-1] == "ABC")
