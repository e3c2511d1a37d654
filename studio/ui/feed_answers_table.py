"""The newest answers of a feed as rows, each with a picture of its sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPixmap

from studio.ui import theme
from studio.ui.sample_list import picture
from studio.ui.table import Cell, Column, Row, RowsModel, Table
from studio.ui.widgets import named

if TYPE_CHECKING:
    from studio.feed_answers import Answers

_NEWEST = 50  # rows
_OUTPUTS = 12  # of one answer that are shown
_SIDE = 28  # device independent pixels of a picture
_LARGEST = 1 << 16  # values of a sample that is drawn
_KEPT = 500  # pictures


class AnswerRows(RowsModel):
    """The last answers, the newest first."""

    def __init__(self) -> None:
        super().__init__(
            (
                Column("sample", _tr("Sample"), numeric=True),
                Column("label", _tr("Label"), _tr("What it should be")),
                Column("answer", _tr("Answer"), _tr("What the target said")),
                Column("exact", _tr("Exact"), _tr("Whether every byte is the simulator's")),
                Column("file", _tr("File")),
                Column("outputs", _tr("Outputs"), _tr("The first ones, in chip integers")),
            )
        )
        self._answers: Answers | None = None
        self._shown = (0, 0)
        self._pictures: dict[tuple[int, bool], QPixmap | None] = {}

    def show(self, answers: Answers | None) -> bool:
        """Show the answers there are now; whether any are new."""
        if answers is not self._answers:
            self._answers = answers
            self._pictures.clear()
        now = (id(answers), 0 if answers is None else answers.done)
        if now == self._shown:
            return False
        self._shown = now
        done = now[1]
        places = range(done - 1, max(-1, done - 1 - _NEWEST), -1)
        self.set_rows([] if answers is None else [_row(answers, place) for place in places])
        return True

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """As the table's, with the sample's picture in the first column."""
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self._picture(int(self.row(index.row()).key))
        return super().data(index, role)

    def _picture(self, place: int) -> QPixmap | None:
        answers = self._answers
        if answers is None:
            return None
        sample = answers.sample(place)
        key = (sample, theme.current().dark)
        if key not in self._pictures:
            if len(self._pictures) >= _KEPT:
                self._pictures.clear()
            values = answers.samples.inputs[0][sample]
            fits = values.size <= _LARGEST
            self._pictures[key] = picture(values, theme.px(_SIDE)) if fits else None
        return self._pictures[key]


class AnswerTable(Table):
    """``model`` with room for the pictures."""

    def __init__(self, model: AnswerRows) -> None:
        super().__init__(model)
        named(self, "feed-answers")
        self.setAccessibleName(_tr("The newest answers"))
        side = theme.px(_SIDE)
        self.setIconSize(QSize(side, side))
        self.verticalHeader().setDefaultSectionSize(side + 6)
        self.setSortingEnabled(False)
        model.swatches = True

    def show_columns(self, answers: Answers | None) -> None:
        """Hide what there is none of."""
        samples = None if answers is None else answers.samples
        keys = [column.key for column in self.rows.columns]
        self.setColumnHidden(keys.index("label"), samples is None or samples.labels is None)
        self.setColumnHidden(keys.index("file"), samples is None or not samples.names)


def _row(answers: Answers, place: int) -> Row:
    label, result = answers.label(place), int(answers.results[place])
    values = answers.values(place)
    outputs = " ".join(map(str, values[:_OUTPUTS])) + (" …" if len(values) > _OUTPUTS else "")
    cells: tuple[Cell, ...] = (
        answers.sample(place),
        answers.title(label),
        answers.title(result),
        _tr("yes") if answers.same[place] else _tr("no"),
        answers.name(place),
        outputs,
    )
    wrong = label is not None and result >= 0 and result != label
    alert = {"answer"} if wrong else set()
    return Row(str(place), cells, alert=frozenset(alert))


def _tr(text: str) -> str:
    return QCoreApplication.translate("FeedAnswers", text)
