"""A GDB server of the emulator: a TCP port on 127.0.0.1 for ``target remote``.

The server's thread only takes packets from the socket. All that touches the machine happens in
``attend`` and ``caught``, which the runner calls on its own thread between two runs; so a
debugger and clients of the UARTs work side by side. A client stops the processor when it
connects; when it detaches or goes away, its breakpoints go and the processor runs on.
"""

from __future__ import annotations

import contextlib
import queue
import selectors
import socket
import threading
from collections.abc import Callable
from enum import Enum

from studio.base.errors import PortError
from studio.emulator import gdb_stub
from studio.emulator.gdb_packet import Framer, Packet, Sign, encode
from studio.emulator.gdb_stub import Answer, Then
from studio.emulator.gdb_target import MachineTarget
from studio.emulator.machine import Machine, Stop

HOST = "127.0.0.1"

_LOOK = 0.1  # seconds between looks at whether to end
_SEND = 10.0  # seconds for a client to take an answer
_READ = 1 << 16
_STEPS = 2000  # steps inside a range before the rest of the world gets a turn

SIGINT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGSEGV = 2, 4, 5, 6, 10, 11
_SIGNALS = {
    **dict.fromkeys(("load", "store", "fetch", "stack", "restart"), SIGSEGV),
    "illegal": SIGILL,
    "unaligned": SIGBUS,
    "register": SIGBUS,
}


class _Link(Enum):
    """What may happen to the connection."""

    CAME = "came"
    WENT = "went"


