"""A table of the layers: where each runs, how exact it is, what it costs."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.ui import layer_rows, table
from studio.ui.columns import Columns, Copying
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.filter_bar import FilterBar
from studio.ui.panel import Panel
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace

_ORIGIN = "layers"
_HIDDEN = ("rows", "single")


class Layers(QWidget):
    """One row a layer; what is selected here is selected everywhere, and the other way round.

    Rows are made when the panel is seen, and once for all that changes at a time.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._stale = True
        self._following = False
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._build)
        self.table = table.Table(table.RowsModel(layer_rows.columns()))
        self.table.setSelectionMode(table.Table.SelectionMode.ExtendedSelection)
        self.table.setAccessibleName(self.tr("Layers"))
        self.columns = Columns(self.table, "layers", _HIDDEN)
        self.copying = Copying(self.table, self.columns)
        self._bar = FilterBar(self.table, self.tr("Find a layer"), self.columns.menu)
        self.addAction(self._bar.find_action)
        self._advice = named(QLabel(wordWrap=True), "advice")
        self._advice.setProperty("role", "bad")
        self._advice.setTextFormat(Qt.TextFormat.PlainText)
        self._advice.setContentsMargins(12, 6, 12, 2)
        self._totals = muted(named(QLabel(wordWrap=True), "totals"))
        self._totals.setContentsMargins(12, 6, 12, 8)
        empty = EmptyState(
            "layers",
            self.tr("No layers yet"),
            self.tr("Deploy quantizes the model and lists every layer with its numbers."),
        )
        self._stack = EmptyOrFull(empty, self._page())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        for signal in (
            workspace.qnetwork_changed,
            workspace.layout_changed,
            workspace.comparison_changed,
            workspace.estimate_changed,
        ):
            signal.connect(self._refresh)
        workspace.selection_changed.connect(self._follow)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.rows.changed.connect(self._follow)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Make the rows of what came while the panel was hidden."""
        super().showEvent(event)
        self._build()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Show the swatches in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._refresh()

    def _page(self) -> QWidget:
        page = surface(QWidget())
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self.table, 1)
        column.addWidget(self._advice)
        column.addWidget(self._totals)
        return page

    def _refresh(self) -> None:
        self._stale = True
        self._stack.set_full(self._workspace.qnetwork is not None)
        if self.isVisible():
            self._later.start(0)

    def _build(self) -> None:
        if self._stale:
            self._stale = False
            self.table.rows.set_rows(layer_rows.rows(self._workspace))
            self._show_totals()

    def _show_totals(self) -> None:
        estimate = self._workspace.estimate
        seconds = estimate.seconds if estimate is not None else None
        joules = estimate.joules if estimate is not None else None
        parts = []
        if seconds:
            parts += [
                self.tr("{0:,.1f} µs for each sample").format(1e6 * seconds),
                self.tr("{0:,.0f} samples/s").format(1 / seconds),
            ]
        if joules is not None:
            parts.append(self.tr("{0:,.3f} µJ").format(1e6 * joules))
        self._totals.setText(self.tr("Estimate: {0}").format(" · ".join(parts)) if parts else "")
        self._totals.setVisible(bool(parts))

    def _on_selected(self) -> None:
        if self._following:
            return
        chosen = self.table.selectionModel().selectedRows()
        # Several rows are chosen to be copied; the current one of them is the selected layer.
        current = self.table.currentIndex()
        if chosen and current.isValid():
            self._workspace.select_layer(self.table.rows.row(current.row()).key, _ORIGIN)

    def _follow(self) -> None:
        selected = self._workspace.selected
        if selected.origin != _ORIGIN or not self.table.selectionModel().hasSelection():
            self._following = True
            self.table.select_keys((selected.layer,))
            self._following = False
        report = self._workspace.comparison
        found = report.layers if report is not None else ()
        advice = next((own.suggestion for own in found if own.name == selected.layer), "")
        self._advice.setText(f"{layer_rows.WEAK}  {advice}" if advice else "")
        self._advice.setVisible(bool(advice))


PANEL = Panel("layers", str(QT_TRANSLATE_NOOP("Panel", "Layers")), "center", Layers, order=2)
