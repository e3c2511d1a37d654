"""The recent projects on the welcome page."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDate, QDateTime, QEvent, QLocale, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio import recent
from studio.base.errors import StudioError
from studio.recent import Recent
from studio.ui import theme
from studio.ui.cards import Card
from studio.ui.widgets import literal, named
from studio.ui.workspace import Workspace

_LOOK = 30  # milliseconds between looks whether the folders have been read


class RecentRow(QWidget):
    """One project: a click opens it, the cross or Delete takes it off the list."""

    opened = Signal(str)
    removed = Signal(str)
    left = Signal(int)  # to the next row (1) or the one before (-1)

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        self.card = named(Card(Path(folder).name, str(Path(folder).parent), role="row"), "recent")
        self.card.clicked.connect(lambda: self.opened.emit(folder))
        self.card.installEventFilter(self)
        self.remove = named(QToolButton(), "recent-remove")
        self.remove.setProperty("role", "remove")
        self.remove.setIconSize(QSize(theme.px(14), theme.px(14)))
        text = self.tr("Take {0} off the list").format(Path(folder).name)
        self.remove.setToolTip(literal(text))
        self.remove.setAccessibleName(text)
        self.remove.clicked.connect(lambda: self.removed.emit(folder))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(2))
        row.addWidget(self.card, 1)
        # In the middle, else the row grows no higher than this button may.
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignVCenter)
        self._draw_icon()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Both lines: a style sheet's least height would let a short window cut them."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def show_recent(self, found: Recent, usual: Path) -> None:
        """What its folder says; where it lies is left out for folders in ``usual``."""
        if found.missing:
            text = self.tr("Not found: {0}").format(found.folder)
        elif found.broken:
            text = self.tr("Cannot be read: {0}").format(found.folder)
        else:
            place = "" if found.folder.parent == usual else str(found.folder.parent)
            parts = (found.model, _when(found.when), place)
            text = " · ".join(part for part in parts if part)
        end = "" if found.accuracy is None else self.tr("{0:.1f} %").format(100 * found.accuracy)
        self.card.set_texts(found.name, text, end)
        self.card.setToolTip(literal(str(found.folder)))
        self.card.end.setToolTip(self.tr("Accuracy of the last deploy"))
        # One that cannot be read is opened all the same: the error says what is wrong with it.
        self.card.setEnabled(not found.missing)

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Delete removes, arrows go from row to row."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        match event.key():
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.removed.emit(self.folder)
            case Qt.Key.Key_Down:
                self.left.emit(1)
            case Qt.Key.Key_Up:
                self.left.emit(-1)
            case _:
                return False
        return True

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icon again in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "remove"):
            self._draw_icon()

    def _draw_icon(self) -> None:
        self.remove.setIcon(theme.icon("clear", theme.current().muted))


class RecentList(QWidget):
    """Heading and rows; names at once, the rest when the folders have been read."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._rows: list[RecentRow] = []
        self._folders: tuple[str, ...] = ()
        self._found: Future[tuple[Recent, ...]] | None = None
        heading = QLabel(self.tr("Recent projects"))
        heading.setFont(theme.sized(1.0, bold=True))
        heading.setContentsMargins(theme.px(8), 0, 0, theme.px(4))
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.px(1))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(heading)
        column.addLayout(self._list)
        column.addStretch()
        self._timer = QTimer(self, interval=_LOOK)
        self._timer.timeout.connect(self._collect)
        workspace.settings_changed.connect(self._refresh)
        self._refresh()

    def read_again(self) -> None:
        """Look into the folders again, as when the page is shown."""
        self._folders = ()
        self._refresh()

    def _refresh(self) -> None:
        folders = self._workspace.settings.recent
        if not folders or self.parent() is not None:  # else it would be a window for a moment
            self.setVisible(bool(folders))
        if folders == self._folders:
            return
        self._folders = folders
        known = {row.folder: row for row in self._rows}
        for row in self._rows:
            self._list.removeWidget(row)
            if row.folder not in folders:
                row.hide()
                row.deleteLater()
        self._rows = [known.get(folder) or self._row(folder) for folder in folders]
        for row in self._rows:
            self._list.addWidget(row)
        # Folders may lie on a sleeping disk or a network: the window does not wait for them.
        pool = ThreadPoolExecutor(1, "recent projects")
        self._found = pool.submit(recent.look, folders)
        pool.shutdown(wait=False)
        self._timer.start()

    def _row(self, folder: str) -> RecentRow:
        row = RecentRow(folder)
        row.opened.connect(self._open)
        row.removed.connect(self._remove)
        row.left.connect(partial(self._step, row))
        return row

    def _collect(self) -> None:
        if self._found is None or not self._found.done():
            return
        self._timer.stop()
        if len(found := self._found.result()) == len(self._rows):
            for row, own in zip(self._rows, found, strict=True):
                row.show_recent(own, self._workspace.settings.results_folder)
        self._found = None

    def _open(self, folder: str) -> None:
        self._workspace.files_offered.emit([folder])

    def _remove(self, folder: str) -> None:
        workspace = self._workspace
        place = workspace.settings.recent.index(folder)
        left = tuple(own for own in workspace.settings.recent if own != folder)
        try:
            workspace.set_settings(replace(workspace.settings, recent=left))
        except StudioError as error:
            workspace.error.emit(error)
        if self._rows:
            self._rows[min(place, len(self._rows) - 1)].card.setFocus()

    def _step(self, row: RecentRow, step: int) -> None:
        """Give the keyboard to the next row that can be opened."""
        place = self._rows.index(row) + step
        while 0 <= place < len(self._rows) and not self._rows[place].card.isEnabled():
            place += step
        if 0 <= place < len(self._rows):
            self._rows[place].card.setFocus()


def _when(seconds: float) -> str:
    """A time in the window's language: the time of today, else the date."""
    if not seconds:
        return ""
    moment = QDateTime.fromSecsSinceEpoch(int(seconds))
    if moment.date() == QDate.currentDate():
        return QLocale().toString(moment.time(), QLocale.FormatType.ShortFormat)
    return QLocale().toString(moment.date(), QLocale.FormatType.ShortFormat)
