"""Outputs written over their own input: how early they must begin, byte by byte."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio.base.errors import FitError, VerifyError
from studio.chip.chip import Chip
from studio.firmware import memory_map, packing, planner, slides
from studio.firmware.schedule import Buffer
from studio.firmware.staging import Staging
from studio.quantize.qnetwork import ArrayOp, LutOp, Matrix, PoolOp, QNetwork, RowTile
from tests.unit.firmware_nets import network, tensor
from tests.unit.planned import conv

PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))


def geometry(
    kind: str,
    size: tuple[int, int],
    channels: tuple[int, int],
    kernel: tuple[int, int],
    strides: tuple[int, int],
    pads: tuple[int, int, int, int],
) -> QNetwork:
    """A network of one convolution or pool."""
    out = [
        (size[axis] + pads[axis] + pads[axis + 2] - kernel[axis]) // strides[axis] + 1
        for axis in (0, 1)
    ]
    tensors = tensor("in", (*size, channels[0])), tensor("out", (*out, channels[1]))
    if kind == "pool":
        return network(tensors, [PoolOp("op", "in", "out", "max", kernel, strides, pads)])
    rows = kernel[0] * kernel[1] * channels[0]
    weights = np.ones((rows, channels[1]), np.int16)
    matrix = Matrix("m", weights, "pn", 256, (RowTile(0, rows, None),))
    return network(tensors, [ArrayOp("op", "in", "out", (matrix,), kernel, strides, pads=pads)])


def damaged(qnetwork: QNetwork, piece: tuple[int, int], lead: int, at_once: bool) -> bool:
    """Whether a piece reads what an earlier one wrote, the output ``lead`` bytes before."""
    (op,) = qnetwork.ops
    assert isinstance(op, ArrayOp | PoolOp)
    source, target = qnetwork.tensors["in"], qnetwork.tensors["out"]
    memory = np.zeros(lead + source.size + target.size, bool)  # what was written
    x = memory[lead : lead + source.size].reshape(source.shape)
    y = memory[: target.size].reshape(target.shape)
    for w in range(0, target.shape[0], piece[0]):
        for h in range(0, target.shape[1], piece[1]):
            done = slice(w, w + piece[0]), slice(h, h + piece[1])
            if not at_once:
                y[done] = True  # a channel may be written before the next one's window is read
            read = []
            for axis, start in enumerate((w, h)):
                last = min(start + piece[axis], target.shape[axis]) - 1
                first = start * op.strides[axis] - op.pads[axis]
                stop = last * op.strides[axis] - op.pads[axis] + op.kernel[axis]
                read.append(slice(max(first, 0), max(stop, 0)))
            if x[tuple(read)].any():
                return True
            y[done] = True
    return False


@given(
    kind=st.sampled_from(["conv", "pool"]),
    size=st.tuples(st.integers(1, 7), st.integers(1, 7)),
    channels=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    kernel=PAIRS,
    strides=PAIRS,
    pads=st.tuples(*[st.integers(0, 2)] * 4),
    piece=st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
@settings(max_examples=300, deadline=None)
def test_the_lead_is_enough(kind, size, channels, kernel, strides, pads, piece):
    pads = tuple(min(pad, k - 1) for pad, k in zip(pads, (*kernel, *kernel), strict=True))
    if kind == "pool":
        channels, piece = (channels[0], channels[0]), (1, 1)
    assume(all(s + a + b >= k for s, a, b, k in zip(size, pads[:2], pads[2:], kernel, strict=True)))
    qnetwork = geometry(kind, size, channels, kernel, strides, pads)
    (op,) = qnetwork.ops
    out = qnetwork.tensors["out"].shape
    piece = min(piece[0], out[0]), min(piece[1], out[1])
    staging = Staging(0, 0, False, False, piece) if kind == "conv" else None
    lead = slides.lead(op, qnetwork, staging)
    assert lead is not None and lead >= 0
    assert not damaged(qnetwork, piece, lead, kind == "conv")
    if lead and kind == "conv" and not any(pads):
        assert damaged(qnetwork, piece, lead - 1, True), "and not more than needed"


def chain() -> QNetwork:
    tensors = [
        tensor("in", (32, 32, 3)), tensor("a", (32, 32, 64)), tensor("b", (32, 32, 64)),
        tensor("p", (16, 16, 64)), tensor("out", (16, 16, 8)),
    ]  # fmt: skip
    ops = [
        conv(tensors[0], tensors[1]),
        conv(tensors[1], tensors[2]),
        PoolOp("pool", "b", "p", "max", (2, 2), (2, 2)),
        conv(tensors[3], tensors[4]),
    ]
    return network(tensors, ops)


def test_two_maps_of_64_kib_share_data_memory(chip: Chip) -> None:
    """Together they are larger than it: a convolution's output follows close on its input."""
    qnetwork = chain()
    plan = planner.plan(qnetwork, chip)
    a, b = plan.places["a"], plan.places["b"]
    assert (a.memory, b.memory) == ("data", "data")
    assert a.size + b.size > plan.data_limit
    assert b.offset < a.offset < b.offset + b.size
    assert plan.data_high_water < 1.3 * a.size
    assert memory_map.of(plan, qnetwork).slides == ("a>b",)
    assert "overwrites their input as they go\n\na>b\n" in memory_map.text(plan, qnetwork)
    lead = slides.lead(qnetwork.ops[1], qnetwork, plan.staging["a>b"])
    assert lead is not None
    closer = dict(plan.places) | {"b": replace(b, offset=a.offset - lead + 1)}
    with pytest.raises(VerifyError, match="b is written over a"):
        planner.verify(replace(plan, places=closer), qnetwork, chip)


