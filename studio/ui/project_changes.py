"""The options of a project that differ from the defaults, each with a way back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.base import fields
from studio.base.fields import Field
from studio.options import Options
from studio.ui import field_editors, option_text, theme
from studio.ui.cards import Elided
from studio.ui.widgets import literal, muted, named
from studio.ui.workspace import Workspace

_FIELDS = fields.of(Options)


def changed(options: Options) -> tuple[Field, ...]:
    """The options that are not as they are at first."""
    return tuple(own for own in _FIELDS if getattr(options, own.name) != own.default)


class Changes(QWidget):
    """A row each: what, its value, and a button that resets it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, str], ...] | None = None
        self._workspace = workspace
        self._rows: list[QWidget] = []
        self._none = muted(QLabel(self.tr("None: everything is as it is at first."), wordWrap=True))
        self._all = named(QToolButton(), "reset-all")
        self._all.setText(self.tr("Reset all"))
        self._all.setProperty("role", "link")
        self._all.clicked.connect(self._reset_all)
        heading = QLabel(self.tr("Changed options"))
        heading.setFont(theme.sized(1.0, bold=True))
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addWidget(self._all)
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.px(2))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addLayout(head)
        column.addWidget(self._none)
        column.addLayout(self._list)
        workspace.options_changed.connect(self._show)
        self._show()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown is not None:
            self._shown = None
            self._show()

    def _show(self) -> None:
        options = self._workspace.options
        found = changed(options)
        texts = tuple(
            (own.name, option_text.value(own, getattr(options, own.name))) for own in found
        )
        if texts == self._shown:
            return
        self._shown = texts
        for row in self._rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(own, text) for own, (_, text) in zip(found, texts, strict=True)]
        self._none.setVisible(not found)
        self._all.setVisible(len(found) > 1)

    def _row(self, field: Field, text: str) -> QWidget:
        row = QWidget()
        name = field_editors.label(field)
        label = muted(Elided(name))
        shown = Elided(text)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        reset = named(QToolButton(), f"reset-{field.name}")
        reset.setProperty("role", "remove")
        reset.setIcon(theme.icon("undo", theme.current().muted))
        reset.setIconSize(QSize(theme.px(14), theme.px(14)))
        first = option_text.value(field, field.default)
        tip = self.tr("Reset {0} to: {1}").format(name, first)
        reset.setToolTip(literal(tip))
        reset.setAccessibleName(tip)
        reset.clicked.connect(partial(self._reset, field))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(8))
        line.addWidget(label, 1)
        line.addWidget(shown, 1)
        line.addWidget(reset)
        self._list.addWidget(row)
        return row

    def _reset(self, field: Field) -> None:
        text = QCoreApplication.translate("Changes", "Reset an option")
        self._workspace.edit_options(text, **{field.name: field.default})

    def _reset_all(self) -> None:
        found = changed(self._workspace.options)
        defaults = {own.name: own.default for own in found}
        self._workspace.edit_options(self.tr("Reset all options"), **defaults)
