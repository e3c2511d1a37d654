"""Where each tensor lies in the chip's memories, from which layer to which, and what streams."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QModelIndex

from studio.firmware.image import Image, TensorPlace
from studio.ui.table import Cell, Column, Row, RowsModel, Table
from studio.ui.widgets import named
from studio.ui.workspace import Workspace

_ID = "firmware"


class Tensors(Table):
    """A row for each place; choosing one chooses the layer that writes it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(RowsModel(_columns()), fill_first=True)
        self._workspace = workspace
        self._layers: dict[str, str] = {}
        named(self, "tensors")
        self.setAccessibleName(self.tr("Where the tensors lie"))
        self.clicked.connect(self._select)
        self.activated.connect(self._select)

    def set_image(self, image: Image) -> None:
        """Show the tensors of ``image``."""
        self._layers = {place.name: place.first for place in image.tensors}
        self.rows.set_rows([self._row(place) for place in image.tensors])

    def _row(self, place: TensorPlace) -> Row:
        memory = self.tr("NPU") if place.memory == "sram" else self.tr("Data")
        first = self.tr("(input)") if place.first == "start" else place.first
        last = self.tr("(output)") if place.last == "end" else place.last
        cells: tuple[Cell, ...] = (
            place.name,
            memory,
            place.offset,
            place.size,
            first,
            last,
            place.copied or None,
        )
        tip = ""
        if place.shares:
            tip = self.tr("{0}; in the same bytes: {1}").format(place.name, ", ".join(place.shares))
        return Row(place.name, cells, sign="=" if place.shares else "", tip=tip)

    def _select(self, index: QModelIndex) -> None:
        layer = self._layers.get(self.rows.row(index.row()).key, "")
        if layer and layer != "start":
            self._workspace.select_layer(layer, _ID)


def _columns() -> list[Column]:
    return [
        Column("tensor", QCoreApplication.translate("Tensors", "Tensor")),
        Column("memory", QCoreApplication.translate("Tensors", "Memory")),
        Column(
            "offset",
            QCoreApplication.translate("Tensors", "From byte"),
            QCoreApplication.translate("Tensors", "Where it begins, from the start of the memory."),
            numeric=True,
            text=_thousands,
        ),
        Column(
            "bytes", QCoreApplication.translate("Tensors", "Bytes"), numeric=True, text=_thousands
        ),
        Column(
            "first",
            QCoreApplication.translate("Tensors", "Written by"),
            QCoreApplication.translate("Tensors", "From this layer on the bytes are its own."),
        ),
        Column(
            "last",
            QCoreApplication.translate("Tensors", "Last read by"),
            QCoreApplication.translate(
                "Tensors", "After this layer the bytes are free for others."
            ),
        ),
        Column(
            "streamed",
            QCoreApplication.translate("Tensors", "Streamed"),
            QCoreApplication.translate(
                "Tensors",
                "Bytes a sample that the layer writing it copies between data memory and"
                " the NPU's, because not everything fits there at once.",
            ),
            numeric=True,
            text=_thousands,
        ),
    ]


def _thousands(value: Cell) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
