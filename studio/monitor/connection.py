"""A board's line: opened, read and written on threads of its own, lost and found again."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any, Literal, Self

import serial
import tenacity

from studio.base.errors import PortError
from studio.board.ports import Port
from studio.monitor import words
from studio.monitor.chunk import Chunk
from studio.monitor.clock import Clock
from studio.monitor.outlet import Outlet, Sink
from studio.monitor.port import PORT_ERRORS, Line, close_port, open_port, read_some
from studio.monitor.tally import Counters, Tally
from studio.monitor.watch import Watch, again, find, real_ports
from studio.monitor.writer import Act, Writer, change_line, send_break

_log = logging.getLogger(__name__)

_QUIET = 1.0  # seconds of silence after which the port is looked for
_POLL = 0.5  # seconds between two looks at the driver's error counts
_FLUSH = 0.5  # seconds what was sent gets to go out at the end
_FREE = 10.0  # seconds a port gets to close for somebody else
_SOON, _SOON_TIMES = 0.1, 30  # a board that resets is back within seconds, and speaks at once

State = Literal["opening", "open", "yielded", "lost", "closed"]


class _NotNow(Exception):
    """Somebody else wants the port, or nobody wants it any more."""


class Connection:
    """Reads ``url`` (COM10, /dev/ttyUSB0, socket://HOST:PORT, loop://) until ``close``.

    ``sinks`` get every chunk, one at a time and on the connection's threads: what is slow there
    holds up reading. ``take`` hands the same chunks to another thread; of more than ``limit``
    bytes nobody takes, the oldest are dropped and counted (0: only the sinks get them). A port
    that goes away is looked for every ``retry`` seconds, by device or name, unless ``reconnect``
    is false. With ``watch``, ports are listed and opened on its thread; else on this
    connection's. Once closed it stays so.

    No method waits for the board, except ``open``, ``yielded`` and, a moment, ``close``.
    """

    def __init__(
        self,
        url: str,
        line: Line | None = None,
        sinks: tuple[Sink, ...] = (),
        *,
        watch: Watch | None = None,
        reconnect: bool = True,
        retry: float = 1.0,
        limit: int = 1 << 24,
        clock: Clock | None = None,
    ) -> None:
        self.url = url
        self.port = url  # its name at the moment; another after plugging it in elsewhere
        self.line = line or Line()
        self.error: PortError | None = None  # why it is lost or closed
        self.opened = False  # at any time
        self.left_to = ""  # to whom, now or last
        self._outlet = Outlet(sinks, limit, clock)
        self._watch = watch
        self._reconnect = reconnect
        self._retry = retry
        self._tally = Tally()
        self._known: Port | None = None
        self._before: tuple[Port, ...] = ()
        self._writer: Writer | None = None
        self._broken: Exception | None = None  # what ended the writer
        self._state: State = "closed"
        self._yields = 0
        self._holding = False  # whether the port is open, or about to be
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._poke = threading.Event()  # wakes the search for the port
        self._thread: threading.Thread | None = None

    # -- for the caller

    @property
    def state(self) -> State:
        """What it does at the moment; ``error`` says why it is lost, or closed by itself."""
        return self._state

    @property
    def ended(self) -> bool:
        """Whether it was open, or opened in vain, and is closed now: nothing more will come."""
        return self._thread is not None and self._state == "closed"

    @property
    def counters(self) -> Counters:
        """What has come and gone so far."""
        writer = self._writer
        pending = writer.pending if writer is not None else 0
        return self._tally.counters(self._outlet.dropped, pending)

    @property
    def sink_error(self) -> Exception | None:
        """What the last sink that failed raised; it gets nothing more, and a note says so."""
        return self._outlet.error

    @property
    def hint(self) -> str:
        """What to try where the line speaks but says nothing readable; else "".

        Ask once a second: it looks at the last bytes.
        """
        return "" if "://" in self.url else self._tally.hint(self.line.baud)

    def start(self) -> None:
        """Begin to open the port; ``state`` and ``error`` tell what becomes of it."""
        self._state, self._holding = "opening", True
        self._thread = threading.Thread(target=self._run, name=f"read {self.url}", daemon=True)
        self._thread.start()

    def open(self) -> None:
        """Open the port and begin. Raises PortError where it cannot be opened."""
        self.start()
        with self._changed:
            self._changed.wait_for(lambda: self._state != "opening")
        if not self.opened and self.error is not None:
            raise self.error

    def close(self, seconds: float = 5.0) -> None:
        """Close the port and end all threads; does nothing a second time.

        A driver that hangs while it opens a port is left behind after ``seconds``.
        """
        self._stop.set()
        self._poke.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    def take(self, seconds: float = 0.0) -> list[Chunk]:
        """All chunks that wait, or after ``seconds`` without any, none."""
        return self._outlet.take(seconds)

    def send(self, data: bytes) -> None:
        """Send bytes in their turn. Raises PortError where none is open, or too much waits."""
        self._open_writer().put(data)

    def cancel_sending(self) -> None:
        """Forget what was not sent yet."""
        writer = self._writer
        if writer is not None and (count := writer.cancel()):
            writer.act(lambda _port: self._note(f"{count} bytes not sent"))

    def send_break(self, seconds: float = 0.25) -> None:
        """Hold the line low for a while, in its turn. Raises PortError where none is open."""
        self._open_writer().act(self._doing(send_break(seconds), "break"))

    def configure(self, line: Line) -> None:
        """Set baud rate, frame, flow control and control lines, now or when the port opens.

        A note says what the port refuses; it then keeps what it had.
        """
        writer = self._writer
        if writer is None:
            self.line = line
            return

        def act(port: Any) -> None:
            change_line(port, self.line, line)
            self.line = line
            self._tally.line_set()

        levels = f"DTR {_level(line.dtr)}, RTS {_level(line.rts)}"
        writer.act(self._doing(act, f"{line.text}, {levels}"))

    def add_sink(self, sink: Sink) -> None:
        """From now on ``sink`` gets every chunk."""
        self._outlet.add_sink(sink)

    def remove_sink(self, sink: Sink) -> None:
        """``sink`` gets no more; when this returns, no call of it is under way."""
        self._outlet.remove_sink(sink)

    @contextlib.contextmanager
    def yielded(self, to: str = "") -> Iterator[None]:
        """Leave the port to somebody else (a download, named ``to``) and come back after it.

        Raises PortError where the port does not become free.
        """
        with self._changed:
            self._yields += 1
            self.left_to = to or "another part of the program"
            free = self._changed.wait_for(lambda: not self._holding, _FREE)
        try:
            if not free:
                raise PortError(
                    "the port is not given free", hint="Plug it out and in again.", where=self.port
                )
            yield
        finally:
            with self._changed:
                self._yields -= 1
                self._poke.set()
                self._changed.notify_all()

    # -- on the connection's threads

    def _run(self) -> None:
        try:
            port: Any = self._opened(self.url)
            while port is not None:
                self.error = self._serve(port)
                if self._stop.is_set() or (self.error is not None and not self._reconnect):
                    break
                port = self._again()
        except PortError as error:
            self.error = error
        except Exception:
            _log.exception("reading %s failed", self.url)
            self.error = PortError(
                "reading failed for a reason of our own", hint="See the log.", where=self.url
            )
        finally:
            self._turn("closed")
            self._outlet.end()

    def _opened(self, name: str) -> Any:
        """The open port; listed and opened in one go."""

        def act() -> Any:
            try:
                port = open_port(name, self.line)
            except PORT_ERRORS as error:
                raise words.refused(name, error, self._look(), self.line) from error
            self._known = find(name, self._look()) or self._known
            return port

        watch = None if "://" in name else self._watch  # an address may take seconds
        return watch.run(act) if watch is not None else act()

    def _look(self) -> tuple[Port, ...]:
        if "://" in self.url:
            return ()
        return self._watch.look() if self._watch is not None else real_ports()

    def _serve(self, port: Any) -> PortError | None:
        """Read until it is to be closed (None) or goes away (why)."""
        self._broken = None
        self._tally.errors.begin(port)
        self.port = name = str(port.port)
        writer = Writer(port, name, self._went, self._fail)
        self._note(f"opened {name}, {self.line.text}")
        self._writer = writer
        self.opened = True
        self._turn("open", holding=True)
        why: PortError | None = None
        try:
            self._read(port)
        except PORT_ERRORS as error:
            why = words.gone(name, error)
        finally:
            self._writer = None
            unsent = writer.stop(_FLUSH if why is None else 0.0)
            self._tally.errors.poll(port)
            writer.leave(lambda: close_port(port))
        if unsent:
            self._note(f"{unsent} bytes not sent")
        if why is not None:
            self._before = self._look()
            self._note(f"lost: {why.message}")
            self.error = why
            self._turn("lost" if self._reconnect else "closed")
        elif self._stop.is_set():
            self._note("closed")
        else:
            self._note(f"left to {self.left_to}")
            self._turn("yielded")
        return why

    def _read(self, port: Any) -> None:
        name = str(port.port)
        heard = polled = time.monotonic()
        while not self._stop.is_set() and not self._yields:
            if self._broken is not None:
                raise self._broken
            data = read_some(port, self._tally.errors)
            now = time.monotonic()
            if data:
                heard = now
                self._tally.add(data)
                self._outlet.emit("in", data)
            elif self._known is not None and now - heard > _QUIET:
                heard = now
                there = self._watch.recent() if self._watch is not None else real_ports()
                if find(name, there) is None:  # on Windows a pulled plug raises nothing
                    raise serial.SerialException("the port is no longer there")
            if now - polled > _POLL:
                polled = now
                self._tally.errors.poll(port)

    def _again(self) -> Any:
        """The port, when it is there again and nobody else wants it; None when closed before."""
        trial = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(PortError),
            wait=tenacity.wait_chain(
                *[tenacity.wait_fixed(_SOON)] * _SOON_TIMES, tenacity.wait_fixed(self._retry)
            ),
            sleep=tenacity.sleep_using_event(self._poke),
        )
        while not self._stop.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._stop.is_set() or not self._yields)
            with contextlib.suppress(_NotNow):
                return trial(self._attempt)
        return None

    def _attempt(self) -> Any:
        self._poke.clear()
        with self._changed:
            if self._stop.is_set() or self._yields:
                raise _NotNow
            self._holding = True
        try:
            now = self._look()
            name = again(self.port, self._known, self._before, now)
            if name is None:
                raise words.missing(self.port, now)
            return self._opened(name)
        except BaseException as error:
            # That it is missing is not news where it was lost.
            if isinstance(error, PortError) and not (
                self.error is not None and isinstance(error, words.MissingError)
            ):
                self.error = error
            self._turn("lost")
            raise

    def _turn(self, state: State, holding: bool = False) -> None:
        with self._changed:
            if state == "open":
                self.error = None
            self._state, self._holding = state, holding
            self._changed.notify_all()

    def _open_writer(self) -> Writer:
        writer = self._writer
        if writer is None:
            why = self.error.message if self.error is not None else "the port is not open"
            raise PortError(why, hint="Open it, or wait until it is back.", where=self.port)
        return writer

    def _doing(self, act: Act, done: str) -> Act:
        """``act`` with a note of how it went; one that fails does not end the connection."""

        def do(port: Any) -> None:
            try:
                act(port)
            except PORT_ERRORS as error:
                self._note(f"{done}: not possible ({error})")
            else:
                self._note(done)

        return do

    def _went(self, data: bytes) -> None:
        self._tally.sent += len(data)
        self._outlet.emit("out", data)

    def _fail(self, error: Exception) -> None:
        self._broken = error

    def _note(self, text: str) -> None:
        self._outlet.note(text)


def _level(on: bool) -> str:
    return "on" if on else "off"
