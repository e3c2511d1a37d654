"""How the parts of the live plot lie beside each other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from studio.ui import theme
from studio.ui.curves_bar import CurvesActions, CurvesBar
from studio.ui.curves_choice import Choice
from studio.ui.curves_cursors import Cursors, Hair
from studio.ui.curves_histogram import CurvesHistogram
from studio.ui.curves_legend import CurvesLegend
from studio.ui.curves_plot import CurvesPlot
from studio.ui.widgets import muted, named, surface, verbatim

_WIDE = 480  # device independent pixels from which the legend stands beside
_HIGH = 340  # and from which it shows below by itself
_BESIDE, _BELOW = 0.36, 0.4  # its part of width, or height
_NAMES, _FIGURES = 190, 320  # the widths that names with newest values need, and all figures


class CurvesPage(QWidget):
    """The bar above, the plot with the histogram, and the legend beside or below."""

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        surface(self)
        self._choice = choice
        self.plot = named(CurvesPlot(), "curves-plot")
        self.plot.setAccessibleName(self.tr("Values as curves"))
        self.plot.setMinimumSize(theme.px(80), theme.px(60))
        self.act = CurvesActions(choice, self.plot)
        self.bar = CurvesBar(self.act, choice.seconds)
        self.cursors = Cursors(self.plot)
        self.hair = Hair(self.plot)
        self.legend = CurvesLegend(choice)
        self.histogram = CurvesHistogram(choice.bins)
        self.told = verbatim(named(QLabel(wordWrap=True), "curves-told"))
        self.told.setContentsMargins(8, 2, 8, 4)
        self._hint = verbatim(muted(QLabel(self.plot)))
        self._hint.setText(self.tr("No series is chosen in the legend."))
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint.move(theme.px(72), theme.px(16))
        self._hint.hide()
        self._canvas = QSplitter(Qt.Orientation.Horizontal)
        self._canvas.setHandleWidth(1)
        self._canvas.addWidget(self.plot)
        self._canvas.addWidget(self.histogram)
        self._canvas.setSizes([10_000, 10_000])
        picture = surface(QWidget())
        column = QVBoxLayout(picture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._canvas, 1)
        column.addWidget(self.told)
        self.split = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.split.setHandleWidth(1)
        self.split.addWidget(picture)
        self.split.addWidget(self.legend)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.split, 1)
        self._placed: bool | None = None  # whether the legend stands beside
        self._dragged = False  # then its size is the user's
        self.split.splitterMoved.connect(self._on_dragged)
        self.legend.setMinimumWidth(theme.px(100))
        self._show_tools()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Put the legend where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def show_tools(self) -> None:
        """Show cursors, histogram and legend as they are chosen."""
        self._show_tools()
        self._arrange()

    def _show_tools(self) -> None:
        self.histogram.setVisible(self._choice.histogram)
        self.cursors.show(self._choice.cursors)
        self.told.setVisible(self._choice.cursors)
        self.legend.show_cursors(self._choice.cursors)

    def show_hint(self, on: bool) -> None:
        """Say that nothing is chosen."""
        self._hint.setVisible(on)

    def recolour(self) -> None:
        """Take the theme's colours."""
        self.plot.recolour()
        self.cursors.recolour()
        self.hair.recolour()
        self.legend.recolour()

    def _arrange(self) -> None:
        width, height = self.width(), self.height()
        wide = width >= theme.px(_WIDE)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        if self._placed != wide:
            self._placed, self._dragged = wide, False
            self.split.setOrientation(across if wide else down)
        if not self._dragged:
            least, most = theme.px(_NAMES), theme.px(_FIGURES)
            beside = min(max(width * _BESIDE, least), most)
            part = round(beside if wide else height * _BELOW)
            self.split.setSizes([(width if wide else height) - part, part])
        self._canvas.setOrientation(across if width >= 2 * theme.px(_WIDE) else down)
        shown = self._choice.legend
        if shown is None:
            shown = wide or height >= theme.px(_HIGH)
        self.legend.setVisible(shown)
        self.act.legend.setChecked(shown)

    def _on_dragged(self) -> None:
        self._dragged = True
