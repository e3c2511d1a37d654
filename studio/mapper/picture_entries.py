"""What the picture says of each block: number, layer, part, size and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.mapper.layout import Block, Layout

NONE = "–"


@dataclass(frozen=True)
class Entry:
    """One block as it is shown.

    ``number`` counts from 1 over all networks: the block's line in layers.txt where there is one
    network. ``colour`` counts layers, ``part`` tells a layer's blocks apart.
    """

    number: int
    network: int
    colour: int
    layer: str
    part: str
    block: Block

    @property
    def name(self) -> str:
        """Layer and part."""
        return f"{self.layer} · {self.part}" if self.part else self.layer

    @property
    def size(self) -> str:
        """Rows and columns."""
        return f"{self.block.rows} × {self.block.columns}"

    @property
    def details(self) -> tuple[str, ...]:
        """Part, size, gain, and what is stored more than once."""
        found = [*filter(None, [self.part]), self.size, f"G {self.block.gain}"]
        if self.block.copies > 1:
            found.append(f"{self.block.copies} copies")
        if self.block.points > 1:
            found.append(f"{self.block.points} points")
        return tuple(found)

    @property
    def bias(self) -> str:
        """First and last bias row."""
        first, count = self.block.bias_row, self.block.bias_rows
        return span(first, count) if count else NONE


def span(first: int, count: int) -> str:
    """First and last of ``count`` rows or columns; one number where they are the same."""
    return f"{first}..{first + count - 1}" if count > 1 else str(first)


def entries(layouts: Sequence[Layout]) -> tuple[Entry, ...]:
    """All blocks in the order of the networks and of execution."""
    found: list[Entry] = []
    colours: dict[tuple[int, str], int] = {}
    for network, layout in enumerate(layouts):
        parts = _parts(layout.blocks)
        for block, part in zip(layout.blocks, parts, strict=True):
            colour = colours.setdefault((network, block.layer), len(colours))
            entry = Entry(len(found) + 1, network, colour, clean(block.layer), part, block)
            found.append(entry)
    return tuple(found)


def _parts(blocks: Sequence[Block]) -> list[str]:
    """What tells each block from the others of its layer: matrix, row tile, outputs."""
    matrices: dict[str, int] = {}
    tiles: dict[tuple[str, int], int] = {}
    cuts: dict[tuple[str, int, int], int] = {}
    for block in blocks:
        layer, matrix, tile = block.layer, block.matrix, block.tile
        matrices[layer] = max(matrices.get(layer, 0), matrix + 1)
        tiles[layer, matrix] = max(tiles.get((layer, matrix), 0), tile + 1)
        cuts[layer, matrix, tile] = cuts.get((layer, matrix, tile), 0) + 1
    found = []
    for block in blocks:
        layer, matrix, tile = block.layer, block.matrix, block.tile
        words = []
        if matrices[layer] > 1:
            words.append(f"matrix {matrix + 1}/{matrices[layer]}")
        if tiles[layer, matrix] > 1:
            words.append(f"tile {tile + 1}/{tiles[layer, matrix]}")
        if cuts[layer, matrix, tile] > 1:
            words.append(f"outputs {span(block.first_column, block.width)}")
        found.append(" · ".join(words))
    return found


def clean(text: str) -> str:
    """Without signs that cannot be shown, or that an SVG must not hold."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
