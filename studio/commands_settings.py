"""What the command for personal settings does: show them, change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from studio.base import fields, settings
from studio.base.errors import StudioError
from studio.base.fields import Field
from studio.base.settings import Settings
from studio.commands import Screen

_BOOLS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def show(changes: Sequence[str], screen: Screen) -> None:
    """Change what ``changes`` (NAME=VALUE) say, else list all; the file is the window's, too."""
    known = {field.name: field for field in fields.of(Settings) if field.kind != "hidden"}
    found = changed(settings.load(), changes, known)
    if changes:
        settings.save(found)
        screen.say(f"Written: {settings.location()}")
    else:
        _table(found, known, screen)
        screen.say(f"They are kept in {settings.location()}")
    values = {name: getattr(found, name) for name in known}
    screen.result({"file": str(settings.location()), "settings": values})


def changed(before: Settings, changes: Sequence[str], known: dict[str, Field]) -> Settings:
    """``before`` with values from NAME=VALUE; NAME= is the default.

    Raises StudioError for an unknown name, or a value that the setting cannot have.
    """
    values: dict[str, Any] = {}
    for text in changes:
        name, equals, typed = text.partition("=")
        if name not in known or not equals:
            raise StudioError(
                f"cannot read {text}",
                hint="Write NAME=VALUE, the name as `cim-studio settings` lists it, or NAME= for"
                " the default.",
            )
        values[name] = _value(known[name], typed.strip())
    return replace(before, **values)


def _value(field: Field, typed: str) -> Any:
    """What was typed, as the setting's value. Raises StudioError."""
    if not typed:
        return field.default
    choices = tuple(_BOOLS) if field.kind == "bool" else field.choices
    if choices and typed not in choices:
        raise StudioError(
            f"{field.name} cannot be {typed}", hint=f"Choose one of {', '.join(choices)}."
        )
    if field.kind == "int":
        return _whole(field, typed)
    return _BOOLS[typed] if field.kind == "bool" else typed


def _whole(field: Field, typed: str) -> int:
    low, high = int(field.minimum or 0), int(field.maximum or 0)
    if not typed.isdecimal() or not low <= int(typed) <= high:
        raise StudioError(
            f"{field.name} cannot be {typed}", hint=f"Choose a number from {low} to {high}."
        )
    return int(typed)


def _table(found: Settings, known: dict[str, Field], screen: Screen) -> None:
    group = ""
    table = Table("setting", "value", "what", box=SIMPLE)
    for name, field in known.items():
        if field.group != group:
            group = field.group
            table.add_section()
        value = getattr(found, name)
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        what = f"{field.label}: {', '.join(field.choices)}" if field.choices else field.label
        table.add_row(name, shown or "-", what)
    screen.table(table)
