"""One array of the picture with its bias strip below, on the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import CenteredNorm
from matplotlib.patches import Rectangle

from studio.chip.chip import Array
from studio.mapper.image import NOBODY, images
from studio.mapper.layout import Block
from studio.mapper.picture_entries import Entry
from studio.mapper.picture_labels import LINE, Box, Caption, Label, place
from studio.mapper.picture_sheet import TICK, Norms, Sheet, style_ticks, write
from studio.mapper.picture_style import Style, occupied
from studio.mapper.problem import Occupied
from studio.quantize.qnetwork import Int16, Int32


def draw(
    sheet: Sheet, number: int, found: Sequence[Entry], box: Box, strip: Box, norms: Norms | None
) -> None:
    """One array and its bias strip below, on the same columns."""
    array, style = sheet.chip.array, sheet.style
    own = [entry for entry in found if entry.block.array == number]
    cells, bias = sheet.axes(box), sheet.axes(strip)
    image = images([entry.block for entry in found], sheet.chip, number) if norms else None
    parts = (
        (cells, array.rows, image and (image.owner, image.value), _cells),
        (bias, array.bias_rows, image and (image.bias_owner, image.bias_value), _bias),
    )
    taken = [one for one in sheet.occupied if one.array == number]
    for index, (axes, rows, shown, box_of) in enumerate(parts):
        axes.set(xlim=(0, array.columns), ylim=(rows, 0))
        style_ticks(axes, style)
        axes.set_xticks(_ticks((0, array.columns), array.columns, box.width, 18))
        area = (box, strip)[index]
        captions = [_caption(entry, index) for entry in own]
        boxes = [box_of(entry.block) for entry in own]
        pairs = [(b, c, e) for b, c, e in zip(boxes, captions, own, strict=True) if b.height]
        held = [box for box in map(box_of, taken) if box.height]
        if shown and norms and (norm := norms[index]):
            _show(axes, shown, norm.colours, style)
        _skipped(axes, sheet, rows)
        _hold(axes, held, style)
        _fill(axes, pairs, style, plain=shown is None)
        scale = area.width / array.columns, area.height / rows
        scaled = [_scaled(b, scale) for b, _, _ in pairs]
        walls = [_scaled(b, scale) for b in held]
        walls += [] if index else [Box(0, y * scale[1] - 1, area.width, 2) for y in _between(array)]
        for label in place(scaled, [c for _, c, _ in pairs], area, sheet.ruler, walls):
            _label(axes, label, scale, style, backed=shown is not None)
    cells.tick_params(labelbottom=False)
    limits = [edge for bank in array.banks for edge in (bank.first_row, bank.last_row + 1)]
    cells.set_yticks(_ticks(limits, array.rows, box.height, 9))
    step = max(1, round(array.bias_rows * 12 / strip.height))
    marked = range(0, array.bias_rows, step)
    bias.set_yticks([row + 0.5 for row in marked], labels=[str(row) for row in marked])
    bias.hlines(range(1, array.bias_rows), 0, array.columns, colors=style.line, lw=0.4, zorder=0.5)
    size: dict[str, Any] = {"size": TICK + 0.5, "color": style.muted}
    cells.set_ylabel("row", labelpad=3, **size)
    bias.set_ylabel("bias row", labelpad=3, **size)
    cells.yaxis.set_label_coords(-34 / box.width, 0.5)
    bias.yaxis.set_label_coords(-34 / box.width, 0.5)
    bias.set_xlabel("column", labelpad=2, **size)
    _banks(sheet, cells, own, box)


def _cells(block: Block | Occupied) -> Box:
    """A block's cells, in cells."""
    return Box(block.column, block.row, block.columns, block.rows)


def _bias(block: Block | Occupied) -> Box:
    """A block's bias rows, in cells; of no height where it has none."""
    return Box(block.column, block.bias_row, block.columns, block.bias_rows)


def _scaled(box: Box, scale: tuple[float, float]) -> Box:
    return Box(box.x * scale[0], box.y * scale[1], box.width * scale[0], box.height * scale[1])


def _caption(entry: Entry, strip: int) -> Caption:
    one = entry.block.bias_rows == 1
    details = (f"bias row{'' if one else 's'} {entry.bias}",) if strip else entry.details
    return Caption(str(entry.number), entry.layer, details)


def _between(array: Array) -> list[int]:
    """Row limits of banks inside the array."""
    edges = {edge for bank in array.banks for edge in (bank.first_row, bank.last_row + 1)}
    return sorted(edges - {0, array.rows})


def _ticks(limits: Sequence[int], stop: int, length: float, gap: float) -> list[int]:
    """Limits, and multiples of 128 (of another power of two where those are too many or few)."""
    step = 128
    while stop / step < 4 and step > 1:
        step //= 2
    while stop / step > length / gap:
        step *= 2
    kept = sorted(set(limits))
    near = gap * stop / length
    return sorted(
        kept
        + [tick for tick in range(0, stop, step) if all(abs(tick - own) >= near for own in kept)]
    )


