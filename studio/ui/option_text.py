"""Options in words: what one is set to, and where the window has those of the command line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from studio.base import fields
from studio.base.fields import Field
from studio.options import Options
from studio.ui import field_editors, language

_FLAG = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)")
_OTHERS = {"prove": "prove_seconds"}  # flags that are not called as their option


def value(field: Field, given: Any) -> str:
    """What the option is set to, short, in the window's language."""
    if given is None:
        return field_editors.none(field)
    if isinstance(given, bool):
        return _tr("on") if given else _tr("off")
    if given in field.choices:
        names = field.names or field.choices
        return QCoreApplication.translate("Choice", names[field.choices.index(given)])
    if isinstance(given, Path):
        return given.name
    if isinstance(given, dict):
        return ", ".join(str(name) for name in given)
    if isinstance(given, tuple):
        return _tr("{0} given").format(len(given))
    if isinstance(given, float | int):
        number = f"{given:g}" if isinstance(given, float) else str(given)
        unit = QCoreApplication.translate("Unit", field.unit) if field.unit else ""
        return f"{number} {unit}".strip()
    return Path(given).name if str(given).endswith(".toml") else str(given)


def hint(text: str) -> str:
    """A hint in the window's language; flags in it are also told as the window has them."""
    told = [language.message(text)]
    known = {own.name: own for own in fields.of(Options)}
    places = {
        "Quantize": _tr("Project › Quantize"),
        "Map": _tr("Mapper › Options"),
        "Build": _tr("Firmware › Setup"),
        "Emulator": _tr("Firmware › Setup"),
    }
    for flag in dict.fromkeys(_FLAG.findall(text)):
        name = _OTHERS.get(flag, flag).replace("-", "_")
        own = known.get(name) or known.get(name.removeprefix("no_"))
        if own is None or own.kind == "hidden" or own.group not in places:
            continue
        words = (
            _tr("In this window, {0} is “{1}” in {2}.")
            if own.name == name
            else _tr("In this window, {0} is “{1}” in {2}, switched off.")
        )
        label = QCoreApplication.translate("Option", own.label)
        told.append(words.format(f"--{flag}", label, places[own.group]))
    return "\n".join(part for part in told if part)


def _tr(text: str) -> str:
    return QCoreApplication.translate("OptionText", text)
