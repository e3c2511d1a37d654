"""The application's style sheet: what a palette cannot say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from studio.ui import style_editor, style_project, style_shell

if TYPE_CHECKING:
    from studio.ui.theme import Theme


def sheet(theme: Theme, icons: str, scale: float = 1.0) -> str:
    """Qt style sheet for ``theme``; ``icons`` is the folder of the icons, with slashes.

    Every length is ``scale`` times as large; hairlines stay hairlines.
    """
    text = _sheet(theme, icons)
    if scale == 1.0:
        return text

    def larger(match: re.Match[str]) -> str:
        length = int(match[1])
        return f"{length if length <= 1 else round(length * scale)}px"

    return re.sub(r"\b(\d+)px", larger, text)


def _sheet(theme: Theme, icons: str) -> str:
    t = theme
    kind = "dark" if t.dark else "light"
    return f"""
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border};
    padding: 4px 6px; }}
QMainWindow::separator {{ background: {t.window}; width: 6px; height: 6px; }}
QMainWindow::separator:hover {{ background: {t.accent}; }}
QMenuBar {{ background: {t.window}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {t.raised}; }}
QMenu {{ background: {t.base}; border: 1px solid {t.border}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
QMenu::item:disabled {{ color: {t.muted}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {t.border}; margin: 4px 8px; }}
QToolBar {{ background: {t.window}; border: none; border-bottom: 1px solid {t.border};
    padding: 6px 8px; spacing: 6px; }}
QToolBar QToolButton {{ padding: 5px 8px; border: 1px solid transparent; border-radius: 6px; }}
QToolBar QToolButton:hover, QToolBar QToolButton:focus {{ background: {t.raised}; }}
QToolBar QToolButton:focus {{ border-color: {t.accent}; }}
QToolBar QToolButton#deploy {{ background: {t.accent}; color: {t.on_accent};
    font-weight: 600; padding: 5px 16px; }}
QToolBar QToolButton#deploy:hover {{ background: {t.accent_hover}; }}
QToolBar QToolButton#deploy:focus {{ border-color: {t.text}; }}
QToolBar QToolButton#deploy:disabled {{ background: {t.raised}; color: {t.muted}; }}
QToolBar QToolButton#deploy[busy="true"]:disabled {{ background: {t.raised}; }}
QComboBox {{ background: {t.base}; border: 1px solid {t.border}; border-radius: 6px;
    padding: 4px 26px 4px 10px; min-height: 18px; }}
QComboBox:focus {{ border-color: {t.accent}; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url("{icons}/arrow-{kind}.svg"); width: 10px; height: 10px; }}
QComboBox:disabled, QLineEdit:disabled, QAbstractSpinBox:disabled {{ color: {t.muted};
    background: {t.window}; }}
QLineEdit, QAbstractSpinBox {{ background: {t.base}; border: 1px solid {t.border};
    border-radius: 6px; padding: 4px 8px; min-height: 18px; selection-background-color: {t.accent};
    selection-color: {t.on_accent}; }}
QLineEdit:focus, QAbstractSpinBox:focus {{ border-color: {t.accent}; }}
QAbstractSpinBox {{ padding: 3px 20px 3px 6px; min-height: 20px;
    max-height: 20px; }}
QAbstractSpinBox QLineEdit {{ border: none; background: transparent; padding: 0; min-height: 0; }}
QSpinBox::up-button, QDoubleSpinBox::up-button {{ subcontrol-position: top right; width: 18px;
    height: 12px; border: none; background: transparent; margin: 1px 2px 0 0; }}
QSpinBox::down-button, QDoubleSpinBox::down-button {{ subcontrol-position: bottom right;
    width: 18px; height: 12px; border: none; background: transparent; margin: 0 2px 1px 0; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url("{icons}/arrow-up-{kind}.svg");
    width: 8px; height: 8px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {{ image: url("{icons}/arrow-{kind}.svg");
    width: 8px; height: 8px; }}
QToolButton, QPushButton, QTabBar {{ icon-size: 16px; }}
QCheckBox {{ spacing: 6px; }}
QCheckBox::indicator, QTableView#curves-legend::indicator, QTableWidget::indicator,
QListWidget::indicator {{
    width: 12px; height: 12px;
    border: 1px solid {t.muted}; border-radius: 3px; background: {t.base}; }}
QCheckBox::indicator:focus {{ border-color: {t.accent}; }}
QCheckBox::indicator:checked, QTableView#curves-legend::indicator:checked,
QTableWidget::indicator:checked, QListWidget::indicator:checked {{
    background: {t.accent}; border-color: {t.accent};
    image: url("{icons}/check-{kind}.svg"); }}
QCheckBox::indicator:checked:focus {{ border: 2px solid {t.text}; width: 10px; height: 10px; }}
QPushButton {{ background: {t.base}; border: 1px solid {t.border}; border-radius: 6px;
    padding: 5px 16px; min-height: 18px; }}
QPushButton:hover {{ background: {t.raised}; }}
QPushButton:focus {{ border-color: {t.accent}; }}
QPushButton#primary {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent};
    font-weight: 600; }}
