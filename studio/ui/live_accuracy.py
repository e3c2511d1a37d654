"""What everybody in the room watches: the accuracy, while samples arrive."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from studio.monitor import board_info
from studio.ui import accuracy_words as words
from studio.ui import theme
from studio.ui.accuracy_curve import AccuracyCurve
from studio.ui.accuracy_head import AccuracyHead
from studio.ui.bars import Bar, Bars
from studio.ui.confusion import Confusion, ConfusionModel, ConfusionView
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.widgets import muted, surface
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.monitor.accuracy import Figures, Share
    from studio.monitor.store import Snapshot
    from studio.simulate.stage import Simulation
    from studio.target import Run

_KEY = "live-accuracy"  # in Workspace.views
_PAUSE = 80  # milliseconds between two drawings of number and curve
_SLOW = 0.2  # seconds between two of all the rest
_LEAST = (150, 70)  # device independent pixels
_ROOMY = (420, 300)  # device independent pixels from which there are figures by the number,
_MATRIX_ROOM = (520, 360)  # and the matrix by the curve
_TALL = 520  # from which there are bars below the matrix
_LOW, _WIDE = 240, 480  # below which, and from which, the number stands beside the curve
_TIMES = 24  # layers shown: those that take longest


@dataclass
class _Kept:
    """What survives another window.

    ``run`` is of the samples of ``epoch`` up to ``until``; ``where`` samples came from. ``last``
    are those of this epoch, ``before`` of the one before.
    """

    run: Run | None = None
    epoch: int = -1
    until: float = 0.0
    where: str = "emulator"
    last: Share | None = None
    before: Share | None = None
    seen: int = -1


class LiveAccuracy(QWidget):
    """The number at the top, its curve below, and the confusion matrix beside it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        # Of its own, since what there is room for depends on the size.
        self.setMinimumSize(theme.px(_LEAST[0]), theme.px(_LEAST[1]))
        self._workspace = workspace
        self._kept: _Kept = workspace.views.setdefault(_KEY, _Kept())
        self._drawn: tuple[object, ...] = ()
        self._slow_at = 0.0
        self.head = AccuracyHead()
        self.curve = AccuracyCurve()
        self.model = ConfusionModel()
        self.matrix = ConfusionView(self.model)
        self.matrix.setSelectionMode(ConfusionView.SelectionMode.NoSelection)
        self.classes = Bars("class-accuracies", self.tr("Accuracy of each class"))
        self.times = Bars("layer-times", self.tr("Time each layer takes"))
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._timer.timeout.connect(self._on_frame)
        # The end of a run tells another source, and then the run: one drawing is enough for both.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._on_changed)
        empty = EmptyState(
            "accuracy",
            self.tr("No samples yet"),
            self.tr("Deploy a model with labelled samples: its accuracy grows here."),
        )
        self._stack = EmptyOrFull(empty, self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        workspace.monitoring.frame.connect(self._on_frame)
        workspace.monitoring.changed.connect(self._on_source)
        workspace.run_changed.connect(self._on_run)
        workspace.simulation_changed.connect(self._on_changed)
        workspace.model_changed.connect(self._on_model)
        if workspace.run is not None and self._kept.run is not workspace.run:
            self._on_run()
        self._on_source()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    # -- making

    def _page(self) -> QWidget:
        side = self._side = surface(QWidget())
        column = QVBoxLayout(side)
        column.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(6))
        column.setSpacing(theme.px(4))
        self._confusion = Confusion(self.matrix)
        column.addWidget(self._confusion, 3)
        self._classes = _titled(self.tr("Accuracy of each class"), self.classes)
        self._times = _titled(self.tr("Time of each layer"), self.times)
        self._bars = QWidget()
        both = QHBoxLayout(self._bars)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(theme.px(16))
        both.addWidget(self._classes, 1)
        both.addWidget(self._times, 1)
        column.addWidget(self._bars, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._split.setHandleWidth(1)
        self._split.addWidget(self.curve)
        self._split.addWidget(side)
        self._split.setSizes([10_000, 10_000])
        side.hide()  # until there is room, and something in it
        page = surface(QWidget())
        self._all = QBoxLayout(QBoxLayout.Direction.TopToBottom, page)
        self._all.setContentsMargins(0, 0, 0, 0)
        self._all.setSpacing(0)
        self._all.addWidget(self.head)
        self._all.addWidget(self._split, 1)
        return page

    def _arrange(self) -> None:
        width, height = self.width(), self.height()
        beside = height < theme.px(_LOW) and width >= theme.px(_WIDE)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._all.setDirection(across if beside else down)
        self.head.fit(width // 2 if beside else width, height)
        roomy = width >= theme.px(_ROOMY[0]) and height >= theme.px(_ROOMY[1])
        wide = width >= theme.px(_MATRIX_ROOM[0]) and height >= theme.px(_MATRIX_ROOM[1])
        tall = height >= theme.px(_TALL)
        upright = height > 1.2 * width and tall
        self.head.set_roomy(roomy or upright)
        self._split.setOrientation(
            Qt.Orientation.Vertical if upright else Qt.Orientation.Horizontal
        )
        matrix = bool(self.model.classes)
        classes, times = tall and bool(self.classes.shown), tall and bool(self.times.shown)
        self._confusion.setVisible(matrix)
        self._classes.setVisible(classes)
        self._times.setVisible(times)
        self._bars.setVisible(classes or times)
        self._side.setVisible((wide or upright) and (matrix or times))

    # -- when something happens

    def _on_frame(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._refresh()

    def _on_changed(self) -> None:
        self._soon.stop()
        self._drawn, self._slow_at = (), 0.0
        if self.isVisible():
            self._refresh()

    def _on_source(self) -> None:
        monitoring = self._workspace.monitoring
        emulator = monitoring.emulated or (monitoring.source == "run" and not self._workspace.port)
        if monitoring.source == "replay":
            self._kept.where = "replay"
        elif monitoring.source:  # "" is nothing any more: what is shown stays where it was from
            self._kept.where = "emulator" if emulator else "board"
        self._soon.start()

    def _on_run(self) -> None:
        """A run has ended: from now on its result counts, for the samples so far."""
        run, kept = self._workspace.run, self._kept
        kept.run = run
        if run is not None:
            monitoring = self._workspace.monitoring
            kept.epoch, kept.until = monitoring.live.epoch, monitoring.clock.now()
            kept.where = "board" if run.analog else "emulator"
        self._on_changed()

    def _on_model(self) -> None:
        """Another model: how the last one did is no measure."""
        self._kept.last = self._kept.before = None
        self._on_changed()

    # -- drawing

    def _refresh(self) -> None:
        """Draw what is new, and then nothing for a while."""
        live = self._workspace.monitoring.live
        state = (live.version, live.epoch)
        if state == self._drawn:
            return
        self._drawn = state
        self._timer.start()
        kept, store = self._kept, live.store
        figures, snapshot = store.figures(words.NEWEST), store.snapshot()
        if kept.seen != live.epoch:
            kept.seen, kept.before, kept.last = live.epoch, kept.last or kept.before, None
            self._slow_at = 0.0
        previous = store.previous
        before = previous.accuracy if previous is not None else kept.before
        if figures.accuracy.n:
            kept.last = figures.accuracy
        run = self._run(figures)
        full = figures.samples > 0 or run is not None
        self._stack.set_full(full)
        if full:
            self._show_number(figures, run)
            self._show_curve(figures)
            if self._slow_at + _SLOW <= time.monotonic():
                self._slow_at = time.monotonic()
                self._show_facts(figures, before)
                self._show_bars(figures, snapshot)
                self.model.add_counts(figures.matrix)
            else:
                self._drawn = ()  # drawn later, also when no more come
            self._arrange()

    def _run(self, figures: Figures) -> Run | None:
        """The run that these samples are of, where it has ended."""
        kept, live = self._kept, self._workspace.monitoring.live
        if self._workspace.run is None or kept.run is not self._workspace.run:
            return None
        of_it = kept.epoch == live.epoch and (figures.time is None or figures.time <= kept.until)
        return kept.run if of_it else None

    @property
    def _simulation(self) -> Simulation | None:
        """The simulator's results, unless samples of another time are looked at."""
        return self._workspace.simulation if self._kept.where != "replay" else None

    def _total(self, figures: Figures) -> int | None:
        simulation = self._simulation
        if simulation is None or figures.samples > simulation.samples:
            return None
        return simulation.samples

    def _show_number(self, figures: Figures, run: Run | None) -> None:
        share = words.shown_share(figures, run, self._simulation)
        self.head.show_number(
            words.number(figures, run, share),
            words.band(share),
            words.what(figures, run, share, self._kept.where),
            words.band_tip(share),
        )

    def _show_facts(self, figures: Figures, before: Share | None) -> None:
        dropped = self._workspace.monitoring.live.dropped
        self.head.show_facts(
            words.facts(figures, self._simulation, self._total(figures), before, dropped)
        )

    def _show_curve(self, figures: Figures) -> None:
        simulation, store = self._simulation, self._workspace.monitoring.live.store
        if simulation is not None:
            self.curve.set_levels(simulation.accuracy_integer, simulation.accuracy_float)
        else:
            self.curve.set_levels(None, None)
        labelled = bool(figures.accuracy.n)
        curve = store.accuracy_curve(not labelled)
        self.curve.setVisible(len(curve.counts) > 0)  # without labels there may be none
        self.curve.show_curve(curve, self._total(figures))

    def _show_bars(self, figures: Figures, snapshot: Snapshot) -> None:
        self.classes.show_bars(
            [
                Bar(
                    f"{label}",
                    own.value,
                    words.percent(own.value),
                    own.low,
                    own.high,
                    words.band_tip(own),
                )
                for label, own in enumerate(figures.classes)
                if own.n
            ]
        )
        times = [own for own in snapshot.times if own.name != board_info.TOTAL]
        times = sorted(times, key=lambda own: -own.microseconds)[:_TIMES]
        most = max((own.microseconds for own in times), default=0) or 1
        self.times.show_bars(
            [
                Bar(own.name, own.microseconds / most, words.seconds(own.microseconds / 1e6))
                for own in times
            ]
        )


def _titled(title: str, bars: Bars) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.px(2))
    column.addWidget(muted(QLabel(title)))
    column.addWidget(bars, 1)
    return made
