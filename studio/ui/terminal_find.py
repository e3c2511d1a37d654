"""The bars of the terminal that search and filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from studio.base.errors import DataError
from studio.ui import error_words, theme
from studio.ui.widgets import bar_button, literal, muted, named, set_role, verbatim

if TYPE_CHECKING:
    from studio.monitor.log_search import Pattern

_NARROW = 400  # pixels
_QUIET = 120  # milliseconds after a change before it holds


class QueryBar(QWidget):
    """A line for a text or pattern; ``pattern`` is None where there is none, or a wrong one.

    ``changed`` when it is another; ``step`` for the next match (True: the one before), where
    ``steps``; ``closed`` when the user wants it no more. Hidden until ``open``.
    """

    changed = Signal()
    step = Signal(bool)
    closed = Signal()

    def __init__(self, name: str, text: str, icon: str, *, steps: bool) -> None:
        super().__init__()
        named(self, f"terminal-{name}")
        self.pattern: Pattern | None = None
        self._error: DataError | None = None
        self._icon_name = icon
        self._icon = QLabel()
        self.edit = named(QLineEdit(clearButtonEnabled=True), f"terminal-{name}-text")
        self.edit.setPlaceholderText(text)
        self.edit.setAccessibleName(text)
        self.edit.setMinimumWidth(theme.px(60))
        self.count = verbatim(muted(named(QLabel(), f"terminal-{name}-count")))
        self.case = self._toggle("Aa", f"terminal-{name}-case", self.tr("Match case"))
        self.regex = self._toggle(".*", f"terminal-{name}-regex", self.tr("Regular expression"))
        self._buttons: list[tuple[QToolButton, str]] = []
        tools = [self.case, self.regex]
        if steps:
            before = self._button("up", f"terminal-{name}-up", self.tr("Match before (Shift+F3)"))
            after = self._button("down", f"terminal-{name}-down", self.tr("Next match (F3)"))
            before.clicked.connect(lambda: self.step.emit(True))
            after.clicked.connect(lambda: self.step.emit(False))
            tools += [before, after]
        self._close = self._button("clear", f"terminal-{name}-close", self.tr("Close (Esc)"))
        self._close.clicked.connect(self.close_bar)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for tool in tools:
            row.addWidget(tool)
        row.addSpacing(4)
        row.addWidget(self.count, 1)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 3, 6, 3)
        self._grid.setSpacing(3)
        self._grid.setColumnStretch(1, 1)
        self._narrow: bool | None = None
        self._arrange()
        self._steps = steps
        self._timer = QTimer(self, singleShot=True, interval=_QUIET)
        self._timer.timeout.connect(self._compile)
        self.edit.textChanged.connect(lambda _text: self._timer.start())
        self.case.toggled.connect(self._compile)
        self.regex.toggled.connect(self._compile)
        self._refresh_icons()
        self.hide()

    def open(self, text: str = "") -> None:
        """Show it, with ``text`` where there is one, and go there."""
        if text:
            self.edit.setText(text)
        self.show()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()
        self._compile()

    def close_bar(self) -> None:
        """Hide it: nothing is searched any more."""
        self.hide()
        self._timer.stop()
        self._set(None, None)
        self.closed.emit()

    def set_count(self, text: str, *, bad: bool = False) -> None:
        """Tell how many there are, unless the pattern is wrong."""
        tip = ""
        if self._error is not None:
            text, bad = self.tr("Cannot be read"), True
            tip = error_words.lines(self._error)
        self.count.setText(text)
        self.count.setToolTip(literal(tip))
        role = "bad" if bad else "muted"
        set_role(self.count, role)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape closes; Return goes on, with Shift back."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._timer.isActive():
                self._compile()
            if self._steps:
                self.step.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the width there is."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_timer"):
            self._refresh_icons()

    # -- inside

    def _arrange(self) -> None:
        """In one row, or where that is too narrow with the buttons below."""
        narrow = self.width() < theme.px(_NARROW)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for widget in (self._icon, self.edit, self._tools, self._close):
            self._grid.removeWidget(widget)
        self._grid.addWidget(self._icon, 0, 0)
        self._grid.addWidget(self.edit, 0, 1)
        if narrow:
            self._grid.addWidget(self._close, 0, 2)
            self._grid.addWidget(self._tools, 1, 0, 1, 3)
        else:
            self._grid.addWidget(self._tools, 0, 2)
            self._grid.addWidget(self._close, 0, 3)

    def _compile(self) -> None:
        self._timer.stop()
        text = self.edit.text()
        if not text or self.isHidden():
            self._set(None, None)
            return
        from studio.monitor.log_search import compiled  # noqa: PLC0415 - slow to import

        try:
            pattern = compiled(text, regex=self.regex.isChecked(), case=self.case.isChecked())
        except DataError as error:
            self._set(None, error)
        else:
            self._set(pattern, None)

    def _set(self, pattern: Pattern | None, error: DataError | None) -> None:
        self._error = error
        if pattern != self.pattern:
            self.pattern = pattern
            self.changed.emit()
        if pattern is None:
            self.set_count("")

    def _toggle(self, text: str, name: str, tip: str) -> QToolButton:
        button = bar_button(name, tip)
        button.setText(text)
        button.setCheckable(True)
        return button

    def _button(self, icon: str, name: str, tip: str) -> QToolButton:
        button = bar_button(name, tip, 14)
        self._buttons.append((button, icon))
        return button

    def _refresh_icons(self) -> None:
        size = theme.px(14)
        colour = theme.current().muted
        self._icon.setPixmap(theme.pixmap(self._icon_name, size, colour, self.devicePixelRatioF()))
        for button, icon in self._buttons:
            button.setIcon(theme.icon(icon))
