"""Files of what the monitor holds, or of a recording, as one asks for them; and the report.

Everything here takes a while and tells a Job how far it is. What only a recording has, and what
draws, is done in a process of its own (base/apart.py), so that the one who asks stays quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from studio.base import apart
from studio.base.errors import DataError
from studio.base.job import Job
from studio.monitor import export, export_picture, own_patterns, recording_file
from studio.monitor.batch import Batch, Points, Vector
from studio.monitor.chunk import Chunk
from studio.monitor.live import Live
from studio.monitor.packets import AUDIO
from studio.monitor.recognize import Recognizer
from studio.monitor.replay import load
from studio.monitor.report_data import Seen, seen

Kind = Literal["rows", "table", "text", "raw", "png", "svg", "wav"]
SUFFIXES: Mapping[Kind, str] = {
    "rows": ".csv",
    "table": ".csv",
    "text": ".txt",
    "raw": ".bin",
    "png": ".png",
    "svg": ".svg",
    "wav": ".wav",
}

_MOST = 20_000_000  # values of a recording that are kept at once, 320 MB
_PIECE = 20_000  # values between two looks at the job


@dataclass(frozen=True)
class Wish:
    """What is asked for: ``rows`` is a table with a row a value, ``table`` one with a row a time.

    ``names`` are the series of tables and pictures, None for all. Text is read in ``encoding``,
    lines also by the patterns ``own``, (name, text) each. ``title`` stands above a picture.
    """

    kind: Kind
    path: Path
    names: tuple[str, ...] | None = None
    encoding: str = "utf-8"
    own: tuple[tuple[str, str], ...] = ()
    title: str = ""
    dark: bool = False


def of_recording(job: Job, file: Path, wish: Wish) -> Path:
    """Write what is wished of the recording that ``file`` belongs to.

    Raises StudioError where it cannot be read or written, or holds nothing of that kind;
    Cancelled.
    """
    return apart.call(job, _of_recording, file, wish)


def of_live(job: Job, live: Live, wish: Wish) -> Path:
    """Write what is wished of what the monitor holds now. Raises as ``of_recording``."""
    series = _chosen(export.series_of(live.store.snapshot()), wish.names)
    match wish.kind:
        case "rows":
            export.csv_rows(wish.path, _pieces(series, job))
        case "table":
            export.csv_wide(wish.path, series, job)
        case "text":
            export.text(wish.path, _blocks(live, job), encoding=wish.encoding)
        case "raw":
            export.raw(wish.path, _blocks(live, job))
        case "png" | "svg":
            _draw(job, series, wish)
        case "wav":
            export.wav(wish.path, _heard(live))
    return wish.path


def report(
    job: Job,
    path: Path,
    folder: Path | None,
    session: Seen | Path | None,
    language: Literal["en", "zh"],
) -> Path:
    """Write the session report (report.write) in a process of its own. Raises as that."""
    return apart.call(job, _report, path, folder, session, language)


def seen_live(live: Live, header: recording_file.Header) -> Seen:
    """What the monitor holds now, for a report, with no more points than its pictures show."""
    blocks = live.log.blocks(0)
    begin, end = (blocks[0].time, blocks[-1].time) if blocks else (0.0, 0.0)
    found = seen(live.store, header, begin, end, live.log.size)
    thin = {name: export_picture.thin(points) for name, points in found.series.items()}
    return replace(found, series=thin)


# -- in the process


def _of_recording(job: Job, file: Path, wish: Wish) -> Path:
    chunks = load(file, job).read(job=job)
    if wish.kind == "raw":
        export.raw(wish.path, chunks)
    elif wish.kind == "text":
        export.text(wish.path, chunks, encoding=wish.encoding)
    else:
        own = [own_patterns.compiled(name, text) for name, text in wish.own]
        batches = export.batches_of(chunks, Recognizer(wish.encoding, own, texts=False))
        if wish.kind == "rows":
            export.csv_rows(wish.path, _only(batches, wish.names))
        elif wish.kind == "wav":
            export.wav(wish.path, export.vectors_of(batches))
        elif wish.kind == "table":
            export.csv_wide(wish.path, _gathered(batches, wish), job)
        else:
            _picture(job, _gathered(batches, wish), wish)
    return wish.path


def _picture(job: Job, series: Mapping[str, Points], wish: Wish) -> None:
    job.step(0, 1, wish.path.name)
    export_picture.save(wish.path, series, wish.title, dark=wish.dark)


def _report(
    job: Job,
    path: Path,
    folder: Path | None,
    session: Seen | Path | None,
    language: Literal["en", "zh"],
) -> Path:
    from studio.monitor import report as page  # noqa: PLC0415 - imports jinja2 and more

    page.write(path, folder, session, language=language, job=job)
    return path


def _gathered(batches: Iterable[Batch], wish: Wish) -> dict[str, Points]:
    """All values of a recording by their series. Raises DataError where they are too many."""
    parts: dict[str, list[Points]] = {}
    count = 0
    for batch in _only(batches, wish.names):
        for name, points in batch.series.items():
            parts.setdefault(name, []).append(points)
            count += len(points.times)
        if count > _MOST:
            raise DataError(
                f"this recording has more than {_MOST} values",
                hint="Export it with one row a value, or choose fewer series.",
                where=str(wish.path),
            )
    return {
        name: Points(
            np.concatenate([points.times for points in found]),
            np.concatenate([points.values for points in found]),
            next((points.unit for points in reversed(found) if points.unit), ""),
        )
        for name, found in parts.items()
    }


def _only(batches: Iterable[Batch], names: tuple[str, ...] | None) -> Iterator[Batch]:
    for batch in batches:
        yield replace(batch, series=_chosen(batch.series, names))


# -- of what the monitor holds


def _draw(job: Job, series: Mapping[str, Points], wish: Wish) -> None:
    thin = {name: export_picture.thin(points) for name, points in series.items()}
    apart.call(job, _picture, thin, wish)


def _chosen(series: Mapping[str, Points], names: tuple[str, ...] | None) -> dict[str, Points]:
    if names is None:
        return dict(series)
    return {name: series[name] for name in names if name in series}


def _pieces(series: Mapping[str, Points], job: Job) -> Iterator[Batch]:
    total, done = sum(len(points.times) for points in series.values()), 0
    for name, points in series.items():
        for start in range(0, len(points.times), _PIECE):
            job.step(done, total, name)
            rest = slice(start, start + _PIECE)
            part = Points(points.times[rest], points.values[rest], points.unit)
            done += len(part.times)
            yield Batch(series={name: part})


def _blocks(live: Live, job: Job) -> Iterator[Chunk]:
    blocks = live.log.blocks(0)
    for done, block in enumerate(blocks):
        job.step(done, len(blocks), "")
        yield Chunk(block.time, block.data, block.kind)


def _heard(live: Live) -> Iterator[Vector]:
    wave = live.store.wave(AUDIO)
    if wave is not None:
        view = wave.view
        yield Vector(AUDIO, 0.0, view.values.astype(wave.kind), wave.rate)
