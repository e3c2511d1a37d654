"""One form for the maker's recurrent cells and time-delay layers.

========= ========================================================================================
operator  form
========= ========================================================================================
Lstm      x, weights of i f o and of c, both biases; features, tables, scale_ioft, scale_ct,
          shift_bits (f c, i t, sum, output), reset_every
Gru       x, weights of z r and of n, both biases; or x, weights of z r, of n from h, of n from
          x, three biases; features, tables, scale_zr, scale_ht (and scale_in), scale_ones,
          shift_bits (r h, sum), reset_every
Gru2Array x, weights of x and of h, both biases; features, tables, scale_input, scale_hidden,
          scale_ones, hidden_shift_bit, shift_bits (r h, sum, (1 - z) n, z h), reset_every
Tdnn      x, weights, bias; features, scale_params, time_offsets ascending
========= ========================================================================================

``features`` is how many numbers a step of x has; tables are int16 arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from studio.graph.checks_cells import (
    DEFAULT_ONES,
    RESETS,
    shifts_of,
    tables_of,
    weights_of,
    whole_numbers,
)
from studio.graph.draft import Draft
from studio.graph.network import Attribute, Node
from studio.graph.shapes_cells import sizes_of

GAINS = {
    "Lstm": ("scale_ioft", "scale_ct"),
    "Gru": ("scale_zr", "scale_ht", "scale_in"),
    "Gru2Array": ("scale_input", "scale_hidden"),
}


def _number(node: Node, name: str, default: int) -> int:
    return (whole_numbers(node, name) or (default,))[0]


def _with_biases(node: Node, draft: Draft) -> tuple[str, ...]:
    """Inputs of a cell, zeros for the biases that were left out."""
    names, biases = weights_of(node)
    filled = []
    for name, bias in zip(names, biases, strict=True):
        columns = draft.shapes[name][1]
        values = draft.constants[bias].reshape(-1) if bias else np.zeros(columns, np.float32)
        plain = bias and draft.shapes[bias] == (columns,)
        filled.append(bias if plain else draft.constant(bias or f"{name}_bias", values))
    return (node.inputs[0], *names, *filled)


def _cell(node: Node, draft: Draft) -> list[Node]:
    names, _ = weights_of(node)
    features, _ = sizes_of(node, draft.shapes[names[0]])
    tables = []
    for table in tables_of(node):
        kept = np.trunc(table).astype(np.int16)
        kept.setflags(write=False)
        tables.append(kept)
    attributes: dict[str, Attribute] = {
        "features": features,
        "tables": tuple(tables),
        "shift_bits": shifts_of(node) or (),
        "reset_every": _number(node, RESETS[node.op], 0),
        **{name: _number(node, name, 0) for name in GAINS[node.op][: len(names)]},
    }
    if node.op != "Lstm":
        attributes["scale_ones"] = _number(node, "scale_ones", DEFAULT_ONES)
    if node.op == "Gru2Array":
        attributes["hidden_shift_bit"] = _number(node, "hidden_shift_bit", 0)
    return [replace(node, inputs=_with_biases(node, draft), attributes=attributes)]


def _tdnn(node: Node, draft: Draft) -> list[Node]:
    rows, columns = draft.shapes[node.inputs[1]]
    offsets = tuple(sorted(whole_numbers(node, "time_offsets") or (0,)))
    bias = np.zeros(columns, np.float32)
    if "bias_params" in node.attributes:
        bias = np.trunc(np.asarray(node.array("bias_params"), np.float64)).reshape(-1)
    attributes: dict[str, Attribute] = {
        "features": rows // len(offsets),
        "scale_params": _number(node, "scale_params", 0),
        "time_offsets": offsets,
    }
    name = draft.constant(f"{node.name}_bias", bias)
    return [replace(node, inputs=(*node.inputs[:2], name), attributes=attributes)]


RULES: Mapping[str, Callable[[Node, Draft], list[Node]]] = {
    "Gru": _cell,
    "Gru2Array": _cell,
    "Lstm": _cell,
    "Tdnn": _tdnn,
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "Gru": ("features", "tables", "scale_zr", "scale_ht", "scale_ones", "shift_bits"),
    "Gru2Array": ("features", "tables", "scale_input", "scale_hidden", "scale_ones", "shift_bits"),
    "Lstm": ("features", "tables", "scale_ioft", "scale_ct", "shift_bits"),
    "Tdnn": ("features", "scale_params", "time_offsets"),
}
