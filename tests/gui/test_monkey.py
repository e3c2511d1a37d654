"""Random actions on the whole window: nothing fails, warns, blocks or dies.

MONKEY_SEEDS=1-50 MONKEY_STEPS=2000 looks longer.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from studio.app import Application
from studio.base.errors import RunError
from studio.base.job import Job
from studio.target import Run
from studio.ui import language, run_image, theme
from studio.ui.tasks import TaskRunner
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import ScriptedWorker
from tests.gui.monkey import LONGEST, Monkey

_FIRST, _, _LAST = os.environ.get("MONKEY_SEEDS", "1-2").partition("-")
SEEDS = range(int(_FIRST), int(_LAST or _FIRST) + 1)
STEPS = int(os.environ.get("MONKEY_STEPS", "120"))


def board(_workspace: Workspace) -> Callable[..., Run]:
    """A run that ends well, fails, or goes on until it is cancelled."""

    def body(job: Job, on_bytes: Callable[[bytes], None], on_live: object) -> Run:
        on_bytes(artifacts.serial(20))
        kind = int(time.time() * 1000) % 3
        if kind == 0:
            raise RunError("the board is silent", hint="Plug it in.")
        if kind == 1:
            for _ in range(200):
                job.step(0, 1, "")
                threading.Event().wait(0.005)
        return artifacts.run(20)

    return body


@pytest.fixture
def application(
    themed: QApplication,
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Application]:
    monkeypatch.chdir(tmp_path)  # where file dialogs begin, and may make folders
    made = Application(themed, workspace, runner, tmp_path / "window.log")
    made.open()
    with qtbot.waitSignal(made.loaded):
        pass
    yield made
    if made.window is not None:
        made.window.discard()
    made.close()
    language.install(themed, "en")
    theme.install(themed, dark=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_actions(
    qtbot: QtBot,
    application: Application,
    workspace: Workspace,
    background: ScriptedWorker,
    example: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    def no_file(*_arguments: object) -> tuple[str, str]:
        return "", ""

    def opened(_url: QUrl) -> bool:
        return True

    monkeypatch.setattr(QFileDialog, "getOpenFileName", no_file)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", no_file)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_arguments: "")
    monkeypatch.setattr(QDesktopServices, "openUrl", opened)
    monkeypatch.setattr(run_image, "of", board)
    crashes: list[str] = []
    monkeypatch.setattr(application, "show_crash", crashes.append)
    monkey = Monkey(application, workspace, background, tmp_path / "files", example, seed)
    log = os.environ.get("MONKEY_LOG")
    try:
        for _ in range(STEPS):
            start = time.perf_counter()
            with qtbot.captureExceptions() as caught:
                monkey.step()
            if log:
                with Path(log).open("a", encoding="utf-8") as stream:
                    stream.write(f"{seed} {monkey.told[-1]}\n")
            for kind, error, trace in caught:
                told = "".join(traceback.format_exception(kind, error, trace))
                pytest.fail(f"{monkey.told[-3:]}\n{told}")
            assert time.perf_counter() - start < LONGEST, monkey.told[-5:]
    finally:
        monkey.stop()
        print("\n".join(monkey.told[-15:]))  # pytest shows it when it failed
    assert application.window is not None
    assert application.window.isVisible()
