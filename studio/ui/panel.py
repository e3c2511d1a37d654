"""What a panel says of itself, and the walk that finds all panels."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace

Place = Literal["welcome", "left", "center", "right", "bottom-left", "bottom-right"]
PLACES: tuple[Place, ...] = ("welcome", "left", "center", "right", "bottom-left", "bottom-right")


@dataclass(frozen=True)
class Panel:
    """One panel: every module of ``studio.panels`` ends with a constant ``PANEL`` of this type.

    ``title`` is marked with ``QT_TRANSLATE_NOOP("Panel", …)`` and translated by the window.
    ``place`` is where the window puts it at first: the page shown while no model is open, or a
    dock in one of five places. Panels of the same place become tabs, by ``order`` and then id.
    """

    id: str
    title: str
    place: Place
    factory: Callable[[Workspace], QWidget]
    order: int = 0


def names(package: str = "studio.panels") -> list[str]:
    """The modules of ``package``, without importing them; works in frozen programs too."""
    root = importlib.import_module(package)
    return sorted(info.name for info in pkgutil.iter_modules(root.__path__))


def load(name: str, package: str = "studio.panels") -> Panel:
    """The ``PANEL`` of one module."""
    panel = importlib.import_module(f"{package}.{name}").PANEL
    assert isinstance(panel, Panel), name
    return panel


def in_order(panels: Iterable[Panel]) -> list[Panel]:
    """By place, order and id."""
    return sorted(panels, key=lambda panel: (PLACES.index(panel.place), panel.order, panel.id))


def find(package: str = "studio.panels") -> list[Panel]:
    """The ``PANEL`` of every module in ``package``, in order."""
    return in_order(load(name, package) for name in names(package))
