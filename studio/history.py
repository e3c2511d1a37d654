"""A project's results history: one line a deploy in history.jsonl."""

from __future__ import annotations

import dataclasses
import json
import logging
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.base import files

NAME = "history.jsonl"
MOST = 200  # deploys kept
_LARGEST = 1 << 20  # bytes

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One deploy. Accuracies and ``array_use`` are 0..1, None where nothing is known.

    ``date`` is local time in ISO 8601. ``accuracy`` is what the target printed, the others are
    the float model's and the integer simulator's. ``noise`` is the mean over the noisy chips of
    a study. ``seconds`` is the time of all stages.
    """

    date: str
    chip: str
    target: str = "emulator"
    accuracy: float | None = None
    accuracy_integer: float | None = None
    accuracy_float: float | None = None
    array_use: float | None = None
    noise: float | None = None
    samples: int = 0
    seconds: float = 0.0


def read(folder: Path) -> tuple[Entry, ...]:
    """The deploys of the project in ``folder``, oldest first; lines that are damaged are left out.

    Never fails: without a readable file there is no history.
    """
    path = folder / NAME
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"larger than {_LARGEST} bytes")
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        _log.warning("%s: no history: %s", path, error)
        return ()
    found = [entry for entry in map(_entry, lines) if entry is not None]
    if len(found) < len(lines):
        _log.warning("%s: %s damaged lines left out", path, len(lines) - len(found))
    return tuple(found[-MOST:])


def append(folder: Path, entry: Entry) -> None:
    """Add a deploy; the oldest beyond ``MOST`` go. Raises ProjectError where that fails."""
    _write(folder, (*read(folder), entry))


def set_noise(folder: Path, noise: float) -> None:
    """Write the figure of a noise study to the last deploy; nothing without one."""
    entries = read(folder)
    if entries and math.isfinite(noise):
        _write(folder, (*entries[:-1], dataclasses.replace(entries[-1], noise=noise)))


def _write(folder: Path, entries: tuple[Entry, ...]) -> None:
    lines = [json.dumps(dataclasses.asdict(entry)) for entry in entries[-MOST:]]
    files.write_text(folder / NAME, "".join(f"{line}\n" for line in lines))


def _entry(line: str) -> Entry | None:
    try:
        raw = json.loads(line)
        values = {field.name: _checked(field, raw) for field in dataclasses.fields(Entry)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    return Entry(**values)


def _checked(field: dataclasses.Field[Any], raw: dict[str, Any]) -> Any:
    if field.name not in raw and field.default is not dataclasses.MISSING:
        return field.default
    value = raw[field.name]
    match str(field.type):
        case "str" if isinstance(value, str):
            return value
        case "int" if isinstance(value, int) and not isinstance(value, bool):
            return value
        case "float | None" if value is None:
            return None
        case "float" | "float | None" if isinstance(value, int | float):
            if not math.isfinite(value):  # JSON of Python's kind knows NaN
                raise ValueError(field.name)
            return float(value)
    raise ValueError(field.name)
