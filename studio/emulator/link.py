"""UART0's other end: a TCP port on 127.0.0.1 that pyserial opens as ``socket://``.

One client at a time; it may go and another come. A second one meanwhile is turned away.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable

from studio.base.errors import PortError

HOST = "127.0.0.1"

_GATHER = 0.002  # seconds a few bytes wait for company
# pyserial's socket:// throws away what has arrived when it has finished opening.
_SETTLE = 0.05  # seconds from a client's coming to the first byte for it
_ENOUGH = 4096  # bytes that wait for none
_KEPT = 1 << 20  # bytes kept while nobody is connected; of more, the oldest go
_SLOW = 1 << 22  # bytes a slow client may lag behind before the processor waits for it
_LEAVE = 1.0  # seconds a client gets to hang up at the end
_READ = 1 << 16


class Link:
    """Listens from the start, but takes a client only once ``serve`` was called.

    ``port`` 0 takes any free one. Raises PortError when the port is taken or may not be used.
    """

    def __init__(self, port: int) -> None:
        self._listener = _listen(port)
        self.port: int = self._listener.getsockname()[1]
        self.connected = threading.Event()
        self.dropped = 0
        self._out = bytearray()
        self._lock = threading.Lock()
        self._drained = threading.Condition(self._lock)
        self._client: socket.socket | None = None
        self._closing = False
        self._waker, self._wakened = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        for one in (self._listener, self._wakened):
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)
        self._thread: threading.Thread | None = None

    def serve(self, receive: Callable[[bytes], None], room: Callable[[], bool]) -> None:
        """Start the link's thread; there ``receive`` gets what a client sends.

        ``room`` says whether more input is wanted now.
        """
        self._receive = receive
        self._room = room
        self._thread = threading.Thread(target=self._serve, name="link", daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> None:
        """Queue bytes; waits while a connected client is far behind."""
        with self._lock:
            empty = not self._out
            self._out += data
            if len(self._out) >= _KEPT:
                self._bound()
        if empty and data:
            self._wake()

    def flush(self, seconds: float) -> bool:
        """Wait until the client has taken everything; False when there is none or it did not."""
        end = time.monotonic() + seconds
        with self._lock:
            while self._out and self._client is not None:
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._drained.wait(left)
            return not self._out

    def close(self) -> None:
        """Say goodbye to the client and stop listening."""
        with self._lock:
            self._closing = True
            self._drained.notify_all()
        self._wake()
        if self._thread is not None:
            self._thread.join(2)  # it closes what it reads from
        else:
            self._free()

    def _free(self) -> None:
        self._selector.close()
        for one in (self._listener, self._waker, self._wakened):
            one.close()

    def _bound(self) -> None:
        """Keep ``_out`` bounded; called with the lock held."""
        if self._client is None:
            excess = len(self._out) - _KEPT * 3 // 4
            del self._out[:excess]
            self.dropped += excess
            return
        while len(self._out) > _SLOW and self._client is not None and not self._closing:
            self._drained.wait(0.1)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._waker.send(b"!")

    def _serve(self) -> None:
        while not self._closing:
            for key, events in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._wakened:
                    self._wakened.recv(_ENOUGH)
                    if len(self._out) < _ENOUGH:
                        time.sleep(_GATHER)
                    self._push()
                elif events & selectors.EVENT_READ and self._client is not None:
                    self._pull(self._client)
                elif events & selectors.EVENT_WRITE:
                    self._push()
        self._farewell()
        self._free()

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        if self._client is not None:
            self._pull(self._client)  # it may have left just now
        if self._client is not None:
            client.close()
            return
        client.setblocking(False)
        with contextlib.suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client
        self._selector.register(client, selectors.EVENT_READ)
        self.connected.set()
        time.sleep(_SETTLE)
        self._push()

    def _pull(self, client: socket.socket) -> None:
        if not self._room():
            time.sleep(_GATHER)  # the firmware does not read; TCP holds the client back
            return
        try:
            data = client.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._receive(data)
        else:
            self._leave()

    def _push(self) -> None:
        """Send what there is; ask to be called again when the client takes no more."""
        client = self._client
        if client is None:
            return
        try:
            while True:
                with self._lock:
                    data = bytes(self._out[:_READ])
                if not data:
                    break
                sent = client.send(data)
                with self._lock:
                    del self._out[:sent]
                    self._drained.notify_all()
        except BlockingIOError:
            self._selector.modify(client, selectors.EVENT_READ | selectors.EVENT_WRITE)
            return
        except OSError:
            self._leave()
            return
        self._selector.modify(client, selectors.EVENT_READ)

    def _leave(self) -> None:
        client = self._client
        if client is not None:
            self._selector.unregister(client)
            client.close()
        with self._lock:
            self._client = None
            self._drained.notify_all()

    def _farewell(self) -> None:
        """Close so that the client still gets what was sent: unread input would cut it off."""
        client = self._client
        if client is None:
            return
        with contextlib.suppress(OSError):
            self._push()
            client.shutdown(socket.SHUT_WR)
            client.settimeout(0.3)
            end = time.monotonic() + _LEAVE  # it may go on sending for ever
            while client.recv(_READ) and time.monotonic() < end:
                pass
        self._leave()


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There, two programs could otherwise share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(1)
    except (OSError, OverflowError) as error:
        listener.close()
        raise PortError(
            f"cannot listen on port {port}: {getattr(error, 'strerror', None) or error}",
            hint="Another program uses it. Choose another port, or 0 for any free one.",
            where=f"{HOST}:{port}",
        ) from error
    return listener
