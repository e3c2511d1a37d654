"""The maker's IDE project (.wmproject): XML that is read for its settings, and never followed.

Known of it (CHIP.md): the root ``WitmemStudio_project_file``, in it ``Project`` with
``Configuration`` elements, whose ``Compiler`` carries gcc_optimization_level, rv_architecture,
rv_abi, c_preprocessor_definitions (``;`` between them) and directory (include folders, ``;``
between them, backslashes), and file and folder entries. No file was at hand: a value is taken
whether it is an attribute or the text of an element, and case does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from studio.base.errors import DataError

ROOT = "WitmemStudio_project_file"
LARGEST = 4 << 20  # bytes
DEEPEST = 64  # elements inside each other
_SOURCE = (".c", ".h", ".s", ".cpp", ".cc", ".cxx", ".hpp", ".ld", ".icf", ".a", ".lib")
_UNOPTIMIZED = ("none", "0", "-o0", "o0", "level 0", "g", "-og", "og", "debug")
_HINT = "Choose the .wmproject that the maker's IDE saved."


@dataclass(frozen=True)
class Configuration:
    """One configuration: what its compiler is told. Empty where the file says nothing."""

    name: str
    optimization: str = ""
    architecture: str = ""
    abi: str = ""
    definitions: tuple[str, ...] = ()
    include_folders: tuple[str, ...] = ()

    @property
    def debug(self) -> bool:
        """Whether it is meant for the debugger: named so, or not optimized."""
        return "debug" in self.name.lower() or self.optimization.lower() in _UNOPTIMIZED


@dataclass(frozen=True)
class MakerProject:
    """Settings of a .wmproject. ``sources`` are names as they stand in it, with / in them."""

    name: str
    configurations: tuple[Configuration, ...]
    sources: tuple[str, ...]

    def tree(self) -> dict[str, Any]:
        """The same as plain values, for a project file."""
        return {
            "project": self.name,
            "sources": list(self.sources),
            "configurations": {
                own.name: {
                    "optimization": own.optimization,
                    "architecture": own.architecture,
                    "abi": own.abi,
                    "definitions": list(own.definitions),
                    "include_folders": list(own.include_folders),
                }
                for own in self.configurations
            },
        }


def read(path: Path) -> MakerProject:
    """Read the settings. Nothing the file names is opened.

    Raises DataError where it is no such project, is damaged, too large, or has a document type,
    through which XML can reach other files or grow without bound.
    """
    root = _parse(_bytes(path), path)
    if root.tag.lower() != ROOT.lower():
        raise DataError(
            f"this XML file is no project of the maker's IDE: its root is {root.tag[:60]!r}",
            hint=_HINT,
            where=str(path),
        )
    elements = list(_walk(root, path))
    named = [own for own in elements if own.tag.lower() == "project"]
    name = next((found for own in named if (found := _attribute(own, "name"))), path.stem)
    configurations: dict[str, Configuration] = {}
    for own in elements:
        if own.tag.lower() == "configuration":
            made = _configuration(own, len(configurations) + 1)
            configurations.setdefault(made.name, made)
    sources = dict.fromkeys(
        source.replace("\\", "/") for own in elements if (source := _source(own))
    )
    return MakerProject(name, tuple(configurations.values()), tuple(sources))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(
                f"larger than {LARGEST >> 20} MB, which no such project is",
                hint=_HINT,
                where=str(path),
            )
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot be read: {error.strerror}", hint="Choose it again.", where=str(path)
        ) from error


def _parse(data: bytes, path: Path) -> Element:
    """The tree, without a document type: only that can define entities or name other files."""
    doctype = re.search(r"<!\s*(DOCTYPE|ENTITY)", _text(data), re.IGNORECASE)
    if doctype:
        raise DataError(
            "the file has a document type (DOCTYPE), which can lead to other files",
            hint="The maker's IDE writes none: delete that part if you trust the file.",
            where=str(path),
        )
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DataError(f"not an XML file: {error}", hint=_HINT, where=str(path)) from error


def _text(data: bytes) -> str:
    """The file's text as far as its markup goes, in whatever encoding the parser may take."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.replace(b"\0", b"").decode("latin-1")


def _walk(root: Element, path: Path) -> Iterator[Element]:
    waiting = [(root, 0)]
    while waiting:
        element, depth = waiting.pop()
        if depth > DEEPEST:
            raise DataError("elements lie too deep in each other", hint=_HINT, where=str(path))
        yield element
        waiting += [(child, depth + 1) for child in reversed(element)]


def _configuration(element: Element, number: int) -> Configuration:
    def value(key: str) -> str:
        return next((found for own in element.iter() if (found := _value(own, key))), "")

    return Configuration(
        name=_attribute(element, "name") or f"Configuration {number}",
        optimization=value("gcc_optimization_level"),
        architecture=value("rv_architecture"),
        abi=value("rv_abi"),
        definitions=_list(value("c_preprocessor_definitions")),
        include_folders=tuple(folder.replace("\\", "/") for folder in _list(value("directory"))),
    )


def _source(element: Element) -> str:
    """The file an element names: one that ends like a source."""
    if "file" not in element.tag.lower():
        return ""
    texts = [*element.attrib.values(), (element.text or "").strip()]
    return next((text for text in texts if text.lower().endswith(_SOURCE)), "")


def _value(element: Element, key: str) -> str:
    if element.tag.lower() == key:
        return (element.text or "").strip() or _attribute(element, "value")
    return _attribute(element, key)


def _attribute(element: Element, key: str) -> str:
    return next((v.strip() for k, v in element.attrib.items() if k.lower() == key), "")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
