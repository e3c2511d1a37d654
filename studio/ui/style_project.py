"""The style sheet of the welcome page and the project panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.ui.theme import Theme


def sheet(theme: Theme) -> str:
    """Qt style sheet for ``theme``."""
    t = theme
    return f"""
QPushButton[role="card"] {{ background: {t.base}; border: 1px solid {t.border};
    border-radius: 8px; padding: 0; min-height: 0; text-align: left; }}
QPushButton[role="card"]:hover {{ border-color: {t.muted}; }}
QPushButton[role="card"]:focus {{ border-color: {t.accent}; }}
QPushButton[role="card"]:pressed {{ background: {t.raised}; }}
QPushButton[role="row"] {{ background: transparent; border: 1px solid transparent;
    border-radius: 8px; padding: 0; min-height: 0; text-align: left; }}
QPushButton[role="row"]:hover:enabled {{ background: {t.raised}; }}
QPushButton[role="row"]:focus {{ border-color: {t.accent}; }}
QToolButton[role="remove"] {{ background: transparent; border: 1px solid transparent;
    border-radius: 6px; padding: 4px; }}
QToolButton[role="remove"]:hover {{ background: {t.raised}; }}
QToolButton[role="remove"]:focus {{ border-color: {t.accent}; }}
QTabWidget#project-tabs QTabBar::tab {{ padding: 6px 9px; }}
QScrollArea#page, QWidget#page {{ background: transparent; border: none; }}
"""
