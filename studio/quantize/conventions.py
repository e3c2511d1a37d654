"""Readings of the maker's dialect that no public data settles, one named switch for each.

A grade tells how well a default is founded: [exact] reproduces all values of public reference
data, [stated] is in a public document of the maker, [inferred] is our best reading, [open] a
choice. H is a right shift that rounds half up, R the array's rounding (qnetwork.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

from studio.base.errors import StudioError

Real = npt.NDArray[np.float64]
TableIndex = Literal["double", "direct"]
Rounding = Literal["half up", "array", "floor"]
GateOrder = Literal["zr", "rz"]


@dataclass(frozen=True)
class Conventions:
    """Every field is a switch; its comment names the grade of the default and what it decides.

    ``act_lut_1024`` [open]: which of a 1024-entry ActLut table's entries belongs to v: "double"
    (2v) & 1023, "direct" v & 1023.
    ``cell_table_1024`` [exact on the data there are]: the same for tables of recurrent cells.
    ``scale_shift`` [inferred]: the rounding of a Scale of 2**-n, n < 8, not right behind an
    array operator.
    ``scale_large`` [open]: the same for n = 8..13.
    ``second_scale`` [open]: a Scale right behind an array operator's Scale: "after" computes R
    with the first, then the plain Scale with the second; "fused" computes R once with the
    product of both, where that is a gain of the chip, and otherwise as "after".
    ``bare_gain`` [open]: G of an array operator with no Scale behind it.
    ``scalar_rounding`` [inferred]: the rounding of a right shift in Scalar.
    ``batch_norm`` [open]: the rounding of a BatchNormalization with scale_in and scale_out.
    ``clear_low_bits`` [inferred]: where negative numbers go: "toward zero", or to the lower
    multiple with "floor".
    ``softmax_steps`` [inferred]: a Softmax gives uint8 in steps of 1/255, or int8 in 1/127.
    ``gru_gates`` [inferred]: the order of update gate z and reset gate r in the columns of a
    Gru with two matrices.
    ``gru_three_gates`` [open]: the same in a Gru with three matrices.
    ``gru_three_blend`` [open]: the new state of a Gru with three matrices: "keep" is
    (1 - z) n + z h, "replace" is z n + (1 - z) h.
    ``gru_three_hidden_weights`` [stated]: which of three matrices is the hidden part's, with
    scale_ht; the other one is the input part's, with scale_in.
    ``gru_mirrored`` [open]: whether a Gru with scale_ones 128 blends with its sign turned round,
    so that ties go down, as a Gru2Array does [exact].
    ``gru_hidden_shift`` [open]: the rounding of hidden_shift_bit in a Gru2Array.
    ``mixed_sum`` [open]: the low bytes' sums of MIX_MODE weights, from the array, and the high
    bytes', from the CPU, are added before R, or "apart": each goes through R first. A comment in
    the maker's tests reads like the latter.
    """

    act_lut_1024: TableIndex = "double"
    cell_table_1024: TableIndex = "double"
    scale_shift: Rounding = "half up"
    scale_large: Rounding = "array"
    second_scale: Literal["after", "fused"] = "after"
    bare_gain: int = 1024
    scalar_rounding: Rounding = "half up"
    batch_norm: Rounding = "half up"
    clear_low_bits: Literal["toward zero", "floor"] = "toward zero"
    softmax_steps: Literal[255, 127] = 255
    gru_gates: GateOrder = "zr"
    gru_three_gates: GateOrder = "zr"
    gru_three_blend: Literal["keep", "replace"] = "keep"
    gru_three_hidden_weights: Literal[2, 3] = 2
    gru_mirrored: bool = False
    gru_hidden_shift: Rounding = "half up"
    mixed_sum: Literal["before", "apart"] = "before"


def round_as(values: Real, how: Rounding) -> Real:
    """``values`` as whole numbers: floor(v + 1/2), floor(v), or R as the array rounds."""
    if how == "array":
        return np.floor((np.trunc(values * 4) + 2) / 4)
    return np.floor(values + (0.5 if how == "half up" else 0.0))


def of(choices: Mapping[str, str]) -> Conventions:
    """Conventions with the fields named in ``choices`` set to what their texts say.

    Raises StudioError that lists the names, or the values of one, for anything unknown.
    """
    hints = get_type_hints(Conventions)
    names = [field.name for field in fields(Conventions)]
    chosen = {}
    for name, text in choices.items():
        if name not in names:
            raise StudioError(
                f"there is no convention {name}", hint=f"Conventions: {', '.join(names)}."
            )
        kind = hints[name]
        values = get_args(kind) or ((True, False) if kind is bool else ())
        if values:
            known = {str(value).lower(): value for value in values}
            if text.lower() not in known:
                raise StudioError(
                    f"convention {name} cannot be {text}", hint=f"Values: {', '.join(known)}."
                )
            chosen[name] = known[text.lower()]
        elif text.isdecimal() and int(text) > 0:
            chosen[name] = int(text)
        else:
            raise StudioError(
                f"convention {name} cannot be {text}", hint="It is a whole number above 0."
            )
    return Conventions(**chosen)
