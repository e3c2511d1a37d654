"""The rows of the Problems list: a model, and what a filter leaves of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QIcon

from studio.ui import stage_text, theme
from studio.ui.language import message
from studio.ui.records import Problem, Severity
from studio.ui.titles import ROOT, Title, TitledModel
from studio.ui.widgets import literal

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
MESSAGE, WHERE, SOURCE = range(3)

_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


def severity_name(severity: Severity) -> str:
    """A severity in a word."""
    return {"error": _tr("Error"), "warning": _tr("Warning"), "note": _tr("Note")}[severity]


def colour(severity: Severity) -> str:
    """The colour of a severity's sign."""
    colours = theme.current()
    return {"error": colours.bad, "warning": colours.warning, "note": colours.muted}[severity]


def place(problem: Problem) -> str:
    """Where a problem is, in short: what the stage named, or the layer, node or line."""
    target = problem.target
    if problem.where or target is None:
        return problem.where
    if target.file is not None:
        return f"{target.file.name}:{target.line}" if target.line else target.file.name
    return target.layer or target.node


def as_text(problem: Problem) -> str:
    """A problem as text for the clipboard."""
    parts = [f"{severity_name(problem.severity)}: {message(problem.message)}", place(problem)]
    return "\n".join(part for part in (*parts, message(problem.hint)) if part)


class ProblemRows(TitledModel):
    """Message with its sign, place and source of each problem; errors first."""

    def __init__(self, parent: QObject | None = None) -> None:
        titles = (self.tr("Problem"), self.tr("Where"), self.tr("Found by"))
        super().__init__([Title(title) for title in titles], parent)
        self._problems: tuple[Problem, ...] = ()
        self._icons: dict[str, QIcon] = {}
        self.draw_icons()

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        order = {severity: number for number, severity in enumerate(SEVERITIES)}
        self._problems = tuple(sorted(problems, key=lambda problem: order[problem.severity]))
        self.endResetModel()

    def draw_icons(self) -> None:
        """Draw the signs in the theme's colours."""
        self._icons = {name: theme.icon(name, colour(name)) for name in SEVERITIES}
        for icon in self._icons.values():
            # Selected rows keep the sign's colour; Qt would tint it like the selection.
            for size in icon.availableSizes():
                icon.addPixmap(icon.pixmap(size, 1.0), QIcon.Mode.Selected)
        if self._problems:
            last = self.index(len(self._problems) - 1, SOURCE)
            self.dataChanged.emit(self.index(0, 0), last)

    def problem(self, row: int) -> Problem:
        """The problem of a row."""
        return self._problems[row]

    def rowCount(self, parent: _Index = ROOT) -> int:  # noqa: N802  (Qt's name)
        """Problems; they have no children."""
        return 0 if parent.isValid() else len(self._problems)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        """Text and sign of a cell."""
        problem = self._problems[index.row()]
        column = index.column()
        if role == _Role.ToolTipRole and column == MESSAGE:
            return literal(message(problem.message))
        if role == _Role.ToolTipRole:
            return literal(str(self.data(index)))
        if role == _Role.DisplayRole:
            if column == MESSAGE:
                return " ".join(message(problem.message).split())
            return place(problem) if column == WHERE else stage_text.name(problem.source)
        if role == _Role.DecorationRole and column == MESSAGE:
            return self._icons[problem.severity]
        if role == _Role.AccessibleTextRole and column == MESSAGE:
            return as_text(problem)
        return None


class ProblemFilter(QSortFilterProxyModel):
    """Rows of the wanted severities whose text holds the wanted words."""

    def __init__(self, rows: ProblemRows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._hidden: frozenset[Severity] = frozenset()
        self._words: list[str] = []
        self.setSourceModel(rows)

    def set_hidden(self, hidden: frozenset[Severity]) -> None:
        """Leave out these severities."""
        self._hidden = hidden
        self.invalidate()

    def set_text(self, text: str) -> None:
        """Leave only rows in which every word stands, whatever its case."""
        self._words = text.casefold().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: _Index) -> bool:  # noqa: N802  (Qt's name)
        """Whether a row is left."""
        problem = self._rows.problem(row)
        if problem.severity in self._hidden:
            return False
        text = f"{as_text(problem)} {stage_text.name(problem.source)}".casefold()
        return all(word in text for word in self._words)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Problems", text)
