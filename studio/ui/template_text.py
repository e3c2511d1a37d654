"""What the templates of studio/templates.py are called and said to be."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

ORDER = ("classification", "wake-word", "denoise")


def name(template: str) -> str:
    """A template's name; the id where it is unknown."""
    return {
        "classification": _tr("Classification"),
        "wake-word": _tr("Wake word"),
        "denoise": _tr("Denoise"),
    }.get(template, template)


def about(template: str) -> str:
    """What it is for, in a line."""
    return {
        "classification": _tr("Labels and accuracy, digits network"),
        "wake-word": _tr("Signed features, made-up network"),
        "denoise": _tr("Without labels, made-up network"),
    }.get(template, "")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Template", text)
