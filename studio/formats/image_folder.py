"""What lies in a folder of pictures or sounds; light: the window looks before the worker reads."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from studio.base.errors import DataError

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp")
SOUNDS = (".wav",)
LABELS = "labels.csv"
MOST = 200_000  # entries of one folder


def entries(
    folder: Path, most: int = MOST, endings: tuple[str, ...] = ENDINGS
) -> tuple[list[Path], list[Path]]:
    """The pictures (or other ``endings``) and the folders in ``folder``, by name, none hidden.

    Raises DataError where there are more than ``most`` entries, or it cannot be read.
    """
    pictures, folders = [], []
    try:
        with os.scandir(folder) as scan:
            found = list(itertools.islice(scan, most + 1))
            for entry in found:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    folders.append(Path(entry.path))
                elif entry.name.lower().endswith(endings):
                    pictures.append(Path(entry.path))
    except OSError as error:
        raise DataError(
            f"cannot read this folder: {error.strerror}",
            hint="Check that you may open it.",
            where=str(folder),
        ) from error
    if len(found) > most:
        raise DataError(
            f"there are more than {most} files in this folder",
            hint="Drop a folder with fewer pictures: a few thousand are plenty.",
            where=str(folder),
        )
    return sorted(pictures), sorted(folders)


def holds_pictures(folder: Path, look: int = 50, endings: tuple[str, ...] = ENDINGS) -> bool:
    """Whether there are pictures in the folder or just below it; looks at a few entries only."""
    waiting = [folder]
    for level in range(2):
        below: list[Path] = []
        for own in waiting[:10]:
            try:
                with os.scandir(own) as scan:
                    for entry in itertools.islice(scan, look):
                        if entry.name.lower().endswith(endings):
                            return True
                        if level == 0 and entry.is_dir():
                            below.append(Path(entry.path))
            except OSError:
                continue
        waiting = below
    return False
