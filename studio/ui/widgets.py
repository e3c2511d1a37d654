"""Small helpers for making widgets."""

from __future__ import annotations

import re
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str) -> W:
    """Give ``widget`` the object name by which style sheet and tests know it."""
    widget.setObjectName(name)
    return widget


def surface(widget: W) -> W:
    """Let ``widget`` have the ground of lists and text, instead of the window's."""
    widget.setProperty("role", "surface")
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget


def muted(widget: W) -> W:
    """Let ``widget`` show its text in the quiet colour."""
    widget.setProperty("role", "muted")
    return widget


def plain(text: str) -> str:
    """An action's text without its access key: "&Open…" is "Open…", "打开(&O)…" is "打开…"."""
    return re.sub(r"\(&\w\)|&&|&", lambda found: "&" if found[0] == "&&" else "", text)
