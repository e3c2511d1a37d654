"""Normalizations that exporters spell out, as one node again."""

from __future__ import annotations

import numpy as np

from studio.graph.draft import Draft, begin
from studio.graph.network import Network, Node


def fuse(network: Network) -> Network:
    """``network`` with LayerNormalization and GroupNormalization where their steps are written.

    A node takes the name and the output of the last step it stands for.
    """
    draft = begin(network)
    for node in network.nodes:
        if node.op == "ReduceMean":
            _layer(node, draft)
        elif node.op == "InstanceNormalization":
            _group(node, draft)
    return draft.finish() if len(draft.nodes) != len(network.nodes) else network


def _only(draft: Draft, tensor: str, op: str) -> Node | None:
    """The one node that reads ``tensor``, if it is an ``op``."""
    users = draft.users(tensor)
    if len(users) != 1 or users[0].op != op or tensor in draft.network.outputs:
        return None
    return users[0]


def _scalar(draft: Draft, name: str) -> float | None:
    array = draft.constants.get(name)
    return float(array.reshape(-1)[0]) if array is not None and array.size == 1 else None


def _over_last(node: Node | None, draft: Draft) -> bool:
    if node is None or not node.number("keepdims", 1):
        return False
    rank = len(draft.shapes[node.inputs[0]])
    return [axis % rank for axis in node.ints("axes")] == [rank - 1]


def _layer(mean: Node, draft: Draft) -> None:
    """D = x - mean(x); d / sqrt(mean(d ** 2) + epsilon) * gamma + beta."""
    sub = _only(draft, mean.outputs[0], "Sub")
    if not _over_last(mean, draft) or sub is None or sub.inputs != (mean.inputs[0], *mean.outputs):
        return
    users = draft.users(sub.outputs[0])
    power = next((user for user in users if user.op in ("Pow", "Mul")), None)
    div = next((user for user in users if user.op == "Div"), None)
    if power is None or div is None or len(users) != 2 or div.inputs[0] != sub.outputs[0]:
        return
    squared = power.inputs == 2 * sub.outputs[:1] or (
        power.op == "Pow" and _scalar(draft, power.inputs[1]) == 2
    )
    variance = _only(draft, power.outputs[0], "ReduceMean")
    add = _only(draft, variance.outputs[0], "Add") if variance else None
    root = _only(draft, add.outputs[0], "Sqrt") if add else None
    epsilon = next((e for n in (add.inputs if add else ()) if (e := _scalar(draft, n))), None)
    if not squared or not _over_last(variance, draft) or root is None or epsilon is None:
        return
    if variance is None or add is None or div.inputs[1] != root.outputs[0]:
        return
    inner = {n.name for n in (mean, sub, power, variance, add, root, div)}
    size = draft.shapes[mean.inputs[0]][-1]
    last, gamma, beta = _affine(div, draft, inner, (size,))
    inputs = (mean.inputs[0], gamma, beta)
    made = Node("LayerNormalization", last.name, inputs, last.outputs,
                {"axis": -1, "epsilon": epsilon})  # fmt: skip
    _replace(draft, last, inner, made)


def _group(norm: Node, draft: Draft) -> None:
    """Groups as channels of [1, G, n], normalized, and gamma and beta for each channel."""
    before = next((n for n in draft.nodes if norm.inputs[0] in n.outputs), None)
    after = _only(draft, norm.outputs[0], "Reshape")
    if before is None or before.op != "Reshape" or after is None:
        return
    shape = draft.shapes[before.inputs[0]]
    plain = all(
        name in draft.constants and np.all(draft.constants[name] == value)
        for name, value in zip(norm.inputs[1:3], (1, 0), strict=False)
    )
    if not plain or draft.shapes[after.outputs[0]] != shape or len(shape) < 3:
        return
    groups = draft.shapes[norm.inputs[0]][1]
    if shape[1] % groups or len(draft.users(before.outputs[0])) != 1:
        return
    inner = {before.name, norm.name, after.name}
    wide = (shape[1], *([1] * (len(shape) - 2)))
    last, gamma, beta = _affine(after, draft, inner, wide)
    made = Node(
        "GroupNormalization",
        last.name,
        (before.inputs[0], gamma, beta),
        last.outputs,
        {"num_groups": groups, "epsilon": norm.number("epsilon", 1e-5)},
    )
    _replace(draft, last, inner, made)


def _affine(
    node: Node, draft: Draft, inner: set[str], shape: tuple[int, ...]
) -> tuple[Node, str, str]:
    """The last node with the Mul and Add of a channel's factors behind ``node``, and those."""
    size = shape[0]
    found = {"Mul": np.ones(size, np.float32), "Add": np.zeros(size, np.float32)}
    for op in ("Mul", "Add"):
        user = _only(draft, node.outputs[0], op)
        name = next((n for n in user.inputs if n in draft.constants), "") if user else ""
        if user is None or not name:
            continue
        array = np.asarray(draft.constants[name], np.float32)
        while array.ndim > len(shape) and array.shape[0] == 1:
            array = array[0]
        if array.shape != shape:
            continue
        found[op] = array.reshape(size)
        inner.add(user.name)
        node = user
    gamma, beta = (draft.constant(f"{node.name}/{key}", value) for key, value in found.items())
    return node, gamma, beta


def _replace(draft: Draft, last: Node, inner: set[str], made: Node) -> None:
    place = next(i for i, node in enumerate(draft.nodes) if node.name == last.name)
    draft.nodes[place] = made
    draft.nodes = [node for node in draft.nodes if node is made or node.name not in inner]
