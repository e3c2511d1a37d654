"""Float models: BatchNormalization and constant Add and Mul go into the matrix before them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.graph.draft import Draft
from studio.graph.network import Node

Float64 = npt.NDArray[np.float64]
_MATRICES = ("Conv", "Gemm", "MatMul")


def fold(draft: Draft) -> None:
    """Fold every y = factor[c] * x + offset[c] into the Conv, Gemm or MatMul that makes x.

    Only where nothing else reads x and x is no output of the network. Computed in float64, then
    rounded to float32, once for each node folded. The matrix keeps its name and takes over the
    output tensor.
    """
    for name in [node.name for node in draft.nodes]:
        # A matrix folded into before is a new Node: look it up by name.
        node = next(node for node in draft.nodes if node.name == name)
        matrix = next((n for n in draft.nodes if n.outputs[0] == node.inputs[0]), None)
        if matrix is None or matrix.op not in _MATRICES:
            continue
        if matrix.outputs[0] in draft.network.outputs or len(draft.users(matrix.outputs[0])) != 1:
            continue
        affine = _affine(node, matrix, draft)
        if affine is None:
            continue
        folded = _apply(matrix, *affine, draft)
        index = draft.nodes.index(matrix)
        draft.nodes[index] = replace(folded, outputs=node.outputs)
        draft.nodes.remove(node)


def _affine(node: Node, matrix: Node, draft: Draft) -> tuple[Float64, Float64] | None:
    """Factor and offset for each channel of the matrix's output; None for another operation."""
    shape = draft.shapes[matrix.outputs[0]]
    axis = 1 if matrix.op == "Conv" else len(shape) - 1
    channels = shape[axis]
    if node.op == "BatchNormalization":
        if axis != 1:  # its channels are axis 1, the columns of a rank-3 MatMul are axis 2
            return None
        scale, bias, mean, variance = (
            np.asarray(draft.constants[name], dtype=np.float64) for name in node.inputs[1:5]
        )
        factor = scale / np.sqrt(variance + node.number("epsilon", 1e-5))
        return factor, bias - mean * factor
    if node.op not in ("Add", "Mul") or node.inputs[1] not in draft.constants:
        return None
    constant = np.asarray(draft.constants[node.inputs[1]], dtype=np.float64)
    aligned = constant.reshape((1,) * (len(shape) - constant.ndim) + constant.shape)
    if any(size != 1 for i, size in enumerate(aligned.shape) if i != axis):
        return None
    values = np.broadcast_to(aligned.reshape(-1), (channels,))
    if node.op == "Mul":
        return values, np.zeros(channels)
    return np.ones(channels), values


def _apply(matrix: Node, factor: Float64, offset: Float64, draft: Draft) -> Node:
    weights = np.asarray(draft.constants[matrix.inputs[1]], dtype=np.float64)
    along = (-1,) + (1,) * (weights.ndim - 1) if matrix.op == "Conv" else (1, -1)
    inputs = list(matrix.inputs)
    bias = np.zeros(len(factor))
    if len(inputs) > 2:
        bias = np.asarray(draft.constants[inputs.pop()], dtype=np.float64)
    total = bias * factor + offset
    with np.errstate(over="ignore"):  # load() refuses constants that are not finite
        if not np.all(factor == 1):
            scaled = (weights * factor.reshape(along)).astype(np.float32)
            inputs[1] = draft.constant(f"{matrix.name}_weights", scaled)
        if len(matrix.inputs) > 2 or np.any(total != 0):
            inputs.append(draft.constant(f"{matrix.name}_bias", total.astype(np.float32)))
    return replace(matrix, inputs=tuple(inputs))
