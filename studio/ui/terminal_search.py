"""Searching in the terminal: from match to match, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject

from studio.ui.terminal_find import QueryBar
from studio.ui.terminal_select import Selection
from studio.ui.terminal_view import TerminalView

if TYPE_CHECKING:
    from studio.monitor.log_search import Finder, Pattern
    from studio.monitor.text_log import TextLog


BEHIND = 50_000  # rows that may come between two looks at the count


class Running:
    """The finder that runs, one at most; ``close`` ends its thread, also without a widget."""

    def __init__(self) -> None:
        self.finder: Finder | None = None

    def start(
        self,
        log: TextLog,
        pattern: Pattern | None,
        encoding: str,
        *,
        whole_rows: bool = False,
        within: Pattern | None = None,
    ) -> None:
        """Look for another pattern, or for none."""
        self.close()
        if pattern is not None:
            from studio.monitor.log_search import Finder  # noqa: PLC0415 - slow to import

            self.finder = Finder(log, pattern, encoding, whole_rows=whole_rows, within=within)

    def close(self) -> None:
        """Look no more."""
        finder, self.finder = self.finder, None
        if finder is not None:
            finder.close()


class TerminalSearch(QObject):
    """Marks and counts what ``bar`` asks for in ``view``, and goes from one to the next."""

    def __init__(self, bar: QueryBar, view: TerminalView) -> None:
        super().__init__(view)
        self._bar, self._view = bar, view
        self._running = Running()
        self._shown: tuple[object, ...] = ()
        self.destroyed.connect(self._running.close)
        bar.step.connect(self.step)

    @property
    def finder(self) -> Finder | None:
        """What is counting, while there is something to look for."""
        return self._running.finder

    def start(self, log: TextLog, encoding: str, within: Pattern | None) -> None:
        """Look again, only in rows that match ``within``."""
        self._view.pattern = self._bar.pattern
        self._running.start(log, self._bar.pattern, encoding, within=within)
        self._shown = ()
        self._view.viewport().update()
        self.show_count()

    def show_count(self) -> None:
        """Tell which match is selected, and how many there are so far."""
        finder = self.finder
        if finder is None:
            return
        first, end, done = finder.first, finder.end, finder.behind < BEHIND
        now = (first, end, done, self._view.selection)
        if now == self._shown:
            return
        self._shown = now
        total = QLocale().toString(end - first)
        if end == first:
            self._bar.set_count(self.tr("No match") if done else "…", bad=done)
        elif place := self._place(finder):
            number = QLocale().toString(place - first)
            self._bar.set_count(self.tr("{0} of {1}").format(number, total))
        else:
            self._bar.set_count(total if done else f"{total}…")

    def step(self, back: bool) -> None:
        """Select the next match, or the one before; round at the ends."""
        finder, view = self.finder, self._view
        if finder is None or finder.end == finder.first:
            return
        if view.selection.empty:
            number, character = (view.top + view.page, 0) if back else (view.top, 0)
        else:
            number, character = view.selection.start if back else view.selection.stop
        spans = self._spans(number)
        beside = [s for s in spans if (s[1] <= character if back else s[0] >= character)]
        row = view.lines.row(number)
        if not beside:
            place = finder.at(row) - 1 if back else finder.at(row + 1)
            first, end = finder.first, finder.end
            if not first <= place < end:
                place = end - 1 if back else first
            for found in finder.rows(place, 1).tolist():
                number = view.lines.near(found)
                beside = self._spans(number)
        if beside:
            start, stop = beside[-1 if back else 0]
            view.select(Selection((number, start), (number, stop)))
            view.show_place((number, stop))
            view.show_place((number, start))
        self.show_count()

    def _spans(self, number: int) -> list[tuple[int, int]]:
        lines = self._view.lines.get(number, 1)
        pattern = self._bar.pattern
        return pattern.spans(lines[0].text.text) if lines and pattern is not None else []

    def _place(self, finder: Finder) -> int:
        """The number after that of the selected match; 0 where none is selected."""
        selection = self._view.selection
        (number, start), (last, stop) = selection.start, selection.stop
        if selection.empty or number != last:
            return 0
        spans = self._spans(number)
        if (start, stop) not in spans:
            return 0
        return finder.at(self._view.lines.row(number)) + spans.index((start, stop)) + 1
