"""Elementwise operators of ONNX in float64, to fill tables with."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from studio.graph.network import Node

Real = npt.NDArray[np.float64]
_ERF = np.vectorize(math.erf, otypes=[np.float64])


def evaluate(nodes: Sequence[Node], source: str, x: Real, constants: Mapping[str, Real]) -> Real:
    """What the last of ``nodes`` makes of ``x``, the values of tensor ``source``.

    The nodes are in execution order and read ``source``, each other and ``constants``, float64.
    Where a function has no value (the root of -1), the result is 0; infinities stay.
    """
    known: dict[str, Real] = {**constants, source: x}
    with np.errstate(all="ignore"):
        for node in nodes:
            known[node.outputs[0]] = _apply(node, [known[name] for name in node.inputs])
    result = known[nodes[-1].outputs[0]]
    return np.where(np.isnan(result), 0.0, np.broadcast_to(result, x.shape))


def _apply(node: Node, x: Sequence[Real]) -> Real:
    if node.op in _PLAIN:
        return _PLAIN[node.op](x[0])
    if node.op in _TWO:
        return _TWO[node.op](x[0], x[1])
    return _WITH_OPTIONS[node.op](node, x[0])


def _sigmoid(v: Real) -> Real:
    found: Real = 1 / (1 + np.exp(-v))
    return found


def _softplus(v: Real) -> Real:
    found: Real = np.logaddexp(0, v)
    return found


def _gelu(node: Node, v: Real) -> Real:
    bent: Real = _erf(v / math.sqrt(2))
    if node.text("approximate", "none") == "tanh":
        bent = np.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v**3))
    return 0.5 * v * (1 + bent)


def _erf(v: Real) -> Real:
    found: Real = _ERF(v)
    return found


def _selu(node: Node, v: Real) -> Real:
    alpha = node.number("alpha", 1.6732632423543772)
    return node.number("gamma", 1.0507009873554805) * np.where(v > 0, v, alpha * np.expm1(v))


def _elu(node: Node, v: Real) -> Real:
    return np.where(v > 0, v, node.number("alpha", 1.0) * np.expm1(v))


def _celu(node: Node, v: Real) -> Real:
    alpha = node.number("alpha", 1.0)
    return np.maximum(v, 0) + np.minimum(alpha * np.expm1(v / alpha), 0)


def _hard_sigmoid(node: Node, v: Real) -> Real:
    return np.clip(node.number("alpha", 0.2) * v + node.number("beta", 0.5), 0, 1)


def _leaky(node: Node, v: Real) -> Real:
    return np.where(v > 0, v, node.number("alpha", 0.01) * v)


def _thresholded(node: Node, v: Real) -> Real:
    return np.where(v > node.number("alpha", 1.0), v, 0)


def _clip(node: Node, v: Real) -> Real:
    return np.clip(v, node.number("min", -math.inf), node.number("max", math.inf))


_PLAIN: Mapping[str, Callable[[Real], Real]] = {
    "Abs": np.abs,
    "Erf": _erf,
    "Exp": np.exp,
    "HardSwish": lambda v: v * np.clip(v / 6 + 0.5, 0, 1),
    "Log": np.log,
    "Mish": lambda v: v * np.tanh(_softplus(v)),
    "Neg": np.negative,
    "Reciprocal": lambda v: 1 / v,
    "Relu": lambda v: np.maximum(v, 0),
    "Sigmoid": _sigmoid,
    "Softplus": _softplus,
    "Softsign": lambda v: v / (1 + np.abs(v)),
    "Sqrt": np.sqrt,
    "Tanh": np.tanh,
}
_TWO: Mapping[str, Callable[[Real, Real], Real]] = {
    "Add": np.add,
    "Max": np.maximum,
    "Min": np.minimum,
    "Mul": np.multiply,
    "PRelu": lambda v, slope: np.where(v > 0, v, slope * v),
    "Pow": np.power,
    "Sub": np.subtract,
}
_WITH_OPTIONS: Mapping[str, Callable[[Node, Real], Real]] = {
    "Celu": _celu,
    "Clip": _clip,
    "Elu": _elu,
    "Gelu": _gelu,
    "HardSigmoid": _hard_sigmoid,
    "LeakyRelu": _leaky,
    "Selu": _selu,
    "ThresholdedRelu": _thresholded,
}
ONE = frozenset({*_PLAIN, *_WITH_OPTIONS})
TWO = frozenset(_TWO)
