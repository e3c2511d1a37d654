"""Folders of pictures or sounds as labelled samples: a folder for each class, or a labels.csv."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.base.errors import DataError
from studio.formats.image_folder import LABELS, entries


@dataclass(frozen=True)
class Files:
    """Files and the class of each; ``names`` are those of the classes 0, 1, ..., none without."""

    paths: tuple[Path, ...]
    labels: tuple[int, ...]
    names: tuple[str, ...]


def read(folder: Path, endings: tuple[str, ...]) -> Files:
    """The files of these endings in ``folder``; none where there are none. Raises DataError.

    They lie in one folder for each class, or in ``folder`` itself: with a labels.csv (lines of
    file name and class), or without classes.
    """
    files, folders = entries(folder, endings=endings)
    if (folder / LABELS).is_file():
        return _listed(folder, files)
    if files:
        return Files(tuple(files), (0,) * len(files), ())
    classes = [(own, entries(own, endings=endings)[0]) for own in _in_order(folders)]
    classes = [(own, inside) for own, inside in classes if inside]
    if not classes:
        return Files((), (), ())
    numbers = [_number(own.name) for own, _ in classes]
    # Folders called 0, 1, 2, ... are the classes themselves, also where one is missing.
    given = None not in numbers and 0 in numbers
    paths: list[Path] = []
    labels: list[int] = []
    names: dict[int, str] = {}
    for place, ((own, inside), number) in enumerate(zip(classes, numbers, strict=True)):
        label = number if given and number is not None else place
        names[label] = own.name
        paths += inside
        labels += [label] * len(inside)
    every = tuple(names.get(label, str(label)) for label in range(max(names) + 1))
    return Files(tuple(paths), tuple(labels), every)


def _in_order(folders: Sequence[Path]) -> list[Path]:
    """By number where all have one for a name, else by name."""
    if all(_number(own.name) is not None for own in folders):
        return sorted(folders, key=lambda own: int(own.name))
    return sorted(folders, key=lambda own: own.name)


def _number(name: str) -> int | None:
    return int(name) if name.isascii() and name.isdigit() and len(name) < 5 else None


def _listed(folder: Path, files: Sequence[Path]) -> Files:
    """The files of a labels.csv: lines of file name and class."""
    where = folder / LABELS
    try:
        with where.open(encoding="utf-8-sig", newline="") as stream:
            rows = [row[:2] for row in csv.reader(stream) if len(row) >= 2]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"cannot be read: {error}", where=str(where)) from error
    known = {path.name: path for path in files}
    if rows and rows[0][0].strip() not in known:
        rows = rows[1:]  # the heading
    missing = [name for name, _ in rows if name.strip() not in known]
    if missing or not rows:
        raise DataError(
            f"there is no file {missing[0]!r} beside it" if missing else "it lists no file",
            hint="Each line holds a file's name and its class: cat1.png,cat.",
            where=str(where),
        )
    paths = tuple(known[name.strip()] for name, _ in rows)
    given = [label.strip() for _, label in rows]
    numbers = [number for label in given if (number := _number(label)) is not None]
    if len(numbers) == len(given):
        return Files(paths, tuple(numbers), tuple(map(str, range(max(numbers) + 1))))
    names = tuple(sorted(set(given)))
    return Files(paths, tuple(names.index(label) for label in given), names)
