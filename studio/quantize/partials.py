"""Ranges of the partial sums of matrices that are cut into row tiles.

Each tile's result is rounded and saturated by itself, so the output's scale must hold the
partial sums as well as their total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.chip.chip import Chip
from studio.graph.network import Network, Node
from studio.quantize import internals
from studio.quantize.calibrate import Range
from studio.quantize.fuse import ARRAY, groups
from studio.quantize.matrix import Signed
from studio.quantize.scales import RECURRENT

# Each tile is the whole layer once more for onnxruntime. The sums of finer tiles than these are
# about as small or smaller; where one is not, it saturates as on the chip.
MOST_OBSERVED = 32


@dataclass(frozen=True)
class Cut:
    """Names of a layer's partial sums: cut by inputs, and by half as many for PN.

    ``pn`` counts where values of ``source``, the layer's input, are negative. ``inside``: these
    are no sums but tensors inside of a recurrent cell (internals.py), which keep their ranges.
    """

    source: str
    plain: tuple[str, ...]
    pn: tuple[str, ...]
    inside: bool = False


def with_partials(
    network: Network, chip: Chip, signed: Signed = "auto", tile_rows: int | None = None
) -> tuple[Network, dict[str, Cut]]:
    """The network with one extra node for each row tile, and their outputs by group output.

    A tile's node is the layer itself with the weights of all other rows set to zero.
    """
    most = tile_rows or chip.array.max_inputs
    nodes = list(network.nodes)
    constants = dict(network.constants)
    shapes = dict(network.shapes)
    partials: dict[str, Cut] = {}
    for group in groups(network):
        node = group.main
        if node.op in RECURRENT:
            made = internals.inside(node, network)
            nodes += made.nodes
            constants |= made.constants
            shapes |= made.shapes
            partials[group.output] = Cut(node.inputs[0], tuple(made.names), (), True)
        if node.op not in ARRAY or node.inputs[1] not in network.constants:
            continue
        weights = network.constants[node.inputs[1]]
        rows = _row_numbers(node, weights)
        size = int(rows.max(initial=0)) + 1
        cuts: dict[int, tuple[str, ...]] = {1: ()}
        plain, pn = _parts(size, most), 1
        if signed == "pn" or (signed == "auto" and 2 * size <= chip.array.max_inputs):
            pn = _parts(size, max(1, most // 2))
        for count in {plain, pn} - {1}:
            names = []
            for index in range(count):
                inside = (rows * count // size) == index
                name = f"{node.outputs[0]}#tile{index}of{count}"
                constants[f"{name}#w"] = np.where(inside, weights, 0).astype(np.float32)
                shapes[f"{name}#w"] = weights.shape
                shapes[name] = network.shapes[node.outputs[0]]
                inputs = (node.inputs[0], f"{name}#w", *node.inputs[2:])
                if index:
                    inputs = inputs[:2]
                nodes.append(Node(node.op, name, inputs, (name,), node.attributes))
                names.append(name)
            cuts[count] = tuple(names)
        if len(cuts) > 1:
            partials[group.output] = Cut(node.inputs[0], cuts[plain], cuts[pn])
    changed = replace(network, nodes=tuple(nodes), constants=constants, shapes=shapes)
    return changed, partials


def _parts(size: int, most: int) -> int:
    """Tiles of at most ``most`` of ``size`` inputs, but no more than are observed."""
    return min(-(-size // most), MOST_OBSERVED)


def widened(ranges: Mapping[str, Range], partials: Mapping[str, Cut]) -> dict[str, Range]:
    """Ranges of the network's own tensors, those of tiled layers wide enough for each tile."""
    sums = [cut for cut in partials.values() if not cut.inside]
    extra = {name for cut in sums for name in (*cut.plain, *cut.pn)}
    found = {name: value for name, value in ranges.items() if name not in extra}
    for output, cut in partials.items():
        if cut.inside:
            continue
        names = cut.pn if cut.pn and ranges[cut.source].low < 0 else cut.plain
        parts = [ranges[output], *(ranges[name] for name in names)]
        found[output] = Range(min(p.low for p in parts), max(p.high for p in parts))
    return found


def _row_numbers(node: Node, weights: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    """The matrix row of each weight, in an array that broadcasts to the weights.

    Rows of a convolution are ordered (w, h, c); groups are taken as one dense matrix would be.
    """
    if node.op != "Conv":
        return np.arange(weights.shape[0])[:, np.newaxis]
    spatial = weights.shape[2:] if weights.ndim == 4 else (1, weights.shape[2])
    inputs, (height, width) = weights.shape[1], spatial
    order = np.arange(width * height * inputs).reshape(width, height, inputs)
    return order.transpose(2, 1, 0).reshape(1, *weights.shape[1:])
