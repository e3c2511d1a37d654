"""The monitor's store beside plain numpy and pyqtgraph's own downsampling. Prints tables.

python -m tests.bench.bench_monitor_store

Processor time of this thread, median of some runs: other programs do not count. Draws offscreen.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import numpy as np
import pyqtgraph
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from studio.monitor import decimate, figures
from studio.monitor.accuracy import SampleTally
from studio.monitor.batch import Batch, Points
from studio.monitor.result import Sample
from studio.monitor.ring import Ring, View
from studio.monitor.spectrum import Wave
from studio.monitor.store import Store

CURVES = 8
N = 1 << 20
WIDTH = 1000
REPEATS = 15


def milliseconds(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median processor time, after one run that does not count."""
    call()
    found = []
    for _ in range(repeats):
        start = time.thread_time()
        call()
        found.append(1e3 * (time.thread_time() - start))
    return statistics.median(found)


def series(seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return 1.7e9 + np.arange(N) / 1000 + 1e-4 * seed, random.normal(size=N).cumsum()


def report(what: str, own: float, others: dict[str, float], unit: str = "ms") -> None:
    rest = "   ".join(f"{name} {value:.3g} ({value / own:.1f}x)" for name, value in others.items())
    print(f"{what:<44} {own:>8.3g} {unit}   {rest}")


def lines(views: list[View]) -> None:
    """Lines of all curves, with all points in sight, and with few."""
    for name, part in (("all", 1.0), ("a tenth", 0.1), ("a thousandth", 0.001)):
        times = views[0].times
        columns = decimate.edges(times[0], times[0] + part * (times[-1] - times[0]), WIDTH)
        start, end = np.searchsorted(times, columns[[0, -1]])
        step = max(1, (end - start) // WIDTH)

        def peaks(own: View, start: int = start, end: int = end, step: int = step) -> None:
            """What pyqtgraph's mode "peak" does (PlotDataItem._getDisplayDataset)."""
            y = own.values[start:end]
            n = len(y) // step
            y = y[: n * step].reshape(n, step)
            both = np.empty((n, 2))
            both[:, 0], both[:, 1] = y.max(axis=1), y.min(axis=1)

        others = {
            "numpy reduceat": milliseconds(
                lambda c=columns: [decimate._plain(v, c) for v in views]
            ),
            "pyqtgraph's way": milliseconds(lambda f=peaks: [f(view) for view in views]),
        }
        own = milliseconds(lambda c=columns: [decimate.polyline(view, c) for view in views])
        report(f"{len(views)} lines of {name} of 1 M points", own, others)
    columns = decimate.edges(views[0].times[0], views[0].times[-1], WIDTH)
    own = milliseconds(lambda: decimate.polyline(views[0], columns), 100)
    report("1 line, its memory in the cache", own, {})


def frames(views: list[View]) -> None:
    """Whole frames: lines found and painted, a new range each time."""
    first, last = views[0].times[[0, -1]].tolist()
    for name, ours in (("our lines", True), ("pyqtgraph, peak, clipped", False)):
        plot = pyqtgraph.PlotWidget()
        plot.resize(WIDTH, 400)
        plot.setDownsampling(auto=not ours, mode="peak")
        plot.setClipToView(not ours)
        curves = [plot.plot(pen=pyqtgraph.mkPen(i, width=1)) for i in range(len(views))]
        image = QImage(plot.size(), QImage.Format.Format_RGB32)
        plot.setYRange(-2000, 2000)
        number = [0]

        def frame(plot=plot, curves=curves, image=image, ours=ours, number=number) -> None:
            number[0] += 1
            end = last - number[0] * 0.05
            plot.setXRange(first, end, padding=0)
            columns = decimate.edges(first, end, WIDTH)
            for curve, view in zip(curves, views, strict=True):
                x, y = decimate.polyline(view, columns) if ours else (view.times, view.values)
                curve.setData(x, y, autoDownsampleFactor=1, skipFiniteCheck=True)
            painter = QPainter(image)
            plot.render(painter)
            painter.end()

        took = milliseconds(frame, 9)
        print(f"{'frame, ' + name:<44} {took:>8.3g} ms   {1e3 / took:.0f} frames/s")


def adding() -> None:
    """Points a second into 8 series, by the size of batches."""
    for size in (1, 10, 1000, 30_000):
        store = Store()
        rounds = max(20, min(2000, 200_000 // size))
        values = np.random.default_rng(0).normal(size=size)
        batches = [
            Batch(lines=size, series={f"s{i}": Points(k + np.arange(size) / size, values)
                                      for i in range(CURVES)})
            for k in range(rounds)
        ]  # fmt: skip
        start = time.thread_time()
        for batch in batches:
            store.add(batch)
        own = time.thread_time() - start
        lists: list[list[float]] = [[] for _ in range(2 * CURVES)]
        start = time.thread_time()
        for batch in batches:
            for i, points in enumerate(batch.series.values()):
                lists[2 * i] += points.times.tolist()
                lists[2 * i + 1] += points.values.tolist()
        plain = time.thread_time() - start
        points = rounds * size * CURVES
        text = f"{points / own / 1e6:.3g} M/s, {1e6 * own / rounds:.3g} us a batch"
        print(f"{f'points added, {size} x {CURVES} a batch':<44} {text}"
              f"   lists {points / plain / 1e6:.3g} M/s")  # fmt: skip
    look = milliseconds(store.snapshot, 200)
    print(f"{'snapshot':<44} {1e3 * look:>8.3g} us")


def of_ranges(view: View) -> None:
    """Statistics and histograms of nearly all points."""
    times = view.times
    start, end = times[1000], times[-1000]
    y = view.values
    report(
        "statistics of 1 M points",
        milliseconds(lambda: figures.statistics(view, start, end)),
        {"numpy": milliseconds(lambda: (y.min(), y.max(), y.mean(), y.std()))},
    )
    report(
        "histogram of 1 M points, 100 bins",
        milliseconds(lambda: figures.histogram(view, 100, start, end)),
        {"numpy": milliseconds(lambda: np.histogram(y, 100))},
    )


def samples() -> None:
    """Samples a second, and what the figures of them take."""
    random = np.random.default_rng(0).integers(0, 10, (20_000, 2)).tolist()
    told = [Sample(i, a, b, None, 0, None) for i, (a, b) in enumerate(random)]
    tally = SampleTally()
    start = time.thread_time()
    for sample in told:
        tally.add(sample, sample.index / 1000)
    took = time.thread_time() - start
    print(f"{'samples tallied':<44} {len(told) / took / 1e3:>8.3g} k/s")
    print(f"{'figures of them':<44} {milliseconds(tally.figures):>8.3g} ms")
    print(f"{'curve with its band':<44} {milliseconds(tally.accuracy.curve):>8.3g} ms")
    wave = Wave(16000.0)
    signal = (10_000 * np.sin(np.arange(16_000))).astype(np.int16)
    took = milliseconds(lambda: wave.add(signal))
    print(f"{'audio of 1 s, waveform and spectrogram':<44} {took:>8.3g} ms")
    print(f"{'spectrogram, a copy':<44} {1e3 * milliseconds(wave.spectrogram):>8.3g} us")


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([])
    compiled = "compiled" if decimate.library() is not None else "numpy only"
    print(f"{CURVES} curves of {N} points on {WIDTH} columns, {compiled}")
    views = []
    for seed in range(CURVES):
        ring = Ring()
        ring.add(*series(seed))
        views.append(ring.view)
    lines(views)
    frames(views)
    adding()
    of_ranges(views[0])
    samples()
    del application


if __name__ == "__main__":
    main()
