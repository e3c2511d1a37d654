"""The host's side of an emulated UART: bytes in from any thread, bytes out when it is time."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable

import numpy as np

from studio.emulator import board
from studio.emulator.board import State

_SLEEP = 0.01


class SerialPort:
    """UART ``index`` of a board; ``send`` takes what it sends, None to lose it.

    ``send`` is called on the processor's thread: when the buffer is full, when a run ends, and
    when the firmware begins to wait for input.
    """

    def __init__(self, state: State, index: int, send: Callable[[bytes], object] | None) -> None:
        self._state = state
        self._send = send
        self._lock = threading.Lock()
        self._arrived = threading.Event()
        self._ring = np.zeros(board.RING, np.uint8)
        self._out = np.zeros(board.OUT, np.uint8)
        self._own = own = state.uarts[index]
        own.ring, own.ring_size = self._ring.ctypes.data, board.RING
        own.out, own.out_size = self._out.ctypes.data, board.OUT

    @property
    def waiting(self) -> int:
        """Received bytes the firmware has not read."""
        return int(self._own.head - self._own.tail + self._own.held)

    @property
    def overruns(self) -> int:
        """Bytes lost because the firmware did not read in time; only where the port is paced."""
        return int(self._own.overruns)

    def receive(self, data: bytes) -> int:
        """Bytes from the other side; how many of them there was room for (board.RING in all)."""
        with self._lock:
            head = int(self._own.head)
            taken = data[: board.RING - (head - int(self._own.tail))]
            start = head % board.RING
            first = np.frombuffer(taken[: board.RING - start], np.uint8)
            rest = np.frombuffer(taken[len(first) :], np.uint8)
            self._ring[start : start + len(first)] = first
            self._ring[: len(rest)] = rest
            self._own.head = head + len(taken)  # the bytes lie there before it says so
        self._state.changed = 1
        self._state.limit = 0
        self._arrived.set()
        return len(taken)

    def flush(self) -> None:
        """Hand on what was sent."""
        used = int(self._own.out_used)
        if used:
            self._own.out_used = 0
            if self._send is not None:
                self._send(self._out[:used].tobytes())

    def sleep(self) -> float:
        """Wait a moment for input, which is all the firmware asks for; how many seconds it was."""
        start = time.monotonic()
        self._arrived.clear()
        if self._own.head == self._own.tail:
            self._arrived.wait(_SLEEP)
        return time.monotonic() - start

    def busy(self) -> None:
        """The firmware did something else than poll for input."""
        self._own.polls = 0

    def clear(self, source: int, base: int) -> None:
        """The state after power-on; ``source`` is the number of its interrupt, 0 for none."""
        own = self._own
        kept = (own.ring, own.ring_size, own.out, own.out_size, own.head)
        ctypes.memset(ctypes.byref(own), 0, ctypes.sizeof(own))
        own.ring, own.ring_size, own.out, own.out_size, own.head = kept
        own.tail = own.head
        own.divisor[0] = 1
        own.source, own.base = source, base
