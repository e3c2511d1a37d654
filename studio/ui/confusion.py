"""The confusion matrix: a table whose cells are the darker the more often they happen."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QWidget,
)

from studio.ui import theme
from studio.ui.answers import Answers
from studio.ui.widgets import muted, surface

MOST = 40  # classes shown: those with most mistakes
_LEAST_SIDE = 22  # device independent pixels of a cell
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ConfusionModel(QAbstractTableModel):
    """Counts by label (rows) and answer (columns)."""

    def __init__(self) -> None:
        super().__init__()
        self.classes: list[int] = []
        self._counts = np.zeros((0, 0), np.int64)

    def set_answers(self, answers: Answers | None) -> None:
        """Show these; of many classes only those with most mistakes."""
        self.beginResetModel()
        self.classes = []
        self._counts = np.zeros((0, 0), np.int64)
        if answers is not None:
            counts = answers.confusion()
            mistakes = counts.sum(0) + counts.sum(1) - 2 * np.diag(counts)
            shown = np.sort(np.argsort(-mistakes, kind="stable")[:MOST])
            self.classes = [int(own) for own in shown]
            self._counts = counts[np.ix_(shown, shown)]
        self.endResetModel()

    @property
    def most(self) -> int:
        """The largest count."""
        return int(self._counts.max(initial=0))

    def rowCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        """Classes."""
        return 0 if parent.isValid() else len(self.classes)

    def columnCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        """Classes."""
        return 0 if parent.isValid() else len(self.classes)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Count, ground and words of one cell."""
        row, column = index.row(), index.column()
        count = int(self._counts[row, column])
        if role == Qt.ItemDataRole.DisplayRole:
            return str(count) if count else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            label, answer = self.classes[row], self.classes[column]
            return self.tr("{0} answered as {1}: {2} times").format(label, answer, count)
        if role == Qt.ItemDataRole.BackgroundRole and count:
            return self._ground(row, column)
        return None

    def headerData(  # noqa: N802  (Qt's name)
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The classes' numbers."""
        if role == Qt.ItemDataRole.DisplayRole:
            return str(self.classes[section])
        return None

    def _ground(self, row: int, column: int) -> QColor:
        """Right answers green, mistakes red, by their share of the row."""
        colours = theme.current()
        share = self._counts[row, column] / max(1, self._counts[row].sum())
        colour = QColor(colours.good if row == column else colours.bad)
        # Few mistakes must still be seen among many samples.
        colour.setAlphaF(float(0.10 + 0.30 * share if row == column else 0.18 + 0.5 * share**0.5))
        return colour


class ConfusionView(QTableView):
    """``picked`` carries label and answer of the cell that was chosen."""

    picked = Signal(int, int)

    def __init__(self, model: ConfusionModel) -> None:
        super().__init__()
        self._matrix = model
        self.setObjectName("confusion")
        self.setModel(model)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Confusion matrix: labels by row, answers by column"))
        self.setCornerButtonEnabled(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
            header.setMinimumSectionSize(theme.px(_LEAST_SIDE))
            header.setSectionsClickable(False)
        model.modelReset.connect(self._fit)
        self.selectionModel().currentChanged.connect(self._on_current)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep the matrix as large as fits."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        count = len(self._matrix.classes)
        if not count:
            return
        metrics = self.fontMetrics()
        need = metrics.horizontalAdvance("0000") + 8
        number = metrics.horizontalAdvance(str(self._matrix.most)) + theme.px(8)
        room = min(
            self.width() - self.verticalHeader().width(),
            self.height() - self.horizontalHeader().height(),
        )
        least = theme.px(_LEAST_SIDE)
        side = max(least, (room - 4) // count)
        # Rather narrow columns than some that cannot be seen.
        fitting = (self.width() - self.verticalHeader().width() - theme.px(12)) // count
        wide = min(max(side, min(need, 2 * side)), max(least, number, fitting))
        self.horizontalHeader().setDefaultSectionSize(wide)
        self.verticalHeader().setDefaultSectionSize(min(side, 2 * least))

    def _on_current(self, index: _Index, _before: _Index) -> None:
        if index.isValid():
            classes = self._matrix.classes
            self.picked.emit(classes[index.row()], classes[index.column()])


class Confusion(QWidget):
    """The matrix with a title at each of its axes."""

    def __init__(self, view: ConfusionView) -> None:
        super().__init__()
        surface(self)
        answers = muted(QLabel(self.tr("Answer"), alignment=Qt.AlignmentFlag.AlignHCenter))
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(6), 0, 0, 0)
        grid.setSpacing(theme.px(2))
        grid.addWidget(answers, 0, 1)
        grid.addWidget(muted(_Turned(self.tr("Label"))), 1, 0)
        grid.addWidget(view, 1, 1)


class _Turned(QLabel):
    """A label that reads from below."""

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """That of the text, turned."""
        return super().sizeHint().transposed()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """The same: a title that is cut says nothing."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the text upwards."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.translate(0, self.height())
        painter.rotate(-90)
        room = QRect(0, 0, self.height(), self.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
