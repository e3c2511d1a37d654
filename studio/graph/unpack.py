"""Tensors of more than four axes that only lie between reshapes and transposes, written with fewer.

Attention often makes q, k and v with one Linear: ``reshape(B, N, 3, H, D).permute(2, 0, 3, 1, 4)``
and then ``unbind(0)``. Each of the three is a slice of the Linear's last axis, reshaped and
transposed. Shuffled channels, ``reshape(B, g, C // g, H, W).transpose(1, 2)``, move H and W as one.
"""

from __future__ import annotations

from math import prod

from studio.graph.draft import Draft, begin
from studio.graph.network import Attribute, Network, Node

Shape = tuple[int, ...]
MOST_AXES = 4
RESHAPES = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze"})


def unpack(network: Network) -> Network:
    """``network`` with such tensors rewritten; what is none of these forms stays as it is."""
    shapes = network.shapes
    transposes = [
        node
        for node in network.nodes
        if node.op == "Transpose" and len(shapes.get(node.outputs[0], ())) > MOST_AXES
    ]
    if not transposes:
        return network
    draft = begin(network)
    for turn in transposes:
        before = network.producer(turn.inputs[0])
        if before is None or before.op not in RESHAPES or before.inputs[0] in network.constants:
            continue
        for user in network.consumers(turn.outputs[0]):
            if user.op in RESHAPES:
                _merge(draft, before, turn, user)
            else:
                _pick(draft, before, turn, user)
    return draft.finish()


def _put(draft: Draft, old: Node, nodes: list[Node]) -> None:
    place = draft.nodes.index(old)
    draft.nodes[place : place + 1] = nodes


def _perm(turn: Node, rank: int) -> Shape:
    return turn.ints("perm", tuple(reversed(range(rank))))


def _merge(draft: Draft, before: Node, turn: Node, after: Node) -> None:
    """Reshape, Transpose, Reshape with fewer axes: neighbours that stay neighbours are one."""
    shape = draft.shapes[turn.inputs[0]]
    runs: list[list[int]] = []
    for axis in _perm(turn, len(shape)):
        if shape[axis] == 1 and axis:
            continue
        if runs and axis == runs[-1][-1] + 1 and runs[-1][0] != 0:
            runs[-1].append(axis)
        else:
            runs.append([axis])
    order = sorted(runs)
    if len(runs) > MOST_AXES or runs[0][0] != 0:
        return
    sizes = tuple(prod(shape[axis] for axis in run) for run in order)
    perm = tuple(order.index(run) for run in runs)
    source, nodes = before.inputs[0], list[Node]()
    flat = _emit(draft, nodes, "Reshape", source, after.outputs[0], sizes, {})
    turned = tuple(sizes[axis] for axis in perm)
    moved = _emit(draft, nodes, "Transpose", flat, after.outputs[0], turned, {"perm": perm})
    nodes.append(Node("Reshape", after.name, (moved,), after.outputs[:1], {}))
    _put(draft, after, nodes)


def _pick(draft: Draft, before: Node, turn: Node, user: Node) -> None:
    """Gather, Split or Slice of one index of an axis that came from the source's last axis."""
    source = before.inputs[0]
    whole, shape = draft.shapes[source], draft.shapes[turn.inputs[0]]
    lead = len(whole) - 1
    if whole[:lead] != shape[:lead] or len(shape) - 1 > MOST_AXES:
        return
    perm = _perm(turn, len(shape))
    for axis, index, out, reader in _picks(draft, turn, user):
        place = perm[axis]
        if place < lead:
            continue
        kept = [number for number in range(len(shape)) if number != place]
        ahead, behind = prod(shape[lead:place]), prod(shape[place + 1 :])
        nodes: list[Node] = []
        current = source
        if ahead > 1:
            rows = (*shape[:lead], ahead, shape[place] * behind)
            current = _emit(draft, nodes, "Reshape", current, out, rows, {})
        cut = (*draft.shapes[current][:-1], behind)
        window: dict[str, Attribute] = {
            "starts": (index * behind,), "ends": ((index + 1) * behind,),
            "axes": (len(cut) - 1,), "steps": (1,),
        }  # fmt: skip
        current = _emit(draft, nodes, "Slice", current, out, cut, window)
        parts = tuple(shape[number] for number in kept)
        current = _emit(draft, nodes, "Reshape", current, out, parts, {})
        rest = tuple(kept.index(number) for number in perm if number != place)
        turned = tuple(parts[number] for number in rest)
        current = _emit(draft, nodes, "Transpose", current, out, turned, {"perm": rest})
        nodes.append(Node("Reshape", reader.name, (current,), (out,), {}))
        if reader is user:
            _put(draft, user, nodes)
        else:  # the Split or Slice before it makes nothing that is read any more
            _put(draft, reader, nodes)


def _picks(draft: Draft, turn: Node, user: Node) -> list[tuple[int, int, str, Node]]:
    """Axis, index, tensor and node of everything ``user`` takes one index for."""
    shape = draft.shapes[turn.outputs[0]]
    indices = user.attributes.get("indices")
    if user.op == "Gather":
        axis = int(user.number("axis", 0)) % len(shape)
        if not isinstance(indices, int):
            return []
        return [(axis, indices % shape[axis], user.outputs[0], user)]
    cuts: list[tuple[int, int, str]] = []
    if user.op == "Split":
        axis = int(user.number("axis", 0)) % len(shape)
        start = 0
        for name in user.outputs:
            size = draft.shapes[name][axis] if name else 0
            if size == 1:
                cuts.append((axis, start, name))
            start += size
    elif user.op == "Slice" and len(user.ints("starts")) == 1 and len(user.inputs) == 1:
        axis = user.ints("axes", (0,))[0] % len(shape)
        begin_, end = user.ints("starts")[0], user.ints("ends")[0]
        window = range(*slice(begin_, end, user.ints("steps", (1,))[0]).indices(shape[axis]))
        if len(window) == 1:
            cuts.append((axis, window[0], user.outputs[0]))
    return [
        (axis, index, reader.outputs[0], reader)
        for axis, index, name in cuts
        for reader in draft.users(name)
        if reader.op in RESHAPES
    ]


def _emit(
    draft: Draft,
    nodes: list[Node],
    op: str,
    source: str,
    owner: str,
    shape: Shape,
    attributes: dict[str, Attribute],
) -> str:
    out = draft.tensor(f"{owner}/{op.lower()}", shape)
    nodes.append(Node(op, out, (source,), (out,), attributes))
    return out
