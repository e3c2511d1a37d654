"""The results history of a project: how the accuracy went, and a line for each deploy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio import history
from studio.history import Entry
from studio.ui import theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.table import Cell, Column, Row, RowsModel, Table
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace

_DRAWN = 40  # deploys in the curve


class Curve(QWidget):
    """The last accuracies, oldest at the left, scaled to their range."""

    def __init__(self) -> None:
        super().__init__()
        self.values: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Accuracy of the last deploys"))

    def set_values(self, values: Sequence[float]) -> None:
        """Draw these, 0..1."""
        self.values = tuple(values[-_DRAWN:])
        low, high = min(self.values, default=0.0), max(self.values, default=0.0)
        text = self.tr("The last {0} deploys: {1:.1f} % to {2:.1f} %")
        self.setToolTip(text.format(len(self.values), 100 * low, 100 * high))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """A line and a half high."""
        return QSize(theme.px(120), theme.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """A line with a dot at each deploy, the last one filled."""
        super().paintEvent(event)
        if len(self.values) < 2:
            return
        colours, radius = theme.current(), theme.line_width(2.5)
        area = QRectF(self.rect()).adjusted(radius + 2, radius + 3, -radius - 2, -radius - 3)
        low, high = min(self.values), max(self.values)
        step = area.width() / (len(self.values) - 1)
        points = [
            QPointF(
                area.left() + place * step,
                area.bottom() - (area.height() * (value - low) / (high - low) if high > low
                                 else area.height() / 2),
            )
            for place, value in enumerate(self.values)
        ]  # fmt: skip
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.accent), theme.line_width(1.5)))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(QColor(colours.base))
        for point in points[:-1]:
            painter.drawEllipse(point, radius, radius)
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(points[-1], radius, radius)
        painter.end()


class Results(QWidget):
    """The curve above the table, the newest deploy first."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._entries: tuple[Entry, ...] | None = None
        self._last = named(QLabel(), "last-accuracy")
        self._last.setFont(theme.sized(1.25, bold=True))
        self._float = muted(QLabel())
        self.curve = Curve()
        self.model = RowsModel(
            (
                Column("date", self.tr("Date"), text=_date),
                Column(
                    "accuracy",
                    self.tr("Accuracy"),
                    self.tr("What the target printed"),
                    numeric=True,
                    text=_percent,
                ),
                Column("use", self.tr("Array"), self.tr("Cells used"), numeric=True, text=_percent),
                Column(
                    "noise",
                    self.tr("With noise"),
                    self.tr("Mean accuracy of the noise study's chips"),
                    numeric=True,
                    text=_percent,
                ),
                Column("seconds", self.tr("Time"), numeric=True, text=self._seconds),
                Column("chip", self.tr("Chip")),
            )
        )
        self.table = named(Table(self.model), "history")
        self.table.setAccessibleName(self.tr("Results of earlier deploys"))
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(4))
        head.setSpacing(theme.px(10))
        head.addWidget(self._last)
        head.addWidget(self._float)
        head.addWidget(self.curve, 1)
        page = surface(QWidget())
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        empty = EmptyState(
            "accuracy",
            self.tr("No results yet"),
            self.tr("Every deploy adds a line: date, accuracy, array use, noise, time."),
        )
        self._stack = EmptyOrFull(empty, page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        workspace.project_changed.connect(self.refresh)
        workspace.deployed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the history again."""
        project = self._workspace.project
        entries = history.read(project.folder) if project is not None else ()
        if entries == self._entries:
            return
        self._entries = entries
        self._stack.set_full(bool(entries))
        self.model.set_rows(
            [Row(str(place), _cells(own)) for place, own in enumerate(reversed(entries))]
        )
        known = [own.accuracy for own in entries if own.accuracy is not None]
        self.curve.set_values(known)
        self.curve.setVisible(len(known) > 1)
        last = entries[-1] if entries else None
        self._last.setText(_percent(last.accuracy) if last and last.accuracy is not None else "")
        float_model = last.accuracy_float if last else None
        self._float.setVisible(float_model is not None)
        if float_model is not None:
            self._float.setText(self.tr("float model {0:.1f} %").format(100 * float_model))

    def _seconds(self, value: Cell) -> str:
        return self.tr("{0:.1f} s").format(value)


def _cells(own: Entry) -> tuple[Cell, ...]:
    return (own.date, own.accuracy, own.array_use, own.noise, own.seconds, own.chip)


def _percent(value: Cell) -> str:
    return f"{100 * value:.1f} %" if isinstance(value, float | int) else ""


def _date(value: Cell) -> str:
    """Date and time as the language writes them; the text itself where it is none."""
    try:
        moment = datetime.fromisoformat(str(value)).astimezone()
    except ValueError:
        return str(value)
    return QLocale().toString(
        QDateTime.fromSecsSinceEpoch(int(moment.timestamp())), QLocale.FormatType.ShortFormat
    )
