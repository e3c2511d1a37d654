"""The linker's map: where everything lies. lld prints it, GNU's linker writes it to a file."""

from __future__ import annotations

import re

_HEAD = re.compile(r"^ *VMA +LMA +Size +Align +Out +In +Symbol$")
_ROW = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +(?P<size>[0-9a-f]+) +\d+ (?P<rest>.*)$")
_LABEL = re.compile(r"^ +[.$]")  # symbols of the assembler's own, as .L0 and $x


def split(text: str) -> tuple[str, str]:
    """The linker's messages without the map, and the map; "" where there is none.

    Sections of debug information and labels of the assembler are left out of it.
    """
    messages: list[str] = []
    rows: list[str] = []
    inside = hidden = False
    for line in text.splitlines():
        row = _ROW.match(line) if inside else None
        if row is not None:
            if row["rest"].startswith("."):
                hidden = row["rest"].startswith((".debug", ".symtab", ".strtab", ".shstrtab"))
            if not hidden and not _LABEL.match(row["rest"]):
                rows.append(line)
        elif _HEAD.match(line):
            inside = True
            rows.append(line)
        else:
            messages.append(line)
    return "".join(f"{line}\n" for line in messages), "".join(f"{line}\n" for line in rows)
