"""Shapes of the arrays in a data file, from its headers alone; light enough for the window."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from numpy.lib import format as npy

LABEL_KEYS = ("y", "label", "labels", "targets")  # as in dataset.py
_MOST = 64  # arrays looked at


@dataclass(frozen=True)
class Contents:
    """``shape`` of the samples with their number first, and whether there are labels."""

    shape: tuple[int, ...]
    labels: bool


def look(path: Path) -> Contents | None:
    """What a .npy or .npz holds; None where it cannot be read. Never loads an element."""
    try:
        if path.suffix.lower() == ".npy":
            with path.open("rb") as stream:
                return Contents(_shape(stream), False)
        with zipfile.ZipFile(path) as archive:
            shapes = {}
            for member in archive.namelist()[:_MOST]:
                if member.endswith(".npy"):
                    with archive.open(member) as stream:
                        shapes[member.removesuffix(".npy")] = _shape(stream)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError):
        return None
    labels = next((key for key in LABEL_KEYS if key in shapes), None)
    samples = _samples([key for key in shapes if key != labels])
    return Contents(shapes[samples], labels is not None) if samples is not None else None


def _samples(keys: Sequence[str]) -> str | None:
    """The array that holds the samples: by the names dataset.py knows, else the first."""
    known = [key for key in ("x", "data", "images", "inputs") if key in keys]
    others = [key for key in keys if not key.startswith("calibration")]
    return next(iter([*known, *others]), None)


def _shape(stream: IO[bytes]) -> tuple[int, ...]:
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, _ = read(stream)
    return tuple(shape)
