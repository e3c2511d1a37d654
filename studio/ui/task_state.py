"""What the task runner can be doing, and what it needs of the worker."""

from __future__ import annotations

import enum
from typing import Protocol

from studio import worker


class Background(Protocol):
    """What the runner needs of ``worker.Worker``."""

    def submit(self, request: worker.Request) -> None:
        """Run a request; one at a time."""

    def poll(self) -> list[worker.Event]:
        """Events since the last call."""

    def cancel(self) -> None:
        """End what runs; a WasCancelled follows."""

    def close(self) -> None:
        """End the process."""


class State(enum.Enum):
    """What the runner is doing."""

    IDLE = enum.auto()
    CHECKING = enum.auto()  # reading a model that was just opened
    PREPARING = enum.auto()  # the stages up to the firmware, in the worker
    RUNNING = enum.auto()  # the firmware runs, in a thread
    ASKING = enum.auto()  # a study, in the worker
    CANCELLING = enum.auto()
