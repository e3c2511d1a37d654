"""The style sheet of the shell: docks, their tabs, the status bar and the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.ui.theme import Theme


def sheet(theme: Theme, icons: str) -> str:
    """Qt style sheet for ``theme``; ``icons`` is the folder of the icons, with slashes."""
    t = theme
    kind = "dark" if t.dark else "light"
    return f"""
QMainWindow#docks {{ background: {t.window}; }}
QMainWindow#docks::separator {{ background: {t.window}; width: 5px; height: 5px; }}
QMainWindow#docks::separator:hover {{ background: {t.accent}; }}
QDockWidget {{ border: 1px solid {t.border}; }}
QWidget#dock-title {{ background: {t.window}; border-bottom: 1px solid {t.border}; }}
QWidget#dock-title QLabel {{ color: {t.text}; font-weight: normal; }}
QWidget#dock-title[dock="active"] {{ border-bottom: 2px solid {t.accent}; }}
QWidget#dock-title QToolButton, QStatusBar QToolButton {{ border: 1px solid transparent;
    border-radius: 4px; padding: 2px; background: transparent; }}
QWidget#dock-title QToolButton:hover, QStatusBar QToolButton:hover {{ background: {t.raised}; }}
QWidget#dock-title QToolButton:focus, QStatusBar QToolButton:focus {{
    border-color: {t.accent}; }}
QStatusBar QToolButton {{ padding: 1px 4px; }}
QStatusBar QComboBox {{ background: transparent; border-color: transparent; min-height: 14px;
    padding: 1px 20px 1px 6px; }}
QStatusBar QComboBox:enabled:hover {{ background: {t.raised}; }}
QStatusBar QComboBox:focus {{ border-color: {t.accent}; }}
QStatusBar QComboBox:disabled {{ color: {t.muted}; }}
QStatusBar QComboBox::down-arrow:disabled {{ image: none; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox QAbstractItemView {{ background: {t.base}; color: {t.text};
    border: 1px solid {t.border}; outline: none; selection-background-color: {t.accent};
    selection-color: {t.on_accent}; }}
QComboBox QAbstractItemView::item {{ padding: 3px 8px; min-height: 18px; border: none; }}
QComboBox QAbstractItemView::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
QTabBar[dock] {{ background: {t.window}; }}
QTabBar[dock]::tab {{ padding: 6px 6px 6px 12px; border: none;
    border-bottom: 2px solid transparent; }}
QTabBar[dock]::tab:selected {{ color: {t.text}; background: {t.base};
    border-bottom: 2px solid {t.border}; }}
QTabBar[dock="active"]::tab:selected {{ border-bottom-color: {t.accent}; }}
QTabBar[dock]::tab:selected:focus {{ background: {t.selection};
    border-bottom-color: {t.accent}; }}
QTabBar[dock]::close-button {{ image: none; border-radius: 4px; padding: 3px;
    subcontrol-position: right; }}
QTabBar[dock]::close-button:selected, QTabBar[dock]::close-button:hover {{
    image: url("{icons}/close-{kind}.svg"); }}
QTabBar[dock]::close-button:hover {{ background: {t.border}; }}
QFrame#palette {{ background: {t.base}; border: 1px solid {t.border}; border-radius: 10px; }}
QComboBox QLineEdit {{ border: none; background: transparent; padding: 0; min-height: 0; }}
QFrame#line-form {{ background: {t.base}; border: 1px solid {t.border}; border-radius: 8px; }}
QPushButton[role="primary"] {{ background: {t.accent}; color: {t.on_accent};
    border-color: {t.accent}; font-weight: 600; }}
QPushButton[role="primary"]:hover {{ background: {t.accent_hover}; }}
QPushButton[role="primary"]:focus {{ border-color: {t.text}; }}
QPushButton[role="primary"]:disabled {{ background: {t.raised}; color: {t.muted};
    border-color: {t.border}; }}
QPushButton#connect {{ padding: 4px 12px; }}
QLineEdit#palette-line {{ border: 1px solid {t.border}; border-radius: 6px; padding: 7px 10px;
    background: {t.window}; }}
QLineEdit#palette-line:focus {{ border-color: {t.accent}; }}
QListView#palette-list {{ border: none; background: {t.base}; outline: none; }}
"""
