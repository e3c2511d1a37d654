"""The terminal once there is text: bars, search, filter, pause, and the view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.cards import Elided
from studio.ui.layouts import Store
from studio.ui.terminal_bar import TerminalBar
from studio.ui.terminal_find import QueryBar
from studio.ui.terminal_lines import FilteredLines, HexLines, Lines, TextLines
from studio.ui.terminal_menu import TerminalMenu
from studio.ui.terminal_paint import STAMPS, Stamps
from studio.ui.terminal_search import BEHIND, Running, TerminalSearch
from studio.ui.terminal_view import TerminalView
from studio.ui.widgets import named

if TYPE_CHECKING:
    from studio.monitor.log_search import Finder
    from studio.monitor.text_log import TextLog
    from studio.ui.workspace import Workspace

_LOOK = 60  # milliseconds between two looks at what a thread has found
_COUNT = 250  # and at the counters
_KEPT = "terminal"  # in workspace.views: hex, filter
_STAMPS, _ZOOM = "terminal-stamps", "terminal-zoom"  # in window.ini


class TerminalPage(QWidget):
    """Shows ``workspace.monitoring.live.log``; ``take`` after something came."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._live = workspace.monitoring.live
        self._kept: dict[str, Any] = workspace.views.setdefault(_KEPT, {})
        self._stored = Store()
        self._frozen: TextLog | None = None  # while paused
        self._running = Running()
        self.destroyed.connect(self._running.close)
        self._encoding = self._live.encoding
        self._epoch = self._live.epoch
        self.bar = TerminalBar()
        self.view = TerminalView(TextLines(self._live.log, self._encoding))
        self.filter_bar = QueryBar(
            "filter", self.tr("Show only lines with…"), "filter", steps=False
        )
        self.find_bar = QueryBar("find", self.tr("Find"), "search", steps=True)
        self.search = TerminalSearch(self.find_bar, self.view)
        self.note = named(Elided(), "terminal-came")
        self._paused = self._pause_note()
        self.menu = TerminalMenu(self, workspace)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.filter_bar)
        column.addWidget(self.view, 1)
        column.addWidget(self._paused)
        column.addWidget(self.find_bar)
        self._timer = QTimer(self, interval=_LOOK)
        self._timer.timeout.connect(self._look)
        self._counter = QTimer(self, interval=_COUNT)
        self._counter.timeout.connect(self._count)
        self._connect()
        self._restore()

    # -- what others ask for

    @property
    def paused(self) -> bool:
        """Whether the view stands still."""
        return self._frozen is not None

    @property
    def lines(self) -> Lines:
        """What is shown."""
        return self.view.lines

    def take(self) -> None:
        """Show what came since."""
        live = self._live
        if live.epoch != self._epoch:
            self._epoch = live.epoch
            self.bar.pause.setChecked(False)
            self._start_again()
        if live.encoding != self._encoding:
            self._encoding = live.encoding
            self._start_again()
        if self._frozen is None:
            self.view.refresh()
        for finder in (self._filter, self.search.finder):
            if finder is not None:
                finder.poke()

    def set_paused(self, paused: bool) -> None:
        """Let the view stand still; what comes is kept, and shown when it goes on."""
        if paused == self.paused:
            return
        self._frozen = self._live.log.frozen() if paused else None
        for finder in (self._filter, self.search.finder):
            if finder is not None:
                finder.poke(self._log)
        following = self.view.following
        self.view.exchange(self._make_lines())
        if following:
            self.view.follow()
        self.bar.pause.setChecked(paused)
        self._paused.setVisible(paused)
        self._count()

    def set_hex(self, on: bool) -> None:
        """Bytes as hexadecimal numbers, or text. Whoever then searches or filters gets text."""
        self._kept["hex"] = on
        self.bar.hex.setChecked(on)
        if on:
            self.find_bar.close_bar()
            self.filter_bar.close_bar()
        self._change_lines()

    def set_stamps(self, stamps: Stamps) -> None:
        """Which times stand before the lines."""
        self._stored.set(_STAMPS, stamps)
        self.bar.show_stamps(stamps)
        self.view.set_stamps(stamps)

    def open_find(self) -> None:
        """Search, first for what is selected."""
        self.set_hex_off()
        selection = self.view.selection
        text = ""
        if not selection.empty and selection.start[0] == selection.stop[0]:
            text = "".join(self.menu.selected())
        self.find_bar.open(text)
        self.bar.find_on.setChecked(True)

    def open_filter(self) -> None:
        """Show only some lines."""
        self.set_hex_off()
        self.filter_bar.open()
        self.bar.filter_on.setChecked(True)

    def set_hex_off(self) -> None:
        """Text, for those who look for text."""
        if self.bar.hex.isChecked():
            self.set_hex(False)

    def clear(self) -> None:
        """Forget everything that came."""
        self._live.clear()

    # -- Qt's events

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Catch up."""
        super().showEvent(event)
        self.take()
        self._count()
        self._counter.start()
        self._pace()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802  (Qt's name)
        """Count nothing that nobody sees."""
        super().hideEvent(event)
        self._counter.stop()
        self._pace()

    # -- making

    def _pause_note(self) -> QWidget:
        strip = named(QWidget(), "terminal-paused")
        strip.setProperty("role", "notice")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        button = named(QPushButton(self.tr("Go on")), "terminal-go-on")
        button.setProperty("role", "small")
        button.clicked.connect(lambda: self.set_paused(False))
        row = QHBoxLayout(strip)
        row.setContentsMargins(theme.px(10), 3, 6, 3)
        row.addWidget(self.note, 1)
        row.addWidget(button)
        strip.hide()
        return strip

    def _connect(self) -> None:
        bar, view = self.bar, self.view
        bar.pause.toggled.connect(self.set_paused)
        bar.hex.clicked.connect(self.set_hex)
        bar.stamps_chosen.connect(self.set_stamps)
        bar.clear.clicked.connect(self.clear)
        bar.find_on.clicked.connect(
            lambda on: self.open_find() if on else self.find_bar.close_bar()
        )
        bar.filter_on.clicked.connect(
            lambda on: self.open_filter() if on else self.filter_bar.close_bar()
        )
        view.pause_wanted.connect(lambda: self.set_paused(not self.paused))
        view.zoomed.connect(lambda zoom: self._stored.set(_ZOOM, str(zoom)))
        view.selection_changed.connect(self.search.show_count)
        view.customContextMenuRequested.connect(self.menu.show_at)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.find_bar.changed.connect(self._start_search)
        self.find_bar.closed.connect(lambda: self._closed(bar.find_on.setChecked))
        self.filter_bar.changed.connect(self._start_filter)
        self.filter_bar.closed.connect(lambda: self._closed(bar.filter_on.setChecked))
        for key, act in (
            ("Ctrl+F", self.open_find),
            ("F3", lambda: self.search.step(False)),
            ("Shift+F3", lambda: self.search.step(True)),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _restore(self) -> None:
        """As it was when the window, or the program, was here last."""
        stored = self._stored.text(_STAMPS)
        stamps: Stamps = next((name for name in STAMPS if name == stored), "off")
        self.bar.show_stamps(stamps)
        self.view.set_stamps(stamps)
        zoom = self._stored.text(_ZOOM)
        if zoom.lstrip("-").isdigit():
            self.view.set_zoom(int(zoom))
        if self._kept.get("hex"):
            self.set_hex(True)
        text, regex, case = self._kept.get("filter", ("", False, False))
        if text:
            self.filter_bar.regex.setChecked(regex)
            self.filter_bar.case.setChecked(case)
            self.bar.filter_on.setChecked(True)
            self.filter_bar.open(text)

    # -- inside

    @property
    def _filter(self) -> Finder | None:
        return self._running.finder

    @property
    def _log(self) -> TextLog:
        return self._frozen or self._live.log

    def _make_lines(self) -> Lines:
        if self.bar.hex.isChecked():
            return HexLines(self._log)
        if self._filter is not None:
            return FilteredLines(self._filter)
        return TextLines(self._log, self._encoding)

    def _start_again(self) -> None:
        """Other text, or the same read otherwise."""
        self._start_filter()
        self._start_search()

    def _change_lines(self) -> None:
        """Show other lines at the same place."""
        old = self.view.lines
        row = None if self.view.following else old.row(self.view.top)
        new = self._make_lines()
        self.view.set_lines(new, None if row is None else new.near(row))

    def _start_filter(self) -> None:
        pattern = self.filter_bar.pattern
        old = self.view.lines
        row = None if self.view.following else old.row(self.view.top)
        self._running.start(self._log, pattern, self._encoding, whole_rows=True)
        self._kept["filter"] = ("", False, False)
        if pattern is not None:
            self._kept["filter"] = (pattern.text, pattern.regex, pattern.case)
            row = None  # found from the oldest on: nothing is there yet
        new = self._make_lines()
        self.view.set_lines(new, None if row is None else new.near(row))
        self._start_search()

    def _start_search(self) -> None:
        within = self._filter.pattern if self._filter is not None else None
        self.search.start(self._log, self._encoding, within)
        self._pace()

    def _pace(self) -> None:
        """Look at what threads find while there are some, and somebody sees it."""
        looking = self._filter is not None or self.search.finder is not None
        looking = looking and self.isVisible()
        if looking != self._timer.isActive():
            self._timer.start() if looking else self._timer.stop()

    def _closed(self, check: Any) -> None:
        check(False)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look(self) -> None:
        """What the threads have found meanwhile."""
        self.search.show_count()
        if self._filter is not None:
            self.view.refresh()
            number = self._filter.end - self._filter.first
            done = self._filter.behind < BEHIND
            text = QLocale().toString(number) if number or not done else self.tr("No match")
            self.filter_bar.set_count(text if done else f"{text}…")

    def _count(self) -> None:
        self.bar.show_counts(self._workspace.monitoring)
        if self._frozen is not None:
            number = self._live.log.end - self._frozen.end
            text = self.tr("Paused. {0} lines came since.").format(QLocale().toString(number))
            self.note.set_text(text)