def test_an_input_that_is_needed_again_is_not_written_over(chip: Chip) -> None:
    qnetwork = chain()
    kept = replace(qnetwork, outputs=("out", "a"))
    with pytest.raises(FitError, match=r"a \(32 x 32 x 64: 65536 bytes") as caught:
        planner.plan(kept, chip)
    assert "% of that would fit" in caught.value.hint


def test_digital_matrices_read_their_input_twice() -> None:
    qnetwork = geometry("conv", (4, 4), (2, 2), (3, 3), (1, 1), (1, 1, 1, 1))
    (op,) = qnetwork.array_ops
    staging = Staging(0, 0, False, False, (1, 4))
    assert slides.lead(op, qnetwork, staging) == 8
    digital = replace(op, matrices=(replace(op.matrices[0], store="digital"),))
    assert slides.lead(digital, qnetwork, staging) is None
    assert slides.lead(op, qnetwork, replace(staging, in_place_input=True)) is None
    assert slides.lead(LutOp("l", "in", "out", np.zeros(256, np.int16)), qnetwork, None) is None


@given(
    sizes=st.lists(st.integers(1, 40), min_size=2, max_size=7),
    leads=st.lists(st.integers(0, 50), min_size=6, max_size=6),
    sliding=st.lists(st.booleans(), min_size=6, max_size=6),
)
@settings(max_examples=200, deadline=None)
def test_a_chain_is_packed_with_its_leads(sizes, leads, sliding):
    buffers = [Buffer(f"b{n}", size, n - 1, n) for n, size in enumerate(sizes)]
    pairs = {(f"b{n}", f"b{n + 1}"): leads[n] for n in range(len(sizes) - 1) if sliding[n]}
    limit = packing.most(buffers, pairs)
    found = packing.search(buffers, limit + 8, (1,), pairs)
    if found is None:
        return  # bytes enough, but not in one piece
    for one, other in itertools.pairwise(buffers):
        a, b = found[one.name], found[other.name]
        apart = a + one.size <= b or b + other.size <= a
        lead = pairs.get((one.name, other.name))
        assert apart or (lead is not None and b + lead <= a)
        assert max(a + one.size, b + other.size) <= limit + 8
