"""The project file: what a project's folder holds and what was chosen for it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.toml_document import TOMLDocument

from studio import project_options
from studio.base.errors import ProjectError
from studio.base.files import write_text
from studio.options import BUILD_CHOICES, BUILDS, Build, Options
from studio.project import Project

NAME = "project.toml"
SCHEMA = 1
LARGEST = 4 << 20  # bytes; ours have a few thousand
_HEAD = "A project of CIM Studio. Yours to edit: comments and entries it does not know stay."


@dataclass(frozen=True)
class ProjectFile:
    """One project: a folder with a project.toml, the model, its data and the results.

    ``model`` and ``data`` lie inside the folder. ``options`` are the choices of every stage;
    the build of ``builds`` whose choices they hold is the chosen one. ``template`` is the id of
    the template it was made from. ``imported`` is what a .wmproject said, as formats/wmproject.py
    has it. ``origin`` is a digest of the path the model was taken from, ``copied`` the digest of
    each copied file as it was then: they are compared, never followed. ``dashboard`` are its
    tiles, as monitor/tiles.py has them.
    """

    folder: Path
    name: str
    model: Path | None = None
    data: Path | None = None
    options: Options = field(default_factory=Options)
    builds: tuple[Build, ...] = BUILDS
    template: str = ""
    imported: Mapping[str, Any] = field(default_factory=dict)
    origin: str = ""
    copied: Mapping[str, str] = field(default_factory=dict)
    dashboard: tuple[Mapping[str, Any], ...] = ()

    @property
    def file(self) -> Path:
        """The project.toml."""
        return self.folder / NAME

    @property
    def results(self) -> Project:
        """Where the artifacts of a deploy go."""
        return Project(self.folder / "results")


def load(folder: Path) -> ProjectFile:
    """Read the project in ``folder``, or of a project.toml.

    Raises ProjectError, naming file and entry, where it is missing or wrong, was written by a
    newer program, or names a file outside its folder. Whether its files are there is not asked.
    """
    folder = folder.parent if folder.name == NAME else folder
    path = folder / NAME
    raw = _read(path)
    schema = raw.get("schema")
    if isinstance(schema, int) and not isinstance(schema, bool) and schema > SCHEMA:
        raise ProjectError(
            f"this project was saved by a newer CIM Studio (format {schema}; this one reads"
            f" {SCHEMA})",
            hint="Update CIM Studio to open it. Nothing was changed.",
            where=str(path),
        )
    if schema != SCHEMA:
        raise ProjectError(
            f"schema is {schema!r}, must be {SCHEMA}",
            hint=f"A project file begins with: schema = {SCHEMA}.",
            where=f"{path}, schema",
        )
    source = _entry(raw, "source", dict, {}, path)
    results = Project(project_options.inside(folder, "results", f"{path}, results"))
    project_options.inside(folder, "history.jsonl", str(path))
    for own in (results.map, results.firmware, results.quantized):
        project_options.inside(folder, own.relative_to(folder).as_posix(), str(path))
    return ProjectFile(
        folder=folder,
        name=_entry(raw, "name", str, folder.name, path),
        model=_path(raw, "model", folder, path),
        data=_path(raw, "data", folder, path),
        options=project_options.decode(_entry(raw, "options", dict, {}, path), folder, str(path)),
        builds=_builds(raw, path),
        template=_entry(raw, "template", str, "", path),
        imported=_entry(raw, "imported", dict, {}, path),
        origin=_entry(source, "origin", str, "", path),
        copied={k: str(v) for k, v in _entry(source, "copied", dict, {}, path).items()},
        dashboard=tuple(
            tile for tile in _entry(raw, "dashboard", list, [], path) if isinstance(tile, dict)
        ),
    )


def save(project: ProjectFile) -> None:
    """Write project.toml; comments, order and unknown entries of the file there is stay.

    Raises ProjectError where the folder cannot be written, an option names a file outside it, or
    the file has been broken meanwhile.
    """
    document = _document(project.file)
    document["schema"] = SCHEMA
    document["name"] = project.name
    for key, path in (("model", project.model), ("data", project.data)):
        value = None if path is None else project_options.relative(project.folder, path)
        _set(document, key, value)
    _set(document, "template", project.template or None)
    known = set(Options.__dataclass_fields__)
    _update(document, "options", project_options.encode(project.options, project.folder), known)
    builds = [_plain_build(own) for own in project.builds]
    written = document.get("builds")
    if written is None or written.unwrap() != builds:
        _set(document, "builds", builds)
    _update(document, "imported", dict(project.imported), set(document.get("imported", {})))
    _set(document, "dashboard", [dict(tile) for tile in project.dashboard] or None)
    source = {"origin": project.origin, "copied": dict(project.copied)}
    kept = {key: value for key, value in source.items() if value}
    _update(document, "source", kept, set(source))
    write_text(project.file, tomlkit.dumps(document))


def _document(path: Path) -> TOMLDocument:
    """The file as it is, or a new one."""
    if not path.is_file():
        document = tomlkit.document()
        document.add(tomlkit.comment(_HEAD))
        document.add(tomlkit.nl())
        return document
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise ProjectError(
            f"your last choices cannot be saved, since the file cannot be read: {error}",
            hint="Mend the file; the next change saves them.",
            where=str(path),
        ) from error


def _set(table: Any, key: str, value: Any) -> None:
    """Let ``key`` be ``value``, or absent for None; what is equal already is not touched."""
    if value is None:
        table.pop(key, None)
    elif key not in table or _unwrapped(table[key]) != value:
        # As an item of its own the order of tables in the file stays.
        table[key] = _item(value)


def _update(document: TOMLDocument, name: str, wanted: Mapping[str, Any], known: set[str]) -> None:
    """Let a table hold ``wanted``; entries that are not ``known`` stay."""
    if not wanted and name not in document:
        return
    if name not in document:
        document[name] = tomlkit.table()
    table: Any = document[name]
    for key in known - set(wanted):
        table.pop(key, None)
    for key, value in wanted.items():
        _set(table, key, value)
    if not table and name != "options":
        document.pop(name)


def _item(value: Any) -> Any:
    """Tables in lists stand in a line each: a block's place, or a build, is read at a glance."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        lines = tomlkit.array()
        for own in value:
            line = tomlkit.inline_table()
            line.update(own)
            lines.append(line)
        return lines.multiline(True)
    return value


