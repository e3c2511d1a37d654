"""A table of the layers: what runs on the array, where, and what runs on the CPU."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.mapper.layout import Layout
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QOp
from studio.ui import table, theme
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.panel import Panel
from studio.ui.workspace import Workspace


class Layers(QWidget):
    """One row a matrix on the array, one row each operation on the CPU."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._model = table.RowsModel(
            [
                self.tr("Layer"),
                self.tr("Operation"),
                self.tr("Matrix"),
                self.tr("Rows"),
                self.tr("Blocks"),
                self.tr("k"),
                self.tr("Gain"),
                self.tr("Input"),
                self.tr("Output"),
            ]
        )
        self._table = table.Table(self._model)
        empty = EmptyState(
            "layers",
            self.tr("No layers yet"),
            self.tr("Deploy quantizes the model and lists every layer with its numbers."),
        )
        self._stack = EmptyOrFull(empty, self._table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        workspace.qnetwork_changed.connect(self._refresh)
        workspace.layout_changed.connect(self._refresh)
        self._refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Show the swatches in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._refresh()

    def _refresh(self) -> None:
        network = self._workspace.qnetwork
        self._stack.set_full(network is not None)
        if network is None:
            self._model.set_rows([])
            return
        layout = self._workspace.layout
        palette = theme.current().layers
        rows: list[list[table.Cell]] = []
        colours: list[str] = []
        on_array = 0
        for op in network.walk():
            if not isinstance(op, ArrayOp):
                rows.append(_cpu_row(op, network, self.tr("CPU")))
                colours.append("")
                continue
            for index, matrix in enumerate(op.matrices):
                rows.append(_matrix_row(op, index, matrix, network, layout))
                colours.append(palette[on_array % len(palette)])
            on_array += 1
        self._model.set_rows(rows, colours)


def _matrix_row(
    op: ArrayOp, index: int, matrix: Matrix, network: QNetwork, layout: Layout | None
) -> list[table.Cell]:
    blocks = [
        block
        for block in (layout.blocks if layout else ())
        if (block.layer, block.matrix) == (op.name, index)
    ]
    name = op.name if len(op.matrices) == 1 else f"{op.name} [{index}]"
    return [
        name,
        _kind(op),
        f"{matrix.inputs} × {matrix.columns}",
        sum(matrix.rows(tile) for tile in matrix.tiles),
        len(blocks) if layout else None,
        max(block.bias_rows for block in blocks) if blocks else None,
        matrix.gain,
        matrix.encoding,
        _shape(network, op.output),
    ]


def _cpu_row(op: QOp, network: QNetwork, place: str) -> list[table.Cell]:
    kind = f"{type(op).__name__.removesuffix('Op')} · {place}"
    return [op.name, kind, *([None] * 6), _shape(network, op.output)]


def _kind(op: ArrayOp) -> str:
    width, height = op.kernel
    kind = "Dense" if (width, height) == (1, 1) else f"Conv {width} × {height}"
    return kind + (" + Relu" if op.relu else "")


def _shape(network: QNetwork, tensor: str) -> str:
    return " × ".join(str(axis) for axis in network.tensors[tensor].shape)


PANEL = Panel("layers", str(QT_TRANSLATE_NOOP("Panel", "Layers")), "center", Layers)
