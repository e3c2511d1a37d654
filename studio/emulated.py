"""A built firmware on the emulated board, for whoever wants to talk to it as to any board."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from studio import target
from studio.base.errors import RunError, StudioError
from studio.chip.chip import Chip
from studio.firmware.image import Image
from studio.project import Project
from studio.target import IDEAL, Emulation

_LAST = 2.0  # seconds between the end of the line and the emulator's last words


class EmulatedBoard:
    """Runs ``image`` from ``begin`` to ``end``; the processor starts when ``url`` is opened.

    ``on_trap`` hears what stopped the firmware, on a thread of the emulator's. Neither ``begin``
    nor ``end`` raises, and both take a moment: ``error`` tells what went wrong.
    """

    def __init__(
        self,
        project: Project,
        image: Image,
        chip: Chip,
        emulation: Emulation = IDEAL,
        on_trap: Callable[[str], None] | None = None,
    ) -> None:
        self.url = ""  # what to open, once the emulator listens
        self.error: StudioError | None = None  # why it does not, or why the firmware stopped
        self._image = image
        self._on_trap = on_trap
        self._trapped = threading.Event()
        self._emulator = target.started(project, image, chip, emulation, self._on_event)

    def begin(self) -> None:
        """Start the emulator and wait until it listens."""
        try:
            self._emulator.start()
        except StudioError as error:
            self.error = error
        else:
            self.url = self._emulator.url

    def why(self) -> StudioError | None:
        """Why the line has ended: what stopped the firmware or the emulator, None for neither.

        Waits a moment where the emulator is about to tell.
        """
        if self.error is None and not self._trapped.wait(_LAST) and not self._emulator.running:
            try:
                self._emulator.check()
            except StudioError as error:
                self.error = error
        return self.error

    def end(self) -> None:
        """End the emulator; does nothing when it has ended."""
        self._emulator.stop()

    def _on_event(self, event: Mapping[str, Any]) -> None:
        if event["event"] != "trap":
            return
        text = f"the firmware stopped: {event['message']}"
        where = target.source_of(self._image, str(event["line"])) or str(event["line"])
        self.error = RunError(text, hint="Look at that line's pointers.", where=where)
        self._trapped.set()
        if self._on_trap is not None:
            self._on_trap(text)
