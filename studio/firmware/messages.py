"""What compilers and linkers complain about, as data: file, line, column, text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from studio.base.errors import ToolError

Severity = Literal["error", "warning", "note"]

# What GNU ld begins some of its lines with.
_LD = r"^(?:.*\bld(?:\.exe)?: )?"
# GNU ld's complaints carry no "error:".
_COMPLAINT = r"(?P<text>(?:undefined |multiple definition ).+)$"
# GCC and clang: network.c:12:5: error: use of undeclared identifier 'x'
_AT = re.compile(
    r"^(?P<file>.+?):(?P<line>\d+)(?::(?P<column>\d+))?: "
    r"(?P<kind>fatal error|error|warning|note): (?P<text>.+)$"
)
# GNU ld: main.c:30: undefined reference to `lost'
_LINKED = re.compile(_LD + r"(?P<file>.+?):(?P<line>\d+): " + _COMPLAINT)
# GNU ld: main.c:(.text.main+0x1c): undefined reference to `lost'
_SECTION = re.compile(_LD + r"(?P<file>.+?):\(\.[^)]*\): " + _COMPLAINT)
# ld.lld: error: undefined symbol: lost; collect2: error: ld returned 1 exit status
_TOOL = re.compile(r"^(?P<tool>[\w.+-]+): (?P<kind>fatal error|error|warning): (?P<text>.+)$")
# ld.lld, after an error: >>> referenced by main.c:30 (runtime/main.c:30)
_REFERENCE = re.compile(
    r"^>>> (?:referenced|defined) (?:by|at) (?:.+? \((?=.*:\d+\)$))?(?P<file>.+?):(?P<line>\d+)\b"
)
_UNKNOWN = re.compile(r"^(?P<kind>error|warning): (?P<text>.+)$")


@dataclass(frozen=True)
class Message:
    """One complaint. ``file`` is as the tool wrote it, "" where it names none.

    ``line`` and ``column`` count from 1; 0 is unknown.
    """

    severity: Severity
    text: str
    file: str = ""
    line: int = 0
    column: int = 0


def parse(log: str) -> tuple[Message, ...]:
    """All messages of a build's log, in order, each once."""
    found: list[Message] = []
    for line in log.splitlines():
        place = _REFERENCE.match(line)
        if place is not None:
            if found and not found[-1].file:
                found[-1] = replace(found[-1], file=place["file"], line=int(place["line"]))
            continue
        message = of_line(line)
        if message is not None:
            found.append(message)
    return tuple(dict.fromkeys(_without_echo(found)))


def of_line(line: str) -> Message | None:
    """The message a line of the log begins, if it does."""
    match = _AT.match(line)
    if match is not None:
        column = int(match["column"] or 0)
        kind = _severity(match["kind"])
        return Message(kind, match["text"], match["file"], int(match["line"]), column)
    match = _LINKED.match(line)
    if match is not None:
        return Message("error", match["text"], match["file"], int(match["line"]))
    match = _SECTION.match(line)
    if match is not None:
        return Message("error", match["text"], match["file"])
    match = _TOOL.match(line) or _UNKNOWN.match(line)
    return Message(_severity(match["kind"]), match["text"]) if match is not None else None


def _severity(kind: str) -> Severity:
    match kind:
        case "warning":
            return "warning"
        case "note":
            return "note"
    return "error"


def _without_echo(found: Iterable[Message]) -> list[Message]:
    """Leave out "ld returned 1 exit status" and its like where the cause is told."""
    kept = list(found)
    causes = [message for message in kept if "exit status" not in message.text]
    return causes if any(message.severity == "error" for message in causes) else kept


class BuildError(ToolError):
    """The compiler or linker refuses: ``log`` is all that was said, ``folder`` the C project."""

    def __init__(
        self, message: str, *, hint: str = "", where: str = "", log: str = "", folder: str = ""
    ) -> None:
        super().__init__(message, hint=hint, where=where)
        self.log = log
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.message, self.hint, self.where, self.log, self.folder)


def _rebuild(message: str, hint: str, where: str, log: str, folder: str) -> BuildError:
    return BuildError(message, hint=hint, where=where, log=log, folder=folder)
