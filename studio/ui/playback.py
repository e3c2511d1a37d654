"""The monitor's recordings: the one being made, and the one that is read instead of a port."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from studio.base.errors import StudioError
from studio.base.job import Job
from studio.monitor.clock import Clock
from studio.ui.aside import Aside
from studio.ui.player import Player
from studio.ui.recordings import Tape

if TYPE_CHECKING:
    from studio.monitor.chunk import Chunk
    from studio.monitor.live import Live
    from studio.monitor.recording import Recorder
    from studio.monitor.replay import Recording, Replay
    from studio.ui.workspace import Workspace

SPEED = "replay speed"  # of workspace.views
Source = Literal["", "port", "run", "replay"]


class Playback(QObject):
    """What Monitoring does with recordings; all methods are the window's thread's, none waits.

    ``source`` is what is read. ``tape`` records it, or did last. ``opening`` is a recording that
    is being looked through, to be played then. ``used``: whether something was read since the
    last project was closed, so that the monitor counts as open.
    """

    changed = Signal()
    saved = Signal(object)  # the Path of a file that was made of what was read

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self.source: Source = ""
        self.tape: Tape | None = None
        self.clock = Clock()  # of all that goes to the tape
        self.opening: Path | None = None
        self.used = False
        self._player: Player | None = None
        self._opener: Aside | None = None
        workspace.settings_changed.connect(self._on_settings)

    # -- what Monitoring has

    @property
    def has_data(self) -> bool:
        """Whether the monitor holds something that could be saved."""
        raise NotImplementedError

    @property
    def live(self) -> Live:
        """What came."""
        raise NotImplementedError

    @property
    def recording(self) -> bool:
        """Whether something is read that could be recorded."""
        return self.source in ("port", "run")

    @property
    def can_forget(self) -> bool:
        """Whether ``forget`` would change something."""
        return self.used and not self.recording

    def stop(self) -> None:
        """Read the port no more."""
        raise NotImplementedError

    def _fresh(self, expecting: bool) -> Callable[[], None]:
        raise NotImplementedError

    def _in_order(self, action: Callable[[], None]) -> None:
        raise NotImplementedError

    def _tell(self) -> None:
        raise NotImplementedError

    @property
    def _on_disk(self) -> tuple[object, ...]:
        """What of recordings is worth to be told when it changes."""
        tape = self.tape
        return (self.opening, *(() if tape is None else (tape.path, tape.error)))

    # -- a recording that is read

    @property
    def replay(self) -> Replay | None:
        """The recording that is read; None where none is."""
        return self._player.replay if self._player is not None else None

    @property
    def playing(self) -> bool:
        """Whether a recording is being read, or paused; not after its end."""
        return self._player is not None and self._player.playing

    def open_recording(self, path: Path) -> None:
        """Look through a recording on a thread, then play it; an error is shown.

        It is played as fast as the last one, else as fast as it is read.
        """

        def load(job: Job) -> Recording:
            # What playing needs is imported here, where nobody waits for it.
            from studio.monitor import live, replay  # noqa: PLC0415, F401

            return replay.load(path, job)

        self.stop_opening()
        self.opening = path
        self._opener = Aside(self, load, self._opened, self._not_opened)
        self._tell()

    def stop_opening(self) -> None:
        """Do not open the recording after all."""
        if self._opener is not None:
            self._opener.deleteLater()
            self._opener = self.opening = None
            self._tell()

    def play(self, recording: Recording, speed: float = 1.0) -> None:
        """Read a recording as if it came now."""
        from studio.monitor.replay import Replay  # noqa: PLC0415 - slow to import

        self.stop()
        self.stop_replay()
        image, tag = self._workspace.image, recording.header.tag
        # What the simulator expects is of use only where the same firmware spoke.
        self._fresh(expecting=image is not None and tag == f"{image.tag:08x}")()
        self._player = Player(Replay(recording, speed, longest_wait=5.0), self.live)
        self._player.go()
        self.source, self.used = "replay", True
        self._tell()
        self._workspace.panel_requested.emit("monitor")

    def seek(self, when: float) -> None:
        """Go on in the recording at that time, also after its end."""
        if self._player is not None:
            self._player.replay.seek(when)
            self._player.go()

    def stop_replay(self) -> None:
        """Read the recording no more; what was read stays."""
        self.stop_opening()
        player, self._player = self._player, None
        if player is not None:
            player.stop()
            self.source = ""
            self._tell()

    def forget(self) -> None:
        """Nothing is open any more: what was read is no reason to show it."""
        self.stop_replay()
        self.used = self.recording
        self._tell()

    def forget_run(self) -> None:
        """Another model is open: what the last one's run printed is not its own."""
        if self.has_data and not self.recording and self.replay is None:
            self.live.clear()

    def _opened(self, recording: Recording) -> None:
        self._opener = self.opening = None
        self.play(recording, self._workspace.views.get(SPEED, math.inf))

    def _not_opened(self, error: StudioError | None) -> None:
        self._opener = self.opening = None
        self._tell()
        if error is not None:
            self._workspace.error.emit(error)

    def _keep_playing(self) -> None:
        """Once a frame: go on where it was sought at its end, and tell of files that went away."""
        player = self._player
        if player is not None:
            player.keep_up()
            if player.error is not None:
                self.stop_replay()
                self._workspace.error.emit(player.error)

    # -- the recording that is made

    @property
    def recorder(self) -> Recorder | None:
        """Who records now, where somebody does."""
        return self.tape.recorder if self.tape is not None else None

    def _sinks(self) -> tuple[Callable[[Chunk], None], ...]:
        live, tape = self.live, self.tape

        def show(chunk: Chunk) -> None:
            live.put(chunk)

        return (show,) if tape is None else (tape.write, show)

    def _begin_recording(self, port: str, baud: int) -> None:
        self._end_recording()
        self.tape, self.clock, self.used = Tape(self._workspace, port, baud), Clock(), True

    def _end_recording(self) -> None:
        if self.tape is not None:
            self._in_order(self.tape.close)

    def _on_settings(self) -> None:
        if self.tape is not None and self.recording:
            self.tape.follow()
            self._tell()
