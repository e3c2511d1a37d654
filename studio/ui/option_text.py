"""The value of an option in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from studio.base.fields import Field
from studio.ui import field_editors


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


def _tr(text: str) -> str:
    return QCoreApplication.translate("OptionText", text)
