"""Plots of what comes in packets: waveform, spectrum, spectrogram, one vector, and many."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph
from PySide6.QtCore import QCoreApplication, QRectF, Signal
from PySide6.QtGui import QColor

from studio.monitor.spectrum import FLOOR
from studio.ui import theme
from studio.ui.quiet_plot import QuietPlot
from studio.ui.signal_pictures import Rows, Sound, level

_BARS = 64  # values of a vector that are drawn as bars
_SHRINK = 0.4  # of the scale that what is shown takes, when the scale becomes smaller
_MARGIN = 0.06  # of the scale beyond what is shown
_AXIS = 64  # device independent pixels of the scale at the left
_PEAK = 9  # device independent pixels of the dot at a peak


class SignalPlot(QuietPlot):
    """``told`` carries what is under the mouse, in words; "" where that is nothing."""

    told = Signal(str)

    def __init__(self, name: str, title: str, bottom: str, left: str) -> None:
        super().__init__(name, title)
        self.setLabel("bottom", bottom)
        self.setLabel("left", left)
        self.getAxis("left").setWidth(theme.px(_AXIS))  # so that plots stand below each other
        self._scale: tuple[float, float] | None = None
        self.pointed.connect(self._on_pointed)
        self.gone.connect(lambda: self.told.emit(""))
        self.recoloured.connect(self.recolour)

    def recolour(self) -> None:
        """Take the theme's colours."""

    def words_at(self, x: float, y: float) -> str:
        """What is drawn at a place."""
        raise NotImplementedError

    def fit(self, left: float, right: float, low: float, high: float) -> None:
        """Show from left to right; a scale that fits well enough stays, so that it rests."""
        known = self._scale
        if (
            known is None
            or low < known[0]
            or high > known[1]
            or high - low < _SHRINK * (known[1] - known[0])
        ):
            margin = _MARGIN * ((high - low) or 1.0)
            known = self._scale = (low - margin, high + margin)
        self.setRange(xRange=(left, right if right > left else left + 1), yRange=known, padding=0.0)

    def _on_pointed(self, x: float, y: float) -> None:
        self.told.emit(self.words_at(x, y))


class WavePlot(SignalPlot):
    """The last seconds of a signal."""

    def __init__(self) -> None:
        super().__init__("waveform", _tr("Waveform"), _tr("seconds of signal"), _tr("value"))
        self.curve = pyqtgraph.PlotCurveItem()
        self.addItem(self.curve, ignoreBounds=True)
        self._sound: Sound | None = None
        self.recolour()

    def show_sound(self, sound: Sound) -> None:
        """Draw a signal."""
        self._sound = sound
        self.curve.setData(sound.times, sound.values, connect="finite")
        most = float(np.nanmax(np.abs(sound.values))) if np.isfinite(sound.values).any() else 0.0
        self.fit(sound.start, sound.end, -(most or 1.0), most or 1.0)

    def words_at(self, x: float, y: float) -> str:
        """The sample nearest to a time."""
        sound = self._sound
        if sound is None or not len(sound.times):
            return ""
        place = int(np.argmin(np.abs(sound.times - x)))
        return _tr("{0:.4f} s: {1:g}").format(sound.times[place], sound.values[place])

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.curve.setPen(pyqtgraph.mkPen(theme.current().accent, width=theme.line_width()))


class SpectrumPlot(SignalPlot):
    """Levels by frequency, the loudest marked."""

    def __init__(self) -> None:
        super().__init__("spectrum", _tr("Spectrum"), _tr("Hz"), _tr("dBFS"))
        self.curve = pyqtgraph.PlotCurveItem()
        self.dot = pyqtgraph.ScatterPlotItem(size=theme.px(_PEAK))
        self.peak = pyqtgraph.TextItem(anchor=(0, 1))
        self.peak.setFont(self.font())
        for item in (self.curve, self.dot, self.peak):
            self.addItem(item, ignoreBounds=True)
        self._sound: Sound | None = None
        self.recolour()

    def show_sound(self, sound: Sound) -> None:
        """Draw a signal's spectrum."""
        self._sound, found = sound, sound.spectrum
        self.curve.setData(found.frequencies, found.levels, skipFiniteCheck=True)
        frequency, loud = found.peak
        top = sound.rate / 2
        heard = loud > FLOOR
        self.dot.setData([frequency] if heard else [], [loud] if heard else [])
        self.peak.setText(_at(frequency, loud) if heard else _tr("silent"))
        self.peak.setPos(frequency, min(loud, 0.0))
        right, above = frequency > 0.5 * top, loud < FLOOR / 6
        self.peak.setAnchor((1.05 if right else -0.05, 1 if above else 0))
        self.setRange(xRange=(0, top), yRange=(FLOOR, -FLOOR * _MARGIN / 2), padding=0.0)

    def words_at(self, x: float, y: float) -> str:
        """The level at a frequency."""
        sound = self._sound
        if sound is None:
            return ""
        place = int(np.argmin(np.abs(sound.spectrum.frequencies - x)))
        return _at(sound.spectrum.frequencies[place], sound.spectrum.levels[place])

    def recolour(self) -> None:
        """Take the theme's colours."""
        colours = theme.current()
        self.curve.setPen(pyqtgraph.mkPen(colours.accent, width=theme.line_width()))
        self.dot.setBrush(QColor(colours.warning))
        self.dot.setPen(None)
        self.peak.setColor(colours.text)
        ground = QColor(colours.base)
        ground.setAlphaF(0.8)
        self.peak.fill = pyqtgraph.mkBrush(ground)


