"""Recording a connection: every byte with its time, on disk while it goes on.

A recording is a row of files NAME.0001.cimrec, NAME.0002.cimrec, ... (recording_file.py). A file
that has PART_BYTES is closed and the next one begun; of more than PARTS files the oldest goes, so
a recording never takes more than 1 GiB of disk, packed: about ten hours at 921600 baud without
a break.

What came is on the disk half a second later, flushed through the system's caches: a crash of the
program, of the system, or a loss of power takes at most one second. Where somebody deletes or moves
the file meanwhile (Windows refuses that), what comes from then on goes to a new one.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections import deque
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from studio import __version__
from studio.base.errors import ProjectError
from studio.monitor.chunk import Chunk
from studio.monitor.recording_file import SUFFIX, Header, PartWriter

PART_BYTES = 64 << 20
PARTS = 16
FLUSH = 0.5  # seconds

_WAITING = 64 << 20  # bytes the disk may be behind; 20 seconds of 32 ports at full speed
_OVERHEAD = 128  # bytes a chunk takes besides its data
_SOON = 4 << 20  # bytes that are written without waiting for the next flush
_PART = re.compile(r"(?P<name>.+)\.(?P<number>\d{4,})")
_LOG = logging.getLogger(__name__)


class Recorder:
    """Writes chunks to the recording at ``path`` (a name with or without .cimrec) until closed.

    A ``header`` without a date gets today's, one without a program this version.

    ``write`` may be called from any thread; it neither blocks nor raises, since a full disk must
    not end a connection: ``error`` says what went wrong, then nothing more is recorded. ``lost``
    counts bytes a slow disk could not take, ``gone`` files that were deleted or moved while they
    were written; the recording has a note at that place.

    Raises ProjectError when the first file cannot be made.
    """

    def __init__(
        self, path: Path, header: Header, *, part_bytes: int = PART_BYTES, parts: int = PARTS
    ) -> None:
        self.error: ProjectError | None = None
        self.lost = 0
        self.gone = 0
        self.written = 0  # bytes of chunks on disk
        self._base = path.with_suffix("") if path.suffix == SUFFIX else path
        date = header.date or datetime.now().astimezone().isoformat(timespec="seconds")
        self._header = replace(header, date=date, program=header.program or __version__)
        self._part_bytes, self._parts = part_bytes, max(1, parts)
        self._files: deque[Path] = deque()
        self._begun = False  # whether there was a first file
        self._queue: deque[Chunk] = deque()
        self._queued = 0
        self._missing = 0  # bytes lost since the last chunk that was taken
        self._taken = self._flushed = 0  # chunks that were put, and that are on disk
        self._closed = self._hurried = False
        self._changed = threading.Condition()
        try:
            self._out = self._next()
        except OSError as error:
            raise self._unwritable(error) from error
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    @property
    def files(self) -> tuple[Path, ...]:
        """The files there are, the oldest first."""
        with self._changed:
            return tuple(self._files)

    def write(self, chunk: Chunk) -> None:
        """Have a chunk recorded."""
        with self._changed:
            if self._closed or self.error is not None:
                return
            if self._queued > _WAITING:
                self.lost += len(chunk.data)
                self._missing += len(chunk.data)
                return
            if self._missing:
                text = f"recording: {self._missing} bytes lost, the disk was too slow"
                self._put(Chunk(chunk.time, text.encode(), "note"))
                self._missing = 0
            self._put(chunk)
            if self._queued > _SOON:
                self._changed.notify_all()

    def flush(self, seconds: float = 5.0) -> bool:
        """Wait until all that was put is on disk; False where that takes longer, or failed."""
        with self._changed:
            wanted = self._taken
            self._hurried = True
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._flushed >= wanted or self.error is not None, seconds
            )
            return self._flushed >= wanted

    def close(self) -> None:
        """Write what waits and finish the file."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _put(self, chunk: Chunk) -> None:
        self._queue.append(chunk)
        self._taken += 1
        self._queued += len(chunk.data) + _OVERHEAD

    def _run(self) -> None:
        closed = dirty = False
        flushed = time.monotonic()
        try:
            while not closed:
                with self._changed:
                    if not (self._closed or self._hurried) and self._queued <= _SOON:
                        self._changed.wait(FLUSH)
                    closed, hurried, self._hurried = self._closed, self._hurried, False
                    chunks, self._queue = self._queue, deque()
                    taken = self._taken
                # What is being written still counts as waiting, or twice as much would.
                count = sum(len(chunk.data) for chunk in chunks)
                if chunks and self._is_gone():
                    self._go_on(chunks[0].time)
                for chunk in chunks:
                    self._out.add(chunk)
                with self._changed:
                    self._queued -= count + _OVERHEAD * len(chunks)
                dirty = dirty or bool(chunks)
                if dirty and (hurried or time.monotonic() - flushed > FLUSH / 2):
                    self._out.flush()
                    dirty, flushed = False, time.monotonic()
                if not dirty:
                    with self._changed:
                        self._flushed = taken
                        self._changed.notify_all()
                self.written += count
                if self._out.size >= self._part_bytes and not closed:
                    self._out.close()
                    self._out = self._next()
            self._out.close()
            with self._changed:
                self._flushed = taken
                self._changed.notify_all()
        except OSError as error:
            self._stop(self._unwritable(error))
            _LOG.warning("%s", self.error)
        except BaseException:  # a bug, of which nobody may believe that it records
            self._stop(ProjectError("the recording stopped by a fault of the program"))
            raise

    def _stop(self, error: ProjectError) -> None:
        with self._changed:
            self.error = error
            self._queue.clear()
            self._changed.notify_all()
        with contextlib.suppress(OSError, ValueError):
            self._out.close()

    def _is_gone(self) -> bool:
        """Whether the file that is written is no longer where it was."""
        try:
            self._files[-1].stat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return False

    def _go_on(self, when: float) -> None:
        """Leave a file that somebody deleted, with those before it that are gone as well."""
        with contextlib.suppress(OSError):
            self._out.close()
        left = deque(file for file in self._files if file.exists())
        with self._changed:
            self._files = left
        self._out = self._next()
        self.gone += 1  # now that there is another
        text = "recording: the file before was deleted or moved"
        self._out.add(Chunk(when, text.encode(), "note"))

    def _next(self) -> PartWriter:
        """Begin the next file, and remove the oldest where there are too many."""
        number = self._header.part + self._begun
        header = replace(self._header, part=number)
        path = self._base.with_name(f"{self._base.name}.{number:04}{SUFFIX}")
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = PartWriter(path, header)
        self._begun = True
        with self._changed:
            self._header = header
            self._files.append(path)
            over = list(self._files)[: -self._parts]
        for old in over:
            # Windows does not remove what is being read: it is tried again with the next file.
            with contextlib.suppress(OSError):
                old.unlink(missing_ok=True)
                with self._changed:
                    self._files.remove(old)
        return writer

    def _unwritable(self, error: OSError) -> ProjectError:
        return ProjectError(
            f"cannot record: {error.strerror or error}",
            hint="Choose a folder you may write to, or free some space.",
            where=str(self._base),
        )


