"""What the firmware takes of the chip's memories, and which parts of it take how much."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from studio.firmware.image import Image, Part
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.firmware_tensors import Tensors
from studio.ui.table import Cell, Column, Row, RowsModel, Table
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import Workspace

_NARROWEST = 160  # pixels; less than the bars side by side ask for
_WIDE = 430  # pixels from which the three bars stand side by side
_TABLE = 100  # pixels; where there is less, bars and table scroll together
_MOST = 500  # rows; the rest of a large program is one more
_KIB = 1024
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter  # Chinese lines are higher
_REPORT = "memory.txt"
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
    """The bars; below, what takes the memory (a row opens its source), or where tensors lie."""

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
        self._tensors = Tensors(workspace)
        self._tables = QStackedWidget()
        self._tables.addWidget(self._table)
        self._tables.addWidget(self._tensors)
        self._tables.setMinimumHeight(_TABLE)
        self._switch = self._make_switch()
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row)
        column.addWidget(self._switch)
        column.addWidget(self._tables, 1)
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

    def _make_switch(self) -> QWidget:
        """Which of the tables is seen, and the report as a file."""
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 0, 8, 4)
        row.setSpacing(4)
        self._which = QButtonGroup(bar)
        for place, (name, text) in enumerate(
            (("show-parts", self.tr("Program")), ("show-tensors", self.tr("Tensors")))
        ):
            button = named(QToolButton(), name)
            button.setText(text)
            button.setProperty("role", "bar")
            button.setCheckable(True)
            self._which.addButton(button, place)
            row.addWidget(button)
        self._which.button(0).setChecked(True)
        self._which.idToggled.connect(self._choose)
        self._streamed = muted(QElidingLabel())
        row.addSpacing(6)
        row.addWidget(self._streamed, 1)
        self._report = named(QToolButton(), "memory-report")
        self._report.setText(self.tr("Open {0}").format(_REPORT))
        self._report.setToolTip(self.tr("The whole plan of the memories as a text file"))
        self._report.setProperty("role", "link")
        self._report.clicked.connect(self._open_report)
        self._report.hide()
        row.addWidget(self._report)
        return bar

    def _choose(self, place: int, on: bool) -> None:
        if on:
            self._tables.setCurrentIndex(place)
            self._report.setVisible(place == 1)
            self._show_streamed()

    def _show_streamed(self) -> None:
        """Say beside the tensors how much is copied; empty, the line keeps the buttons left."""
        image, text = self._shown, ""
        copied = sum(place.copied for place in image.tensors) if image is not None else 0
        if copied and self._which.checkedId() == 1:
            text = self.tr("{0:,} bytes streamed for each sample").format(copied)
        self._streamed.setText(text)
        self._streamed.setToolTip(text)

    def _open_report(self) -> None:
        if self._shown is not None:
            self._workspace.file_requested.emit(self._shown.project / _REPORT, 1)

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
        # Images of earlier versions name no parts and no tensors.
        self._tables.setVisible(bool(rows or image.tensors))
        self._switch.setVisible(bool(image.tensors))
        if not image.tensors:
            self._which.button(0).setChecked(True)
        self._tensors.set_image(image)
        self._show_streamed()

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
