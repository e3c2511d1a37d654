"""The bar below the terminal that sends: a line, a file, macros."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from studio.base.errors import StudioError
from studio.monitor.lines_out import encoded
from studio.ui import figures_text, theme
from studio.ui.error_words import sentences
from studio.ui.layouts import Store
from studio.ui.macro_row import MacroRow
from studio.ui.macros_dialog import MacrosDialog
from studio.ui.send_choices import EndingBox, FormBox, choices_menu
from studio.ui.send_line import SendLine
from studio.ui.sender import Sender
from studio.ui.widgets import literal, muted, named, set_role, tool_button, verbatim
from studio.ui.workspace import Workspace

_BREAK = re.compile(r"\r\n|\r|\n")
_WIDE, _MEDIUM = 480, 340  # pixels
_NARROWEST = 240
_SHOWN = 12  # bytes of what will be sent
_VIEW = "send-text"


class SendBar(QWidget):
    """Sends to what the monitor is connected to; says why where it cannot."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        named(self, "send-bar")
        self._workspace = workspace
        self._monitoring = workspace.monitoring
        self._store = Store()
        self.sending = Sender.of(workspace)
        self.line = SendLine(self._store)
        self.line.setAccessibleName(self.tr("Text to send"))
        self.line.setToolTip(
            self.tr(
                "Enter sends, Ctrl+Enter sends and keeps the text. Up and Down: what was sent"
                " before and begins like what is typed."
            )
        )
        self.form = FormBox("send-form")
        self.form.choose(self._store.text("send/form"))
        self.ending = EndingBox("send-ending")
        self.ending.choose(self._store.text("send/ending"))
        self.button = tool_button("send", self.tr("Send"))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more = self._more()
        self.note = named(verbatim(QElidingLabel()), "send-note")
        self.macros = MacroRow(self.sending)
        self._make_progress()
        self._grid = QGridLayout()
        self._arranged: tuple[bool, bool, bool] | None = None
        self._low = False
        self._place()
        self.line.setText(str(workspace.views.get(_VIEW, "")))
        self.line.textChanged.connect(self._on_typed)
        self.line.entered.connect(self._send)
        self.button.clicked.connect(lambda: self._send(stay=False))
        self.form.currentIndexChanged.connect(self._on_choice)
        self.ending.currentIndexChanged.connect(self._on_choice)
        self.macros.edit_asked.connect(self.edit_macros)
        self.sending.changed.connect(self._on_sender)
        self._monitoring.changed.connect(self._on_state)
        self._draw_icons()
        self._on_state()

    # -- what is asked for

    def edit_macros(self) -> MacrosDialog:
        """Open the macros' dialog."""
        dialog = MacrosDialog(self._workspace, self)
        dialog.kept.connect(self.macros.load)
        dialog.open()
        return dialog

    def choose_file(self) -> QFileDialog:
        """Ask for a file and send its bytes."""
        dialog = named(QFileDialog(self.window(), self.tr("Send a file")), "send-file-dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.sending.send_file(Path(name)))
        dialog.open()
        return dialog

    def _send(self, stay: bool) -> None:
        if not self.sending.ready:
            return
        try:
            data = self._data()
        except StudioError as error:
            self._say(sentences(error), "bad")
            return
        if data and self.sending.send(data):
            self.line.sent(stay=stay)

    def _data(self) -> bytes:
        encoding = self._monitoring.live.encoding
        ending, form = self.ending.ending, self.form.form
        text = self.line.text()
        if form == "text" and ending != "none":
            # What was pasted may have several lines: each ends as chosen.
            lines = _BREAK.split(text)
            if len(lines) > 1 and not lines[-1]:
                lines.pop()
            return b"".join(encoded(line, ending, form, encoding) for line in lines)
        return encoded(text, ending, form, encoding)

    # -- what is shown

    def _on_state(self) -> None:
        """Usable while a board is there; one that is away for a moment keeps the line."""
        state = self._monitoring.state
        ready = state == "open"
        self.line.setEnabled(state != "closed")
        self.button.setEnabled(ready)
        self.file_action.setEnabled(ready and self.sending.file is None)
        self.macros.set_ready(ready)
        if ready:
            hint = self.tr("Text to send")
        elif state == "closed":
            hint = self.tr("Connect to a board to send to it.")
        else:
            hint = self.tr("Waits for the board. What you type stays.")
        self.line.setPlaceholderText(hint)
        self.button.setToolTip(self.tr("Send the line (Enter)") if ready else hint)
        self._check()

    def _on_typed(self, text: str) -> None:
        self._workspace.views[_VIEW] = text
        if self.sending.problem is not None:
            self.sending.forget_problem()
        self._check()

    def _on_choice(self) -> None:
        self._store.set("send/form", self.form.form)
        self._store.set("send/ending", self.ending.ending)
        self._check()

    def _on_sender(self) -> None:
        sending = self.sending
        file, waiting = sending.file, sending.waiting
        self._progress.setVisible(file is not None or sending.stuck)
        if file is not None:
            whole, sent = figures_text.size(file.size), figures_text.size(min(file.sent, file.size))
            self._progress_text.setText(
                self.tr("{0} of {1}: {2}").format(sent, whole, file.path.name)
            )
            self._bar.setMaximum(1000)
            self._bar.setValue(round(1000 * min(file.sent / file.size, 1.0)) if file.size else 0)
        else:
            self._progress_text.setText(
                self.tr("{0} wait: the board does not take them.").format(
                    figures_text.size(waiting)
                )
            )
        self._bar.setVisible(file is not None)
        self.file_action.setEnabled(sending.ready and file is None)
        self.macros.show_running()
        self._check()

    def _check(self) -> None:
        """Say below the line what is wrong with it, or which bytes it makes."""
        form, text = self.form.form, self.line.text()
        self.ending.setEnabled(form != "hex")
        problem = self.sending.problem
        if problem is not None:
            self._say(sentences(problem), "bad")
        elif not text:
            self._say("")
        else:
            try:
                data = self._data()
            except StudioError as error:
                # Half a pair of digits is on its way to be a whole one.
                half = form == "hex" and _is_hex(text[:-1])
                self._say(sentences(error), "muted" if half else "bad")
            else:
                self._say("" if form == "text" else self._told(data))

    def _told(self, data: bytes) -> str:
        shown = data[:_SHOWN].hex(" ").upper() + (" …" if len(data) > _SHOWN else "")
        if len(data) == 1:
            return self.tr("1 byte: {0}").format(shown)
        return self.tr("{0} bytes: {1}").format(len(data), shown)

    def _say(self, text: str, role: str = "muted") -> None:
        self.note.setText(text)
        self.note.setToolTip(literal(text))
        self.line.setAccessibleDescription(text)
        self.note.setVisible(bool(text))
        set_role(self.note, role)

    def set_low(self, low: bool) -> None:
        """Whether there is height for one row only: form and ending are then in the menu."""
        self._low = low
        self._arrange(self.width())

    # -- Qt's events

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """What two rows need, also while it is one: else it could not be made narrow."""
        return QSize(theme.px(_NARROWEST), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the width there is."""
        super().resizeEvent(event)
        self._arrange(self.width())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_arranged"):
            self._draw_icons()

    # -- making

    def _more(self) -> QToolButton:
        button = tool_button("send-more", "", self.tr("Send a file, macros"))
        button.setProperty("role", "bar")
        button.setAccessibleName(self.tr("More to send"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        self.file_action = menu.addAction(self.tr("Send file…"), self.choose_file)
        self.macros_action = menu.addAction(self.tr("Macros…"), self.edit_macros)
        self._folded = [choices_menu(box, menu).menuAction() for box in (self.form, self.ending)]
        menu.addSeparator()
        menu.addAction(self.tr("Forget what was typed"), self.line.forget)
        button.setMenu(menu)
        return button

    def _make_progress(self) -> None:
        self._progress = named(QWidget(), "send-progress")
        self._progress_text = muted(verbatim(QElidingLabel()))
        self._bar = QProgressBar(textVisible=False)
        self._bar.setMinimumWidth(theme.px(60))
        self.cancel = tool_button(
            "cancel-sending", self.tr("Cancel"), self.tr("Forget what was not sent yet")
        )
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel.clicked.connect(self.sending.cancel)
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self._progress_text, 1)
        row.addWidget(self._bar, 1)
        row.addWidget(self.cancel)
        self._progress.hide()

    def _place(self) -> None:
        self.line.setMinimumWidth(theme.px(60))
        self.line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._choices = QWidget(self)  # else it would be a window for a moment
        choices = QHBoxLayout(self._choices)
        choices.setContentsMargins(0, 0, 0, 0)
        choices.setSpacing(theme.px(6))
        choices.addWidget(self.form)
        choices.addWidget(self.ending)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(6))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(8), theme.px(6), theme.px(8), theme.px(6))
        column.setSpacing(theme.px(6))
        column.addLayout(self._grid)
        column.addWidget(self._progress)
        self._arrange(0)

    def _arrange(self, width: int) -> None:
        """The choices beside the line, or below it, there beside the macros or above them."""
        wide, medium = width >= theme.px(_WIDE), width >= theme.px(_MEDIUM)
        folded = self._low and not wide
        if (wide, medium, folded) == self._arranged:
            return
        self._arranged = wide, medium, folded
        self._choices.setHidden(folded)
        for action in self._folded:
            action.setVisible(folded)
        grid = self._grid
        for widget in (self.line, self._choices, self.button, self.more, self.note, self.macros):
            grid.removeWidget(widget)
        grid.setColumnStretch(0, int(wide))
        grid.setColumnStretch(1, int(not wide))
        grid.addWidget(self.line, 0, 0, 1, 1 if wide else 2)
        grid.addWidget(self.button, 0, 2)
        grid.addWidget(self.more, 0, 3)
        grid.addWidget(self.note, 1, 0, 1, 4)
        if wide:
            grid.addWidget(self._choices, 0, 1)
            grid.addWidget(self.macros, 2, 0, 1, 4)
        elif folded:
            grid.addWidget(self.macros, 2, 0, 1, 4)
        elif medium:
            grid.addWidget(self._choices, 2, 0)
            grid.addWidget(self.macros, 2, 1, 1, 3)
        else:
            grid.addWidget(self._choices, 2, 0, 1, 4, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(self.macros, 3, 0, 1, 4)

    def _draw_icons(self) -> None:
        self.more.setIcon(theme.icon("more"))
        self.more.setIconSize(QSize(theme.px(16), theme.px(16)))


def _is_hex(text: str) -> bool:
    try:
        encoded(text, form="hex")
    except StudioError:
        return False
    return True
