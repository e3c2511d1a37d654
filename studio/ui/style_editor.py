"""The style sheet of the editor, the Problems list and the Output: tabs, trees, bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.ui.theme import Theme


def sheet(theme: Theme, icons: str) -> str:
    """Qt style sheet for ``theme``; ``icons`` is the folder of the icons, with slashes."""
    t = theme
    kind = "dark" if t.dark else "light"
    return f"""
QTabBar#documents::tab {{ padding: 6px 4px 6px 12px; }}
QTabBar#documents::tab:selected {{ background: {t.base}; }}
QTabBar#documents::tab:selected:focus {{ background: {t.selection}; }}
QTabBar#documents::close-button {{ image: url("{icons}/close-{kind}.svg"); border-radius: 3px;
    subcontrol-position: right; margin: 2px; }}
QTabBar#documents::close-button:hover {{ background: {t.border}; }}
QTreeView#files {{ border: none; background: {t.base}; outline: none; }}
QTreeView#files::item {{ padding: 3px 2px; border: 1px solid transparent; color: {t.text}; }}
QTreeView#files::item:hover {{ background: {t.raised}; }}
QTreeView#files::item:selected {{ background: {t.selection}; color: {t.text}; }}
QTreeView#files:focus::item:selected {{ border-color: {t.accent}; }}
QPlainTextEdit#code {{ padding: 0; selection-background-color: {t.accent};
    selection-color: {t.on_accent}; }}
QTableView#problems {{ selection-background-color: {t.selection}; selection-color: {t.text};
    outline: none; }}
QTableView#problems::item:selected {{ background: {t.selection}; color: {t.text}; }}
QWidget#details {{ border-top: 1px solid {t.border}; }}
QWidget[role="notice"] {{ background: {t.raised}; }}
QPushButton[role="small"] {{ padding: 3px 10px; }}
QToolButton[role="bar"] {{ background: transparent; border: 1px solid transparent;
    border-radius: 4px; padding: 4px 5px; color: {t.muted};
    min-height: 18px; max-height: 18px; }}
QToolButton[role="bar"]:hover {{ background: {t.raised}; color: {t.text}; }}
QToolButton[role="bar"]:checked {{ background: {t.selection}; color: {t.text};
    border-color: {t.muted}; }}
QToolButton[role="bar"]:focus {{ border-color: {t.accent}; }}
QToolButton[role="bar"]:disabled {{ color: {t.border}; }}
QToolButton[role="bar"]::menu-indicator {{ image: none; width: 0; }}
"""
