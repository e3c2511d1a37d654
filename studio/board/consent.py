"""What the user allowed: outside programs run for a folder only after one yes for that folder.

Opening a project never runs anything. Before a container or a program on another computer works
on a folder's content, the user is asked once; the answer is kept in the user's settings folder,
never in the project, so that no project can bring its own.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

from studio.base import files, paths
from studio.base.errors import StudioError

NAME = "consent.json"

_log = logging.getLogger(__name__)


class ConsentError(StudioError):
    """Something would run outside programs on a folder the user did not allow yet."""


def location() -> Path:
    """The file the answers are kept in."""
    return paths.config() / NAME


def given(folder: Path) -> bool:
    """Whether the user allowed outside programs to work on exactly this folder."""
    return _key(folder) in _folders()


def give(folder: Path) -> None:
    """Remember the user's yes. Raises ProjectError when the settings folder is not writable."""
    _write({*_folders(), _key(folder)})


def withdraw(folder: Path) -> None:
    """Forget the user's yes. Raises ProjectError when the settings folder is not writable."""
    _write(_folders() - {_key(folder)})


def require(folder: Path, what: str) -> None:
    """Raise ConsentError unless the user allowed it; ``what`` says what would happen."""
    if not given(folder):
        raise ConsentError(
            f"{what}: this was not allowed yet",
            hint="Say yes once for this folder: answer the question of the window, or add --yes"
            " on the command line.",
            where=str(folder),
        )


def _key(folder: Path) -> str:
    # Resolved, so that a link cannot lend one folder's yes to another.
    return os.path.normcase(folder.resolve())


def _folders() -> set[str]:
    """Allowed folders; none when the file is missing or damaged."""
    path = location()
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("%s: cannot be read, nothing counts as allowed: %s", path, error)
        return set()
    listed = raw.get("folders") if isinstance(raw, dict) else None
    if not isinstance(listed, list):
        _log.warning("%s: holds no list of folders, nothing counts as allowed", path)
        return set()
    return {folder for folder in listed if isinstance(folder, str)}


def _write(folders: set[str]) -> None:
    content = json.dumps({"folders": sorted(folders)}, indent=2, ensure_ascii=False)
    files.write_text(location(), content + "\n")
