"""Indentation while typing."""

from __future__ import annotations

import re

from PySide6.QtGui import QTextBlock, QTextCursor

_SPACE = re.compile(r"[ \t]*")


def new_line(cursor: QTextCursor) -> None:
    """Break the line and begin the next one as this one begins."""
    before = cursor.block().text()
    start = cursor.document().findBlock(cursor.selectionStart())
    before = start.text()[: cursor.selectionStart() - start.position()]
    cursor.insertText("\n" + _leading(before))


def tab(cursor: QTextCursor, width: int, *, back: bool) -> None:
    """Spaces up to the next stop, or all selected lines one stop in; ``back``: one stop out."""
    document = cursor.document()
    first = document.findBlock(cursor.selectionStart())
    last = document.findBlock(cursor.selectionEnd())
    if not back and first == last:
        room = width - cursor.positionInBlock() % width
        cursor.insertText(" " * room)
        return
    cursor.beginEditBlock()
    block = first
    while block.isValid() and block.position() <= last.position():
        # A line of which nothing is selected stays where it is.
        if back:
            _move_out(block, width)
        elif block.text() and not (block == last and cursor.selectionEnd() == block.position()):
            QTextCursor(block).insertText(" " * width)
        block = block.next()
    cursor.endEditBlock()


def _move_out(block: QTextBlock, width: int) -> None:
    leading = _leading(block.text())
    count = 1 if leading.startswith("\t") else min(width, len(leading) - len(leading.lstrip(" ")))
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + count, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()


def _leading(text: str) -> str:
    found = _SPACE.match(text)
    return found[0] if found else ""
