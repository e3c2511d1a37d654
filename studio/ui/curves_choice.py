"""What the user chose of the live plot: which series show, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from studio.monitor.store import Snapshot
from studio.ui import theme
from studio.ui.workspace import Workspace

_KEY = "curves"
_FIRST = 12  # series that show by themselves
_NAMES = 2048  # names whose choice is remembered
_MAIN = "ratio"
# Numbers, but nothing to see in a curve: the demos' counters and identifiers, and a board's clock.
_COUNTERS = frozenset({"sample", "label", "result", "crc", "out", "image num", "correct ratio"})
_CLOCKS = frozenset({"time", "timestamp", "time_s", "time_ms", "time_us", "millis", "micros"})
_NO_CURVE = _COUNTERS | _CLOCKS
_STYLES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)


@dataclass
class Choice:
    """Kept in the workspace, since the window may be built anew; ``checked`` also over runs.

    ``order``: names by their first appearance in this run. ``seconds``: the newest that are
    followed, 0 for all. ``legend``: None shows it where there is room. ``heights``: least and
    greatest value shown, None as the values need. ``standing``: the times shown
    while nothing is followed. ``paused``: what is shown while the picture stands still.
    """

    checked: dict[str, bool] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    first: set[str] = field(default_factory=set)
    epoch: int = -1
    seconds: float = 0.0
    lanes: bool = False
    clock: bool = False
    logarithmic: bool = False
    heights: tuple[float, float] | None = None
    legend: bool | None = None
    cursors: bool = False
    histogram: bool = False
    bins: int = 0
    standing: tuple[float, float] | None = None
    paused: Snapshot | None = None

    @classmethod
    def of(cls, workspace: Workspace) -> Choice:
        """The one of this workspace."""
        return workspace.view(_KEY, lambda _workspace: cls())

    def begin(self, epoch: int) -> None:
        """Names come anew."""
        self.epoch, self.standing, self.paused = epoch, None, None
        self.order.clear()
        self.first.clear()

    def meet(self, names: Iterable[str]) -> bool:
        """Take names up in the order they appear; whether there was a new one."""
        new = [name for name in names if name not in self.order]
        # The demos' counters come first in a line, but last here.
        for name in sorted(new, key=_rank):
            self.order[name] = len(self.order)
            if name.lower() not in _NO_CURVE and len(self.first) < _FIRST:
                self.first.add(name)
        return bool(new)

    def shows(self, name: str) -> bool:
        """Whether a series shows: as the user said, else the first few do."""
        return self.checked.get(name, name in self.first or not self.first)

    def check(self, names: Iterable[str], on: bool) -> None:
        """The user shows or hides series."""
        for name in names:
            self.checked.pop(name, None)
            self.checked[name] = on
        while len(self.checked) > _NAMES:
            del self.checked[next(iter(self.checked))]

    def pen(self, name: str, width: float = 1.0) -> QPen:
        """The theme's colours, the accent for the first series; then the same with dashes."""
        tints = theme.current().lines
        round_, place = divmod(self.order.get(name, 0), len(tints))
        pen: QPen = pyqtgraph.mkPen(
            tints[place], width=theme.line_width(width), style=_STYLES[round_ % len(_STYLES)]
        )
        return pen


def _rank(name: str) -> int:
    return 0 if name == _MAIN else 2 if name.lower() in _NO_CURVE else 1
