"""The bar above the monitor: which port, how its line is set, connecting, and how that stands."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, QTimer
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from studio.base.errors import PortError
from studio.monitor import encodings
from studio.ui import error_words, language, theme
from studio.ui.line_form import LineForm
from studio.ui.notice_bar import NoticeBar
from studio.ui.target_box import RATES, BaudBox, TargetBox
from studio.ui.widgets import literal, named, set_role, tool_button

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace

_WIDE = 840  # pixels from which all is in one row
_SHORT = 410  # the same where there is no line to set, or it is in a menu
_LEAST = 280  # pixels
_FOLDED = 480  # below, what is seldom wanted is in a menu
_HINT = 1000  # milliseconds between two looks at what comes
_ROWS = 50  # the newest, whose encoding is looked at
_DOT = 10


class ConnectionBar(QWidget):
    """Chooses, opens and closes the port, and says in words what becomes of it.

    In a narrow place it has two rows; in a narrow or low one frame, control lines and Break are
    in a menu. A line below tells why a port is lost, or that its baud rate or the encoding of its
    text may be wrong.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        named(self, "connection")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._workspace = workspace
        self._monitoring = workspace.monitoring
        self._target = workspace.target
        self._told: tuple[str, str] = ("", "")
        self._hint = ""
        self._encoding = ""  # another that would make text of what comes
        self._wide: bool | None = None
        self._folded = self._low = False
        self._make_port()
        self._make_line()
        self._dot = named(QLabel(), "connection-dot")
        self._dot.setFixedSize(theme.px(_DOT), theme.px(_DOT))
        self._state = named(QElidingLabel(), "connection-state")
        self._state.setMinimumWidth(theme.px(40))
        self._state.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._notice = NoticeBar()
        self._place()
        self._timer = QTimer(self, interval=_HINT)
        self._timer.timeout.connect(self._look_at_bytes)
        for signal in (
            self._monitoring.changed,
            self._target.changed,
            workspace.image_changed,
            workspace.model_changed,
        ):
            signal.connect(self._show)
        self._arrange()
        self._draw_icon()
        self._show()

    # -- Qt's events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """One row or two."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """What the folded form needs; it must be able to shrink before it can fold."""
        return QSize(theme.px(_LEAST), super().minimumSizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Show what became of it while this was hidden."""
        super().showEvent(event)
        self._timer.start()
        self._show()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._wide is not None:
            self._draw_icon()
            self._draw_dot()

    def set_low(self, low: bool) -> None:
        """Whether there is too little height for two rows."""
        if low != self._low:
            self._low = low
            self._arrange()

    # -- making

    def _make_port(self) -> None:
        self._box = TargetBox(self._workspace, "connection-target")
        self._box.setMinimumContentsLength(8)
        self._box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._connect = named(QPushButton(), "connect")
        self._connect.setProperty("role", "primary")
        self._connect.clicked.connect(self._on_connect)
        texts = (self.tr("Connect"), self.tr("Disconnect"))
        for text in texts:  # as wide for either, or the bar would jump
            self._connect.setText(text)
            width = max(self._connect.minimumWidth(), self._connect.sizeHint().width())
            self._connect.setMinimumWidth(width)

    def _make_line(self) -> None:
        self._baud = BaudBox(self._target)
        named(self._baud, "connection-baud")
        self._form: LineForm | None = None  # made when it is opened first
        self._frame = tool_button(
            "frame", "", self.tr("Data bits, parity, stop bits, flow control, encoding of text")
        )
        self._frame.setAccessibleName(self.tr("Frame and text"))
        self._frame.clicked.connect(self._open_form)
        self._settings = QAction(self)
        self._settings.triggered.connect(self._open_form)
        self._dtr = self._level(
            "dtr",
            self.tr(
                "Data Terminal Ready. Raising or lowering it resets some boards; others send"
                " only while it is on."
            ),
        )
        self._rts = self._level(
            "rts",
            self.tr("Request To Send. Raising or lowering it resets some boards."),
        )
        self._break = QAction(self.tr("Break"), self)
        self._break.setToolTip(self.tr("Hold the line low for a quarter of a second"))
        self._break.triggered.connect(self._on_break)
        self._actions = (self._dtr, self._rts, self._break)
        self._buttons = [self._button(action) for action in self._actions]
        self._menu = QMenu(self)
        self._menu.addActions((self._settings, *self._actions))
        self._more = tool_button("more-line", "", self.tr("Frame, DTR, RTS and Break"))
        self._more.setAccessibleName(self._more.toolTip())
        self._more.setMenu(self._menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._rates = QMenu(self)

    def _level(self, name: str, tip: str) -> QAction:
        action = QAction(name.upper(), self, checkable=True)
        action.setToolTip(tip)
        action.triggered.connect(lambda on: self._target.set_line(**{name: on}))
        return action

    def _button(self, action: QAction) -> QToolButton:
        button = tool_button(action.text().lower(), "")
        button.setDefaultAction(action)
        return button

    def _place(self) -> None:
        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (first, second, third):
            row.setSpacing(theme.px(6))
        first.addWidget(self._box, 1)
        first.addWidget(self._connect)
        for widget in (self._baud, self._frame, *self._buttons, self._more):
            second.addWidget(widget)
        third.addWidget(self._dot)
        third.addWidget(self._state, 1)
        self._lower = QHBoxLayout()
        self._lower.setSpacing(theme.px(10))
        self._lower.addLayout(second)
        self._lower.addLayout(third, 1)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._rows.setContentsMargins(theme.px(8), theme.px(6), theme.px(8), theme.px(6))
        self._rows.setSpacing(theme.px(6))
        self._rows.addLayout(first, 2)
        self._rows.addLayout(self._lower, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        column.addLayout(self._rows)
        column.addWidget(self._notice)

    def _arrange(self) -> None:
        width, has_line = self.width(), self._target.has_line
        folded = width < theme.px(_FOLDED) or (self._low and width < theme.px(_WIDE))
        needed = _WIDE if has_line and not self._low else _SHORT
        wide = width >= theme.px(needed)
        if (wide, folded) == (self._wide, self._folded):
            return
        self._wide, self._folded = wide, folded
        directions = QBoxLayout.Direction
        self._rows.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self._show_line()

    # -- acting

    def _on_connect(self) -> None:
        if self._monitoring.active:
            self._monitoring.stop()
        else:
            self._monitoring.start(self._target.port)

    def _on_break(self) -> None:
        connection = self._monitoring.connection
        if connection is None:
            return
        try:
            connection.send_break()
        except PortError as error:
            self._workspace.error.emit(error)

    def _open_form(self) -> None:
        if self._form is None:
            self._form = LineForm(self._target, self)
        self._form.open_at(self._more if self._folded else self._frame)

    def _choose_rate(self) -> None:
        """A menu of rates, the firmware's first."""
        self._rates.clear()
        workspace = self._workspace
        own = workspace.chip.at_baud(workspace.options.baud).uart.baud
        others = [rate for rate in RATES if rate not in (own, self._target.baud)]
        if own != self._target.baud:
            action = self._rates.addAction(self.tr("{0} (the firmware's)").format(own))
            action.triggered.connect(lambda: self._target.set_baud(own))
        for rate in others:
            self._rates.addAction(str(rate)).triggered.connect(
                lambda _checked=False, rate=rate: self._target.set_baud(rate)
            )
        self._rates.popup(self._notice.mapToGlobal(self._notice.rect().bottomLeft()))

    # -- showing

    def _look_at_bytes(self) -> None:
        if not self.isVisible():
            self._timer.stop()
            return
        connection = self._monitoring.connection
        opened = self._monitoring.state == "open"
        hint = connection.hint if connection is not None and opened else ""
        encoding = self._other_encoding()
        if (hint, encoding) != (self._hint, self._encoding):
            self._hint, self._encoding = hint, encoding
            self._show_notice()

    def _other_encoding(self) -> str:
        monitoring = self._monitoring
        if not monitoring.source or not monitoring.has_data:
            return ""
        log = monitoring.live.log
        rows = log.rows(log.whole - _ROWS, _ROWS)
        return encodings.other(
            (row.data for row in rows if row.kind == "in"), self._target.encoding
        )

    def _read_otherwise(self) -> None:
        self._target.set_encoding(self._encoding)
        self._look_at_bytes()

    def _show(self) -> None:
        if not self.isVisible():
            return
        monitoring = self._monitoring
        active = monitoring.active
        refusal = "" if active else monitoring.refusal(self._target.port)
        self._box.setEnabled(not active)
        self._connect.setText(self.tr("Disconnect") if active else self.tr("Connect"))
        self._connect.setEnabled(not refusal)
        self._connect.setToolTip(refusal)
        set_role(self._connect, "" if active else "primary")
        if monitoring.state != "open":
            self._hint = ""
        text = self._words()
        self._state.setText(text)
        self._state.setToolTip(literal(text))
        self._arrange()
        self._show_line()
        self._show_notice()
        self._draw_dot()

    def _show_line(self) -> None:
        """What of the line can be set here and now, and where that is."""
        target = self._target
        has_line = target.has_line
        self._baud.setVisible(has_line)
        frame = target.line.text.partition(" ")[2] if has_line else target.encoding.upper()
        folded = has_line and self._folded
        self._frame.setText(frame)
        self._frame.setVisible(not folded)
        self._settings.setText(self.tr("Frame {0}…").format(frame))
        for button in self._buttons:
            button.setVisible(has_line and not folded)
        self._more.setVisible(folded)
        self._dtr.setChecked(target.line.dtr)
        self._rts.setChecked(target.line.rts)
        self._rts.setEnabled(target.line.flow != "rtscts")
        self._dtr.setEnabled(target.line.flow != "dsrdtr")
        self._break.setEnabled(self._monitoring.state == "open")

    def _words(self) -> str:
        monitoring = self._monitoring
        match monitoring.state:
            case "opening":
                starting = self.tr("Starting the emulator…")
                return starting if monitoring.emulated else self.tr("Opening…")
            case "open":
                since = time.strftime("%H:%M", time.localtime(monitoring.since))
                return self.tr("Open since {0}").format(since)
            case "yielded":
                return self._left()
            case "lost":
                return self.tr("Lost, waiting for it")
        if monitoring.source == "run":
            return self.tr("Reading the run")
        if monitoring.source == "replay":
            return self.tr("Playing a recording")
        return monitoring.refusal(self._target.port) or self.tr("Not connected")

    def _left(self) -> str:
        connection = self._monitoring.connection
        to = connection.left_to if connection is not None else ""
        names = {"the run": self.tr("the run"), "the check of layers": self.tr("the layer check")}
        return self.tr("Left to {0}").format(names.get(to, to))

    def _show_notice(self) -> None:
        error = self._monitoring.error
        told = ("", "")
        if self._hint:
            told = ("hint", error_words.capital(language.message(self._hint)))
        elif error is not None and self._monitoring.state != "open":
            told = ("error", error_words.lines(error))
        elif self._encoding:
            told = (self._encoding, self.tr("Looks like {0}.").format(self._encoding.upper()))
        if told == self._told:
            return
        self._told = told
        kind, text = told
        if not kind:
            self._notice.hide()
            return
        if kind == self._encoding:
            read = self.tr("Read as {0}").format(kind.upper())
            self._notice.tell("note", text, [(read, self._read_otherwise)])
            return
        actions = [(self.tr("Change…"), self._choose_rate)] if kind == "hint" else []
        self._notice.tell("warning", text, actions)

    def _draw_icon(self) -> None:
        self._more.setIcon(theme.icon("more"))
        self._more.setIconSize(QSize(theme.px(16), theme.px(16)))

    def _draw_dot(self) -> None:
        colours = theme.current()
        colour = {
            "open": colours.good,
            "opening": colours.accent,
            "yielded": colours.accent,
            "lost": colours.warning,
        }.get(self._monitoring.state, colours.accent if self._monitoring.source else colours.muted)
        size = theme.px(_DOT)
        self._dot.setPixmap(theme.pixmap("dot", size, colour, self.devicePixelRatioF()))
