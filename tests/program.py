"""Drives the real program from inside its process: drop, deploy, read what the window shows.

Started by tests/e2e/test_program.py and tests/bench/bench_window.py:
``python -m tests.program MODEL [events]``. Prints one JSON object with what it saw and how long the
event loop was held.
"""

from __future__ import annotations

import collections
import ctypes
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

START = time.perf_counter()

from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QTimer, QUrl  # noqa: E402
from PySide6.QtGui import QDragEnterEvent, QDropEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QLabel, QToolButton  # noqa: E402

from studio import app  # noqa: E402
from studio.ui.window import MainWindow  # noqa: E402

LIMIT = 180.0  # seconds for everything
FRAME = 0.016
PAINTED: list[float] = []  # seconds each repaint of the window took, since the last tick


class Gap(NamedTuple):
    """A stall in seconds: how much of it this thread worked, and stood in line for a processor."""

    length: float
    work: float
    queued: float
    events: str = ""

    @property
    def held(self) -> float:
        """What is the program's: without the time in which others had the processors."""
        return self.length - self.queued


class Waited:
    """How long this thread has stood in line for a processor; 0 where the system does not tell."""

    def __init__(self) -> None:
        self._file = -1
        if sys.platform == "linux":
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
            # Not os.pread, which lets other threads run: the watch must not make gaps.
            self._read = ctypes.PyDLL(None).pread
            self._text = ctypes.create_string_buffer(100)

    def seconds(self) -> float:
        if self._file < 0:
            return 0.0
        self._read(self._file, self._text, len(self._text), 0)
        return int(self._text.value.split()[1]) / 1e9

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class Watch(QObject):
    """The times at which the event loop did not come round, and what it was doing.

    A timer of a millisecond; what a tick comes later than that is a stall. How much of it this
    thread worked and how much it stood in line for a processor is told; the rest it waited for
    another thread. With ``told``, every event handled in between is noted by name, which makes
    everything slower.
    ``beyond`` is the longest stall without the time in which the window was painted.
    """

    def __init__(self, loop: QApplication, *, told: bool = False) -> None:
        super().__init__()
        self._events: list[str] = []
        self._last = time.perf_counter()
        self._worked = time.thread_time()
        self._waited = Waited()
        self._queued = self._waited.seconds()
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._loop = loop
        if told:
            loop.installEventFilter(self)
        self.gaps: list[Gap] = []
        self.longest = self.work = self.beyond = 0.0
        PAINTED.clear()

    def eventFilter(self, receiver: QObject, event: QEvent) -> bool:
        self._events.append(f"{type(receiver).__name__} {event.type().name}")
        return False

    def _tick(self) -> None:
        now = time.perf_counter()
        gap, self._last = now - self._last - 0.001, now
        worked = time.thread_time()
        work, self._worked = worked - self._worked, worked
        waited = self._waited.seconds()
        queued, self._queued = waited - self._queued, waited
        if gap > FRAME:
            told = collections.Counter(self._events).most_common(6)
            events = ", ".join(f"{count} {name}" for name, count in told)
            self.gaps.append(Gap(gap, work, queued, events))
        self.longest, self.work = max(self.longest, gap), max(self.work, work)
        self.beyond = max(self.beyond, gap - sum(PAINTED))
        PAINTED.clear()
        self._events.clear()

    def end(self) -> None:
        self._timer.stop()
        self._waited.close()
        self._loop.removeEventFilter(self)


