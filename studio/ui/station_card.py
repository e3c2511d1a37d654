"""One station of a classroom as a card that can be read from the last row."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF

from studio.monitor.station import State
from studio.ui import fit_text, theme, verdict_sign
from studio.ui.language import message
from studio.ui.movable_card import MovableCard
from studio.ui.station_model import Card
from studio.ui.widgets import literal

_NOTHING = "–"


class StationCard(MovableCard):
    """Shows a card; with ``editable`` it can be dragged, renamed and removed."""

    def __init__(self, *, editable: bool = True) -> None:
        super().__init__("station", editable=editable)
        self._card: Card | None = None
        self._best = False

    @property
    def edit_text(self) -> str:
        """Only its name can be another."""
        return self.tr("Rename…")

    @property
    def card(self) -> Card | None:
        """What it shows."""
        return self._card

    @property
    def best(self) -> bool:
        """Whether it is marked as the best."""
        return self._best

    def set_card(self, card: Card, best: bool) -> None:
        """Show a station; ``best`` is the one with the best accuracy."""
        self._card, self._best = card, best
        said = [self.state_text, self.accuracy_text, self.samples_text, self.what_text]
        said += [self.tr("Best")] if best else []
        text = ", ".join(part for part in said if part)
        self.setAccessibleName(card.name)
        self.setAccessibleDescription(text)
        tip = [
            card.name,
            *said,
            self.age_text,
            message(card.problem),
            f"{card.place.host}:{card.place.port}",
        ]
        if card.station is not None:
            tip += [f"{name}: {value:g}" for name, value in card.station.values.items()]
        self.setToolTip(literal("\n".join(part for part in tip if part)))
        self.update()

    # -- what it says

    @property
    def state_text(self) -> str:
        """What the station does, or why that is not known."""
        card = self._card
        if card is None:
            return ""
        if card.why == "token":
            return self.tr("Wrong token")
        if card.why == "silent":
            return self.tr("No answer")
        if card.why == "strange":
            return self.tr("No answer of a CIM Studio")
        if card.station is None:
            return self.tr("Asking…")
        return {
            "idle": self.tr("Idle"),
            "deploying": self.tr("Deploying"),
            "running": self.tr("Running"),
            "done": self.tr("Done"),
            "failed": self.tr("Failed"),
        }[card.station.state]

    @property
    def accuracy_text(self) -> str:
        """Its accuracy, in percent."""
        station = self._card.station if self._card is not None else None
        if station is None or station.accuracy is None:
            return _NOTHING
        return f"{100 * station.accuracy:.1f} %"

    @property
    def samples_text(self) -> str:
        """Of how many samples."""
        station = self._card.station if self._card is not None else None
        if station is None or not station.samples:
            return ""
        return self.tr("{0} samples").format(station.samples)

    @property
    def what_text(self) -> str:
        """Its model and target."""
        station = self._card.station if self._card is not None else None
        if station is None:
            return ""
        return " · ".join(part for part in (station.model, station.target) if part)

    @property
    def age_text(self) -> str:
        """How old its answer is."""
        age = self._card.age if self._card is not None else None
        if age is None:
            return ""
        if age < 120:
            return self.tr("{0} s ago").format(math.floor(age))
        return self.tr("{0} min ago").format(math.floor(age / 60))

    # -- Qt's events

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Frame, name, state, accuracy, and what it runs."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.paint_frame(painter, marked=self._best)
        if self._card is not None:
            self._paint(painter, area, self._card)
        painter.end()

    def _paint(self, painter: QPainter, area: QRectF, card: Card) -> None:
        colours = theme.current()
        edge = max(6.0, 0.06 * min(area.width(), area.height()))
        inner = area.adjusted(edge, edge * 0.6, -edge, -edge * 0.7)
        left = Qt.AlignmentFlag.AlignLeft
        size = min(max(12.0, 0.13 * inner.height()), 0.1 * inner.width() + 4, 54.0)
        top = QRectF(inner.left(), inner.top(), inner.width(), size * 1.4)
        if self._best:
            top.setRight(self._paint_best(painter, top, size * 0.8))
        fit_text.line(painter, top, card.name, size, colours.text, bold=True, align=left)
        fine = max(10.0, 0.72 * size)
        second = QRectF(inner.left(), top.bottom(), inner.width(), fine * 1.5)
        lost = bool(card.problem) or card.station is None
        state: State | None = None if lost or card.station is None else card.station.state
        sign = QRectF(second.left(), second.center().y() - fine * 0.55, fine * 1.1, fine * 1.1)
        ink = draw_state(painter, sign, state)
        words = second.adjusted(fine * 1.6, 0, 0, 0)
        age = self.age_text
        if age:
            wide = min(fit_text.width(age, fine) + 2, 0.5 * words.width())
            at = QRectF(words.right() - wide, words.top(), wide, words.height())
            fit_text.line(painter, at, age, fine, colours.muted)
            words = words.adjusted(0, 0, -wide - fine * 0.4, 0)
        fit_text.line(painter, words, self.state_text, fine, ink, align=left)
        foot = QRectF(inner.left(), inner.bottom() - fine * 1.35, inner.width(), fine * 1.35)
        fit = min(fine, max(0.75 * fine, fit_text.largest(self.what_text, foot.width(), fine * 2)))
        fit_text.line(painter, foot, self.what_text, fit, colours.muted, align=left)
        rest = QRectF(inner.left(), second.bottom(), inner.width(), foot.top() - second.bottom())
        samples = self.samples_text
        low = fine * 1.3 if samples and rest.height() > 3 * fine else 0.0
        number = rest.adjusted(0, 0, 0, -low)
        fit = fit_text.largest("100.0 %", number.width(), number.height(), bold=True)
        told = card.station is not None and card.station.accuracy is not None and not lost
        ink = colours.text if told else colours.muted
        fit_text.line(painter, number, self.accuracy_text, fit, ink, bold=True)
        if low:
            under = QRectF(rest.left(), number.bottom(), rest.width(), low)
            fit_text.line(painter, under, samples, fine, colours.muted)

    def _paint_best(self, painter: QPainter, top: QRectF, size: float) -> float:
        """The mark of the best at the right; where the name must end."""
        colours, text = theme.current(), self.tr("Best")
        star = size * 1.05
        wide = fit_text.width(text, size, bold=True) + star + size * 1.1
        pill = QRectF(top.right() - wide, top.center().y() - size * 0.75, wide, size * 1.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent))
        painter.drawRoundedRect(pill, size * 0.75, size * 0.75)
        painter.setBrush(QColor(colours.on_accent))
        middle = QPointF(pill.left() + size * 0.45 + star / 2, pill.center().y() + star * 0.04)
        painter.drawPolygon(_star(middle, star / 2))
        words = pill.adjusted(size * 0.55 + star, 0, 0, 0)
        fit_text.line(
            painter, words, text, size, colours.on_accent, bold=True,
            align=Qt.AlignmentFlag.AlignLeft,
        )  # fmt: skip
        return pill.left() - size * 0.4


def draw_state(painter: QPainter, area: QRectF, state: State | None) -> str:
    """A sign for a state, told apart by its shape; None is an answer that did not come.

    Returns the colour of the words beside it.
    """
    colours = theme.current()
    if state in ("done", "failed", None):
        lamp = {"done": "good", "failed": "bad"}.get(state or "", "unknown")
        shown = next(own for own in ("good", "bad", "unknown") if own == lamp)
        verdict_sign.draw(painter, area, shown)
        return verdict_sign.colour(shown)
    middle, radius = area.center(), area.width() / 2
    ink = QColor(colours.muted if state == "idle" else colours.accent)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    if state == "idle":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ink, area.width() * 0.1))
        painter.drawEllipse(middle, radius * 0.8, radius * 0.8)
    elif state == "running":
        left, up = radius * 0.6, radius * 0.85
        painter.drawPolygon(
            QPolygonF([
                middle + QPointF(-left, -up), middle + QPointF(radius, 0),
                middle + QPointF(-left, up),
            ])
        )  # fmt: skip
    else:
        for step in (-1, 0, 1):
            painter.drawEllipse(middle + QPointF(step * radius * 0.72, 0), *2 * (radius * 0.26,))
    painter.restore()
    return ink.name()


def _star(middle: QPointF, radius: float) -> QPolygonF:
    corners = []
    for corner in range(10):
        far = radius if corner % 2 == 0 else 0.42 * radius
        turn = math.pi / 5 * corner
        corners.append(middle + QPointF(far * math.sin(turn), -far * math.cos(turn)))
    return QPolygonF(corners)
