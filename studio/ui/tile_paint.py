"""How the tiles of the dashboard are painted; everything grows with the tile."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from studio.monitor.ring import Floats
from studio.monitor.verdict import Show
from studio.ui import fit_text, theme, verdict_sign
from studio.ui.tile_model import Shown

_SPAN = 240.0  # degrees of a gauge's arc, open below
_HIGH = 1.78  # radii from the top of the arc to the foot of the numbers at its ends
_FEW = 0.1  # of the samples; the band is wide before
_ROUGH = 8  # widths of its place that a line rises and falls
_LEAST_TREND = 56.0  # pixels of height from which a trend has room


@dataclass(frozen=True)
class Words:
    """What a tile says, in the window's language.

    ``widest`` is a value as wide as any that may come, so that its size does not change.
    """

    title: str
    value: str
    widest: str
    verdict: str = ""
    detail: str = ""
    low: str = ""
    high: str = ""


def tile(painter: QPainter, area: QRectF, shown: Shown, words: Words) -> None:
    """All of a tile but its frame."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = min(28.0, max(7.0, 0.055 * min(area.width(), area.height())))
    inner = area.adjusted(edge * 1.3, edge * 0.8, -edge * 1.3, -edge)
    small = _small(inner)
    top = QRectF(inner.left(), inner.top(), inner.width(), small * 1.35)
    fit_text.line(
        painter, top, words.title, small, theme.current().muted, align=Qt.AlignmentFlag.AlignLeft
    )
    rest = QRectF(inner.left(), top.bottom(), inner.width(), inner.bottom() - top.bottom())
    _PAINTERS[shown.tile.show](painter, rest, shown, words)


def _small(area: QRectF) -> float:
    """The size of a tile's small text."""
    return min(max(11.0, 0.085 * area.height()), max(11.0, 0.06 * area.width()), 44.0)


def _number(painter: QPainter, area: QRectF, shown: Shown, words: Words) -> None:
    area = _foot(painter, area, shown, words)
    if shown.line is not None and area.height() >= _LEAST_TREND:
        height = 0.3 * area.height()
        below = QRectF(area.left(), area.bottom() - height, area.width(), height)
        trend(painter, below, *shown.line)
        area = area.adjusted(0, 0, 0, -height * 1.1)
    _value(painter, area, shown, words)


def _samples(painter: QPainter, area: QRectF, shown: Shown, words: Words) -> None:
    area = _foot(painter, area, shown, words)
    curve = shown.curve
    if curve is not None and len(curve.counts) > 1 and area.height() >= 1.6 * _LEAST_TREND:
        height = 0.36 * area.height()
        below = QRectF(area.left(), area.bottom() - height, area.width(), height)
        wanted = shown.tile.threshold.good if shown.tile.threshold is not None else None
        band(painter, below, curve.counts, (curve.low, curve.values, curve.high), wanted)
        area = area.adjusted(0, 0, 0, -height * 1.08)
    if words.detail:
        size = fit_text.largest(words.detail, area.width(), 0.2 * area.height())
        size = min(size, 2.2 * _small(area))
        below = QRectF(area.left(), area.bottom() - size * 1.35, area.width(), size * 1.35)
        fit_text.line(painter, below, words.detail, size, theme.current().muted)
        area = area.adjusted(0, 0, 0, -below.height())
    _value(painter, area, shown, words)


def _lamp(painter: QPainter, area: QRectF, shown: Shown, words: Words) -> None:
    lamp = shown.reading.lamp
    colours = theme.current()
    wide = area.width() > 1.9 * area.height()
    if wide:  # words beside the sign
        size = 0.8 * area.height()
        sign = QRectF(area.left(), area.center().y() - size / 2, size, size)
        text = area.adjusted(size * 1.2, 0, 0, 0)
    else:
        size = min(0.54 * area.height(), 0.8 * area.width())
        sign = QRectF(area.center().x() - size / 2, area.top() + 0.03 * area.height(), size, size)
        text = QRectF(area.left(), sign.bottom(), area.width(), area.bottom() - sign.bottom())
    verdict_sign.draw(painter, sign, lamp)
    side = Qt.AlignmentFlag.AlignLeft if wide else Qt.AlignmentFlag.AlignHCenter
    part = 0.56 * text.height()
    first = QRectF(text.left(), text.top() + 0.06 * text.height(), text.width(), part)
    high = min(first.height(), 0.42 * area.height())
    fit = fit_text.largest(words.verdict, first.width(), high, bold=True)
    ink = verdict_sign.colour(lamp)
    fit_text.line(painter, first, words.verdict, fit, ink, bold=True, align=side)
    second = QRectF(text.left(), first.bottom(), text.width(), 0.32 * text.height())
    said = f"{words.value} {shown.unit}".rstrip()
    fit = min(fit_text.largest(said, second.width(), second.height()), fit)
    fit_text.line(painter, second, said, fit, colours.text, align=side)


