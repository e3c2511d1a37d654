"""How exact each layer is, as a plot: signal-to-noise ratio by layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.simulate.compare import LayerReport, Report
from studio.ui import theme
from studio.ui.widgets import muted, surface

_NAMED = 16  # with more layers the axis shows numbers
_LETTERS = 14  # of a layer's name on the axis
_AXIS = 56  # device independent pixels beside the names


class ErrorPlot(QWidget):
    """Dots for each layer by itself (single) and with all errors before it (entire).

    ``picked`` carries the name of the layer that was clicked.
    """

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        surface(self)
        self._layers: Sequence[LayerReport] = ()
        self._selected = ""
        self._stale = False
        self.plot = pyqtgraph.PlotWidget(enableMenu=False)
        self.plot.setAcceptDrops(False)
        self.plot.hideButtons()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # layers are chosen by key in Layers
        self.plot.setMouseEnabled(x=True, y=False)
        self.plot.showGrid(y=True, alpha=0.15)
        self.plot.setLabel("left", self.tr("SNR"), units="dB", siPrefix=False)
        self.plot.setAccessibleName(self.tr("Signal-to-noise ratio by layer"))
        size = f"{self.font().pointSizeF():.1f}pt"  # pyqtgraph's own stays small
        self._legend = self.plot.addLegend(offset=(10, -10), labelTextSize=size)
        self._words = QLabel(wordWrap=True)
        self._words.setContentsMargins(12, 2, 12, 8)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        muted(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.plot, 1)
        column.addWidget(self._words)
        self.plot.scene().sigMouseClicked.connect(self._on_click)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_words"):
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Name as many layers as there is room for."""
        super().resizeEvent(event)
        self._name_axis()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw what came while the plot was hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    def set_report(self, report: Report | None) -> None:
        """Show a comparison; only what was compared has a dot."""
        self._layers = [own for own in report.layers if own.single] if report else []
        self._draw()

    def select(self, layer: str) -> None:
        """Mark a layer and say what is known of it."""
        self._selected = layer
        self._draw()

    def _draw(self) -> None:
        # A plot takes a frame or two to draw, so one that nobody sees waits.
        self._stale = not self.isVisible()
        if self._stale:
            return
        colours = theme.current()
        self.plot.clear()
        self._legend.clear()
        self._legend.setLabelTextColor(colours.text)
        self.plot.setBackground(colours.base)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(QColor(colours.border))
            axis.setTextPen(QColor(colours.muted))
        place = np.arange(len(self._layers), dtype=float)
        lines = (
            (self.tr("with all errors before"), "entire", colours.accent, "o"),
            (self.tr("by itself"), "single", colours.layers[1], "t"),
        )
        top = 0.0
        for title, field, colour, symbol in lines:
            snr = np.array([getattr(own, field).snr for own in self._layers], dtype=float)
            top = max(top, float(snr.max(initial=0.0)))
            self.plot.plot(
                place,
                snr,
                name=title,
                pen=pyqtgraph.mkPen(colour, width=theme.line_width()),
                symbol=symbol,
                symbolSize=theme.px(8),
                symbolBrush=colour,
                symbolPen=None,
            )
        self._name_axis()
        self._mark()
        if len(place):
            self.plot.setRange(xRange=(-0.5, len(place) - 0.5), padding=0)
            self.plot.setYRange(0, 1.08 * max(1.0, top), padding=0)
        self._tell()

    def _name_axis(self) -> None:
        names = [own.name for own in self._layers]
        ticks = None
        if len(names) <= _NAMED:
            texts = [_short(name) for name in names]
            metrics = self.fontMetrics()
            widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            room = max(1, self.plot.width() - theme.px(_AXIS))
            step = -(-len(texts) * (widest + theme.px(8)) // room)  # names must not overlap
            ticks = [list(enumerate(texts))[:: max(1, step)]]
        self.plot.getAxis("bottom").setTicks(ticks)

    def _mark(self) -> None:
        names = [own.name for own in self._layers]
        if self._selected in names:
            pen = pyqtgraph.mkPen(
                theme.current().text, width=theme.line_width(), style=Qt.PenStyle.DashLine
            )
            self.plot.addItem(pyqtgraph.InfiniteLine(names.index(self._selected), pen=pen))

    def _tell(self) -> None:
        found = [own for own in self._layers if own.name == self._selected]
        if not found:
            self._words.setText(self.tr("Click a layer to read its figures."))
            return
        (own,) = found
        assert own.entire is not None
        assert own.single is not None
        text = self.tr(
            "{0}: cosine {1:.5f}, SNR {2:.1f} dB; by itself {3:.5f}, {4:.1f} dB; saturated"
            " {5:.2f} %"
        ).format(
            own.name,
            own.entire.cosine,
            own.entire.snr,
            own.single.cosine,
            own.single.snr,
            100 * own.entire.saturation,
        )
        self._words.setText("\n".join(part for part in (text, own.suggestion) if part))

    def _on_click(self, event: object) -> None:
        position: QPointF = event.scenePos()  # type: ignore[attr-defined]
        box = self.plot.getPlotItem().getViewBox()
        if self._layers and box.sceneBoundingRect().contains(position):
            index = round(box.mapSceneToView(position).x())
            self.picked.emit(self._layers[max(0, min(index, len(self._layers) - 1))].name)


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS // 2]}…{name[-_LETTERS // 2 :]}"