def drive(model: Path, seen: dict[str, object]) -> Iterator[Callable[[], bool]]:
    """Steps of a user; each yields what must come true before the next."""
    loop = QApplication.instance()
    assert isinstance(loop, QApplication)
    (window,) = [own for own in QApplication.topLevelWidgets() if isinstance(own, MainWindow)]
    yield window.isVisible
    seen["shown"] = time.perf_counter() - START
    settled = time.monotonic() + 3.0  # imports beside the user's first look
    yield lambda: time.monotonic() > settled
    drop(window, model)
    runner = window._runner
    yield lambda: runner.state.name == "IDLE" and runner._workspace.network is not None
    settled_again = time.monotonic() + 3.0  # the graph has loaded
    yield lambda: time.monotonic() > settled_again
    watch = Watch(loop, told=bool(sys.argv[2:]))
    (deploy,) = window.findChildren(QToolButton, "deploy")
    deploy.click()
    yield lambda: runner.state.name != "IDLE"
    yield lambda: runner.state.name in ("IDLE", "ASKING") and runner._workspace.run is not None
    from studio.panels.monitor import Monitor  # noqa: PLC0415 - not part of the start

    (monitor,) = window.findChildren(Monitor)
    run = runner._workspace.run
    assert run is not None
    yield lambda: len(monitor.curve("ratio")[0]) == run.samples
    done = time.monotonic() + 2.0  # what follows a deploy by itself
    yield lambda: time.monotonic() > done and runner.state.name == "IDLE"
    watch.end()
    seen["accuracy"] = run.accuracy
    seen["plotted"] = float(monitor.curve("ratio")[1][-1])
    seen["labels"] = [own.text() for own in window.findChildren(QLabel) if own.isVisible()]
    seen["stages"] = {name: own.status for name, own in runner._workspace.stages.items()}
    seen["stall"], seen["work"] = 1000 * watch.longest, 1000 * watch.work
    seen["beyond"] = 1000 * watch.beyond
    slow = sorted(watch.gaps, reverse=True)
    for limit in (16, 33, 50):
        seen[f"over_{limit}_ms"] = sum(gap.length > limit / 1000 for gap in slow)
    seen["slowest"] = [
        f"{1000 * gap.length:.0f} ms, {1000 * gap.work:.0f} of them work,"
        f" {1000 * gap.queued:.0f} in line: {gap.events}"
        for gap in slow[:10]
    ]
    start = time.perf_counter()
    window.repaint()
    seen["paint"] = 1000 * (time.perf_counter() - start)
    window.close()


def drop(window: MainWindow, model: Path) -> None:
    """What a drag from a file manager sends."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(model))])
    where, button = QPointF(window.rect().center()), Qt.MouseButton.LeftButton
    modifiers, action = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(where.toPoint(), action, mime, button, modifiers)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(where, action, mime, button, modifiers))


def time_painting() -> None:
    """Note in PAINTED how long each repaint of the window takes; before there is one."""
    handle = MainWindow.event

    def event(window: MainWindow, event: QEvent) -> bool:
        if event.type() != QEvent.Type.UpdateRequest:
            return handle(window, event)
        start = time.perf_counter()
        handled = handle(window, event)
        PAINTED.append(time.perf_counter() - start)
        return handled

    MainWindow.event = event  # type: ignore[method-assign]


def main() -> int:
    model = Path(sys.argv[1])
    seen: dict[str, object] = {}
    opened = app.Application.open
    time_painting()

    def open_and_drive(self: app.Application) -> None:
        opened(self)
        self._driver = Driver(model, seen)  # type: ignore[attr-defined]

    app.Application.open = open_and_drive  # type: ignore[method-assign]
    code = app.main(["cim-studio"])
    print(json.dumps(seen))
    return code or int("failed" in seen)


class Driver(QTimer):
    """Goes from step to step as soon as what it waits for is true."""

    def __init__(self, model: Path, seen: dict[str, object]) -> None:
        super().__init__(interval=20)
        self._steps = drive(model, seen)
        self._seen = seen
        self._waiting: Callable[[], bool] = lambda: True
        self._limit = time.monotonic() + LIMIT
        self.timeout.connect(self._step)
        self.start()

    def _step(self) -> None:
        if time.monotonic() > self._limit:
            self._seen["failed"] = "took too long"
            self.stop()
            QApplication.exit(3)
        elif self._waiting():
            try:
                self._waiting = next(self._steps)
            except StopIteration:
                self.stop()
            except Exception as error:
                # Without its driver the program would wait for a user for ever.
                self._seen["failed"] = repr(error)
                self.stop()
                QApplication.exit(3)
                raise


if __name__ == "__main__":
    sys.exit(main())
