"""Searching and replacing in a text document, line by line."""

from __future__ import annotations

import bisect
import re
import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRegularExpression, QTimer, Signal
from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument

MOST = 20_000  # matches counted; with more, "and more"
_EMPTY = 1000  # empty matches passed by
_BUDGET = 0.006  # seconds a turn of the event loop


@dataclass(frozen=True)
class Query:
    """What to look for within lines."""

    text: str
    case: bool = False
    word: bool = False
    regex: bool = False

    @property
    def pattern(self) -> QRegularExpression:
        """The pattern of a match; not valid where a regular expression is wrong."""
        text = self.text if self.regex else QRegularExpression.escape(self.text)
        if self.word:
            text = rf"\b(?:{text})\b"
        options = QRegularExpression.PatternOption.UseUnicodePropertiesOption
        if not self.case:
            options |= QRegularExpression.PatternOption.CaseInsensitiveOption
        return QRegularExpression(text, options)


@dataclass(frozen=True)
class Match:
    """A match in a line: its first column and length, and what each group holds."""

    column: int
    length: int
    groups: tuple[str, ...]


def matches(pattern: QRegularExpression, line: str, *, groups: bool = False) -> list[Match]:
    """All matches in a line that are not empty."""
    found = []
    every = pattern.globalMatch(line)
    while every.hasNext():
        match = every.next()
        if match.capturedLength():
            texts = tuple(match.capturedTexts()) if groups else ()
            found.append(Match(match.capturedStart(), match.capturedLength(), texts))
    return found


def step(cursor: QTextCursor, query: Query, *, back: bool) -> QTextCursor | None:
    """The next match after the selection (or before it), going round at the end."""
    document = cursor.document()
    flags = QTextDocument.FindFlag(0)
    if query.case:
        flags |= QTextDocument.FindFlag.FindCaseSensitively
    if back:
        flags |= QTextDocument.FindFlag.FindBackward
    place = cursor.selectionStart() if back else cursor.selectionEnd()
    end = document.characterCount() - 1
    went_round = False
    for _ in range(_EMPTY):
        found = document.find(query.pattern, place, flags)
        if found.hasSelection():
            return found
        if not found.isNull() and 0 <= (place := found.position() + (-1 if back else 1)) <= end:
            continue  # an empty match, as of "x*"
        if went_round:
            return None
        went_round, place = True, end if back else 0
    return None


def select(block: QTextBlock, match: Match) -> QTextCursor:
    """A cursor that selects a match."""
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + match.column)
    cursor.setPosition(
        block.position() + match.column + match.length, QTextCursor.MoveMode.KeepAnchor
    )
    return cursor


def replace_one(cursor: QTextCursor, query: Query, replacement: str) -> bool:
    """Replace the selection where it is a match."""
    block = cursor.document().findBlock(cursor.selectionStart())
    column = cursor.selectionStart() - block.position()
    length = cursor.selectionEnd() - cursor.selectionStart()
    for match in matches(query.pattern, block.text(), groups=True):
        if (match.column, match.length) == (column, length):
            cursor.insertText(_filled(replacement, match, query))
            return True
    return False


def replace_all(document: QTextDocument, query: Query, replacement: str) -> int:
    """Replace every match, as one step that can be undone; says how many there were."""
    pattern = query.pattern
    count, lines = 0, []
    first = last = -1
    block = document.firstBlock()
    while block.isValid():
        line = block.text()
        found = matches(pattern, line, groups=True)
        if found:
            count += len(found)
            first = block.blockNumber() if first < 0 else first
            last = block.blockNumber()
            line = _replaced(line, found, replacement, query)
        lines.append(line)
        block = block.next()
    if count:
        # One insertion of all lines in between is many times faster than one a match.
        cursor = QTextCursor(document.findBlockByNumber(first))
        end = document.findBlockByNumber(last)
        cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText("\n".join(lines[first : last + 1]))
    return count


def _replaced(line: str, found: list[Match], replacement: str, query: Query) -> str:
    # Qt counts UTF-16 units.
    units = line.encode("utf-16-le", "surrogatepass")
    parts, start = [], 0
    for match in found:
        parts.append(units[2 * start : 2 * match.column].decode("utf-16-le", "surrogatepass"))
        parts.append(_filled(replacement, match, query))
        start = match.column + match.length
    parts.append(units[2 * start :].decode("utf-16-le", "surrogatepass"))
    return "".join(parts)


def _filled(replacement: str, match: Match, query: Query) -> str:
    r"""The replacement with \1 … \9 filled in, where the query is a regular expression."""
    if not query.regex:
        return replacement

    def group(found: re.Match[str]) -> str:
        number = int(found[1])
        return match.groups[number] if number < len(match.groups) else ""

    return re.sub(r"\\(\d)", group, replacement)


class Counter(QObject):
    """Counts the matches of a document a few lines at a time; ``changed`` when the count is."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._starts: list[int] = []
        self._block: QTextBlock | None = None
        self._pattern = QRegularExpression()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    @property
    def total(self) -> int:
        """Matches found so far, at most ``MOST``."""
        return len(self._starts)

    @property
    def done(self) -> bool:
        """Whether all were counted, or as many as are."""
        return self._block is None

    def place(self, start: int) -> int:
        """The number, from 1, of the match that begins at position ``start``; 0 for none."""
        index = bisect.bisect_left(self._starts, start)
        return index + 1 if index < len(self._starts) and self._starts[index] == start else 0

    def start(self, document: QTextDocument, pattern: QRegularExpression) -> None:
        """Count again."""
        self._starts = []
        self._pattern = pattern
        self._block = document.firstBlock()
        self._timer.start()
        self._go_on()

    def stop(self) -> None:
        """Count nothing."""
        self._starts = []
        self._block = None
        self._timer.stop()

    def _go_on(self) -> None:
        until = time.perf_counter() + _BUDGET
        block = self._block
        while block is not None and time.perf_counter() < until:
            if not block.isValid() or len(self._starts) >= MOST:
                self.stop_counting()
                return
            start = block.position()
            self._starts += [start + match.column for match in matches(self._pattern, block.text())]
            block = block.next()
        self._block = block

    def stop_counting(self) -> None:
        """Keep what was counted."""
        self._block = None
        self._timer.stop()
        self.changed.emit()
