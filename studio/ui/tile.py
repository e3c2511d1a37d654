"""One tile of the dashboard: what it says, and how it is dragged, edited and removed."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent

from studio.monitor.verdict import Tile
from studio.ui import tile_paint
from studio.ui.movable_card import MovableCard
from studio.ui.tile_model import Shown
from studio.ui.tile_paint import Words
from studio.ui.widgets import literal

_NOTHING = "–"


class TileView(MovableCard):
    """Shows a tile; with ``editable`` the user can drag, edit and remove it."""

    def __init__(self, *, editable: bool = True) -> None:
        super().__init__("tile", editable=editable)
        self._shown = Shown(Tile("", "accuracy"))

    @property
    def shown(self) -> Shown:
        """What it shows."""
        return self._shown

    def set_shown(self, shown: Shown) -> None:
        """Show something else."""
        if shown is not self._shown:
            before, self._shown = self._shown, shown
            words = self.words()
            self.setAccessibleName(words.title)
            self.setAccessibleDescription(f"{words.value} {shown.unit} {words.verdict}".strip())
            if before.tile != shown.tile and self._editable:
                tip = self.tr("Double-click to edit, drag to move")
                self.setToolTip(literal(f"{words.title}\n{tip}"))
            if self.hasFocus() and QAccessible.isActive():
                what = QAccessible.Event.DescriptionChanged
                QAccessible.updateAccessibility(QAccessibleEvent(self, what))
            self.update()

    def words(self) -> Words:
        """All it says."""
        shown = self._shown
        tile, value, places = shown.tile, shown.reading.value, shown.places
        if tile.show == "accuracy":
            return self._samples()
        gauge = shown.reading.gauge
        ends = (gauge.low, gauge.high) if gauge is not None else ()
        low, high = (number(end, places) for end in ends) if ends else ("", "")
        verdict = self._verdict() if tile.threshold is not None or tile.show == "lamp" else ""
        if shown.stale:
            verdict = self._stale()
        return Words(
            title=tile.title or tile.series,
            value=_NOTHING if value is None else number(value, places),
            widest=max((low, high, _NOTHING if value is None else number(value, places)), key=len),
            verdict=verdict,
            low=f"{gauge.low:g}" if gauge is not None else "",
            high=f"{gauge.high:g}" if gauge is not None else "",
        )

    def _samples(self) -> Words:
        tile, share = self._shown.tile, self._shown.share
        agreement = self._shown.agreement
        title = self.tr("Same as the simulation") if agreement else self.tr("Accuracy")
        if share is None or share.n == 0:
            value, detail = _NOTHING, self.tr("No samples yet")
        else:
            value = f"{100 * share.value:.1f} %"
            detail = self.tr("{0} of {1} · 95 % interval {2} to {3} %").format(
                share.right, share.n, f"{100 * share.low:.1f}", f"{100 * share.high:.1f}"
            )
        verdict = ""
        if tile.threshold is not None and share is not None:
            wanted = f"{100 * tile.threshold.good:g} %"
            verdict = {
                "good": self.tr("Reached {0}"),
                "bad": self.tr("Below {0}"),
                "unknown": self.tr("Not sure yet whether {0} is reached"),
            }[self._shown.reading.lamp].format(wanted)
        if self._shown.stale:
            verdict = self._stale()
        return Words(tile.title or title, value, "100.0 %", verdict, detail)

    def _verdict(self) -> str:
        reading = self._shown.reading
        if reading.lamp == "good":
            return self.tr("Good")
        if reading.lamp == "bad":
            return self.tr("Bad")
        if reading.value is None:
            return self.tr("No value yet")
        return self.tr("In between") if self._shown.tile.threshold else self.tr("Unknown")

    def _stale(self) -> str:
        age = self._shown.reading.age or 0.0
        if age < 120:
            return self.tr("Nothing new for {0} s").format(math.floor(age))
        return self.tr("Nothing new for {0} min").format(math.floor(age / 60))

    # -- Qt's events

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Frame and content."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_frame(painter)
        tile_paint.tile(painter, QRectF(self.rect()), self._shown, self.words())
        painter.end()


def number(value: float, places: int) -> str:
    """A number with so many digits behind the point; very large or small ones with a power."""
    if math.isnan(value):
        return _NOTHING
    if value and not 1e-5 <= abs(value) < 1e9:
        return f"{value:.3g}"
    return f"{value:.{places}f}"