QPushButton#primary:hover {{ background: {t.accent_hover}; }}
QPushButton#primary:focus {{ border-color: {t.text}; }}
QPushButton#primary:disabled {{ background: {t.raised}; color: {t.muted};
    border-color: {t.border}; }}
QDockWidget {{ font-weight: 600; titlebar-close-icon: none; titlebar-normal-icon: none; }}
QDockWidget::title {{ background: {t.window}; color: {t.muted}; padding: 6px 8px; }}
QTabWidget::pane {{ border: none; }}
QTabBar {{ qproperty-drawBase: 0; background: {t.window}; }}
QTabBar::tab {{ background: {t.window}; color: {t.muted}; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent; }}
QTabBar::tear {{ image: none; width: 0; border: none; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar QToolButton {{ background: {t.window}; border: none; padding: 0; }}
QTabBar QToolButton:hover {{ background: {t.raised}; }}
QTabWidget#firmware QTabBar::tab {{ padding: 6px 7px; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
QTabBar::tab:selected:focus {{ background: {t.selection}; color: {t.text}; }}
QStatusBar {{ background: {t.window}; border-top: 1px solid {t.border}; }}
QStatusBar::item {{ border: none; }}
QProgressBar {{ background: {t.raised}; border: none; border-radius: 3px; max-height: 6px;
    min-height: 6px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
QHeaderView {{ background: {t.base}; border: none; }}
QTableView#confusion::item {{ padding: 0; }}
QTableView#confusion QHeaderView::section {{ border: none; padding: 0 4px; }}
QHeaderView::section {{ background: {t.base}; color: {t.muted}; border: none;
    border-bottom: 1px solid {t.border}; padding: 6px 9px; }}
QTableView {{ border: none; gridline-color: transparent; background: {t.base};
    alternate-background-color: {t.window}; selection-background-color: {t.accent};
    selection-color: {t.on_accent}; }}
QTableView::item {{ padding: 2px 6px; }}
QTableWidget {{ outline: none; selection-background-color: {t.selection};
    selection-color: {t.text}; }}
QTableCornerButton::section {{ background: {t.base}; border: none; }}
QPlainTextEdit {{ border: none; background: {t.base}; padding: 4px; }}
QFrame#rule {{ background: {t.border}; border: none; max-width: 1px; }}
QSplitter::handle {{ background: {t.border}; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {t.border}; border-radius: 4px; margin: 1px;
    min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {t.muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QMessageBox QLabel#qt_msgbox_label {{ font-weight: 600; }}
QMessageBox QLabel#qt_msgbox_informativelabel {{ min-width: 380px; }}
QDialog QListWidget {{ background: {t.base}; border: 1px solid {t.border}; border-radius: 6px;
    padding: 4px; }}
QDialog QListWidget::item {{ padding: 4px 6px; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QToolButton[role="tool"] {{ background: {t.base}; border: 1px solid {t.border};
    border-radius: 6px; padding: 4px 9px; min-height: 18px; max-height: 18px; }}
QToolButton[role="tool"]:hover, QToolButton[role="tool"]:pressed {{ background: {t.raised}; }}
QToolButton[role="tool"]:checked {{ background: {t.selection}; border-color: {t.muted}; }}
QToolButton[role="tool"]:focus {{ border-color: {t.accent}; }}
QToolButton[role="tool"]:disabled {{ color: {t.muted}; background: {t.window}; }}
QToolButton[role="tool"]::menu-indicator {{ image: none; width: 0; }}
QToolButton[role="link"] {{ background: transparent; border: 1px solid transparent;
    border-radius: 4px; padding: 0 4px; color: {t.accent}; }}
QToolButton[role="link"]:hover {{ background: {t.raised}; }}
QToolButton[role="link"]:focus {{ border-color: {t.accent}; }}
QToolButton[role="link"]:disabled {{ color: {t.muted}; }}
QWidget#note {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: 6px; }}
QToolButton[role="plain"] {{ background: transparent; border: 1px solid transparent;
    border-radius: 6px; padding: 4px 18px 4px 8px; color: {t.muted};
    min-height: 18px; max-height: 18px; }}
QToolButton[role="plain"]:hover, QToolButton[role="plain"]:pressed {{ background: {t.raised};
    color: {t.text}; }}
QToolButton[role="plain"]:focus {{ border-color: {t.accent}; }}
QToolButton[role="plain"]::menu-indicator {{ image: url("{icons}/arrow-{kind}.svg"); width: 10px;
    height: 10px; subcontrol-position: center right; right: 5px; }}
*[role="muted"] {{ color: {t.muted}; }}
*[role="good"] {{ color: {t.good}; }}
*[role="warning"] {{ color: {t.warning}; }}
*[role="bad"] {{ color: {t.bad}; }}
*[role="accent"] {{ color: {t.accent}; }}
*[role="surface"] {{ background: {t.base}; }}
{style_shell.sheet(theme, icons)}
{style_editor.sheet(theme, icons)}
{style_project.sheet(theme)}"""