def parts(path: Path) -> tuple[Path, ...]:
    """All files of the recording that the file ``path`` belongs to, in order.

    A file whose name has no number is a recording of its own. Where one is missing between two,
    the rest is still read.
    """
    found = _PART.fullmatch(path.stem)
    if found is None:
        return (path,)
    numbers: dict[int, Path] = {}
    with contextlib.suppress(OSError):
        for other in path.parent.iterdir():
            match = _PART.fullmatch(other.stem)
            if other.suffix == SUFFIX and match is not None and match["name"] == found["name"]:
                numbers[int(match["number"])] = other
    return tuple(numbers[number] for number in sorted(numbers)) or (path,)


def new_name(port: str, when: float) -> str:
    """A name for a recording: local date and time, and the port as a file may be called."""
    day = time.strftime("%Y-%m-%d %H-%M-%S", time.localtime(when))
    return f"{day} {re.sub(r'[^0-9A-Za-z._-]+', '_', port).strip('._')[-40:]}".strip()


def new_path(folder: Path, port: str, when: float) -> Path:
    """Where a recording may be made: as ``new_name``, with a number where there is one already."""
    name = base = new_name(port, when)
    number = 1
    while (folder / f"{name}.0001{SUFFIX}").exists():
        number += 1
        name = f"{base} {number}"
    return folder / f"{name}{SUFFIX}"


def prune(folder: Path, limit: int, keep: Path | None = None) -> int:
    """Remove the oldest files in a folder of recordings until they take ``limit`` bytes at most.

    Files of the recording that ``keep`` belongs to stay, as do files in use on Windows. Returns
    the bytes that are left.
    """
    kept = parts(keep) if keep is not None else ()
    found: list[tuple[float, int, Path]] = []
    with contextlib.suppress(OSError):
        for path in folder.glob(f"*{SUFFIX}"):
            status = path.stat()
            found.append((status.st_mtime, status.st_size, path))
    left = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if left <= limit:
            break
        if path in kept:
            continue
        with contextlib.suppress(OSError):
            path.unlink()
            left -= size
    return left
