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
    program_tool: str = option(
        "",
        "Programming tool",
        "The maker's tool that writes weights into the array: WitinProgramTool.",
        kind="file",
        none="found automatically",
        group="Board",
    )
    openocd: str = option(
        "",
        "OpenOCD",
        "Downloads firmware through a debug probe.",
        kind="file",
        none="found automatically",
        group="Board",
    )
    jlink: str = option(
        "",
        "J-Link Commander",
        "SEGGER's own tool for its probes, which downloads firmware too.",
        kind="file",
        none="found automatically",
        group="Board",
    )
    gdb: str = option(
        "",
        "GDB",
        "A debugger for RISC-V.",
        kind="file",
        none="found automatically",
        group="Board",
    )
    gcc: str = option(
        "",
        "RISC-V GCC",
        "The compiler that is taken where gcc is chosen.",
        kind="file",
        none="found automatically",
        group="Board",
    )
    download: Literal["jlink", "openocd", "server"] = option(
        "jlink",
        "Download by",
        "What writes the firmware into a board: SEGGER's J-Link Commander, OpenOCD, or a debug"
        " server that runs already, through GDB.",
        choices=("jlink", "openocd", "server"),
        names=("J-Link Commander", "OpenOCD", "a debug server"),
        group="Board",
    )
    openocd_interface: str = option(
        "interface/jlink.cfg",
        "OpenOCD's interface file",
        "The configuration file of OpenOCD for the probe, as it names it.",
        group="Board",
    )
    debug_server: str = option(
        "localhost:3333",
        "Debug server",
        "HOST:PORT at which a debug server waits; 3333 is OpenOCD's, 2331 SEGGER's.",
        group="Board",
    )
    weights: Literal["changed", "always", "never"] = option(
        "changed",
        "Program the weights",
        "When a deploy writes the array, which takes minutes: where the array's tag says that it"
        " holds others, always, or never.",
        choices=("changed", "always", "never"),
        names=("where they have changed", "at every deploy", "never"),
        group="Board",
    )
    interface: Literal["jtag", "cjtag"] = option(
        "jtag",
        "Debug interface",
        "How the probe is wired to the board: JTAG, or cJTAG, which takes two wires.",
        choices=("jtag", "cjtag"),
        names=("JTAG", "cJTAG (two wires)"),
        group="Board",
    )
    jlink_id: str = option(
        "",
        "Number of the J-Link",
        "The serial number of the debug probe, needed where several are plugged in.",
        none="the only one",
        group="Board",
    )
    spi_id: str = option(
        "",
        "Number of the SPI adapter",
        "The number of the board that programs the array, needed where several are plugged in.",
        none="the only one",
        group="Board",
    )
    mapper: Literal["off", "docker", "ssh"] = option(
        "off",
        "Maker's mapper",
        "Where the maker's own mapper runs, which writes the configuration of a real board: in"
        " Docker on this computer, or on another one.",
        choices=("off", "docker", "ssh"),
        names=("not set up", "Docker", "SSH"),
        group="Maker's mapper",
    )
    mapper_image: str = option(
        "",
        "Docker image",
        "The image that holds the maker's mapper, as docker images lists it.",
        group="Maker's mapper",
    )
    mapper_host: str = option(
        "",
        "SSH host",
        "The computer that has the maker's mapper, as ssh takes it: user@host, or a name from"
        " ssh's own configuration. Logging in must work without a password.",
        group="Maker's mapper",
    )
    mapper_python: str = option(
        "python3",
        "Python of the mapper",
        "The Python, in the image or on the host, that can import the maker's mapper.",
        group="Maker's mapper",
    )
    record: bool = option(
        True,
        "Record what boards say",
        "Keep every byte of a connection or run with its time on disk, to look at it again.",
        group="Monitor",
    )
    recordings: str = option(
        "",
        "Recordings folder",
        "Where recordings are kept.",
        kind="folder",
        none="Recordings in CIM Studio in your home folder",
        group="Monitor",
    )
    recordings_limit: int = option(
        8,
        "Room for recordings",
        "Where the recordings take more, the oldest are deleted as soon as a new one begins.",
        minimum=1,
        maximum=10_000,
        unit="GB",
        group="Monitor",
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
    if isinstance(field.default, int):
        whole = isinstance(value, int) and not isinstance(value, bool)
        low, high = field.metadata["minimum"], field.metadata["maximum"]
        return value if whole and low <= value <= high else None
    choices = field.metadata.get("choices", ())
    if isinstance(value, str) and (not choices or value in choices):
        return value
    return None
