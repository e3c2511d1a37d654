"""From a terminal to the plotted value with the window open: bytes, lines and frames a second.

``python -m tests.bench.bench_monitor [SECONDS] [MEGABYTES_A_SECOND] [VIEW...]``; 8 seconds a view
and 3 MB/s if nothing is said, which takes a minute. Another process writes into one end of a
socat pair; the window reads the other, records, and shows text, values and one VIEW after the
other (all, unless some are named): curves of values, accuracy of 20,000 samples a second, signals
of 100 packets of sound a second, and the dashboard beside the curves.

Two peers get the stream of "curves" before: "only read" throws away what it read; "plain" is a
program of pyserial, QPlainTextEdit and pyqtgraph (tests/bench/plain_monitor.py), without
recording or recognition.

A gap is a time in which the event loop did not come round: as it was, and ("own") without the time
this thread stood in line for a processor. Painted are the terminal and
what is in front. "lost" are bytes that the recorder, the text or the values missed (of "plain":
that were not shown after as long again as was sent); "equal" whether the recording holds the very
bytes that were sent; "behind" how long after the end everything was shown. What is compiled at
first use is compiled before.

``600 1 curves`` is the soak: ten minutes at one megabyte a second. Without a screen all is drawn
offscreen.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import resource
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tests.e2e.serial_pairs import Pair

ROOT = Path(__file__).parents[2]
SETTLED = 4.0  # seconds from the window's first look to the first byte
HEADS = (
    ("view", 10),
    ("MB/s", 6),
    ("lines/s", 9),
    ("frames/s", 9),
    ("terminal/s", 11),
    ("front/s", 8),
    ("cores", 6),
    ("longest gap", 12),
    ("own", 5),
    ("own >16 ms", 11),
    (">33", 4),
    ("gc ms", 6),
    ("lost", 5),
    ("equal", 6),
    ("behind s", 9),
    ("MB at start", 12),
    ("at end", 7),
)


class View(NamedTuple):
    """What is in front, what is sent to it, and how fast (0: as the command line says)."""

    tab: int
    sends: str
    rate: float
    front: tuple[str, ...]  # classes of what is painted
    beside: str = ""  # a dock


VIEWS = {
    "curves": View(0, "values", 0.0, ("CurvesPlot",)),
    "accuracy": View(1, "samples", 2.1, ("QuietPlot",)),
    "signals": View(2, "packets", 0.0332, ("WavePlot",)),
    "dashboard": View(0, "values", 0.0, ("CurvesPlot", "TileView"), "dashboard"),
}


def sender(pair: Pair, seconds: float, rate: float, kind: str) -> subprocess.Popen[str]:
    """A process that is about to send."""
    command = [sys.executable, "-m", "tests.bench.line_sender"]
    return subprocess.Popen(
        [*command, pair.board_name, str(seconds), str(rate), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
    )


def go(process: subprocess.Popen[str]) -> None:
    """Let it send."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it sent."""
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.read())
    process.wait()
    return found


