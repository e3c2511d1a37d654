"""What is said of layouts: use of the array, blocks short of bias rows, the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from studio.chip.chip import Chip
from studio.mapper import words
from studio.mapper.layout import Block, Layout

NAMED = 6  # blocks short of bias rows that are named in text; the tree has all


def short_blocks(layouts: Sequence[Layout], wanted: int) -> list[Block]:
    """Blocks with a bias and fewer bias rows than wanted."""
    blocks = [block for layout in layouts for block in layout.blocks]
    return [block for block in blocks if 0 < block.bias_rows < wanted]


def lines(layouts: Sequence[Layout], chip: Chip, wanted: int) -> list[str]:
    """Lines for people about the layouts that share ``chip``; ``wanted`` bias rows a block."""
    use, search = _use(layouts, chip), layouts[0].search
    banks = ", ".join(f"{name} {_percent(part)}" for name, part in use["banks"].items())
    found = [f"Array use {_percent(use['cells'])} ({banks}), bias strip {_percent(use['bias'])}"]
    if chip.array.count > 1:
        least = f", at least {search.least_arrays} needed" if search.least_arrays else ""
        found.append(f"Arrays: {search.arrays} of {chip.array.count} used{least}")
    if earlier := len(layouts[0].occupied):
        found.append(f"Stayed clear of {earlier} earlier block{'' if earlier == 1 else 's'}")
    short = short_blocks(layouts, wanted)
    if short:
        named = ", ".join(
            f"{words.part(block)} {block.bias_rows} of {wanted}" for block in short[:NAMED]
        )
        more = f" and {len(short) - NAMED} more" if len(short) > NAMED else ""
        found.append(f"Fewer bias rows than wanted: {named}{more}")
    seconds = search.seconds
    time = f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"
    tries = "1 layout" if search.tries == 1 else f"{search.tries} layouts"
    found.append(f"Search: {search.method}, {tries} tried in {time}")
    if search.proof:
        found.append(("Best possible: " if search.optimal else "Not proved best: ") + search.proof)
    return found


def tree(layouts: Sequence[Layout], chip: Chip, wanted: int) -> dict[str, Any]:
    """The same for programs."""
    use = _use(layouts, chip)
    return {
        "blocks": sum(len(layout.blocks) for layout in layouts),
        "utilization": use["cells"],
        "utilization_banks": use["banks"],
        "utilization_bias": use["bias"],
        "arrays": chip.array.count,
        "earlier_blocks": len(layouts[0].occupied),
        "short_blocks": [
            {
                "layer": block.layer,
                "matrix": block.matrix,
                "tile": block.tile,
                "first_column": block.first_column,
                "bias_rows": block.bias_rows,
                "wanted": wanted,
            }
            for block in short_blocks(layouts, wanted)
        ],
        "search": asdict(layouts[0].search),
    }


def _use(layouts: Sequence[Layout], chip: Chip) -> dict[str, Any]:
    """Used fractions, all layouts added: of the same cells, since they share the chip."""
    used = [layout.utilization for layout in layouts]
    names = [bank.name for bank in chip.array.banks]
    parts = [sum(bank) for bank in zip(*(own.banks for own in used), strict=True)]
    return {
        "cells": sum(own.cells for own in used),
        "banks": dict(zip(names, parts, strict=True)),
        "bias": sum(own.bias for own in used),
    }


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.2f} %"
