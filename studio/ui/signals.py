"""Signals: audio, features and outputs that come in packets, drawn while they come."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget
from superqt import QElidingLabel, QFlowLayout

from studio.monitor import packets, spectrum
from studio.ui import theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.signal_pictures import Rows, Sound, Wanted, picture
from studio.ui.signal_plots import (
    MapPlot,
    SignalPlot,
    SpectrogramPlot,
    SpectrumPlot,
    VectorPlot,
    WavePlot,
)
from studio.ui.widgets import muted, named, surface, verbatim
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.monitor.store import Snapshot

_KEY = "signals"  # in Workspace.views
_PAUSE = 0.05  # seconds between two drawings
_LOOK = 8  # milliseconds between two looks whether the thread is done
_SECONDS = (0.1, 0.5, 1.0, 5.0, 10.0, 30.0)
_LEAST = (150, 70)  # device independent pixels
_ROW, _COLUMN = 100, 240  # device independent pixels a plot needs at least


class Signals(QWidget):
    """A choice of names; below it plots of the one chosen."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        # Of its own, since what there is room for depends on the size.
        self.setMinimumSize(theme.px(_LEAST[0]), theme.px(_LEAST[1]))
        self._workspace = workspace
        self._choice: dict[str, object] = workspace.views.setdefault(_KEY, {})
        self._drawn: tuple[object, ...] = ()
        self._begun = 0.0
        self._work: Future[Sound | Rows | None] | None = None
        self._thread = thread = ThreadPoolExecutor(1, "signals")  # its thread begins with its work
        self.destroyed.connect(lambda: thread.shutdown(wait=False))
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._step)
        self.wave, self.spectrum, self.spectrogram = WavePlot(), SpectrumPlot(), SpectrogramPlot()
        self.vector, self.map = VectorPlot(), MapPlot()
        self._sounds: tuple[SignalPlot, ...] = (self.wave, self.spectrum, self.spectrogram)
        self._rows: tuple[SignalPlot, ...] = (self.vector, self.map)
        self._shown: tuple[SignalPlot, ...] = self._sounds
        empty = EmptyState(
            "signals",
            self.tr("No signals yet"),
            self.tr("Audio, features and outputs that come in packets are drawn here."),
        )
        self._stack = EmptyOrFull(empty, self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        workspace.monitoring.frame.connect(self._on_frame)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self._on_frame()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Show as many plots as there is room for."""
        super().resizeEvent(event)
        self._arrange()
        self._again()

    @property
    def name(self) -> str:
        """The vector that is drawn; "" where none came."""
        return str(self.names.currentData() or "")

    # -- making

    def _page(self) -> QWidget:
        self.names = self._chooser("signal", self.tr("What is drawn"))
        self.seconds = self._chooser("signal-seconds", self.tr("Seconds shown"))
        for seconds in _SECONDS:
            self.seconds.addItem(self.tr("{0:g} s").format(seconds), seconds)
        self._set(self.seconds, self._choice.get("seconds", 1.0))
        self.windows = self._chooser("signal-window", self.tr("Window of the spectrum"))
        titles = {
            "hann": self.tr("Hann"),
            "hamming": self.tr("Hamming"),
            "blackman": self.tr("Blackman"),
            "rectangle": self.tr("Rectangle"),
        }
        for window in spectrum.WINDOWS:
            self.windows.addItem(titles[window], window)
        self._set(self.windows, self._choice.get("window", "hann"))
        for box in (self.names, self.seconds, self.windows):
            box.activated.connect(self._on_choice)
        head = QWidget()
        flow = QFlowLayout(head)
        flow.setContentsMargins(theme.px(8), theme.px(6), theme.px(8), theme.px(4))
        flow.setHorizontalSpacing(theme.px(6))
        flow.setVerticalSpacing(theme.px(4))
        for box in (self.names, self.seconds, self.windows):
            flow.addWidget(box)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setHandleWidth(1)
        for plot in (*self._sounds, *self._rows):
            plot.told.connect(self._on_told)
            self._split.addWidget(plot)
        self._split.setSizes([10_000] * 5)
        self._details = muted(named(verbatim(QElidingLabel()), "signal-details"))
        self._readout = named(verbatim(QLabel()), "signal-readout")
        foot = QHBoxLayout()
        foot.setContentsMargins(theme.px(10), theme.px(2), theme.px(10), theme.px(4))
        foot.addWidget(self._details, 1)
        foot.addWidget(self._readout)
        page = surface(QWidget())
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._split, 1)
        column.addLayout(foot)
        return page

    def _chooser(self, name: str, tip: str) -> QComboBox:
        box = named(QComboBox(), name)
        box.setToolTip(tip)
        box.setAccessibleName(tip)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def _set(self, box: QComboBox, value: object) -> None:
        box.setCurrentIndex(max(0, box.findData(value)))

    def _arrange(self) -> None:
        """As many plots as fit: below each other, or side by side where it is low and wide."""
        width, height = self.width(), self.height() - theme.px(70)
        down, across = max(1, height // theme.px(_ROW)), max(1, width // theme.px(_COLUMN))
        beside = down < len(self._shown) and across > down
        room = across if beside else down
        self._split.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        for plot in (*self._sounds, *self._rows):
            plot.setVisible(plot in self._shown[:room])
        self.seconds.setVisible(self._shown is self._sounds)
        self.windows.setVisible(self._shown is self._sounds and room > 1)

    # -- when something happens

    def _on_frame(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._step()

    def _on_choice(self) -> None:
        self._choice.update(
            name=self.name, seconds=self.seconds.currentData(), window=self.windows.currentData()
        )
        self._again()

    def _again(self) -> None:
        self._drawn = ()
        self._on_frame()

    def _on_told(self, text: str) -> None:
        self._readout.setText(text)

    # -- drawing

    def _step(self) -> None:
        """Draw what the thread has made, and have it make the next picture."""
        if self._work is not None and self._work.done():
            made, self._work = self._work.result(), None
            if made is not None and made.wanted.name == self.name:
                self._draw(made)
        live = self._workspace.monitoring.live
        state = (live.version, live.epoch)
        if state != self._drawn and self._work is None and self.isVisible():
            wait = self._begun + _PAUSE - time.monotonic()
            if wait > 0:
                self._timer.start(int(1000 * wait) + 1)
                return
            self._drawn, self._begun = state, time.monotonic()
            self._begin(live.store.snapshot())
        if self._work is not None:
            self._timer.start(_LOOK)

    def _begin(self, snapshot: Snapshot) -> None:
        self._name(snapshot)
        newest = snapshot.vectors.get(self.name)
        if newest is None:
            return
        self._describe(snapshot)
        wanted = Wanted(
            self.name,
            float(self.seconds.currentData()),
            self.wave.columns,
            str(self.windows.currentData()),
        )
        store = self._workspace.monitoring.live.store
        self._work = self._thread.submit(picture, store, wanted, newest)

    def _name(self, snapshot: Snapshot) -> None:
        """Let the user choose among what has come."""
        known = [self.names.itemData(place) for place in range(self.names.count())]
        if known != list(snapshot.vectors):
            chosen = self._choice.get("name", "")
            chosen = chosen if chosen in snapshot.vectors else self.name
            self.names.clear()
            for name in snapshot.vectors:
                self.names.addItem(self.tr("{0} ({1})").format(self._title(name), name), name)
            self._set(self.names, chosen)
        self._stack.set_full(bool(snapshot.vectors))

    def _title(self, name: str) -> str:
        return {
            packets.AUDIO: self.tr("Audio"),
            packets.FEATURES: self.tr("Inputs"),
            packets.FBANK: self.tr("Filter bank"),
            packets.OUTPUT: self.tr("Outputs"),
            packets.LOG: self.tr("Logged values"),
        }.get(name, self.tr("Packets"))

    def _describe(self, snapshot: Snapshot) -> None:
        """What is known of the vector that is drawn."""
        newest = snapshot.vectors[self.name]
        received = snapshot.kinds.get(f"packet {self.name}", 0)
        sent = snapshot.kinds.get(f"sent {self.name}", 0)
        parts = [self.tr("{0} values of {1}").format(len(newest.values), newest.values.dtype)]
        if newest.rate is not None:
            parts.append(self.tr("{0:g} kHz").format(newest.rate / 1000))
        if received:
            parts.append(self.tr("{0} packets from the board").format(received))
        if sent:
            parts.append(self.tr("{0} packets to the board").format(sent))
        self._details.setText(" · ".join(parts))

    def _draw(self, made: Sound | Rows) -> None:
        plots: tuple[SignalPlot, ...] = self._rows
        if isinstance(made, Sound):
            plots = self._sounds
        if plots is not self._shown:
            self._shown = plots
            self._arrange()
        # A plot that has no room costs nothing.
        if isinstance(made, Sound):
            for sound in (self.wave, self.spectrum, self.spectrogram):
                if sound.isVisible():
                    sound.show_sound(made)
        else:
            for rows in (self.vector, self.map):
                if rows.isVisible():
                    rows.show_rows(made)
