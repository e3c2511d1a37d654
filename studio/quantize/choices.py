"""What may be chosen layer by layer when a float network is quantized, beside the options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from studio.quantize.matrix import WIDEST, Signed
from studio.quantize.qarray import Matrix, Store

Real = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """Departures from the quantizer's rules; empty is the rules themselves.

    ``scales``: factors on the scales of tensors, by ONNX tensor; a class of tensors with one
    scale takes the product of its members' factors. The others are by node name: ``gains`` are
    doublings of the gain beyond the rule (negative: halvings), with weights clipped where they
    no longer fit; ``encodings`` say how signed inputs meet the array; ``biases`` (float64
    [columns], in the output's real unit) are added to the layer's own; ``stores`` and
    ``repeats`` are a matrix's.
    """

    scales: Mapping[str, float] = field(default_factory=dict)
    gains: Mapping[str, int] = field(default_factory=dict)
    encodings: Mapping[str, Signed] = field(default_factory=dict)
    biases: Mapping[str, Real] = field(default_factory=dict)
    stores: Mapping[str, Store] = field(default_factory=dict)
    repeats: Mapping[str, int] = field(default_factory=dict)

    def store(self, node: str) -> Store:
        """Where a node's weights lie."""
        return self.stores.get(node, "analog")

    def bias(self, node: str, bias: Real) -> Real:
        """A node's real biases [columns] with their correction."""
        return bias + self.biases[node] if node in self.biases else bias

    def stored(self, node: str, matrix: Matrix) -> Matrix:
        """``matrix`` of ``node``, with its store and repetition."""
        store, repeat = self.store(node), self.repeats.get(node, matrix.repeat)
        if store == "analog" and repeat == matrix.repeat:
            return matrix
        return replace(matrix, store=store, repeat=repeat)

    def wide(self, node: str) -> int | None:
        """The largest integer weight where one cell does not hold a node's weights, else None."""
        return None if self.store(node) == "analog" else WIDEST
