"""Which layer comes before another, for the layer option front_scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.base.errors import StudioError
from studio.quantize.layer_options import LayerChoice
from studio.quantize.qnetwork import (
    ArrayOp,
    HistoryOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    RecurrentOp,
    ReshapeOp,
    SliceOp,
    ZeroInsertOp,
)

HINT = "Leave front_scale out; shift and num do the same without the layer before."


@dataclass(frozen=True)
class Fronts:
    """What front_scale asks of the layers before.

    ``gains``: by how many bits the gain of an array operation shrinks; ``tensors``: by how many
    bits the numbers of a tensor grow.
    """

    gains: Mapping[str, int] = field(default_factory=dict)
    tensors: Mapping[str, int] = field(default_factory=dict)


def front_scales(network: QNetwork, choices: Mapping[str, LayerChoice], source: str) -> Fronts:
    """Where each front_scale goes.

    Raises StudioError where no array operation comes right before, or where others read its
    result as well and do not ask for the same.
    """
    gains: dict[str, int] = {}
    tensors: dict[str, int] = {}
    writers: dict[str, QOp] = {}
    for op in network.walk():
        writers[op.output] = op
    steps = {op.step_input: op.input for op in network.walk() if isinstance(op, RecurrentOp)}
    for name, choice in choices.items():
        if not choice.front_scale:
            continue
        reader = next(op for op in network.array_ops if op.name == name)
        before = _before(reader.input, writers, steps)
        if before is None:
            raise StudioError(
                f"layer {choice.layer}: front_scale, but no single array layer comes right"
                " before this one",
                hint=HINT,
                where=source,
            )
        reached, readers = _after(network, before.output)
        for other in readers:
            asked = choices.get(other)
            if asked is None or asked.front_scale != choice.front_scale:
                raise StudioError(
                    f"layer {choice.layer}: front_scale also changes what {other} reads of"
                    f" {before.name}",
                    hint=f"Give all readers of it the same front_scale. {HINT}",
                    where=source,
                )
        gains[before.name] = choice.front_scale
        tensors |= dict.fromkeys(reached, choice.front_scale)
    return Fronts(gains, tensors)


def _passes(op: QOp) -> bool:
    """Whether an operation only hands on values it reads, so that a factor goes through it."""
    kinds = (ReshapeOp, PermuteOp, SliceOp, ZeroInsertOp, HistoryOp)
    return isinstance(op, kinds) or (isinstance(op, PoolOp) and op.kind == "max")


def _before(tensor: str, writers: Mapping[str, QOp], steps: Mapping[str, str]) -> ArrayOp | None:
    """The array operation whose result reaches ``tensor`` unchanged."""
    while True:
        tensor = steps.get(tensor, tensor)
        op = writers.get(tensor)
        if op is None or isinstance(op, ArrayOp):
            return op
        if not _passes(op):
            return None
        tensor = op.inputs[0]


def _after(network: QNetwork, tensor: str) -> tuple[list[str], list[str]]:
    """Tensors that hold the same values, and the names of the operations that compute with them.

    The network's user reads its outputs, so those count as operations.
    """
    reached, readers = [], []
    todo = [tensor]
    while todo:
        name = todo.pop()
        reached.append(name)
        if name in network.outputs:
            readers.append(f"the user (output {name})")
        for op in network.walk():
            if name not in op.inputs:
                continue
            if isinstance(op, RecurrentOp):
                todo.append(op.step_input)
            elif _passes(op):
                todo.append(op.output)
            else:
                readers.append(op.name)
    return reached, readers
