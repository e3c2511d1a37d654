"""The bar above the terminal's text: its buttons, and how much came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from studio.ui import figures_text, theme
from studio.ui.cards import Elided
from studio.ui.terminal_paint import STAMPS, Stamps
from studio.ui.widgets import bar_button, muted, named

if TYPE_CHECKING:
    from studio.ui.monitoring import Monitoring


class TerminalBar(QWidget):
    """Buttons as attributes; ``stamps_chosen`` from the menu of the times."""

    stamps_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._icons: list[tuple[QToolButton, str]] = []
        self.pause = self._button("pause", "terminal-pause", self.tr("Pause (Space)"), check=True)
        self.hex = bar_button("terminal-hex", self.tr("Show bytes as hexadecimal numbers"))
        self.hex.setText("0x")
        self.hex.setMinimumWidth(self.hex.fontMetrics().horizontalAdvance("0x") + theme.px(18))
        self.hex.setCheckable(True)
        self.times = self._button("clock", "terminal-times", self.tr("Time of each line"))
        self.times.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.times_menu = QMenu(self.tr("Times"), self)
        self.times.setMenu(self.times_menu)
        self._stamps: dict[Stamps, QAction] = {}
        self._fill_times()
        self.filter_on = self._button(
            "filter", "terminal-filter-on", self.tr("Show only lines that match"), check=True
        )
        self.find_on = self._button(
            "search", "terminal-find-on", self.tr("Find (Ctrl+F)"), check=True
        )
        self.clear = self._button("trash", "terminal-clear", self.tr("Clear text and values"))
        self.counts = muted(named(Elided(), "terminal-counts"))
        self.counts.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.wrong = named(Elided(), "terminal-wrong")
        self.wrong.setProperty("role", "bad")
        self.wrong.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 8, 2)
        row.setSpacing(2)
        for button in (self.pause, self.hex, self.times, self.filter_on, self.find_on, self.clear):
            row.addWidget(button)
        row.addSpacing(6)
        row.addWidget(self.counts, 1)
        row.addSpacing(6)
        row.addWidget(self.wrong, 1000)  # as wide as it needs, before the others get any
        self._refresh_icons()

    def show_stamps(self, stamps: Stamps) -> None:
        """Tell which times are shown."""
        self._stamps[stamps].setChecked(True)

    def show_counts(self, monitoring: Monitoring) -> None:
        """How much came, and what went wrong."""
        live, locale = monitoring.live, QLocale()
        sent = live.log.count("out")
        lines = self.tr("1 line") if live.log.lines == 1 else self.tr("{0} lines")
        parts = [
            lines.format(locale.toString(live.log.lines)),
            figures_text.size(live.log.count("in")),
        ]
        if sent:
            parts.append(self.tr("{0} sent").format(figures_text.size(sent)))
        connection = monitoring.connection
        line = connection.counters if connection is not None else None
        errors = live.store.snapshot().errors
        problems = [(errors, self.tr("{0} unreadable packets or lines"))]
        if line is not None:
            errors += line.parity + line.framing + line.overrun
            problems += [
                (line.parity, self.tr("{0} parity errors")),
                (line.framing, self.tr("{0} framing errors")),
                (line.overrun, self.tr("{0} overruns")),
            ]
        told = [text.format(locale.toString(number)) for number, text in problems if number]
        wrong = []
        if errors:
            wrong.append(self.tr("{0} errors").format(locale.toString(errors)))
        if live.dropped:
            wrong.append(self.tr("{0} not shown").format(figures_text.size(live.dropped)))
            told.append(
                self.tr("{0} came too fast to be shown; the recording has them.").format(
                    figures_text.size(live.dropped)
                )
            )
        text = " · ".join(wrong)
        self.counts.set_text(" · ".join(parts))
        self.counts.setToolTip("\n".join([" · ".join(parts), *told]))
        self.wrong.setMaximumWidth(self.wrong.fontMetrics().horizontalAdvance(text) + 2)
        self.wrong.set_text(text)
        self.wrong.setToolTip("\n".join(told))
        self.wrong.setVisible(bool(wrong))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "wrong"):
            self._refresh_icons()

    # -- inside

    def _fill_times(self) -> None:
        texts: dict[Stamps, str] = {
            "off": self.tr("No times"),
            "time": self.tr("Time of day"),
            "start": self.tr("Seconds since the start"),
            "delta": self.tr("Seconds since the line before"),
        }
        group = QActionGroup(self)
        for stamps in STAMPS:
            action = QAction(texts[stamps], self, checkable=True)
            action.triggered.connect(lambda _=False, s=stamps: self.stamps_chosen.emit(s))
            group.addAction(action)
            self.times_menu.addAction(action)
            self._stamps[stamps] = action

    def _button(self, icon: str, name: str, tip: str, *, check: bool = False) -> QToolButton:
        button = bar_button(name, tip)
        button.setCheckable(check)
        self._icons.append((button, icon))
        return button

    def _refresh_icons(self) -> None:
        for button, icon in self._icons:
            button.setIcon(theme.icon(icon))
