"""The dialogs for errors of the input and for faults of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.base.errors import FitError, StudioError
from studio.ui import dialogs, theme

TRACE = 'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: 没有 room\n'


@pytest.fixture
def parent(qtbot: QtBot, themed: QApplication) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    yield made
    theme.install(themed, dark=False)


def button(box: QMessageBox, text: str) -> QPushButton:
    return next(one for one in box.findChildren(QPushButton) if one.text() == text)


def test_an_error_says_what_where_and_what_to_do(parent: QWidget) -> None:
    box = dialogs.show_error(parent, FitError("too large", hint="Make it smaller.", where="a<b>"))
    assert box.text() == "too large"
    assert "Where: a<b>" in box.informativeText()
    assert "Make it smaller." in box.informativeText()
    assert box.textFormat() is Qt.TextFormat.PlainText
    assert box.isVisible() and box.windowModality() is not Qt.WindowModality.NonModal


def test_an_error_without_hint_and_place_leaves_no_gap(parent: QWidget) -> None:
    assert dialogs.show_error(parent, StudioError("gone")).informativeText() == ""


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_long_message_is_wrapped(parent: QWidget, themed: QApplication, scale: float) -> None:
    theme.install(themed, dark=False, scale=scale)
    message = "code needs 300000 bytes, " * 8
    box = dialogs.show_error(parent, FitError(message, hint="A hint.", where="x.onnx"))
    label = box.findChild(QLabel, "qt_msgbox_label")
    lines = label.heightForWidth(label.width()) / QFontMetrics(label.font()).lineSpacing()
    assert label.wordWrap() and lines > 2
    assert label.height() >= label.heightForWidth(label.width())


def test_a_crash_is_ours_and_names_the_log(parent: QWidget, tmp_path: Path) -> None:
    box = dialogs.show_crash(parent, TRACE, tmp_path / "window.log")
    assert "fault of the program" in box.text()
    told = box.informativeText()
    assert "ValueError: 没有 room" in told
    assert str(tmp_path / "window.log") in told
    assert "not saved are kept" in told
    assert box.detailedText() == TRACE


def test_copy_and_open_log_leave_the_dialog_open(
    qtbot: QtBot, parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    log = tmp_path / "日志" / "window.log"
    box = dialogs.show_crash(parent, TRACE, log)
    qtbot.mouseClick(button(box, "Copy details"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == TRACE
    qtbot.mouseClick(button(box, "Open log"), Qt.MouseButton.LeftButton)
    assert [Path(url.toLocalFile()) for url in opened] == [log]
    assert box.isVisible()
    with qtbot.waitSignal(box.finished):
        qtbot.keyClick(box, Qt.Key.Key_Escape)


def test_a_crash_without_log(parent: QWidget) -> None:
    box = dialogs.show_crash(parent, "", None)
    assert "log" not in box.informativeText()
    assert "Open log" not in [one.text() for one in box.findChildren(QPushButton)]
