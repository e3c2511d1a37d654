"""The programs found on this computer: compilers, and the tools of a board."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.base.job import Job
from studio.ui import language
from studio.ui.widgets import muted, named, tool_button
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.board import tools
    from studio.firmware import toolchain

_POLL = 50  # milliseconds
_SHOWN = ("program_tool", "jlink", "openocd", "gdb")  # those a board needs


class _Programs(QWidget):
    """A list of programs, looked for in a thread when it is first seen.

    ``look`` runs in that thread; ``tell`` makes lines and hints of what it returns.
    """

    def __init__(self, name: str, title: str, looking: str) -> None:
        super().__init__()
        self._answers: queue.SimpleQueue[Sequence[object]] = queue.SimpleQueue()
        self._asked = False
        self._text = named(QLabel(looking), name)
        self._hint = named(muted(QLabel()), f"{name}-hint")
        for label in (self._text, self._hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        self._hint.hide()
        self._again = tool_button(f"{name}-again", self.tr("Look again"))
        self._again.clicked.connect(self.look)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 0)
        column.setSpacing(6)
        column.addWidget(muted(QLabel(title)))
        column.addWidget(self._text)
        column.addWidget(self._hint)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        self._timer = QTimer(self, interval=_POLL)
        self._timer.timeout.connect(self._take)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Look once, when somebody wants to know."""
        super().showEvent(event)
        if not self._asked:
            self.look()

    def look(self) -> None:
        """Ask the programs their versions, in a thread; ``_take`` shows the answer."""
        self._asked = True
        self._again.setEnabled(False)
        arguments = (self._survey(), self._answers)
        threading.Thread(target=_ask, args=arguments, daemon=True).start()
        self._timer.start()

    def _take(self) -> None:
        if self._answers.empty():
            return
        self._timer.stop()
        self._again.setEnabled(True)
        lines, hints = self._tell(self._answers.get_nowait())
        self._text.setText("\n".join(lines))
        self._hint.setText("\n".join(dict.fromkeys(hints)))
        self._hint.setVisible(bool(hints))

    def _survey(self) -> Callable[[], Sequence[object]]:
        """What the thread calls."""
        raise NotImplementedError

    def _tell(self, found: Sequence[object]) -> tuple[list[str], list[str]]:
        """A line for each program, and what the user may do about those that are missing."""
        raise NotImplementedError


class Compilers(_Programs):
    """The compilers; what to do is told only where there is none."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        super().__init__(
            "compilers",
            QCoreApplication.translate("Compilers", "Compilers on this computer"),
            QCoreApplication.translate("Compilers", "Looking for compilers…"),
        )

    def _survey(self) -> Callable[[], Sequence[object]]:
        chip = self._workspace.chip

        def look() -> tuple[toolchain.Found, ...]:
            from studio.firmware import toolchain  # noqa: PLC0415 - not before somebody asks

            return toolchain.survey(chip, Job())

        return look

    def _tell(self, found: Sequence[object]) -> tuple[list[str], list[str]]:
        from studio.firmware.toolchain import Found  # noqa: PLC0415 - it is loaded by now

        known = [one for one in found if isinstance(one, Found)]
        hints = [language.message(one.hint) for one in known if one.hint]
        needed = not any(one.version for one in known)
        return [self._line(one) for one in known], hints if needed else []

    def _line(self, found: toolchain.Found) -> str:
        if not found.version:
            name = {"zig": self.tr("zig"), "gcc": self.tr("RISC-V GCC")}[found.choice]
            return self.tr("✕ {0}: not found").format(name)
        if found.choice == "zig":
            return self.tr("✓ {0}, bundled: {1}").format(found.version, found.program)
        return self.tr("✓ {0}, on the search path: {1}").format(found.version, found.program)


class BoardTools(_Programs):
    """What programs the weights and downloads the firmware, with how to get what is missing."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        super().__init__(
            "board-tools",
            QCoreApplication.translate("BoardTools", "Tools for a board"),
            QCoreApplication.translate("BoardTools", "Looking for tools…"),
        )
        workspace.settings_changed.connect(self._look_again)

    def _look_again(self) -> None:
        if self._asked and self._again.isEnabled():
            self.look()

    def _survey(self) -> Callable[[], Sequence[object]]:
        settings = self._workspace.settings

        def look() -> tuple[tools.Found, ...]:
            from studio.board import tools  # noqa: PLC0415 - not before somebody asks

            return tools.survey(settings, Job())

        return look

    def _tell(self, found: Sequence[object]) -> tuple[list[str], list[str]]:
        from studio.board.tools import Found  # noqa: PLC0415 - it is loaded by now

        known = [one for one in found if isinstance(one, Found) and one.tool.key in _SHOWN]
        hints = [language.message(one.hint) for one in known if one.hint]
        return [self._line(one) for one in known], hints

    def _line(self, found: tools.Found) -> str:
        title = language.message(found.tool.title)
        if not found.path:
            return self.tr("✕ {0}: not found").format(title)
        return self.tr("✓ {0} {1}: {2}").format(title, found.version, found.path)


def _ask(
    look: Callable[[], Sequence[object]], answers: queue.SimpleQueue[Sequence[object]]
) -> None:
    answers.put(look())
