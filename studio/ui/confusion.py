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
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.ui import theme
from studio.ui.answers import Answers, Numbers
from studio.ui.widgets import muted, surface

MOST = 40  # classes shown: those with most mistakes
_STEPS = 51  # of opacity that are told apart
_SOME = 5  # mistakes that no class has to make room for
_LEAST_SIDE = 22  # device independent pixels of a cell
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ConfusionModel(QAbstractTableModel):
    """Counts by label (rows) and answer (columns)."""

    def __init__(self) -> None:
        super().__init__()
        self.classes: list[int] = []
        self._counts = np.zeros((0, 0), np.int64)
        self._opacity = np.zeros((0, 0), np.int64)
        self._cells: list[list[int]] = []
        self._grounds: dict[tuple[bool, bool, int], QColor] = {}

    def set_answers(self, answers: Answers | None) -> None:
        """Show these; of many classes only those with most mistakes."""
        self.set_counts(np.zeros((0, 0), np.int64) if answers is None else answers.confusion())

    def set_counts(self, counts: Numbers) -> None:
        """Show counts by label and answer, [classes, classes], as ``set_answers`` does."""
        self.beginResetModel()
        self._take(counts, np.sort(np.argsort(-_mistakes(counts), kind="stable")[:MOST]))
        self.endResetModel()

    def add_counts(self, counts: Numbers) -> None:
        """The same where samples still arrive: only what has changed is drawn again.

        Of many classes those that are shown stay, until others have many more mistakes.
        """
        digits, before, opacity = len(str(self.most)), self._counts, self._opacity
        if not self._fits(counts):
            self.set_counts(counts)
            return
        self._take(counts, np.array(self.classes, np.int64))
        if len(str(self.most)) != digits:  # the columns may have to be wider
            self.beginResetModel()
            self.endResetModel()
            return
        changed = (self._counts != before) | (self._opacity != opacity)
        for row, column in np.argwhere(changed).tolist():
            index = self.index(row, column)
            self.dataChanged.emit(index, index)

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

    def cell(self, row: int, column: int) -> tuple[int, QColor | None]:
        """A count and its ground, for painting: without asking for one role after the other."""
        count = self._cells[row][column]
        return count, self._ground(row, column) if count else None

    def _ground(self, row: int, column: int) -> QColor:
        """Right answers green, mistakes red, by their share of the row."""
        colours = theme.current()
        right, opacity = row == column, int(self._opacity[row, column])
        key = (colours.dark, right, opacity)
        if key not in self._grounds:
            colour = self._grounds[key] = QColor(colours.good if right else colours.bad)
            colour.setAlpha(opacity)
        return self._grounds[key]

    def _take(self, counts: Numbers, shown: Numbers) -> None:
        self.classes = [int(own) for own in shown]
        self._counts = counts[np.ix_(shown, shown)]
        self._cells = self._counts.tolist()
        share = self._counts / np.maximum(1, self._counts.sum(1, keepdims=True))
        # Few mistakes must still be seen among many samples.
        opacity = 0.18 + 0.5 * share**0.5
        np.fill_diagonal(opacity, 0.10 + 0.30 * np.diag(share))
        # In steps that hardly show, so that a cell is drawn again only when it looks different.
        self._opacity = np.round(opacity * _STEPS).astype(np.int64) * (255 // _STEPS)

    def _fits(self, counts: Numbers) -> bool:
        """Whether the classes shown are still those to show."""
        if not self.classes or len(self.classes) != min(len(counts), MOST):
            return False
        if self.classes[-1] >= len(counts):
            return False
        mistakes = _mistakes(counts)
        hidden = np.delete(mistakes, self.classes)
        return bool((hidden <= 2 * mistakes[self.classes].min() + _SOME).all())


def _mistakes(counts: Numbers) -> Numbers:
    """How often each class was mistaken for another, or another for it, [classes]."""
    found: Numbers = counts.sum(0) + counts.sum(1) - 2 * np.diag(counts)
    return found


class _Cells(QStyledItemDelegate):
    """Paints cells that are not chosen by itself: 1600 of them as any item take three frames."""

    def __init__(self, parent: QTableView, model: ConfusionModel) -> None:
        super().__init__(parent)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Ground and count; nothing for 0."""
        if option.state & _CHOSEN:
            super().paint(painter, option, index)
            return
        count, ground = self._model.cell(index.row(), index.column())
        if ground is not None:
            painter.fillRect(option.rect, ground)
            painter.drawText(option.rect, _CENTRE, str(count))


_CHOSEN = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class ConfusionView(QTableView):
    """``picked`` carries label and answer of the cell that was chosen."""

    picked = Signal(int, int)

    def __init__(self, model: ConfusionModel) -> None:
        super().__init__()
        self._matrix = model
        self.setObjectName("confusion")
        self.setModel(model)
        self.setItemDelegate(_Cells(self, model))
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
