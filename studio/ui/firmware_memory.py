"""What the firmware takes of the chip's memories, and which parts of it take how much."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.firmware.image import Image, Part
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.table import Cell, Column, Row, RowsModel, Table
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace

_NARROWEST = 160  # pixels; less than the bars side by side ask for
_WIDE = 430  # pixels from which the three bars stand side by side
_TABLE = 100  # pixels; where there is less, bars and table scroll together
_MOST = 500  # rows; the rest of a large program is one more
_KIB = 1024
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter  # Chinese lines are higher
_TESTSET = "testset.c"  # generate.TESTSET, without its template library


class Bar(QWidget):
    """One memory: its name, how much is used and left, and a bar."""

    def __init__(self, title: str, explain: str) -> None:
        super().__init__()
        self._used = QLabel(alignment=_RIGHT)
        self._left = muted(QLabel())
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName(title)
        self.setToolTip(explain)
        head = QHBoxLayout()
        head.addWidget(QLabel(title))
        head.addWidget(self._used, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self._left)

    def show_bytes(self, used: int, limit: int) -> None:
        """Show ``used`` of ``limit`` bytes."""
        self.bar.setRange(0, limit)
        self.bar.setValue(min(used, limit))
        self._used.setText(self.tr("{0:.1f} of {1:.0f} KiB").format(used / _KIB, limit / _KIB))
        share = used / limit if limit else 0.0
        text = self.tr("{0:.0f} % · {1:.1f} KiB left")
        self._left.setText(text.format(100 * share, (limit - used) / _KIB))


class Memory(QWidget):
    """The bars, and a table of what takes the memory; a row opens its source."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self.setMinimumWidth(_NARROWEST)
        self._workspace = workspace
        self._places: dict[str, tuple[Path, int]] = {}
        self._shown: Image | None = None
        self._bars = (
            Bar(self.tr("Code"), self.tr("Program, tables and test samples, in code memory.")),
            Bar(self.tr("Data"), self.tr("Variables and the stack, in data memory.")),
            Bar(self.tr("NPU memory"), self.tr("Activations; tensors share what they can.")),
        )
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(12, 8, 12, 6)
        self._row.setSpacing(18)
        for bar in self._bars:
            self._row.addWidget(bar, 1)
        self._model = RowsModel(
            (
                Column("name", self.tr("Name")),
                Column("bytes", self.tr("Bytes"), numeric=True, text=_thousands),
                Column(
                    "share",
                    self.tr("Share"),
                    self.tr("Of what is used of its memory."),
                    numeric=True,
                    text=_percent,
                ),
                Column("what", self.tr("What")),
                Column("place", self.tr("Defined in")),
            )
        )
        self._table = named(Table(self._model), "parts")
        self._table.setAccessibleName(self.tr("What takes the memory"))
        self._table.activated.connect(self._open)
        self._table.setMinimumHeight(_TABLE)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row)
        column.addWidget(self._table, 1)
        column.addStretch()
        empty = EmptyState(
            "build",
            self.tr("No firmware yet"),
            self.tr("Build writes a C project, compiles it and shows what it takes."),
        )
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(surface(full))
        self._stack = EmptyOrFull(empty, scroll)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        workspace.image_changed.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Let the bars stand below each other where there is no room beside."""
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(across if wide else down)
        self._row.setSpacing(18 if wide else 6)

    def _show(self) -> None:
        image = self._workspace.image
        self._stack.set_full(image is not None)
        if image is None or image is self._shown:
            return
        self._shown = image
        sizes = image.sizes
        pairs = (
            (sizes.code, sizes.code_limit),
            (sizes.data, sizes.data_limit),
            (sizes.sram, sizes.sram_limit),
        )
        for bar, (used, limit) in zip(self._bars, pairs, strict=True):
            bar.show_bytes(used, limit)
        self._places.clear()
        rows = self._rows(image)
        self._model.set_rows(rows)
        self._table.setVisible(bool(rows))  # images of earlier versions name no parts

    def _rows(self, image: Image) -> list[Row]:
        """The parts, the stack, and what is neither."""
        sizes, stack = image.sizes, self._workspace.chip.memory.stack
        code = [part for part in image.parts if part.kind != "variable"]
        data = [part for part in image.parts if part.kind == "variable"]
        rows = [self._part(part, image, sizes.code) for part in code[:_MOST]]
        rows += [self._part(part, image, sizes.data) for part in data[:_MOST]]
        rest = sizes.code - sum(part.size for part in code[:_MOST])
        others = self.tr("Texts and padding")
        if image.parts and rest > 0:
            rows.append(Row("", (others, rest, rest / sizes.code, self.tr("Other"), None)))
        if image.parts and 0 < stack <= sizes.data:
            cells = (self.tr("Stack"), stack, stack / sizes.data, self.tr("Data"), "link.ld")
            rows.append(Row("", cells))
        return sorted(rows, key=lambda row: -_number(row.cells[1]))

    def _part(self, part: Part, image: Image, used: int) -> Row:
        what = {
            "function": self.tr("Function"),
            "constant": self.tr("Table"),
            "variable": self.tr("Variable"),
        }[part.kind]
        if part.kind == "constant" and part.file == _TESTSET:
            what = self.tr("Test samples")
        place = f"{part.file}:{part.line}" if part.file and part.line else None
        if place is not None:
            self._places[part.name] = (image.project / part.file, part.line)
        cells = (part.name, part.size, part.size / used if used else 0.0, what, place)
        return Row(part.name, cells)

    def _open(self, index: QModelIndex) -> None:
        found = self._places.get(self._model.row(index.row()).key)
        if found is not None:
            self._workspace.file_requested.emit(*found)


def _number(value: Cell) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _thousands(value: Cell) -> str:
    return f"{_number(value):,.0f}"


def _percent(value: Cell) -> str:
    return f"{100 * _number(value):.1f} %"
