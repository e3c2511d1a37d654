"""Bytes to lines, and lines whose skeleton is known to their numbers, many at a time.

Compiled (resources/native/lines.c), it leaves Python's other threads alone meanwhile; where nothing
can be compiled, the same in Python. Lines that have to be looked at one by one are only told.
"""

from __future__ import annotations

import ctypes
import functools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.base import native, paths
from studio.monitor.batch import Floats
from studio.monitor.tokens import tokens

LINE_BYTES = 4096  # longer lines have no values

# What a line is that has no known skeleton: an unknown one; with control characters or the board's
# READY at its beginning; long text without number and delimiter; too long; empty.
UNKNOWN, ODD, PLAIN, LONG, EMPTY = -1, -2, -3, -4, -5

_SHORT = 16  # bytes; text that is no longer may be a word of ours
_KNOWN = 1 << 14  # skeletons
_PLACES = 1 << 15
_SKELETON = 1024  # bytes of a skeleton that is remembered
_ARENA = 1 << 20  # bytes of all of them
_READY = 0xCD

_ENDS = re.compile(rb"\r\n|\n|\r")
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_DELIMITER = re.compile(rb"[:=,;|\t]")

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Scan:
    """The lines of some bytes, [n] each, valid until the next scan.

    ``start`` and ``stop`` say where they lie, ``code`` what they are: the number of a known
    skeleton, or one of the constants above. ``first`` is the place of a line's numbers in
    ``values``. ``used`` counts the bytes of all lines and their ends. ``finite`` tells
    that no value is infinite.
    """

    start: Ints
    stop: Ints
    code: Codes
    first: Ints
    values: Floats
    used: int
    finite: bool


class PythonScanner:
    """Scans in Python."""

    def __init__(self) -> None:
        self._known: dict[bytes, int] = {}
        self._after_cr = False

    @property
    def full(self) -> bool:
        """Whether no more skeletons can be learned."""
        return len(self._known) >= _KNOWN

    def learn(self, skeleton: bytes, code: int) -> None:
        """Know a new skeleton from the next scan on; very long ones never are."""
        if len(skeleton) <= _SKELETON and not self.full:
            self._known[skeleton] = code

    def forget(self) -> None:
        """Know no skeleton any more."""
        self._known.clear()

    def scan(self, data: bytes) -> Scan:
        """All lines in ``data`` that have an end. A CRLF may be split between two scans."""
        start, stop, code, first = [], [], [], []
        values: list[float] = []
        begin = 1 if self._after_cr and data.startswith(b"\n") else 0
        self._after_cr = not begin and self._after_cr and not data
        for found in _ENDS.finditer(data, begin):
            start.append(begin)
            stop.append(found.start())
            first.append(len(values))
            code.append(self._code(data[begin : found.start()], values))
            begin = found.end()
        self._after_cr = self._after_cr or (begin == len(data) and data.endswith(b"\r"))
        numbers = np.array(values, np.float64)
        return Scan(
            np.array(start, np.int64),
            np.array(stop, np.int64),
            np.array(code, np.int32),
            np.array(first, np.int64),
            numbers,
            begin,
            bool(np.isfinite(numbers).all()),
        )

    def _code(self, line: bytes, values: list[float]) -> int:
        if not line:
            return EMPTY
        if len(line) > LINE_BYTES:
            return LONG
        if line[0] == _READY or _CONTROL.search(line):
            return ODD
        skeleton, numbers = tokens(line)
        if not numbers and len(line) > _SHORT and not _DELIMITER.search(line):
            return PLAIN
        code = self._known.get(skeleton, UNKNOWN)
        if code >= 0:
            values += numbers
        return code


