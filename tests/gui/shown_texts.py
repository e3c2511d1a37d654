"""Walks over what a window shows or says and finds English where Chinese is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QTabBar,
    QTabWidget,
    QTreeView,
    QWidget,
)

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2,}")

# What is called the same in both languages: ourselves, tools, formats, units, keys, abbreviations.
SAME = re.compile(
    r"CIM Studio|WTM2101|Witmem|ONNX|RISC-V|zig|gcc|GCC|LLVM|OR-tools|CP-SAT|TOML|Netron"
    r"|English|UART|USB|TCP|DTR|RTS|COM\d+"
    r"|CPU|NPU|RAM|SRAM|ELF|CSV|PNG|SVG|JSON|PDF|UTF-8|UTF-16|GB 18030"
    r"|SNR|dB|CRC|KiB|MiB|KB|MB|GB|kHz|MHz|GHz|ms|µs|ns|nJ|µJ|mJ|mW|MAC|MACs"
    r"|Bank|Aa\b|ab\b|Docker|GDB|J-Link|Commander|JTAG|OpenOCD|SSH"
    r"|(?:/|[A-Z]:[\\/])\S+|https?://\S+|[\w.-]+\.(?:onnx|npz|npy|toml|txt|csv|protobuf|c|h|ld|elf|wmproject|log)\b"
    r"|(?:(?:Ctrl|Shift|Alt|Meta|Del|Esc|Return|Enter|Tab|Space|Home|End|Backspace|PgUp|PgDown"
    r"|Up|Down|Left|Right|Ins|F\d+|[A-Z0-9])(?:\+|\b))+"
)


def english(root: QWidget, data: set[str]) -> list[str]:
    """Texts below ``root`` with an English word; ``data`` are names that are no one's language."""
    found = []
    for owner, what, text in texts(root):
        plain = re.sub(r"<[^>]+>", "", text).replace("&", "")
        for name in sorted(data, key=len, reverse=True):
            plain = plain.replace(name, "")
        if WORD.search(SAME.sub("", plain)) and not CHINESE.search(plain):
            found.append(f"{owner}.{what}: {text!r}")
    return sorted(set(found))


def texts(root: QWidget) -> Iterator[tuple[str, str, str]]:
    """Owner, property and text of everything shown, spoken or hovering in ``root``."""
    for widget in (root, *root.findChildren(QWidget)):
        owner = f"{type(widget).__name__}#{widget.objectName()}"
        for what, text in of_widget(widget):
            if text:
                yield owner, what, text
    for action in root.findChildren(QAction):
        # Actions in no menu and of no widget are never shown: a plot whose menu is off has some.
        if action.isSeparator() or not action.associatedObjects():
            continue
        for what in ("text", "iconText", "toolTip", "statusTip", "whatsThis"):
            if text := getattr(action, what)():
                yield f"{type(action).__name__}#{action.objectName()}", what, text


def of_widget(widget: QWidget) -> Iterator[tuple[str, str]]:
    """The texts of one widget. What was typed or printed into it is not ours."""
    for what in ("toolTip", "statusTip", "whatsThis", "accessibleName", "accessibleDescription"):
        yield what, getattr(widget, what)()
    match widget:
        case QLabel() | QAbstractButton():
            yield "text", widget.text()
        case QGroupBox() | QMenu():
            yield "title", widget.title()
        case QLineEdit() | QPlainTextEdit():
            yield "placeholder", widget.placeholderText()
        case QComboBox():
            for index in range(widget.count()):
                yield "item", widget.itemText(index)
                yield "item tip", str(widget.itemData(index, Qt.ItemDataRole.ToolTipRole) or "")
        case QTabBar() | QTabWidget():
            for index in range(widget.count()):
                yield "tab", widget.tabText(index)
                yield "tab tip", widget.tabToolTip(index)
        case QDockWidget():
            yield "title", widget.windowTitle()
        case QProgressBar():
            yield "format", widget.format() if widget.isTextVisible() else ""
        case QHeaderView():
            pass  # told by its view
        case QAbstractItemView():
            yield from of_view(widget)
    if widget.isWindow():
        yield "title", widget.windowTitle()


def of_view(view: QAbstractItemView) -> Iterator[tuple[str, str]]:
    """Column titles, the first rows, and their tips."""
    model = view.model()
    if not isinstance(model, QAbstractItemModel):
        return
    header = isinstance(view, QTreeView) and not view.isHeaderHidden()
    flat = isinstance(model, QAbstractListModel)
    for column in range(1 if flat else model.columnCount(QModelIndex())):
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = model.headerData(column, Qt.Orientation.Horizontal, role)
            if isinstance(text, str) and (header or not text.isdecimal()):
                yield "column", text
        for row in range(min(model.rowCount(QModelIndex()), 50)):
            for role in (
                Qt.ItemDataRole.DisplayRole,
                Qt.ItemDataRole.ToolTipRole,
                Qt.ItemDataRole.AccessibleTextRole,
            ):
                text = model.index(row, column).data(role)
                if isinstance(text, str):
                    yield f"cell {column}", text
