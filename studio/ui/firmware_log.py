"""The compiler's words; a line that names a file opens it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from studio.firmware import messages
from studio.project import Project
from studio.ui import stage_report, theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.widgets import named, surface
from studio.ui.workspace import Workspace

_TOOLS = ("build", "run")
_LINES = 20_000


class _View(QPlainTextEdit):
    """Read-only text; double click and Enter hand the line on."""

    def __init__(self, log: BuildLog) -> None:
        super().__init__(readOnly=True)
        self._log = log
        self.setFont(theme.mono())
        self.setUndoRedoEnabled(False)
        self.setMaximumBlockCount(_LINES)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Open the place the line names, or select the word as everywhere."""
        line = self.cursorForPosition(event.position().toPoint()).block().text()
        if not self._log.open_line(line):
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Open the place the cursor's line names."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() not in keys or not self._log.open_line(self.textCursor().block().text()):
            super().keyPressEvent(event)


class BuildLog(QWidget):
    """What building and running said, with the newest at the end."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self._workspace = workspace
        self._shown: dict[str, int] = {}
        self._view = named(_View(self), "build-log")
        self._view.setAccessibleName(self.tr("Build log"))
        empty = EmptyState(
            "build", self.tr("No build yet"), self.tr("What the compiler says is shown here.")
        )
        self._stack = EmptyOrFull(empty, self._view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        workspace.output_changed.connect(self._show)
        self._show()

    def text(self) -> str:
        """All of it."""
        return self._view.toPlainText()

    def open_line(self, line: str) -> bool:
        """Open the file and line that ``line`` of the log names; False where it names none."""
        workspace = self._workspace
        message = messages.of_line(line.strip())
        if message is None or workspace.out is None:
            return False
        folder = Project(workspace.out).firmware
        target = stage_report.place_of(f"{message.file}:{message.line}", folder)
        if target is None:
            return False
        workspace.jump(target)
        return True

    def _show(self, tool: str = "") -> None:
        outputs = self._workspace.outputs
        if any(len(outputs.get(name, ())) < shown for name, shown in self._shown.items()):
            self._view.clear()
            self._shown.clear()
        for name in _TOOLS:
            lines = outputs.get(name, [])
            new = lines[self._shown.get(name, 0) :]
            if new:
                self._view.appendPlainText("\n".join(new))
                if not self._view.textCursor().hasSelection():
                    # At the end of a long line the cursor would hold the text scrolled aside.
                    self._view.moveCursor(QTextCursor.MoveOperation.StartOfBlock)
            self._shown[name] = len(lines)
        self._stack.set_full(any(self._shown.values()))
