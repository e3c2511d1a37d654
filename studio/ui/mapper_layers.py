"""The table of choices for single layers: bank, copies and points, edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QAbstractItemModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.mapper.options import LayerOptions
from studio.ui import bank_text, theme
from studio.ui.titles import ROOT, Title, TitledModel, of_rows
from studio.ui.widgets import literal
from studio.ui.workspace import Workspace

_Index = QModelIndex | QPersistentModelIndex
NAMES = ("layer", "bank", "copies", "points")
LISTED = 64  # numbers of points that are listed one by one
_NARROWEST = (96, 72, 66, 66)


@dataclass(frozen=True)
class LayerRow:
    """One layer: what is chosen for it, and what can be."""

    layer: str
    chosen: LayerOptions
    banks: tuple[str, ...]
    copies: tuple[int, ...]
    points: tuple[int, ...]

    def choices(self, name: str) -> tuple[str | int, ...]:
        """What ``name`` may be; a single one where there is no choice."""
        found: dict[str, tuple[str | int, ...]] = {
            "bank": self.banks,
            "copies": self.copies,
            "points": self.points,
        }
        return found.get(name, ())


def rows(workspace: Workspace) -> list[LayerRow]:
    """A row for each layer that lies on the array, in execution order."""
    from studio.mapper import copies  # noqa: PLC0415 - not needed before there is a network
    from studio.mapper.options import MapOptions, bank_rows, first_column  # noqa: PLC0415

    qnetwork, chip = workspace.qnetwork, workspace.chip
    if qnetwork is None:
        return []
    skipped = first_column(chip, MapOptions(skip_columns=workspace.options.skip_columns))
    banks = tuple(dict.fromkeys(("", *(bank.name for bank in chip.array.banks))))
    found = []
    for op in qnetwork.array_ops:
        if not any(op.stored()):
            continue
        chosen = workspace.options.layers.get(op.name, LayerOptions())
        gain = max(matrix.gain for matrix in op.matrices)
        times = [1 << n for n in range(16) if gain << n <= chip.arithmetic.gain_max]
        room = bank_rows(chip, chosen.bank if chosen.bank in banks else ""), chip.array.columns
        most = copies.most_points(op, qnetwork, chosen.copies, (room[0], room[1] - skipped))
        points = [*range(1, min(most, LISTED) + 1), *([most] if most > LISTED else [])]
        row = LayerRow(op.name, chosen, banks, tuple(times), tuple(points))
        found.append(_with_chosen(row))
    return found


def _with_chosen(row: LayerRow) -> LayerRow:
    """What is chosen can be chosen, even where it will be refused."""
    own = row.chosen
    return replace(
        row,
        banks=row.banks if own.bank in row.banks else (*row.banks, own.bank),
        copies=row.copies if own.copies in row.copies else (*row.copies, own.copies),
        points=row.points if own.points in row.points else (*row.points, own.points),
    )


class LayersModel(TitledModel):
    """Layers and their choices; ``edited`` carries layer, option and the new value."""

    edited = Signal(str, str, object)

    def __init__(self) -> None:
        super().__init__(
            (
                Title(_tr("Layer")),
                Title(_tr("Bank"), _explained("bank")),
                Title(_tr("Copies"), _explained("copies")),
                Title(_tr("Points"), _explained("points")),
            )
        )
        self._rows: Sequence[LayerRow] = ()

    def set_rows(self, rows: Sequence[LayerRow]) -> None:
        """Show other rows; the same layers with other choices keep selection and scrolling."""
        same = [row.layer for row in rows] == [row.layer for row in self._rows]
        if same and rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(NAMES) - 1))
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def row(self, number: int) -> LayerRow:
        """A row by its number."""
        return self._rows[number]

    def number(self, layer: str) -> int:
        """The row of a layer, -1 where there is none."""
        return next((n for n, row in enumerate(self._rows) if row.layer == layer), -1)

    def rowCount(self, parent: _Index = ROOT) -> int:  # noqa: N802  (Qt's name)
        """Layers; a table has no children."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Cells with more than one choice can be edited."""
        found = super().flags(index)
        if len(self._rows[index.row()].choices(NAMES[index.column()])) > 1:
            found |= Qt.ItemFlag.ItemIsEditable
        return found

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, value and looks of a cell; what is as always is quiet."""
        row, name = self._rows[index.row()], NAMES[index.column()]
        value = row.layer if name == "layer" else getattr(row.chosen, name)
        if role == Qt.ItemDataRole.EditRole:
            return value
        if role == Qt.ItemDataRole.DisplayRole:
            fixed = name == "points" and row.points == (1,)
            return "–" if fixed else text(name, value)
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(_tip(row, name))
        if name == "layer":
            return None
        usual = value == getattr(LayerOptions(), name)
        if role == Qt.ItemDataRole.ForegroundRole and usual:
            return QColor(theme.current().muted)
        if role == Qt.ItemDataRole.FontRole and not usual:
            return theme.sized(1.0, bold=True)
        return None

    def setData(  # noqa: N802  (Qt's name)
        self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Tell of a new choice; it is shown once the workspace has it."""
        row, name = self._rows[index.row()], NAMES[index.column()]
        if role != Qt.ItemDataRole.EditRole or value not in row.choices(name):
            return False
        if value != getattr(row.chosen, name):
            self.edited.emit(row.layer, name, value)
        return True


