"""The serial monitor: what the board says, as text, values, curves and accuracy."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from studio.monitor.ring import Floats
from studio.ui import theme
from studio.ui.connection_bar import ConnectionBar
from studio.ui.curves import Curves
from studio.ui.flow_rows import FlowRows
from studio.ui.later import Later
from studio.ui.live_accuracy import LiveAccuracy
from studio.ui.panel import Panel
from studio.ui.recording_bar import RecordingBar
from studio.ui.send_bar import SendBar
from studio.ui.signals import Signals
from studio.ui.terminal import Terminal
from studio.ui.value_chips import ValueChips
from studio.ui.widgets import named, surface
from studio.ui.workspace import Workspace

_WIDE = 480  # device independent pixels from which text and pictures stand side by side
_HIGH = 380  # and the height they need below each other
_LEAST = (240, 110)
_COLUMN = (115, 50)
_LOW, _LOWEST = 400, 250  # heights below which bars share rows, or go
_TAB = "monitor-tab"
_STEP = 250  # milliseconds between two parts that are made ahead of time


class Monitor(QWidget):
    """Port and recording above, text and sending at the left, pictures of the values at the right.

    Which picture is in front follows what comes, until the user chooses one: accuracy for samples,
    signals for vectors alone, else curves.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._curves = Later(lambda: Curves(workspace))
        self.accuracy = LiveAccuracy(workspace)
        self._signals = Later(lambda: Signals(workspace))
        self._terminal = Terminal(workspace)
        self._send = SendBar(workspace)
        self._bar, self._recording = ConnectionBar(workspace), RecordingBar(workspace)
        self._chips = ValueChips(workspace)
        self._epoch = -1
        self._tabs = named(QTabWidget(documentMode=True), "monitor-tabs")
        for page, title in (
            (self._curves, self.tr("Curves")),
            (self.accuracy, self.tr("Accuracy")),
            (self._signals, self.tr("Signals")),
        ):
            self._tabs.addTab(page, title)
        self._tabs.tabBarClicked.connect(self._on_choice)
        self._split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self._split.setHandleWidth(1)
        # What it can become is less than what its parts ask for side by side.
        self._split.setMinimumSize(theme.px(_LEAST[0]), theme.px(_LEAST[1]))
        self._split.addWidget(_column(self._terminal, self._send))
        self._split.addWidget(_column(self._chips, self._tabs))
        self._split.setSizes([10_000, 10_000])  # halves, whatever the width will be
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._recording)
        column.addWidget(self._split, 1)
        workspace.monitoring.changed.connect(self._on_source)
        workspace.monitoring.frame.connect(self._on_frame)
        self._on_source()
        chosen = workspace.views.get(_TAB)
        if isinstance(chosen, int):
            self._tabs.setCurrentIndex(chosen)
        self._on_frame()
        # The window shows sooner without them; made one by one, nobody waits for them later.
        self._unmade: list[Callable[[], QWidget]] = [
            lambda: self.curves,
            lambda: self._terminal.page,
            lambda: self.signals,
        ]
        self._maker = QTimer(self, interval=_STEP)
        self._maker.timeout.connect(self._make_next)
        self._maker.start()

    @property
    def curves(self) -> Curves:
        """The values as curves."""
        return self._curves.widget

    @property
    def signals(self) -> Signals:
        """What came in packets, as pictures."""
        return self._signals.widget

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Use the room: text beside pictures or above them, and little else in a low place."""
        super().resizeEvent(event)
        size = event.size()
        tall = size.width() < theme.px(_WIDE) and size.height() >= theme.px(_HIGH)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._split.setOrientation(down if tall else across)
        low = size.height() < theme.px(_LOW)
        self._bar.set_low(low)
        self._send.set_low(low)
        self._chips.set_low(low)
        self._recording.set_low(size.height() < theme.px(_LOWEST))

    def curve(self, name: str) -> tuple[Floats, Floats]:
        """Times and values of one series so far; empty where it never came."""
        found = self._workspace.monitoring.live.store.snapshot().series.get(name)
        return (
            (np.empty(0), np.empty(0)) if found is None else (found.view.times, found.view.values)
        )

    def _make_next(self) -> None:
        if self._unmade:
            self._unmade.pop(0)()
        else:
            self._maker.stop()
            self._order_keys()

    def _order_keys(self) -> None:
        """Let the Tab key go through the parts as they stand, whenever each was made."""
        parts = (
            self._bar, self._recording, self._terminal, self._send, self._chips, self._tabs,
        )  # fmt: skip
        # Not nextInFocusChain, which spoils wrappers: see Docks.
        found = [own for part in parts for own in part.findChildren(QWidget)]
        inside = [own for own in found if own.window() is self.window()]  # no menus
        ordered = [own for own in inside if own.focusPolicy() & Qt.FocusPolicy.TabFocus]
        for first, second in itertools.pairwise(ordered):
            self.setTabOrder(first, second)
        for rows in self.findChildren(FlowRows):
            rows.order()  # what it makes first comes last

    def _on_source(self) -> None:
        # A run answers nobody: there is room for its text instead.
        self._send.setVisible(self._workspace.monitoring.active)

    def _on_choice(self, index: int) -> None:
        if index >= 0:
            self._workspace.views[_TAB] = index

    def _on_frame(self) -> None:
        """Once something that can be told apart came, show it in front."""
        monitoring = self._workspace.monitoring
        if _TAB in self._workspace.views or not monitoring.has_data:
            return
        live = monitoring.live
        if live.epoch == self._epoch:
            return
        snapshot = live.store.snapshot()
        if snapshot.kinds.get("sample"):
            self._front(self.accuracy)
        elif snapshot.series:
            self._front(self._curves)
        elif snapshot.vectors:
            self._front(self._signals)

    def _front(self, page: QWidget) -> None:
        self._epoch = self._workspace.monitoring.live.epoch
        self._tabs.setCurrentWidget(page)


def _column(*parts: QWidget) -> QWidget:
    page = surface(QWidget())
    page.setMinimumSize(theme.px(_COLUMN[0]), theme.px(_COLUMN[1]))
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part)
    return page


PANEL = Panel("monitor", str(QT_TRANSLATE_NOOP("Panel", "Monitor")), "bottom-right", Monitor)
