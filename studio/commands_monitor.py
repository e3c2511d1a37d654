"""What the commands about serial lines do: watch, replay, report, feed a data set."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base.errors import DataError, ProjectError, StudioError
from studio.base.job import Job
from studio.monitor import export
from studio.monitor.connection import Connection
from studio.monitor.lines_out import Ending, encoded
from studio.monitor.port import Line
from studio.monitor.print_out import Form, Printer, to_terminal
from studio.monitor.recognize import Recognizer
from studio.monitor.recording import Recorder
from studio.monitor.recording_file import SUFFIX, Header
from studio.monitor.replay import MAX_SPEED, Recording, Replay
from studio.monitor.replay import load as load_recording
from studio.monitor.store import Store

if TYPE_CHECKING:
    from studio.commands import Screen
    from studio.monitor.report_texts import Language

_LEFT = (errno.EPIPE, errno.EINVAL)  # of a reader that is gone; Windows says the latter
_LOOK = 0.2  # seconds without anything after which a line that has begun is shown


@dataclass(frozen=True)
class Shown:
    """How what comes is printed."""

    form: Form = "text"
    stamps: bool = False
    as_json: bool = False
    encoding: str = "utf-8"

    def printer(self) -> Printer:
        """A printer to the terminal."""
        return Printer(
            to_terminal,
            self.form,
            stamps=self.stamps,
            as_json=self.as_json,
            encoding=self.encoding,
        )


@dataclass(frozen=True)
class Exports:
    """The files a recording is written to; None for those that are not wanted."""

    csv: Path | None = None
    wav: Path | None = None
    text: Path | None = None
    raw: Path | None = None
    picture: Path | None = None


def watch(
    url: str,
    line: Line,
    shown: Shown,
    *,
    send: Sequence[str] = (),
    ending: Ending = "lf",
    record: Path | None = None,
    seconds: float | None = None,
) -> None:
    r"""Print what comes at ``url`` until Ctrl+C, or for ``seconds``; come back where it is lost.

    ``send`` is sent first, with escapes (``\n``); ``record`` is the recording to make. Raises
    PortError where the port does not open, ProjectError where nothing can be recorded.
    """
    data = [encoded(text, ending, "escapes", shown.encoding) for text in send]
    if record is not None and _first(record).exists():
        raise ProjectError(
            "there is a recording of that name", hint="Choose another.", where=str(_first(record))
        )
    printer = shown.printer()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_until_left())
        recorder = None
        if record is not None:
            recorder = stack.enter_context(Recorder(_base(record), Header(url, line.baud)))
            stack.callback(sys.stderr.write, f"Recording: {_first(record)}\n")
        sinks = (recorder.write,) if recorder is not None else ()
        connection = stack.enter_context(Connection(url, line, sinks))
        stack.callback(printer.close)
        for each in data:
            connection.send(each)
        end = math.inf if seconds is None else time.monotonic() + seconds
        while not connection.ended and (left := end - time.monotonic()) > 0:
            chunks = connection.take(min(_LOOK, left))
            for chunk in chunks:
                printer.add(chunk)
            if not chunks:
                printer.idle()
            if recorder is not None and recorder.error is not None:
                raise recorder.error


def replay(path: Path, speed: float | None, shown: Shown, screen: Screen, files: Exports) -> None:
    """Print a recording again at ``speed`` (None: at once), or write it to ``files``."""
    recording = load_recording(_found(path))
    if files == Exports():
        printer = shown.printer()
        with _until_left():
            for chunk in Replay(recording, MAX_SPEED if speed is None else speed):
                printer.add(chunk)
                if speed is not None:
                    printer.idle()
            printer.close()
        return
    written: dict[str, object] = {}
    for kind, wanted, write in (
        ("csv", files.csv, _csv),
        ("wav", files.wav, _wav),
        ("text", files.text, _text),
        ("raw", files.raw, _raw),
        ("picture", files.picture, _picture),
    ):
        if wanted is None:
            continue
        with screen.working(f"Write {wanted.name}") as job:
            amount = write(recording, wanted, shown.encoding, job)
        screen.say(f"Written: {wanted} ({amount})")
        written[kind] = str(wanted)
    screen.result({"files": written, "complete": recording.complete})


def session_report(
    sources: Sequence[Path], out: Path | None, language: Language, screen: Screen
) -> None:
    """The session's HTML file of a results folder, a recording, or of one of each."""
    folders = [path for path in sources if path.is_dir()]
    recordings = [_found(path) for path in sources if not path.is_dir()]
    if len(folders) > 1 or len(recordings) > 1:
        raise StudioError(
            "a report tells of one results folder and one recording",
            hint="Name at most one of each.",
        )
    if out is None:
        out = folders[0] / "report.html" if folders else recordings[0].with_suffix(".html")
    from studio.monitor import report  # noqa: PLC0415 - slow to import

    with screen.working("Write the report") as job:
        session = recordings[0] if recordings else None
        report.write(out, folders[0] if folders else None, session, language=language, job=job)
    screen.say(f"Written: {out}")
    screen.result({"report": str(out)})


def _base(record: Path) -> Path:
    """What the recorder is given, with its ending: a name may hold dots."""
    return record if record.suffix == SUFFIX else record.with_name(record.name + SUFFIX)


def _first(record: Path) -> Path:
    """The first file of a recording that is named as the recorder was."""
    base = _base(record)
    return base.with_name(f"{base.stem}.0001{SUFFIX}")


def _found(path: Path) -> Path:
    """A recording's file, also where only its name is given."""
    return _first(path) if not path.is_file() and _first(path).is_file() else path


@contextlib.contextmanager
def _until_left() -> Iterator[None]:
    """Ctrl+C, or a reader of our output that has enough, ends the block, and is no error."""
    try:
        yield
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    except OSError as error:
        if error.errno not in _LEFT:
            raise
        # Python flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _csv(recording: Recording, path: Path, encoding: str, job: Job) -> str:
    batches = export.batches_of(recording.read(job=job), Recognizer(encoding))
    return f"{export.csv_rows(path, batches)} values"


def _wav(recording: Recording, path: Path, encoding: str, job: Job) -> str:
    batches = export.batches_of(recording.read(job=job), Recognizer(encoding))
    return f"{export.wav(path, export.vectors_of(batches)):.2f} s"


def _text(recording: Recording, path: Path, encoding: str, job: Job) -> str:
    return f"{export.text(path, recording.read(job=job), encoding=encoding)} lines"


def _raw(recording: Recording, path: Path, encoding: str, job: Job) -> str:
    return f"{export.raw(path, recording.read(job=job))} bytes"


def _picture(recording: Recording, path: Path, encoding: str, job: Job) -> str:
    from studio.monitor import export_picture  # noqa: PLC0415 - slow to import

    store = Store()
    for batch in export.batches_of(recording.read(job=job), Recognizer(encoding)):
        store.add(batch)
    series = export.series_of(store.snapshot())
    if not series:
        raise DataError(
            "there are no values to draw", hint="Look at the text instead.", where=str(path)
        )
    export_picture.save(path, series, recording.header.project or recording.header.port)
    return f"{len(series)} curves"