def _show(axes: Axes, shown: tuple[Int32, Int16], norm: CenteredNorm, style: Style) -> None:
    owner, value = shown
    axes.imshow(
        np.ma.masked_where(owner == NOBODY, value),
        cmap=style.diverging,
        norm=norm,
        aspect="auto",
        interpolation="none",
        extent=(0, owner.shape[1], owner.shape[0], 0),
    )


def _skipped(axes: Axes, sheet: Sheet, rows: int) -> None:
    """Hatch the columns that were not to be used, and rows that are in no bank."""
    array, style = sheet.chip.array, sheet.style
    kept = [(0, 0, sheet.first, rows)]
    if rows == array.rows:
        banks = sorted(array.banks, key=lambda bank: bank.first_row)
        edges = [0, *(e for bank in banks for e in (bank.first_row, bank.last_row + 1)), rows]
        kept += [(0, a, array.columns, b - a) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    for x, y, width, height in kept:
        if width and height:
            patch = Rectangle(
                (x, y), width, height, hatch="////", fill=False, ec=style.hatch, lw=0, zorder=0.4
            )
            axes.add_patch(patch)


def _hold(axes: Axes, held: Sequence[Box], style: Style) -> None:
    """Grey and hatched: what earlier layouts hold."""
    for box in held:
        axes.add_patch(
            Rectangle((box.x, box.y), box.width, box.height, zorder=1.5, **occupied(style))
        )


def _fill(
    axes: Axes, pairs: Sequence[tuple[Box, Caption, Entry]], style: Style, plain: bool
) -> None:
    """Blocks in their layers' colours; outlines only where values show."""
    patches = [Rectangle((b.x, b.y), b.width, b.height) for b, _, _ in pairs]
    colours = [entry.colour for _, _, entry in pairs]
    fills = [style.fills[c % len(style.fills)] for c in colours] if plain else "none"
    edges = [style.edges[c % len(style.edges)] for c in colours]
    collection = PatchCollection(
        patches, facecolors=fills, edgecolors=edges, linewidths=0.7 if plain else 1.2, zorder=2
    )
    axes.add_collection(collection)


def _label(
    axes: Axes, label: Label, scale: tuple[float, float], style: Style, backed: bool
) -> None:
    """Write a label, with a plate behind it where ``backed`` or beside its block."""
    box = label.box
    if label.leader:
        x, y = label.leader
        end_x = min(max(x, box.x), box.x + box.width)
        end_y = min(max(y, box.y), box.y + box.height)
        axes.plot(
            [x / scale[0], end_x / scale[0]], [y / scale[1], end_y / scale[1]],
            color=style.ink, lw=0.5, marker="o", markersize=1.8, markevery=[0], zorder=4,
        )  # fmt: skip
    if backed or label.leader:
        colour, alpha = (style.page, 0.88) if backed else (style.ground, 1.0)
        corner = ((box.x - 1) / scale[0], box.y / scale[1])
        size = ((box.width + 2) / scale[0], box.height / scale[1])
        axes.add_patch(Rectangle(corner, *size, fc=colour, alpha=alpha, lw=0, zorder=3))
    middle_x, middle_y = box.middle
    high = len(label.lines) * LINE * label.size
    for number, text in enumerate(label.lines):
        away = (number + 0.5) * LINE * label.size - high / 2 + 0.35 * label.size
        x, y = (middle_x + away, middle_y) if label.turned else (middle_x, middle_y + away)
        axes.text(
            x / scale[0], y / scale[1], text, size=label.size, color=style.ink, ha="center",
            va="baseline", rotation=90 if label.turned else 0, rotation_mode="anchor",
            zorder=5,
        )  # fmt: skip


def _banks(sheet: Sheet, axes: Axes, own: Sequence[Entry], box: Box) -> None:
    """A line between two banks, and each one's name and use to its right."""
    array, style = sheet.chip.array, sheet.style
    columns = array.columns - sheet.first
    for edge in _between(array):
        reach = 1 + 16 / box.width
        axes.axhline(edge, 0, reach, color=style.ink, lw=1.2, zorder=3, clip_on=False)
    for bank in array.banks:
        inside = [e.block for e in own if bank.first_row <= e.block.row <= bank.last_row]
        used = sum(block.rows * block.columns for block in inside) / (bank.rows * columns)
        room = bank.rows * box.height / array.rows - 6
        for text in (f"{bank.name} bank  {100 * used:.1f} % used", f"{bank.name} bank", bank.name):
            if sheet.ruler.width(text, 7.5) * 1.06 <= room:
                y = box.y + (bank.first_row + bank.rows / 2) * box.height / array.rows
                write(sheet, box.x + box.width + 11, y, text, 7.5, style.muted, rotation=90,
                       ha="center")  # fmt: skip
                break
