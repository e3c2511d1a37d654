"""Where every activation lies: in the NPU's SRAM or in data memory, and from when to when.

Where everything fits in the SRAM it lies there. Otherwise array operations copy what lies in data
memory through the SRAM in pieces, and the tensors whose copies would cost most stay in the SRAM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.chip.chip import Chip
from studio.firmware import no_room, packing, pieces, schedule, slides
from studio.firmware.memory_plan import Memory, MemoryPlan, Place, stages
from studio.firmware.packing import WORD, Placed
from studio.firmware.pieces import Cut
from studio.firmware.plan_verify import verify
from studio.firmware.schedule import Buffer, Lifetimes
from studio.firmware.staging import Staging
from studio.quantize.qnetwork import ArrayOp, HistoryOp, QNetwork

__all__ = [
    "RUNTIME_BYTES",
    "WORD",
    "MemoryPlan",
    "Place",
    "Staging",
    "memory_for_data",
    "plan",
    "stages",
    "verify",
]

# Data memory that is not for tensors: the runtime takes about 500 bytes, a user's own code some
# more; what is measured of each layer takes 16.
RUNTIME_BYTES = 2048
LAYER_BYTES = 16


def plan(qnetwork: QNetwork, chip: Chip, reserve: int | None = None) -> MemoryPlan:
    """Place all activations, or raise FitError naming the operation that needs too much.

    ``reserve`` are the bytes of data memory that stay free beside the stack: None is what the
    runtime needs and a little more.
    """
    lives = schedule.lifetimes(qnetwork)
    limit, data_limit = chip.npu.sram_size, memory_for_data(qnetwork, chip, reserve)
    arrays = _arrays(lives)
    made = _in_sram(qnetwork, lives, arrays, limit)
    rest: dict[str, int] = {}
    if made is None:
        sram, cuts, rest = _Split(qnetwork, lives, arrays, limit, data_limit).found()
    else:
        sram, cuts = made
    staging, copied, top = dict[str, Staging](), dict[str, int](), 0
    for index, step in enumerate(lives.steps):
        op = step.op
        if not isinstance(op, ArrayOp):
            continue
        if index not in cuts:
            width, height, _ = qnetwork.tensors[op.output].shape
            staging[op.name] = Staging(0, 0, True, True, (width, height))
            continue
        staging[op.name] = cuts[index].staging
        copied[op.name] = cuts[index].copied * step.rounds
        for offset, size in stages(op, qnetwork, staging[op.name]).values():
            top = max(top, offset + size)
    places = {}
    for name, root in lives.roots.items():
        if root not in lives.buffers:
            continue
        memory: Memory = "sram" if root in sram else "data"
        buffer, offset = lives.buffers[root], sram[root] if root in sram else rest[root]
        places[name] = Place(offset, buffer.size, buffer.first, buffer.last, memory)
    highs = {"sram": top, "data": 0}
    for place in places.values():
        highs[place.memory] = max(highs[place.memory], place.offset + place.size)
    made_plan = MemoryPlan(places, highs["sram"], limit, highs["data"], data_limit, staging, copied)
    verify(made_plan, qnetwork, chip)
    return made_plan


def too_large(qnetwork: QNetwork, chip: Chip) -> str:
    """A remark where no plan can be found, by adding up what is needed at once; else empty.

    Quick, and before weights are placed. Empty does not say that there is a plan.
    """
    lives = schedule.lifetimes(qnetwork)
    room = chip.npu.sram_size + memory_for_data(qnetwork, chip)
    for index, step in enumerate(lives.steps):
        sizes = [b.size for b in lives.buffers.values() if b.first <= index <= b.last]
        # An output may slide over its input: never more than the smaller of the two is saved.
        needs = sum(sizes) - (sorted(sizes)[-2] if len(sizes) > 1 else 0)
        if needs > room:
            return (
                f"{step.op.name}: needs {needs} bytes of layer inputs and outputs at once, and the"
                f" chip has room for {room}. Firmware cannot be built; simulating and mapping work."
            )
    return ""


def memory_for_data(qnetwork: QNetwork, chip: Chip, reserve: int | None = None) -> int:
    """Bytes of data memory that tensors may take: without stack, runtime and histories."""
    memory = chip.memory
    if reserve is None:
        reserve = RUNTIME_BYTES + LAYER_BYTES * len(qnetwork.ops)
    taken = sum(
        packing.aligned(max(op.lags) * qnetwork.tensors[op.input].shape[2])
        for op in qnetwork.ops
        if isinstance(op, HistoryOp)
    )
    return max(0, memory.data.size - memory.stack - reserve - taken)


def _arrays(lives: Lifetimes) -> dict[int, ArrayOp]:
    """The operations of the array by step."""
    return {
        index: step.op
        for index, step in enumerate(lives.steps)
        if isinstance(step.op, ArrayOp) and not pieces.untouched(step.op)
    }


def _in_sram(
    qnetwork: QNetwork, lives: Lifetimes, arrays: Mapping[int, ArrayOp], limit: int
) -> tuple[dict[str, int], dict[int, Cut]] | None:
    """Everything in the SRAM and nothing cut; None where that does not fit."""
    buffers = list(lives.buffers.values())
    extra: dict[tuple[int, str], Buffer] = {}
    inside = dict.fromkeys(lives.buffers, 0)
    for index, op in arrays.items():
        width, height, _ = qnetwork.tensors[op.output].shape
        places = (inside.get(lives.roots[op.input]), 0)
        for what, size in pieces.areas(op, qnetwork, (width, height), places).items():
            extra[index, what] = Buffer(f"\0{index} {what}", size, index, index)
    # The words of an addend must be aligned; the rescue by odd offsets is for bytes alone.
    alignments = (WORD,) if extra else (WORD, 1)
    offsets = packing.search([*buffers, *extra.values()], limit, alignments)
    if offsets is None:
        return None
    cuts = {}
    for index, op in arrays.items():
        source, target = lives.roots[op.input], lives.roots[op.output]
        where = {what: offsets[b.name] for (at, what), b in extra.items() if at == index}
        width, height, _ = qnetwork.tensors[op.output].shape
        placed = source in lives.buffers
        begin = offsets[source] if placed else where["input"]
        staging = Staging(
            begin, offsets[target], placed, True, (width, height), where.get("addend")
        )
        size = 0 if placed else qnetwork.tensors[op.input].size
        cuts[index] = Cut(staging, size, size)
    return {name: offsets[name] for name in lives.buffers}, cuts


class _Split:
    """Tensors in both memories: which stay in the SRAM, and what is cut into which pieces."""

    def __init__(
        self,
        qnetwork: QNetwork,
        lives: Lifetimes,
        arrays: Mapping[int, ArrayOp],
        limit: int,
        data_limit: int,
    ) -> None:
        self.qnetwork, self.lives, self.arrays = qnetwork, lives, arrays
        self.limit, self.data_limit = limit, data_limit
        self.placed: list[Placed] = []
        self.cuts: dict[int, Cut] = {}

    def found(self) -> tuple[dict[str, int], dict[int, Cut], dict[str, int]]:
        """Offsets in the SRAM, cuts by step, offsets in data memory. Raises FitError."""
        best: tuple[int, list[Placed], dict[int, Cut]] | None = None
        for order in self._orders():
            self._begin()
            for buffer in order:
                self._keep(buffer, gainful=True)
            cost = sum(self._cost(index, cut) for index, cut in self.cuts.items())
            if best is None or cost < best[0]:
                best = (cost, self.placed, self.cuts)
        assert best is not None
        _, self.placed, self.cuts = best
        rest = self._data()
        return {item.buffer.name: item.offset for item in self.placed}, self.cuts, rest

    def _begin(self) -> None:
        self.placed, self.cuts = [], {}
        for index, op in self.arrays.items():
            cut = self._cut(index, op, self.placed)
            if cut is None:
                raise no_room.for_a_position(op, self.qnetwork, self.limit)
            self.cuts[index] = cut

    def _orders(self) -> list[list[Buffer]]:
        """Orders to try: tensors of the array, by how much a byte of SRAM saves, and by size."""
        saves: dict[str, int] = {}
        for index, op in self.arrays.items():
            for name in (op.input, op.output):
                root = self.lives.roots[name]
                saves[root] = saves.get(root, 0) + self.lives.steps[index].rounds
        buffers = [self.lives.buffers[name] for name in saves if name in self.lives.buffers]
        worth = {b.name: saves[b.name] / (b.last - b.first + 1) for b in buffers}
        return [
            sorted(buffers, key=lambda b: (-worth[b.name], -b.size)),
            sorted(buffers, key=lambda b: (-worth[b.name], b.size)),
            sorted(buffers, key=lambda b: (-saves[b.name] * b.size, b.first)),
            sorted(buffers, key=lambda b: b.size),
        ]

    def _keep(self, buffer: Buffer, gainful: bool) -> bool:
        """Put a buffer into the SRAM where it fits, and where that is ``gainful`` if asked."""
        offset = packing.lowest(self.placed, buffer, self.limit)
        if offset is None:
            return False
        trial = [*self.placed, Placed(offset, buffer)]
        changed: dict[int, Cut] = {}
        gain = 0
        for index, op in self.arrays.items():
            if not buffer.first <= index <= buffer.last:
                continue
            cut = self._cut(index, op, trial)
            if cut is None:
                return False
            changed[index] = cut
            gain += self._cost(index, self.cuts[index]) - self._cost(index, cut)
        if gainful and gain <= 0:
            return False
        self.placed = trial
        self.cuts = {**self.cuts, **changed}
        return True

    def _cost(self, index: int, cut: Cut) -> int:
        return cut.cost * self.lives.steps[index].rounds

    def _cut(self, index: int, op: ArrayOp, placed: Sequence[Placed]) -> Cut | None:
        offsets = {item.buffer.name: item.offset for item in placed}
        places = (
            offsets.get(self.lives.roots[op.input]),
            offsets.get(self.lives.roots[op.output]),
        )
        free = packing.gaps(placed, index, index, self.limit)
        return pieces.best(op, self.qnetwork, places, free)

    def _data(self) -> dict[str, int]:
        """Offsets of the rest in data memory; what is too much there may still go to the SRAM.

        Outputs slide over their inputs only where it does not fit otherwise.
        """
        spared = sorted(self._rest(), key=lambda b: -b.size)
        while True:
            rest, leads = self._rest(), self._leads()
            for allowed in (packing.NONE, leads):
                offsets = packing.search(rest, self.data_limit, leads=allowed)
                if offsets is not None:
                    return offsets
            while spared:
                if self._keep(spared.pop(0), gainful=False):
                    break
            else:
                raise no_room.for_tensors(
                    self.qnetwork, self.lives, rest, leads, (self.limit, self.data_limit)
                )

    def _leads(self) -> dict[tuple[str, str], int]:
        """Outputs in data memory that may slide over their input there, which dies."""
        rest = {buffer.name: buffer for buffer in self._rest()}
        found = {}
        for index, step in enumerate(self.lives.steps):
            if step.kind != "run" or len(step.op.inputs) != 1:
                continue
            names = (self.lives.roots[step.op.inputs[0]], self.lives.roots[step.op.output])
            if names[0] == names[1] or not rest.keys() >= {*names}:
                continue
            if rest[names[0]].last != index or rest[names[1]].first != index:
                continue
            cut = self.cuts.get(index)
            lead = slides.lead(step.op, self.qnetwork, cut.staging if cut else None)
            if lead is not None:
                found[names] = lead
        return found

    def _rest(self) -> list[Buffer]:
        inside = {item.buffer.name for item in self.placed}
        return [b for name, b in self.lives.buffers.items() if name not in inside]
