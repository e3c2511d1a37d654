"""The application: the start, and building the window again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.app import Application
from studio.ui import language, theme
from studio.ui.records import Activity
from studio.ui.tasks import TaskRunner
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import ScriptedWorker


@pytest.fixture
def application(
    themed: QApplication, qtbot: QtBot, workspace: Workspace, runner: TaskRunner
) -> Iterator[Application]:
    made = Application(themed, workspace, runner, None)
    made.open()
    with qtbot.waitSignal(made.loaded):
        pass
    yield made
    if made.window is not None:
        made.window.discard()
    made.close()
    language.install(themed, "en")
    theme.install(themed, dark=False)


def test_the_welcome_page_comes_first(
    themed: QApplication, qtbot: QtBot, workspace: Workspace, runner: TaskRunner, example: Path
) -> None:
    made = Application(themed, workspace, runner, None)
    made.open()
    assert made.window is not None
    assert made.window.docks.names == ()
    workspace.set_model(example, None)  # faster than the panels
    with qtbot.waitSignal(made.loaded):
        pass
    assert made.window.docks.panel("array").isVisible()
    assert made.window.docks.toggle_action("array") in made.window._menus._panels.actions()
    made.window.discard()
    made.close()


def test_another_language_builds_the_window_again(
    qtbot: QtBot,
    application: Application,
    workspace: Workspace,
    background: ScriptedWorker,
    example: Path,
) -> None:
    old = application.window
    assert old is not None
    workspace.set_model(example, None)
    QTest.qWait(20)
    old.resize(770, 600)
    old.move(QPoint(10, 10))
    old.docks.close_panel("monitor")
    old.docks.focus_panel("layers")
    QTest.qWait(20)
    gone: list[bool] = []
    old.destroyed.connect(lambda: gone.append(True))
    workspace.set_settings(replace(workspace.settings, language="zh"))
    qtbot.waitUntil(lambda: len(gone) == 1)
    new = application.window
    assert new is not None
    assert new is not old
    QTest.qWait(20)
    assert new.size().toTuple() == (770, 600)
    assert not new.docks.is_open("monitor")
    assert new.docks.panel("layers").isVisible()
    assert new.docks.focused() == "layers"
    assert not background.closed
    # Nothing of the old window hears the workspace any more.
    workspace.set_network(artifacts.network())
    workspace.set_activity(Activity("map", 0.5, "x"))
    workspace.notice.emit("y")


def test_workshop_mode_builds_it_with_larger_type(
    qtbot: QtBot, application: Application, workspace: Workspace, themed: QApplication
) -> None:
    small = themed.font().pointSizeF()
    old = application.window
    workspace.set_settings(replace(workspace.settings, workshop=True))
    qtbot.waitUntil(lambda: application.window is not old)
    assert themed.font().pointSizeF() > 1.3 * small


def test_another_theme_does_not(
    application: Application, workspace: Workspace, themed: QApplication
) -> None:
    old = application.window
    workspace.set_settings(replace(workspace.settings, theme="dark"))
    QTest.qWait(20)
    assert application.window is old
    assert theme.current().dark
