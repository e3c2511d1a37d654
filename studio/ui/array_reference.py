"""The drawing, and the other layout over it or beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from studio.mapper.layout import Layout, Utilization
from studio.ui import array_compare
from studio.ui.array_item import Marks
from studio.ui.array_view import ArrayView
from studio.ui.widgets import muted, verbatim
from studio.ui.workspace import Workspace

_WIDE = 560  # device independent pixels: narrower ones lie one below the other


class Reference(QSplitter):
    """Holds the view; with a layout to compare with also a second one that moves along.

    ``is_same``: both layouts have the same blocks in the same places.
    """

    def __init__(self, workspace: Workspace, view: ArrayView) -> None:
        super().__init__()
        self._workspace = workspace
        self.view = view
        self.other: ArrayView | None = None
        self._titles = (verbatim(QLabel()), verbatim(QLabel()))
        self._named: tuple[str, ...] = ()
        self.is_same = False
        self.setChildrenCollapsible(False)
        self.addWidget(self._titled(self._titles[0], view))

    @property
    def use(self) -> Utilization | None:
        """How much the other layout uses."""
        reference, chip = self._workspace.reference_layout, self._workspace.chip
        if reference is None or not array_compare.fitting(reference, chip):
            return None
        layout = self._workspace.layout
        first = layout.first_column if layout is not None else chip.array.reserved_columns
        return array_compare.use(reference, chip, first)

    def show_reference(
        self, colours: dict[str, str], layout: Layout | None, *, beside: bool
    ) -> None:
        """Draw the other layout: alone where there is no other, else over or beside this one."""
        reference, chip = self._workspace.reference_layout, self._workspace.chip
        if reference is not None and not array_compare.fitting(reference, chip):
            reference = None
        both = reference is not None and layout is not None
        named = array_compare.names(reference, layout) if reference is not None else ()
        blocks = layout.blocks if layout is not None else ()
        self._named = tuple(named)
        self.is_same = False
        for plot in self.view.plots:
            rects = []
            if reference is not None and not (both and beside):
                # What lies where it lay needs no outline.
                here = {plot.space.area(b, strip=plot.strip).getRect() for b in blocks}
                areas = [plot.space.area(own, strip=plot.strip) for own in reference.blocks]
                pairs = zip(areas, named, strict=True)
                rects = [pair for pair in pairs if pair[0].getRect() not in here]
            plot.outlines.set_rects(rects)
        if both and reference is not None:
            self.is_same = array_compare.places(reference.blocks) == array_compare.places(blocks)
        shown = both and beside
        if shown and self.other is None:
            self._make_other()
        if (page := self.widget(1)) is not None:
            page.setVisible(shown)
        if shown and self.other is not None and reference is not None:
            for plot in self.other.plots:
                found = array_compare.patches(
                    reference, named, colours, plot.space, strip=plot.strip
                )
                plot.patches.set_patches(found)
        self._titles[0].setVisible(shown)
        self._titles[0].setText(self.tr("This layout"))
        if reference is not None:
            text = self.tr("Reference: {0}").format(array_compare.title(reference))
            self._titles[1].setText(text)

    def mark(self, layer: str) -> None:
        """Show the selected layer in the other layout too."""
        if self.other is not None:
            own = frozenset(n for n, name in enumerate(self._named) if layer and name == layer)
            self.other.set_marks(Marks(chosen=own))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Side by side where there is room for it."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        self.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def _make_other(self) -> None:
        self.other = ArrayView(self.view.space)
        self.other.setAccessibleName(self.tr("Layout to compare with"))
        self.other.cells.item.setXLink(self.view.cells.item)
        self.other.cells.item.setYLink(self.view.cells.item)
        self.addWidget(self._titled(self._titles[1], self.other))
        self.setSizes([1000, 1000])

    def _titled(self, title: QLabel, view: ArrayView) -> QWidget:
        page = QWidget()
        title.setContentsMargins(12, 0, 12, 4)
        muted(title)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(title)
        column.addWidget(view, 1)
        return page
