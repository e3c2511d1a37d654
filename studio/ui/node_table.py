"""The checked network's nodes as a table."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.graph.network import Network
from studio.links import Links
from studio.ui import table
from studio.ui.columns import Columns, Copying
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.filter_bar import FilterBar
from studio.ui.widgets import muted, named, surface, verbatim
from studio.ui.workspace import Workspace

_ORIGIN = "nodes"


class NodeTable(QWidget):
    """The network in execution order, and the layer each node became.

    What is selected here is selected everywhere, and the other way round.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._stale = True
        self._following = False
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._build)
        self._head = verbatim(muted(named(QLabel(wordWrap=True), "summary")))
        self._head.setContentsMargins(12, 6, 12, 8)
        self.table = table.Table(
            table.RowsModel(
                [
                    table.Column("node", self.tr("Node")),
                    table.Column("op", self.tr("Operation")),
                    table.Column("inputs", self.tr("Inputs")),
                    table.Column("shape", self.tr("Output shape")),
                    table.Column("layer", self.tr("Layer"), self.tr("What it became on the chip")),
                ]
            )
        )
        self.table.setAccessibleName(self.tr("Nodes"))
        columns = Columns(self.table, "nodes")
        self.copying = Copying(self.table, columns)
        bar = FilterBar(self.table, self.tr("Find a node"), columns.menu)
        self.addAction(bar.find_action)
        page = surface(QWidget())
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(bar)
        inner.addWidget(self.table, 1)
        inner.addWidget(self._head)
        empty = EmptyState(
            "graph",
            self.tr("No nodes to list"),
            self.tr("The model's nodes appear here once it has been read without an error."),
        )
        self._stack = EmptyOrFull(empty, page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        workspace.network_changed.connect(self._refresh)
        workspace.qnetwork_changed.connect(self._refresh)
        workspace.selection_changed.connect(self._follow)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.rows.changed.connect(self._follow)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Make the rows of what came while the panel was hidden."""
        super().showEvent(event)
        self._build()

    def _refresh(self) -> None:
        self._stale = True
        self._stack.set_full(self._workspace.network is not None)
        if self.isVisible():
            self._later.start(0)

    def _build(self) -> None:
        network = self._workspace.network
        if not self._stale:
            return
        self._stale = False
        self.table.rows.set_rows(_rows(network, self._workspace.links) if network else [])
        if network is None:
            return
        dialect = (
            self.tr("weights are chip integers")
            if network.dialect == "integer"
            else self.tr("weights are floats")
        )
        self._head.setText(
            self.tr("{0} · {1} nodes · {2}").format(network.name, len(network.nodes), dialect)
        )

    def _on_selected(self) -> None:
        chosen = self.table.selectionModel().selectedRows()
        current = self.table.currentIndex()
        if not self._following and chosen and current.isValid():
            self._workspace.select_node(self.table.rows.row(current.row()).key, _ORIGIN)

    def _follow(self) -> None:
        selected = self._workspace.selected
        if selected.origin == _ORIGIN and self.table.selectionModel().hasSelection():
            return
        self._following = True
        self.table.select_keys(selected.nodes)
        self._following = False


def _rows(network: Network, links: Links) -> list[table.Row]:
    rows = []
    for node in network.nodes:
        inputs = [name for name in node.inputs if name and name not in network.constants]
        shape = network.shapes.get(node.outputs[0], ())
        cells: list[table.Cell] = [
            node.name,
            node.op,
            ", ".join(inputs),
            " × ".join(str(axis) for axis in shape),
            links.layers.get(node.name),
        ]
        rows.append(table.Row(node.name, cells))
    return rows
