"""The emulator as a port: the built firmware is started, spoken to, and ended."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio import target
from studio.base.errors import RunError, StudioError
from studio.emulator.client import Emulator
from studio.monitor import replay
from studio.ui.monitoring import Monitoring
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.test_monitoring import rows, said
from tests.unit.test_emulator_elf import build

PROGRAM = r"""
int main(void) {
    print("up\n");
    for (;;) {
        if (REG(UART + 0x14) & 1) {
            u32 c = REG(UART);
            if (c == '!') *(volatile u32 *)0x10u = 1;
            put((char)(c ^ 0x20));
        }
    }
}
"""


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("板 board"), PROGRAM)


@pytest.fixture
def monitoring(workspace: Workspace, firmware: Path, tmp_path: Path) -> Monitoring:
    """Of a workspace with that firmware built."""
    out = tmp_path / "results"
    (out / "map").mkdir(parents=True)
    (out / "map" / "map.csv").write_text("0,128,1\n", encoding="utf-8")
    workspace.out = out
    image = artifacts.image(firmware.parent)
    workspace.set_image(replace(image, elf=firmware))
    return workspace.monitoring


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Emulator]]:
    """The emulators that were started; none may be left."""
    made: list[Emulator] = []
    real = target.Emulator

    def start(*arguments: object, **more: object) -> Emulator:
        made.append(real(*arguments, **more))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(target, "Emulator", start)
    yield made
    end = time.monotonic() + 10  # on a busy computer the window does not wait for its end
    while any(emulator.running for emulator in made) and time.monotonic() < end:
        time.sleep(0.01)
    assert not any(emulator.running for emulator in made)


def test_the_built_firmware_is_started_and_spoken_to(
    qtbot: QtBot,
    workspace: Workspace,
    monitoring: Monitoring,
    processes: list[Emulator],
    tmp_path: Path,
) -> None:
    monitoring.start("")
    assert (monitoring.state, monitoring.emulated, monitoring.active) == ("opening", True, True)
    assert monitoring.port == ""
    qtbot.waitUntil(lambda: monitoring.state == "open")
    qtbot.waitUntil(lambda: rows(workspace) == ["up"])
    monitoring.send(b"abc")
    qtbot.waitUntil(lambda: rows(workspace) == ["up", "ABC"])
    monitoring.stop()
    assert (monitoring.state, monitoring.emulated) == ("closed", False)
    qtbot.waitUntil(lambda: not processes[0].running)
    monitoring.close()
    (path,) = tmp_path.rglob("*.cimrec")
    recording = replay.load(path)
    assert said(list(recording.read())) == b"up\nABC"
    assert recording.header.port == "emulator"


def test_a_trap_is_told(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, processes: list[Emulator]
) -> None:
    errors: list[StudioError] = []
    workspace.error.connect(errors.append)
    monitoring.start("")
    qtbot.waitUntil(lambda: monitoring.state == "open")
    qtbot.waitUntil(lambda: rows(workspace) == ["up"])
    monitoring.send(b"!")
    qtbot.waitUntil(lambda: not monitoring.active)
    qtbot.waitUntil(lambda: isinstance(monitoring.error, RunError))
    assert monitoring.error is not None
    assert monitoring.error.message.startswith("the firmware stopped")
    assert "0x00000010" in monitoring.error.message
    assert any(note.startswith("the firmware stopped") for note in rows(workspace, "note"))
    assert not errors
    monitoring.start("")  # and can be started again
    assert monitoring.error is None
    qtbot.waitUntil(lambda: monitoring.state == "open")
    monitoring.close()


def test_an_emulator_that_does_not_start_is_told(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, processes: list[Emulator]
) -> None:
    errors: list[StudioError] = []
    workspace.error.connect(errors.append)
    assert workspace.image is not None
    broken = workspace.image.elf.parent / "broken.elf"
    broken.write_bytes(os.urandom(100))
    workspace.set_image(replace(workspace.image, elf=broken))
    monitoring.start("")
    qtbot.waitUntil(lambda: len(errors) == 1)
    assert monitoring.error is errors[0]
    assert not monitoring.active


def test_a_run_takes_the_emulators_place(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, processes: list[Emulator]
) -> None:
    monitoring.start("")
    monitoring.begin_run("")  # while it is being started
    monitoring.lease.wait()
    assert not processes[0].running
    assert (monitoring.source, monitoring.active) == ("run", False)
    monitoring.add(b"of the run\n")
    assert rows(workspace) == ["of the run"]
    monitoring.end_run()


def test_after_a_deploy_the_emulator_is_back_with_the_new_firmware(
    qtbot: QtBot,
    workspace: Workspace,
    monitoring: Monitoring,
    processes: list[Emulator],
    tmp_path: Path,
) -> None:
    monitoring.start("")
    qtbot.waitUntil(lambda: rows(workspace) == ["up"])
    monitoring.begin_run("")
    assert workspace.image is not None
    newer = build(tmp_path, PROGRAM.replace("up", "newer"))
    workspace.set_image(replace(workspace.image, elf=newer))
    monitoring.lease.wait()
    monitoring.add(b"of the run\n")
    monitoring.end_run(resume=True)
    assert (monitoring.source, monitoring.emulated, monitoring.running) == ("port", True, False)
    qtbot.waitUntil(lambda: rows(workspace) == ["of the run", "newer"])
    monitoring.send(b"abc")
    qtbot.waitUntil(lambda: rows(workspace)[-1] == "ABC")
    monitoring.send(b"!")  # a firmware that fails ends it
    qtbot.waitUntil(lambda: isinstance(monitoring.error, RunError))
    monitoring.begin_run("")
    monitoring.end_run(resume=True)  # the next deploy's is listened to again
    qtbot.waitUntil(lambda: monitoring.state == "open")
    monitoring.begin_run("")
    monitoring.end_run()  # what was fed stays to be seen
    assert not monitoring.active
    monitoring.close()
    texts = [said(list(replay.load(path).read())) for path in sorted(tmp_path.rglob("*.cimrec"))]
    assert {b"up\n", b"of the run\n", b"newer\nABC"} <= set(texts)


def test_a_deploy_to_a_board_does_not_start_the_emulator_again(
    qtbot: QtBot, workspace: Workspace, monitoring: Monitoring, processes: list[Emulator]
) -> None:
    monitoring.start("")
    qtbot.waitUntil(lambda: rows(workspace) == ["up"])
    monitoring.begin_run("/dev/ttyNONE")
    monitoring.end_run(resume=True)
    assert not monitoring.active
    qtbot.waitUntil(lambda: not processes[0].running)


def test_without_firmware_there_is_nothing_to_start(workspace: Workspace) -> None:
    notices: list[str] = []
    workspace.notice.connect(notices.append)
    workspace.monitoring.start("")
    assert notices == ["Build first: the emulator has no firmware yet."]
    assert not workspace.monitoring.active
