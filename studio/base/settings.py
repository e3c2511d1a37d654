"""What a user prefers, whatever the project; kept as JSON in the user's settings folder."""

from __future__ import annotations

import dataclasses
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from studio.base import files, paths
from studio.base.fields import option

RECENT = 10

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """Personal settings, described by base/fields.py; the settings dialog is made from that.

    An empty ``results`` stands for ``paths.work()``; ``recent`` holds absolute paths of project
    folders, the newest first.
    """

    theme: Literal["system", "light", "dark"] = option(
        "system",
        "Theme",
        "Colours of the window.",
        choices=("system", "light", "dark"),
        names=("As the system", "Light", "Dark"),
        group="Appearance",
    )
    language: Literal["system", "en", "zh"] = option(
        "system",
        "Language",
        "Language of the window.",
        choices=("system", "en", "zh"),
        # Each in its own language, for those who read only that one.
        names=("As the system", "English", "简体中文"),
        group="Appearance",
    )
    workshop: bool = option(
        False,
        "Workshop mode",
        "Large type, thick lines and wide paddings, to be read from the last row of a room.",
        group="Appearance",
    )
    chip: str = option(
        "wtm2101",
        "Chip",
        "The chip new projects are for: its id, or the path of a .toml file.",
        group="Projects",
    )
    toolchain: Literal["auto", "zig", "gcc"] = option(
        "auto",
        "Compiler",
        "What builds the firmware of new projects: zig is the bundled compiler, gcc a RISC-V GCC "
        "on the search path, automatic the first of them that works.",
        choices=("auto", "zig", "gcc"),
        names=("automatic", "zig", "gcc"),
        group="Firmware",
    )
    results: str = option(
        "",
        "Projects folder",
        "Where new projects are made.",
        kind="folder",
        none="CIM Studio in your home folder",
        group="Projects",
    )
    reopen: bool = option(
        False,
        "Open the last project at the start",
        "Begin where you left off, instead of on the welcome page.",
        group="Projects",
    )
    compare: bool = option(
        True,
        "Compare layers after a deploy",
        "Measure in the background how exact each layer is. Turn it off where large models keep"
        " a small computer busy.",
        group="Projects",
    )
    recent: tuple[str, ...] = option(
        (), "Recent projects", "The projects opened last, offered at the start.", kind="hidden"
    )

    @property
    def results_folder(self) -> Path:
        """The results folder, with the default put in."""
        return Path(self.results) if self.results else paths.work()

    @property
    def at_start(self) -> tuple[str, ...]:
        """What to open when the program starts: the last project, if that is wanted and there."""
        last = self.recent[:1]
        return last if self.reopen and last and Path(last[0]).exists() else ()

    def opened(self, project: Path) -> Settings:
        """These settings with ``project`` first among the recent ones (at most ``RECENT``)."""
        name = str(project.absolute())
        others = [other for other in self.recent if other != name]
        return dataclasses.replace(self, recent=(name, *others)[:RECENT])


def location() -> Path:
    """The file the settings are kept in."""
    return paths.config() / "settings.json"


def load(path: Path | None = None) -> Settings:
    """Read the settings from ``path`` (default: ``location()``).

    Never fails: a missing file gives the defaults; a broken one too, and is kept beside as
    ``settings.json.broken`` with a warning in the log; a wrong entry gives that entry's default.
    """
    path = path or location()
    raw = _read(path)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(Settings):
        if field.name not in raw:
            continue
        value = _checked(raw[field.name], field)
        if value is None:
            _log.warning("%s: entry %r is wrong, using the default", path, field.name)
        else:
            values[field.name] = value
    return Settings(**values)


def save(settings: Settings, path: Path | None = None) -> None:
    """Write the settings to ``path`` (default: ``location()``), atomically.

    Entries of the file that we do not know, as of a newer version, stay in it.
    Raises ProjectError when the folder cannot be written.
    """
    path = path or location()
    content = _read(path) | dataclasses.asdict(settings)
    files.write_text(path, json.dumps(content, indent=2) + "\n")


def _read(path: Path) -> dict[str, Any]:
    """The file's entries; empty when it is missing or broken. A broken one is put aside."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        _log.warning("%s: cannot be read: %s", path, error.strerror)
        return {}
    except (ValueError, RecursionError) as error:  # json and the UTF-8 decoder raise these
        return _put_aside(path, str(error))
    if not isinstance(raw, dict):
        return _put_aside(path, "not a JSON object")
    return raw


def _put_aside(path: Path, reason: str) -> dict[str, Any]:
    aside = path.with_name(path.name + ".broken")
    _log.warning("%s: %s; using the defaults, the file is kept as %s", path, reason, aside.name)
    try:
        path.replace(aside)
    except OSError as error:
        _log.warning("%s: cannot be renamed: %s", path, error.strerror)
    return {}


def _checked(value: object, field: dataclasses.Field[Any]) -> Any:
    """``value`` as the field's type, or None when it is not one the field may have."""
    if isinstance(field.default, tuple):
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        return None
    if isinstance(field.default, bool):
        return value if isinstance(value, bool) else None
    choices = field.metadata.get("choices", ())
    if isinstance(value, str) and (not choices or value in choices):
        return value
    return None
