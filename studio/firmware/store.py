"""The Image as a file: image.json, with paths relative to its folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studio.base import files
from studio.base.errors import ProjectError
from studio.firmware.image import Image, Part, Sizes, TensorPlace

SCHEMA = 1


def save(image: Image, path: Path) -> None:
    """Write ``image`` to ``path``, atomically."""
    raw = asdict(image) | {
        "schema": SCHEMA,
        "elf": _relative(image.elf, path.parent),
        "project": _relative(image.project, path.parent),
    }
    files.write_text(path, json.dumps(raw, indent=2, ensure_ascii=False) + "\n")


def load(path: Path) -> Image:
    """Read an Image back; ProjectError when the file is missing or broken."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return _image(raw, path.parent)
    except OSError as error:
        raise ProjectError(
            f"cannot be read: {error.strerror}",
            hint="Build the firmware first.",
            where=str(path),
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ProjectError(
            f"not a firmware image's description: {error}",
            hint="Build the firmware again.",
            where=str(path),
        ) from error


def _image(raw: dict[str, Any], folder: Path) -> Image:
    if raw["schema"] != SCHEMA:
        raise ValueError(f"schema {raw['schema']}, this program reads {SCHEMA}")
    return Image(
        elf=folder / str(raw["elf"]),
        project=folder / str(raw["project"]),
        toolchain=str(raw["toolchain"]),
        samples=int(raw["samples"]),
        labels=bool(raw["labels"]),
        tag=int(raw["tag"]),
        sizes=Sizes(**{name: int(value) for name, value in raw["sizes"].items()}),
        log=str(raw["log"]),
        debug=bool(raw.get("debug", False)),
        parts=tuple(_part(part) for part in raw.get("parts", ())),
        mode=str(raw.get("mode", "testset")),
        timing=bool(raw.get("timing", False)),
        own=tuple(str(name) for name in raw.get("own", ())),
        tensors=tuple(_tensor(place) for place in raw.get("tensors", ())),
    )


def _part(raw: dict[str, Any]) -> Part:
    if raw["kind"] not in ("function", "constant", "variable"):
        raise ValueError(f"a part of kind {raw['kind']!r}")
    return Part(str(raw["name"]), raw["kind"], int(raw["size"]), str(raw["file"]), int(raw["line"]))


def _tensor(raw: dict[str, Any]) -> TensorPlace:
    if raw["memory"] not in ("sram", "data"):
        raise ValueError(f"a tensor in memory {raw['memory']!r}")
    return TensorPlace(
        str(raw["name"]),
        raw["memory"],
        int(raw["offset"]),
        int(raw["size"]),
        str(raw["first"]),
        str(raw["last"]),
        tuple(str(name) for name in raw["shares"]),
        int(raw["copied"]),
    )


def _relative(path: Path, folder: Path) -> str:
    """With forward slashes; absolute where Windows has the two on different drives."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.resolve().as_posix()
