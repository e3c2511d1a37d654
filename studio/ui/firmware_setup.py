"""How the firmware is built: configurations, their choices, and the compilers there are."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.base import fields
from studio.base.job import Job
from studio.options import Options
from studio.ui import language
from studio.ui.firmware_builds import BuildButtons
from studio.ui.form import Form
from studio.ui.widgets import muted, named, surface, verbatim
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.chip.chip import Chip
    from studio.firmware.toolchain import Found

_POLL = 50  # milliseconds


class Setup(QScrollArea):
    """The form of "Build" and "Emulator", buttons for configurations, and the compilers found."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(widgetResizable=True)
        self._workspace = workspace
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        chosen = [field for field in fields.of(Options) if field.group in ("Build", "Emulator")]
        self._form = Form(chosen, workspace.options)
        self._form.changed.connect(self._edit)
        self._compilers = Compilers(workspace)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(0)
        column.addWidget(BuildButtons(workspace))
        column.addWidget(self._form)
        self._models = verbatim(muted(QLabel(wordWrap=True)))
        self._models.setContentsMargins(12, 0, 12, 8)
        column.addWidget(self._models)
        column.addWidget(self._compilers)
        column.addStretch()
        self.setWidget(surface(page))
        surface(self)
        workspace.options_changed.connect(self._show)
        workspace.chip_changed.connect(self._show_models)
        self._show_models()

    def _show(self) -> None:
        self._form.set_values(self._workspace.options)

    def _show_models(self) -> None:
        """Name the device models the noise may be of, and offer them while it is typed."""
        names = sorted(self._workspace.chip.noise)
        self._models.setText(self.tr("Analog noise of this chip: {0}").format(", ".join(names)))
        editor = self._form.editor("noise")
        if isinstance(editor, QLineEdit):
            editor.setCompleter(QCompleter(names, editor))

    def _edit(self, name: str, value: object) -> None:
        text = self.tr("Change how firmware is built and run")
        self._workspace.edit_options(text, **{name: value})


class Compilers(QWidget):
    """The compilers found on this computer, looked for in a thread when first seen."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._answers: queue.SimpleQueue[tuple[Found, ...]] = queue.SimpleQueue()
        self._asked = False
        self._text = named(QLabel(self.tr("Looking for compilers…")), "compilers")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._hint = named(muted(QLabel()), "compilers-hint")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        self._hint.setTextInteractionFlags(self._text.textInteractionFlags())
        self._hint.hide()
        self._again = named(QToolButton(), "compilers-again")
        self._again.setText(self.tr("Look again"))
        self._again.setProperty("role", "tool")
        self._again.clicked.connect(self.look)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 0)
        column.setSpacing(6)
        column.addWidget(muted(QLabel(self.tr("Compilers on this computer"))))
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
        arguments = (self._workspace.chip, self._answers)
        threading.Thread(target=_survey, args=arguments, daemon=True).start()
        self._timer.start()

    def _take(self) -> None:
        if self._answers.empty():
            return
        self._timer.stop()
        self._again.setEnabled(True)
        found = self._answers.get_nowait()
        self._text.setText("\n".join(self._line(one) for one in found))
        hints = list(dict.fromkeys(language.message(one.hint) for one in found if one.hint))
        # With one compiler there is nothing the user must do.
        needed = not any(one.version for one in found)
        self._hint.setText("\n".join(hints))
        self._hint.setVisible(needed)

    def _line(self, found: Found) -> str:
        if not found.version:
            name = {"zig": self.tr("zig"), "gcc": self.tr("RISC-V GCC")}[found.choice]
            return self.tr("✕ {0}: not found").format(name)
        if found.choice == "zig":
            return self.tr("✓ {0}, bundled: {1}").format(found.version, found.program)
        return self.tr("✓ {0}, on the search path: {1}").format(found.version, found.program)


def _survey(chip: Chip, answers: queue.SimpleQueue[tuple[Found, ...]]) -> None:
    from studio.firmware import toolchain  # noqa: PLC0415 - not before somebody asks

    answers.put(toolchain.survey(chip, Job()))
