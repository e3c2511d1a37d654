"""THIRD_PARTY.md lists what we use, all of it, under the licence it declares, and no more."""

from __future__ import annotations

import itertools
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = [PROJECT["optional-dependencies"][name] for name in ("prove", "cluster")]
OURS = [Requirement(line) for line in PROJECT["dependencies"] + list(itertools.chain(*EXTRAS))]
OLD_PYTHON = {"importlib-metadata", "lazy-importer", "zipp"}  # dask wants them below 3.12


def table() -> dict[str, tuple[str, str, str]]:
    """Distribution -> range, licence, home, from the tables of THIRD_PARTY.md."""
    rows: dict[str, tuple[str, str, str]] = {}
    for line in (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or cells[0] == "Distribution" or not cells[0].strip("-"):
            continue
        name, *others = cells
        key = canonicalize_name(name)
        assert key not in rows, f"{name} is listed twice"
        rows[key] = (others[0], others[1], others[2])
    return rows


def wanted(requirement: Requirement, extras: frozenset[str]) -> bool:
    """Whether a requirement counts here, asked for with ``extras``."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


def needed() -> dict[str, metadata.Distribution]:
    """Every distribution our runtime requirements reach."""
    found: dict[str, metadata.Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [(line.name, frozenset(line.extras)) for line in OURS if wanted(line, frozenset())]
    while todo:
        name, extras = todo.pop()
        key = canonicalize_name(name)
        if (key, extras) in seen:
            continue
        seen.add((key, extras))
        found[key] = metadata.distribution(name)
        for line in map(Requirement, found[key].requires or []):
            if wanted(line, extras):
                todo.append((line.name, frozenset(line.extras)))
    return found


def declared(distribution: metadata.Distribution) -> str:
    """The licence a distribution declares: expression, else text, else classifiers."""
    fields = distribution.metadata
    text = fields.get("License-Expression") or fields.get("License") or ""
    if text and "\n" not in text:
        return text
    classifiers = fields.get_all("Classifier") or []
    names = [line.split(" :: ")[-1] for line in classifiers if line.startswith("License")]
    return ", ".join(names)


TABLE = table()
NEEDED = needed()


def test_everything_we_use_is_listed_and_nothing_else() -> None:
    unneeded = OLD_PYTHON if sys.version_info >= (3, 12) else set()
    assert sorted(set(TABLE) - unneeded) == sorted(NEEDED)
    assert len(NEEDED) > 13  # our own requirements alone


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_licence_is_the_declared_one(name: str) -> None:
    assert TABLE[name][1] == declared(NEEDED[name]) != ""


def test_ranges_are_those_of_our_requirements() -> None:
    asked = {canonicalize_name(line.name): line.specifier for line in OURS}
    listed = {name: SpecifierSet(row[0]) for name, row in TABLE.items() if row[0] != "any"}
    assert listed == asked


def test_every_one_has_a_home_that_is_no_package_index() -> None:
    for name, row in TABLE.items():
        assert re.fullmatch(r"https://[a-z0-9.-]+(/[\w.-]+)*", row[2]), name
        assert "pypi" not in row[2].split("/")[2], name


def test_what_the_notes_must_say() -> None:
    text = " ".join((ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").split())
    for words in ("GPL-2.0", "studio/emulator/machine.py", "LGPL-3.0, loaded dynamically"):
        assert words in text


def test_no_strong_copyleft_but_where_we_know_of_it() -> None:
    """GPL and AGPL must not slip in with an upgrade."""
    for name, distribution in NEEDED.items():
        classifiers = distribution.metadata.get_all("Classifier") or []
        text = " ".join([declared(distribution), *classifiers])
        if re.search(r"\bA?GPL|GNU (Affero )?General Public", text):
            assert name == "unicorn" or "LGPL" in text, f"{name}: {text}"