def memory() -> float:
    """Megabytes this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize() / 1e6


def peer(folder: Path, seconds: float, rate: float) -> None:
    """Read and throw away."""
    pair = Pair(folder, "peer")
    process = sender(pair, seconds, rate, "values")
    file = os.open(pair.name, os.O_RDONLY | os.O_NOCTTY)
    go(process)
    worked, size = time.process_time(), 0
    while select.select([file], [], [], 0.5)[0]:
        size += len(os.read(file, 1 << 16))
    found = told(process)
    used = (time.process_time() - worked) / found["seconds"]
    os.close(file)
    pair.unplug()
    shown = {
        "view": "only read",
        "MB/s": f"{size / 1e6 / found['seconds']:.2f}",
        "lines/s": f"{found['lines'] / found['seconds']:,.0f}",
        "cores": f"{used:.2f}",
    }
    print(row(tuple(shown.get(head, "") for head, _ in HEADS)))


def plain(folder: Path, seconds: float, rate: float) -> None:
    """The same stream in a plain program (tests/bench/plain_monitor.py)."""
    pair = Pair(folder, "plain")
    process = sender(pair, seconds, rate, "values")
    command = [sys.executable, "-m", "tests.bench.plain_monitor", pair.name, str(seconds)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8", cwd=ROOT) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == "ready\n"
        go(process)
        found = json.loads(window.stdout.readline())
        sent = told(process)
        go(window)
    pair.unplug()
    passed, own = found["seconds"], sorted(held for _, held in found["gaps"])
    longest = max((length for length, _ in found["gaps"]), default=0.0)
    painted = {kind: count / passed for kind, count in found["painted"].items()}
    shown = {
        "view": "plain",
        "MB/s": f"{found['bytes'] / 1e6 / passed:.2f}",
        "lines/s": f"{found['lines'] / passed:,.0f}",
        "terminal/s": f"{painted.get('text', 0):.1f}",
        "front/s": f"{painted.get('plot', 0):.1f}",
        "cores": f"{found['cores']:.2f}",
        "longest gap": f"{1000 * longest:.0f} ms",
        "own": f"{1000 * max(own, default=0.0):.0f}",
        "own >16 ms": sum(gap > 0.016 for gap in own),
        ">33": sum(gap > 0.033 for gap in own),
        "lost": sent["bytes"] - found["bytes"],
        "behind s": f"{passed - sent['seconds']:.2f}",
    }
    print(row(tuple(shown.get(head, "") for head, _ in HEADS)), flush=True)


class Collections:
    """How long the collector of garbage held everything at most."""

    def __init__(self) -> None:
        self.longest = self._begun = 0.0
        gc.callbacks.append(self._on_step)

    def _on_step(self, phase: str, _about: dict[str, int]) -> None:
        if phase == "start":
            self._begun = time.perf_counter()
        else:
            self.longest = max(self.longest, time.perf_counter() - self._begun)


class Bench:
    """The program's window, as the program opens it."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt  # noqa: PLC0415 - not for the peer
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415

        from studio import app as program  # noqa: PLC0415
        from studio.base import memory as heap  # noqa: PLC0415
        from studio.base import paths  # noqa: PLC0415
        from studio.base import settings as settings_file  # noqa: PLC0415
        from studio.chip import chip as chips  # noqa: PLC0415
        from studio.monitor import decimate, scan  # noqa: PLC0415
        from studio.ui.tasks import TaskRunner  # noqa: PLC0415
        from studio.ui.workspace import Workspace  # noqa: PLC0415
        from studio.worker import Worker  # noqa: PLC0415

        assert decimate.library() is not None and scan.library() is not None
        heap.give_back()  # this and what follows is as in app.main
        gc.disable()
        sys.setswitchinterval(program._SWITCH)
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
        self.app = QApplication(["bench"])
        self.workspace = Workspace(chips.load(), settings_file.load())
        self.runner = TaskRunner(self.workspace, Worker())
        opened = program.Application(self.app, self.workspace, self.runner, None)
        loaded: list[bool] = []
        opened.loaded.connect(lambda: loaded.append(True))
        opened.open()
        assert opened.window is not None
        self.main = opened.window
        self.main.resize(1440, 900)
        assert self.until(lambda: bool(loaded), 30)
        program.warm_up()
        program._collect_here(self.app)
        self.workspace.files_offered.emit(
            [str(paths.resource("examples", "digits", "digits.onnx"))]
        )
        assert self.until(lambda: self.workspace.network is not None, 60)
        self.until(lambda: False, SETTLED)
        self.collections = Collections()

    def until(self, true: Callable[[], bool], limit: float) -> bool:
        end = time.monotonic() + limit
        while not true() and time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.0005)
        return true()

    def close(self) -> None:
        self.main.close()
        self.workspace.monitoring.close()
        self.runner.close()

    def show(self, view: View) -> None:
        """Bring the tab to the front, with the dock beside it."""
        from PySide6.QtWidgets import QTabWidget  # noqa: PLC0415

        docks = self.main.docks
        if view.beside:
            docks.show_panel(view.beside)
        elif docks.is_open("dashboard"):
            docks.close_panel("dashboard")
        docks.focus_panel("monitor")
        assert self.until(docks.panel("monitor").isVisible, 2)
        (tabs,) = docks.panel("monitor").findChildren(QTabWidget, "monitor-tabs")
        tabs.setCurrentIndex(view.tab)
        self.workspace.views["monitor-tab"] = view.tab

    def measure(self, folder: Path, name: str, seconds: float, rate: float) -> tuple[object, ...]:
        """A row of the table."""
        pair = Pair(folder, name)
        try:
            return self._measure(pair, name, seconds, rate)
        finally:
            pair.unplug()

    def _measure(self, pair: Pair, name: str, seconds: float, rate: float) -> tuple[object, ...]:
        from PySide6.QtCore import QEvent, QObject, QTimer  # noqa: PLC0415
        from PySide6.QtWidgets import QAbstractScrollArea, QWidget  # noqa: PLC0415

        from studio.monitor import replay  # noqa: PLC0415
        from studio.monitor.port import Line  # noqa: PLC0415
        from tests.program import Watch  # noqa: PLC0415

        class Paints(QObject):
            """Counts what is painted, by class."""

            def __init__(self) -> None:
                super().__init__()
                self.counts = Counter[str]()

            def eventFilter(self, receiver: QObject, event: QEvent) -> bool:
                if event.type() == QEvent.Type.Paint:
                    area = receiver.parent()
                    if isinstance(area, QAbstractScrollArea) and receiver is area.viewport():
                        self.counts[type(area).__name__] += 1
                    elif not isinstance(receiver, QAbstractScrollArea):
                        self.counts[type(receiver).__name__] += 1
                return False

        view, monitoring = VIEWS[name], self.workspace.monitoring
        self.show(view)
        rate = view.rate or rate
        process = sender(pair, seconds, rate, view.sends)
        self.until(lambda: False, 1.0)
        monitoring.start(pair.name, Line(921600))
        ready = self.until(lambda: monitoring.state == "open" and bool(monitoring.recorder), 10)
        assert ready, monitoring.error
        recorder, connection = monitoring.recorder, monitoring.connection
        assert recorder is not None and connection is not None
        frames = Counter[str]()
        counting = monitoring.frame.connect(lambda: frames.update(["frame"]))
        paints = Paints()

        # Not on the application: Python would see objects that are about to die.
        def count() -> None:
            for dock in filter(None, ("monitor", view.beside)):
                for seen in self.main.docks.panel(dock).findChildren(QWidget):
                    seen.installEventFilter(paints)

        count()
        QTimer.singleShot(1000, count)  # tiles come with the values
        self.collections.longest, before = 0.0, memory()
        watch = Watch(self.app)
        start, worked = time.monotonic(), time.process_time()
        go(process)
        # Qt's own loop, so that nothing but events keeps it busy. "quit" would close the window.
        poll = QTimer(interval=50)
        poll.timeout.connect(lambda: process.poll() is not None and self.app.exit())
        poll.start()
        self.app.exec()
        passed = time.monotonic() - start
        used = (time.process_time() - worked) / passed
        shown, painted, gaps = frames["frame"], dict(paints.counts), list(watch.gaps)
        watch.end()
        monitoring.frame.disconnect(counting)
        paints.deleteLater()
        sent = told(process)
        self.until(lambda: connection.counters.received >= sent["bytes"], 10)
        monitoring.live.drain(30)
        behind = time.monotonic() - start - passed
        lines = monitoring.live.store.snapshot().lines
        received = connection.counters.received
        lost = recorder.lost + monitoring.live.dropped + sent["bytes"] - received
        after = memory()
        monitoring.stop()
        first = recorder.files[0]
        recorder.close()  # waits until all is on the disk
        digest = hashlib.sha256()
        for chunk in replay.load(first).read():
            if chunk.kind == "in":
                digest.update(chunk.data)
        own = sorted((gap.held for gap in gaps), reverse=True)
        return (
            name,
            f"{received / 1e6 / passed:.2f}",
            f"{lines / passed:,.0f}",
            f"{shown / passed:.1f}",
            f"{painted.get('TerminalView', 0) / passed:.1f}",
            " + ".join(f"{painted.get(kind, 0) / passed:.1f}" for kind in view.front),
            f"{used:.2f}",
            f"{1000 * max((gap.length for gap in gaps), default=0):.0f} ms",
            f"{1000 * max(own, default=0):.0f}",
            sum(gap > 0.016 for gap in own),
            sum(gap > 0.033 for gap in own),
            f"{1000 * self.collections.longest:.0f}",
            lost,
            "yes" if digest.hexdigest() == sent["sha256"] else "NO",
            f"{behind:.2f}",
            f"{before:.0f}",
            f"{after:.0f}",
        )


