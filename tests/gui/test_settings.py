"""The settings dialog: what it shows, takes, resets and refuses."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from studio.base import fields
from studio.base import settings as settings_file
from studio.base.settings import Settings
from studio.ui import settings_dialog
from studio.ui.settings_dialog import SettingsDialog
from studio.ui.workspace import Workspace


@pytest.fixture
def parent(qtbot: QtBot, themed: QApplication) -> QWidget:
    """The window that dialogs belong to; they delete themselves when they are closed."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(qtbot: QtBot, workspace: Workspace, parent: QWidget) -> SettingsDialog:
    made = settings_dialog.show(parent, workspace)
    qtbot.waitExposed(made)
    return made


def press(qtbot: QtBot, dialog: SettingsDialog, button: QDialogButtonBox.StandardButton) -> None:
    box = dialog.findChild(QDialogButtonBox)
    qtbot.mouseClick(box.button(button), Qt.MouseButton.LeftButton)


def test_every_setting_that_is_not_hidden_is_there(dialog: SettingsDialog) -> None:
    names = [field.name for field in fields.of(Settings) if field.kind != "hidden"]
    assert len(names) >= 8
    for name in names:
        assert dialog.form.editor(name).isVisibleTo(dialog)
    assert {field.name for field in dataclasses.fields(Settings)} - set(names) == {"recent"}


def test_ok_takes_and_keeps_what_was_changed(
    qtbot: QtBot, dialog: SettingsDialog, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.set_settings(workspace.settings.opened(tmp_path))  # meanwhile, by somebody else
    qtbot.keyClick(dialog.form.editor("theme"), Qt.Key.Key_End)
    qtbot.keyClick(dialog.form.editor("reopen"), Qt.Key.Key_Space)
    assert workspace.settings.theme == "system"
    with qtbot.waitSignal(workspace.settings_changed):
        press(qtbot, dialog, QDialogButtonBox.StandardButton.Ok)
    assert workspace.settings == Settings(theme="dark", reopen=True, recent=(str(tmp_path),))
    assert settings_file.load() == workspace.settings


def test_cancel_and_escape_change_nothing(
    qtbot: QtBot, dialog: SettingsDialog, workspace: Workspace, parent: QWidget
) -> None:
    qtbot.keyClick(dialog.form.editor("reopen"), Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.rejected):
        press(qtbot, dialog, QDialogButtonBox.StandardButton.Cancel)
    again = settings_dialog.show(parent, workspace)
    with qtbot.waitSignal(again.rejected):
        qtbot.keyClick(again, Qt.Key.Key_Escape)
    assert workspace.settings == Settings()
    assert not settings_file.location().exists()


def test_reset_shows_the_defaults_and_ok_takes_them(
    qtbot: QtBot, workspace: Workspace, parent: QWidget
) -> None:
    workspace.set_settings(Settings(theme="dark", workshop=True, recent=("/a",)))
    dialog = settings_dialog.show(parent, workspace)
    qtbot.mouseClick(dialog.to_defaults, Qt.MouseButton.LeftButton)
    assert dialog.form.editor("theme").currentText() == "As the system"
    assert not dialog.form.editor("workshop").isChecked()
    assert workspace.settings.theme == "dark"
    press(qtbot, dialog, QDialogButtonBox.StandardButton.Ok)
    assert workspace.settings == Settings(recent=("/a",))


def test_a_chip_that_is_not_known_is_refused(
    qtbot: QtBot, dialog: SettingsDialog, workspace: Workspace
) -> None:
    line = dialog.form.editor("chip")
    line.selectAll()
    qtbot.keyClicks(line, "nonsense")
    press(qtbot, dialog, QDialogButtonBox.StandardButton.Ok)
    box = dialog.findChild(QMessageBox)
    assert box is not None and "no such chip" in box.text()
    box.close()
    assert dialog.isVisible()
    assert workspace.settings == Settings()


def test_a_disk_that_refuses_is_told_of(
    qtbot: QtBot, dialog: SettingsDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for variable in ("XDG_CONFIG_HOME", "APPDATA", "HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path / "file"))
    qtbot.keyClick(dialog.form.editor("reopen"), Qt.Key.Key_Space)
    press(qtbot, dialog, QDialogButtonBox.StandardButton.Ok)
    assert "cannot be written" in dialog.findChild(QMessageBox).text()
    dialog.findChild(QMessageBox).close()
    assert dialog.isVisible()


def test_search(qtbot: QtBot, dialog: SettingsDialog) -> None:
    search = dialog.findChild(QLineEdit, "search")
    assert QApplication.focusWidget() in (search, None)
    qtbot.keyClicks(search, "workshop")
    assert dialog.form.editor("workshop").isVisible()
    assert not dialog.form.editor("chip").isVisible()
    search.clear()
    qtbot.keyClicks(search, "nothing like that")
    assert not dialog.form.editor("workshop").isVisible()
    search.clear()
    assert dialog.form.editor("chip").isVisible()


def test_every_setting_is_read_by_somebody() -> None:
    """A setting that nothing reads is a lie."""
    root = Path(settings_file.__file__).parents[1]
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.py"))
        if path.name not in ("settings.py", "settings_dialog.py")
    )
    through = {"results": "results_folder", "reopen": "at_start"}
    for field in fields.of(Settings):
        assert f"settings.{through.get(field.name, field.name)}" in text, field.name
