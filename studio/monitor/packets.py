"""The serial packets of the maker's demos, and ours: to bytes and, among lines of text, back.

A packet is type[4] ASCII, length int32, payload, checksum int32, which is the sum of the payload's
bytes. The length goes to the board most significant byte first and comes back least significant
first; checksums are least significant first both ways. Before, the host sends SYNC until the board
answers READY.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.monitor.parse import LineParser

SYNC = b"\xcc"
READY = b"\xcd"

# The maker's types and what their payloads are made of.
AUDIO, FEATURES, FBANK, OUTPUT, LOG, COMMAND, BYE = (
    "r_mc",
    "r_fb",
    "fbnk",
    "nnet",
    "log_",
    "cmd_",
    "bye_",
)
# Ours: one layer's index (int32) and inputs; its cycles (int32) and outputs.
LAYER, LAYER_OUTPUT = "r_ly", "n_ly"

KINDS = (AUDIO, FEATURES, FBANK, OUTPUT, LOG, COMMAND, BYE, LAYER, LAYER_OUTPUT)

MAX_PAYLOAD = 1 << 18  # bytes; no text reads as so small a length, whatever word it begins with

_ELEMENTS = {AUDIO: "<i2", FEATURES: "u1", FBANK: "u1", OUTPUT: "i1", LOG: "<f4"}
_HEADER = 8
_TAIL = 4
_KIND = re.compile(b"|".join(kind.encode() for kind in KINDS))
# What may be the beginning of a kind, at the end of the bytes so far.
_BEGINS = tuple({kind.encode()[:size] for kind in KINDS for size in (1, 2, 3)})


@dataclass(frozen=True)
class Packet:
    """One packet whose checksum is right."""

    kind: str
    payload: bytes

    @property
    def text(self) -> str:
        """The payload of a command, as text."""
        return self.payload.decode("utf-8", "replace")

    @property
    def values(self) -> npt.NDArray[Any]:
        """The payload's numbers, [n]: int16 audio, uint8 features, int8 outputs, float32 logs.

        Kinds without a fixed type give their bytes; an odd byte at the end is left out.
        """
        kind = np.dtype(_ELEMENTS.get(self.kind, "u1"))
        return np.frombuffer(self.payload, kind, len(self.payload) // kind.itemsize)


@dataclass(frozen=True)
class Text:
    """A line between the packets, without its end."""

    line: str


@dataclass(frozen=True)
class Ready:
    """The board's answer to SYNC."""


Item = Packet | Text | Ready


def encode(kind: str, payload: bytes = b"", to_board: bool = True) -> bytes:
    """A packet's bytes. Raises ValueError for a kind that is not in KINDS or too long a payload."""
    if kind not in KINDS or len(payload) > MAX_PAYLOAD:
        raise ValueError(f"no packet: {kind!r}, {len(payload)} bytes")
    length = struct.pack(">I" if to_board else "<I", len(payload))
    return kind.encode() + length + payload + struct.pack("<I", checksum(payload))


def checksum(payload: bytes) -> int:
    """The sum of the bytes, modulo 2**32."""
    return int(np.frombuffer(payload, np.uint8).sum(dtype=np.uint64)) & 0xFFFFFFFF


class PacketParser:
    """Splits what comes from a board (or, with ``to_board``, from a host) into packets and lines.

    Garbage becomes text; packets whose checksum is wrong are counted in ``damaged`` and read again
    as text, in which further packets are found. Keeps at most one packet of ``max_payload`` bytes.
    """

    def __init__(self, to_board: bool = False, max_payload: int = MAX_PAYLOAD) -> None:
        self.damaged = 0
        self._length = struct.Struct(">I" if to_board else "<I")
        sync = SYNC if to_board else READY
        self._sync = sync[0]
        self._ready = re.compile(b"[\r\n]" + sync)
        self._max_payload = min(max_payload, MAX_PAYLOAD)
        self._rest = bytearray()
        self._lines = LineParser()
        self._inside = False  # whether a line has begun

    @property
    def waiting(self) -> int:
        """Bytes of an unfinished packet."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[Item]:
        """What ``data`` completes, in order."""
        self._rest += data
        return self._scan(final=False)

    def flush(self) -> list[Item]:
        """What is left when nothing more comes: an unfinished packet is given up as text."""
        items = self._scan(final=True)
        self._end_line(items)
        return items

    def _scan(self, final: bool) -> list[Item]:
        items: list[Item] = []
        rest = bytes(self._rest)
        sums = _Sums(rest)
        at = begin = 0  # begin: where the text starts that was not yet given to the lines
        while at < len(rest):
            found = _KIND.search(rest, at)
            if found is None:
                at = len(rest) if final else len(rest) - _unfinished(rest)
                break
            at = found.start()
            packet, size = self._packet(rest, at, sums)
            if packet is None and size == 0 and not final:
                break
            if packet is None:
                at += 1
                continue
            self._text(rest[begin:at], items)
            self._end_line(items)
            items.append(packet)
            at = begin = at + size
        self._text(rest[begin:at], items)
        del self._rest[:at]
        return items

    def _packet(self, rest: bytes, at: int, sums: _Sums) -> tuple[Packet | None, int]:
        """The packet at ``at``, its size; None with 0 while bytes are missing, with 1 if none."""
        if len(rest) < at + _HEADER:
            return None, 0
        (length,) = self._length.unpack_from(rest, at + 4)
        if length > self._max_payload:
            return None, 1
        start, end = at + _HEADER, at + _HEADER + length
        if len(rest) < end + _TAIL:
            return None, 0
        if int.from_bytes(rest[end : end + _TAIL], "little") != sums.between(start, end):
            self.damaged += 1
            return None, 1
        return Packet(rest[at : at + 4].decode(), rest[start:end]), end + _TAIL - at

    def _text(self, data: bytes, items: list[Item]) -> None:
        """Lines, and READY bytes where no line has begun."""
        start = 0
        while start < len(data):
            if not self._inside and data[start] == self._sync:
                items.append(Ready())
                start += 1
                continue
            found = self._ready.search(data, start)
            end = found.end() - 1 if found is not None else len(data)
            items += [Text(line.text) for line in self._lines.feed(data[start:end])]
            self._inside = data[end - 1] not in b"\r\n"
            start = end

    def _end_line(self, items: list[Item]) -> None:
        """What has begun is a line: a packet follows, or nothing more."""
        items += [Text(line.text) for line in self._lines.flush()]
        self._inside = False


class _Sums:
    """Sums of bytes between two places, in one pass however many packets overlap there."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._sums: npt.NDArray[np.uint64] | None = None

    def between(self, start: int, end: int) -> int:
        """The checksum of data[start:end]."""
        if self._sums is None:
            self._sums = np.zeros(len(self._data) + 1, np.uint64)
            np.cumsum(np.frombuffer(self._data, np.uint8), dtype=np.uint64, out=self._sums[1:])
        return int(self._sums[end] - self._sums[start]) & 0xFFFFFFFF


def _unfinished(rest: bytes) -> int:
    """How many bytes at the end may be the beginning of a packet."""
    return next((size for size in (3, 2, 1) if rest[-size:] in _BEGINS and size <= len(rest)), 0)
