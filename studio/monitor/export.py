"""What the monitor saw, as files for other programs: CSV, raw bytes, text, WAV.

Every file is written beside and put in place when it is whole.
"""

from __future__ import annotations

import codecs
import csv
import math
import wave
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError
from studio.base.files import replacing
from studio.base.job import Job
from studio.monitor.batch import Batch, Floats, Points, Vector
from studio.monitor.chunk import Chunk, Kind
from studio.monitor.packets import AUDIO
from studio.monitor.parse import LineParser
from studio.monitor.recognize import Recognizer
from studio.monitor.store import Snapshot

_MARKS: Mapping[Kind, str] = {"in": "", "out": ">> ", "note": "-- "}
_RECEIVED: tuple[Kind, ...] = ("in",)
_ROWS = 20_000  # of a table between two looks at the job
_RATE = 16000.0  # samples a second of the maker's microphones, where a packet tells none


def series_of(snapshot: Snapshot) -> dict[str, Points]:
    """The series of a store as they are at that moment, to export."""
    return {
        name: Points(series.view.times, series.view.values, series.unit)
        for name, series in snapshot.series.items()
    }


def batches_of(chunks: Iterable[Chunk], recognizer: Recognizer | None = None) -> Iterator[Batch]:
    """What is recognized in chunks, by default as the window does without any setting."""
    recognizer = recognizer or Recognizer()
    for chunk in chunks:
        yield recognizer.feed(chunk)
    yield recognizer.flush()


def vectors_of(batches: Iterable[Batch], name: str = AUDIO) -> Iterator[Vector]:
    """The vectors of one type of packet."""
    return (vector for batch in batches for vector in batch.vectors if vector.name == name)


def csv_long(path: Path, series: Mapping[str, Points]) -> int:
    """One row a value, ``time,series,value,unit``, series after series; the number of rows.

    Times are seconds since the epoch to the microsecond. UTF-8 with the mark that has Excel read
    it as such, line ends as RFC 4180 has them.
    """
    rows = 0
    with replacing(path) as temporary, _table(temporary) as file:
        out = csv.writer(file)
        out.writerow(("time", "series", "value", "unit"))
        for name, points in series.items():
            pairs = zip(points.times.tolist(), points.values.tolist(), strict=True)
            out.writerows(
                (f"{time:.6f}", name, _number(value), points.unit) for time, value in pairs
            )
            rows += len(points.times)
    return rows


def csv_rows(path: Path, batches: Iterable[Batch]) -> int:
    """As ``csv_long``, but chunk after chunk: of a whole recording, in little memory."""
    rows = 0
    with replacing(path) as temporary, _table(temporary) as file:
        out = csv.writer(file)
        out.writerow(("time", "series", "value", "unit"))
        for batch in batches:
            for name, points in batch.series.items():
                pairs = zip(points.times.tolist(), points.values.tolist(), strict=True)
                unit = points.unit
                out.writerows((f"{time:.6f}", name, _number(value), unit) for time, value in pairs)
                rows += len(points.times)
    return rows


def csv_wide(path: Path, series: Mapping[str, Points], job: Job | None = None) -> int:
    """One row a time, ``time,NAME [unit],...``, empty where a series has none; the number of rows.

    Of several values of a series at one time (lines that came at once) each gets a row of its own.
    ``job`` hears of the rows, and may cancel.
    """
    orders = [np.argsort(points.times, kind="stable") for points in series.values()]
    own = [points.times[order] for order, points in zip(orders, series.values(), strict=True)]
    # The place of every value in a table of all of them, sorted by time and by how often it was.
    times = np.concatenate([np.empty(0), *own])
    again = np.concatenate([np.empty(0, np.int64), *map(_again, own)])
    order = np.lexsort((again, times))
    fresh = np.ones(len(times), bool)
    fresh[1:] = (np.diff(times[order]) != 0) | (np.diff(again[order]) != 0)
    rows = np.empty(len(times), np.int64)
    rows[order] = np.cumsum(fresh) - 1
    whole = times[order][fresh]
    columns, first = [], 0
    for mine, points in zip(orders, series.values(), strict=True):
        texts = np.full(len(whole), "", object)
        texts[rows[first : first + len(mine)]] = [_number(v) for v in points.values[mine].tolist()]
        columns.append(texts)
        first += len(mine)
    heads = [f"{name} [{p.unit}]" if p.unit else name for name, p in series.items()]
    with replacing(path) as temporary, _table(temporary) as file:
        out = csv.writer(file)
        out.writerow(("time", *heads))
        for start in range(0, len(whole), _ROWS):
            if job is not None:
                job.step(start, len(whole), path.name)
            rest = slice(start, start + _ROWS)
            stamps = (f"{time:.6f}" for time in whole[rest].tolist())
            out.writerows(zip(stamps, *(column[rest] for column in columns), strict=True))
    return len(whole)


