"""The plan of the activations' memory: what planner.plan finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from studio.firmware import pieces
from studio.firmware.staging import Staging
from studio.quantize.qnetwork import ArrayOp, QNetwork

Memory = Literal["sram", "data"]


@dataclass(frozen=True)
class Place:
    """Bytes ``offset`` .. ``offset + size`` of a memory, taken from step ``first`` to ``last``.

    Steps are those of schedule.steps: without recurrent cells, step i is operation i of the
    network. Graph inputs are written in step -1 and graph outputs are read in the step after the
    last operation. Offsets in data memory count from the start of network_ram.
    """

    offset: int
    size: int
    first: int
    last: int
    memory: Memory = "sram"


@dataclass(frozen=True)
class MemoryPlan:
    """The place of every activation by tensor name; tensors that share bytes share a place.

    Constants are not in it: the CPU reads them from code memory. ``high_water`` is the number of
    SRAM bytes used, of ``limit``; ``data_high_water`` those of data memory, of ``data_limit``.
    ``staging`` tells of every array operation how it meets the SRAM, ``copied`` how many bytes
    that copies in a sample, both by the operation's name.
    """

    places: Mapping[str, Place]
    high_water: int
    limit: int
    data_high_water: int = 0
    data_limit: int = 0
    staging: Mapping[str, Staging] = field(default_factory=dict)
    copied: Mapping[str, int] = field(default_factory=dict)


def stages(op: ArrayOp, qnetwork: QNetwork, staging: Staging) -> dict[str, tuple[int, int]]:
    """Offset and size of the areas an operation needs beside its tensors, by what they hold."""
    if pieces.untouched(op):
        return {}
    places = (
        staging.input if staging.in_place_input else None,
        staging.output if staging.in_place_output else None,
    )
    offsets = {"input": staging.input, "output": staging.output, "addend": staging.addend or 0}
    sizes = pieces.areas(op, qnetwork, staging.piece, places)
    return {what: (offsets[what], size) for what, size in sizes.items()}
