"""All recordings in the folder: to open, export and delete."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.monitor import recording_list
from studio.ui import figures_text, language, recordings, session_files, theme
from studio.ui.aside import Aside
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.filter_bar import FilterBar
from studio.ui.table import Cell, Column, Row, RowsModel, Table
from studio.ui.widgets import muted, named, verbatim
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.monitor.recording_list import Listed

_NAMED = 8  # recordings named in the question


class RecordingsDialog(QDialog):
    """Reads the folder on a thread; opens no more than the recordings' ends."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Recordings"))
        self._workspace = workspace
        self._folder = recordings.folder(workspace)
        self._found: dict[str, Listed] = {}
        self.rows = RowsModel(self._columns())
        self.table = named(Table(self.rows), "recordings")
        self.table.setAccessibleName(self.tr("Recordings"))
        self.table.activated.connect(lambda _index: self.open_chosen())
        self.table.selectionModel().selectionChanged.connect(self._update)
        self.rows.changed.connect(self._update)
        self._facts = muted(verbatim(QLabel()))
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.play = self._button("primary", self.tr("Open"), self.open_chosen)
        self.export = self._button("recordings-export", self.tr("Export…"), self._export)
        self.delete = self._button("recordings-delete", self.tr("Delete…"), self._ask)
        self.folder = self._button(
            "recordings-folder", self.tr("Show in folder"), self._show_folder
        )
        close = self._button("recordings-close", self.tr("Close"), self.reject)
        full = QWidget()
        inside = QVBoxLayout(full)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(FilterBar(self.table, self.tr("Search the recordings")))
        inside.addWidget(self.table)
        empty = EmptyState(
            "recordings",
            self.tr("No recordings yet"),
            self.tr("Connect to a board or run a model: what it says is recorded."),
        )
        self._pages = EmptyOrFull(empty, full)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(theme.px(16), 0, theme.px(16), 0)
        for button in (self.play, self.export, self.delete, self.folder):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        told = QHBoxLayout()
        told.setContentsMargins(theme.px(16), 0, theme.px(16), 0)
        told.addWidget(self._facts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(14))
        column.setSpacing(theme.px(10))
        column.addWidget(self._pages, 1)
        column.addLayout(told)
        column.addLayout(buttons)
        key = QShortcut(QKeySequence.StandardKey.Delete, self.table)
        key.setContext(Qt.ShortcutContext.WidgetShortcut)
        key.activated.connect(self._ask)
        self.resize(theme.px(780), theme.px(460))
        self.read()

    def read(self) -> None:
        """Look into the folder again."""
        folder = self._folder
        self._facts.setText(self.tr("Reading {0}").format(folder))
        self._pages.setCurrentIndex(1)
        Aside(self, lambda job: recording_list.found(folder, job), self._show)
        self._update()

    def chosen(self) -> list[Listed]:
        """The recordings that are selected."""
        places = {index.row() for index in self.table.selectionModel().selectedRows()}
        return [self._found[self.rows.row(place).key] for place in sorted(places)]

    def open_chosen(self) -> None:
        """Play the selected recording, and close."""
        chosen = self.chosen()
        if len(chosen) == 1 and not chosen[0].error:
            self._workspace.files_offered.emit([str(chosen[0].files[0])])
            self.accept()

    def remove(self, chosen: Sequence[Listed]) -> None:
        """Delete these recordings from the disk."""

        def body(_job: object) -> None:
            for recording in chosen:
                recording_list.delete(recording)

        def failed(error: object) -> None:
            self._workspace.error.emit(error)
            self.read()

        Aside(self, body, lambda _nothing: self.read(), failed)

    # -- inside

    def _columns(self) -> tuple[Column, ...]:
        def day(cell: Cell) -> str:
            return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(float(cell or 0)))

        def length(cell: Cell) -> str:
            return figures_text.duration(float(cell or 0))

        def size(cell: Cell) -> str:
            return figures_text.size(int(cell or 0))

        return (
            Column("date", self.tr("Date"), self.tr("When it begins"), text=day),
            Column("port", self.tr("Port")),
            Column("project", self.tr("Project")),
            Column("length", self.tr("Length"), numeric=True, text=length),
            Column("size", self.tr("Size"), self.tr("On the disk"), numeric=True, text=size),
            Column("state", self.tr("State"), self.tr("Whether it was closed properly")),
        )

    def _button(self, name: str, text: str, slot: object) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setAutoDefault(name == "primary")
        button.clicked.connect(lambda _checked=False: slot())  # type: ignore[operator]
        return button

    def _show(self, found: Sequence[Listed]) -> None:
        self._found = {str(each.files[0]): each for each in found}
        self.rows.set_rows([self._row(key, each) for key, each in self._found.items()])
        self._pages.set_full(bool(found))
        self.folder.setEnabled(self._folder.is_dir())
        size = figures_text.size(sum(each.size for each in found))
        limit = self._workspace.settings.recordings_limit
        text = self.tr("{0} of at most {1} GB in {2}").format(size, limit, self._folder)
        self._facts.setText(text)
        if found:
            self.table.selectRow(0)
        self._update()

    def _row(self, key: str, each: Listed) -> Row:
        if each.error:
            state = self.tr("cannot be read")
        elif self._runs(each):
            state = self.tr("being recorded")
        else:
            state = "" if each.complete else self.tr("cut")
        length = None if each.error else each.end - each.begin
        begin = each.begin or None
        header = each.header
        cells = (begin, header.port, header.project, length, each.size, state)
        alert = frozenset(("state",)) if each.error else frozenset[str]()
        why = language.message(each.error) or state
        return Row(key, cells, alert=alert, tip=f"{each.name}\n{why}".strip())

    def _runs(self, each: Listed) -> bool:
        monitoring = self._workspace.monitoring
        tape = monitoring.tape
        return monitoring.recording and tape is not None and tape.on and tape.path in each.files

    def _update(self) -> None:
        chosen = self.chosen()
        readable = len(chosen) == 1 and not chosen[0].error
        self.play.setEnabled(readable)
        self.export.setEnabled(readable)
        self.delete.setEnabled(bool(chosen) and not any(map(self._runs, chosen)))

    def _export(self) -> None:
        parent = self.parentWidget() or self
        session_files.export(parent, self._workspace, recording=self.chosen()[0].files[0])

    def _show_folder(self) -> None:
        session_files.open_outside(self._folder)

    def _ask(self) -> None:
        chosen = self.chosen()
        if not self.delete.isEnabled():
            return
        box = named(QMessageBox(self), "recordings-question")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Delete recordings"))
        count = len(chosen)
        box.setText(
            self.tr("Delete this recording for good?")
            if count == 1
            else self.tr("Delete these {0} recordings for good?").format(count)
        )
        names = [each.name for each in chosen[:_NAMED]]
        box.setInformativeText("\n".join([*names, "…"] if count > _NAMED else names))
        delete = box.addButton(self.tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        delete.clicked.connect(lambda: self.remove(chosen))
        box.open()
