"""The monitor's state in the window: what it reads, where that goes, and when to draw it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from studio.base.errors import PortError, StudioError
from studio.base.in_order import InOrder
from studio.monitor.chunk import Chunk
from studio.ui import monitor_start, own_kept
from studio.ui.lease import Errand, Lease
from studio.ui.playback import Playback
from studio.ui.port_list import PortList

if TYPE_CHECKING:
    from studio.emulated import EmulatedBoard
    from studio.monitor.connection import Connection
    from studio.monitor.live import Live
    from studio.monitor.port import Line
    from studio.ui.workspace import Workspace

_TICK = 16  # milliseconds: one frame
_IDLE = 100  # the same while nothing comes


class Monitoring(Playback):
    """Reads one port, the bytes of a run, or a recording; ``live`` has what came.

    ``changed``: what is read, or how that goes (``source``, ``state``, ``error``). A port is ""
    for the emulator, which runs the firmware that is built. ``frame``:
    there is something new to draw, at most once in 16 ms; ``live.epoch`` then tells whether
    everything began anew. All methods are the window's thread's and none waits.
    """

    frame = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._live: Live | None = None
        self.connection: Connection | None = None
        self.since = 0.0  # when the port was opened, in seconds since the epoch
        self.port_list = PortList(self)
        self._board: EmulatedBoard | None = None  # what the connection speaks to, if emulated
        self._failed: StudioError | None = None  # why it was closed by itself
        self._line, self._chosen = workspace.target.line, workspace.target.port
        self._running = False  # whether a run's bytes come in
        self._emulator_left = False  # whether the emulator was read before the run
        self._lease: Lease | None = None  # of the run
        self._order = InOrder("port")  # opening and closing
        self._errands: list[Errand] = []
        self._seen: tuple[object, ...] = ()
        self._shown = 0
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        workspace.activity_changed.connect(self._look_at_errands)
        workspace.target.changed.connect(self._on_target)
        self.port_list.notice.connect(workspace.notice)

    # -- what is read

    @property
    def live(self) -> Live:
        """What came; made when it is asked for first, since the window shows sooner without."""
        if self._live is None:
            from studio.monitor.live import Live  # noqa: PLC0415

            self._live = Live()
            self._live.set_encoding(self._workspace.target.encoding)
            if own := own_kept.in_use():
                self._live.use(own)
        return self._live

    @property
    def has_data(self) -> bool:
        """Whether anything came since everything began anew."""
        return self._live is not None and self._live.log.size > 0

    @property
    def active(self) -> bool:
        """Whether a port is read, or being opened, or waited for."""
        return self.connection is not None or self._board is not None

    @property
    def running(self) -> bool:
        """Whether a run's bytes come in."""
        return self._running

    @property
    def emulated(self) -> bool:
        """Whether it is the emulator's."""
        return self._board is not None

    @property
    def port(self) -> str:
        """The port that is read; "" where none is."""
        return self.connection.url if self.connection is not None else ""

    @property
    def baud(self) -> int:
        """The baud rate it is read with; 0 where none is."""
        return self.connection.line.baud if self.connection is not None else 0

    @property
    def state(self) -> str:
        """That of the connection: opening, open, yielded, lost; "closed" where there is none."""
        if not self.active:
            return "closed"
        state = self.connection.state if self.connection is not None else "opening"
        return "opening" if state == "closed" else state

    @property
    def error(self) -> StudioError | None:
        """Why the port is lost, while it is, or was closed by itself."""
        return self.connection.error if self.connection is not None else self._failed

    def refusal(self, port: str) -> str:
        """Why ``port`` cannot be read now, in words for the user; "" where it can."""
        if self._running:
            return self.tr("A run is going on.")
        if not port and (self._workspace.image is None or self._workspace.out is None):
            return self.tr("Build first: the emulator has no firmware yet.")
        return ""

    def start(self, port: str, line: Line | None = None) -> None:
        """Read ``port`` (COM3, /dev/ttyUSB0, socket://HOST:PORT), and record it.

        "" starts the emulator with the firmware that is built. Without ``line`` it is set as
        the user chose. Does nothing but say so where there is a ``refusal``.
        """
        refusal = self.refusal(port)
        if refusal:
            self._workspace.notice.emit(refusal)
            return
        self.stop()
        self.stop_replay()
        self._failed = None
        self._in_order(self._fresh(expecting=not port))
        self._read(port, line or self._workspace.target.line)
        self._tell()

    def stop(self) -> None:
        """Read the port no more; what was read stays. Does nothing where none is read."""
        if not self.active:
            return
        connection, self.connection = self.connection, None
        board, self._board = self._board, None
        tape = self.tape
        self.source = "run" if self._running else ""

        def close() -> None:
            if connection is not None:
                connection.close()
            if board is not None:
                board.end()
            if tape is not None:
                tape.close()

        self._in_order(close)
        self._tell()

    def send(self, data: bytes) -> None:
        """Send bytes to the board. Raises PortError where no port is open."""
        if self.connection is None:
            raise PortError(
                self.tr("no port is open"), hint=self.tr("Connect to a board, then send.")
            )
        self.connection.send(data)

    def leave(self, to: str) -> Lease:
        """Leave the port that is read to somebody else, until the lease ends."""
        return Lease(self.connection, to, after=self._order.last)

    def leave_until_idle(self, to: str, do: Callable[[], None]) -> None:
        """Leave the port, then ``do``, until nothing runs any more that the user asked for."""
        self._errands.append(Errand(self.leave(to), do))
        self._look_at_errands()

    @property
    def lease(self) -> Lease:
        """The port of the run that begins; its thread waits until it is free."""
        return self._lease or self.leave("the run")

    def close(self) -> None:
        """Stop everything, and wait until the port is free again (a moment at most)."""
        self._timer.stop()
        self.stop_replay()
        self.stop()
        for errand in self._errands:
            errand.lease.end()
        if self._lease is not None:
            self._lease.end()
        self._end_recording()
        self._order.join(2.0)
        self.port_list.close()
        if self._live is not None:
            self._live.close()

    # -- a run

    def begin_run(self, port: str) -> None:
        """A run's bytes come from now on: at ``port``, or from the emulator ("").

        Who runs it waits for the ``lease`` first. A connection to that port comes back in the
        end; any other is closed.
        """
        self.stop_replay()
        connection = self.connection
        self._emulator_left = not port and (self.emulated or self._failed is not None)
        if connection is None or self.emulated or port not in {connection.url, connection.port}:
            self.stop()
        self._running, self._failed = True, None
        self._lease = Lease(
            self.connection, "the run", after=self._order.last, then=self._fresh(expecting=True)
        )
        if self.connection is None:
            self.source = "run"
            self._begin_recording(port or "emulator", self._workspace.chip.uart.baud)
        self._tell()

    def add(self, data: bytes) -> None:
        """What the run printed; for any thread, which waits where too much waits to be shown."""
        chunk = Chunk(self.clock.now(), data)
        if self.tape is not None:
            self.tape.write(chunk)
        self.live.put(chunk, None)

    def end_run(self, *, resume: bool = False) -> None:
        """Nothing more comes of the run.

        With ``resume`` an emulator that was read before, or had failed, is started again, with the
        firmware there is now.
        """
        self._running = False
        if self._lease is not None:
            self._lease.end()
            self._lease = None
        if self.connection is None:
            self._end_recording()
            self.source = ""
            if resume and self._emulator_left and not self.refusal(""):
                self._read("", self._workspace.target.line)
        self._tell()

    # -- inside

    def _read(self, port: str, line: Line) -> None:
        self._begin_recording(port or "emulator", line.baud)
        self.source = "port"
        if port:
            self._in_order(self._connect(port, line).start)
        else:
            self._board = board = monitor_start.emulated(self._workspace, self._sinks(), self.clock)
            self._in_order(board.begin)

    def _connect(self, url: str, line: Line) -> Connection:
        """What is read from now on; not yet started."""
        from studio.monitor.connection import Connection  # noqa: PLC0415 - slow to import

        reconnect = self._workspace.target.reconnect and not self.emulated
        watch = self.port_list.watch
        self.connection = connection = Connection(
            url,
            line,
            self._sinks(),
            watch=watch,
            reconnect=reconnect,
            limit=0,
            clock=self.clock,
        )
        return connection

    def _fresh(self, expecting: bool) -> Callable[[], None]:
        return monitor_start.fresh(self._workspace, self.live, expecting)

    def _in_order(self, *actions: Callable[[], None]) -> None:
        """Do ``actions`` after those before: a port is free only when it was closed."""
        self._order.do(*actions)

    def _look_at_errands(self) -> None:
        activity = self._workspace.activity
        busy = bool(activity.name) and not activity.quiet
        # What one asks for changes the activity, which ends up here again.
        errands, self._errands = self._errands, []
        self._errands += [errand for errand in errands if not self._over(errand, busy)]

    def _over(self, errand: Errand, busy: bool) -> bool:
        over = errand.look(busy)
        if errand.lease.error is not None:
            self._workspace.error.emit(errand.lease.error)
        return over

    def _on_target(self) -> None:
        target = self._workspace.target
        if self._live is not None and self._live.encoding != target.encoding:
            self._live.set_encoding(target.encoding)
        if target.port != self._chosen:
            self._chosen, self._failed = target.port, None
        if target.line != self._line:
            self._line = target.line
            if self.connection is not None:
                self.connection.configure(target.line)

    def _on_ended(self, connection: Connection) -> None:
        board, error = self._board, connection.error
        self.stop()
        self._failed = error
        if board is not None:

            def why() -> None:
                self._failed = board.why() or error

            self._in_order(why)
        elif error is not None and not connection.opened:
            self._workspace.error.emit(error)

    def _tick(self) -> None:
        connection, board = self.connection, self._board
        if connection is not None and connection.ended:
            self._on_ended(connection)
        elif connection is None and board is not None and board.error is not None:
            self.stop()
            self._failed = board.error
            self._workspace.error.emit(board.error)
        elif connection is None and board is not None and board.url:
            self._in_order(self._connect(board.url, self._workspace.target.line).start)
        if self._errands:
            self._look_at_errands()
        self._keep_playing()
        if self._now() != self._seen:
            self._tell()
        new = self._live is not None and self._live.version != self._shown
        if self._live is not None and new:
            self._shown = self._live.version
            self.frame.emit()
        self._pace(new)

    def _now(self) -> tuple[object, ...]:
        return self.source, self.state, self.error, self.playing, self._on_disk

    def _tell(self) -> None:
        before, self._seen = self._seen, self._now()
        if "open" in self._seen and "open" not in before:
            self.since = time.time()
        self._pace(False)
        self.changed.emit()

    def _pace(self, new: bool) -> None:
        """Look as often as frames are drawn only while something comes, or may."""
        tick = _TICK if new or self.source or self.active or self._errands else _IDLE
        if tick != self._timer.interval():
            self._timer.setInterval(tick)
