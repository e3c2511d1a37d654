"""The picture's table of blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Transform

from studio.mapper.picture_entries import NONE, Entry, clean, span
from studio.mapper.picture_style import Ruler, Style, occupied

_NAME = 150.0  # the widest column, in points
_GAP = 11.0  # between columns
_BETWEEN = 26.0  # between two parts of the table side by side
_MANY = 120  # blocks from which on the table is set smaller
_PARTS = 6  # the most parts side by side

# Heading, text, and whether the text stands at the column's right edge.
Column = tuple[str, Callable[[Entry], str], bool]


@dataclass(frozen=True)
class Table:
    """A table that is ready to be drawn: its lines, and how large it is in points.

    A line is an entry, the name of the network whose entries follow, or the number of blocks of
    earlier layouts.
    """

    lines: tuple[Entry | str | int, ...]
    columns: tuple[Column, ...]
    widths: tuple[float, ...]
    size: float
    parts: int
    part_lines: int

    @property
    def line_height(self) -> float:
        """Points from one line to the next."""
        return 1.55 * self.size

    @property
    def part_width(self) -> float:
        """Points of one part."""
        return sum(self.widths) + _GAP * (len(self.widths) - 1)

    @property
    def width(self) -> float:
        """Points of all parts."""
        return self.parts * (self.part_width + _BETWEEN) - _BETWEEN

    @property
    def height(self) -> float:
        """Points of the highest part, heading included."""
        return (self.part_lines + 1.4) * self.line_height


def table(
    found: Sequence[Entry], names: Sequence[str], earlier: int, height: float, ruler: Ruler
) -> Table:
    """Set the table in parts of about ``height`` points.

    ``names`` are those of the networks, ``earlier`` is the number of blocks that earlier layouts
    hold.
    """
    size = 7.5 if len(found) <= _MANY else 6.5
    columns = _columns(found)
    lines: list[Entry | str | int] = []
    for network, name in enumerate(names):
        own = [entry for entry in found if entry.network == network]
        if len(names) > 1:
            lines.append(clean(name))
        lines.extend(own)
    if earlier:
        lines.append(earlier)
    fit = max(1, int(height / (1.55 * size) - 1.4))
    parts = min(_PARTS, max(1, -(-len(lines) // fit)))
    widths = tuple(
        size * max(ruler.width(head), *(ruler.width(text(entry)) for entry in found), 0.0)
        for head, text, _ in columns
    )
    widths = (widths[0] + 1.7 * size, min(widths[1], _NAME), *widths[2:])
    return Table(tuple(lines), columns, widths, size, parts, max(1, -(-len(lines) // parts)))


def _columns(found: Sequence[Entry]) -> tuple[Column, ...]:
    columns: list[Column] = [
        ("", lambda entry: str(entry.number), True),
        ("layer", lambda entry: entry.name, False),
        ("rows × columns", lambda entry: entry.size, True),
        ("rows", lambda entry: span(entry.block.row, entry.block.rows), True),
        ("columns", lambda entry: span(entry.block.column, entry.block.columns), True),
        ("bias rows", lambda entry: entry.bias, True),
        ("G", lambda entry: str(entry.block.gain), True),
    ]
    if any(entry.block.array for entry in found):
        columns.insert(2, ("array", lambda entry: str(entry.block.array), True))
    if any(entry.block.copies > 1 for entry in found):
        columns.append(("copies", lambda entry: _times(entry.block.copies), True))
    if any(entry.block.points > 1 for entry in found):
        columns.append(("points", lambda entry: _times(entry.block.points), True))
    return tuple(columns)


def _times(count: int) -> str:
    return str(count) if count > 1 else NONE


def draw(
    own: Table, at: tuple[float, float], figure: Figure, points: Transform, style: Style
) -> None:
    """Draw the table with its top left at ``at``; ``points`` turns points into the figure's."""
    for part in range(own.parts):
        left = at[0] + part * (own.part_width + _BETWEEN)
        lines = own.lines[part * own.part_lines : (part + 1) * own.part_lines]
        _draw_part(own, lines, (left, at[1]), figure, points, style)


def _draw_part(
    own: Table,
    lines: Sequence[Entry | str | int],
    at: tuple[float, float],
    figure: Figure,
    points: Transform,
    style: Style,
) -> None:
    size, step, ruler = own.size, own.line_height, Ruler()

    def write(
        x: float, line: float, text: str, colour: str, right: bool = False, bold: bool = False
    ) -> None:
        figure.text(
            x,
            at[1] + line * step,
            text,
            transform=points,
            size=size,
            color=colour,
            ha="right" if right else "left",
            va="baseline",
            weight="bold" if bold else "normal",
        )

    edges = []  # left and right of each column
    left = at[0]
    for width in own.widths:
        edges.append((left, left + width))
        left += width + _GAP
    for (head, _, right), edge in zip(own.columns, edges, strict=True):
        write(edge[right], 0.7, head, style.muted, right)
    y = at[1] + 1.1 * step
    rule = Line2D([at[0], edges[-1][1]], [y, y], color=style.line, lw=0.8, transform=points)
    figure.add_artist(rule)
    if not lines:
        write(at[0], 2.1, "no blocks", style.muted)
    for number, entry in enumerate(lines):
        line = number + 2.1
        if isinstance(entry, str):
            short = ruler.shorten(entry, (edges[-1][1] - at[0]) / size / 1.1)
            write(at[0], line, short, style.ink, bold=True)
            continue
        corner = at[0], at[1] + line * step - 0.85 * size
        if isinstance(entry, int):
            figure.add_artist(Rectangle(corner, size, size, transform=points, **occupied(style)))
            blocks = "1 earlier block" if entry == 1 else f"{entry} earlier blocks"
            write(edges[1][0], line, f"occupied by {blocks}", style.ink)
            continue
        swatch = Rectangle(
            corner,
            size,
            size,
            facecolor=style.fills[entry.colour % len(style.fills)],
            edgecolor=style.edges[entry.colour % len(style.edges)],
            lw=0.8,
            transform=points,
        )
        figure.add_artist(swatch)
        for (head, text, right), edge in zip(own.columns, edges, strict=True):
            shown = text(entry)
            if head == "layer":
                shown = ruler.shorten(shown, (edge[1] - edge[0]) / size + 0.01)
            quiet = head not in {"", "layer"}
            write(edge[right], line, shown, style.muted if quiet else style.ink, right)
