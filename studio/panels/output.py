"""The Output: what each tool said, or all of them, as it comes."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.base import files
from studio.base.errors import StudioError
from studio.ui import stage_text, text_file, theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.find_bar import FindBar
from studio.ui.panel import Panel
from studio.ui.widgets import named
from studio.ui.workspace import Workspace

_TICK = 16  # milliseconds
_BUDGET = 0.005  # seconds a tick
_LINES = 200  # appended at once
_MOST = 100_000  # lines shown; the workspace keeps all for Save
_ALL = ""


class Output(QWidget):
    """A choice of tool above, its lines below. Follows the end unless scrolled up.

    New lines are appended some a tick, so that even a hundred thousand do not hold the window.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._tool = _ALL
        self._taken: dict[str, int] = {}  # lines of each tool that the text has
        self._text = self._make_text()
        self._bar = FindBar()
        self._bar.set_view(self._text)
        self._choice = named(QComboBox(), "tool")
        self._choice.setAccessibleName(self.tr("Tool"))
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self._choice.setSizeAdjustPolicy(policy)
        self._choice.setMinimumContentsLength(4)
        self._choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._choice.setMaximumWidth(theme.px(220))
        self._choice.activated.connect(self._on_choice)
        self._buttons: dict[str, QToolButton] = {}
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._take)
        self._place()
        workspace.output_changed.connect(self._on_output)
        self._draw_icons()
        self._on_output("")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._draw_icons()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Escape in the text closes the find bar."""
        if event.key() == Qt.Key.Key_Escape and self._bar.isVisible():
            self._bar.close_bar()
        else:
            super().keyPressEvent(event)

    # -- making

    def _make_text(self) -> QPlainTextEdit:
        text = named(QPlainTextEdit(readOnly=True), "output")
        text.setFont(theme.mono())
        text.setUndoRedoEnabled(False)
        text.setMaximumBlockCount(_MOST)
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        flags = Qt.TextInteractionFlag
        text.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        text.setTabChangesFocus(True)
        text.setAccessibleName(self.tr("What the tools say"))
        return text

    def _action(self, name: str, text: str, keys: QKeySequence | None = None) -> QAction:
        """An action with a button in the head."""
        action = QAction(text, self)
        if keys is not None:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addAction(action)
        button = named(QToolButton(), name)
        button.setDefaultAction(action)
        button.setProperty("role", "bar")
        button.setIconSize(QSize(theme.px(16), theme.px(16)))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(text)
        self._buttons[name] = button
        return action

    def _place(self) -> None:
        find = self._action("search", self.tr("Find in the output"), QKeySequence("Ctrl+F"))
        find.triggered.connect(lambda _checked: self._bar.open())
        self._wrap = self._action("wrap", self.tr("Wrap long lines"), QKeySequence("Alt+Z"))
        self._wrap.setCheckable(True)
        self._wrap.toggled.connect(self._on_wrap)
        self._action("copy", self.tr("Copy the output")).triggered.connect(self._copy)
        self._action("save", self.tr("Save the output…")).triggered.connect(self._browse)
        self._action("trash", self.tr("Clear the output")).triggered.connect(self._clear)
        for keys, step in (("F3", self._bar.find_next), ("Shift+F3", self._bar.find_previous)):
            action = QAction(
                self.tr("Find next") if keys == "F3" else self.tr("Find previous"), self
            )
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(step)
            self.addAction(action)
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(8), theme.px(4), theme.px(8), theme.px(4))
        head.setSpacing(theme.px(2))
        head.addWidget(self._choice, 1)
        head.addStretch()
        for button in self._buttons.values():
            head.addWidget(button)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._text, 1)
        column.addWidget(self._bar)
        empty = EmptyState(
            "output",
            self.tr("No output yet"),
            self.tr("What the stages of a deploy and other tools report appears here."),
        )
        self._stack = EmptyOrFull(empty, full)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    # -- taking lines

    def _on_output(self, _tool: str) -> None:
        outputs = self._workspace.outputs
        if any(self._taken.get(name, 0) > len(outputs.get(name, ())) for name in self._taken):
            self._start_again()  # cleared, or another deploy
        self._list_tools()
        self._stack.set_full(bool(outputs))
        if self._waiting() and not self._timer.isActive():
            self._timer.start()
            self._take()

    def _tools(self) -> list[str]:
        """The tools whose lines are shown."""
        return [name for name in self._workspace.outputs if self._tool in (_ALL, name)]

    def _waiting(self) -> bool:
        outputs = self._workspace.outputs
        return any(self._taken.get(name, 0) < len(outputs[name]) for name in self._tools())

    def _start_again(self) -> None:
        self._text.clear()
        outputs = self._workspace.outputs
        # Lines that would be dropped again are left out at once.
        self._taken = {name: max(0, len(outputs[name]) - _MOST) for name in self._tools()}

    def _take(self) -> None:
        """Append lines for a part of a frame."""
        bar = self._text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        until = time.perf_counter() + _BUDGET
        for name in self._tools():
            lines = self._workspace.outputs[name]
            while self._taken.get(name, 0) < len(lines) and time.perf_counter() < until:
                start = self._taken.get(name, 0)
                piece = lines[start : start + _LINES]
                self._taken[name] = start + len(piece)
                self._append("\n".join(piece))
        if at_end:
            bar.setValue(bar.maximum())
        if not self._waiting():
            self._timer.stop()

    def _append(self, text: str) -> None:
        if text_file.has_long_lines(text):
            text = text_file.cut(text)
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text if self._text.document().isEmpty() else f"\n{text}")

    # -- showing

    def _list_tools(self) -> None:
        names = [_ALL, *self._workspace.outputs]
        if names == [self._choice.itemData(index) for index in range(self._choice.count())]:
            return
        self._choice.clear()
        for name in names:
            self._choice.addItem(stage_text.name(name) if name else self.tr("All tools"), name)
        if self._tool not in names:
            self._tool = _ALL
            self._start_again()
        self._choice.setCurrentIndex(names.index(self._tool))

    def _draw_icons(self) -> None:
        for name, button in self._buttons.items():
            button.defaultAction().setIcon(theme.icon(name))

    # -- actions

    def _on_choice(self) -> None:
        self._tool = self._choice.currentData()
        self._start_again()
        self._on_output("")

    def _on_wrap(self, wrap: bool) -> None:
        mode = QPlainTextEdit.LineWrapMode
        self._text.setLineWrapMode(mode.WidgetWidth if wrap else mode.NoWrap)

    def _all_text(self) -> str:
        lines = (line for name in self._tools() for line in self._workspace.outputs[name])
        return "\n".join(lines) + "\n"

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._all_text())

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Save the output as"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.fileSelected.connect(self._save)
        dialog.open()

    def _save(self, name: str) -> None:
        try:
            files.write_text(Path(name), self._all_text())
        except StudioError as error:
            self._workspace.error.emit(error)

    def _clear(self) -> None:
        self._workspace.clear_output(self._tool)


PANEL = Panel("output", str(QT_TRANSLATE_NOOP("Panel", "Output")), "bottom-left", Output, order=11)
