"""Time of a frame of the array panel while it is panned and zoomed, in every colour mode.

python -m tests.bench.bench_array_view          (a window of its own, as under xvfb-run)
QT_QPA_PLATFORM=offscreen python -m tests.bench.bench_array_view

The peer, in the same run, is a plain pyqtgraph ImageItem with the same number of cells in a view of
the same size. A frame is one step of the mouse or wheel, all that follows from it, and the paint.
Last, the longest time the event loop is held when a layout of all 1.8 M cells arrives. CPU times
are the window thread's own: other work on the same cores lengthens the others.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pyqtgraph
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.mapper.layout import Block, Layout
from studio.mapper.metrics import utilization
from studio.mapper.request import Search
from studio.panels.array import Array
from studio.simulate.compare import LayerReport, Report
from studio.simulate.errors import Errors
from studio.ui import theme
from studio.ui.array_colours import MODES
from studio.ui.workspace import Workspace

KINDS = ("pan", "zoom")
SIZE = (900, 800)
FRAMES, WARM = 75, 5  # together whole turns of panning and zooming


def full(chip: Chip, rows: int, columns: int) -> Layout:
    """Blocks of equal size that fill the array, and its whole bias strip."""
    array, random = chip.array, np.random.default_rng(0)
    blocks = []
    down, across = array.rows // rows, array.columns // columns
    bias = array.bias_rows // down
    for number in range(down * across):
        row, column = divmod(number, across)
        cells = np.clip(random.normal(0, 30, (rows, columns)), -128, 127).astype(np.int16)
        steps = random.integers(-90, 90, (bias, columns)).astype(np.int16)
        place = (row * rows, column * columns, row * bias)
        blocks.append(Block(f"layer{number}", 0, 0, 0, 1024, 0, *place, cells, steps))
    search = Search("by hand", 1, 0.0, 1, 1, 0, False, "")
    return Layout(chip.id, tuple(blocks), utilization(blocks, chip, 0), search, 0)


def report(layout: Layout) -> Report:
    """Some error for every layer."""
    names = dict.fromkeys(block.layer for block in layout.blocks)
    layers = tuple(
        LayerReport(name, "array", name, None, Errors(0.99, 0.1, float(n), 0.1, 0.0), 0, 0,
                    (-128, 127), 0.0, 1024, {}, "")
        for n, name in enumerate(names)
    )  # fmt: skip
    return Report("full", 1, True, layers, {}, ())


Times = list[tuple[float, float]]  # milliseconds: on the clock, of the CPU


def frames(box: pyqtgraph.ViewBox, paint: Callable[[], None]) -> dict[str, Times]:
    """Times of each frame while panning (zoomed in twice) and while zooming."""

    def pan(number: int) -> None:
        step = 7 if number % 20 < 10 else -7
        box.translateBy(x=step, y=2 * step)

    def zoom(number: int) -> None:
        factor = 0.93 if number % 40 < 20 else 1 / 0.93
        box.scaleBy((factor, factor))

    whole = box.viewRect()
    box.scaleBy((0.5, 0.5))
    found: dict[str, Times] = {}
    for action in (pan, zoom):
        times: Times = []
        for number in range(WARM + FRAMES):
            start = time.perf_counter(), time.thread_time()
            action(number)
            paint()
            times.append((since(start[0]), 1e3 * (time.thread_time() - start[1])))
        found[action.__name__] = times[WARM:]
    box.setRange(whole, padding=0)
    return found


def since(start: float) -> float:
    """Milliseconds since then."""
    return 1e3 * (time.perf_counter() - start)


class Painted:
    """Counts how often items of a view were painted; a filter of events would cost time itself."""

    def __init__(self, view: pyqtgraph.GraphicsView) -> None:
        self.count = 0
        view.scene().sigPrepareForPaint.connect(self._on_paint)

    def _on_paint(self) -> None:
        self.count += 1


def painter(view: pyqtgraph.GraphicsView) -> Callable[[], None]:
    """Turn the event loop until the view has been painted."""
    painted = getattr(view, "painted", None) or Painted(view)
    view.painted = painted

    def paint() -> None:
        before = painted.count
        while painted.count == before:
            QApplication.processEvents()

    return paint


def peer(chip: Chip) -> tuple[pyqtgraph.GraphicsView, pyqtgraph.ViewBox]:
    """The same cells as one image in a plain plot."""
    view = pyqtgraph.GraphicsLayoutWidget()
    view.resize(*SIZE)
    plot = view.addPlot()
    values = np.random.default_rng(0).integers(-128, 128, (chip.array.columns, chip.array.rows))
    image = pyqtgraph.ImageItem(values.astype(np.int16))
    image.setColorMap(pyqtgraph.colormap.get("CET-D1A"))
    plot.addItem(image)
    view.show()
    return view, plot.vb


class Stall:
    """The longest time between two turns of the event loop, on the clock and of the CPU."""

    def __init__(self) -> None:
        self.longest = (0.0, 0.0)
        self._last = time.perf_counter(), time.thread_time()
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        now = time.perf_counter(), time.thread_time()
        found = zip(self.longest, now, self._last, strict=True)
        clock, cpu = (max(most, 1e3 * (end - start)) for most, end, start in found)
        self.longest = clock, cpu
        self._last = now


def arrival(workspace: Workspace, panel: Array, layout: Layout) -> tuple[float, float, float]:
    """Milliseconds: the longest stall from a layout's arrival on, and until all of it is there."""
    workspace.set_layout(None)
    QTest.qWait(100)
    stall = Stall()
    QTest.qWait(100)
    stall.longest = 0.0, 0.0
    start = time.perf_counter()
    workspace.set_layout(layout)
    heats = [plot.heat for plot in panel.page.view.plots]
    QTest.qWait(20)
    while any(heat.busy for heat in heats):
        QTest.qWait(1)
    done = since(start)
    QTest.qWait(50)
    return (*stall.longest, done)


