"""What does not fit into which memory, and what would help: the messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.base.errors import FitError
from studio.firmware import pieces, slides
from studio.firmware.packing import Leads
from studio.firmware.schedule import Buffer, Lifetimes
from studio.quantize.qnetwork import ArrayOp, QNetwork, RecurrentOp

SMALLER = (
    "Use smaller feature maps: larger strides, pooling earlier, fewer channels, a smaller input "
    "(fewer frames a sample), or fewer branches held at the same time."
)


def for_a_position(op: ArrayOp, qnetwork: QNetwork, limit: int) -> FitError:
    """An operation of which not even one output position fits into the SRAM."""
    sizes = pieces.areas(op, qnetwork, (1, 1), (None, None))
    words = {
        "input": f"its window of {op.kernel[0]} x {op.kernel[1]} x "
        f"{qnetwork.tensors[op.input].shape[2]}: {sizes['input']} bytes",
        "output": f"its {qnetwork.tensors[op.output].shape[2]} outputs: {sizes['output']} bytes",
        "addend": f"the sums of its mixed weights: {sizes.get('addend', 0)} bytes",
    }
    total = pieces.smallest(op, qnetwork)
    hint = "Use fewer channels, a smaller kernel or less dilation, or split the layer."
    inputs = (sizes["input"] - (total - limit)) // 4 * 4
    if op.kernel == (1, 1) and inputs > 0:
        hint = (
            f"With as many outputs the layer can have {inputs} inputs: pool or use strides before"
            " it, or split it into layers whose results are added."
        )
    return FitError(
        f"One output position of an array operation must fit in the {limit} bytes of NPU memory: "
        f"operation {op.name} needs {' + '.join(words[what] for what in sizes)} = {total} bytes, "
        f"{total - limit} too many",
        hint=hint,
        where=op.name,
    )


def for_tensors(
    qnetwork: QNetwork,
    lives: Lifetimes,
    rest: Sequence[Buffer],
    leads: Leads,
    limits: tuple[int, int],
) -> FitError:
    """Tensors ``rest`` that are left for data memory and do not fit there.

    ``leads`` as in packing.search; ``limits``: bytes of the NPU's memory and of data memory.
    """
    saved = {}
    named = {buffer.name: buffer for buffer in rest}
    for (source, target), lead in leads.items():
        step = named[source].last
        saved[step] = slides.saved(named[source].size, named[target].size, lead)

    def needs(step: int) -> int:
        return sum(b.size for b in _alive(rest, step)) - saved.get(step, 0)

    step = max(range(-1, len(lives.steps) + 1), key=needs)
    alive = _alive(lives.buffers.values(), step)
    total = sum(buffer.size for buffer in alive)
    over = needs(step) - limits[1]
    what, where = _describe(qnetwork, lives, step)
    memories = f"{limits[0]} bytes of NPU memory and {limits[1]} bytes of data memory"
    named_all = f"{what} {_sum(qnetwork, lives, alive, step)} = {total} bytes"
    if saved.get(step):
        named_all += f", of which {saved[step]} can be shared"
    if over > 0:
        inputs = sum(qnetwork.tensors[name].size for name in qnetwork.inputs)
        share = max(1, 100 * sum(limits) // total)
        hint = f"About {share} % of that would fit. {SMALLER}"
        if inputs > sum(limits):
            hint = f"The inputs alone are {inputs} bytes. {hint}"
        return FitError(
            f"Layer inputs and outputs must fit in {memories}: {named_all}, {over} too many",
            hint=hint,
            where=where,
        )
    return FitError(
        f"Layer inputs and outputs must fit in {memories}, each in one piece: {named_all}, and no "
        f"arrangement of the network's {len(lives.buffers)} tensors was found",
        hint="Use slightly smaller feature maps, or fewer branches held at the same time.",
        where=where,
    )


def _alive(buffers: Iterable[Buffer], step: int) -> list[Buffer]:
    return [buffer for buffer in buffers if buffer.first <= step <= buffer.last]


def _describe(qnetwork: QNetwork, lives: Lifetimes, step: int) -> tuple[str, str]:
    if 0 <= step < len(lives.steps):
        name = lives.steps[step].op.name
        return f"operation {name} needs", name
    return ("the inputs need" if step < 0 else "the outputs need"), qnetwork.name


def _sum(qnetwork: QNetwork, lives: Lifetimes, alive: list[Buffer], step: int) -> str:
    """``a (28 x 28 x 1: 784 bytes) + b (…, kept for a later operation)``."""
    touched: set[str] = set()
    inside = 0 <= step < len(lives.steps)
    if inside:
        found = lives.steps[step]
        names = {*found.reads, found.op.output}
        if isinstance(found.op, RecurrentOp):
            names |= {found.op.step_input, *(state.tensor for state in found.op.states)}
        touched = {lives.roots[name] for name in names}
    parts = []
    for buffer in alive:
        width, height, channels = qnetwork.tensors[buffer.name].shape
        kept = inside and buffer.name not in touched
        note = ", kept for a later operation" if kept else ""
        parts.append(f"{buffer.name} ({width} x {height} x {channels}: {buffer.size} bytes{note})")
    return " + ".join(parts)
