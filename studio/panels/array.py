"""The array: banks, reserved columns, the blocks of the layout and the bias strip."""

from __future__ import annotations

import pyqtgraph
from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.mapper.layout import Block, Layout
from studio.mapper.problem import Occupied
from studio.ui import theme
from studio.ui.array_item import Ground, Patch, Patches
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.panel import Panel
from studio.ui.widgets import muted, surface
from studio.ui.workspace import Workspace

_STRIP_HEIGHT = 84  # device independent pixels; at the array's scale the strip is 5
_AXIS_WIDTH = 58
_ARRAY_GAP = 64  # columns between two arrays of one chip


class Array(QWidget):
    """The layout drawn to scale, with the bias strip enlarged below; hover tells of a cell."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        array = workspace.chip.array
        self._blocks: tuple[Block, ...] = ()
        self._biased: tuple[Block, ...] = ()
        self._used = QLabel()
        self._used.setFont(theme.sized(1.25, bold=True))
        self._parts = QLabel()
        muted(self._parts)
        self._hover = QLabel()
        muted(self._hover)
        self._hover.setTextFormat(Qt.TextFormat.PlainText)
        self.canvas = pyqtgraph.GraphicsLayoutWidget()
        self.canvas.setAcceptDrops(False)
        self._main, self._cells = self._plot(0, array.rows)
        self._strip, self._bias = self._plot(1, array.bias_rows)
        self.plots = (self._main, self._strip)
        self._strip.setXLink(self._main)
        self._strip.setMaximumHeight(_STRIP_HEIGHT)
        self._main.getAxis("bottom").setStyle(showValues=False)
        self._proxy = pyqtgraph.SignalProxy(
            self.canvas.scene().sigMouseMoved, rateLimit=60, slot=self._on_move
        )
        empty = EmptyState(
            "array",
            self.tr("Nothing on the array yet"),
            self.tr("Deploy places the weights of every layer; the layout appears here."),
        )
        self._stack = EmptyOrFull(empty, self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        workspace.layout_changed.connect(self._refresh)
        self._recolour()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._recolour()

    def _page(self) -> QWidget:
        page = QWidget()
        surface(page)
        head = QHBoxLayout()
        head.setContentsMargins(12, 10, 12, 4)
        head.setSpacing(12)
        head.addWidget(self._used)
        head.addWidget(self._parts, 1, Qt.AlignmentFlag.AlignBottom)
        self._hover.setContentsMargins(12, 4, 12, 8)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._hover)
        return page

    def _plot(self, place: int, rows: int) -> tuple[pyqtgraph.PlotItem, Patches]:
        """The array (place 0) or the bias strip (place 1), ``rows`` high, rows going down."""
        array = self._workspace.chip.array
        width = array.count * (array.columns + _ARRAY_GAP) - _ARRAY_GAP
        plot = self.canvas.addPlot(row=place, col=0)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.invertY(True)
        plot.getAxis("left").setWidth(_AXIS_WIDTH)
        for index in range(array.count):
            left = self._offset(index)
            area = QRectF(left, 0, array.columns, rows)
            # The bias strip has no banks.
            banks = () if place else array.banks
            parts = [(bank.first_row, self.tr("{0} bank").format(bank.name)) for bank in banks]
            plot.addItem(Ground(area, QRectF(left, 0, array.reserved_columns, rows), parts))
        patches = Patches(QRectF(0, 0, width, rows))
        plot.addItem(patches)
        plot.setRange(xRange=(0, width), yRange=(0, rows), padding=0.01)
        plot.setLimits(
            xMin=-0.05 * width, xMax=1.05 * width, yMin=-0.05 * rows, yMax=1.05 * rows,
            minXRange=8, minYRange=4,
        )  # fmt: skip
        plot.setLabel("left", self.tr("bias") if place else self.tr("row"))
        if place:
            plot.setLabel("bottom", self.tr("column"))
            plot.setMouseEnabled(y=False)
        return plot, patches

    def _offset(self, array: int) -> int:
        """The first column of an array in the drawing."""
        return array * (self._workspace.chip.array.columns + _ARRAY_GAP)

    def _refresh(self) -> None:
        layout = self._workspace.layout
        self._stack.set_full(layout is not None)
        self._blocks = layout.blocks if layout else ()
        self._biased = tuple(block for block in self._blocks if block.bias_rows)
        palette = theme.current().layers
        order = list(dict.fromkeys(block.layer for block in self._blocks))
        colour = {layer: palette[place % len(palette)] for place, layer in enumerate(order)}
        # What earlier layouts hold comes last: hovering counts on the blocks' indices.
        grey, name = theme.current().border, (self.tr("occupied"),)
        held = layout.occupied if layout else ()
        self._cells.set_patches(
            [
                Patch(self._area(b), colour[b.layer], (b.layer, f"{b.rows} × {b.columns}"))
                for b in self._blocks
            ]
            + [Patch(self._area(own), grey, name) for own in held]
        )
        self._bias.set_patches(
            [Patch(self._area(b, strip=True), colour[b.layer], (b.layer,)) for b in self._biased]
            + [Patch(self._area(own, strip=True), grey, name) for own in held if own.bias_rows]
        )
        self._tell(None)
        if layout is not None:
            self._show_use(layout)

    def _area(self, own: Block | Occupied, *, strip: bool = False) -> QRectF:
        """Its cells, or its bias rows, in the drawing."""
        left = self._offset(own.array) + own.column
        row, rows = (own.bias_row, own.bias_rows) if strip else (own.row, own.rows)
        return QRectF(left, row, own.columns, rows)

    def _show_use(self, layout: Layout) -> None:
        use = layout.utilization
        self._used.setText(self.tr("{0:.1f} % used").format(100 * use.cells))
        names = [bank.name for bank in self._workspace.chip.array.banks]
        parts = [
            # Several arrays have the same banks, one after the other.
            self.tr("{0} {1:.1f} %").format(names[index % len(names)], 100 * bank)
            for index, bank in enumerate(use.banks)
        ]
        parts.append(self.tr("bias strip {0:.1f} %").format(100 * use.bias))
        self._parts.setText("   ".join(parts))

    def _on_move(self, arguments: tuple[QPointF]) -> None:
        (position,) = arguments
        for plot, patches in ((self._main, self._cells), (self._strip, self._bias)):
            inside = plot.vb.sceneBoundingRect().contains(position)
            point = plot.vb.mapSceneToView(position)
            patches.mark(patches.at(point) if inside else None)
            if inside:
                self._tell(point, strip=plot is self._strip)
                return
        self._tell(None)

    def _tell(self, point: QPointF | None, *, strip: bool = False) -> None:
        """Say what cell lies at ``point`` of the array or the strip."""
        array = self._workspace.chip.array
        rows = array.bias_rows if strip else array.rows
        if point is None or not 0 <= point.y() < rows:
            self._hover.setText(self.tr("Point at a cell to read it."))
            return
        index, column = divmod(int(point.x() // 1), array.columns + _ARRAY_GAP)
        row = int(point.y())
        if not 0 <= index < array.count or column >= array.columns:
            self._hover.setText(self.tr("Point at a cell to read it."))
            return
        name = self.tr("bias row") if strip else self.tr("row")
        text = self.tr("column {0} · {1} {2}").format(column, name, row)
        patches, blocks = (self._bias, self._biased) if strip else (self._cells, self._blocks)
        found = patches.at(point)
        if found is not None and found >= len(blocks):
            text += " · " + self.tr("occupied")
        elif found is not None:
            text += " · " + self._describe(blocks[found], column, row, strip=strip)
        elif column < array.reserved_columns:
            text += " · " + self.tr("reserved")
        else:
            text += " · " + self.tr("free")
        self._hover.setText(text)

    def _describe(self, block: Block, column: int, row: int, *, strip: bool) -> str:
        top, cells = (block.bias_row, block.bias_cells) if strip else (block.row, block.cells)
        value = int(cells[row - top, column - block.column])
        output = block.first_column + column - block.column
        kind = self.tr("bias step") if strip else self.tr("weight")
        text = self.tr("{0} · output {1} · {2} {3}").format(block.layer, output, kind, value)
        if block.tile:
            text += " · " + self.tr("row tile {0}").format(block.tile)
        return text

    def _recolour(self) -> None:
        colours = theme.current()
        self.canvas.setBackground(colours.base)
        for plot in (self._main, self._strip):
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(QColor(colours.border))
                axis.setTextPen(QColor(colours.muted))
        self._refresh()


PANEL = Panel("array", str(QT_TRANSLATE_NOOP("Panel", "Array")), "right", Array)
