"""The array of one chip: header, drawing, legend and the line about the cell pointed at."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout, QWidget

from studio.mapper.layout import Block
from studio.ui import array_colours, array_compare, array_text, theme
from studio.ui.array_actions import Actions, CompareMenu
from studio.ui.array_export import Export
from studio.ui.array_header import Header
from studio.ui.array_item import Marks, Patch
from studio.ui.array_labels import short
from studio.ui.array_legend import Legend
from studio.ui.array_move import Hand
from studio.ui.array_reference import Reference
from studio.ui.array_select import ID, Selection
from studio.ui.array_space import Space, Spot
from studio.ui.array_view import ArrayView
from studio.ui.widgets import literal, muted, named, surface
from studio.ui.workspace import Workspace

_LOW = 330  # device independent pixels; lower ones show no bars
_CELL_TEXT = 84  # letters that are usually said of a cell


class ArrayPage(QWidget):
    """Everything about the layout; built anew for another chip."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self._workspace = workspace
        self._kept = workspace.views.setdefault(ID, {"mode": "layer", "beside": False})
        self._spot: tuple[Spot | None, int | None] = (None, None)
        self._told = ""
        space = Space(workspace.chip.array)
        self.view = named(ArrayView(space), "array")
        self.view.setAccessibleName(self.tr("Layout of the array"))
        self.header = Header(workspace.chip)
        self.legend = Legend(self._show_accuracy)
        self.hover = QLabel()
        muted(self.hover)
        self.hover.setTextFormat(Qt.TextFormat.PlainText)
        self.hover.setWordWrap(True)
        self.hover.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.hover.setContentsMargins(12, 2, 12, 6)
        self.hand = Hand(workspace, self.view)
        self.selection = Selection(workspace, self.view, self.hand)
        self.actions_ = Actions(self.view, self.hand, self.selection.zoom)
        self.reference = Reference(workspace, self.view)
        self.compare = CompareMenu(
            self.header.compare,
            {
                "keep": self._keep,
                "open": self._open,
                "style": self._on_style,
                "drop": self._drop,
            },
        )
        self.export = Export(workspace, self.header.export, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.reference, 1)
        column.addWidget(self.legend)
        column.addWidget(self.hover)
        self._connect()
        self.header.set_mode(self._kept["mode"])
        self.compare.beside.setChecked(self._kept["beside"])
        self.refresh()

    def _connect(self) -> None:
        workspace, view, hand = self._workspace, self.view, self.hand
        workspace.layout_changed.connect(self.refresh)
        workspace.reference_changed.connect(self.refresh)
        workspace.options_changed.connect(self._mark)
        workspace.comparison_changed.connect(self._on_figures)
        workspace.study_changed.connect(self._on_figures)
        self.header.mode_changed.connect(self._on_mode)
        view.pointed.connect(self._on_pointed)
        view.nudged.connect(hand.nudge)
        self.selection.changed.connect(self._mark)
        hand.told.connect(self._tell)
        hand.marked.connect(self._mark)
        view.cells.heat.changed.connect(self._show_legend)

    # -- what is shown

    @property
    def _blocks(self) -> tuple[Block, ...]:
        layout = self._workspace.layout
        return layout.blocks if layout is not None else ()

    def refresh(self) -> None:
        """Draw the workspace's layout, and the one to compare with."""
        workspace = self._workspace
        self.compare.update(
            layout=workspace.layout is not None, reference=workspace.reference_layout is not None
        )
        # What the mouse pointed at may have moved away under it.
        self._spot = (None, None)
        self._colour()
        layout, other = workspace.layout, self.reference.use
        own = layout.utilization if layout is not None else None
        self.header.show_use(own, other, same=self.reference.is_same)
        self.selection.follow()

    def _colour(self) -> None:
        """Fill both plots in the mode's colours."""
        mode, layout = self.header.mode, self._workspace.layout
        self._scale = array_colours.of(mode, self._workspace)
        values = mode == "value"
        for plot in self.view.plots:
            plot.patches.set_patches(self._patches(strip=plot.strip))
            plot.values.setVisible(values)
            cells = [b.bias_cells if plot.strip else b.cells for b in self._blocks]
            plot.heat.set_blocks([own for own in cells if own.size] if values else [])
            if values:
                plot.heat.set_colours(array_colours.diverging())
            areas = [self.view.space.area(b, strip=plot.strip) for b in self._blocks]
            pairs = zip(areas, cells, strict=True)
            plot.values.set_places([pair for pair in pairs if pair[1].size] if values else [])
        colours = array_colours.of("layer", self._workspace).colours
        self.reference.show_reference(dict(colours), layout, beside=self._kept["beside"])
        self.export.values = values
        self._show_legend()

    def _patches(self, *, strip: bool) -> list[Patch]:
        """The blocks, and after them what earlier layouts hold; the same order in both plots."""
        scale, area = self._scale, self.view.space.area
        heat = self.header.mode == "value"
        found, names = [], short(own.layer for own in self._blocks)
        for own in self._blocks:
            plain = "" if heat else theme.current().border
            colour = scale.colours.get(own.layer, plain)
            text = scale.texts.get(own.layer)
            size = f"{own.rows} × {own.columns}"
            name = names[own.layer]
            lines = (name,) if strip else (name, *filter(None, [text]), size)
            found.append(Patch(area(own, strip=strip), colour, lines))
        held = self._workspace.layout.occupied if self._workspace.layout is not None else ()
        lines = (self.tr("occupied"),)
        found += [Patch(area(own, strip=strip), "", lines, hatched=True) for own in held]
        return found

    def _show_legend(self) -> None:
        scale, heat, bias = self._scale, self.view.cells.heat, self.view.strip.heat
        ends, note = (scale.low, scale.high), ""
        if self.header.mode == "value":
            ends = (f"{-heat.end}", f"{heat.end}") if heat.end else ("", "")
            if bias.end and any(own.bias_rows for own in self._blocks):
                note = self.tr("bias steps {0} to {1}").format(-bias.end, bias.end)
        self.legend.show_scale(scale, ends, note)

    def _mark(self) -> None:
        """Show what is selected, pinned, lifted and pointed at."""
        hand, layer = self.hand, self._workspace.selected.layer
        # A recurrent cell's blocks bear the names of the layers inside it.
        layers = self._workspace.links.inside.get(layer, (layer,)) if layer else ()
        chosen = [n for n, own in enumerate(self._blocks) if own.layer in layers]
        marks = Marks(
            hover=self._spot[1],
            current=hand.current,
            lifted=hand.lifted,
            chosen=frozenset(chosen),
            pinned=hand.pinned,
            blocked=hand.blocked,
        )
        self.view.set_marks(marks)
        self.reference.mark(layer)
        if hand.current is None:
            self.view.mark_edges(None, None)
        else:
            block, area = self._blocks[hand.current], self.view.space.area
            self.view.mark_edges(area(block), area(block, strip=True))
        self.actions_.update()
        self._say()

    # -- telling

    def _on_pointed(self, spot: Spot | None, index: int | None) -> None:
        if self.hand.is_dragging:
            return
        self._told = ""
        before, self._spot = self._spot, (spot, index)
        if before[1] != index or self.hand.blocked:
            self.hand.blocked = frozenset()
            self._mark()
        self._say()

    def _tell(self, text: str) -> None:
        self._told = text
        self._say()

    def _say(self) -> None:
        """In the order of what matters: a move, the cell pointed at, the selected block, a hint."""
        spot, index = self._spot
        current, blocks = self.hand.current, self._blocks
        own = ""
        if current is not None and current < len(blocks):
            own = array_text.block(blocks[current], pinned=current in self.hand.pinned)
        if self.view.accessibleDescription() != own:
            self.view.setAccessibleDescription(own)
        if self._told:
            text = self._told
        elif spot is not None:
            text = array_text.place(spot, self._workspace) + " · " + self._what(spot, index)
        else:
            text = own or self.tr("Point at a cell to read it; drag a block to move it.")
        self.hover.setText(text)
        self.hover.setToolTip(literal(text))

    def _what(self, spot: Spot, index: int | None) -> str:
        if index is not None and index < len(self._blocks):
            return array_text.cell(self._blocks[index], spot, self._workspace)
        if index is not None:
            return self.tr("occupied")
        if spot.column < self._workspace.chip.array.reserved_columns:
            return self.tr("reserved")
        return self.tr("free")

    # -- the header's buttons and the window

    def _on_mode(self, mode: str) -> None:
        self._kept["mode"] = mode
        self._colour()
        self._mark()

    def _on_figures(self) -> None:
        if self.header.mode in ("snr", "cosine", "noise"):
            self._colour()
            self._mark()

    def _show_accuracy(self) -> None:
        self._workspace.panel_requested.emit("accuracy")

    def _keep(self) -> None:
        if self._workspace.layout is not None:
            self._workspace.set_reference(array_compare.keep(self._workspace.layout))

    def _open(self) -> None:
        dialog = named(QFileDialog(self, self.tr("Open a layout")), "open")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Layouts (*.txt)"))
        out = self._workspace.out
        dialog.setDirectory(str(out if out is not None and out.is_dir() else Path.home()))
        dialog.fileSelected.connect(self._offer)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _offer(self, file: str) -> None:
        self._workspace.files_offered.emit([file])

    def _drop(self) -> None:
        self._workspace.set_reference(None)

    def _on_style(self) -> None:
        self._kept["beside"] = self.compare.beside.isChecked()
        self._colour()
        self._mark()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Leave the drawing its room in a small dock."""
        super().resizeEvent(event)
        self.header.show_parts(self.height() >= _LOW)
        self._fit_hover()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw again in the new theme's colours, or font."""
        super().changeEvent(event)
        kinds = (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if event.type() in kinds and hasattr(self, "export"):
            self.view.recolour()
            if self.reference.other is not None:
                self.reference.other.recolour()
            self._colour()
            self._mark()
            self._fit_hover()

    def _fit_hover(self) -> None:
        """As many lines as the usual text needs, always, so that nothing jumps."""
        metrics = self.hover.fontMetrics()
        line, room = metrics.lineSpacing(), max(1, self.width() - 24)
        needed = -(-metrics.horizontalAdvance("0") * _CELL_TEXT // room)
        lines = 1 if self.height() < _LOW else max(1, min(3, needed))
        self.hover.setFixedHeight(lines * line + 10)
