"""Whether a memory plan keeps every value as long as it is needed. Knows nothing of the planner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.base.errors import VerifyError
from studio.chip.chip import Chip
from studio.firmware import slides
from studio.firmware.memory_plan import MemoryPlan, stages
from studio.firmware.pieces import untouched
from studio.firmware.schedule import IN_PLACE, Step, steps
from studio.quantize.qnetwork import ArrayOp, QNetwork, QOp, RecurrentOp, ReshapeOp, State

WORD = 4


@dataclass(frozen=True)
class _Bytes:
    """Bytes of a memory, and what lies there."""

    what: str
    memory: str
    start: int
    stop: int

    def meets(self, other: _Bytes) -> bool:
        inside = self.start < other.stop and other.start < self.stop
        return inside and self.memory == other.memory

    def same(self, other: _Bytes) -> bool:
        here, there = (self.memory, self.start), (other.memory, other.start)
        return here == there and self.stop == other.stop


def verify(plan: MemoryPlan, qnetwork: QNetwork, chip: Chip) -> None:
    """Raise VerifyError where a step writes over what a later one reads, or outside the memory."""
    check = _Check(plan, qnetwork)
    check.limits(chip)
    order = steps(qnetwork)
    after = check.needed(order)
    check.write("the inputs", qnetwork.inputs, (), after[-1])
    for index, step in enumerate(order):
        check.step(step, after[index])


class _Check:
    """One plan and its network."""

    def __init__(self, plan: MemoryPlan, qnetwork: QNetwork) -> None:
        self.plan, self.qnetwork = plan, qnetwork
        self.fixed = set(qnetwork.constants)
        self.views = {op.output: op.input for op in qnetwork.walk() if isinstance(op, ReshapeOp)}
        for op in qnetwork.walk():
            if isinstance(op, ReshapeOp) and op.input in self.fixed:
                self.fixed.add(op.output)

    def bytes(self, name: str) -> _Bytes | None:
        """Where a tensor lies; None for a constant."""
        if name in self.fixed:
            return None
        if name not in self.plan.places:
            raise VerifyError("the tensor has no place in memory", where=name)
        place = self.plan.places[name]
        if place.size != self.qnetwork.tensors[name].size:
            raise VerifyError(f"{place.size} bytes in the plan", where=name)
        return _Bytes(name, place.memory, place.offset, place.offset + place.size)

    def limits(self, chip: Chip) -> None:
        """All tensors lie in their memory, which is not larger than the chip's."""
        plan = self.plan
        sizes = {"sram": plan.limit, "data": plan.data_limit}
        if plan.limit > chip.npu.sram_size or plan.data_limit > chip.memory.data.size:
            raise VerifyError(f"the chip has less memory than {sizes}", where=self.qnetwork.name)
        used = {"sram": plan.high_water, "data": plan.data_high_water}
        for name in self.qnetwork.tensors:
            found = self.bytes(name)
            if found is not None and not 0 <= found.start < found.stop <= used[found.memory]:
                raise VerifyError(f"bytes {found.start}..{found.stop - 1}", where=name)
        if any(used[memory] > sizes[memory] for memory in used):
            raise VerifyError(f"{used} bytes of {sizes}", where=self.qnetwork.name)

    def needed(self, order: tuple[Step, ...]) -> dict[int, set[str]]:
        """What is still needed after each step; after step -1, the writing of the inputs."""
        cells = [op for op in self.qnetwork.ops if isinstance(op, RecurrentOp)]
        states = {state.tensor for op in cells for state in op.states}
        live = {*self.qnetwork.outputs, *states}
        found: dict[int, set[str]] = {}
        for index in reversed(range(len(order))):
            step = order[index]
            match step.op, step.kind:
                case RecurrentOp() as op, "end":
                    live.add(op.output)
                    found[index] = set(live)
                    # Each state gets its next value here, or that lies there already.
                    live -= {state.tensor for state in op.states}
                    live |= {*step.reads}
                case RecurrentOp() as op, "begin":
                    found[index] = set(live)
                    live -= {op.step_input, op.output}
                    live |= {op.input, *states}
                case op, _:
                    found[index] = set(live)
                    live.discard(op.output)
                    live |= {*op.inputs}
        found[-1] = set(live) | set(self.qnetwork.inputs)
        return found

    def _carried(self, state: State) -> bool:
        """Whether a state lies where its next value is written."""
        old, new = self.bytes(state.tensor), self.bytes(state.next)
        return old is not None and new is not None and old.same(new)

    def step(self, step: Step, after: set[str]) -> None:
        """One step writes nothing over what is needed after it, nor over what it reads itself."""
        op = step.op
        match op, step.kind:
            case RecurrentOp(), "begin":
                # The output comes a frame a round: it is written from here on.
                self.write(op.name, (op.step_input, op.output), (op.input,), after)
            case RecurrentOp(), "end":
                nexts = [state.next for state in op.states if not self._carried(state)]
                moved = [state.tensor for state in op.states if not self._carried(state)]
                self.write(op.name, (op.output,), (op.input, op.result, *nexts), after)
                self.write(op.name, moved, (op.input, op.output), after)
            case ReshapeOp(), _:
                self._view(op)
            case ArrayOp(), _:
                self._array(op, after)
            case _:
                over, lead = isinstance(op, IN_PLACE), slides.lead(op, self.qnetwork, None)
                self.write(op.name, (op.output,), op.inputs, after, over, lead)

    def write(
        self,
        where: str,
        targets: Iterable[str],
        sources: Iterable[str],
        after: set[str],
        over: bool = False,
        lead: int | None = None,
        areas: Iterable[_Bytes] = (),
    ) -> None:
        """``targets`` and ``areas`` lie apart from each other, from sources and what is needed.

        A target may be the very bytes of a source where the operation can write ``over`` it, or
        reach into it where it begins ``lead`` bytes before it (slides.py).
        """
        written = [found for name in targets if (found := self.bytes(name)) is not None]
        read = [found for name in sources if (found := self.bytes(name)) is not None]
        kept = [found for name in after if (found := self.bytes(name)) is not None]
        names = {item.what for item in written}
        for number, item in enumerate([*written, *areas]):
            for other in [*written, *areas][:number]:
                self._apart(item, other, where)
            for other in kept:
                if other.what not in names and not self._view_of(other, item):
                    self._apart(item, other, where)
            for other in read:
                slid = lead is not None and item.start + lead <= other.start
                if not (over and item.same(other)) and not (slid and number < len(written)):
                    self._apart(item, other, where)

    def _view_of(self, one: _Bytes, other: _Bytes) -> bool:
        """Whether both are one tensor, reshaped: writing one is writing the other."""
        if not one.same(other):
            return False
        return self._root(one.what) == self._root(other.what)

    def _root(self, name: str) -> str:
        while name in self.views:
            name = self.views[name]
        return name

    def _apart(self, one: _Bytes, other: _Bytes, where: str) -> None:
        if one.meets(other):
            raise VerifyError(
                f"{one.what} is written over {other.what} in {one.memory} memory "
                f"({one.start}..{one.stop - 1}, {other.start}..{other.stop - 1})",
                where=where,
            )

    def _view(self, op: ReshapeOp) -> None:
        source, target = self.bytes(op.input), self.bytes(op.output)
        if (source is None) != (target is None):
            raise VerifyError("a reshaped tensor lies elsewhere", where=op.name)
        if source is not None and target is not None and not source.same(target):
            raise VerifyError("a reshaped tensor lies elsewhere", where=op.name)

    def _array(self, op: ArrayOp, after: set[str]) -> None:
        """Whole tensors and areas lie in the SRAM, where the staging says."""
        if op.name not in self.plan.staging:
            raise VerifyError("the array operation is not staged", where=op.name)
        staging = self.plan.staging[op.name]
        width, height, _ = self.qnetwork.tensors[op.output].shape
        if not (1 <= staging.piece[0] <= width and 1 <= staging.piece[1] <= height):
            raise VerifyError(f"pieces of {staging.piece} positions", where=op.name)
        areas = []
        if not untouched(op):
            self._in_place(op, op.input, staging.input if staging.in_place_input else None)
            self._in_place(op, op.output, staging.output if staging.in_place_output else None)
            for what, (offset, size) in stages(op, self.qnetwork, staging).items():
                area = _Bytes(f"{what} area", "sram", offset, offset + size)
                aligned = what != "addend" or not offset % WORD
                if offset < 0 or area.stop > self.plan.high_water or not aligned:
                    raise VerifyError(f"{what} area at {offset}, {size} bytes", where=op.name)
                areas.append(area)
        lead = None if untouched(op) else slides.lead(op, self.qnetwork, staging)
        self.write(op.name, (op.output,), (op.input,), after, lead=lead, areas=areas)

    def _in_place(self, op: QOp, name: str, offset: int | None) -> None:
        found = self.bytes(name)
        if offset is None:
            return
        if found is None or found.memory != "sram" or found.start != offset:
            raise VerifyError(f"{name} does not lie at {offset} of the SRAM", where=op.name)
