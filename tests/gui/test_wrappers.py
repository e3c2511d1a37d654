"""PySide takes some results for children of what was asked: none of that may spoil others."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from studio.panels.monitor import Monitor
from studio.ui.connection_bar import ConnectionBar
from studio.ui.flow_rows import FlowRows
from studio.ui.send_bar import SendBar
from studio.ui.widgets import tool_button
from studio.ui.workspace import Workspace


def delete_now() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_buttons_that_go_take_nothing_with_them(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    beside = QToolButton()
    menu = QMenu(beside)
    action = menu.addAction("Send file…")
    beside.setMenu(menu)
    rows = FlowRows(1, tool_button("more", "", "More"))
    column = QVBoxLayout(page)
    column.addWidget(beside)
    column.addWidget(rows)
    page.show()
    buttons = [QPushButton(text) for text in ("a", "b")]
    rows.set_buttons(buttons)
    for width in (300, 400):
        page.resize(width, 100)
        QCoreApplication.processEvents()
    del buttons
    rows.set_buttons([])
    delete_now()
    assert isValid(action)


def test_a_part_of_the_monitor_that_goes_takes_no_other_with_it(
    qtbot: QtBot, workspace: Workspace
) -> None:
    """The send bar has an action that C++ made, which PySide declares dead with its parents."""
    widget = Monitor(workspace)
    qtbot.addWidget(widget)
    widget.show()
    (bar,) = widget.findChildren(ConnectionBar)
    (send,) = widget.findChildren(SendBar)
    qtbot.waitUntil(lambda: not widget._maker.isActive())  # the Tab key's order is made
    bar.deleteLater()
    del bar
    delete_now()
    assert isValid(send.file_action)
