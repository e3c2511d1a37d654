"""A monitor as one writes it in an hour: pyserial, a QPlainTextEdit and a curve of pyqtgraph.

``python -m tests.bench.plain_monitor TERMINAL SECONDS``. The peer of bench_monitor: a thread
reads as pyserial's manual shows; sixty times a second the text is appended (10,000 lines are
kept), ``name:value`` pairs are read in Python and the last 10,000 values of each drawn. Prints
"ready", then reads until nothing has come for two seconds; then one JSON
object with what it saw. After SECONDS of sending it has as long again, then the rest is not shown.
It ends with a line on its standard input.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from collections import Counter, deque

import pyqtgraph
import serial
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QWidget

from tests.program import Watch

KEPT = 10_000  # lines, and values of a series
SILENT = 2.0  # seconds


class Reader(threading.Thread):
    """Puts what comes into a queue."""

    def __init__(self, name: str) -> None:
        super().__init__(daemon=True)
        self.port = serial.Serial(name, 921600, timeout=0.05)
        self.chunks: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def run(self) -> None:
        while True:
            if data := self.port.read(self.port.in_waiting or 1):
                self.chunks.put(data)


class Window(QWidget):
    """Text at the left, curves at the right."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader
        self.text = QPlainTextEdit(readOnly=True, undoRedoEnabled=False, maximumBlockCount=KEPT)
        self.plot = pyqtgraph.PlotWidget()
        self.plot.setDownsampling(auto=True, mode="peak")
        self.plot.setClipToView(True)
        row = QHBoxLayout(self)
        row.addWidget(self.text)
        row.addWidget(self.plot)
        self.curves: dict[str, tuple[pyqtgraph.PlotDataItem, deque[float]]] = {}
        self.size_shown = self.lines = 0
        self.first = self.last = 0.0
        self.rest = ""
        self.painted = Counter[str]()
        for kind, widget in (("text", self.text), ("plot", self.plot)):
            widget.viewport().setObjectName(kind)
            widget.viewport().installEventFilter(self)
        self.timer = QTimer(self, interval=16)
        self.timer.timeout.connect(self.take)
        self.timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.painted[watched.objectName()] += 1
        return False

    def take(self) -> None:
        """Show what came since the last time."""
        parts = []
        while not self.reader.chunks.empty():
            parts.append(self.reader.chunks.get())
        if not parts:
            return
        data = b"".join(parts)
        lines = (self.rest + data.decode("utf-8", "replace")).replace("\r", "").split("\n")
        self.rest = lines.pop()
        if lines:
            self.text.appendPlainText("\n".join(lines))
        for line in lines:
            for pair in line.split(","):
                name, colon, value = pair.partition(":")
                try:
                    number = float(value) if colon else None
                except ValueError:
                    number = None
                if number is not None:
                    self.add(name, number)
        for item, values in self.curves.values():
            item.setData(list(values))
        self.size_shown += len(data)
        self.lines += len(lines)
        self.last = time.monotonic()
        self.first = self.first or self.last

    def add(self, name: str, number: float) -> None:
        if name not in self.curves:
            item = self.plot.plot(pen=pyqtgraph.mkPen(len(self.curves), width=1))
            self.curves[name] = item, deque(maxlen=KEPT)
        self.curves[name][1].append(number)


def main() -> None:
    """Show what comes, and tell how that went."""
    terminal, seconds = sys.argv[1], float(sys.argv[2])
    app = QApplication(["plain"])
    reader = Reader(terminal)
    window = Window(reader)
    window.resize(1440, 900)
    window.show()
    watch = Watch(app)
    print("ready", flush=True)
    reader.start()
    worked = 0.0

    def look() -> None:
        nonlocal worked
        now = time.monotonic()
        if not window.first:
            worked = time.process_time()
            watch.gaps.clear()
            window.painted.clear()
        elif now > window.first + 2 * seconds or (
            now > window.last + SILENT and reader.chunks.empty()
        ):
            app.exit()

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    app.exec()
    used = time.process_time() - worked
    watch.end()
    passed = window.last - window.first
    print(
        json.dumps(
            {
                "bytes": window.size_shown,
                "lines": window.lines,
                "seconds": passed,
                "cores": used / passed,
                "painted": window.painted,
                "gaps": [(gap.length, gap.held) for gap in watch.gaps],
            }
        ),
        flush=True,
    )
    sys.stdin.readline()  # until then the thread reads on: who sends must not wait for ever


if __name__ == "__main__":
    main()
