"""The bar below a text view that finds and replaces."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QToolButton,
    QWidget,
)

from studio.ui import find, theme
from studio.ui.find import Counter, Query
from studio.ui.widgets import bar_button, muted, named, set_role

_QUIET = 150  # milliseconds after a change of the text before matches are counted again
_NARROW = 460  # pixels
_SHOWN = 500  # matches marked in the visible lines


class FindBar(QWidget):
    """Works on the view given to ``set_view``; hidden until ``open``."""

    def __init__(self) -> None:
        super().__init__()
        self._view: QPlainTextEdit | None = None
        self._start = 0  # where the search while typing begins
        self.text = self._line(self.tr("Find"), "find")
        self.replacement = self._line(self.tr("Replace with"), "replacement")
        self.count = muted(named(QLabel(), "matches"))
        self.count.setMinimumWidth(theme.px(70))  # numbers that grow do not move the buttons
        self._case = self._toggle("Aa", "case", self.tr("Match case"))
        self._word = self._toggle("ab", "word", self.tr("Whole words"))
        underlined = self._word.font()
        underlined.setUnderline(True)
        self._word.setFont(underlined)
        self._regex = self._toggle(".*", "regex", self.tr("Regular expression"))
        self._previous = self._button("up", "previous", self.tr("Previous match (Shift+F3)"))
        self._next = self._button("down", "next", self.tr("Next match (F3)"))
        self._close = self._button("clear", "closefind", self.tr("Close (Esc)"))
        self._one = self._push(self.tr("Replace"), "replaceone")
        self._all = self._push(self.tr("Replace all"), "replaceall")
        self._tools = QWidget()
        self._lower = QWidget()
        self._grid = QGridLayout(self)
        self._narrow: bool | None = None
        self._place()
        self._counter = Counter(self)
        self._counter.changed.connect(self._show_count)
        self._recount = QTimer(self, interval=_QUIET, singleShot=True)
        self._recount.timeout.connect(self._count)
        self.text.textEdited.connect(self._on_typed)
        self.text.textChanged.connect(self._count)
        for toggle in (self._case, self._word, self._regex):
            toggle.toggled.connect(self._on_typed)
            toggle.toggled.connect(self._count)
        self._previous.clicked.connect(self.find_previous)
        self._next.clicked.connect(self.find_next)
        self._close.clicked.connect(self.close_bar)
        self._one.clicked.connect(self.replace)
        self._all.clicked.connect(self.replace_all)
        self._refresh_icons()
        self.hide()

    # -- what the panel calls

    def set_view(self, view: QPlainTextEdit | None) -> None:
        """Search in another view."""
        old = self._view
        if old is not None:
            self._mark(old, [])
            old.document().contentsChanged.disconnect(self._on_contents)
            old.verticalScrollBar().valueChanged.disconnect(self._on_scroll)
        self._view = view
        if view is not None:
            view.document().contentsChanged.connect(self._on_contents)
            view.verticalScrollBar().valueChanged.connect(self._on_scroll)
        if self.isVisible():
            self._show_replace(not self._lower.isHidden())
            self._count()

    def open(self, *, replace: bool = False) -> None:
        """Show the bar, looking for what is selected."""
        if self._view is None:
            return
        cursor = self._view.textCursor()
        selected = cursor.selectedText()
        self._start = cursor.selectionStart()
        if selected and "\u2029" not in selected:
            self.text.setText(selected)
        self.show()
        self._show_replace(replace)
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()
        self._count()

    def close_bar(self) -> None:
        """Hide the bar and go back to the text."""
        self.hide()
        self._counter.stop()
        if self._view is not None:
            self._mark(self._view, [])
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def find_next(self) -> None:
        """Select the next match."""
        self._step(back=False)

    def find_previous(self) -> None:
        """Select the match before."""
        self._step(back=True)

    def replace(self) -> None:
        """Replace the selected match and go to the next one."""
        if self._view is None or self._view.isReadOnly() or not self._is_valid():
            return
        find.replace_one(self._view.textCursor(), self.query, self.replacement.text())
        self._step(back=False)
        self._count()

    def replace_all(self) -> None:
        """Replace every match in one step."""
        if self._view is None or self._view.isReadOnly() or not self._is_valid():
            return
        document = self._view.document()
        number = find.replace_all(document, self.query, self.replacement.text())
        self._count()
        self.count.setText(self.tr("{0} replaced").format(number))
        self._recount.stop()

    @property
    def query(self) -> Query:
        """What the bar asks for."""
        return Query(
            self.text.text(),
            self._case.isChecked(),
            self._word.isChecked(),
            self._regex.isChecked(),
        )

    # -- Qt's events

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape closes; Return finds or replaces."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif enter and self.replacement.hasFocus():
            self.replace()
        elif enter:
            self._step(back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the width there is."""
        super().resizeEvent(event)
        self._arrange(self.width())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_counter"):
            self._refresh_icons()
            self._on_scroll()

    # -- making

    def _line(self, text: str, name: str) -> QLineEdit:
        line = named(QLineEdit(), name)
        line.setPlaceholderText(text)
        line.setAccessibleName(text)
        line.setMinimumWidth(theme.px(60))
        return line

    def _toggle(self, text: str, name: str, tip: str) -> QToolButton:
        button = self._tool(name, tip)
        button.setText(text)
        button.setCheckable(True)
        return button

    def _button(self, icon: str, name: str, tip: str) -> QToolButton:
        button = self._tool(name, tip)
        button.setProperty("icon-name", icon)
        return button

    def _tool(self, name: str, tip: str) -> QToolButton:
        button = bar_button(name, tip, 14)
        button.setAutoRaise(True)
        return button

    def _push(self, text: str, name: str) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setProperty("role", "small")
        return button

    def _place(self) -> None:
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(2)
        for button in (self._case, self._word, self._regex, self._previous, self._next):
            tools.addWidget(button)
        tools.addSpacing(4)
        tools.addWidget(self.count, 1)
        lower = QHBoxLayout(self._lower)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.setSpacing(6)
        lower.addWidget(self._one)
        lower.addWidget(self._all)
        lower.addStretch()
        self._grid.setContentsMargins(8, 6, 8, 6)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self._arrange(0)

    def _arrange(self, width: int) -> None:
        """In one row, or where that is too narrow with the buttons below."""
        narrow = width < theme.px(_NARROW)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        grid = self._grid
        for widget in (self.text, self._tools, self._close, self.replacement, self._lower):
            grid.removeWidget(widget)
        grid.addWidget(self.text, 0, 0)
        grid.addWidget(self._close, 0, 2)
        if narrow:
            grid.addWidget(self._tools, 1, 0, 1, 3)
            grid.addWidget(self.replacement, 2, 0, 1, 3)
            grid.addWidget(self._lower, 3, 0, 1, 3)
        else:
            grid.addWidget(self._tools, 0, 1)
            grid.addWidget(self.replacement, 1, 0)
            grid.addWidget(self._lower, 1, 1, 1, 2)

    def _refresh_icons(self) -> None:
        for button in (self._previous, self._next, self._close):
            button.setIcon(theme.icon(str(button.property("icon-name"))))

    def _show_replace(self, show: bool) -> None:
        show = show and self._view is not None and not self._view.isReadOnly()
        self.replacement.setVisible(show)
        self._lower.setVisible(show)

    # -- finding

    def _is_valid(self) -> bool:
        return bool(self.query.text) and self.query.pattern.isValid()

    def _on_typed(self) -> None:
        """Go to the first match from where the search began."""
        if self._view is not None and self._is_valid():
            cursor = self._view.textCursor()
            cursor.setPosition(min(self._start, self._view.document().characterCount() - 1))
            self._go(find.step(cursor, self.query, back=False))

    def _step(self, *, back: bool) -> None:
        if self._view is None:
            return
        if not self.query.text:
            self.open()
        elif self._is_valid():
            self._go(find.step(self._view.textCursor(), self.query, back=back))
            self._start = self._view.textCursor().selectionStart()
            self._show_count()

    def _go(self, cursor: QTextCursor | None) -> None:
        if cursor is not None and self._view is not None:
            self._view.setTextCursor(cursor)
            self._show_count()

    def _on_contents(self) -> None:
        if self.isVisible():
            self._recount.start()

    def _count(self) -> None:
        self._counter.stop()
        if self._view is not None and self.isVisible() and self._is_valid():
            self._counter.start(self._view.document(), self.query.pattern)
        self._show_count()
        self._on_scroll()

    def _show_count(self) -> None:
        total = self._counter.total
        role = "muted"
        if not self.query.text:
            text = ""
        elif not self.query.pattern.isValid():
            text, role = self.tr("Not a valid expression"), "bad"
        elif not self._counter.done:
            text = "…"
        elif total == 0:
            text, role = self.tr("No match"), "bad"
        elif total >= find.MOST:
            text = self.tr("more than {0}").format(find.MOST)
        else:
            start = self._view.textCursor().selectionStart() if self._view is not None else -1
            place = self._counter.place(start)
            text = self.tr("{0} of {1}").format(place or "–", total)
        self.count.setText(text)
        set_role(self.count, role)

    def _on_scroll(self) -> None:
        """Mark the matches in the visible lines."""
        view = self._view
        if view is None or not self.isVisible():
            return
        found: list[QTextEdit.ExtraSelection] = []
        if self._is_valid():
            tint = QColor(theme.current().warning)
            tint.setAlphaF(0.35)
            pattern = self.query.pattern
            block = view.firstVisibleBlock()
            bottom = view.cursorForPosition(view.viewport().rect().bottomRight()).blockNumber()
            while block.isValid() and block.blockNumber() <= bottom and len(found) < _SHOWN:
                for match in find.matches(pattern, block.text()):
                    mark = QTextEdit.ExtraSelection()
                    mark.cursor = find.select(block, match)
                    mark.format.setBackground(tint)
                    found.append(mark)
                block = block.next()
        self._mark(view, found)

    def _mark(self, view: QPlainTextEdit, found: list[QTextEdit.ExtraSelection]) -> None:
        set_found = getattr(view, "set_found", view.setExtraSelections)
        set_found(found)
