"""The live plot beside pyqtgraph as it is, while values arrive. Prints tables.

python -m tests.bench.bench_curves

Milliseconds of this thread's processor time a frame (new values, look-up, and painting into a
widget's picture), median; and the frames a second that makes. 1000 x 400 pixels, offscreen.
pyqtgraph gets the same points and draws them with its own downsampling ("peak").
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.chip import chip as chips
from studio.monitor import decimate
from studio.monitor.batch import Batch, Points
from studio.ui import theme
from studio.ui.curves import Curves
from studio.ui.workspace import Workspace

SIZE = (1000, 400)
BEGIN = 1.7e9  # seconds since 1970
FRAME = 1 / 60
FRAMES = 40


class Source:
    """``count`` series of ``rate`` points a second, as they come frame by frame."""

    def __init__(self, count: int, rate: int, before: int, noise: bool) -> None:
        self.random = np.random.default_rng(7)
        self.names = [f"series {n}" for n in range(count)]
        self.rate, self.noise = rate, noise
        self.times, self.values = np.empty(0), [np.empty(0) for _ in self.names]
        self.come(before)

    def come(self, points: int) -> Batch:
        """The next points of each series."""
        begin = len(self.times)
        times = BEGIN + np.arange(begin, begin + points) / self.rate
        self.times = np.concatenate([self.times, times])
        batch = {}
        for n, name in enumerate(self.names):
            new = self.random.normal(size=points)
            if not self.noise:
                new = new.cumsum() + (self.values[n][-1] if begin else 0.0)
            self.values[n] = np.concatenate([self.values[n], new])
            batch[name] = Points(times, new)
        return Batch(series=batch)

    def everything(self) -> Batch:
        """All that came so far."""
        series = {n: Points(self.times, v) for n, v in zip(self.names, self.values, strict=True)}
        return Batch(series=series)


def frames(step: Callable[[int], None], widget: QWidget, count: int) -> tuple[float, float]:
    """Median milliseconds of a frame's work and of its painting."""
    work, paint = [], []
    for number in range(count + 3):
        start = time.thread_time()
        step(number)
        middle = time.thread_time()
        widget.repaint()
        end = time.thread_time()
        if number >= 3:  # the first ones make things that stay
            work.append(1e3 * (middle - start))
            paint.append(1e3 * (end - middle))
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return statistics.median(work), statistics.median(paint)


def ours(workspace: Workspace, source: Source, seconds: float) -> tuple[float, float]:
    """The program's plot."""
    live = workspace.monitoring.live
    live.store.clear()
    live.epoch += 1
    live.store.add(source.everything())
    widget = Curves(workspace)
    widget.resize(*SIZE)
    widget.page.bar.set_seconds(seconds)
    widget.show()
    widget.legend.model.check(source.names, True)
    widget.page.bar.seconds_changed.emit(seconds)
    widget.page.act.legend.trigger()  # the plot as large as pyqtgraph's
    QApplication.processEvents()
    coming = [source.come(max(1, round(source.rate * FRAME))) for _ in range(FRAMES + 3)]

    def step(number: int) -> None:
        # The store is filled by another thread in the program.
        live.store.add(coming[number])
        widget._take()

    adding = statistics.median(_timed(lambda: live.store.add(Batch())) for _ in range(5))
    work, paint = frames(step, widget.plot.viewport(), FRAMES)
    widget.page.act.legend.trigger()
    widget.close()
    widget.deleteLater()
    return work - adding, paint


def theirs(source: Source, seconds: float, count: int) -> tuple[float, float]:
    """pyqtgraph, all points, its own downsampling."""
    widget = pyqtgraph.PlotWidget()
    widget.resize(*SIZE)
    widget.setDownsampling(auto=True, mode="peak")
    widget.setClipToView(True)
    widget.showGrid(x=True, y=True, alpha=0.15)
    colours = theme.current().layers
    items = [
        widget.plot(pen=pyqtgraph.mkPen(colours[n % 10], width=1)) for n in range(len(source.names))
    ]
    widget.show()
    QApplication.processEvents()

    def step(_: int) -> None:
        source.come(max(1, round(source.rate * FRAME)))
        x = source.times - BEGIN
        for item, y in zip(items, source.values, strict=True):
            item.setData(x, y, skipFiniteCheck=True)
        low = min(float(y.min()) for y in source.values)
        high = max(float(y.max()) for y in source.values)
        left = x[-1] - seconds if seconds else x[0]
        widget.setRange(xRange=(left, x[-1]), yRange=(low, high), padding=0)

    found = frames(step, widget.viewport(), count)
    widget.close()
    widget.deleteLater()
    return found


def _timed(call: Callable[[], object]) -> float:
    start = time.thread_time()
    call()
    return 1e3 * (time.thread_time() - start)


def main() -> None:
    """Print one line a case."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.install(app, dark=False)
    decimate.library()
    workspace = Workspace(chips.load())
    cases = (
        ("8 walks of 1 M points, all", 8, 1000, 1 << 20, False, 0.0),
        ("8 noises of 1 M points, all", 8, 1000, 1 << 20, True, 0.0),
        ("12 walks, 10 k/s each, last 10 s", 12, 10_000, 200_000, False, 10.0),
        ("12 noises, 10 k/s each, last 10 s", 12, 10_000, 200_000, True, 10.0),
        ("12 walks, 10 k/s each, last 1 min", 12, 10_000, 800_000, False, 60.0),
        ("256 walks, 100/s each, last 1 min", 256, 100, 10_000, False, 60.0),
    )
    for name, count, rate, before, noise, seconds in cases:
        work, paint = ours(workspace, Source(count, rate, before, noise), seconds)
        own = work + paint
        other_work, other_paint = theirs(Source(count, rate, before, noise), seconds, 5)
        other = other_work + other_paint
        print(
            f"{name:<36} {own:6.1f} ms ({work:.1f} + {paint:.1f}), {1e3 / own:4.0f} frames/s;"
            f"   pyqtgraph {other:6.1f} ms ({other_work:.1f} + {other_paint:.1f})"
            f" {other / own:5.1f}x"
        )
    workspace.monitoring.close()


if __name__ == "__main__":
    main()
