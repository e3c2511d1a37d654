"""Options as they stand in a project file: plain TOML values, paths inside the project's folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from studio.base import fields
from studio.base.errors import ProjectError
from studio.base.fields import Field
from studio.mapper.options import LayerOptions, Place
from studio.options import Options

_HINT = "Correct the line, or delete it to use the default."


def inside(folder: Path, text: object, where: str) -> Path:
    """The file a project names as ``text``, a path with / that stays in ``folder``.

    Raises ProjectError for anything that leads out of the folder: an absolute path, a drive, a
    share, "..", or a link to somewhere else. The file need not be there.
    """
    if not isinstance(text, str) or not text:
        raise _wrong(f"must be a file's name, not {text!r}", where)
    windows, posix = PureWindowsPath(text), PurePosixPath(text)
    leaves = windows.drive or windows.root or posix.is_absolute() or ".." in windows.parts
    if leaves or any(sign in text for sign in ":\\\0"):
        raise _outside(text, where)
    path = folder / text
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise _outside(text, where)
    except (OSError, RuntimeError) as error:  # a link that leads to itself
        raise _outside(text, where) from error
    return path


def relative(folder: Path, path: Path) -> str:
    """How a project names one of its files. Raises ProjectError for one outside its folder."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError as error:
        raise _outside(str(path), str(folder)) from error


def encode(options: Options, folder: Path) -> dict[str, Any]:
    """What differs from the defaults, as values of TOML."""
    defaults = Options()
    found = {}
    for field in dataclasses.fields(Options):
        value = getattr(options, field.name)
        if value != getattr(defaults, field.name):
            found[field.name] = _plain(value, folder, field.name)
    return found


def decode(raw: Mapping[str, Any], folder: Path, source: str) -> Options:
    """The options of a project file's table; entries we do not know are passed over.

    Raises ProjectError, naming the file ``source`` and the entry.
    """
    described = {field.name: field for field in fields.of(Options)}
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name in described:
            where = f"{source}, options.{name}"
            values[name] = _value(described[name], value, folder, where)
    return Options(**values)


def _plain(value: Any, folder: Path, name: str) -> Any:
    """A value as TOML has it; ``folder`` is what paths are relative to."""
    if isinstance(value, Path):
        return relative(folder, value)
    if name == "chip" and value.endswith(".toml"):
        return relative(folder, Path(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {key: own for key, own in dataclasses.asdict(value).items() if own is not None}
    if isinstance(value, Mapping):
        return {key: _plain(own, folder, "") for key, own in value.items()}
    if isinstance(value, tuple):
        return [_plain(own, folder, "") for own in value]
    return value


def _value(field: Field, raw: Any, folder: Path, where: str) -> Any:
    """One option from its TOML value."""
    match field.name:
        case "chip":
            name = _typed(raw, str, "text", where)
            return str(inside(folder, name, where)) if name.endswith(".toml") else name
        case "shapes":
            return {name: _sizes(own, f"{where}.{name}") for name, own in _table(raw, where)}
        case "conventions":
            return {
                name: _typed(own, str, "text", f"{where}.{name}")
                for name, own in _table(raw, where)
            }
        case "layers":
            return {
                name: _record(LayerOptions, own, f"{where}.{name}")
                for name, own in _table(raw, where)
            }
        case "own":
            return inside(folder, raw, where)
        case "around":
            return tuple(inside(folder, own, where) for own in _typed(raw, list, "a list", where))
        case "places":
            entries = enumerate(_typed(raw, list, "a list", where), 1)
            return tuple(_record(Place, own, f"{where} {number}") for number, own in entries)
    return _by_kind(field, raw, folder, where)


def _by_kind(field: Field, raw: Any, folder: Path, where: str) -> Any:
    kind: str = field.kind
    if kind == "hidden":
        kind = type(field.default).__name__
    if kind in ("file", "folder"):
        return inside(folder, raw, where)
    if field.choices and raw not in field.choices:
        raise _wrong(f"is {raw!r}, must be one of {', '.join(field.choices)}", where)
    match kind:
        case "bool":
            return _typed(raw, bool, "true or false", where)
        case "int":
            return _number(field, _typed(raw, int, "a whole number", where), where)
        case "float":
            return _number(field, float(_typed(raw, (int, float), "a number", where)), where)
    return _typed(raw, str, "text", where)


def _number(field: Field, value: Any, where: str) -> Any:
    low, high = field.minimum, field.maximum
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        raise _wrong(f"is {value}, must be {low:g}..{high:g}", where)
    return value


def _record(kind: type, raw: Any, where: str) -> Any:
    """A small dataclass of numbers, texts and switches from a table."""
    table = dict(_table(raw, where))
    values = {}
    for field in dataclasses.fields(kind):
        wanted = {"int": int, "str": str, "bool": bool}[str(field.type)]
        if field.name in table:
            words = {int: "a whole number", str: "text", bool: "true or false"}[wanted]
            values[field.name] = _typed(table[field.name], wanted, words, f"{where}.{field.name}")
        elif field.default is dataclasses.MISSING:
            raise _wrong(f"has no {field.name}", where)
    return kind(**values)


def _sizes(raw: Any, where: str) -> tuple[int, ...]:
    return tuple(
        _typed(size, int, "whole numbers", where) for size in _typed(raw, list, "a list", where)
    )


def _table(raw: Any, where: str) -> list[tuple[str, Any]]:
    return list(_typed(raw, dict, "a table", where).items())


def _typed(raw: Any, kind: Any, words: str, where: str) -> Any:
    # bool is a kind of int to Python, not to whoever writes the file.
    if not isinstance(raw, kind) or (isinstance(raw, bool) and kind is not bool):
        raise _wrong(f"must be {words}, not {raw!r}", where)
    return raw


def _wrong(text: str, where: str) -> ProjectError:
    return ProjectError(text, hint=_HINT, where=where)


def _outside(text: str, where: str) -> ProjectError:
    return ProjectError(
        f"{text} does not lie in the project's folder",
        hint="Copy the file into the folder and name it from there, with / between folders:"
        " a project never leads to files outside.",
        where=where,
    )
