"""What the banks of an array are called in the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def short(name: str) -> str:
    """The word for a bank in tables and choices; names that are not ours stay as they are."""
    return {"upper": _tr("upper"), "lower": _tr("lower")}.get(name, name)


def full(name: str) -> str:
    """A bank inside a sentence or below a picture."""
    known = {"upper": _tr("upper bank"), "lower": _tr("lower bank")}
    return known.get(name) or _tr("bank {0}").format(name)


def title(name: str) -> str:
    """A bank at the start of a line."""
    known = {"upper": _tr("Upper bank"), "lower": _tr("Lower bank")}
    return known.get(name) or _tr("Bank {0}").format(name)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Bank", text)
