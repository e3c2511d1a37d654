"""The settings dialog, made from what the Settings say of themselves."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.base import fields
from studio.base.errors import StudioError
from studio.base.settings import Settings
from studio.chip import chip as chips
from studio.ui import dialogs, theme
from studio.ui.form import Form
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace


class SettingsDialog(QDialog):
    """Every setting with its explanation; OK takes them all, Cancel none."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Settings"))
        self._workspace = workspace
        self._changed: dict[str, Any] = {}
        self._fields = fields.of(Settings)
        self._search = named(QLineEdit(), "search")
        self._search.setPlaceholderText(self.tr("Search the settings"))
        self._search.setAccessibleName(self.tr("Search the settings"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._on_search)
        self.form = Form(self._fields, workspace.settings, explain=True)
        self.form.changed.connect(self._on_change)
        surface(self.form)
        self._nothing = muted(QLabel(self.tr("No setting has these words.")))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._nothing.hide()
        page = surface(QWidget())
        inside = QVBoxLayout(page)
        inside.setContentsMargins(8, 6, 8, 6)
        inside.addWidget(self.form)
        inside.addWidget(self._nothing)
        inside.addStretch()
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(12)
        for widget, margin in ((self._search, 16), (area, 0), (self._buttons(), 16)):
            holder = QVBoxLayout()
            holder.setContentsMargins(margin, 0, margin, 0)
            holder.addWidget(widget)
            column.addLayout(holder)
        self.resize(theme.px(560), theme.px(660))

    def accept(self) -> None:
        """Take what was changed; stays open where something is wrong."""
        workspace = self._workspace
        self.form.finish()
        try:
            chip = self._changed.get("chip")
            if chip is not None:
                chips.load(chip)
            # Upon the settings as they now are: others may have changed meanwhile.
            workspace.set_settings(dataclasses.replace(workspace.settings, **self._changed))
        except StudioError as error:
            dialogs.show_error(self, error)
            return
        super().accept()

    def reset(self) -> None:
        """Show the defaults; OK takes them."""
        defaults = Settings()
        visible = [field.name for field in self._fields if field.kind != "hidden"]
        self._changed = {name: getattr(defaults, name) for name in visible}
        self.form.set_values(defaults)

    def _buttons(self) -> QDialogButtonBox:
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        named(buttons.button(kinds.Ok), "primary")
        self.to_defaults = buttons.addButton(
            self.tr("&Reset to defaults"), QDialogButtonBox.ButtonRole.ResetRole
        )
        self.to_defaults.setAutoDefault(False)
        self.to_defaults.clicked.connect(self.reset)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _on_change(self, name: str, value: object) -> None:
        self._changed[name] = value

    def _on_search(self, text: str) -> None:
        self._nothing.setVisible(self.form.search(text) == 0)


def show(parent: QWidget | None, workspace: Workspace) -> SettingsDialog:
    """Open the dialog; does not block."""
    dialog = SettingsDialog(workspace, parent)
    dialog.open()
    return dialog
