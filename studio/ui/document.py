"""One open text file: its text, and how it stands to the file on disk."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

from studio.base import files
from studio.ui import text_file
from studio.ui.text_file import Content, Stamp

if TYPE_CHECKING:
    from studio.ui.highlight import Highlighter

BUDGET = 0.006  # seconds of loading before the event loop comes round
_PIECE = 16 * 1024  # characters inserted at once
_AT_ONCE = 4  # pieces of a text that need not wait for the event loop

Disk = Literal["same", "changed", "gone"]


class Document(QObject):
    """The text of one file, shown by whichever editor there is.

    ``generated`` and ``locked`` texts are read-only: the first are written anew by every build,
    the second cannot be shown as they are. ``disk`` says what happened to the file meanwhile.
    ``line``, ``column`` and ``top`` (the first visible line) count from 0 and are kept for the
    next editor; ``mark`` is the line a jump went to, or -1. ``changed`` tells of everything but
    the text itself, ``edited`` of a change by the user, ``moved`` asks to show the cursor's line.
    """

    changed = Signal()
    edited = Signal()
    loaded = Signal()
    moved = Signal()

    def __init__(self, path: Path, content: Content, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.form = content.form
        self.mixed = content.mixed
        self.stamp = content.stamp
        self.end = content.end
        self.generated = False
        self.disk: Disk = "same"
        self.line = self.column = self.top = 0
        self.mark = -1
        self.text = QTextDocument(self)
        self.text.setDocumentLayout(QPlainTextDocumentLayout(self.text))
        self.text.setUndoRedoEnabled(False)
        self.text.modificationChanged.connect(self._on_modified)
        self.text.contentsChanged.connect(self._on_change)
        self.highlighter: Highlighter | None = None
        self._revision = 0
        self._wait: list[str] = []
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._load)
        self._set(content)

    def __str__(self) -> str:
        return str(self.path)

    # -- what it is

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @property
    def modified(self) -> bool:
        """Whether the text is not what was read or saved last."""
        return self.text.isModified()

    @property
    def loading(self) -> bool:
        """Whether text is still on its way into the document."""
        return bool(self._wait)

    @property
    def partial(self) -> bool:
        """Whether only the beginning of a large file is shown."""
        return self.end < self.stamp.size

    @property
    def whole(self) -> bool:
        """Whether the text is all there is of the file, as it is."""
        return not (self.locked or self.partial or self.loading)

    @property
    def read_only(self) -> bool:
        """Whether it may not be edited."""
        return self.generated or not self.whole

    def content(self) -> str:
        """The whole text, lines ended by line feeds."""
        return self.text.toRawText().replace("\u2029", "\n")

    # -- what is done to it

    def go_to(self, line: int, column: int = 0) -> None:
        """Put the cursor on a line counted from 1, mark it, and ask the editor to show it."""
        self.line, self.column = max(0, line - 1), max(0, column - 1)
        self.mark = self.line if line > 0 else -1
        if not self.loading:
            self.moved.emit()

    def save(self, path: Path | None = None) -> None:
        """Write the file, or another one that it then is. Raises ProjectError."""
        target = path or self.path
        data = text_file.encode(self.content(), self.form)
        files.write_bytes(target, data)
        self.path = target
        self.stamp = text_file.read(target).stamp
        self.end = self.stamp.size
        self.mixed = False
        self.disk = "same"
        self.text.setModified(False)
        self.changed.emit()

    def reload(self) -> None:
        """Read the file again. Raises DataError."""
        content = text_file.read(self.path)
        self.stamp, self.form, self.mixed = content.stamp, content.form, content.mixed
        self.disk = "same"
        small = not self.partial and content.complete and not self.loading and not self.locked
        self.end = content.end
        if small and self._replace(content.text):
            self.text.setModified(False)
            self.changed.emit()
        else:
            self._set(content)

    def keep_mine(self, stamp: Stamp) -> None:
        """Take the file on disk, which has this stamp, for seen without reading it."""
        if not self.partial:
            self.end = stamp.size
        self.stamp = stamp

    def set_text(self, text: str) -> None:
        """Put in a text that was not saved, as one change of the user's."""
        self._finish()
        cursor = QTextCursor(self.text)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self.text.setModified(True)

    def show_more(self) -> None:
        """Append the next part of a large file. Raises DataError."""
        text, self.end = text_file.read_part(self.path, self.form, self.end)
        self._take(text)

    def set_disk(self, disk: Disk) -> None:
        """The file on disk is another one now."""
        if disk != self.disk:
            self.disk = disk
            self.changed.emit()

    def set_generated(self, generated: bool) -> None:
        """Whether builds write it."""
        if generated != self.generated:
            self.generated = generated
            self.changed.emit()

    # -- inside

    def _set(self, content: Content) -> None:
        """Show another text from the beginning."""
        self.locked = not content.exact or text_file.has_long_lines(content.text)
        self.text.setUndoRedoEnabled(False)
        self._wait.clear()
        self.text.clear()
        self._take(content.text)

    def _take(self, text: str) -> None:
        """Have ``text`` appended, as much as possible now."""
        column = self.text.lastBlock().length() - 1
        if column or text_file.has_long_lines(text):
            self.locked = True
            text = text_file.cut(text, column)
        self._wait = _pieces(text)
        if len(self._wait) <= _AT_ONCE:
            self._load()
        if self.loading:
            self._timer.start()
        self.changed.emit()

    def _load(self) -> None:
        until = time.perf_counter() + BUDGET
        cursor = QTextCursor(self.text)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        while self._wait:
            # At least one: a short text is there at once, also on a busy machine.
            cursor.insertText(self._wait[-1])
            self._wait.pop()
            if time.perf_counter() > until:
                break
        if not self._wait:
            self._timer.stop()
            self.text.setUndoRedoEnabled(True)
            self.text.setModified(False)
            self.changed.emit()
            self.loaded.emit()
            self.moved.emit()

    def _finish(self) -> None:
        """Load the rest at once."""
        while self.loading:
            self._load()

    def _replace(self, text: str) -> bool:
        """Change the lines that differ, as one step that can be undone; not where many do."""
        before, after = self.content().split("\n"), text.split("\n")
        shorter = min(len(before), len(after))
        first = next((i for i in range(shorter) if before[i] != after[i]), shorter)
        rest = shorter - first
        last = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
        new = after[first : len(after) - last]
        if sum(map(len, new)) + len(new) > _PIECE or text_file.has_long_lines(text):
            return False
        if before == after:
            return True
        cursor = QTextCursor(self.text)
        start = self.text.findBlockByNumber(first)
        if not start.isValid():  # lines are added after the last one
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText("\n" + "\n".join(new))
            return True
        cursor.setPosition(start.position())
        end = self.text.findBlockByNumber(len(before) - last)
        if end.isValid():
            cursor.setPosition(end.position(), QTextCursor.MoveMode.KeepAnchor)
            new.append("")
        else:
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText("\n".join(new))
        return True

    def _on_modified(self) -> None:
        if not self.loading:
            self.changed.emit()

    def _on_change(self) -> None:
        """The text or, which is of no interest here, its colours changed."""
        revision = self.text.revision()
        if revision != self._revision and not self.loading:
            self.mark = -1
            self.edited.emit()
        self._revision = revision


def _pieces(text: str) -> list[str]:
    """``text`` cut after line ends into pieces of some length, the last one first."""
    pieces, start = [], 0
    while start < len(text):
        end = text.find("\n", start + _PIECE) + 1 or len(text)
        pieces.append(text[start:end])
        start = end
    return pieces[::-1]
