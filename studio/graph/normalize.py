"""One form for everything that can be written in several ways: what the quantizer relies on.

========================= ====================================================================
operator                  form
========================= ====================================================================
Gemm                      inputs x [1, C], weights [C, D], maybe bias [D]; no attributes
MatMul                    inputs x [1, T, C], weights [C, D], maybe bias [D]; no attributes
Conv                      kernel_shape, strides, dilations, pads (begins, ends), group;
                          inputs x, weights, maybe bias [M]
MaxPool, AveragePool      kernel_shape, strides, dilations (ones), pads, ceil_mode 0,
                          count_include_pad; scale_in, scale_out where the file has them
Add, Mul                  a constant is the second input, and so is [1, C, 1, 1] factors;
                          shift_bit where the file has it
BatchNormalization        epsilon; five inputs
Clip                      min, max; one input
Reshape                   one input; the target is the output's shape
Transpose                 perm
Concat, Softmax           axis, not negative
Scale                     scale
Relu, Sigmoid, Tanh       nothing
Lstm, Gru, Gru2Array, Tdnn  as normalize_cells.py says
others of integer models  as normalize_dialect.py says
others of float models    as normalize_float.py says
========================= ====================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from studio.base.errors import ModelError
from studio.graph import fold, normalize_cells, normalize_dialect, normalize_float
from studio.graph.draft import Draft, begin, with_attributes
from studio.graph.geometry import explicit
from studio.graph.network import Attribute, Network, Node

Shape = tuple[int, ...]
# What exporters write for "no upper limit".
_UNLIMITED = 3e38


def normalize(network: Network) -> Network:
    """Rewrite a decoded and checked network; raises ModelError where nothing is left of it."""
    draft = begin(network)
    rewritten: list[Node] = []
    own = normalize_dialect.RULES if network.dialect == "integer" else normalize_float.RULES
    rules = {**_RULES, **own}
    for node in network.nodes:
        rule = rules.get(node.op)
        rewritten += rule(node, draft) if rule else [replace(node, attributes={})]
    draft.nodes = [replace(node, outputs=node.outputs[:1]) for node in rewritten]
    if network.dialect == "float":
        normalize_float.name_apart(draft)
    for node in list(draft.nodes):
        if _is_copy(node, draft):
            # Earlier removals may have renamed its tensors: look it up again.
            draft.drop(next(other for other in draft.nodes if other.name == node.name))
    if network.dialect == "float":
        normalize_float.absorb_pads(draft)
        fold.fold(draft)
    result = draft.finish()
    if not result.nodes:
        raise ModelError(
            "the model computes nothing from its inputs",
            hint="Export the network itself, with its weights.",
            where=network.source,
        )
    return result


def _is_copy(node: Node, draft: Draft) -> bool:
    if node.op in ("Identity", "Dropout"):
        return True
    if node.op == "Transpose":
        return node.ints("perm") == tuple(range(len(node.ints("perm"))))
    if node.op == "Reshape":
        before, after = node.inputs[0], node.outputs[0]
        first = draft.network.steps_first
        same = (before in first) == (after in first) or bool(node.number("relabel", 0))
        return draft.shapes[before] == draft.shapes[after] and same
    return node.op == "Concat" and len(node.inputs) == 1


def _kept(node: Node, *names: str) -> dict[str, Attribute]:
    return {name: node.attributes[name] for name in names if name in node.attributes}


def _float32(draft: Draft, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(draft.constants[name], dtype=np.float32)


def _gemm(node: Node, draft: Draft) -> list[Node]:
    weights = np.asarray(draft.constants[node.inputs[1]])
    alpha, beta = node.number("alpha", 1.0), node.number("beta", 1.0)
    name = node.inputs[1]
    if node.number("transB", 0) or alpha != 1:
        matrix = weights.T if node.number("transB", 0) else weights
        if alpha != 1:
            with np.errstate(over="ignore"):  # load() refuses constants that are not finite
                matrix = (matrix.astype(np.float64) * alpha).astype(np.float32)
        name = draft.constant(name, matrix)
    inputs = [node.inputs[0], name]
    if len(node.inputs) > 2 and beta != 0:
        bias = node.inputs[2]
        columns = draft.shapes[name][1]
        if draft.shapes[bias] != (columns,) or beta != 1:
            wide = np.broadcast_to(draft.constants[bias].reshape(-1), (columns,))
            with np.errstate(over="ignore"):
                bias = draft.constant(bias, (wide.astype(np.float64) * beta).astype(np.float32))
        inputs.append(bias)
    return [replace(node, inputs=tuple(inputs), attributes={})]


def _matmul(node: Node, draft: Draft) -> list[Node]:
    op = "Gemm" if len(draft.shapes[node.inputs[0]]) == 2 else "MatMul"
    return [replace(node, op=op, attributes={})]


def _spatial(node: Node, draft: Draft, kernel: Shape) -> dict[str, Attribute]:
    before, after = draft.shapes[node.inputs[0]][2:], draft.shapes[node.outputs[0]][2:]
    return explicit(node, kernel, before, after)


def _conv(node: Node, draft: Draft) -> list[Node]:
    window = _spatial(node, draft, draft.shapes[node.inputs[1]][2:])
    return [replace(node, attributes={**window, "group": int(node.number("group", 1))})]


def _pool(node: Node, draft: Draft) -> list[Node]:
    window = _spatial(node, draft, node.ints("kernel_shape"))
    counted = int(node.number("count_include_pad", 0))
    fixed: dict[str, Attribute] = {"count_include_pad": counted, "ceil_mode": 0}
    return [replace(node, attributes={**window, **fixed, **_kept(node, "scale_in", "scale_out")})]


def _global_pool(node: Node, draft: Draft) -> list[Node]:
    kernel = draft.shapes[node.inputs[0]][2:]
    attributes: dict[str, Attribute] = {"count_include_pad": 0, "ceil_mode": 0}
    plain = replace(node, attributes={})
    window = explicit(plain, kernel, kernel, (1,) * len(kernel))
    return [with_attributes(node, "AveragePool", {**window, **attributes})]


def _mean(node: Node, draft: Draft) -> list[Node]:
    shape = draft.shapes[node.inputs[0]]
    axes = sorted(axis % len(shape) for axis in node.ints("axes"))
    if len(shape) == 2 or axes != list(range(2, len(shape))):
        return normalize_float.mean(node, draft)
    if draft.shapes[node.outputs[0]] == (*shape[:2], *([1] * len(shape[2:]))):
        return _global_pool(node, draft)
    pooled = draft.tensor(f"{node.outputs[0]}_pooled", (*shape[:2], *([1] * len(shape[2:]))))
    flat = Node("Reshape", f"{node.name}_flatten", (pooled,), node.outputs[:1], {})
    return [*_global_pool(replace(node, outputs=(pooled,)), draft), flat]


def _elementwise(node: Node, draft: Draft) -> list[Node]:
    first, second = node.inputs
    out = draft.shapes[node.outputs[0]]
    if first in draft.constants or draft.shapes[first] != out:
        first, second = second, first
    return [replace(node, inputs=(first, second), attributes=_kept(node, "shift_bit"))]


def _sub(node: Node, draft: Draft) -> list[Node]:
    negative = draft.constant(node.inputs[1], -_float32(draft, node.inputs[1]))
    return [replace(node, op="Add", inputs=(node.inputs[0], negative), attributes={})]


def _div(node: Node, draft: Draft) -> list[Node]:
    divisor = np.asarray(draft.constants[node.inputs[1]], dtype=np.float64)
    with np.errstate(over="ignore"):  # load() refuses constants that are not finite
        inverse = draft.constant(node.inputs[1], (1 / divisor).astype(np.float32))
    return [replace(node, op="Mul", inputs=(node.inputs[0], inverse), attributes={})]


def _clip(node: Node, draft: Draft) -> list[Node]:
    limit = float(node.number("max", np.inf))
    if limit >= _UNLIMITED:
        return [with_attributes(node, "Relu", {})]
    return [with_attributes(node, "Clip", {"min": 0.0, "max": limit})]


def _batch_norm(node: Node, draft: Draft) -> list[Node]:
    return [replace(node, attributes={"epsilon": float(node.number("epsilon", 1e-5))})]


def _reshape(node: Node, draft: Draft) -> list[Node]:
    return [with_attributes(node, "Reshape", {})]


def _transpose(node: Node, draft: Draft) -> list[Node]:
    rank = len(draft.shapes[node.inputs[0]])
    perm = node.ints("perm", tuple(reversed(range(rank))))
    return [replace(node, attributes={"perm": perm})]


def _axis(node: Node, draft: Draft) -> list[Node]:
    rank = len(draft.shapes[node.inputs[0]])
    return [replace(node, attributes={"axis": int(node.number("axis", -1)) % rank})]


def _scale(node: Node, draft: Draft) -> list[Node]:
    return [replace(node, attributes=_kept(node, "scale"))]


def _dropout(node: Node, draft: Draft) -> list[Node]:
    return [with_attributes(node, "Identity", {})]


_RULES: Mapping[str, Callable[[Node, Draft], list[Node]]] = {
    "Add": _elementwise,
    "AveragePool": _pool,
    "BatchNormalization": _batch_norm,
    "Clip": _clip,
    "Concat": _axis,
    "Conv": _conv,
    "Div": _div,
    "Dropout": _dropout,
    "Flatten": _reshape,
    "Gemm": _gemm,
    "GlobalAveragePool": _global_pool,
    "MatMul": _matmul,
    "MaxPool": _pool,
    "Mul": _elementwise,
    "ReduceMean": _mean,
    "Reshape": _reshape,
    "Scale": _scale,
    "Softmax": _axis,
    "Squeeze": _reshape,
    "Sub": _sub,
    "Transpose": _transpose,
    "Unsqueeze": _reshape,
    **normalize_cells.RULES,
}
