"""Named layouts of the docks, and the file that remembers the user's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QByteArray, QCoreApplication, QSettings

from studio.base import paths
from studio.ui.panel import PLACES, Panel

VERSION = 1  # of a saved state; another one is ignored

# The panels of Ctrl+1 to Ctrl+9.
NUMBERED = (
    "project", "graph", "editor", "layers", "array", "mapper", "firmware", "monitor", "problems",
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Panels in one place, as tabs; the first is in front. ``closed`` ones come back there."""

    panels: tuple[str, ...]
    weight: int = 1
    closed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split:
    """Parts beside each other, or with ``vertical`` one below the other, sized by weight."""

    vertical: bool
    parts: tuple[Group | Split, ...]
    weight: int = 1


Tree = Group | Split


@dataclass(frozen=True)
class Layout:
    """A named layout. ``title`` is translated in the context "Layout"."""

    id: str
    title: str
    tree: Tree

    @property
    def label(self) -> str:
        """The title in the window's language."""
        return QCoreApplication.translate("Layout", self.title)


def named(panels: Sequence[Panel]) -> tuple[Layout, ...]:
    """The program's own layouts, Default first, of the panels there are."""
    trees = (
        ("default", str(QT_TRANSLATE_NOOP("Layout", "Default")), _by_place(panels)),
        ("map", str(QT_TRANSLATE_NOOP("Layout", "Map")), _MAP),
        ("build", str(QT_TRANSLATE_NOOP("Layout", "Build")), _BUILD),
        ("workshop", str(QT_TRANSLATE_NOOP("Layout", "Workshop")), _WORKSHOP),
        ("monitor", str(QT_TRANSLATE_NOOP("Layout", "Monitor")), _MONITOR),
    )
    return tuple(Layout(id, title, complete(tree, panels)) for id, title, tree in trees)


def groups(tree: Tree) -> Iterator[Group]:
    """All groups of ``tree``, from the top left."""
    if isinstance(tree, Group):
        yield tree
    else:
        for part in tree.parts:
            yield from groups(part)


def complete(tree: Tree, panels: Sequence[Panel]) -> Tree:
    """``tree`` with only the panels there are, and the others closed beside their neighbours."""
    docks = [panel for panel in panels if panel.place != "welcome"]
    place = {panel.id: panel.place for panel in docks}
    cut = _cut(tree, set(place)) or Group(())
    listed = {name for group in groups(cut) for name in group.panels}
    homes = list(groups(cut))
    closed: dict[int, list[str]] = {}
    for panel in docks:
        if panel.id not in listed:
            matches = [
                index
                for index, group in enumerate(homes)
                if any(place[name] == panel.place for name in group.panels)
            ]
            closed.setdefault(matches[0] if matches else 0, []).append(panel.id)
    numbers = iter(range(len(homes)))
    return _close(cut, closed, numbers)


def _cut(tree: Tree, known: set[str]) -> Tree | None:
    if isinstance(tree, Group):
        panels = tuple(name for name in tree.panels if name in known)
        return replace(tree, panels=panels) if panels else None
    cuts = [_cut(part, known) for part in tree.parts]
    parts = tuple(part for part in cuts if part is not None)
    if len(parts) > 1:
        return replace(tree, parts=parts)
    return replace(parts[0], weight=tree.weight) if parts else None


def _close(tree: Tree, closed: dict[int, list[str]], numbers: Iterator[int]) -> Tree:
    if isinstance(tree, Group):
        return replace(tree, closed=tuple(closed.get(next(numbers), ())))
    return replace(tree, parts=tuple(_close(part, closed, numbers) for part in tree.parts))


def _by_place(panels: Sequence[Panel]) -> Tree:
    """Project, the work and the array above; tools and the monitor below."""
    weights = {"left": 17, "center": 41, "right": 42, "bottom-left": 50, "bottom-right": 50}
    parts = {
        place: Group(tuple(panel.id for panel in panels if panel.place == place), weights[place])
        for place in PLACES
        if place != "welcome"
    }
    above = (parts["left"], parts["center"], parts["right"])
    below = (parts["bottom-left"], parts["bottom-right"])
    return Split(True, (Split(False, above, 58), Split(False, below, 42)))


_MAP = Split(
    True,
    (
        Split(False, (Group(("array",), 66), Group(("mapper", "accuracy"), 34)), 68),
        Split(False, (Group(("layers", "nodes"), 66), Group(("problems", "output"), 34)), 32),
    ),
)

_BUILD = Split(
    True,
    (
        Split(
            False,
            (Group(("project",), 16), Group(("editor", "graph"), 50), Group(("firmware",), 34)),
            66,
        ),
        Split(False, (Group(("problems", "output"), 50), Group(("monitor",), 50)), 34),
    ),
)

_WORKSHOP = Split(
    True,
    (
        Split(False, (Group(("graph",)), Group(("array",))), 55),
        Split(False, (Group(("monitor",), 55), Group(("dashboard", "classroom"), 45)), 45),
    ),
)

_MONITOR = Split(False, (Group(("monitor",), 68), Group(("dashboard", "classroom"), 32)))


class Store:
    """What the window remembers between starts, in ``window.ini`` of the user's settings folder.

    A broken or foreign entry counts as none.
    """

    def __init__(self, path: Path | None = None) -> None:
        file = path or paths.config() / "window.ini"
        self._file = QSettings(str(file), QSettings.Format.IniFormat)

    def bytes(self, key: str) -> QByteArray:
        """A window's geometry or docks; empty when nothing was kept."""
        value = self._file.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def text(self, key: str) -> str:
        """A choice; empty when nothing was kept."""
        value = self._file.value(key)
        return value if isinstance(value, str) else ""

    def set(self, key: str, value: QByteArray | str) -> None:
        """Keep one entry."""
        self._file.setValue(key, value)

    def entries(self, key: str) -> list[Any]:
        """Plain values that were kept together; none when nothing was."""
        try:
            found = json.loads(self.text(key) or "[]")
        except (ValueError, RecursionError):
            return []
        return found if isinstance(found, list) else []

    def set_entries(self, key: str, entries: Sequence[Any]) -> None:
        """Keep plain values (text, numbers, lists and dicts of them) together."""
        self.set(key, json.dumps(list(entries), ensure_ascii=False))

    def layouts(self) -> dict[str, QByteArray]:
        """The user's own layouts by name, in the order they were made."""
        found: dict[str, QByteArray] = {}
        for index in range(self._file.beginReadArray("layouts")):
            self._file.setArrayIndex(index)
            name, state = self.text("name"), self.bytes("state")
            if name and not state.isEmpty():
                found[name] = state
        self._file.endArray()
        return found

    def set_layouts(self, layouts: dict[str, QByteArray]) -> None:
        """Keep these layouts, and no others."""
        self._file.remove("layouts")
        self._file.beginWriteArray("layouts", len(layouts))
        for index, (name, state) in enumerate(layouts.items()):
            self._file.setArrayIndex(index)
            self._file.setValue("name", name)
            self._file.setValue("state", state)
        self._file.endArray()

    def sync(self) -> None:
        """Write it to disk now."""
        self._file.sync()
