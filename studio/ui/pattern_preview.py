"""The newest lines a board said, and what a pattern finds in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QColor, QResizeEvent, QTextBlock, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from studio.ui import theme
from studio.ui.widgets import muted, named, tool_button

if TYPE_CHECKING:
    from studio.monitor.live import Live
    from studio.monitor.own_patterns import OwnPattern, Preview

_LINES = 200
_ROWS = 1000  # of the log that are looked at: sent ones and notes are left out
_WIDEST = 400  # characters of a line
_TOLD = 8  # values named beside a line
_CONTROLS = dict.fromkeys((*range(9), *range(10, 32), 127, 8232, 8233), "\ufffd")


class PatternPreview(QWidget):
    """Marks what a pattern matches and tells beside each line the values it gives.

    Where nothing was received yet, ``examples`` stand for it.
    """

    def __init__(self, live: Live, examples: Sequence[str]) -> None:
        super().__init__()
        self._live = live
        self._examples = tuple(examples)
        self._lines: list[str] = []
        self._pattern: OwnPattern | None = None
        self._found: tuple[Preview, ...] = ()
        self.heading = QLabel()
        self.count = muted(named(QLabel(), "pattern-count"))
        self.again = tool_button(
            "newest-lines", self.tr("Refresh"), self.tr("Take the lines that have come since")
        )
        self.again.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.again.clicked.connect(self.take)
        self.view = named(QPlainTextEdit(readOnly=True), "pattern-preview")
        self.view.setAccessibleName(self.tr("Preview"))
        self.view.setUndoRedoEnabled(False)
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.view.setTabChangesFocus(True)
        self.view.setFont(theme.mono())
        self.view.updateRequest.connect(self._on_scroll)
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.heading)
        head.addWidget(self.count, 1)
        head.addWidget(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self.take()

    def take(self) -> None:
        """Take the newest lines there are."""
        self._lines = _newest(self._live)
        received = bool(self._lines)
        self.heading.setText(self.tr("Newest lines") if received else self.tr("Example lines"))
        if not received:
            self._lines = list(self._examples)
        self.show_pattern(self._pattern)

    def show_pattern(self, pattern: OwnPattern | None) -> None:
        """Show what this pattern finds; None finds nothing."""
        from studio.monitor.own_patterns import preview  # noqa: PLC0415 - slow to import

        self._pattern = pattern
        self._found = preview(pattern, self._lines, _TOLD + 1) if pattern is not None else ()
        self._write()
        self._mark()
        self.count.setText(
            ""
            if pattern is None
            else self.tr("{0} of {1} match").format(len(self._found), len(self._lines))
        )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Mark what can be seen now."""
        super().resizeEvent(event)
        self._mark()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Mark in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_found"):
            self._mark()

    def _write(self) -> None:
        """The lines, each with its values; where they are the same nothing moves."""
        told = {found.line: _told(found) for found in self._found}
        text = "\n".join(line + told.get(place, "") for place, line in enumerate(self._lines))
        if text == self.view.toPlainText():
            return
        bar = self.view.verticalScrollBar()
        before, at_end = bar.value(), bar.value() == bar.maximum()
        self.view.setPlainText(text)
        bar.setValue(bar.maximum() if at_end else before)
        self._show_some()

    def _show_some(self) -> None:
        """Scroll to the last match, where none can be seen."""
        if not self._found or self._seen():
            return
        block = self.view.document().findBlockByNumber(self._found[-1].line)
        self.view.setTextCursor(QTextCursor(block))
        self.view.centerCursor()

    def _seen(self) -> list[Preview]:
        """What was found in the lines that can be seen."""
        first = self.view.firstVisibleBlock().blockNumber()
        last = self.view.cursorForPosition(self.view.viewport().rect().bottomLeft()).blockNumber()
        return [found for found in self._found if first <= found.line <= last]

    def _on_scroll(self, _area: QRect, by: int) -> None:
        if by:
            self._mark()

    def _mark(self) -> None:
        """Colour the lines that can be seen: all of them take too long while typing."""
        colours = theme.current()
        tint = QColor(colours.warning)
        tint.setAlphaF(0.35)
        match, value = QTextCharFormat(), QTextCharFormat()
        match.setBackground(tint)
        value.setForeground(QColor(colours.accent))
        marks = []
        for found in self._seen():
            block = self.view.document().findBlockByNumber(found.line)
            line = self._lines[found.line]
            for begin, end in found.spans:
                marks.append(_selection(block, _units(line, begin), _units(line, end), match))
            marks.append(_selection(block, _units(line, len(line)), block.length() - 1, value))
        self.view.setExtraSelections(marks)


def _newest(live: Live) -> list[str]:
    """The newest received lines, as patterns see them and fit to be shown."""
    from studio.monitor.read_lines import line_text  # noqa: PLC0415 - slow to import

    log = live.log
    rows = [row for row in log.rows(log.end - _ROWS, _ROWS) if row.kind == "in"]
    texts = (line_text(row.data.rstrip(b"\r"), live.encoding) for row in rows[-_LINES:])
    return [text[:_WIDEST].translate(_CONTROLS) for text in texts]


def _told(found: Preview) -> str:
    values = [f"{name} = {value:g}{unit and ' '}{unit}" for name, value, unit in found.values]
    if len(values) > _TOLD:
        values = [*values[:_TOLD], "…"]
    return "    → " + (", ".join(values).translate(_CONTROLS) if values else "–")


def _units(line: str, place: int) -> int:
    """A place in characters as one in UTF-16, in which Qt counts."""
    return len(line[:place].encode("utf-16-le", "surrogatepass")) // 2


def _selection(
    block: QTextBlock, begin: int, end: int, style: QTextCharFormat
) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    mark.cursor = QTextCursor(block)
    mark.cursor.setPosition(block.position() + begin)
    mark.cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
    mark.format = style
    return mark
