"""A study of noisy chips as two plots: the chips' results, and what each layer's noise costs."""

from __future__ import annotations

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QSplitter

from studio.simulate.noise_study import Study
from studio.ui import theme

_BINS = 24
_WIDE = 480  # device independent pixels from which both stand side by side
_LAYERS = 12  # those that hurt most
_LETTERS = 18  # of a layer's name on the axis


class NoisePlots(QSplitter):
    """A histogram at the left, bars by layer at the right."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self._study: Study | None = None
        self.histogram = _plot(self.tr("Results of the chips"))
        self.layers = _plot(self.tr("What each layer's noise costs"))
        self.histogram.setLabel("left", self.tr("chips"))
        self.layers.setLabel("bottom", self.tr("points lost, noise in this layer only"))
        self.layers.getAxis("bottom").enableAutoSIPrefix(False)
        self.layers.getAxis("left").setWidth(theme.px(120))
        self.addWidget(self.histogram)
        self.addWidget(self.layers)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Below each other where there is no room beside."""
        size = event.size()
        tall = size.width() < theme.px(_WIDE) and size.height() > size.width() / 2
        self.setOrientation(Qt.Orientation.Vertical if tall else Qt.Orientation.Horizontal)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "layers"):
            self.show_study(self._study)

    def show_study(self, study: Study | None) -> None:
        """Draw a study; nothing for None."""
        self._study = study
        colours = theme.current()
        for plot in (self.histogram, self.layers):
            plot.clear()
            plot.setBackground(colours.base)
            for side in ("left", "bottom"):
                plot.getAxis(side).setPen(QColor(colours.border))
                plot.getAxis(side).setTextPen(QColor(colours.muted))
        if study is not None:
            self._draw_chips(study)
            self._draw_layers(study)
        self.layers.setVisible(study is not None and bool(study.layers))

    def _draw_chips(self, study: Study) -> None:
        colours = theme.current()
        scores = 100 * study.scores[~np.isnan(study.scores)]
        names = {
            "accuracy": self.tr("accuracy"),
            "agreement": self.tr("agreement with the exact answers"),
            "cosine": self.tr("cosine with the exact outputs"),
        }
        self.histogram.setLabel("bottom", names[study.measure], units="%", siPrefix=False)
        low, high = float(scores.min()), max(float(scores.max()), 100 * study.exact)
        edges = np.linspace(low, high + 1e-9, _BINS + 1)
        if high - low < 1e-6:
            edges = np.linspace(low - 0.5, high + 0.5, _BINS + 1)
        counts, _ = np.histogram(scores, edges)
        good = edges[:-1] >= 100 * study.threshold - 1e-9
        for chosen, colour in ((good, colours.accent), (~good, colours.bad)):
            self.histogram.addItem(
                pyqtgraph.BarGraphItem(
                    x0=edges[:-1][chosen],
                    x1=edges[1:][chosen],
                    height=counts[chosen],
                    brush=colour,
                    pen=colours.base,
                )
            )
        # Each text stands inside the plot: the exact result is at its right end.
        for value, text, style, side in (
            (study.exact, self.tr("exact {value:.2f} %"), Qt.PenStyle.SolidLine, 1),
            (study.threshold, self.tr("good from {value:.2f} %"), Qt.PenStyle.DashLine, 0),
        ):
            self.histogram.addItem(
                pyqtgraph.InfiniteLine(
                    100 * value,
                    pen=pyqtgraph.mkPen(colours.text, width=theme.line_width(), style=style),
                    label=text,
                    labelOpts={
                        "color": colours.text,
                        "fill": f"{colours.base}d0",  # read over bars
                        "position": 0.92 if side else 0.8,
                        "anchors": [(side, 0.5), (side, 0.5)],
                    },
                )
            )
        self.histogram.autoRange()

    def _draw_layers(self, study: Study) -> None:
        colours = theme.current()
        worst = list(study.sensitivity().items())[:_LAYERS][::-1]
        place = np.arange(len(worst), dtype=float)
        self.layers.addItem(
            pyqtgraph.BarGraphItem(
                x0=np.zeros(len(worst)),
                y=place,
                width=np.array([100 * loss for _, loss in worst]),
                height=0.7,
                brush=colours.layers[1],
                pen=colours.base,
            )
        )
        ticks = [(i, _short(name)) for i, (name, _) in enumerate(worst)]
        self.layers.getAxis("left").setTicks([ticks])
        self.layers.autoRange()


def _plot(name: str) -> pyqtgraph.PlotWidget:
    plot = pyqtgraph.PlotWidget(enableMenu=False)
    plot.setAcceptDrops(False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it has no keys
    plot.setMouseEnabled(x=False, y=False)
    plot.setMinimumWidth(theme.px(140))
    plot.setAccessibleName(name)
    return plot


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"…{name[1 - _LETTERS :]}"