class _Memory(ctypes.Structure):
    """As ``Scan`` in lines.c."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        ("size", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("hashes", "ids", "starts", "sizes", "arena")),
        ("mask", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("start", "stop", "first", "code")),
        *((name, ctypes.c_void_p) for name in ("values", "fixes", "skeleton")),
        *((name, ctypes.c_int64) for name in ("lines", "count", "fixed", "used")),
        *((name, ctypes.c_int32) for name in ("after_cr", "reserved")),
    )
    data: int | None
    size: int
    mask: int
    lines: int
    count: int
    fixed: int
    used: int


@functools.cache
def library() -> ctypes.CDLL | None:
    """The compiled code; None where it cannot be had."""
    source = paths.resource("native", "lines.c").read_text(encoding="utf-8")
    found = native.library("lines", source)
    if found is not None:
        found.scan.argtypes = [ctypes.c_void_p]
        found.learn.argtypes = [ctypes.c_void_p, *[ctypes.c_int32] * 3]
        found.scan.restype = found.learn.restype = None
        found.prepare()
    return found


class NativeScanner:
    """Scans by compiled code; the same results as PythonScanner."""

    def __init__(self, code: ctypes.CDLL) -> None:
        self._code = code
        self._memory = _Memory(mask=_PLACES - 1)
        self._kept: dict[str, npt.NDArray[Any]] = {}
        self._grow(LINE_BYTES)
        self._learned = self._filled = 0
        for name, kind in (("hashes", np.uint64), ("ids", np.int32), ("starts", np.int32)):
            self._keep(name, np.zeros(_PLACES, kind))
        self._keep("sizes", np.zeros(_PLACES, np.int32))
        self._keep("arena", np.zeros(_ARENA, np.uint8))
        self._keep("skeleton", np.zeros(LINE_BYTES, np.uint8))

    @property
    def full(self) -> bool:
        """As PythonScanner.full."""
        return self._learned >= _KNOWN or self._filled + _SKELETON > _ARENA

    def learn(self, skeleton: bytes, code: int) -> None:
        """As PythonScanner.learn."""
        size = len(skeleton)
        if size <= _SKELETON and not self.full:
            end = self._filled + size
            self._kept["arena"][self._filled : end] = np.frombuffer(skeleton, np.uint8)
            self._code.learn(ctypes.byref(self._memory), self._filled, size, code)
            self._filled = end
            self._learned += 1

    def forget(self) -> None:
        """As PythonScanner.forget."""
        self._kept["hashes"][:] = 0
        self._learned = self._filled = 0

    def scan(self, data: bytes) -> Scan:
        """As PythonScanner.scan."""
        if len(data) > self._room:
            self._grow(2 * len(data))
        memory, kept = self._memory, self._kept
        # Python's bytes, not copied: they live until the call is over.
        memory.data = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value
        memory.size = len(data)
        self._code.scan(ctypes.byref(memory))
        memory.data = None
        values = kept["values"][: memory.count]
        for place, begin, end in kept["fixes"].reshape(-1, 3)[: memory.fixed].tolist():
            values[place] = float(data[begin:end])
        lines = memory.lines
        start, stop, code, first = (
            kept[name][:lines] for name in ("start", "stop", "code", "first")
        )
        finite = not memory.fixed or bool(np.isfinite(values).all())
        return Scan(start, stop, code, first, values, memory.used, finite)

    def _grow(self, room: int) -> None:
        """Make room for what so many bytes can hold: every line takes one, every number two."""
        self._room = room
        for name in ("start", "stop", "first"):
            self._keep(name, np.empty(room + 1, np.int64))
        self._keep("code", np.empty(room + 1, np.int32))
        self._keep("values", np.empty(room // 2 + 1, np.float64))
        self._keep("fixes", np.empty(3 * (room // 2 + 1), np.int64))

    def _keep(self, name: str, values: npt.NDArray[Any]) -> None:
        self._kept[name] = values
        setattr(self._memory, name, values.ctypes.data)


Scanner = PythonScanner | NativeScanner


def scanner() -> Scanner:
    """The fastest this machine has."""
    code = library()
    return PythonScanner() if code is None else NativeScanner(code)
