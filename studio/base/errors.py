"""The errors a user may see: what is wrong, where, and what to do."""

from __future__ import annotations


class StudioError(Exception):
    """Base of every error that is the input's or the environment's fault.

    ``message`` says what is wrong, ``hint`` what to do about it, ``where`` names the
    file, node, layer or port. ``node`` is the (first) node of the model's file that is meant, by
    its name or an output's. Anything raised that is not a StudioError is a bug of ours.
    """

    def __init__(self, message: str, *, hint: str = "", where: str = "", node: str = "") -> None:
        super().__init__(message, hint, where)
        self.message = message
        self.hint = hint
        self.where = where
        self.node = node

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n{self.hint}" if self.hint else text

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.hint, self.where, self.node)


def _rebuild(
    kind: type[StudioError], message: str, hint: str, where: str, node: str
) -> StudioError:
    return kind(message, hint=hint, where=where, node=node)


class ModelError(StudioError):
    """The model file cannot be read or holds something we do not support."""


class DataError(StudioError):
    """Samples, labels or another data file do not fit the model."""


class FitError(StudioError):
    """Something is larger than the chip: array, NPU memory, code or data memory."""


class NoRoomError(FitError):
    """The mapper found no layout, but nothing proves that there is none."""


class ChipError(StudioError):
    """A chip description is missing or contradicts itself."""


class ToolError(StudioError):
    """An outside tool (compiler, programmer) is missing or failed."""


class PortError(StudioError):
    """A serial port or socket cannot be opened or went away."""


class RunError(StudioError):
    """The firmware stopped, trapped, or did not answer in time."""


class ProjectError(StudioError):
    """A project folder or file cannot be read or written."""


class VerifyError(StudioError):
    """An artifact breaks one of its invariants: a bug, found before it did harm."""


class Cancelled(Exception):
    """The user asked a job to stop."""
