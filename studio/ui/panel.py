"""What a panel says of itself, and the walk that finds all panels."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace

Place = Literal["welcome", "center", "right", "left-bottom", "right-bottom"]


@dataclass(frozen=True)
class Panel:
    """One panel: every module of ``studio.panels`` ends with a constant ``PANEL`` of this type.

    ``title`` is marked with ``QT_TRANSLATE_NOOP("Panel", …)`` and translated by the window.
    ``place`` is where the window puts it at first: the page shown while no model is open, the
    middle, or a dock at the right or at either half of the bottom. Panels of the same place
    become tabs, in the order of their ids.
    """

    id: str
    title: str
    place: Place
    factory: Callable[[Workspace], QWidget]


def find(package: str = "studio.panels") -> list[Panel]:
    """The ``PANEL`` of every module in ``package``, sorted by id; works in frozen programs too."""
    root = importlib.import_module(package)
    names = sorted(info.name for info in pkgutil.iter_modules(root.__path__))
    modules = [importlib.import_module(f"{package}.{name}") for name in names]
    return sorted((module.PANEL for module in modules), key=lambda panel: panel.id)
