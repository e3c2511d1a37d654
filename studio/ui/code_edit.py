"""A text view for source code: line numbers, current line, matching brackets, indentation."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextFormat,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from studio.ui import brackets, indent, theme
from studio.ui.document import Document

_TAB = 4
_GAP = 10  # pixels between the numbers and the text
_SCROLL_UP = 3  # lines above the one a jump shows


class CodeEdit(QPlainTextEdit):
    """Shows one Document; ``zoomed`` asks for a larger (+1) or smaller (-1) font everywhere."""

    zoomed = Signal(int)

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.file = document
        self._found: list[QTextEdit.ExtraSelection] = []
        self._ready = False
        self.setObjectName("code")
        self.setDocument(document.text)
        self._gutter = Gutter(self)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setCursorWidth(2)
        self.set_zoom(100)
        self.follow_state()
        self.blockCountChanged.connect(self._fit_gutter)
        self.updateRequest.connect(self._on_update)
        self.cursorPositionChanged.connect(self._on_cursor)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)
        document.moved.connect(self.show_cursor)
        document.changed.connect(self.follow_state)
        self._fit_gutter()
        # Where the view is to begin is known only once it has its size.
        QTimer.singleShot(0, self, self._return)

    # -- what the editor sets

    def set_zoom(self, percent: int) -> None:
        """The font's size, 100 being the application's."""
        font = theme.mono()
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * percent / 100)
        self.setFont(font)
        self.document().setDefaultFont(font)
        self.setTabStopDistance(_TAB * self.fontMetrics().horizontalAdvance(" "))
        self._fit_gutter()

    def set_wrap(self, wrap: bool) -> None:
        """Whether long lines go on in the next row."""
        mode = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(mode.WidgetWidth if wrap else mode.NoWrap)

    def set_found(self, found: list[QTextEdit.ExtraSelection]) -> None:
        """Mark what the find bar found in the visible lines."""
        self._found = found
        self._mark()

    def follow_state(self) -> None:
        """Take input or not, as the document says."""
        if self.isReadOnly() != self.file.read_only or not self._ready:
            self.setReadOnly(self.file.read_only)
            if self.file.read_only:
                # A cursor to select with, and Tab to leave by.
                flags = Qt.TextInteractionFlag
                self.setTextInteractionFlags(
                    flags.TextSelectableByMouse | flags.TextSelectableByKeyboard
                )
            self.setTabChangesFocus(self.file.read_only)
            self._ready = True
        self._mark()

    def show_cursor(self) -> None:
        """Put the cursor where the document says, and that line into view."""
        block = self.document().findBlockByNumber(self.file.line)
        if not block.isValid():
            block = self.document().lastBlock()
        column = min(self.file.column, block.length() - 1)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + column)
        mark = self.file.mark
        self.setTextCursor(cursor)
        self.file.mark = mark
        self.centerCursor()
        self._mark()

    # -- Qt's events

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep the indentation; Tab and Shift+Tab move selected lines."""
        if not self.isReadOnly():
            key, shift = event.key(), Qt.KeyboardModifier.ShiftModifier
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, shift)
            if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                indent.new_line(self.textCursor())
                self.ensureCursorVisible()
                return
            if plain and key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                indent.tab(self.textCursor(), _TAB, back=key == Qt.Key.Key_Backtab)
                return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """Take text; files are the editor's or the window's."""
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  (Qt's name)
        """Zoom with Ctrl."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if event.angleDelta().y():
                self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep the gutter at the left."""
        super().resizeEvent(event)
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), self.gutter_width, area.height()))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  (Qt's name)
        """The current line shows where typing goes."""
        super().focusInEvent(event)
        self._mark()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the marks in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._ready:
            self._mark()
            self._gutter.update()

    # -- the gutter

    @property
    def gutter_width(self) -> int:
        """Pixels the line numbers take; at least as many as three digits."""
        digits = max(3, len(str(self.blockCount())))
        return digits * self.fontMetrics().horizontalAdvance("9") + 2 * _GAP

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Draw the numbers of the visible lines."""
        colours = theme.current()
        painter = QPainter(self._gutter)
        painter.fillRect(event.rect(), QColor(colours.base))
        painter.setFont(self.font())
        current = self.textCursor().blockNumber()
        width = self._gutter.width() - _GAP
        for block, top, height in self.visible_blocks():
            number = block.blockNumber()
            strong = number in (current, self.file.mark)
            painter.setPen(QColor(colours.text if strong else colours.muted))
            row = QRect(0, top, width, self.fontMetrics().height())
            painter.drawText(row, Qt.AlignmentFlag.AlignRight, str(number + 1))
            if number == self.file.mark:
                painter.fillRect(0, top, 3, height, QColor(colours.accent))

    def visible_blocks(self) -> list[tuple[QTextBlock, int, int]]:
        """The lines in view with their top and height in pixels."""
        found = []
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= self.viewport().height():
            height = self.blockBoundingRect(block).height()
            if block.isVisible():
                found.append((block, round(top), round(height)))
            top += height
            block = block.next()
        return found

    # -- inside

    def _fit_gutter(self) -> None:
        self.setViewportMargins(self.gutter_width, 0, 0, 0)
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), self.gutter_width, area.height()))

    def _on_update(self, area: QRect, scrolled: int) -> None:
        if scrolled:
            self._gutter.scroll(0, scrolled)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def _on_cursor(self) -> None:
        if not self.file.loading:
            cursor = self.textCursor()
            self.file.line, self.file.column = cursor.blockNumber(), cursor.positionInBlock()
        self._mark()
        self._gutter.update()

    def _on_scroll(self) -> None:
        if not self.file.loading and self.isVisible():
            self.file.top = self.firstVisibleBlock().blockNumber()

    def _return(self) -> None:
        """Show what was in view when the last window showed this document."""
        if self.file.loading or self.file.mark >= 0:
            return
        top = self.file.top
        self.show_cursor()
        if top:
            self.verticalScrollBar().setValue(top)

    def _mark(self) -> None:
        """Draw the current line, the line jumped to, brackets and matches."""
        colours = theme.current()
        marks = [_line(self.textCursor(), colours.window)]
        if self.file.mark >= 0:
            block = self.document().findBlockByNumber(self.file.mark)
            if block.isValid():
                tint = QColor(colours.accent)
                tint.setAlphaF(0.18)
                marks = [_line(QTextCursor(block), tint)]
        tint = QColor(colours.accent)
        tint.setAlphaF(0.35)
        marks += self._found
        marks += [span(at, tint) for at in brackets.pair(self.textCursor())]
        self.setExtraSelections(marks)


class Gutter(QWidget):
    """The line numbers left of the text."""

    def __init__(self, edit: CodeEdit) -> None:
        super().__init__(edit)
        self._edit = edit

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As wide as the numbers."""
        return QSize(self._edit.gutter_width, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw them."""
        self._edit.paint_gutter(event)


def span(cursor: QTextCursor, ground: QColor) -> QTextEdit.ExtraSelection:
    """A mark behind the selected text of ``cursor``."""
    mark = QTextEdit.ExtraSelection()
    mark.cursor = cursor
    mark.format.setBackground(ground)
    return mark


def _line(cursor: QTextCursor, ground: QColor | str) -> QTextEdit.ExtraSelection:
    cursor.clearSelection()
    mark = span(cursor, QColor(ground))
    mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
    return mark
