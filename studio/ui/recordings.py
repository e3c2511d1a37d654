"""Where recordings are kept, and the one that is made of a connection or run."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from studio.base import paths
from studio.base.errors import StudioError
from studio.base.in_order import InOrder

if TYPE_CHECKING:
    from studio.monitor.chunk import Chunk
    from studio.monitor.recording import Recorder
    from studio.ui.workspace import Workspace

_GIGABYTE = 10**9
_WAITING = 64 << 20  # bytes that may wait for a file that is being made


def folder(workspace: Workspace) -> Path:
    """The folder of the user's recordings."""
    chosen = workspace.settings.recordings
    return Path(chosen) if chosen else paths.work() / "Recordings"


class Tape:
    """Records one connection or run, from when the settings want it and as long as they do.

    ``write`` may be called from any thread and never waits, also while the file is being made;
    ``path`` is its first file, also when it is closed, and ``error`` why there is none or nothing
    more is written. Everything else is the window's thread's.
    """

    def __init__(self, workspace: Workspace, port: str, baud: int) -> None:
        self._workspace = workspace
        self.port, self.baud = port, baud
        self._error: StudioError | None = None
        self._lock = threading.Lock()
        self._waiting: list[Chunk] | None = None  # while the file is being made
        self._room = 0  # bytes that may still wait
        self._missed = 0  # bytes there was no room for
        self._on = False
        self._order = InOrder("recording")  # beginning and ending
        self._silent = True  # whether nothing came but remarks
        self._last: Recorder | None = None  # also when it is closed
        self._ended = 0.0
        self.recorder: Recorder | None = None  # until its file is whole
        self._since = 0.0  # when it was begun
        self.follow()

    @property
    def path(self) -> Path | None:
        """The first file there is."""
        files = self._last.files if self._last is not None else ()
        return files[0] if files else None

    @property
    def error(self) -> StudioError | None:
        """Why nothing is recorded though it should be."""
        return self._error or (None if self._last is None else self._last.error)

    @property
    def on(self) -> bool:
        """Whether it records, or will as soon as the file is made."""
        return self._on and self.error is None

    @property
    def size(self) -> int:
        """Bytes recorded so far."""
        return self._last.written if self._last is not None else 0

    @property
    def lost(self) -> int:
        """Bytes the disk was too slow for."""
        return self._missed + (self._last.lost if self._last is not None else 0)

    @property
    def gone(self) -> int:
        """How many files were deleted or moved while they were written."""
        return self._last.gone if self._last is not None else 0

    @property
    def seconds(self) -> float:
        """How long it records, or did."""
        return (self._ended or time.monotonic()) - self._since

    def write(self, chunk: Chunk) -> None:
        """Record a chunk."""
        with self._lock:
            if self._waiting is not None:
                if len(chunk.data) <= self._room:
                    self._room -= len(chunk.data)
                    self._waiting.append(chunk)
                else:
                    self._missed += len(chunk.data)
            elif self.recorder is not None:
                self._silent = self._silent and chunk.kind == "note"
                self.recorder.write(chunk)

    def follow(self) -> None:
        """Begin or end as the settings now have it."""
        wanted = self._workspace.settings.record
        if wanted and not self._on:
            self._begin()
        elif self._on and not wanted:
            self._on = False
            self._order.do(self._finish)

    def close(self) -> None:
        """Write what waits and finish the file; waits for the disk."""
        self._on = False
        self._order.do(self._finish).join()

    def _begin(self) -> None:
        workspace = self._workspace
        project, image = workspace.project, workspace.image
        name = project.name if project is not None else ""
        tag = f"{image.tag:08x}" if image is not None else ""
        where, most = folder(workspace), workspace.settings.recordings_limit * _GIGABYTE
        self._on, self._error, self._last = True, None, None
        self._since, self._ended = time.monotonic(), 0.0
        with self._lock:
            self._waiting, self._room, self._missed = [], _WAITING, 0
        begun = time.time()
        self._order.do(lambda: self._make(where, most, name, tag, begun))

    def _finish(self) -> None:
        recorder = self.recorder
        if recorder is not None:
            recorder.close()  # it takes no more from here on
            with self._lock:
                self.recorder = None
            if not self._on:  # else it was turned on again meanwhile
                self._ended = time.monotonic()
            if self._silent:
                self._drop(recorder)

    def _drop(self, recorder: Recorder) -> None:
        """Of a port at which nobody spoke there is nothing to keep."""
        if self._last is recorder:
            self._last = None
        for file in recorder.files:
            with contextlib.suppress(OSError):
                file.unlink()

    def _make(self, where: Path, most: int, project: str, tag: str, begun: float) -> None:
        # On a thread: the disk may be slow, and the library takes a while to import.
        from studio.monitor import recording  # noqa: PLC0415
        from studio.monitor.recording_file import Header  # noqa: PLC0415

        recorder = None
        try:
            base = recording.new_path(where, self.port, begun)
            recorder = recording.Recorder(base, Header(self.port, self.baud, "", project, tag))
        except StudioError as error:
            self._error = error
        with self._lock:
            waiting, self._waiting = self._waiting or [], None
            if recorder is None:
                return
            for chunk in waiting:
                recorder.write(chunk)
            self._silent = all(chunk.kind == "note" for chunk in waiting)
            self.recorder = self._last = recorder
        recording.prune(where, most, keep=recorder.files[0])
