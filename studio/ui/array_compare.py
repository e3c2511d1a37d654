"""Another layout to look at: kept from before, or dropped as a layers.txt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from studio.chip.chip import Chip
from studio.mapper.layout import Block, Layout, Utilization
from studio.mapper.problem import Occupied
from studio.reference import ReferenceLayout
from studio.ui import theme
from studio.ui.array_item import Patch
from studio.ui.array_space import Space


def keep(layout: Layout) -> ReferenceLayout:
    """A layout as the one to compare with; it has no file."""
    return ReferenceLayout(
        path=Path(),
        blocks=tuple(
            Occupied(b.array, b.row, b.column, b.rows, b.columns, b.bias_row, b.bias_rows)
            for b in layout.blocks
        ),
        names=tuple(block.layer for block in layout.blocks),
        gains=tuple(block.gain for block in layout.blocks),
    )


def title(reference: ReferenceLayout) -> str:
    """What the other layout is called."""
    if reference.path == Path():
        return _tr("the layout kept before")
    folder = reference.path.parent
    return f"{folder.parent.name}/{folder.name}/{reference.path.name}".lstrip("/")


def use(reference: ReferenceLayout, chip: Chip, first_column: int) -> Utilization:
    """Used fractions, counted as metrics.utilization counts those of a layout."""
    array = chip.array
    columns = (array.columns - first_column) * array.count
    banks = [
        sum(b.rows * b.columns for b in reference.blocks if own.first_row <= b.row <= own.last_row)
        for own in array.banks
    ]
    bias = sum(block.bias_rows * block.columns for block in reference.blocks)
    return Utilization(
        cells=sum(banks) / (sum(bank.rows for bank in array.banks) * columns),
        banks=tuple(
            cells / (bank.rows * columns) for cells, bank in zip(banks, array.banks, strict=True)
        ),
        bias=bias / (array.bias_rows * columns),
    )


def names(reference: ReferenceLayout, layout: Layout | None) -> Sequence[str]:
    """The layers' names: a layers.txt of the same network has its blocks in the same order."""
    if layout is None or len(layout.blocks) != len(reference.blocks):
        return reference.names
    pairs = zip(layout.blocks, reference.blocks, strict=True)
    if all((a.rows, a.columns) == (b.rows, b.columns) for a, b in pairs):
        return [block.layer for block in layout.blocks]
    return reference.names


def places(blocks: Sequence[Block | Occupied]) -> set[tuple[int, ...]]:
    """Where blocks lie, and their bias rows."""
    return {(b.array, b.row, b.column, b.rows, b.columns, b.bias_row, b.bias_rows) for b in blocks}


def fitting(reference: ReferenceLayout, chip: Chip) -> bool:
    """Whether the layout lies on this chip at all."""
    array = chip.array
    return all(
        own.array < array.count
        and own.row + own.rows <= array.rows
        and own.column + own.columns <= array.columns
        and own.bias_row + own.bias_rows <= array.bias_rows
        for own in reference.blocks
    )


def patches(
    reference: ReferenceLayout,
    named: Sequence[str],
    colours: dict[str, str],
    space: Space,
    *,
    strip: bool,
) -> list[Patch]:
    """The other layout's blocks, in the colours of the layers of the same names."""
    other = theme.current().raised
    return [
        Patch(
            space.area(own, strip=strip),
            colours.get(name, other),
            (name,) if strip else (name, f"{own.rows} × {own.columns}"),
        )
        for own, name in zip(reference.blocks, named, strict=True)
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("ArrayCompare", text)
