"""The results folder: where each artifact of a deploy lies."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.base.errors import ProjectError, StudioError
from studio.base.files import write_text


@dataclass(frozen=True)
class Project:
    """Paths below one results folder; nothing is created by naming it."""

    folder: Path

    @property
    def quantized(self) -> Path:
        """Folder of the QNetwork."""
        return self.folder / "quantized"

    @property
    def chip(self) -> Path:
        """A copy of the chip's description the network was quantized for."""
        return self.folder / "chip.toml"

    @property
    def source(self) -> Path:
        """Where the model and its data lay, and how it was quantized (sources.py)."""
        return self.folder / "source.json"

    @property
    def layer_options(self) -> Path:
        """A copy of the layer options the network was quantized with, where there were any."""
        return self.folder / "opt.protobuf"

    @property
    def layout(self) -> Path:
        """The mapper's rectangles and metrics."""
        return self.folder / "layout.json"

    @property
    def map(self) -> Path:
        """Folder of map.csv, layers.txt and the expected frames."""
        return self.folder / "map"

    @property
    def map_csv(self) -> Path:
        """The cells to program."""
        return self.map / "map.csv"

    @property
    def samples(self) -> Path:
        """Encoded test samples with the simulator's answers."""
        return self.folder / "samples.npz"

    @property
    def outputs(self) -> Path:
        """The simulator's outputs as the model sees them."""
        return self.folder / "outputs.npz"

    @property
    def firmware(self) -> Path:
        """The generated C project."""
        return self.folder / "firmware"

    @property
    def image(self) -> Path:
        """What was built."""
        return self.folder / "image.json"

    @property
    def serial_log(self) -> Path:
        """Every byte of the last run."""
        return self.folder / "serial.log"

    @property
    def result(self) -> Path:
        """The last run's result."""
        return self.folder / "result.json"

    @property
    def stages(self) -> Path:
        """Content keys of finished stages."""
        return self.folder / "stages.json"

    def create(self) -> None:
        """Make the folder. Raises ProjectError where that is not possible."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(
                f"cannot make this folder: {error.strerror}",
                hint="Choose another results folder with --out.",
                where=str(self.folder),
            ) from error


def folder_names(sources: Sequence[Path]) -> tuple[str, ...]:
    """A name for the results folder of each model or folder: unique and allowed on Windows.

    None is a name that a results folder itself uses.
    """
    own = Project(Path())
    used = {path.name for path in (own.map, own.quantized, own.firmware)}
    found: list[str] = []
    for source in sources:
        path = source.resolve()
        name = safe_name(path.name if path.is_dir() else path.stem)
        number = 1
        while (unique := f"{name}-{number}" if number > 1 else name).casefold() in used:
            number += 1
        used.add(unique.casefold())
        found.append(unique)
    return tuple(found)


def safe_name(name: str) -> str:
    """``name`` as a file or folder may be called on Windows: no special sign, end or device."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name)[:60].rstrip(". ")
    if re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name, re.IGNORECASE):
        name = f"_{name}"
    return name or "network"


def known_keys(project: Project) -> dict[str, str]:
    """Content keys of the stages whose artifacts lie in the folder."""
    try:
        tree = read_json(project.stages, "")
    except StudioError:
        return {}
    return {name: key for name, key in tree.items() if isinstance(key, str)}


def forget_stages(project: Project, names: Collection[str]) -> None:
    """Have these stages run anew: something else replaced what they left."""
    keys = known_keys(project)
    kept = {stage: key for stage, key in keys.items() if stage not in names}
    if kept != keys:
        write_json(project.stages, kept)


def read_json(path: Path, hint: str) -> dict[str, Any]:
    """A JSON object from a file of ours. Raises ProjectError when missing or damaged."""
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ProjectError("this file is missing", hint=hint, where=str(path)) from error
    except (OSError, ValueError) as error:
        raise ProjectError(f"cannot read this file: {error}", hint=hint, where=str(path)) from error
    if not isinstance(tree, dict):
        raise ProjectError("this file holds no JSON object", hint=hint, where=str(path))
    return tree


def write_json(path: Path, tree: dict[str, Any]) -> None:
    """Write a JSON object atomically."""
    write_text(path, json.dumps(tree, indent=1, ensure_ascii=False) + "\n")
