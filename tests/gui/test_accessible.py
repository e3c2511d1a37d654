"""Keyboard and screen reader: names, focus that shows, no traps, one access key a menu entry."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.ui import language, theme
from studio.ui.code_edit import CodeEdit
from studio.ui.documents import Documents
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui.test_panels import fill

INPUTS = (
    QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView, QPlainTextEdit, QTextEdit,
    QAbstractSlider,
)  # fmt: skip


@pytest.fixture
def full(
    qtbot: QtBot, window: MainWindow, workspace: Workspace, example: Path, tmp_path: Path
) -> MainWindow:
    """The whole window after a deploy, every tab of every panel seen once."""
    fill(workspace, example)
    assert isinstance(workspace.documents, Documents)
    window.resize(1500, 950)
    qtbot.waitActive(window).__enter__()
    for name in window.docks.names:
        window.docks.focus_panel(name)
        for tabs in window.docks.panel(name).findChildren(QTabWidget):
            for index in reversed(range(tabs.count())):
                tabs.setCurrentIndex(index)
    QApplication.processEvents()
    return window


def owned_by_qt(widget: QWidget) -> bool:
    """Parts of Qt's own widgets: their owner has the name and the keys."""
    parent = widget.parentWidget()
    inside = isinstance(parent, QLineEdit | QAbstractSpinBox | QComboBox | QTabBar)
    popup = isinstance(widget.window(), QWidget) and widget.window().windowType() in (
        Qt.WindowType.Popup,
    )
    return inside or popup or widget.objectName().startswith("qt_")


def said(widget: QWidget) -> str:
    """Where a widget is, for the message of a test."""
    names = []
    each: QWidget | None = widget
    while each is not None and len(names) < 4:
        names.append(f"{type(each).__name__}#{each.objectName()}")
        each = each.parentWidget()
    return " in ".join(names)


def test_every_button_and_input_has_a_name(full: MainWindow) -> None:
    buddies = {label.buddy() for label in full.findChildren(QLabel)}
    silent = []
    for widget in full.findChildren(QWidget):
        if owned_by_qt(widget) or isinstance(widget, QHeaderView | QScrollBar):
            continue
        if isinstance(widget, QAbstractButton):
            # This one bears the name of the layer that did not fit, once one does not.
            waits = widget.objectName() == "show-layer"
            if not (widget.text() or widget.accessibleName() or waits):
                silent.append(said(widget))
        elif isinstance(widget, INPUTS) and not widget.accessibleName() and widget not in buddies:
            silent.append(said(widget))
    assert silent == []


def test_the_close_buttons_of_tabs_say_what_they_close(full: MainWindow) -> None:
    bars = [bar for bar in full.docks.findChildren(QTabBar) if bar.property("prepared")]
    assert bars
    for bar in bars:
        button = bar.tabButton(bar.currentIndex(), QTabBar.ButtonPosition.RightSide)
        assert button.accessibleName() == f"Close {bar.tabText(bar.currentIndex())}"
        assert button.toolTip() == "Close"


def test_every_button_takes_the_keyboard(full: MainWindow) -> None:
    deaf = [
        said(button)
        for button in full.findChildren(QAbstractButton)
        if not owned_by_qt(button) and not button.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert deaf == []


def picture(widget: QWidget) -> QImage:
    QApplication.processEvents()
    return widget.grab().toImage()


def _with_focus_ring(panel: QWidget) -> Iterator[QWidget]:
    """What is small enough to need a sign; lists and texts have a cursor."""
    for widget in panel.findChildren(QWidget):
        small = isinstance(
            widget, QAbstractButton | QAbstractSpinBox | QComboBox | QLineEdit | QTabBar
        )
        reached = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled()
        if small and reached and widget.isVisible() and not owned_by_qt(widget):
            yield widget


@pytest.mark.parametrize("dark", [False, True])
def test_focus_can_be_seen(
    qtbot: QtBot, themed: QApplication, full: MainWindow, dark: bool
) -> None:
    theme.install(themed, dark=dark)
    unseen = []
    for name in full.docks.names:
        full.docks.focus_panel(name)
        tabs = full.docks.panel(name).findChild(QTabWidget)
        for index in range(tabs.count()) if tabs is not None else (0,):
            if tabs is not None:
                tabs.setCurrentIndex(index)
            for widget in _with_focus_ring(full.docks.panel(name)):
                full.docks.setFocus()
                without = picture(widget)
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                if widget.hasFocus() and picture(widget) == without:
                    unseen.append(said(widget))
    assert not unseen, unseen


def test_tab_leads_out_of_every_panel(qtbot: QtBot, full: MainWindow) -> None:
    for name in full.docks.names:
        if name == "graph":  # a page with a Tab of its own; F6 leaves it
            continue
        panel = full.docks.panel(name)
        full.docks.focus_panel(name)
        seen: list[QWidget] = []
        for _ in range(60):
            at = QApplication.focusWidget()
            assert at is not None
            if not panel.isAncestorOf(at) or isinstance(at, CodeEdit):
                break
            seen.append(at)
            qtbot.keyClick(at, Qt.Key.Key_Tab)
        else:
            raise AssertionError([said(widget) for widget in seen[-3:]])


def test_f6_leaves_every_panel(qtbot: QtBot, full: MainWindow) -> None:
    for name in full.docks.names:
        full.docks.focus_panel(name)
        before = full.docks.focused()
        at = QApplication.focusWidget()
        assert before == name
        assert at is not None
        qtbot.keyClick(at, Qt.Key.Key_F6)
        assert full.docks.focused() not in ("", before)


def menus(menu: QMenu) -> Iterator[QMenu]:
    yield menu
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from menus(inner)


@pytest.mark.parametrize("choice", ["en", "zh"])
def test_access_keys_are_single(
    qtbot: QtBot, themed: QApplication, request: pytest.FixtureRequest, choice: language.Choice
) -> None:
    language.install(themed, choice)
    try:
        window: MainWindow = request.getfixturevalue("window")
        bar = window.menuBar()
        texts = {"the bar": [action.text() for action in bar.actions()]}
        for top in bar.actions():
            inside = top.menu()
            assert isinstance(inside, QMenu)
            for menu in menus(inside):
                texts[menu.title()] = [action.text() for action in menu.actions()]
    finally:
        language.install(themed, "en")
    for title, entries in texts.items():
        keys = collections.Counter(
            found[1].lower() for text in entries for found in [re.search(r"&(\w)", text)] if found
        )
        assert [key for key, count in keys.items() if count > 1] == [], title


def test_the_palette_offers_nothing_of_other_peoples(full: MainWindow) -> None:
    entries = [(entry.text, entry.category) for entry in full._entries()]
    assert not [text for text, _ in entries if text.startswith("Export...")]  # pyqtgraph's
    assert ("Wake word", "Project › New project") in entries
    twice = [entry for entry, count in collections.Counter(entries).items() if count > 1]
    assert twice == []