class _Choice(QStyledItemDelegate):
    """A combo box of what a cell may be; choosing an entry ends the editing."""

    def createEditor(  # noqa: N802  (Qt's name)
        self, parent: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> QWidget:
        """The list, with the name of what is edited for screen readers."""
        model = index.model()
        assert isinstance(model, LayersModel)
        row, name = model.row(index.row()), NAMES[index.column()]
        box = QComboBox(parent)
        box.setAccessibleName(f"{row.layer}: {model.headerData(index.column(), _ACROSS)}")
        for value in row.choices(name):
            box.addItem(text(name, value), value)
        box.activated.connect(self._on_chosen)
        return box

    def setEditorData(self, editor: QWidget, index: _Index) -> None:  # noqa: N802  (Qt's name)
        """Begin with what is chosen."""
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(  # noqa: N802  (Qt's name)
        self, editor: QWidget, model: QAbstractItemModel, index: _Index
    ) -> None:
        """Take the choice over."""
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentData(), Qt.ItemDataRole.EditRole)

    def _on_chosen(self) -> None:
        box = self.sender()
        if isinstance(box, QComboBox):
            self.commitData.emit(box)
            self.closeEditor.emit(box)


_ACROSS = Qt.Orientation.Horizontal


class LayersTable(QTableView):
    """The table; a click on a choice, or F2, opens its list."""

    def __init__(self, model: LayersModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Choice(self))
        of_rows(self)
        self.setAlternatingRowColors(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + theme.px(14))
        header = self.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(_NARROWEST):
            header.resizeSection(column, theme.px(width))
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)
            box = self.indexWidget(index) or self.findChild(QComboBox)
            if isinstance(box, QComboBox):
                box.showPopup()


def text(name: str, value: object) -> str:
    """A choice as it is shown."""
    if name != "bank":
        return str(value)
    return bank_text.short(str(value)) if value else _tr("any")


def _tip(row: LayerRow, name: str) -> str:
    if name == "layer":
        return row.layer
    if name == "points" and row.points == (1,):
        return _tr("This layer computes one position a round.")
    return _explained(name)


def _explained(name: str) -> str:
    return {
        "bank": _tr("The bank all of its blocks must lie in."),
        "copies": _tr(
            "How often each block is stored, one below the other: that averages noise out."
        ),
        "points": _tr("How many window positions one round computes, by copies side by side."),
    }[name]


def _tr(text: str) -> str:
    return QCoreApplication.translate("MapperLayers", text)
