"""The operators that can be deployed, with their rules; checks and documentation come from here."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import onnx

from studio.base.errors import ModelError
from studio.graph import checks, dialect, evidence, optable_float
from studio.graph.checks import Check
from studio.graph.network import Dialect, Network, Node, WrongKind
from studio.graph.optable_dialect import CHECKS

Place = Literal["array", "CPU", "folded away"]
_LISTED = 30  # nodes named in one error; the rest is counted


@dataclass(frozen=True)
class Op:
    """One operator type. ``float`` and ``integer`` hold its checks by dialect, None: refused.

    ``runs`` tells where a node of this type ends up: on the array, on the CPU, or nowhere,
    because it is folded into its neighbours.
    """

    type: str
    runs: Place
    float: tuple[Check, ...] | None = None
    integer: tuple[Check, ...] | None = None

    def checks(self, dialect: Dialect) -> tuple[Check, ...] | None:
        """The checks in one dialect; None where the operator is refused in it."""
        return self.float if dialect == "float" else self.integer


_PLAIN = (checks.activation_first,)
_WEIGHTS = (*_PLAIN, checks.weights_constant)
_GEMM = (*_WEIGHTS, checks.gemm_form, checks.inner_size)
_CONV = (*_WEIGHTS, checks.window_form, checks.conv_channels)
_POOL = (*_PLAIN, checks.window_form, checks.pool_form, checks.pool_ceil)
_ORDER = (*_PLAIN, checks.batch_first)
_SHAPE = (*_ORDER, checks.same_size)

_OPS = (
    Op("Add", "CPU", (checks.add_form,)),
    Op("AveragePool", "CPU", _POOL),
    Op("BatchNormalization", "folded away", (*_PLAIN, checks.normalization_form)),
    Op(
        "Clip",
        "folded away",
        (
            *_PLAIN,
            checks.clip_form,
        ),
    ),
    Op("Concat", "CPU"),
    Op("Constant", "folded away", ()),
    Op("Conv", "array", _CONV),
    Op("Div", "CPU", (checks.second_constant, checks.divisor_not_zero)),
    Op(
        "Dropout",
        "folded away",
        (
            *_PLAIN,
            checks.dropout_inference,
        ),
    ),
    Op("Flatten", "folded away", _SHAPE),
    Op("Gemm", "array", _GEMM),
    Op(
        "GlobalAveragePool",
        "CPU",
        (
            *_PLAIN,
            checks.window_form,
        ),
    ),
    Op("Identity", "folded away", _PLAIN),
    Op("MatMul", "array", (*_WEIGHTS, checks.matmul_form, checks.inner_size)),
    Op("MaxPool", "CPU", _POOL),
    Op("Mul", "CPU", (checks.mul_form,)),
    Op("ReduceMean", "CPU", (*_PLAIN, checks.mean_axes, checks.batch_first)),
    Op("Relu", "folded away", _PLAIN),
    Op("Reshape", "folded away", _SHAPE),
    Op("Sigmoid", "CPU", _PLAIN),
    Op("Softmax", "CPU", (*_ORDER, checks.softmax_flat)),
    Op("Squeeze", "folded away", _SHAPE),
    Op("Sub", "CPU", (checks.second_constant,)),
    Op("Tanh", "CPU", _PLAIN),
    Op("Transpose", "CPU", _ORDER),
    Op("Unsqueeze", "folded away", _SHAPE),
)

_ONLY_INTEGER = (
    *(Op(name, "array") for name in ("ConvTranspose", "Gru", "Gru2Array", "Lstm", "Tdnn")),
    *(
        Op(name, "CPU")
        for name in (
            "ActLut", "ClearLowBits", "FloatScale", "GroupNorm", "GroupNormalization",
            "InstanceNormalization", "LayerNormalization", "Scalar", "Scale", "Slice", "Split",
            "SumNorm",
        )
    ),
)  # fmt: skip
_ONLY_FLOAT = (
    *(
        Op(name, "CPU")
        for kind in (optable_float.ELEMENTWISE, optable_float.MOVING, optable_float.REDUCTIONS)
        for name in kind
    ),
    *(Op(name, "array") for name in optable_float.RECURRENT),
    *(Op(name, "folded away") for name in ("ArgMax", "LogSoftmax", "Pad")),
)
_ALL = {op.type: op for op in (*_ONLY_FLOAT, *_ONLY_INTEGER, *_OPS)}
TABLE: Mapping[str, Op] = {
    name: replace(
        _ALL[name],
        float=optable_float.CHECKS.get(name, _ALL[name].float),
        integer=CHECKS.get(name),
    )
    for name in sorted(_ALL)
}

_CONTROL = ("If", "Loop", "Scan", "SequenceMap")
_QUANTIZED = (
    "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv",
    "QLinearMatMul", "ConvInteger", "MatMulInteger",
)  # fmt: skip


def supported(kind: Dialect) -> list[str]:
    """The operator types of one dialect, sorted."""
    return sorted(op.type for op in TABLE.values() if op.checks(kind) is not None)


def check_structure(graph: onnx.GraphProto, source: str) -> None:
    """Refuse control flow, quantized models and sparse weights, each with its own advice."""
    for node in graph.node:
        name = node.name or next(iter(node.output), "")
        inner = any(a.HasField("g") or a.graphs for a in node.attribute)
        if node.op_type in _CONTROL or inner:
            raise ModelError(
                f"node {name} ({node.op_type}) is control flow",
                hint="The chip runs a fixed sequence of layers: export the model without "
                "branches and loops, traced with one example input.",
                where=source,
                node=name,
            )
        if node.op_type in _QUANTIZED:
            raise ModelError(
                f"the model is quantized already (node {name}, {node.op_type})",
                hint="Export the float model; it is quantized here, to the chip's arithmetic.",
                where=source,
                node=name,
            )
    if graph.sparse_initializer:
        raise ModelError(
            "the model holds sparse weights",
            hint="Export it with dense weights.",
            where=source,
        )


def check_types(graph: onnx.GraphProto, kind: Dialect, source: str) -> None:
    """Raise one ModelError that names every node whose operator is not in the table."""
    wrong, names = [], []
    for node in graph.node:
        op = TABLE.get(node.op_type) if node.domain in dialect.DEFAULT_DOMAINS else None
        if op is None or op.checks(kind) is None:
            full = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
            names.append(node.name or next(iter(node.output), "?"))
            wrong.append(f"{names[-1]} ({full})")
    if wrong:
        dialect_name = "the maker's integer dialect" if kind == "integer" else "float models"
        raise ModelError(
            f"operators that are not supported in {dialect_name}: {_join(wrong)}",
            hint=f"Supported are: {', '.join(supported(kind))}.",
            where=source,
            node=names[0],
        )


def check(network: Network, nodes: Sequence[Node] | None = None) -> None:
    """Raise one ModelError that names every node of a decoded network that breaks a rule.

    ``nodes`` are those to look at, all by default.
    """
    wrong, names, rules = [], [], dict[str, None]()
    for node in network.nodes if nodes is None else nodes:
        for problem, rule in problems(node, network):
            names.append(node.name)
            wrong.append(f"{node.name} ({node.op}): {problem}")
            rules[f"{node.op}: {rule}"] = None
    if wrong:
        raise ModelError(
            f"nodes that cannot be deployed: {_join(wrong)}",
            hint="The rules are:\n" + "\n".join(rules),
            where=network.source,
            node=names[0],
        )


def problems(node: Node, network: Network) -> Iterator[tuple[str, str]]:
    """What is wrong with one node, and the rule it breaks; the first problem only."""
    for test in TABLE[node.op].checks(network.dialect) or ():
        try:
            problem = test(node, network)
        except WrongKind as error:
            problem = str(error)
        if problem is not None:
            yield problem, rule_text(test)
            return


def rule_text(test: Check) -> str:
    """The user's rule: the docstring of a check, on one line."""
    return " ".join((inspect.getdoc(test) or "").split())


