"""A plot that shows and is not handled: it follows the theme and tells where the mouse is."""

from __future__ import annotations

import pyqtgraph
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent

from studio.ui import theme
from studio.ui.curves_axes import PlainAxis
from studio.ui.widgets import named

_GRID = 0.15
_LEFT, _TOP, _RIGHT, _BOTTOM = 4, 7, 10, 4  # device independent pixels beside what is drawn
_ROOM = 120  # of height from which axes have titles


class QuietPlot(pyqtgraph.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """``pointed`` carries the place under the mouse, in the plot's own units; ``gone``: none.

    ``name`` is the object name, ``title`` what screen readers are told.
    """

    pointed = Signal(float, float)
    gone = Signal()
    recoloured = Signal()

    def __init__(self, name: str, title: str, left: PlainAxis | None = None) -> None:
        axes = {"left": left or PlainAxis("left"), "bottom": PlainAxis("bottom")}
        super().__init__(axisItems=axes, enableMenu=False)  # a menu takes long to make
        named(self, name)
        self.setAccessibleName(title)
        self.setAcceptDrops(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it has no keys
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setMinimumSize(theme.px(80), theme.px(50))
        # Half a number stands beyond each end of an axis.
        margins = (theme.px(own) for own in (_LEFT, _TOP, _RIGHT, _BOTTOM))
        self.getPlotItem().layout.setContentsMargins(*margins)
        self.getPlotItem().getViewBox().setDefaultPadding(0)
        for axis in axes.values():
            axis.setStyle(maxTickLevel=0)  # with lines between these, the grid would be dense
            axis.setZValue(self.getPlotItem().getViewBox().zValue() - 1)  # below curves
        for side in ("top", "right"):
            self.getAxis(side).enableAutoSIPrefix(False)  # they reckon, though nobody sees them
        self.showGrid(x=False, y=True, alpha=_GRID)
        self.scene().sigMouseMoved.connect(self._on_mouse)
        self._made = True
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Take the new theme's colours."""
        super().changeEvent(event)
        # Attributes the widget lacks are looked for in its plot item, which is not there at first.
        if event.type() == QEvent.Type.PaletteChange and "_made" in self.__dict__:
            self._recolour()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave the axis's title away where there is room for the numbers only."""
        super().resizeEvent(event)
        if "_made" in self.__dict__ and self.getAxis("bottom").labelText:
            self.getPlotItem().showLabel("bottom", event.size().height() >= theme.px(_ROOM))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """The mouse points at nothing any more."""
        super().leaveEvent(event)
        self.gone.emit()

    @property
    def columns(self) -> int:
        """Pixels from left to right in which curves are drawn."""
        width = float(self.getPlotItem().getViewBox().width())
        return max(1, int(width * self.devicePixelRatioF()))

    def _recolour(self) -> None:
        colours = theme.current()
        self.setBackground(colours.base)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(QColor(colours.border))
            axis.setTextPen(QColor(colours.muted))
            axis.setTickFont(self.font())
            axis.label.setFont(self.font())
        self.recoloured.emit()

    def _on_mouse(self, where: QPointF) -> None:
        box = self.getPlotItem().getViewBox()
        if not box.sceneBoundingRect().contains(where):
            self.gone.emit()
            return
        point = box.mapSceneToView(where)
        self.pointed.emit(point.x(), point.y())
