"""Options that describe themselves: a dataclass field with label, help and range.

The settings dialog, the forms of the panels and the documentation are made from these.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["bool", "int", "float", "text", "choice", "file", "folder", "hidden"]


@dataclass(frozen=True)
class Field:
    """One option of a dataclass.

    ``kind`` says how it is edited; "hidden" ones have a place of their own. With ``optional`` it
    may be None, which the form shows as ``none`` ("automatic"), as it does an empty text.
    ``choices`` are a choice's values, ``names`` what the window calls them (the values themselves
    where there are none). ``minimum`` and ``maximum`` are those of a number in ``unit``.
    ``group`` is the heading it stands under, ``files`` the endings a file may have (".npz").
    """

    name: str
    label: str
    help: str
    kind: Kind
    default: Any
    choices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    group: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    optional: bool = False
    none: str = ""
    files: tuple[str, ...] = ()


def option(
    default: Any,
    label: str,
    explain: str,
    *,
    kind: Kind | None = None,
    **more: Any,
) -> Any:
    """A dataclass field with what is said of it; ``more`` are further entries of ``Field``.

    ``default`` may be a callable that makes it, such as ``dict``. Without ``kind`` the default's
    type, or choices, say it.
    """
    value = default() if callable(default) else default
    metadata = {"label": label, "help": explain, "kind": kind or _kind(value, more), **more}
    if callable(default):
        return dataclasses.field(default_factory=default, metadata=metadata)
    return dataclasses.field(default=value, metadata=metadata)


def of(kind: type) -> tuple[Field, ...]:
    """The described fields of a dataclass, in order; hidden ones too."""
    return tuple(_field(field) for field in dataclasses.fields(kind) if "label" in field.metadata)


def _field(field: dataclasses.Field[Any]) -> Field:
    default = field.default
    if field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    return Field(name=field.name, default=default, **field.metadata)


def _kind(value: Any, more: dict[str, Any]) -> Kind:
    if more.get("choices"):
        return "choice"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    return "float" if isinstance(value, float) else "text"