def _join(items: list[str]) -> str:
    more = f" and {len(items) - _LISTED} more" if len(items) > _LISTED else ""
    return "; ".join(items[:_LISTED]) + more


def markdown() -> str:
    """The table of supported operators as Markdown, for the documentation."""
    lines = [
        "# Supported operators",
        "",
        "Generated from `studio/graph/optable.py`; do not edit. A float model is quantized here;",
        "an integer model is in the maker's dialect, its weights are chip integers already.",
        "",
        "| operator | float models | integer models | runs on |",
        "|---|---|---|---|",
    ]
    for op in TABLE.values():
        marks = [("yes" if op.checks(kind) is not None else "no") for kind in ("float", "integer")]
        lines.append(f"| {op.type} | {marks[0]} | {marks[1]} | {op.runs} |")
    lines += ["", *evidence.markdown(), "", "## Rules"]
    for op in TABLE.values():
        common = [rule for rule in op.float or () if rule in (op.integer or ())]
        rules = [(rule, "") for rule in common] if op.integer is not None else []
        for checks_of, label in ((op.float, "float models"), (op.integer, "integer models")):
            both = op.float is not None and op.integer is not None
            rules += [
                (rule, f" ({label})" if both else "")
                for rule in checks_of or ()
                if rule not in (common if both else ())
            ]
        if rules:
            lines += ["", f"### {op.type}", ""]
            lines += [f"- {rule_text(rule)}{label}" for rule, label in rules]
    return "\n".join(lines) + "\n"
