"""Which lines the live plot draws, and what part of time and values it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from studio.monitor.store import Series
from studio.ui.curves_choice import Choice
from studio.ui.curves_line import Line
from studio.ui.curves_page import CurvesPage
from studio.ui.curves_scale import Span

_MARGIN = 0.01  # of the time followed, after the newest value
_WHOLE = {"ratio": (0.0, 1.0)}  # what is always shown of a series


class Drawing(QObject):
    """Draws ``series`` into the page as ``choice`` says; ``drawn`` when it did.

    Times are seconds since 1970; the plot counts from the first value that came.
    """

    drawn = Signal()

    def __init__(self, page: CurvesPage, choice: Choice) -> None:
        super().__init__(page)
        self.series: Mapping[str, Series] = {}
        self._page, self._plot, self._choice = page, page.plot, choice
        self._origin = math.inf
        self._plot.heights = choice.heights
        self._plot.set_scale(choice.lanes, choice.logarithmic)

    def shown(self) -> list[str]:
        """Names of the series that show, in the legend's order."""
        order = self._choice.order
        names = [name for name in self.series if self._choice.shows(name)]
        return sorted(names, key=lambda name: order.get(name, len(order)))

    def forget(self) -> None:
        """Everything begins anew."""
        self.series = {}
        self._origin = math.inf
        self._plot.forget()
        self.set_heights(self._choice.heights)

    def show(self, series: Mapping[str, Series]) -> None:
        """Draw these."""
        self.series = series
        if self._choice.meet(series):
            self._set_origin()
        self._page.legend.model.set_series(series)
        self.draw()

    def draw(self, refit: bool = False) -> None:
        """Draw what changed; ``refit``: values fit what is seen at once."""
        lines = self._lines()
        if any(len(line.view) and line.view.times[0] < self._origin for line in lines):
            self._set_origin()  # a recording was wound back
        if self._choice.standing is None and self._choice.paused is None:
            self._follow()
        self._plot.draw(lines, refit)
        self._page.show_hint(not lines and bool(self.series))
        self._page.hair.look()
        self.drawn.emit()

    def repen(self) -> None:
        """Draw with the theme's colours."""
        self.draw()
        self._plot.repen()

    def extent(self) -> Span | None:
        """The first and last time of what shows; None where nothing does."""
        views = [line.view for line in self._lines() if len(line.view)]
        if not views:
            return None
        first, last = min(view.times[0] for view in views), max(view.times[-1] for view in views)
        return float(first), float(last)

    def stand(self, span: Span) -> None:
        """Follow no more, but show these times."""
        start, end = span
        self._choice.standing = start, max(end, start + 1e-6)
        self._plot.set_time(*self._choice.standing)
        self._page.act.follow.setChecked(False)

    def set_heights(self, span: Span | None) -> None:
        """Show these values for now, None as they come."""
        self._plot.heights = span
        self._plot.box.values_free = span is not None
        self._page.act.automatic.setChecked(span is None)

    def _lines(self) -> list[Line]:
        return [
            Line(name, self.series[name].view, self._choice.pen(name), _WHOLE.get(name))
            for name in self.shown()
        ]

    def _set_origin(self) -> None:
        """Count seconds from the first value that ever came."""
        first = [float(own.view.times[0]) for own in self.series.values() if len(own.view)]
        origin = min(first, default=math.inf)
        if origin < self._origin:
            before, self._origin = self._plot.origin, origin
            self._plot.set_origin(origin)
            self._plot.time_axis.set(origin, self._choice.clock)
            self._page.cursors.shift(before)

    def _follow(self) -> None:
        span = self.extent()
        if span is None:
            return
        start, end = span
        seconds = self._choice.seconds
        if not seconds:
            end += _MARGIN * (end - start)
            self._plot.set_time(start, end if end > start else start + 1)
            return
        # By whole columns, so that curves move and do not flicker.
        step = seconds / self._plot.columns
        end = self._origin + math.ceil((end - self._origin) / step) * step + _MARGIN * seconds
        self._plot.set_time(end - seconds, end)
