"""The dashboard's tiles, and what each shows now; kept with the project, or in window.ini."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from studio.monitor import decimate, tiles
from studio.monitor.accuracy import Curve, Figures, Share
from studio.monitor.ring import Floats, View
from studio.monitor.store import Series
from studio.monitor.verdict import Reading, Threshold, Tile, reached, reading
from studio.ui.layouts import Store
from studio.ui.undo import Change
from studio.ui.watchers import Watchers
from studio.ui.workspace import Workspace

_VIEW = "dashboard"  # in Workspace.views
_KEPT = "dashboard/tiles"  # in window.ini
_TICK = 100  # milliseconds
_COLUMNS = 120  # of a trend, with four points each
_SECONDS = 60.0  # a trend shows, or
_POINTS = 30  # as many, where fewer came in that time
_CURVE = 400  # points of the accuracy's

Line = tuple[Floats, Floats]


@dataclass(frozen=True)
class Shown:
    """One tile at a moment.

    ``places``: digits behind the point. ``line``: times and values of its trend. Of accuracy
    tiles: ``share`` (of right answers, or with ``agreement`` of those that are the simulation's)
    and how it grew.
    """

    tile: Tile
    reading: Reading = field(default_factory=Reading)
    unit: str = ""
    places: int = 0
    line: Line | None = None
    share: Share | None = None
    agreement: bool = False
    curve: Curve | None = None

    @property
    def stale(self) -> bool:
        """Whether nothing new came for too long."""
        return self.reading.age is not None and self.reading.age > self.tile.stale


class TileModel(QObject):
    """The tiles; looks at the newest values ten times a second while somebody watches.

    ``changed``: other tiles, or in another order. ``fresh``: what they show. Without the user's
    own tiles (``automatic``) there are some for what came.
    """

    changed = Signal()
    fresh = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._store = Store()
        self._own: tuple[Tile, ...] = ()
        self._found: tuple[Tile, ...] = ()
        self._last: dict[Tile, Shown] = {}
        self._series: Mapping[str, Series] = {}
        self._figures: Figures | None = None
        self._curves: dict[bool, Curve] = {}
        self._seen: tuple[int, int] = (-1, -1)
        self._watchers = Watchers()
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._tick)
        workspace.project_changed.connect(self._load)
        self._load()

    @classmethod
    def of(cls, workspace: Workspace) -> TileModel:
        """The workspace's: gauges keep their range when the window is built again."""
        return workspace.view(_VIEW, cls)

    # -- the tiles

    @property
    def automatic(self) -> bool:
        """Whether the tiles are those of what came."""
        return not self._own

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """What is on the dashboard, in order."""
        return self._own or self._found

    @property
    def shown(self) -> tuple[Shown, ...]:
        """What each of ``tiles`` shows."""
        return tuple(self._last.get(tile) or Shown(tile) for tile in self.tiles)

    @property
    def names(self) -> tuple[str, ...]:
        """Series that came, in order."""
        return tuple(self._series)

    def preview(self, tile: Tile) -> Shown:
        """What a tile would show that is not on the dashboard."""
        return self._show(tile, Shown(tile), self._now())

    def add(self, tile: Tile) -> None:
        """One more, at the end."""
        self._edit((*self.tiles, tile))

    def change(self, place: int, tile: Tile) -> None:
        """Another in its place."""
        self._edit((*self.tiles[:place], tile, *self.tiles[place + 1 :]))

    def remove(self, place: int) -> None:
        """One less; without any, they are automatic again."""
        self._edit((*self.tiles[:place], *self.tiles[place + 1 :]))

    def move(self, place: int, to: int) -> None:
        """Put one elsewhere."""
        kept = list(self.tiles)
        if 0 <= place < len(kept) and 0 <= to < len(kept) and place != to:
            kept.insert(to, kept.pop(place))
            self._edit(tuple(kept), f"move tile {kept[to]}")

    def reset(self) -> None:
        """Automatic again."""
        self._edit(())

    def _edit(self, after: tuple[Tile, ...], key: str = "") -> None:
        if after != self._own:
            text = self.tr("Change the dashboard")
            self._workspace.undo.push(Change(text, self._keep, self._own, after, key))

    def _keep(self, own: tuple[Tile, ...]) -> None:
        tables = tuple(tiles.plain(tile) for tile in own)
        project = self._workspace.project
        if project is not None:
            self._workspace.set_project(replace(project, dashboard=tables))
        else:
            self._store.set_entries(_KEPT, tables)
        self._set(own)

    def _load(self) -> None:
        """Read the project's tiles, or those without one."""
        project = self._workspace.project
        self._set(tiles.read(self._store.entries(_KEPT) if project is None else project.dashboard))

    def _set(self, own: tuple[Tile, ...]) -> None:
        if own != self._own:
            self._own = own
            self._seen = (-1, -1)
            if self._watchers:
                self.refresh()
            self.changed.emit()

    # -- what they show

    def watch(self, widget: QWidget, visible: bool) -> None:
        """Look at what comes while any widget is visible that shows it."""
        self._watchers.tell(widget, visible)
        if not self._watchers:
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
            self.refresh()

    def _tick(self) -> None:
        if self._watchers:
            self.refresh()
        else:
            self._timer.stop()

    def refresh(self) -> None:
        """Look at what came, where something did or a value may have become stale."""
        live = self._workspace.monitoring.live
        seen = (live.epoch, live.version)
        if seen == self._seen and all(math.isinf(tile.stale) for tile in self.tiles):
            return
        if live.epoch != self._seen[0]:
            self._last, self._curves = {}, {}
        self._seen = seen
        # Names stay in the order they came in.
        coming = live.store.snapshot().series
        kept = [name for name in self._series if name in coming]
        self._series = {name: coming[name] for name in (*kept, *coming)}
        self._look_at_samples(live.store.figures())
        figures = self._figures
        accuracy = figures is not None and bool(figures.accuracy.n or figures.agreement.n)
        found = tiles.automatic(self._series, accuracy)
        other = self.automatic and found != self._found
        self._found = found
        now = self._now()
        self._last = {
            tile: self._show(tile, self._last.get(tile) or Shown(tile), now) for tile in self.tiles
        }
        (self.changed if other else self.fresh).emit()

    def _look_at_samples(self, figures: Figures) -> None:
        before, self._figures = self._figures, figures
        if before is None or before.time != figures.time or before.samples != figures.samples:
            self._curves = {}

    def _now(self) -> float:
        monitoring = self._workspace.monitoring
        then, since = monitoring.live.clock
        # Of a recording that pauses nothing becomes stale.
        return then if monitoring.source == "replay" else then + since

    def _show(self, tile: Tile, before: Shown, now: float) -> Shown:
        if tile.show == "accuracy":
            return self._show_samples(tile, now)
        series = self._series.get(tile.series)
        view = series.view if series is not None else None
        found = reading(tile, view, now, before.reading)
        places = 0
        if found.value is not None and found.gauge is not None:
            size = max(abs(found.gauge.low), abs(found.gauge.high))
            places = max(before.places, _places(found.value, size))
        unit = series.unit if series is not None else ""
        return Shown(tile, found, unit, places, _trend(view))

    def _show_samples(self, tile: Tile, now: float) -> Shown:
        figures = self._figures
        if figures is None or not (figures.accuracy.n or figures.agreement.n):
            return Shown(tile)
        agreement = figures.accuracy.n == 0
        share = figures.agreement if agreement else figures.accuracy
        age = None if figures.time is None else max(0.0, now - figures.time)
        late = age is not None and age > tile.stale
        wanted = tile.threshold.good if tile.threshold is not None else None
        lamp = "unknown" if wanted is None or late else reached(share, wanted)
        if agreement not in self._curves:
            store = self._workspace.monitoring.live.store
            self._curves[agreement] = _thinned(store.accuracy_curve(agreement))
        return Shown(
            tile,
            Reading(share.value, age, None, lamp),
            share=share,
            agreement=agreement,
            curve=self._curves[agreement],
        )


def accuracy_threshold(wanted: float) -> Threshold:
    """That of an accuracy tile: at least ``wanted``, 0..1, is good."""
    return Threshold(wanted, wanted)


def _places(value: float, size: float) -> int:
    """Digits behind the point for four significant ones; none for a whole number."""
    if not math.isfinite(value) or value == round(value) or size == 0:
        return 0
    return min(6, max(0, 3 - math.floor(math.log10(size))))


def _trend(view: View | None) -> Line | None:
    """The newest part of a series, as few points that draw as all would."""
    if view is None or len(view) < 2:
        return None
    times = view.times
    end = float(times[-1])
    start = max(float(times[0]), min(end - _SECONDS, float(times[-min(_POINTS, len(times))])))
    if end <= start:
        return None
    return decimate.polyline(view, decimate.edges(start, end, _COLUMNS))


def _thinned(curve: Curve) -> Curve:
    """Every n-th point, and the last."""
    n = len(curve.counts)
    if n <= _CURVE:
        return curve
    step = -(-n // _CURVE)
    part = slice((n - 1) % step, None, step)
    return Curve(
        curve.counts[part],
        curve.times[part],
        curve.values[part],
        curve.low[part],
        curve.high[part],
    )