def _unwrapped(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value


def _read(path: Path) -> dict[str, Any]:
    hint = "Choose the folder of a project, or drop its model to make one."
    try:
        if path.stat().st_size > LARGEST:
            raise ProjectError("this file is too large for a project", hint=hint, where=str(path))
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ProjectError("there is no project here", hint=hint, where=str(path)) from error
    except OSError as error:
        raise ProjectError(
            f"cannot be read: {error.strerror}", hint=hint, where=str(path)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProjectError(
            f"not a TOML file: {error}",
            hint="Correct that line in a text editor, then open the project again.",
            where=str(path),
        ) from error


def _entry(raw: Mapping[str, Any], key: str, kind: type, default: Any, path: Path) -> Any:
    value = raw.get(key, default)
    if not isinstance(value, kind):
        words = "text" if kind is str else "a table" if kind is dict else "a list"
        raise ProjectError(
            f"must be {words}, not {value!r}",
            hint="Correct the line, or delete it.",
            where=f"{path}, {key}",
        )
    return value


def _path(raw: Mapping[str, Any], key: str, folder: Path, path: Path) -> Path | None:
    if key not in raw:
        return None
    return project_options.inside(folder, raw[key], f"{path}, {key}")


def _builds(raw: Mapping[str, Any], path: Path) -> tuple[Build, ...]:
    entries = _entry(raw, "builds", list, [], path)
    if not entries:
        return BUILDS
    found = []
    for number, entry in enumerate(entries, 1):
        where = f"{path}, builds {number}"
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ProjectError(
                "a build needs a name",
                hint='Write for example: { name = "Release", toolchain = "auto" }.',
                where=where,
            )
        choices = {key: value for key, value in entry.items() if key in BUILD_CHOICES}
        options = project_options.decode(choices, path.parent, where)
        found.append(Build(entry["name"], **{key: getattr(options, key) for key in BUILD_CHOICES}))
    return tuple(found)


def _plain_build(build: Build) -> dict[str, Any]:
    values = {"name": build.name, **build.choices}
    return {key: value for key, value in values.items() if value is not None}
