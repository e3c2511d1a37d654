"""From a Network to a QNetwork: every node becomes operations on chip integers.

One walk serves both dialects. For a float network the scales decide the integers; for a network
in the maker's dialect the integers are the file's own and every scale is 1.
"""

from __future__ import annotations

from studio.base.errors import DataError, ModelError
from studio.quantize import (
    lower_array,
    lower_cpu,
    lower_dialect,
    lower_float,
    lower_gru,
    lower_lstm,
    lower_tdnn,
)
from studio.quantize.builder import Builder
from studio.quantize.fuse import Group, groups
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import QNetwork, ReshapeOp
from studio.quantize.scales import RECURRENT
from studio.quantize.view import View, canonical_axes, placed

# Of float models: readers that want the last axis of a rank-3 tensor to be the channels.
LAST = RECURRENT | {"Gemm", "LayerNormalization", "MatMul", "Transpose"}


def lower(plan: Plan) -> QNetwork:
    """Lower the whole network."""
    network = plan.network
    builder = Builder(notes=list(network.notes))
    for name in network.inputs:
        _input(plan, builder, name)
    for group in groups(network, plan.conventions):
        builder.views[group.output] = _node(plan, builder, group)
    for name in network.outputs:
        _output(plan, builder, name)
    return QNetwork(
        name=network.name,
        chip=plan.chip.id,
        inputs=network.inputs,
        outputs=network.outputs,
        ops=tuple(builder.ops),
        tensors=builder.tensors,
        constants=builder.constants,
        notes=tuple(builder.notes),
    )


def _output(plan: Plan, builder: Builder, name: str) -> None:
    """Make sure a tensor of the output's name holds it, in plain order."""
    if name not in builder.views:
        raise ModelError(
            "no node computes this output", where=f"{plan.network.source}, output {name}"
        )
    view = builder.settled(builder.views[name])
    if view.tensor != name:
        if name in builder.tensors:  # it is what a Clip or a change of scale began with
            builder.rename(name, builder.fresh(f"{name} before"))
            view = builder.settled(builder.views[name])
        source = builder.of(view)
        builder.tensor(view.renamed(name), source.scale, source.low, source.high)
        builder.ops.append(ReshapeOp(builder.fresh_op(name), view.tensor, name))


def _input(plan: Plan, builder: Builder, name: str) -> None:
    network = plan.network
    shape = network.shapes[name]
    if len(shape) not in {2, 3, 4}:
        raise ModelError(
            f"input has {len(shape)} axes {list(shape)}; 2, 3 or 4 are supported",
            hint="Use [N, C], [N, C, L], [N, T, C] or [N, C, H, W].",
            where=f"{network.source}, input {name}",
        )
    users = {node.op for node in network.consumers(name)}
    last = bool(users & LAST) and "Conv" not in users
    if plan.integer:
        last = lower_dialect.features_last(network, name, False)
        if lower_dialect.ambiguous(network, name):
            builder.notes.append(
                f"{name}: nothing in the model tells features from time steps in {list(shape)}; it"
                f" is read as [1, F, T], {shape[1]} features at each of {shape[2]} steps."
            )
    view = placed(name, shape, canonical_axes(len(shape), channels_last=last))
    found = plan.inputs[name]
    if plan.scales is None:
        low, high = (-128, 127) if found.low < 0 else (0, plan.chip.arithmetic.input_max)
        if found.low < -128 or found.high > high:
            raise DataError(
                f"samples reach from {found.low:g} to {found.high:g}; an integer model takes"
                " 0..255, or -128..127 where negative values occur",
                hint="Quantize the samples as the model's training did.",
                where=f"{network.source}, input {name}",
            )
    elif name in plan.scales.wide:
        low, high = 0, plan.chip.arithmetic.input_max
    else:
        low, high = (-128 if found.low < 0 else 0), plan.chip.arithmetic.output_max
    builder.views[name] = view
    builder.tensor(view, plan.scale(name), low, high)


def _node(plan: Plan, builder: Builder, group: Group) -> View:
    if plan.integer and group.main.op in lower_dialect.LOWERING:
        return lower_dialect.LOWERING[group.main.op](plan, builder, group)
    if not plan.integer and group.main.op in lower_float.LOWERING:
        return lower_float.LOWERING[group.main.op](plan, builder, group)
    match group.main.op:
        case "Gemm" | "MatMul" | "Conv" | "ConvTranspose":
            return lower_array.array(plan, builder, group)
        case "MaxPool" | "AveragePool" | "GlobalAveragePool":
            return lower_cpu.pool(plan, builder, group)
        case "Lstm":
            return lower_lstm.lstm(plan, builder, group)
        case "Gru":
            return lower_gru.gru(plan, builder, group)
        case "Gru2Array":
            return lower_gru.gru2array(plan, builder, group)
        case "Tdnn":
            return lower_tdnn.tdnn(plan, builder, group)
        case "Add" | "Mul":
            return lower_cpu.binary(plan, builder, group)
        case "BatchNormalization":
            return lower_cpu.batch_normalization(plan, builder, group)
        case "Relu" | "Clip" | "Sigmoid" | "Tanh":
            return lower_cpu.unary(plan, builder, group)
        case "Concat":
            return lower_cpu.concat(plan, builder, group)
        case "Reshape" | "Flatten":
            return lower_cpu.reshape(plan, builder, group)
        case "Transpose":
            return lower_cpu.transpose(plan, builder, group)
        case "Softmax":
            return lower_cpu.softmax(plan, builder, group)
    raise ModelError(
        f"the quantizer does not know {group.main.op}",
        hint="See resources/operators.md for what is supported.",
        where=f"{plan.network.source}, node {group.main.name}",
    )
