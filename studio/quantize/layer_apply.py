"""What layer options do to the numbers of a QNetwork (OPS.md, Layer options).

With input_shift n and weight_shift w a matrix computes
sat8(R((x * 2**n) @ (W * 2**w) + b * 2**(n + w)) / (G * 2**(n + w))), which is the same number
unless an input or a weight saturates. ``front_scale`` f lets the layer before deliver f of the
n doublings, by its gain G >> f: the maker's release notes call this enlarging the input through
the previous layer's G. Such a layer saturates f bits earlier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from studio.base.errors import FitError, StudioError
from studio.chip.chip import Chip
from studio.quantize.conventions import Conventions
from studio.quantize.layer_front import front_scales
from studio.quantize.layer_options import LayerChoice, LayerChoices
from studio.quantize.matrix import WIDEST, excess, plain_bias, retiled
from studio.quantize.qnetwork import (
    ArrayOp,
    Encoding,
    Matrix,
    QNetwork,
    QOp,
    QTensor,
    RecurrentOp,
)

# Doubled weights have 9 bits and a sign, so that -256 has no mirror image (OPS.md, stated).
DOUBLED_MIRROR_MAX = 255


def apply(
    network: QNetwork,
    given: LayerChoices,
    chip: Chip,
    tile_rows: int | None = None,
    conventions: Conventions | None = None,
) -> QNetwork:
    """The network with all choices applied; matrices are tiled anew where they change.

    Weights that only a cell holds are clipped to the chip's range. Raises StudioError for names
    and combinations that make no sense and for gains out of range, FitError for biases of a float
    model that the strip cannot hold; an integer model's can still be simulated.
    """
    choices = given.of(network)
    fronts = front_scales(network, choices, given.source)
    notes: list[str] = [*network.notes]
    changed: dict[str, ArrayOp] = {}
    strict = not network.integer
    for op in network.array_ops:
        choice = choices.get(op.name, LayerChoice(op.trace or op.name))
        notes += [f"{choice.layer}: {text}" for text in choice.ignored]
        front = fronts.gains.get(op.name, 0)
        check(op, choice, network, chip, given.source)
        source = network.tensors[op.input]
        matrices = tuple(
            _matrix(own, choice, front, source, chip, tile_rows, given.source, notes, strict)
            for own in op.matrices
        )
        if (conventions or Conventions()).mixed_sum == "apart":
            matrices = tuple(replace(own, apart=own.store == "mixed") for own in matrices)
        if any(new is not old for new, old in zip(matrices, op.matrices, strict=True)):
            changed[op.name] = replace(op, matrices=matrices)
    tensors = dict(network.tensors)
    if not network.integer:
        for name, doublings in fronts.tensors.items():
            tensors[name] = replace(tensors[name], scale=tensors[name].scale / 2**doublings)
    ops = _replaced(network.ops, changed)
    return replace(network, ops=ops, tensors=tensors, notes=tuple(dict.fromkeys(notes)))


def _replaced(ops: tuple[QOp, ...], changed: Mapping[str, ArrayOp]) -> tuple[QOp, ...]:
    return tuple(
        replace(op, body=_replaced(op.body, changed))
        if isinstance(op, RecurrentOp)
        else changed.get(op.name, op)
        for op in ops
    )


def check(op: ArrayOp, choice: LayerChoice, network: QNetwork, chip: Chip, where: str) -> None:
    """Raise StudioError for combinations that have no meaning for the layer."""

    def need(condition: bool, text: str, hint: str) -> None:
        if not condition:
            raise StudioError(f"layer {choice.layer}: {text}", hint=hint, where=where)

    digital = choice.store == "digital"
    for name, value in (
        ("signed_input", choice.signed_input),
        ("region", choice.region),
        ("multiple", choice.multiple),
        ("repeat", choice.repeat > 1),
        ("multi_point", choice.points > 1),
    ):
        need(
            not (digital and value),
            f"DIG_MODE leaves nothing on the array that {name} could change",
            f"Leave {name} out, or use MIX_MODE.",
        )
    many = len(chip.array.banks)
    need(choice.region <= many, f"region {choice.region}, but the chip has {many} banks", "Use 0.")
    width, height, _ = network.tensors[op.output].shape
    need(
        choice.points < 2 or width * height > 1,
        "multi_point is for convolutions, and this layer has one window position only",
        "Leave multi_point out; doubleWeightOpti works for every layer.",
    )
    inputs = max(matrix.inputs for matrix in op.matrices)
    need(
        choice.points < 2 or not 0 < choice.signed_input < inputs,
        f"multi_point needs all inputs encoded alike, signed_input is {choice.signed_input}"
        f" of {inputs}",
        f"Use signed_input {inputs} (PN for all) or -1 (+128 for all), or leave multi_point out.",
    )
    source = network.tensors[op.input]
    need(
        choice.signed_input == 0
        or choice.signed_input >= inputs
        or source.high <= chip.arithmetic.output_max,
        f"signed_input {choice.signed_input} adds 128 to inputs that reach {source.high}",
        f"Use signed_input {inputs} (PN for all), or samples of -128..127.",
    )


def _matrix(
    matrix: Matrix,
    choice: LayerChoice,
    front: int,
    source: QTensor,
    chip: Chip,
    tile_rows: int | None,
    where: str,
    notes: list[str],
    strict: bool,
) -> Matrix:
    """One matrix with the choice; ``front`` bits of its gain go to the layers behind."""
    layer = matrix.name
    store = matrix.store if choice.store == "analog" else choice.store
    most = WIDEST if store != "analog" else chip.array.weight_clip
    peak = int(np.abs(matrix.weights.astype(np.int32)).max(initial=0))
    if choice.plain and not front and peak <= most:
        return matrix
    doublings = choice.input_shift + choice.weight_shift
    gain = _gain(matrix, choice, front, chip, where)
    wide = matrix.weights.astype(np.int64) << choice.weight_shift
    kept = np.clip(wide, -most, most).astype(np.int16)
    if (count := int(np.count_nonzero(kept != wide))) > 0:
        notes.append(f"{layer}: {count} weights beyond +-{most} were clipped.")
    kept.setflags(write=False)
    encoding, signed = _encoding(matrix, choice, source, notes)
    mirror = matrix.mirror_max
    if choice.weight_shift and store == "analog" and encoding in ("pn", "partial"):
        mirror = DOUBLED_MIRROR_MAX
        doubled = kept[:signed] if encoding == "partial" else kept
        if int(doubled.min(initial=0)) < -mirror:
            notes.append(
                f"{layer}: weights below -{mirror} have {mirror} as their mirror image for"
                " negative inputs, as the chip's maker does."
            )
    made = replace(
        matrix,
        weights=kept,
        encoding=encoding,
        gain=gain,
        signed_inputs=signed,
        input_shift=matrix.input_shift + max(0, choice.input_shift - choice.front_scale),
        mirror_max=mirror,
        repeat=max(matrix.repeat, choice.repeat),
        store=store,
    )
    _note_inputs(made, source, notes)
    if store == "mixed":
        high = int(np.count_nonzero(np.abs(kept + 0.5) > 128))
        notes.append(
            f"{layer}: {high} of {kept.size} weights have a high byte, which the CPU multiplies."
        )
    bias = plain_bias(matrix) << doublings
    alone = int(np.abs(bias).max(initial=0))
    hint = _bias_hint(matrix, choice, alone <= chip.array.max_bias)
    try:
        made = retiled(made, bias, chip, where, tile_rows, strict)
    except FitError as error:
        raise FitError(
            error.message,
            hint=hint,
            where=", ".join(filter(None, (where, f"layer {layer}"))),
        ) from error
    if excess(made, chip):
        notes.append(f"{layer}: its bias is too large for the array. {hint}")
    return made


def _gain(matrix: Matrix, choice: LayerChoice, front: int, chip: Chip, where: str) -> int:
    exponent = choice.input_shift + choice.weight_shift - choice.magnify - front
    least, most = chip.arithmetic.gain_min, chip.arithmetic.gain_max
    gain = matrix.gain * 2.0**exponent
    if not least <= gain <= most or gain * 2**choice.multiple > most:
        copies = f" for {2**choice.multiple} copies" if choice.multiple else ""
        text = f"{gain * 2**choice.multiple:g}"
        reasons = [
            f"{name} {'*' if sign > 0 else '/'} {2**value}"
            for name, value, sign in (
                ("inputOpti", choice.input_shift, 1),
                ("weightOpti", choice.weight_shift, 1),
                ("doubleWeightOpti", choice.multiple, 1),
                ("arrayOutputOpti magnify", choice.magnify, -1),
                ("front_scale of the next layer", front, -1),
            )
            if value
        ]
        raise StudioError(
            f"layer {choice.layer} would have the gain {text}{copies}, the chip's are"
            f" {least}..{most}",
            hint=f"The model's gain is {matrix.gain}, and {', '.join(reasons)}."
            " Choose smaller numbers.",
            where=where,
        )
    return int(gain)


def _encoding(
    matrix: Matrix, choice: LayerChoice, source: QTensor, notes: list[str]
) -> tuple[Encoding, int]:
    """Encoding and number of doubled inputs after ``signed_input``."""
    wanted = choice.signed_input
    if wanted == 0:
        return matrix.encoding, matrix.signed_inputs
    if not source.signed:
        notes.append(
            f"{matrix.name}: signed_input {wanted} is of no use, its inputs are never negative."
        )
    if wanted < 0:
        return "shift", 0
    return ("pn", 0) if wanted >= matrix.inputs else ("partial", wanted)


def _note_inputs(matrix: Matrix, source: QTensor, notes: list[str]) -> None:
    """Tell where scaled inputs saturate although the tensor's range would allow them."""
    low, high = {
        "unsigned": (0, 255), "shift": (-128, 127), "partial": (-128, 127), "pn": (-255, 255)
    }[matrix.encoding]  # fmt: skip
    factor = 2**matrix.input_shift
    if factor > 1 and (source.low * factor < low or source.high * factor > high):
        notes.append(
            f"{matrix.name}: inputs times {factor} saturate at {low}..{high}"
            f" where the input leaves {-(-low // factor)}..{high // factor}."
        )


def _bias_hint(matrix: Matrix, choice: LayerChoice, corrected: bool) -> str:
    """What to do about a bias that is too large, perhaps only ``corrected`` by the encoding."""
    if corrected:
        return (
            "Inputs + 128 bring 128 * sum(W) into the bias: use a larger signed_input"
            f" ({matrix.inputs} is PN for all)."
        )
    if choice.input_shift + choice.weight_shift:
        return "inputOpti and weightOpti multiply the bias too: choose smaller numbers."
    return "Leave the layer's options out."
