"""The bracket that belongs to the one at the cursor."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextCursor

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_BACK = {close: open_ for open_, close in _PAIRS.items()}
_LINES = 2000  # looked through at most: this runs with every step of the cursor


def pair(cursor: QTextCursor) -> list[QTextCursor]:
    """Cursors that select the bracket before or after ``cursor`` and its partner; [] without.

    Brackets are counted, also those in comments and strings.
    """
    block, column = cursor.block(), cursor.positionInBlock()
    text = block.text()
    for place in (column, column - 1):
        if 0 <= place < len(text) and (text[place] in _PAIRS or text[place] in _BACK):
            partner = _partner(block, place, text[place])
            if partner >= 0:
                return [_select(cursor, block.position() + place), _select(cursor, partner)]
    return []


def _partner(block: QTextBlock, place: int, bracket: str) -> int:
    """Position of the partner in the document, or -1."""
    forward = bracket in _PAIRS
    other = _PAIRS[bracket] if forward else _BACK[bracket]
    depth = 0
    for _ in range(_LINES):
        text = block.text()
        columns = range(place, len(text)) if forward else range(place, -1, -1)
        if bracket in text or other in text:
            for column in columns:
                depth += (text[column] == bracket) - (text[column] == other)
                if depth == 0 and text[column] == other:
                    return block.position() + column
        block = block.next() if forward else block.previous()
        if not block.isValid():
            break
        place = 0 if forward else len(block.text()) - 1
    return -1


def _select(cursor: QTextCursor, position: int) -> QTextCursor:
    found = QTextCursor(cursor)
    found.setPosition(position)
    found.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
    return found
