"""One HTML file that tells of a session: to hand in after a workshop, to print, to keep.

It needs nothing beside it: no script, no link, no font or picture from elsewhere, and a policy in
its head that forbids them. Names come from models, boards and folders: the template escapes all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2

from studio import __version__
from studio.base import paths
from studio.base.errors import ProjectError
from studio.base.files import write_text
from studio.base.job import Job
from studio.mapper import picture
from studio.monitor import export_picture, report_svg
from studio.monitor.batch import Points
from studio.monitor.board_info import TOTAL, LayerTime
from studio.monitor.recognize import Recognizer
from studio.monitor.replay import Recording, load
from studio.monitor.report_data import Deployed, Matrix, Seen, deployed, seen, versions
from studio.monitor.report_texts import Language, texts
from studio.monitor.store import Store

_CLASSES = 20  # of more, the matrix is a list of what was mixed up most
_MIXED = 15
_CURVES = 24
# Told by the samples' lines, and drawn as the accuracy and its matrix.
_OWN = {"sample", "label", "result", "ratio", "image num", "correct ratio"}


@dataclass(frozen=True)
class _Cell:
    """A number of the confusion matrix, and how strong its colour is, 0..1."""

    count: int
    shade: float
    right: bool


def write(
    path: Path,
    folder: Path | None = None,
    session: Seen | Recording | Path | None = None,
    *,
    language: Language = "en",
    when: float | None = None,
    job: Job | None = None,
) -> None:
    """Write the report of a results folder, of a session, or of both.

    ``session`` is what the monitor saw (report_data.seen), or a recording of it. ``when`` is the
    date on the report, by default now. Raises ProjectError where there is nothing to tell, what
    is named cannot be read, or ``path`` cannot be written; Cancelled.
    """
    job = job or Job()
    if folder is None and session is None:
        raise ProjectError(
            "there is nothing to report", hint="Deploy a model, or record a session."
        )
    found = None if folder is None else deployed(folder)
    if isinstance(session, Path):
        session = load(session)
    if isinstance(session, Recording):
        session = of_recording(session, job)
    job.step(0, 1, "drawing the report")
    tree = _tree(found, session, language)
    date = datetime.fromtimestamp(time.time() if when is None else when)
    page = _environment().get_template("report.html.jinja")
    write_text(path, page.render(**tree, date=date.strftime("%Y-%m-%d %H:%M"), language=language))
    job.step(1, 1, "drawing the report")


def of_recording(recording: Recording, job: Job | None = None) -> Seen:
    """What a recording holds, read as the monitor reads a board. Raises Cancelled."""
    recognizer, store, size = Recognizer(), Store(), 0
    for chunk in recording.read(job=job):
        store.add(recognizer.feed(chunk))
        size += len(chunk.data) if chunk.kind == "in" else 0
    store.add(recognizer.flush())
    return seen(store, recording.header, recording.begin, recording.end, size)


def _tree(found: Deployed | None, session: Seen | None, language: Language) -> dict[str, Any]:
    """Everything the template shows."""
    say = texts(language)
    times = () if found is None else found.times
    if session is not None and session.times:
        times = session.times
    matrix, source = (None if found is None else found.confusion), "confusion_source"
    if session is not None and session.confusion.any():
        matrix, source = session.confusion, "confusion_seen"
    curves = _curves(session)
    shown = dict(list(curves.items())[:_CURVES])
    return {
        "say": say,
        "name": _name(found, session),
        "deployed": found,
        "session": session,
        "layout": _layout(found, say["layout"]),
        "matrix": _matrix(matrix),
        "mixed": _mixed(matrix),
        "matrix_source": say[source],
        "times": _times(times),
        "total": next((time for time in times if time.name == TOTAL), None),
        "running": _running(session, say),
        "curves": _drawn(shown, say["curves"]),
        "more": len(curves) - len(shown),
        "versions": (("CIM Studio", __version__), *versions()),
    }


def _name(found: Deployed | None, session: Seen | None) -> str:
    if found is not None:
        return found.model or found.folder
    return "" if session is None else session.header.project or session.header.port


def _layout(found: Deployed | None, label: str) -> str:
    if found is None or found.layout is None or found.chip is None:
        return ""
    layout, chip, name = found.layout, found.chip, found.model or found.folder
    return report_svg.drawn(lambda path: picture.save(path, [(name, layout)], chip), "map", label)


def _matrix(matrix: Matrix | None) -> list[list[_Cell]]:
    """Rows of cells, shaded by their share of the label's samples; none for many classes."""
    if matrix is None or len(matrix) > _CLASSES:
        return []
    rows = []
    for label, row in enumerate(matrix.tolist()):
        whole = max(1, sum(row))
        cells = [
            # A few mistakes would not be seen were they no stronger than their share.
            _Cell(count, max(count / whole, 0.0 if i == label else 0.35), i == label)
            for i, count in enumerate(row)
        ]
        rows.append(cells)
    return rows


def _mixed(matrix: Matrix | None) -> list[tuple[int, int, int]]:
    """Label, result and how often, of the most frequent mistakes."""
    if matrix is None:
        return []
    wrong = [
        (label, result, count)
        for label, row in enumerate(matrix.tolist())
        for result, count in enumerate(row)
        if count and label != result
    ]
    return sorted(wrong, key=lambda own: (-own[2], own[:2]))[:_MIXED]


def _times(times: tuple[LayerTime, ...]) -> list[tuple[LayerTime, float]]:
    """Each layer's time and its part of the longest, in percent; the whole run's left out."""
    own = [time for time in times if time.name != TOTAL]
    longest = max((time.cycles for time in own), default=1) or 1
    return [(time, 100 * time.cycles / longest) for time in own]


def _running(session: Seen | None, say: Any) -> str:
    if session is None or len(session.curve.counts) < 2:
        return ""
    return report_svg.drawn(
        lambda path: report_svg.accuracy(path, session.curve, say["accuracy"], say["number"]),
        "run",
        say["running"],
    )


def _curves(session: Seen | None) -> dict[str, Points]:
    """The curves worth drawing: of more than one point, and not told by the samples."""
    if session is None:
        return {}
    return {
        name: points
        for name, points in session.series.items()
        if len(points.times) > 1 and not (session.samples and name in _OWN)
    }


def _drawn(series: dict[str, Points], label: str) -> str:
    if not series:
        return ""
    return report_svg.drawn(
        lambda path: export_picture.save(path, series, apart=True), "curves", label
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.resource("report")),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["percent"] = lambda fraction: f"{100 * fraction:.2f} %"
    environment.filters["bytes"] = _bytes
    environment.filters["moment"] = lambda t: datetime.fromtimestamp(t).strftime(
        "%Y-%m-%d %H:%M:%S"
    )
    environment.filters["duration"] = _duration
    return environment


def _bytes(size: int) -> str:
    for unit, factor in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
