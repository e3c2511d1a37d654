"""Small helpers for making widgets."""

from __future__ import annotations

import html
import re
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str) -> W:
    """Give ``widget`` the object name by which style sheet and tests know it."""
    widget.setObjectName(name)
    return widget


def tool_button(name: str, text: str, tip: str = "") -> QToolButton:
    """A button of a panel's bar; ``name`` is its object name."""
    button = named(QToolButton(), name)
    button.setText(text)
    button.setProperty("role", "tool")
    button.setToolTip(tip)
    return button


def surface(widget: W) -> W:
    """Let ``widget`` have the ground of lists and text, instead of the window's."""
    widget.setProperty("role", "surface")
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget


def muted(widget: W) -> W:
    """Let ``widget`` show its text in the quiet colour."""
    widget.setProperty("role", "muted")
    return widget


def literal(text: str) -> str:
    """``text`` as a tool tip that shows it as it is: Qt obeys what looks like markup in tips.

    For every tip that may hold a name out of a file.
    """
    if not GuiQt.mightBeRichText(text):
        return text
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>")


L = TypeVar("L", bound=QLabel)


def verbatim(label: L) -> L:
    """Let ``label`` show its text as it is, whatever looks like markup in it."""
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def plain(text: str) -> str:
    """An action's text without its access key: "&Open…" is "Open…", "打开(&O)…" is "打开…"."""
    return re.sub(r"\(&\w\)|&&|&", lambda found: "&" if found[0] == "&&" else "", text)
