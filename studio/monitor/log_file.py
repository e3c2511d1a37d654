"""Every byte of a run, written as it comes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from studio.base.errors import ProjectError


@contextlib.contextmanager
def writing(path: Path | None) -> Iterator[Callable[[bytes], None]]:
    """A function that appends to a new file ``path``; without one it does nothing.

    Nothing is held back, so that a run that hangs leaves its log behind. Raises ProjectError where
    the file cannot be written.
    """
    if path is None:
        yield lambda data: None
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("wb", buffering=0)
    except OSError as error:
        raise _unwritable(path, error) from error

    def write(data: bytes) -> None:
        try:
            file.write(data)
        except OSError as error:
            raise _unwritable(path, error) from error

    with file:
        yield write


def _unwritable(path: Path, error: OSError) -> ProjectError:
    return ProjectError(
        f"cannot write the serial log: {error.strerror}",
        hint="Choose a folder you may write to, or free some space.",
        where=str(path),
    )
