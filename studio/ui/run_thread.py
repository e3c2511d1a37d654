"""The last stage of a deploy: a thread that runs the image, and tells the window how it goes."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.base.errors import Cancelled, StudioError
from studio.base.job import Job
from studio.worker import PROGRESS_SECONDS

if TYPE_CHECKING:
    from studio.target import Live, Run

Body = Callable[[Job, Callable[[bytes], None], Callable[["Live | str"], None]], "Run"]


@dataclass(frozen=True)
class Ended:
    """How the run ended: a result, an error of the user's world, a traceback, or cancelled."""

    run: Run | None = None
    error: StudioError | None = None
    trace: str = ""
    cancelled: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class Step:
    """Progress of the run."""

    done: int
    total: int
    text: str


class RunThread:
    """Calls ``body(job, on_bytes, on_live)`` in a thread; what it says waits for ``take``.

    ``on_live`` takes a line that a tool printed, too. ``on_bytes`` is called on the thread, so
    that bytes do not wait for the window.
    """

    def __init__(self, body: Body, on_bytes: Callable[[bytes], None]) -> None:
        self._body = body
        self._on_bytes = on_bytes
        self._events: queue.SimpleQueue[Ended | Step | Live | str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._step: Step | None = None  # the newest that was not handed over
        self._told = 0.0
        self._thread = threading.Thread(target=self._run, name="run", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the run to stop at its next step."""
        self._stop.set()

    def join(self, timeout: float) -> None:
        """Wait for the thread's end."""
        self._thread.join(timeout)

    def take(self) -> list[Ended | Step | Live | str]:
        """Events since the last call; of many steps only the newest comes, now and then."""
        events: list[Ended | Step | Live | str] = []
        while not self._events.empty():
            events.append(self._events.get_nowait())
        return self._thin(events)

    def _thin(self, events: list[Ended | Step | Live | str]) -> list[Ended | Step | Live | str]:
        """Each step shown moves labels and bars all over the window."""
        for event in events:
            if isinstance(event, Step):
                self._step = event
        kept: list[Ended | Step | Live | str] = []
        kept += [each for each in events if not isinstance(each, Step)]
        now = time.monotonic()
        ended = any(isinstance(event, Ended) for event in kept)
        if self._step is not None and (ended or now - self._told >= PROGRESS_SECONDS):
            kept.insert(0, self._step)
            self._step, self._told = None, now
        return kept

    def _run(self) -> None:
        job = Job(
            lambda done, total, text: self._events.put(Step(done, total, text)),
            self._stop.is_set,
        )
        start = time.perf_counter()
        try:
            run = self._body(job, self._on_bytes, self._events.put)
            ended = Ended(run=run, seconds=time.perf_counter() - start)
        except Cancelled:
            ended = Ended(cancelled=True)
        except StudioError as error:
            ended = Ended(error=error)
        except Exception:
            # Not swallowed: the window shows it in the crash dialog, as excepthook would.
            ended = Ended(trace=traceback.format_exc())
        self._events.put(ended)
