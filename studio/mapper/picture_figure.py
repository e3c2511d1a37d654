"""The picture's figure: arrays with their bias strips, heading, colour bars and table.

Lengths are points (1/72 inch), from the figure's top left, down and to the right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from studio.chip.chip import Chip
from studio.mapper import picture_array, picture_table
from studio.mapper.layout import Layout
from studio.mapper.picture_entries import Entry, clean, entries, span
from studio.mapper.picture_labels import Box
from studio.mapper.picture_sheet import TICK, Norm, Norms, Sheet, style_ticks, write
from studio.mapper.picture_style import Ruler, Style
from studio.quantize.qnetwork import Int16

_LONG_SIDE = 645.12  # of one array; at 200 dots an inch a WTM2101's cell is one pixel
_PIXEL = 0.36  # one dot
_MARGIN = 25.2
_TITLE = 15.0
_FACTS = 8.5
_LEFT = 43.2  # row numbers
_RIGHT = 28.8  # names of the banks
_STRIP = 115.2
_STRIP_GAP = 14.4
_BELOW = 36.0  # column numbers
_BAR = 43.2  # colour bars
_SHOWN = 99  # percent of the values that are not 0 and have a colour of their own


def draw(networks: Sequence[tuple[str, Layout]], chip: Chip, style: Style, values: bool) -> Figure:
    """The whole picture. ``values`` shows what the cells hold instead of the layers' colours."""
    array, ruler = chip.array, Ruler()
    names = [clean(name) for name, _ in networks]
    layouts = [layout for _, layout in networks]
    found = entries(layouts)
    first = min((layout.first_column for layout in layouts), default=chip.array.reserved_columns)
    occupied = tuple(dict.fromkeys(own for layout in layouts for own in layout.occupied))
    smaller = 1.0 if array.count == 1 else 0.75 if array.count <= 4 else 0.5
    scale = smaller * _LONG_SIDE / max(array.rows, array.columns)
    across = array.count if array.count <= 4 else int(np.ceil(np.sqrt(array.count)))
    down = -(-array.count // across)
    box = Box(0, 0, array.columns * scale, array.rows * scale)
    strip = _snap(min(_STRIP, max(24.0, 7.2 * array.bias_rows)))
    name = 18.0 if array.count > 1 else 0.0
    one = Box(
        0,
        0,
        _snap(_LEFT + box.width + _RIGHT),
        _snap(name + box.height + _STRIP_GAP + strip + _BELOW),
    )
    bars = _BAR if values else 0.0
    body = Box(0, 0, across * one.width, down * one.height + bars)
    table = picture_table.table(found, names, len(occupied), body.height, ruler)
    width = _snap(2 * _MARGIN + body.width + 18 + table.width)
    facts = _wrap(_facts(found, networks, chip, first), width - 2 * _MARGIN, ruler)
    head = _snap(_MARGIN + 1.4 * _TITLE + len(facts) * 1.45 * _FACTS + 14)
    height = _snap(head + max(body.height, table.height) + _MARGIN)
    figure = Figure(figsize=(width / 72, height / 72), facecolor=style.page)
    points = Affine2D().scale(1 / 72, -1 / 72).translate(0, height / 72) + figure.dpi_scale_trans
    sheet = Sheet(figure, points, height, chip, first, occupied, style, ruler)
    _heading(sheet, names, facts)
    norms = _norms(found) if values else None
    for number in range(array.count):
        x = _MARGIN + number % across * one.width + _LEFT
        y = head + number // across * one.height + name
        if array.count > 1:
            write(sheet, x, y - 6, f"array {number}", 8.5, style.ink, weight="bold")
        area = Box(x, y, box.width, box.height)
        below = Box(x, y + box.height + _STRIP_GAP, box.width, strip)
        picture_array.draw(sheet, number, found, area, below, norms)
    if norms is not None:
        top = head + down * one.height + 4
        _bars(sheet, norms, Box(_MARGIN + _LEFT, top, box.width, 8))
    corner = _MARGIN + body.width + 18, head - 6
    picture_table.draw(table, corner, figure, points, style)
    return figure


def _snap(length: float) -> float:
    """The next whole number of PNG pixels, so that a cell's edge is a pixel's edge."""
    return float(np.ceil(length / _PIXEL - 1e-6) * _PIXEL)


def _facts(
    found: Sequence[Entry], networks: Sequence[tuple[str, Layout]], chip: Chip, first: int
) -> list[str]:
    """What the heading says, piece by piece."""
    uses = [layout.utilization for _, layout in networks]
    banks = [sum(parts) for parts in zip(*(use.banks for use in uses), strict=True)]
    layers = len({entry.colour for entry in found})
    texts = [
        chip.name,
        f"{layers} layer{'' if layers == 1 else 's'}",
        f"{len(found)} block{'' if len(found) == 1 else 's'}",
        f"{100 * sum(use.cells for use in uses):.1f} % of the array used",
    ]
    for bank, part in zip(chip.array.banks, banks, strict=False):
        texts.append(f"{bank.name} bank {100 * part:.1f} %")
    texts.append(f"bias strip {100 * sum(use.bias for use in uses):.1f} %")
    if first:
        texts.append(f"columns {span(0, first)} skipped")
    return texts


def _wrap(texts: Sequence[str], width: float, ruler: Ruler) -> list[str]:
    lines = [texts[0]]
    for text in texts[1:]:
        longer = f"{lines[-1]}  ·  {text}"
        if ruler.width(longer, _FACTS) * 1.06 <= width:
            lines[-1] = longer
        else:
            lines.append(text)
    return lines


def _heading(sheet: Sheet, names: Sequence[str], facts: Sequence[str]) -> None:
    room = (sheet.figure.get_figwidth() * 72 - 2 * _MARGIN) / _TITLE / 1.12
    title = sheet.ruler.shorten(", ".join(names), room)
    y = _MARGIN + _TITLE
    write(sheet, _MARGIN, y, title, _TITLE, sheet.style.ink, weight="bold")
    for number, line in enumerate(facts):
        below = y + (number + 1) * 1.45 * _FACTS + 4
        write(sheet, _MARGIN, below, line, _FACTS, sheet.style.muted)


def _norms(found: Sequence[Entry]) -> Norms:
    """The colours' ends, of weights and of bias cells; None where all cells are 0."""
    blocks = [entry.block for entry in found]
    return _norm([own.cells for own in blocks]), _norm([own.bias_cells for own in blocks])


def _norm(parts: Sequence[Int16]) -> Norm | None:
    """Colours from minus to plus what all but 1 % of the cells that are not 0 keep to.

    A few large values would leave no colour to the others.
    """
    sizes = [np.abs(cells[cells != 0].astype(np.int32)) for cells in parts]
    values = np.concatenate([np.zeros(0, np.int32), *sizes])
    if not values.size:
        return None
    end = float(np.percentile(values, _SHOWN, method="higher"))
    return Norm(CenteredNorm(0, end), beyond=bool(values.max() > end))


def _bars(sheet: Sheet, norms: Norms, box: Box) -> None:
    """One colour bar for the weights and one for the bias cells, side by side."""
    half = (box.width - 30) / 2
    for number, (norm, text) in enumerate(zip(norms, ("weight", "bias cell"), strict=True)):
        if norm is None:
            continue
        axes = sheet.axes(Box(box.x + number * (half + 30), box.y, half, box.height))
        mapped = ScalarMappable(norm.colours, colormaps[sheet.style.diverging])
        extend = "both" if norm.beyond else "neither"
        bar = sheet.figure.colorbar(mapped, cax=axes, orientation="horizontal", extend=extend)
        end = norm.colours.halfrange
        low, high = ("\u2264 ", "\u2265 ") if norm.beyond else ("", "")
        bar.set_ticks([-end, 0, end], labels=[f"{low}{-end:.0f}", "0", f"{high}{end:.0f}"])
        bar.outline.set_edgecolor(sheet.style.muted)
        bar.outline.set_linewidth(0.5)
        style_ticks(axes, sheet.style)
        label = f"{text}, steps" + (f" ({_SHOWN} % of the cells lie within)" if norm.beyond else "")
        axes.set_xlabel(label, size=TICK + 0.5, color=sheet.style.muted, labelpad=1)