def row(cells: tuple[object, ...]) -> str:
    return " ".join(f"{cell!s:>{width}}" for cell, (_, width) in zip(cells, HEADS, strict=True))


def main() -> None:
    """Measure and print the table."""
    numbers = [float(word) for word in sys.argv[1:] if word[0].isdigit()]
    views = [word for word in sys.argv[1:] if not word[0].isdigit()] or list(VIEWS)
    seconds = numbers[0] if numbers else 8.0
    rate = numbers[1] if len(numbers) > 1 else 3.0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        home = Path(temporary)
        own = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "APPDATA", "XDG_CACHE_HOME")
        os.environ |= dict.fromkeys((*own, "LOCALAPPDATA"), str(home))
        os.environ |= {"QTWEBENGINE_DISABLE_SANDBOX": "1", "QT_QUICK_BACKEND": "software"}
        if not os.environ.keys() & {"DISPLAY", "WAYLAND_DISPLAY"}:
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # socat runs on no Windows
        bench = Bench()
        print(row(tuple(head for head, _ in HEADS)))
        peer(home, min(seconds, 5.0), rate)
        plain(home, min(seconds, 8.0), rate)
        for name in views:
            print(row(bench.measure(home, name, seconds, rate)), flush=True)
        bench.close()


if __name__ == "__main__":
    main()
