"""What the personal settings say about the look of the window."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from studio.base.settings import Settings
from studio.ui import language, theme

WORKSHOP_SCALE = 1.5

# Windows, macOS and Linux each have one. Named, because by itself a system that speaks another
# language may take the Japanese forms of the characters, or mix two fonts.
_CHINESE = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC")


def apply(app: QApplication, settings: Settings) -> None:
    """Language, theme and size of type; cheap where nothing of these has changed.

    Widgets that exist take on another theme at once. For another language or size the window must
    be built again (see ``needs_rebuild``), because widgets keep texts and fonts.
    """
    language.install(app, settings.language)
    dark = None if settings.theme == "system" else settings.theme == "dark"
    families = _CHINESE if language.current(app) == "zh" else ()
    theme.install(app, dark, WORKSHOP_SCALE if settings.workshop else 1.0, families)


def needs_rebuild(before: Settings, after: Settings) -> bool:
    """Whether the window must be built again to look as ``after`` says."""
    return (before.language, before.workshop) != (after.language, after.workshop)
