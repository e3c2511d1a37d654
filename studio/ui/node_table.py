"""The checked network's nodes as a table."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.graph.network import Network
from studio.ui import table
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.widgets import muted, surface
from studio.ui.workspace import Workspace


class NodeTable(QWidget):
    """The checked network as a table, in execution order."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._head = QLabel()
        muted(self._head)
        self._model = table.RowsModel(
            [self.tr("Node"), self.tr("Operation"), self.tr("Inputs"), self.tr("Output shape")]
        )
        self._table = table.Table(self._model)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.addWidget(self._head)
        page = QWidget()
        surface(page)
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addLayout(head)
        inner.addWidget(self._table)
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
        self._refresh()

    def _refresh(self) -> None:
        network = self._workspace.network
        self._stack.set_full(network is not None)
        self._model.set_rows(_rows(network) if network else [])
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


def _rows(network: Network) -> list[list[table.Cell]]:
    rows: list[list[table.Cell]] = []
    for node in network.nodes:
        inputs = [name for name in node.inputs if name and name not in network.constants]
        shape = network.shapes.get(node.outputs[0], ())
        rows.append(
            [node.name, node.op, ", ".join(inputs), " × ".join(str(axis) for axis in shape)]
        )
    return rows
