"""Correlation of each layer on a real chip with what was expected, before and after correction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.formats.program_live import LayerResult
from studio.ui import theme
from studio.ui.widgets import muted, surface

_NAME = 36  # device independent pixels a layer's number takes on the axis


class CorrelationPlot(QWidget):
    """One dot a layer and time: hollow before the tool's correction, filled after it."""

    def __init__(self) -> None:
        super().__init__()
        surface(self)
        self._results: Sequence[LayerResult] = ()
        self._stale = False
        self.plot = pyqtgraph.PlotWidget(enableMenu=False)
        self.plot.setAcceptDrops(False)
        self.plot.hideButtons()
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.showGrid(y=True, alpha=0.15)
        self.plot.setLabel("left", self.tr("Correlation"))
        self.plot.setLabel("bottom", self.tr("Layer"))
        self.plot.setAccessibleName(self.tr("Correlation by layer, before and after correction"))
        self._before = pyqtgraph.ScatterPlotItem(symbol="o", size=9)
        self._after = pyqtgraph.ScatterPlotItem(symbol="o", size=9)
        self.plot.addItem(self._before)
        self.plot.addItem(self._after)
        # Not in the plot, where it would lie on dots.
        legend = muted(QLabel(self.tr("○ before   ● after correction")))
        legend.setAlignment(Qt.AlignmentFlag.AlignRight)
        legend.setContentsMargins(0, 4, 8, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(legend)
        column.addWidget(self.plot)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_after"):
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw what came while the plot was hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Name as many layers as there is room for."""
        super().resizeEvent(event)
        self._name_layers()

    def set_results(self, results: Sequence[LayerResult]) -> None:
        """Show each layer's latest result."""
        self._results = results
        self._draw()

    def _draw(self) -> None:
        self._stale = not self.isVisible()
        if self._stale:
            return
        colours = theme.current()
        self.plot.setBackground(colours.base)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(colours.border)
            axis.setTextPen(colours.muted)
        pen = pyqtgraph.mkPen(colours.accent, width=2)
        self._before.setPen(pen)
        self._before.setBrush(None)
        self._after.setPen(pen)
        self._after.setBrush(pyqtgraph.mkBrush(colours.accent))
        layers = np.array([own.layer for own in self._results], np.float64)
        before = np.array([own.before.correlation for own in self._results])
        after = np.array([own.after.correlation for own in self._results])
        self._before.setData(layers, before)
        self._after.setData(layers, after)
        if len(layers):
            low = float(min(before.min(), after.min()))
            self.plot.setYRange(max(-1.0, low - 0.1 * (1 - low)), 1.0)
            self.plot.setXRange(layers.min() - 0.5, layers.max() + 0.5)
            self._name_layers()

    def _name_layers(self) -> None:
        """Name as many layers as there is room for."""
        layers = sorted(own.layer for own in self._results)
        step = max(1, -(-len(layers) * _NAME // max(1, self.plot.width())))
        ticks = [(float(layer), str(layer)) for layer in layers[::step]]
        self.plot.getAxis("bottom").setTicks([ticks])