def raw(path: Path, chunks: Iterable[Chunk], kinds: Collection[Kind] = _RECEIVED) -> int:
    """The bytes of all chunks of these kinds, as they came; their number."""
    size = 0
    with replacing(path) as temporary, temporary.open("wb") as file:
        for chunk in chunks:
            if chunk.kind in kinds:
                size += file.write(chunk.data)
    return size


def text(
    path: Path,
    chunks: Iterable[Chunk],
    kinds: Collection[Kind] = ("in", "out", "note"),
    encoding: str = "utf-8",
) -> int:
    """The lines of all chunks, each with the local time its first byte came; their number.

    What was sent begins with ``>>``, remarks with ``--``. ``encoding`` is that of the bytes; what
    is none of it becomes U+FFFD, long lines are cut as in the window (parse.LINE_BYTES).
    """
    count = 0
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        joiners = {kind: _Lines(encoding if kind != "note" else "utf-8") for kind in _MARKS}
        for chunk in chunks:
            if chunk.kind in kinds:
                for time, line in joiners[chunk.kind].feed(chunk):
                    file.write(f"{_stamp(time)} {_MARKS[chunk.kind]}{line}\n")
                    count += 1
        for kind, joiner in joiners.items():
            for time, line in joiner.flush():
                file.write(f"{_stamp(time)} {_MARKS[kind]}{line}\n")
                count += 1
    return count


def wav(path: Path, vectors: Iterable[Vector], rate: float | None = None) -> float:
    """Audio packets one after another as 16 bit mono; the seconds it plays.

    ``rate`` in samples a second is that of the packets where None, or 16000 where they tell none.
    Raises DataError where there is no audio, or its rates differ.
    """
    speed, size = rate or _RATE, 0
    with replacing(path) as temporary, wave.open(str(temporary), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(round(speed))
        for vector in vectors:
            if vector.values.dtype != np.int16:
                continue
            if rate is None and vector.rate not in {None, speed}:
                if size:
                    raise DataError(
                        f"the packets have different sample rates: {speed:g}, {vector.rate:g}",
                        hint="Choose one rate.",
                        where=str(path),
                    )
                speed = vector.rate or speed
                file.setframerate(round(speed))
            file.writeframesraw(vector.values.astype("<i2").tobytes())
            size += len(vector.values)
        if not size:
            raise DataError(
                "there is no audio to save",
                hint="Audio comes in packets r_mc of int16 samples.",
                where=str(path),
            )
    return size / round(speed)


def _again(times: Floats) -> npt.NDArray[np.int64]:
    """How many of the sorted times before are the same, [n]."""
    places = np.arange(len(times))
    fresh = np.ones(len(times), bool)
    fresh[1:] = times[1:] != times[:-1]
    return places - np.maximum.accumulate(np.where(fresh, places, 0))


def _number(value: float) -> str:
    """As few digits as give the same number again; nothing for what is none."""
    return repr(value) if math.isfinite(value) else ""


def _table(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8-sig", newline="")


def _stamp(time: float) -> str:
    return datetime.fromtimestamp(time).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


class _Lines:
    """Lines of chunks, with the time of each one's first byte."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._lines = LineParser()
        self._begun: float | None = None

    def feed(self, chunk: Chunk) -> Iterator[tuple[float, str]]:
        """The lines a chunk completes; a remark is always whole."""
        data = self._decoder.decode(chunk.data).encode("utf-8")
        for line in self._lines.feed(data + (b"\n" if chunk.kind == "note" else b"")):
            yield chunk.time if self._begun is None else self._begun, line.text
            self._begun = None
        if chunk.data and self._begun is None and not chunk.data.endswith((b"\n", b"\r")):
            self._begun = chunk.time

    def flush(self) -> Iterator[tuple[float, str]]:
        """The unfinished line."""
        for line in self._lines.flush():
            yield self._begun or 0.0, line.text