def _gauge(painter: QPainter, area: QRectF, shown: Shown, words: Words) -> None:
    area = _foot(painter, area, shown, words)
    colours = theme.current()
    radius = max(8.0, min(area.width() / 2, area.height() / _HIGH))
    thick = 0.16 * radius
    top = area.top() + (area.height() - _HIGH * radius) / 2
    middle = QPointF(area.center().x(), top + radius)
    way = radius - thick / 2
    ring = QRectF(middle.x() - way, middle.y() - way, 2 * way, 2 * way)
    start = 90 + _SPAN / 2
    _arc(painter, ring, start, -_SPAN, colours.raised, thick)
    gauge, value = shown.reading.gauge, shown.reading.value
    if gauge is not None and value is not None and not math.isnan(value):
        lamp = shown.reading.lamp
        ink = colours.accent if lamp == "unknown" else verdict_sign.colour(lamp)
        ink = colours.muted if shown.stale else ink
        # A value at the low end is a dot, not nothing.
        _arc(painter, ring, start, -max(0.5, _SPAN * gauge.part(value)), ink, thick)
    limit = shown.tile.threshold
    if gauge is not None and limit is not None:
        for at, ink in ((limit.bad, colours.bad), (limit.good, colours.good)):
            if gauge.low <= at <= gauge.high:
                turn = math.radians(start - _SPAN * gauge.part(at))
                out = QPointF(math.cos(turn), -math.sin(turn))
                tick = QLineF(middle + out * (radius - 1.35 * thick), middle + out * radius)
                painter.setPen(QPen(QColor(ink), max(2.0, 0.03 * radius)))
                painter.drawLine(tick)
    end = 0.24 * radius
    size = max(fit_text.SMALLEST, min(0.17 * radius, 0.1 * area.width()))
    reach = way * math.sin(math.radians(_SPAN / 2))
    for side, text in ((-1, words.low), (1, words.high)):
        x = middle.x() + side * reach
        place = QRectF(x - radius / 2, middle.y() + 0.5 * radius + thick * 0.2, radius, end)
        fit_text.line(painter, place, text, size, colours.muted)
    room = 1.24 * way - thick
    _value(
        painter,
        QRectF(middle.x() - room / 2, middle.y() - 0.36 * radius, room, 0.72 * radius),
        shown,
        words,
        below=True,
    )


def _arc(
    painter: QPainter, ring: QRectF, start: float, span: float, ink: str, thick: float
) -> None:
    pen = QPen(QColor(ink), thick)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(ring, round(start * 16), round(span * 16))


def _value(
    painter: QPainter, area: QRectF, shown: Shown, words: Words, *, below: bool = False
) -> None:
    """The number, as large as its area allows; its unit beside it, or below."""
    colours = theme.current()
    ink = colours.muted if shown.stale or shown.reading.value is None else colours.text
    unit = shown.unit if shown.reading.value is not None else ""
    if below:
        size = fit_text.largest(words.widest, area.width(), area.height() * 0.72, bold=True)
        upper = area if not unit else area.adjusted(0, 0, 0, -0.26 * area.height())
        fit_text.line(painter, upper, words.value, size, ink, bold=True)
        if unit:
            under = QRectF(
                area.left(), upper.bottom(), area.width(), area.bottom() - upper.bottom()
            )
            fit = min(fit_text.largest(unit, under.width(), under.height()), size * 0.6)
            fit_text.line(painter, under, unit, fit, colours.muted)
        return
    whole = f"{words.widest} {unit}".rstrip()
    size = fit_text.largest(whole, area.width() * 0.98, area.height(), bold=True)
    wide = fit_text.width(words.value, size, bold=True)
    gap = 0.2 * size if unit else 0.0
    left = area.center().x() - (wide + gap + fit_text.width(unit, size * 0.5)) / 2
    painter.setFont(fit_text.font(size, bold=True))
    metrics = painter.fontMetrics()
    base = area.center().y() + (metrics.capHeight() if metrics.capHeight() else size * 0.7) / 2
    painter.setPen(QColor(ink))
    painter.drawText(QPointF(left, base), words.value)
    if unit:
        painter.setFont(fit_text.font(size * 0.5))
        painter.setPen(QColor(colours.muted))
        painter.drawText(QPointF(left + wide + gap, base), unit)


