"""Play, pause, speed and place of a recording that is read."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from studio.ui import figures_text, theme
from studio.ui.playback import SPEED
from studio.ui.widgets import muted, named
from studio.ui.workspace import Workspace

_SPEEDS = (1.0, 2.0, 5.0, 10.0, 100.0, math.inf)
_FINE = 60.0  # seconds; shorter recordings show tenths
_PAGE = 20  # pages of the slider
_STEPS = 1_000_000  # of the slider at most
_NARROW = 360  # width below which only the time so far is shown


class Track(QSlider):
    """A horizontal slider that jumps to where it is pressed."""

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Go there at once; the drag goes on from it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setValue(self._value_at(event.position().x()))
        super().mousePressEvent(event)

    def _value_at(self, x: float) -> int:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, style = QStyle.ComplexControl.CC_Slider, self.style()
        handle = style.subControlRect(control, option, QStyle.SubControl.SC_SliderHandle, self)
        groove = style.subControlRect(control, option, QStyle.SubControl.SC_SliderGroove, self)
        place = round(x) - groove.x() - handle.width() // 2
        span = max(1, groove.width() - handle.width())
        return QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), place, span)


class PlayerRow(QWidget):
    """The controls of ``workspace.monitoring.replay``; ``follow`` shows where it is."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._monitoring = workspace.monitoring
        self._drawn = ""
        self._play = named(QToolButton(), "replay-play")
        self._play.setProperty("role", "bar")
        self._play.clicked.connect(self._on_play)
        self._track = named(Track(Qt.Orientation.Horizontal), "replay-track")
        self._track.setAccessibleName(self.tr("Place in the recording"))
        self._track.setMinimumWidth(theme.px(60))
        self._track.sliderReleased.connect(self._seek)
        self._track.actionTriggered.connect(self._on_action)
        self._track.sliderMoved.connect(lambda _value: self._tell_times())
        self._times = muted(named(QLabel(), "replay-times"))
        self._speed = named(QComboBox(), "replay-speed")
        for speed in _SPEEDS:
            text = self.tr("max") if math.isinf(speed) else f"{speed:g}×"
            self._speed.addItem(text, speed)
        self._speed.setAccessibleName(self.tr("Speed"))
        self._speed.setToolTip(self.tr("How fast the recording is played"))
        self._speed.activated.connect(self._on_speed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(6))
        row.addWidget(self._play)
        row.addWidget(self._track, 1)
        row.addWidget(self._times)
        row.addWidget(self._speed)
        self._draw()

    @property
    def button_width(self) -> int:
        """How much room the first button takes: what stands above it is centred on it."""
        return self._play.sizeHint().width()

    def follow(self) -> None:
        """Show what the replay does now; does nothing where there is none."""
        replay = self._monitoring.replay
        if replay is None:
            return
        recording = replay.recording
        length = recording.end - recording.begin
        steps = max(1, min(_STEPS, round(length * 1000)))
        if self._track.maximum() != steps:
            self._track.setRange(0, steps)
            self._track.setSingleStep(max(1, steps // 100))
            self._track.setPageStep(max(1, steps // _PAGE))
        if not self._track.isSliderDown():
            part = (replay.position - recording.begin) / length if length > 0 else 1.0
            self._track.setValue(round(part * steps))
        speed = self._speed.findData(replay.speed)
        if speed != self._speed.currentIndex():
            self._speed.setCurrentIndex(speed)
        self._tell_times()
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave the whole time away where there is little room."""
        super().resizeEvent(event)
        self._tell_times()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icon again in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_speed"):
            self._drawn = ""
            self._draw()

    # -- inside

    @property
    def _moment(self) -> float:
        """The time the slider is at."""
        replay = self._monitoring.replay
        if replay is None:
            return 0.0
        recording = replay.recording
        part = self._track.value() / max(1, self._track.maximum())
        if self._track.isSliderDown():
            part = self._track.sliderPosition() / max(1, self._track.maximum())
        return recording.begin + part * (recording.end - recording.begin)

    def _tell_times(self) -> None:
        replay = self._monitoring.replay
        if replay is None:
            return
        recording, moment = replay.recording, self._moment
        length = recording.end - recording.begin
        fine = length < _FINE
        so_far = figures_text.duration(moment - recording.begin, tenths=fine)
        whole = figures_text.duration(length, tenths=fine)
        narrow = self.width() < theme.px(_NARROW)
        self._times.setText(so_far if narrow else f"{so_far} / {whole}")
        # Wide enough for every time of this recording: the slider must not tremble.
        widest = whole if narrow else f"{whole} / {whole}"
        width = self._times.fontMetrics().horizontalAdvance(widest.replace("1", "0")) + 2
        self._times.setMinimumWidth(width)
        clock = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))
        self._times.setToolTip(self.tr("{0} of {1}; it was {2}").format(so_far, whole, clock))

    def _draw(self) -> None:
        replay = self._monitoring.replay
        goes = self._monitoring.playing and replay is not None and not replay.paused
        wanted = "pause" if goes else "play"
        if wanted == self._drawn:
            return
        self._drawn = wanted
        text = self.tr("Pause") if goes else self.tr("Play")
        self._play.setIcon(theme.icon(wanted))
        self._play.setToolTip(text)
        self._play.setAccessibleName(text)

    def _on_play(self) -> None:
        replay = self._monitoring.replay
        if replay is None:
            return
        if not self._monitoring.playing:
            replay.resume()
            self._monitoring.seek(replay.recording.begin)
        elif replay.paused:
            replay.resume()
        else:
            replay.pause()
        self.follow()

    def _on_action(self, action: int) -> None:
        """Keys and the wheel; drags seek when they end."""
        if action != QSlider.SliderAction.SliderMove.value:
            self._track.setValue(self._track.sliderPosition())
            self._seek()

    def _seek(self) -> None:
        self._monitoring.seek(self._moment)
        self.follow()

    def _on_speed(self, index: int) -> None:
        speed = float(self._speed.itemData(index))
        self._workspace.views[SPEED] = speed
        replay = self._monitoring.replay
        if replay is not None:
            replay.set_speed(speed)
