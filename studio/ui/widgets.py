"""Small helpers for making widgets."""

from __future__ import annotations

import html
import re
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QFormLayout, QLabel, QToolButton, QWidget

from studio.ui import theme

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


def bar_button(name: str, tip: str, icon: int = 16) -> QToolButton:
    """A button of a bar that shows an icon of so many pixels, and tells in ``tip`` what it does."""
    button = named(QToolButton(), name)
    button.setProperty("role", "bar")
    button.setIconSize(QSize(theme.px(icon), theme.px(icon)))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def centre_labels(form: QFormLayout) -> None:
    """Put each label at the middle of its field; Qt puts them at the top."""
    roles = QFormLayout.ItemRole
    for row in range(form.rowCount()):
        items = [form.itemAt(row, role) for role in (roles.LabelRole, roles.FieldRole)]
        label, field = (None if item is None else item.widget() for item in items)
        if label is not None and field is not None:
            field.ensurePolished()
            label.setMinimumHeight(field.sizeHint().height())


def surface(widget: W) -> W:
    """Let ``widget`` have the ground of lists and text, instead of the window's."""
    widget.setProperty("role", "surface")
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return widget


def muted(widget: W) -> W:
    """Let ``widget`` show its text in the quiet colour."""
    widget.setProperty("role", "muted")
    return widget


def set_role(widget: QWidget, role: str) -> None:
    """Let ``widget`` look as the style sheet has it for another role."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


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