class Debugger:
    """One machine for one debugger at a time; a second one meanwhile is turned away.

    ``port`` 0 takes any free one; ``wake`` ends a wait of the runner. With ``hold`` the
    processor does not start before a debugger lets it. Raises PortError when the port is taken.
    """

    def __init__(
        self, port: int, machine: Machine, wake: Callable[[], None], *, hold: bool = False
    ) -> None:
        self._machine = machine
        self._target = MachineTarget(machine)
        self._wake = wake
        self._halted = hold
        self.released = False  # a debugger has let the processor run
        self._stop = gdb_stub.stopped(SIGTRAP)
        self._items: queue.Queue[Packet | Sign | _Link] = queue.Queue()
        self._lock = threading.Lock()
        self._client: socket.socket | None = None
        self._acknowledge = True
        self._sent = b""
        self._closing = False
        try:
            self._listener = socket.create_server((HOST, port))
        except (OSError, OverflowError) as error:
            raise PortError(
                f"cannot listen on port {port}: {getattr(error, 'strerror', None) or error}",
                hint="Another program uses it. Choose another port, or 0 for any free one.",
                where=f"{HOST}:{port}",
            ) from error
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="gdb", daemon=True)
        self._thread.start()

    @property
    def attached(self) -> bool:
        """Whether a debugger is connected."""
        return self._client is not None

    def attend(self) -> bool:
        """Do what the debugger asks for; whether the processor may run now.

        Where it may not, this waits a moment for the debugger's next word.
        """
        with contextlib.suppress(queue.Empty):
            while True:
                item = self._items.get(timeout=_LOOK) if self._halted else self._items.get_nowait()
                self._take(item)
        return not self._halted

    def hold_until(self, event: threading.Event) -> None:
        """Attend, the processor halted, until ``event`` or until the debugger lets it run."""
        self._halted = True
        while not event.is_set() and not self.released:
            self.attend()
        self._halted = self.attached and not self.released

    def caught(self, stop: Stop) -> bool:
        """Tell the debugger that a run has ended; whether the processor waits for one now.

        It does at a breakpoint and a watchpoint, and at a trap even when no debugger is there yet:
        one may come and look.
        """
        trap = self._machine.trap
        if stop is Stop.TRAP and self._target.returned():
            self._report(gdb_stub.stopped(SIGTRAP))
        elif stop is Stop.TRAP and trap is not None:
            signal = SIGTRAP if "ebreak" in trap.message else _SIGNALS.get(trap.kind, SIGABRT)
            self._send(gdb_stub.console(trap.message + "\n"))
            self._report(gdb_stub.stopped(signal))
        elif stop is Stop.BREAKPOINT:
            self._report(gdb_stub.stopped(SIGTRAP, self._target.watched()))
        else:
            return False
        return True

    def close(self) -> None:
        """Let the client go and stop listening."""
        self._closing = True
        self._drop()
        self._thread.join(2)

    # On the runner's thread

    def _take(self, item: Packet | Sign | _Link) -> None:
        if item is _Link.CAME:
            if not self._halted:
                self._stop = gdb_stub.stopped(SIGINT if self._machine.trap is None else SIGSEGV)
            self._halted = True
        elif item is _Link.WENT:
            self._release()
        elif item is Sign.INTERRUPT:
            if not self._halted:
                self._report(gdb_stub.stopped(SIGINT))
        elif isinstance(item, Packet):
            self._follow(gdb_stub.answer(item.payload, self._target, self._stop))

    def _follow(self, answer: Answer) -> None:
        if answer.then is Then.NO_ACK:
            self._acknowledge = False
        if answer.reply is not None:
            self._send(answer.reply)
        if answer.then is Then.STEP:
            self._step(answer.steps or (0, 0))
        elif answer.then is Then.CONTINUE:
            self._run()
        elif answer.then is Then.DETACH:
            self._release()
        elif answer.then is Then.KILL:
            # A board cannot be killed: it starts afresh, and the debugger is gone.
            self._target.reset()
            self._release()
            self._drop()

    def _run(self) -> None:
        self._target.resume()
        self._halted = False
        self.released = True

    def _release(self) -> None:
        self._target.breakpoints.clear()
        self._target.watchpoints = frozenset()
        self._run()

    def _step(self, steps: tuple[int, int]) -> None:
        """Execute one instruction, and more while they lie in the range (end exclusive)."""
        self._target.resume()
        self.released = True
        for _ in range(_STEPS):
            stop = self._machine.step()
            if stop is Stop.TRAP and self.caught(stop):
                return
            pc = self._target.pc
            inside = steps[0] <= pc < steps[1] and pc not in self._target.breakpoints
            if not inside or self._target.watched() or not self._items.empty():
                break
        self._report(gdb_stub.stopped(SIGTRAP, self._target.watched()))

    def _report(self, stop: bytes) -> None:
        self._stop = stop
        self._halted = True
        self._send(stop)

    def _send(self, payload: bytes) -> None:
        self._sent = encode(payload)
        self._write(self._sent)

    def _write(self, data: bytes) -> None:
        with self._lock:
            client = self._client
            if client is None:
                return
            try:
                client.sendall(data)
            except OSError:  # gone, or it takes nothing: the server's thread sees the end
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)

    # On the server's thread

    def _serve(self) -> None:
        framer = Framer()
        with self._listener, selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._closing:
                for key, _ in selector.select(_LOOK):
                    if key.fileobj is self._listener:
                        framer = self._accept(selector) or framer
                    else:
                        self._read(selector, framer)
            if self._client is not None:
                self._leave(selector)

    def _accept(self, selector: selectors.BaseSelector) -> Framer | None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return None
        if self._client is not None:
            client.close()
            return None
        client.settimeout(_SEND)
        with contextlib.suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._acknowledge = True
        self._client = client
        selector.register(client, selectors.EVENT_READ)
        self._put(_Link.CAME)
        return Framer()

    def _read(self, selector: selectors.BaseSelector, framer: Framer) -> None:
        assert self._client is not None
        try:
            data = self._client.recv(_READ)
        except OSError:
            data = b""
        if not data:
            self._leave(selector)
            return
        for item in framer.feed(data):
            if item is Sign.NACK:
                self._write(self._sent)
            elif item is Sign.DAMAGED:
                self._write(b"-")
            elif item is not Sign.ACK:
                if self._acknowledge and isinstance(item, Packet):
                    self._write(b"+")
                self._put(item)

    def _leave(self, selector: selectors.BaseSelector) -> None:
        client = self._client
        assert client is not None
        selector.unregister(client)
        with self._lock:
            self._client = None
            client.close()
        self._put(_Link.WENT)

    def _drop(self) -> None:
        """Close the connection; the server's thread then cleans up."""
        with self._lock:
            if self._client is not None:
                with contextlib.suppress(OSError):
                    self._client.shutdown(socket.SHUT_RDWR)

    def _put(self, item: Packet | Sign | _Link) -> None:
        self._items.put(item)
        self._machine.pause()
        self._wake()
