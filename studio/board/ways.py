"""How firmware gets into a board, as the user's settings have it."""

from __future__ import annotations

from pathlib import Path

from studio.base.errors import StudioError
from studio.base.settings import Settings
from studio.board import tools
from studio.board.probes import GdbServer, How, JLink, OpenOcd

_RESETS = {2331: "reset"}  # SEGGER's server; others understand OpenOCD's words


def chosen(settings: Settings) -> How:
    """The way of the settings, with its tool found.

    Raises ToolError where the tool is not there, StudioError where a setting makes no sense.
    """
    match settings.download:
        case "openocd":
            program = Path(tools.find("openocd", settings))
            interface, cable = settings.openocd_interface, settings.interface
            return OpenOcd(program, interface, cable, settings.jlink_id)
        case "jlink":
            program = Path(tools.find("jlink", settings))
            return JLink(program, settings.interface, settings.jlink_id)
    host, port = address(settings.debug_server)
    return GdbServer(Path(tools.find("gdb", settings)), host, port, _RESETS.get(port, "reset halt"))


def address(text: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``; StudioError for anything else."""
    host, colon, number = text.strip().rpartition(":")
    if not colon or not number.isdecimal() or not 0 < int(number) < 1 << 16:
        raise StudioError(
            f"{text!r} is no address of a debug server",
            hint="Write HOST:PORT in the settings, under Board, for instance localhost:3333.",
            where="debug server",
        )
    return host.strip("[]") or "localhost", int(number)