def _foot(painter: QPainter, area: QRectF, shown: Shown, words: Words) -> QRectF:
    """The verdict at the bottom, where there is one to tell; the area that is left."""
    if not words.verdict:
        return area
    size = min(1.25 * _small(area), 0.2 * area.height())
    size = max(size, fit_text.SMALLEST)
    height = size * 1.5
    place = QRectF(area.left(), area.bottom() - height, area.width(), height)
    wide = min(place.width() - height, fit_text.width(words.verdict, size, bold=True))
    left = place.center().x() - (wide + height) / 2
    lamp = shown.reading.lamp
    sign = QRectF(left, place.center().y() - size * 0.55, size * 1.1, size * 1.1)
    verdict_sign.draw(painter, sign, lamp)
    text = QRectF(left + height, place.top(), wide + 2, height)
    ink = verdict_sign.colour(lamp)
    fit_text.line(
        painter, text, words.verdict, size, ink, bold=True, align=Qt.AlignmentFlag.AlignLeft
    )
    return area.adjusted(0, 0, 0, -height * 1.1)


def trend(painter: QPainter, area: QRectF, times: Floats, values: Floats) -> None:
    """A line of the newest values; its range is that of what is seen."""
    known = values[~np.isnan(values)]
    if len(known) < 2 or times[-1] <= times[0]:
        return
    low, high = float(known.min()), float(known.max())
    if not high > low:
        room = max(1.0, 0.01 * abs(low))
        low, high = low - room, high + room
    ink = QColor(theme.current().accent)
    thick = max(1.5, 0.035 * area.height())
    inside = area.adjusted(thick, thick, -2 * thick, -thick)
    x = inside.left() + (times - times[0]) / (times[-1] - times[0]) * inside.width()
    y = inside.bottom() - (values / 2 - low / 2) / (high / 2 - low / 2) * inside.height()
    painter.setPen(QPen(ink, thick))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if float(np.nansum(np.abs(np.diff(y)))) > _ROUGH * inside.width():
        _rough(painter, x, y)
    else:
        painter.drawPath(pyqtgraph.arrayToQPath(x, y, connect="finite"))
    if not math.isnan(y[-1]):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(x[-1], y[-1]), 1.8 * thick, 1.8 * thick)


def _rough(painter: QPainter, x: Floats, y: Floats) -> None:
    """A line that goes up and down everywhere, in strokes: 15 times as fast."""
    known = ~np.isnan(y)
    both = known[1:] & known[:-1]
    ends = np.stack([x[:-1], y[:-1], x[1:], y[1:]], axis=1)[both]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.drawLines([QLineF(*end) for end in ends.tolist()])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def band(
    painter: QPainter,
    area: QRectF,
    counts: Any,
    lines: tuple[Floats, Floats, Floats],
    wanted: float | None,
) -> None:
    """A share as it grew with ``counts``, in its band: ``lines`` are low, value and high."""
    low, value, high = lines
    settled = int(len(counts) * _FEW)
    bottom = float(min(low[settled:].min(), 1.0 if wanted is None else wanted))
    top = float(max(high[settled:].max(), 0.0 if wanted is None else wanted))
    colours = theme.current()
    thick = max(1.5, 0.025 * area.height())
    span = float(counts[-1] - counts[0])
    x = area.left() + (counts - counts[0]) / span * area.width()

    def y(shares: Any) -> Any:
        return area.bottom() - (shares - bottom) / (top - bottom) * area.height()

    painter.save()
    painter.setClipRect(area.adjusted(0, -thick, 0, thick))
    around = np.concatenate([x, x[::-1]]), np.concatenate([y(high), y(low)[::-1]])
    shade = QColor(colours.accent)
    shade.setAlphaF(0.22)
    path: QPainterPath = pyqtgraph.arrayToQPath(*around)
    painter.fillPath(path, shade)
    if wanted is not None:
        pen = QPen(QColor(colours.muted), thick / 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QLineF(area.left(), y(wanted), area.right(), y(wanted)))
    painter.setPen(QPen(QColor(colours.accent), thick))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(pyqtgraph.arrayToQPath(x, y(value)))
    painter.restore()


_PAINTERS: Mapping[Show, Callable[[QPainter, QRectF, Shown, Words], None]] = {
    "number": _number,
    "gauge": _gauge,
    "lamp": _lamp,
    "accuracy": _samples,
}
