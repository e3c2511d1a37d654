"""The monitor's line about recordings: what is recorded now, or the recording that is played."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from studio.base.errors import StudioError
from studio.ui import figures_text, language, option_text, theme
from studio.ui.cards import Elided
from studio.ui.player_row import PlayerRow
from studio.ui.recording_menu import RecordingMenu
from studio.ui.saved_row import SavedRow
from studio.ui.widgets import bar_button, literal, muted, named, set_role, verbatim
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.monitor.replay import Recording

_TICK = 100  # milliseconds
_ICON = 16
_NARROW = 480  # width below which only the most important is shown


@dataclass(frozen=True)
class _Line:
    """What the line says; ``role`` is the colour of ``lamp`` and ``state``."""

    lamp: str
    role: str
    state: str
    name: str = ""
    path: Path | None = None
    facts: str = ""
    trouble: str = ""
    error: StudioError | None = None


class RecordingBar(QWidget):
    """A line, and a second one with the player while a recording is read.

    It takes no room until something is recorded, played or saved; in a low place, only while a
    recording is read or something is wrong.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._monitoring = workspace.monitoring
        self._drawn: tuple[str, str] = ("", "")
        self._line: _Line | None = None
        self._low = False
        self._lamp = QLabel()
        self._state = verbatim(named(QLabel(), "recording-state"))
        self._name = named(Elided(), "recording-name")
        muted(self._name)
        self._facts = muted(verbatim(named(QLabel(), "recording-facts")))
        self._trouble = named(Elided(), "recording-trouble")
        self._trouble.setProperty("role", "bad")
        self._menu = named(RecordingMenu(workspace, self), "recording-menu")
        self._export = self._button("recording-export", "export", self.tr("Export…"))
        self._export.clicked.connect(self._menu.ask_export)
        self._all = self._button("recording-more", "recordings", self.tr("Recordings"))
        self._all.setMenu(self._menu)
        self._all.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._close = self._button("replay-close", "close", self.tr("Close the recording"))
        self._close.clicked.connect(self._on_close)
        self._player = PlayerRow(workspace)
        self._saved = SavedRow()
        self._lamp.setFixedWidth(self._player.button_width)
        self._lamp.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._on_tick)
        self._monitoring.changed.connect(self._on_changed)
        self._monitoring.saved.connect(self._on_saved)
        self._draw_icons()
        if not self._needed:  # else it shows with what it is put in: not now, as a window
            self.hide()
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Catch up."""
        super().showEvent(event)
        self._timer.start()
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._line = None
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_timer"):
            self._drawn, self._line = ("", ""), None
            self._draw_icons()
            self._refresh()

    def set_low(self, low: bool) -> None:
        """Whether there is no height for it. The File menu has what it offers."""
        if low != self._low:
            self._low = low
            self._on_changed()

    # -- making

    def _button(self, name: str, icon: str, tip: str) -> QToolButton:
        button = bar_button(name, tip)
        button.setProperty("icon-name", icon)
        return button

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(6))
        line.addWidget(self._lamp)
        line.addWidget(self._state)
        line.addWidget(self._name, 3)
        line.addWidget(self._trouble, 4)
        line.addWidget(self._facts)
        line.addSpacing(theme.px(4))
        for button in (self._export, self._all, self._close):
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(4), theme.px(2), theme.px(6), theme.px(2))
        column.setSpacing(theme.px(2))
        column.addLayout(line)
        column.addWidget(self._player)
        column.addWidget(self._saved)

    def _draw_icons(self) -> None:
        for button in (self._export, self._all, self._close):
            button.setIcon(theme.icon(button.property("icon-name")))

    # -- following

    @property
    def _roomy(self) -> bool:
        return self.width() >= theme.px(_NARROW)

    def _on_tick(self) -> None:
        if not self.isVisible():
            self._timer.stop()
        elif self._monitoring.source or self._monitoring.opening is not None:
            self._refresh()

    @property
    def _needed(self) -> bool:
        """Whether there is anything to tell."""
        monitoring = self._monitoring
        tape = monitoring.tape
        wrong = tape is not None and (tape.error or tape.lost)
        made = tape is not None and not self._low and (monitoring.recording or tape.path)
        played = monitoring.replay is not None or monitoring.opening is not None
        return bool(made or wrong) or played or not self._saved.isHidden()

    def _on_changed(self) -> None:
        self.setVisible(self._needed)
        self._refresh()

    def _on_saved(self, path: Path) -> None:
        self._saved.tell(path)
        self.show()

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        monitoring = self._monitoring
        replaying = monitoring.replay is not None
        self._player.setVisible(replaying)
        self._close.setVisible(replaying or monitoring.opening is not None)
        self._export.setEnabled(replaying or monitoring.has_data)
        if monitoring.opening is not None:
            path = monitoring.opening
            self._tell(_Line("open", "muted", self.tr("Opening"), path.name, path))
        elif monitoring.replay is not None:
            self._tell(self._replayed(monitoring.replay.recording))
            self._player.follow()
        else:
            self._tell(self._recorded())

    def _recorded(self) -> _Line:
        """What is recorded, or was."""
        tape, now = self._monitoring.tape, self._monitoring.recording
        if tape is None or tape.error is not None or (now and not tape.on):
            error = None if tape is None else tape.error
            return _Line("ring", "muted", self.tr("Not recorded"), error=error)
        path = tape.path
        name = path.with_suffix("").stem if path is not None else ""
        size, took = figures_text.size(tape.size), figures_text.duration(tape.seconds)
        facts = f"{size} · {took}"
        if not now:
            return _Line("ring", "muted", self.tr("Recorded"), name, path, facts)
        lost = ""
        if tape.lost:
            text = self.tr("{0} lost: the disk is too slow")
            lost = text.format(figures_text.size(tape.lost))
        elif tape.gone:
            lost = self.tr("Its file was deleted: going on in a new one")
        name = name if self._roomy else ""
        return _Line("lamp", "bad", self.tr("Recording"), name, path, facts, lost)

    def _replayed(self, recording: Recording) -> _Line:
        header = recording.header
        date = header.date[:16].replace("T", " ")
        tag = self.tr("tag {0}").format(header.tag) if header.tag else ""
        name = " · ".join(part for part in (header.port, header.project, tag, date) if part)
        cut = "" if recording.complete else self.tr("cut: its end is missing")
        size = figures_text.size(recording.size) if self._roomy else ""
        path = recording.parts[0].path
        return _Line("play", "accent", self.tr("Replay"), name, path, size, cut)

    def _tell(self, line: _Line) -> None:
        if line == self._line:
            return
        self._line = line
        self._draw_lamp(line.lamp, line.role)
        self._state.setText(line.state)
        set_role(self._state, line.role)
        error = line.error
        trouble = line.trouble if error is None else language.message(error.message)
        self._name.set_text(line.name)
        if line.path is not None:
            self._name.setToolTip(literal(str(line.path)))
        self._trouble.set_text(trouble)
        if error is not None:
            parts = (trouble, error.where, option_text.hint(error.hint))
            self._trouble.setToolTip(literal("\n".join(part for part in parts if part)))
        self._facts.setText(line.facts)
        # What is wrong comes before all else where there is little room.
        roomy = self._roomy or not trouble
        self._name.setVisible(not trouble or (roomy and bool(line.name)))
        self._facts.setVisible(roomy and bool(line.facts))
        self._trouble.setVisible(bool(trouble))

    def _draw_lamp(self, kind: str, role: str) -> None:
        if self._drawn == (kind, role):
            return
        self._drawn = (kind, role)
        colours = theme.current()
        colour = {"bad": colours.bad, "accent": colours.accent}.get(role, colours.muted)
        size, ratio = theme.px(_ICON), self.devicePixelRatioF()
        self._lamp.setPixmap(theme.pixmap(kind, size, colour, ratio))

    # -- what the user does

    def _on_close(self) -> None:
        if self._monitoring.opening is not None:
            self._monitoring.stop_opening()
        else:
            self._monitoring.stop_replay()
