"""One scale for every tensor of a float network.

Tensors that must or may as well have the same scale form a class (classes.py), which takes the
largest scale any of its members needs. Averages, products and Softmax leave a scale that follows
from their inputs; a table look-up changes it where their class wants another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from studio.base.errors import ModelError
from studio.chip.chip import Chip
from studio.graph.network import Network
from studio.quantize.calibrate import Range
from studio.quantize.choices import Choices
from studio.quantize.classes import (
    PASS_THROUGH,
    TIED,
    WORTH_A_TABLE,
    Classes,
    classes,
    joining,
    passed_on,
)
from studio.quantize.fuse import ARRAY, Group
from studio.quantize.matrix import Real, least_output_scale

# Those whose scale nothing can change, and those that change it by powers of two.
FIXED = frozenset({"GRU", "LSTM", "RNN", "Scaled", "Softmax"})
NATIVE = FIXED | {"AveragePool", "Mul", "ReduceMean"}
SMALLEST = 1e-12
SOFTMAX_STEP = 1 / 255
# The state of a recurrent cell lies in -1..1.
STATE_STEP = 1 / 128
# Their matrices take the input beside the state, which is signed.
RECURRENT = frozenset({"GRU", "LSTM", "RNN", "ReluRNN"})
# Raising a scale wastes output levels; beyond this, clipping a few weights costs less.
MOST_RAISED = 8
# Inputs are stretched by more than this, or not at all.
WORTH_STRETCHING = 1.3
NONE = Choices()


@dataclass(frozen=True)
class Scales:
    """``of`` each tensor, and the tensors whose integers run 0..255 (``wide``).

    ``own`` are outputs of averages and products that may keep the scale they come with.
    ``stretched``: what an array operation, by its output, multiplies its input's integers by
    first, because they use only the lower part of their range.
    """

    of: Mapping[str, float]
    wide: frozenset[str]
    own: frozenset[str]
    stretched: Mapping[str, float] = field(default_factory=dict)


def choose(
    network: Network,
    parts: Sequence[Group],
    ranges: Mapping[str, Range],
    chip: Chip,
    choices: Choices = NONE,
) -> Scales:
    """Scales for all group outputs, inputs and constant operands of ``network``."""
    apart: frozenset[str] = frozenset()
    while True:
        found, more = _choose(network, parts, ranges, chip, choices, apart)
        if more <= apart:
            return found
        apart |= more


def _choose(
    network: Network,
    parts: Sequence[Group],
    ranges: Mapping[str, Range],
    chip: Chip,
    choices: Choices,
    apart: Collection[str],
) -> tuple[Scales, set[str]]:
    """Scales with the layers of ``apart`` in no class, and the layers that should be there too."""
    alone = {name: _needed(found, False, chip) for name, found in ranges.items()}
    made = classes(network, parts, alone, apart)
    find = made.find
    producers: dict[str, list[str]] = {}
    for name in network.inputs:
        producers.setdefault(find(name), []).append("input")
    for group in parts:
        if group.main.op not in PASS_THROUGH:
            producers.setdefault(find(group.output), []).append(group.main.op)

    members: dict[str, list[str]] = {}
    for name in ranges:
        members.setdefault(find(name), []).append(name)
    wide = {
        root
        for root, names in members.items()
        if producers.get(root) == ["input"]
        and min(ranges[name].low for name in names) >= 0
        and not any(g.main.op in TIED and find(g.output) == root for g in parts)
        and not any(g.main.op in RECURRENT and find(g.main.inputs[0]) == root for g in parts)
    }
    factor = {
        root: math.prod(choices.scales.get(name, 1.0) for name in names)
        for root, names in members.items()
    }
    scale = {
        root: factor[root] * max(_needed(ranges[name], root in wide, chip) for name in names)
        for root, names in members.items()
    }
    own = {root for root in members if producers.get(root, [""])[0] in NATIVE}
    own = {root for root in own if len(producers[root]) == 1}
    needed = dict(scale)
    stretched: dict[str, float] = {}
    asked: dict[str, float] = {}
    while _raise(network, parts, scale, needed, own, find, chip, choices, factor, stretched, asked):
        pass
    found = Scales(
        of={name: scale[find(name)] for name in ranges},
        wide=frozenset(name for name in ranges if find(name) in wide),
        own=frozenset(name for name in ranges if find(name) in own),
        stretched=stretched,
    )
    return found, _spoiling(parts, made, needed, asked)


def _spoiling(
    parts: Sequence[Group],
    made: Classes,
    needed: Mapping[str, float],
    asked: Mapping[str, float],
) -> set[str]:
    """Layers whose weights ask for a far larger scale than all else in their class.

    A class that one operation joins has other members; a table behind the layer spares them.
    """
    known = {*made.parent}
    behind = passed_on(parts, known)
    joined = {behind.find(name) for name in joining(parts, known)}
    found = set()
    for name, scale in asked.items():
        root = made.find(name)
        others = [asked[n] for n in asked if n != name and made.find(n) == root]
        inside = len({behind.find(n) for n in known if made.find(n) == root}) > 1
        most = max(needed[root], *others, 0.0)
        if inside and behind.find(name) in joined and scale > WORTH_A_TABLE * most:
            found.add(name)
    return found


def _needed(found: Range, wide: bool, chip: Chip) -> float:
    top = chip.arithmetic.input_max if wide else chip.arithmetic.output_max
    return max(found.high / top, found.low / chip.arithmetic.output_min, SMALLEST)


def _raise(
    network: Network,
    parts: Sequence[Group],
    scale: dict[str, float],
    needed: Mapping[str, float],
    own: Collection[str],
    find: Callable[[str], str],
    chip: Chip,
    choices: Choices,
    factor: Mapping[str, float],
    stretched: dict[str, float],
    asked: dict[str, float],
) -> bool:
    """Raise output scales to what the smallest gain allows; whether any changed.

    An input whose own scale was raised holds small integers, for which the smallest gain is
    larger still: stretching them first keeps one raised scale from raising all that follow.
    Classes in ``own`` get the scale their average or product will come with.
    """
    changed = False
    for group in parts:
        target = find(group.output)
        sources = [scale[find(name)] for name in group.main.inputs if find(name) in scale]
        least = scale[target]
        if group.main.op in ARRAY:
            weights, _ = array_weights(network, group)
            most = choices.wide(group.main.name)
            least = least_output_scale(weights, sources[0], chip, most) * factor[target]
            root = find(group.main.inputs[0])
            finer = min(sources[0] / needed[root], least / needed[target])
            if finer > WORTH_STRETCHING:
                stretched[group.output] = finer
                least /= finer
            least = asked[group.output] = min(least, needed[target] * MOST_RAISED)
        elif target in own and group.main.op in FIXED:
            fixed = _fixed(group, sources)
            changed = changed or abs(fixed / scale[target] - 1) > 1e-9
            scale[target] = fixed
            continue
        elif target in own and group.main.op in NATIVE:
            least = native(group.main.op, sources, needed[target])
        if least > scale[target] * (1 + 1e-9):
            scale[target] = least
            changed = True
    return changed


def _fixed(group: Group, sources: Sequence[float]) -> float:
    """The scale of an operation of FIXED, from that of its input."""
    if group.chain is not None and group.chain.factor is not None:
        return sources[0] * group.chain.factor
    return SOFTMAX_STEP if group.main.op == "Softmax" else STATE_STEP


def native(op: str, sources: Sequence[float], needed: float) -> float:
    """The scale an average or a product comes with, at least ``needed``: it changes by 2**n."""
    natural = math.prod(sources)
    return natural * 2.0 ** math.ceil(math.log2(needed / natural) - 1e-9)


def array_weights(network: Network, group: Group) -> tuple[Real, Real]:
    """A node's weights as [inputs, columns] for ranges only (any order), and its biases."""
    node = group.main
    try:
        weights = np.asarray(network.constants[node.inputs[1]], np.float64)
    except KeyError as error:
        raise ModelError(
            "the weights of this node are not constant",
            hint="Only products with constant weights run on the array.",
            where=f"{network.source}, node {node.name}",
        ) from error
    if node.op in ("Conv", "ConvTranspose"):
        weights = weights.reshape(weights.shape[0], -1).T
    bias = np.zeros(weights.shape[1])
    if len(node.inputs) > 2 and node.inputs[2]:
        bias = np.asarray(network.constants[node.inputs[2]], np.float64).reshape(-1)
    return weights, bias