class _ImagePlot(SignalPlot):
    """Time to the right, frequency or place upwards."""

    def __init__(self, name: str, title: str, bottom: str, left: str) -> None:
        super().__init__(name, title, bottom, left)
        self.image = pyqtgraph.ImageItem()
        self.addItem(self.image, ignoreBounds=True)
        self.showGrid(x=False, y=False)

    def draw(self, grey: np.ndarray, levels: tuple[float, float], room: QRectF) -> None:
        """Draw an image [across, up] in its place."""
        if grey.size:
            self.image.setImage(grey, levels=levels, autoLevels=False)
            self.image.setRect(room)
        self.image.setVisible(bool(grey.size))


class SpectrogramPlot(_ImagePlot):
    """Levels by time and frequency."""

    def __init__(self) -> None:
        super().__init__("spectrogram", _tr("Spectrogram"), _tr("seconds of signal"), _tr("Hz"))
        self._sound: Sound | None = None
        self.recolour()

    def show_sound(self, sound: Sound) -> None:
        """Draw a signal's spectrogram."""
        self._sound = sound
        ends = tuple(255 * (1 - own / FLOOR) for own in (sound.low, sound.high))
        top = sound.rate / 2
        room = QRectF(sound.first, 0, max(sound.last - sound.first, 1e-9), top)
        self.draw(sound.image, (ends[0], ends[1]), room)
        right = max(sound.last, sound.first + 0.1)
        self.setRange(xRange=(sound.first, right), yRange=(0, top), padding=0.0)

    def words_at(self, x: float, y: float) -> str:
        """The level at a time and frequency."""
        sound = self._sound
        if sound is None or not sound.image.size:
            return ""
        rows, bins = sound.image.shape
        row = math.floor((x - sound.first) / max(sound.last - sound.first, 1e-9) * rows)
        place = round(y / (sound.rate / 2) * (bins - 1))
        if not (0 <= row < rows and 0 <= place < bins):
            return ""
        return _tr("{0:.2f} s, {1}").format(x, _at(y, level(float(sound.image[row, place]))))

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.image.setColorMap(theme.strength_map())


class VectorPlot(SignalPlot):
    """The numbers of the newest packet, the largest marked where there are few."""

    def __init__(self) -> None:
        super().__init__("vector", _tr("Newest packet"), _tr("place"), _tr("value"))
        self.curve = pyqtgraph.PlotCurveItem()
        self.bars = pyqtgraph.BarGraphItem(x=[], height=[], width=0.8)
        self.addItem(self.curve, ignoreBounds=True)
        self.addItem(self.bars, ignoreBounds=True)
        self._newest = np.empty(0)
        self.recolour()

    def show_rows(self, rows: Rows) -> None:
        """Draw the newest vector."""
        self._newest = rows.newest
        self._draw()
        finite = self._newest[np.isfinite(self._newest)]
        low, high = float(finite.min(initial=0.0)), float(finite.max(initial=0.0))
        self.fit(-0.5, len(self._newest) - 0.5, low, high if high > low else low + 1)

    def words_at(self, x: float, y: float) -> str:
        """The value at a place."""
        place = round(x)
        if not 0 <= place < len(self._newest):
            return ""
        return _tr("place {0}: {1:g}").format(place, self._newest[place])

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.curve.setPen(pyqtgraph.mkPen(theme.current().accent, width=theme.line_width()))
        self._draw()

    def _draw(self) -> None:
        own, few = self._newest, len(self._newest) <= _BARS
        self.curve.setVisible(not few)
        self.bars.setVisible(few)
        if not few:
            self.curve.setData(np.arange(len(own), dtype=np.float64), own, connect="finite")
            return
        colours = theme.current()
        heights = np.nan_to_num(own)
        brushes = [QColor(colours.accent)] * len(own)
        if len(own):
            brushes[int(np.argmax(heights))] = QColor(colours.good)
        self.bars.setOpts(
            x=np.arange(len(own), dtype=np.float64),
            height=heights,
            width=0.8,
            brushes=brushes,
            pen=colours.base,
        )


class MapPlot(_ImagePlot):
    """The last vectors side by side, the newest at the right."""

    def __init__(self) -> None:
        super().__init__("feature-map", _tr("Packets over time"), _tr("packets ago"), _tr("place"))
        self._rows: Rows | None = None
        self._signed = False
        self.recolour()

    def show_rows(self, rows: Rows) -> None:
        """Draw vectors as an image."""
        self._rows = rows
        if rows.signed != self._signed:
            self._signed = rows.signed
            self.recolour()
        count, places = rows.grey.shape
        self.draw(rows.grey, (0, 255), QRectF(-count, -0.5, max(count, 1), max(places, 1)))
        self.setRange(xRange=(-max(count, 1), 0), yRange=(-0.5, max(places, 1) - 0.5), padding=0.0)

    def words_at(self, x: float, y: float) -> str:
        """The value of a packet at a place."""
        rows = self._rows
        if rows is None:
            return ""
        row, place = len(rows.values) + math.floor(x), round(y)
        if not (0 <= row < len(rows.values) and 0 <= place < rows.values.shape[1]):
            return ""
        value = float(rows.values[row, place])
        ago = len(rows.values) - 1 - row
        return _tr("{0} packets ago, place {1}: {2:g}").format(ago, place, value)

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.image.setColorMap(theme.heat_map() if self._signed else theme.strength_map())


def _at(frequency: float, loud: float) -> str:
    return _tr("{0:.0f} Hz: {1:.1f} dBFS").format(frequency, loud)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Signals", text)