def row(name: str, blocks: str, found: dict[str, Times]) -> None:
    """One line of the table: medians, and the worst of the CPU."""
    cells = []
    for own in found.values():
        clock, cpu = zip(*own, strict=True)
        figures = (statistics.median(clock), statistics.median(cpu), max(cpu))
        cells.append(" ".join(f"{value:7.2f}" for value in figures))
    print(f"{name:>22} {blocks:>6}  {cells[0]}  {cells[1]}", flush=True)


def main() -> None:
    app = QApplication(sys.argv)
    theme.install(app, dark=False)
    chip = chips.load("wtm2101")
    print(f"{app.platformName()}, {SIZE[0]} x {SIZE[1]}, milliseconds a frame")
    print(f"{'':>22} {'blocks':>6}" + "".join(f"  {k:>7} {'CPU':>7} {'worst':>7}" for k in KINDS))
    view, box = peer(chip)
    QTest.qWait(200)
    row("plain ImageItem", "", frames(box, painter(view)))
    view.close()
    stalls = []
    for rows, columns in ((896, 1024), (896, 128), (112, 128)):
        layout = full(chip, rows, columns)
        workspace = Workspace(chip)
        panel = Array(workspace)
        panel.resize(*SIZE)
        panel.show()
        workspace.set_layout(layout)
        workspace.set_comparison(report(layout))
        for mode in MODES:
            panel.page.header.set_mode(mode)
            QTest.qWait(300)
            found = frames(panel.page.view.cells.box, painter(panel.page.view))
            row(mode, str(len(layout.blocks)), found)
        workspace.select_layer("layer0", "bench")
        panel.page.header.set_mode("value")
        QTest.qWait(300)
        found = frames(panel.page.view.cells.box, painter(panel.page.view))
        row("value, one selected", str(len(layout.blocks)), found)
        workspace.select_layer("", "bench")
        for mode in ("layer", "value"):
            panel.page.header.set_mode(mode)
            stalls.append((mode, len(layout.blocks), *arrival(workspace, panel, layout)))
        panel.close()
    print("\na layout of all cells arrives: longest stall, the same of the CPU, complete")
    for name, blocks, *figures in stalls:
        print(f"{name:>22} {blocks:>6}  " + " ".join(f"{value:7.2f}" for value in figures))


if __name__ == "__main__":
    main()
