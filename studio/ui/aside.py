"""One function on a thread, beside the window."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from studio.base.errors import Cancelled, StudioError
from studio.base.job import Job

T = TypeVar("T")

_TICK = 16  # milliseconds: one frame


@dataclass(frozen=True)
class _Step:
    fraction: float
    text: str


@dataclass(frozen=True)
class _Ended(Generic[T]):
    """What came of it: a value, or an error (None where it was cancelled)."""

    value: T | None = None
    error: BaseException | None = None
    good: bool = False


class Aside(QObject):
    """Calls ``function(job)`` on a thread; begun at once, told in the window's thread.

    ``then`` gets what it returns, ``failed`` a StudioError, or None where it was cancelled. Any
    other exception is raised in the window's thread. ``stepped`` carries a fraction 0..1 and a
    text, ``ended`` comes before any of them is told. It dies with ``parent``; then nobody is told
    and the thread is asked to end.
    """

    stepped = Signal(float, str)
    ended = Signal()

    def __init__(
        self,
        parent: QObject,
        function: Callable[[Job], T],
        then: Callable[[T], object],
        failed: Callable[[StudioError | None], object] = lambda _error: None,
    ) -> None:
        super().__init__(parent)
        self._then, self._failed = then, failed
        self._events: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._stop = stop = threading.Event()
        self.destroyed.connect(stop.set)
        self._thread = threading.Thread(
            target=_run, args=(function, self._events, stop), name="aside", daemon=True
        )
        self._thread.start()
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._drain)
        self._timer.start()

    def cancel(self) -> None:
        """Ask it to end; ``failed`` is told when it has."""
        self._stop.set()

    def _drain(self) -> None:
        step: _Step | None = None
        while not self._events.empty():
            event = self._events.get_nowait()
            if isinstance(event, _Step):
                step = event
            elif isinstance(event, _Ended):
                self._end(event)
                return
        if step is not None:
            self.stepped.emit(step.fraction, step.text)

    def _end(self, ended: _Ended[T]) -> None:
        self._timer.stop()
        self.ended.emit()
        self.deleteLater()
        if ended.good:
            self._then(ended.value)  # type: ignore[arg-type]
        elif ended.error is None or isinstance(ended.error, StudioError):
            self._failed(ended.error)
        else:
            self._failed(None)
            raise ended.error


def _run(
    function: Callable[[Job], T], events: queue.SimpleQueue[object], stop: threading.Event
) -> None:
    def step(done: int, total: int, text: str) -> None:
        events.put(_Step(min(1.0, done / total) if total else 0.0, text))

    try:
        ended: _Ended[T] = _Ended(function(Job(step, stop.is_set)), good=True)
    except Cancelled:
        ended = _Ended()
    except Exception as error:  # a bug is raised again in the window's thread
        ended = _Ended(error=error)
    events.put(ended)
