"""What lies beside a model, and what a results folder remembers of it: source.json.

Names and digests only: a folder never leads the program to a file outside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.base.errors import StudioError
from studio.base.files import digest
from studio.project import Project, read_json, write_json


@dataclass(frozen=True)
class Source:
    """The quantized model's file name and digest, empty where unknown; the options in force.

    ``shapes`` are sizes given to dynamic inputs.
    """

    model: str = ""
    digest: str = ""
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def save(
    project: Project,
    model: Path,
    shapes: Mapping[str, tuple[int, ...]],
    options: Mapping[str, Any],
) -> None:
    """Write source.json: ``options`` are JSON values."""
    tree = {
        "model": model.name,
        "digest": content(model),
        "shapes": {name: list(sizes) for name, sizes in shapes.items()},
        "options": dict(options),
    }
    write_json(project.source, tree)


def load(project: Project) -> Source:
    """What source.json says; nothing known where it is missing or damaged."""
    try:
        tree = read_json(project.source, "")
        return Source(
            str(tree["model"]),
            str(tree["digest"]),
            {str(name): tuple(map(int, sizes)) for name, sizes in tree["shapes"].items()},
            dict(tree["options"]),
        )
    except (StudioError, KeyError, TypeError, ValueError, AttributeError, OSError):
        return Source()


def content(path: Path) -> str:
    """Digest of a file, and of the weights that lie beside a model as NAME.onnx.data."""
    beside = path.with_name(f"{path.name}.data")
    return "+".join(digest(own) for own in (path, beside) if own.is_file())


def find_data(model: Path) -> Path | None:
    """Samples that lie beside a model under its name: NAME.npz or NAME.npy."""
    found = (model.with_suffix(suffix) for suffix in (".npz", ".npy"))
    return next((path for path in found if path.is_file()), None)
