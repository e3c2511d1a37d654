"""The user's macros and patterns, kept in ``monitor.json`` of the settings folder.

They are the user's, not a project's: a project that is opened never brings something that is sent.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.base import paths
from studio.base.errors import DataError
from studio.base.files import write_text
from studio.monitor.lines_out import Macro, macros_as_data, macros_from_data

if TYPE_CHECKING:
    from studio.monitor.own_patterns import OwnPattern

LARGEST = 4 << 20  # bytes of a file with macros

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PatternEntry:
    """A regular expression as the user wrote it; ``on``: whether lines are read by it."""

    name: str
    text: str
    on: bool = True


def macros() -> tuple[Macro, ...]:
    """The macros that were kept; a broken file counts as none."""
    try:
        return macros_from_data(_load().get("macros", []))
    except DataError as error:
        _log.warning("macros are not read: %s", error)
        return ()


def keep_macros(new: Sequence[Macro]) -> None:
    """Keep these macros and no others. Raises ProjectError."""
    _save("macros", macros_as_data(new))


def patterns() -> tuple[PatternEntry, ...]:
    """The patterns that were kept, also those that are off; a broken file counts as none."""
    entries = _load().get("patterns", [])
    found = []
    for entry in entries if isinstance(entries, list) else ():
        fields = entry if isinstance(entry, dict) else {}
        name, text, on = (fields.get(key) for key in ("name", "text", "on"))
        if isinstance(name, str) and isinstance(text, str):
            found.append(PatternEntry(name, text, on is not False))
    return tuple(found)


def keep_patterns(new: Sequence[PatternEntry]) -> None:
    """Keep these patterns and no others. Raises ProjectError."""
    _save("patterns", [asdict(entry) for entry in new])


def in_use() -> tuple[OwnPattern, ...]:
    """The patterns lines are to be read by; those that cannot be read are left out."""
    return compiled(patterns())


def compiled(entries: Sequence[PatternEntry]) -> tuple[OwnPattern, ...]:
    """Those of the entries that are on, and can be read."""
    wanted = [entry for entry in entries if entry.on]
    if not wanted:
        return ()
    from studio.monitor import own_patterns  # noqa: PLC0415 - slow to import

    found = []
    for entry in wanted:
        try:
            found.append(own_patterns.compiled(entry.name, entry.text))
        except DataError as error:
            _log.warning("a pattern is not used: %s", error)
    return tuple(found)


def read_macros(path: Path) -> tuple[Macro, ...]:
    """The macros of a file that ``write_macros`` made. Raises DataError."""
    hint = "Choose a file that was exported here."
    try:
        if path.stat().st_size > LARGEST:
            raise DataError("this file is too large for macros", hint=hint, where=str(path))
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", hint=hint, where=str(path)) from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"not a JSON file: {error}", hint=hint, where=str(path)) from error
    return macros_from_data(data)


def write_macros(path: Path, macros: Sequence[Macro]) -> None:
    """Write macros as a JSON file, to give to somebody else. Raises ProjectError."""
    write_text(path, json.dumps(macros_as_data(macros), ensure_ascii=False, indent=2) + "\n")


def _file() -> Path:
    return paths.config() / "monitor.json"


def _load() -> dict[str, Any]:
    try:
        data = json.loads(_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("%s is not read: %s", _file(), error)
        return {}
    return data if isinstance(data, dict) else {}


def _save(key: str, value: object) -> None:
    data = {**_load(), key: value}
    write_text(_file(), json.dumps(data, ensure_ascii=False, indent=2) + "\n")
