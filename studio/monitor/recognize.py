"""Serial bytes to values without any set-up: lines of many forms, and packets, interleaved.

A line means what its skeleton means (tokens.py, shapes.py): each new skeleton is interpreted once,
and all lines of known skeletons go through compiled code and numpy (scan.py, gather.py). So the
quick way and the slow one cannot tell different things.

Times: a chunk tells when it was read; what it completes is spread evenly over the time since the
chunk before, 50 ms at most, so that curves do not stand still and jump. Times always grow, by a
microsecond at least: lines of one moment (a replay of coarse times) stay in order.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence

import numpy as np

from studio.base.errors import DataError
from studio.monitor import packets
from studio.monitor.batch import Batch, Floats, Points, Sample, Text, Vector
from studio.monitor.chunk import Chunk
from studio.monitor.gather import Gathering
from studio.monitor.own_patterns import OwnPattern
from studio.monitor.packets import Packet
from studio.monitor.read_lines import LineReader
from studio.monitor.scan import LINE_BYTES, Scanner, scanner
from studio.monitor.shapes import Shape, shape
from studio.monitor.split import Piece, Splitter
from studio.monitor.tokens import tokens

__all__ = ["Batch", "Points", "Recognizer", "Sample", "Text", "Vector"]

AUDIO_RATE = 16_000.0  # samples a second; no packet tells it

_SPREAD = 0.05  # seconds
# Seconds between two lines: a microsecond that times since the epoch can hold without rounding.
_STEP = 2.0**-20
_VECTORS = frozenset({packets.AUDIO, packets.FEATURES, packets.FBANK, packets.OUTPUT, packets.LOG})


class Recognizer:
    """Reads chunks in their order; each ``feed`` returns what that chunk completed.

    ``encoding`` is that of the lines (utf-8, gbk); bytes it does not know become U+FFFD. Lines
    that match one of the patterns ``own`` are read by it alone. With ``texts``, lines without
    values are returned too. For use on one thread. Raises DataError for an unknown encoding.
    """

    def __init__(
        self,
        encoding: str = "utf-8",
        own: Sequence[OwnPattern] = (),
        *,
        texts: bool = False,
        audio_rate: float | None = AUDIO_RATE,
        scan_with: Scanner | None = None,
    ) -> None:
        self._lines = LineReader(known_encoding(encoding), own, texts, scan_with or scanner())
        self._encoding = encoding
        self._audio_rate = audio_rate
        self._splitter = Splitter()
        self._sent = Splitter(to_board=True)
        self._damaged = 0
        self._rest = b""
        self._last_chunk: float | None = None
        self._last_time = float("-inf")

    def feed(self, chunk: Chunk) -> Batch:
        """What the chunk completes. Of sent bytes, only packets tell something: audio, features.

        A note gives up the line that has begun. An empty chunk tells that time went by: what began
        like a packet more than a second ago is text then.
        """
        if chunk.kind == "out":
            return self._out(chunk)
        if chunk.kind == "note":
            return self._note(chunk)
        return self._take(self._splitter.split(chunk.data, chunk.time), chunk.time)

    def flush(self) -> Batch:
        """What is left when nothing more comes: an unfinished line is taken as it is."""
        time = self._last_chunk if self._last_chunk is not None else 0.0
        return self._take(self._splitter.rest(), time, final=True)

    def use(self, own: Sequence[OwnPattern]) -> None:
        """Read lines by other patterns of the user from now on."""
        self._lines.own = tuple(own)

    def _out(self, chunk: Chunk) -> Batch:
        gathering = Gathering()
        for piece in self._sent.split(chunk.data, chunk.time):
            if isinstance(piece, Packet) and piece.kind in _VECTORS:
                gathering.count(f"sent {piece.kind}", 1)
                gathering.vectors.append(self._vector(piece, chunk.time))
        return gathering.batch(0, np.empty(0), 0)

    def _note(self, chunk: Chunk) -> Batch:
        """A remark stands where something happened to the stream: no value goes on across it."""
        self._splitter.rest()
        self._sent.rest()
        self._rest = b""
        self._damaged = self._splitter.damaged
        self._lines.interrupt()
        text = Text(chunk.time, "note", chunk.data.decode("utf-8", "replace"))
        return Batch(texts=(text,))

    def _take(self, pieces: list[Piece], time: float, final: bool = False) -> Batch:
        data, found = self._joined(pieces, final)
        gathering = Gathering()
        scan = self._lines.scan(data)
        # Only so much that a line that is too long stays one.
        self._rest = data[scan.used :][: LINE_BYTES + 1]
        count = len(scan.stop)
        places = np.array([place for place, _ in found], np.int64)
        order = np.arange(count)
        if found:
            order += np.searchsorted(places, scan.stop, "right")
        times = self._times(count + len(found), time)
        self._lines.read(data, scan, order, times, gathering)
        after = np.searchsorted(scan.stop, places) if found else places
        for number, (_, packet) in enumerate(found):
            self._packet(packet, int(after[number]) + number, times, gathering)
        errors = self._splitter.damaged - self._damaged + gathering.garbled
        self._damaged = self._splitter.damaged
        return gathering.batch(count, times, errors)

    def _joined(self, pieces: list[Piece], final: bool) -> tuple[bytes, list[tuple[int, Packet]]]:
        """The text of all pieces, and where in it the packets stood; a packet ends a line."""
        parts = [self._rest]
        size = len(self._rest)
        inside = size > 0
        found = []
        for piece in pieces:
            if isinstance(piece, bytes):
                parts.append(piece)
                size += len(piece)
                inside = piece[-1] not in b"\r\n"
                continue
            if inside:
                parts.append(b"\n")
                size += 1
                inside = False
            found.append((size, piece))
        if final and inside:
            parts.append(b"\n")
        return b"".join(parts), found

    def _times(self, count: int, time: float) -> Floats:
        """The times of all lines and packets of a chunk, [count]."""
        before = self._last_chunk
        self._last_chunk = time
        if not count:
            return np.empty(0)
        window = 0.0 if before is None else min(max(time - before, 0.0), _SPREAD)
        places = np.arange(count, dtype=np.float64)
        times = time - window * (count - 1 - places) / count
        times -= places * _STEP
        times[0] = max(times[0], self._last_time + _STEP)
        times = np.maximum.accumulate(times) + places * _STEP
        self._last_time = float(times[-1])
        return times

    def _packet(self, packet: Packet, event: int, times: Floats, gathering: Gathering) -> None:
        time = float(times[event])
        gathering.count(f"packet {packet.kind}", 1)
        if packet.kind in _VECTORS:
            gathering.vectors.append(self._vector(packet, time))
        elif packet.kind == packets.COMMAND:
            text = packet.payload.decode(self._encoding, "replace")
            gathering.texts.append((event, Text(time, "command", text)))
            skeleton, numbers = tokens(packet.payload)
            own: Shape = shape(skeleton.decode(self._encoding, "replace"))
            gathering.one_line(event, own.columns, numbers)

    def _vector(self, packet: Packet, time: float) -> Vector:
        rate = self._audio_rate if packet.kind == packets.AUDIO else None
        return Vector(packet.kind, time, packet.values, rate)


def known_encoding(encoding: str) -> str:
    try:
        codecs.lookup(encoding)
        fits = "a:1".encode(encoding) == b"a:1"
    except (LookupError, UnicodeError):
        fits = False
    if not fits or not re.fullmatch(r"[\w.-]+", encoding):
        raise DataError(
            f"there is no text encoding {encoding!r} for serial lines",
            hint="Choose utf-8 or gbk.",
        )
    return encoding
