"""The report on memory: where each tensor lies, from when to when, and what is copied."""

from __future__ import annotations

from dataclasses import dataclass

from studio.firmware import memory_plan, schedule
from studio.firmware.image import TensorPlace
from studio.firmware.memory_plan import Memory, MemoryPlan, Place
from studio.firmware.schedule import Step
from studio.quantize.qnetwork import ArrayOp, HistoryOp, QNetwork, Shape

START, END = "start", "end"


@dataclass(frozen=True)
class Row:
    """One tensor: its bytes in a memory, and the layers from which to which they are its own.

    ``shares``: other tensors that are the very same bytes (reshaped, or written over).
    """

    tensor: str
    shape: Shape
    memory: Memory
    offset: int
    size: int
    first: str
    last: str
    shares: tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """An array operation that does not find all of its data in the SRAM.

    ``areas``: (what, offset, bytes) in the SRAM; ``piece``: output positions at a time of
    ``positions``; ``copied``: bytes copied in a sample.
    """

    layer: str
    areas: tuple[tuple[str, int, int], ...]
    piece: tuple[int, int]
    positions: tuple[int, int]
    copied: int

    @property
    def pieces(self) -> int:
        """How many pieces there are."""
        return -(-self.positions[0] // self.piece[0]) * -(-self.positions[1] // self.piece[1])


@dataclass(frozen=True)
class MemoryMap:
    """All of a plan, for reading: tensors by memory and offset, stages in execution order.

    ``histories``: bytes of data memory that earlier frames take beside the tensors. ``slides``:
    layers whose output overwrites their input as they go (slides.py).
    """

    network: str
    rows: tuple[Row, ...]
    stages: tuple[Stage, ...]
    sram: int
    sram_limit: int
    data: int
    data_limit: int
    histories: int
    slides: tuple[str, ...] = ()

    @property
    def copied(self) -> int:
        """Bytes copied between the memories in a sample."""
        return sum(stage.copied for stage in self.stages)


def of(plan: MemoryPlan, qnetwork: QNetwork) -> MemoryMap:
    """The report on a plan."""
    steps = schedule.steps(qnetwork)
    rows = []
    together: dict[Place, list[str]] = {}
    for name, place in plan.places.items():
        together.setdefault(place, []).append(name)
    for place, names in sorted(together.items(), key=lambda item: _order(item[0])):
        first, last = _when(steps, place.first), _when(steps, place.last)
        shape = qnetwork.tensors[names[0]].shape
        rows.append(
            Row(
                names[0],
                shape,
                place.memory,
                place.offset,
                place.size,
                first,
                last,
                tuple(names[1:]),
            )
        )
    stages = []
    for step in steps:
        if not isinstance(step.op, ArrayOp) or step.op.name not in plan.copied:
            continue
        staging = plan.staging[step.op.name]
        areas = memory_plan.stages(step.op, qnetwork, staging)
        if areas:
            width, height, _ = qnetwork.tensors[step.op.output].shape
            stages.append(
                Stage(
                    step.op.name,
                    tuple((what, offset, size) for what, (offset, size) in areas.items()),
                    staging.piece,
                    (width, height),
                    plan.copied[step.op.name],
                )
            )
    kept = [op for op in qnetwork.ops if isinstance(op, HistoryOp)]
    return MemoryMap(
        qnetwork.name,
        tuple(rows),
        tuple(stages),
        plan.high_water,
        plan.limit,
        plan.data_high_water,
        plan.data_limit,
        sum(max(op.lags) * qnetwork.tensors[op.input].shape[2] for op in kept),
        tuple(step.op.name for step in steps if _slides(step, plan)),
    )


def tensors(plan: MemoryPlan, qnetwork: QNetwork) -> tuple[TensorPlace, ...]:
    """Where each tensor lies, as the image keeps it for the window."""
    copied: dict[str, int] = {}
    for step in schedule.steps(qnetwork):
        copied[step.op.output] = copied.get(step.op.output, 0) + plan.copied.get(step.op.name, 0)
    return tuple(
        TensorPlace(
            row.tensor,
            row.memory,
            row.offset,
            row.size,
            row.first,
            row.last,
            row.shares,
            sum(copied.get(name, 0) for name in (row.tensor, *row.shares)),
        )
        for row in of(plan, qnetwork).rows
    )


def text(plan: MemoryPlan, qnetwork: QNetwork) -> str:
    """The report as a text file."""
    found = of(plan, qnetwork)
    lines = [
        f"Memory of the activations of {found.network}",
        "",
        f"NPU SRAM     {found.sram:>7} of {found.sram_limit} bytes",
        f"data memory  {found.data:>7} of {found.data_limit} bytes",
    ]
    if found.histories:
        lines.append(f"earlier frames {found.histories} bytes of data memory beside that")
    lines.append(f"copied a sample {found.copied} bytes")
    for memory, title in (("sram", "NPU SRAM"), ("data", "Data memory")):
        rows = [row for row in found.rows if row.memory == memory]
        if not rows:
            continue
        lines += ["", title, "  offset    size  shape            needed", ""]
        for row in rows:
            shape = " x ".join(map(str, row.shape))
            shares = f" (also {', '.join(row.shares)})" if row.shares else ""
            lines.append(f"{row.offset:>8} {row.size:>7}  {shape:<16} {row.tensor}{shares}")
            lines.append(f"{'':35}{row.first} .. {row.last}")
    if found.stages:
        lines += ["", "Array operations whose data pass through the SRAM", ""]
    for stage in found.stages:
        cut = f"{stage.piece[0]} x {stage.piece[1]} of {stage.positions[0]} x {stage.positions[1]}"
        areas = ", ".join(f"{what} {size} bytes at {offset}" for what, offset, size in stage.areas)
        lines.append(
            f"{stage.layer}: {stage.pieces} pieces of {cut} positions; {areas}; "
            f"{stage.copied} bytes copied a sample"
        )
    if found.slides:
        lines += ["", "Layers whose output overwrites their input as they go", ""]
        lines += found.slides
    # A name may hold anything; each stays on its line.
    return "".join(" ".join(line.splitlines()) + "\n" for line in lines)


def _slides(step: Step, plan: MemoryPlan) -> bool:
    """Whether an output lies in a part of its input's bytes, or beyond them."""
    source = plan.places.get(step.op.inputs[0])
    target = plan.places.get(step.op.output)
    if step.kind != "run" or source is None or target is None or source == target:
        return False
    starts = max(source.offset, target.offset)
    stops = min(source.offset + source.size, target.offset + target.size)
    return source.memory == target.memory and starts < stops


def _order(place: Place) -> tuple[bool, int, int]:
    return place.memory == "data", place.offset, place.first


def _when(steps: tuple[Step, ...], index: int) -> str:
    """The layer of a step."""
    if index < 0:
        return START
    return steps[index].op.name if index < len(steps) else END
