"""The compiled code gives the integers of the numpy reference, with every instruction set."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.base.errors import DataError
from studio.base.job import Job
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ArrayOp,
    BlendOp,
    ConcatOp,
    HistoryOp,
    LutOp,
    MacOp,
    MatMulOp,
    Matrix,
    MeanOp,
    MulOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    QTensor,
    RecurrentOp,
    ReshapeOp,
    RowTile,
    SliceOp,
    SoftmaxOp,
    State,
    SumLutOp,
    ZeroInsertOp,
)
from studio.simulate import native, prepared, program
from studio.simulate.run import evaluate, prepare, run, run_prepared
from studio.simulate.states import initial

CODE = native.code()
pytestmark = pytest.mark.skipif(CODE is None, reason="nothing can be compiled here")
LEVELS = range(CODE.level + 1) if CODE is not None else ()

SIGNED, POSITIVE, BYTE = (-128, 127), (0, 127), (0, 255)


class Net:
    """Operations and tensors added one by one."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.ops: list[QOp] = []
        self.tensors: dict[str, QTensor] = {}
        self.constants: dict[str, np.ndarray] = {}
        self.inputs: list[str] = []

    def tensor(self, shape, span=SIGNED) -> str:
        name = f"t{len(self.tensors)}"
        self.tensors[name] = QTensor(name, shape, 1.0, *span, (1, shape[2], shape[1], shape[0]))
        return name

    def input(self, shape, span=SIGNED) -> str:
        self.inputs.append(self.tensor(shape, span))
        return self.inputs[-1]

    def constant(self, shape) -> str:
        name = self.tensor(shape)
        self.constants[name] = self.random.integers(-128, 128, shape).astype(np.int16)
        return name

    def shape(self, name: str):
        return self.tensors[name].shape

    def op(self, make, inputs, shape, span=SIGNED, **more) -> str:
        """Append an operation; its output."""
        out = self.tensor(shape, span)
        where = {"input": inputs} if isinstance(inputs, str) else {"inputs": tuple(inputs)}
        self.ops.append(make(name=f"op{len(self.ops)}", output=out, **where, **more))
        return out

    def array(self, x, columns, kernel=(1, 1), matrices=1, relu=False, **more) -> str:
        """Append an array operation; ``more``: geometry, and the matrix's fields."""
        strides, dilations = more.pop("strides", (1, 1)), more.pop("dilations", (1, 1))
        pads = more.pop("pads", (0, 0, 0, 0))
        w, h, c = self.shape(x)
        size = [
            (n + pads[i] + pads[i + 2] - (kernel[i] - 1) * dilations[i] - 1) // strides[i] + 1
            for i, n in enumerate((w, h))
        ]
        rows = kernel[0] * kernel[1] * (c // matrices)
        made = tuple(self.matrix(rows, columns, **more) for _ in range(matrices))
        span = POSITIVE if relu else SIGNED
        return self.op(
            ArrayOp,
            x,
            (size[0], size[1], columns * matrices),
            span,
            matrices=made,
            kernel=kernel,
            strides=strides,
            dilations=dilations,
            pads=pads,
            relu=relu,
        )

    def matrix(self, rows, columns, encoding="unsigned", cuts=(), peak=127, gain=512, **more):
        weights = self.random.integers(-peak - 1, peak + 1, (rows, columns)).astype(np.int16)
        tiles = []
        edges = [0, *sorted(cut for cut in set(cuts) if 0 < cut < rows), rows]
        for start, stop in pairwise(edges):
            bias = (self.random.integers(-40, 41, columns) * 128).astype(np.int32)
            tiles.append(RowTile(start, stop, bias if self.random.random() < 0.8 else None))
        return Matrix("m", weights, encoding, gain, tuple(tiles), **more)

    def qnetwork(self, *outputs: str) -> QNetwork:
        names = outputs or (list(self.tensors)[-1],)
        return QNetwork(
            "net", "c", tuple(self.inputs), names, tuple(self.ops), self.tensors, self.constants
        )

    def samples(self, n: int) -> list[np.ndarray]:
        """Random samples, the ends of each range among them."""
        found = []
        for name in self.inputs:
            t = self.tensors[name]
            x = self.random.integers(t.low, t.high + 1, (n, *t.shape))
            x[self.random.random(x.shape) < 0.1] = t.low
            x[self.random.random(x.shape) < 0.1] = t.high
            found.append(x.astype(np.int16))
        return found


def at_level(level, monkeypatch) -> None:
    assert CODE is not None
    monkeypatch.setattr(native, "code", lambda: native.Code(CODE.library, level))


def check(net: Net, n: int = 5, alone: bool = True) -> None:
    """All tensors by compiled code, in one program, against the reference."""
    made = tuple(op.output for op in net.ops)
    qnetwork = net.qnetwork(*made)
    x = net.samples(n)
    ready = prepare(qnetwork, threads=1)
    if alone:
        assert [piece.op for piece in ready._plain] == [None], "not all is compiled"
    found, wanted = ready.evaluate(x), evaluate(qnetwork, x)
    for name in made:
        np.testing.assert_array_equal(found[name], wanted[name], name)
    last = net.qnetwork()
    np.testing.assert_array_equal(prepare(last).evaluate(x)[made[-1]], wanted[made[-1]])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("columns", [1, 15, 16, 17, 48, 49, 64, 65, 130])
def test_matrices_of_odd_sizes(columns: int, level: int, monkeypatch) -> None:
    at_level(level, monkeypatch)
    for rows, n in ((1, 1), (3, 2), (50, 6), (51, 13), (257, 17)):
        net = Net(rows)
        x = net.input((1, 1, rows), BYTE)
        net.array(x, columns, cuts=(7, 30), gain=4096, relu=rows % 2 == 0)
        check(net, n)


ENCODINGS = [
    {"encoding": "unsigned"},
    {"encoding": "pn"},
    {"encoding": "shift"},
    {"encoding": "partial", "signed_inputs": 5},
    {"encoding": "partial", "signed_inputs": 0},
    {"encoding": "partial", "signed_inputs": 27},
    {"encoding": "unsigned", "input_shift": 1},
    {"encoding": "pn", "input_shift": 2},
    {"encoding": "shift", "input_shift": 1},
    {"encoding": "partial", "signed_inputs": 11, "input_shift": 1},
    {"encoding": "pn", "peak": 275},
    {"encoding": "unsigned", "peak": 5000, "gain": 8192, "store": "digital"},
    {"encoding": "pn", "repeat": 2},
]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("more", ENCODINGS, ids=lambda more: "-".join(map(str, more.values())))
@pytest.mark.parametrize("span", [SIGNED, POSITIVE, BYTE], ids=["int8", "0-127", "uint8"])
def test_every_encoding(more, span, level: int, monkeypatch) -> None:
    at_level(level, monkeypatch)
    net = Net(7)
    x = net.input((4, 3, 3), span)
    net.array(x, 20, (3, 2), cuts=(4, 12), pads=(1, 0, 1, 1), **more)
    net.array(x, 9, (2, 3), **more)
    check(net, 3)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    kernel=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    dilations=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    pads=st.tuples(*[st.integers(0, 2)] * 4),
    groups=st.sampled_from([(1, 1), (1, 3), (2, 2), (3, 1), (20, 1), (33, 1), (5, 2)]),
    columns=st.sampled_from([1, 2, 16, 21]),
    encoding=st.sampled_from(["unsigned", "pn", "shift"]),
)
def test_windows_of_every_geometry(
    seed, kernel, strides, dilations, pads, groups, columns, encoding
) -> None:
    matrices, own = groups
    net = Net(seed)
    x = net.input((8, 9, matrices * own), BYTE if encoding == "unsigned" else SIGNED)
    geometry = {"strides": strides, "dilations": dilations, "pads": pads}
    relu = bool(seed % 2)
    net.array(
        x, columns if matrices < 9 else 1, kernel, matrices, relu, encoding=encoding, **geometry
    )
    check(net, 2)


def test_what_32_bits_cannot_hold_is_left_to_numpy() -> None:
    net = Net(1)
    x = net.input((1, 1, 800), BYTE)
    net.array(x, 3, peak=32767, store="mixed", gain=8192)
    check(net, alone=False)
    assert prepare(net.qnetwork())._plain[0].program is None


def test_weights_without_a_mirror_image_are_left_to_numpy() -> None:
    net = Net(1)
    x = net.input((1, 1, 40))
    net.array(x, 30, encoding="pn", mirror_max=127)
    assert -128 in net.ops[0].matrices[0].weights  # type: ignore[union-attr]
    check(net, alone=False)
    assert prepare(net.qnetwork())._plain[0].program is None


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", [(4, 6, 5), (2, 3, 35)])
def test_operations_of_the_cpu(shape, seed: int, level: int, monkeypatch) -> None:
    at_level(level, monkeypatch)
    w, h, c = shape
    net = Net(seed)
    random = net.random
    a, b, u = net.input(shape), net.input(shape), net.input(shape, BYTE)
    by_channel = net.input((1, 1, c))
    shift = int(random.integers(-4, 2))
    fixed = net.constant(shape)
    net.op(AddOp, (a, b), shape, shift=shift)
    net.op(AddOp, (a, fixed), shape, shift=shift, relu=True, span=POSITIVE)
    net.op(MulOp, (a, b), shape, shift=-5)
    net.op(MulOp, (u, b), shape, shift=shift, relu=True, span=POSITIVE)
    net.op(MulOp, (a, by_channel), shape, shift=-7)
    factor = random.integers(-300, 300, c).astype(np.int16)
    offset = random.integers(-9000, 9000, c).astype(np.int32)
    net.op(AffineOp, a, shape, factor=factor, offset=offset, shift=int(random.integers(0, 9)))
    table = random.integers(-128, 128, 256).astype(np.int16)
    net.op(LutOp, a, shape, table=table)
    net.op(LutOp, u, shape, BYTE, table=np.abs(table))
    net.op(LutOp, a, shape, BYTE, table=random.integers(0, 256, (c, 256)).astype(np.int16))
    net.op(SumLutOp, (a, b), shape, table=random.integers(-128, 128, 512).astype(np.int16))
    net.op(SumLutOp, (a, b), shape, BYTE, table=random.integers(0, 256, 512).astype(np.int16))
    shifts = tuple(int(s) for s in random.integers(-8, 1, 3))
    net.op(MacOp, (a, b, b, u), shape, shifts=shifts)
    net.op(BlendOp, (a, b, a), shape, ones=127, shifts=(0, 0, -7))
    net.op(BlendOp, (u, b, a), shape, ones=128, shifts=(0, 0, -7), mirrored=True)
    net.op(ConcatOp, (a, b), (w, h, 2 * c), axis=2)
    net.op(ConcatOp, (a, b, a), (3 * w, h, c), axis=0)
    net.op(ConcatOp, (u, u), (w, 2 * h, c), BYTE, axis=1)
    net.op(SliceOp, a, (w, (h + 1) // 3, c), axis=1, start=1, step=3)
    net.op(SliceOp, u, (w // 2, h, c), BYTE, axis=0, start=1, step=2)
    net.op(SliceOp, a, (w, h, 1), axis=2, start=4)
    net.op(ZeroInsertOp, a, (3 * w - 2, h, c), strides=(3, 1))
    net.op(ZeroInsertOp, a, (w, 2 * h - 1, c), strides=(1, 2))
    order = random.permutation(w * h * c).astype(np.int32)
    moved = net.op(PermuteOp, a, (h, w, c), order=order)
    net.op(ReshapeOp, moved, (1, 1, w * h * c))
    exponents = np.rint(2**15 * np.exp(-np.arange(256) * 0.05)).astype(np.int32)
    net.op(SoftmaxOp, a, shape, BYTE, table=exponents)
    other = net.input((c, h, 37))
    net.op(MatMulOp, (a, other), (w, h, 37), factor=3, shift=9)
    turned = net.input((7, h, c), BYTE)
    net.op(MatMulOp, (a, turned), (w, h, 7), factor=-1, shift=0, transposed=True)
    check(net)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(["max", "average"]),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    pads=st.booleans(),
    channels=st.sampled_from([1, 3, 16, 19, 32]),
    scale=st.sampled_from([(0, 1.0), (2, 1.0), (-1, 1.0), (0, 0.7310585)]),
)
def test_pooling(seed, kind, kernel, strides, pads, channels, scale) -> None:
    net = Net(seed)
    span = BYTE if seed % 2 and kind == "max" else SIGNED
    x = net.input((7, 8, channels), span)
    around = (int(kernel[0] > 1 and pads), 0, 0, int(kernel[1] > 1 and pads))
    size = [
        (n + around[i] + around[i + 2] - kernel[i]) // strides[i] + 1 for i, n in enumerate((7, 8))
    ]
    net.op(
        PoolOp,
        x,
        (size[0], size[1], channels),
        span,
        kind=kind,
        kernel=kernel,
        strides=strides,
        pads=around,
        count_pads=bool(seed % 3),
        shift=scale[0],
        ratio=scale[1],
    )
    check(net, 2)


def cell(seed: int, reverse: bool = False, reset: int = 0, width: int = 1) -> Net:
    """History, then an LSTM-like cell, then a matrix and a mean that is not compiled."""
    net = Net(seed)
    x = net.input((width, 1, 6))
    beside = net.op(HistoryOp, x, (width, 1, 12), lags=(3, 0))
    frame, h, c = net.tensor((1, 1, 12)), net.tensor((1, 1, 4)), net.tensor((1, 1, 4))
    outer, net.ops = net.ops, []
    both = net.op(ConcatOp, (frame, h), (1, 1, 16), axis=2)
    gates = net.array(both, 16, encoding="shift", gain=2048)
    parts = [net.op(SliceOp, gates, (1, 1, 4), axis=2, start=4 * i) for i in range(4)]
    new_c = net.op(MacOp, (parts[0], c, parts[1], parts[2]), (1, 1, 4), shifts=(0, 0, -7))
    new_h = net.op(MulOp, (parts[3], new_c), (1, 1, 4), shift=-7)
    body, net.ops = tuple(net.ops), outer
    net.op(
        RecurrentOp,
        beside,
        (width, 1, 4),
        step_input=frame,
        result=new_h,
        states=(State(h, new_h), State(c, new_c)),
        body=body,
        reverse=reverse,
        reset_every=reset,
        trace="cell",
    )
    hidden = net.ops[-1].output
    last = net.array(hidden, 3, encoding="pn", gain=256)
    net.op(MeanOp, last, (width, 1, 1), factor=0.4)
    return net


@pytest.mark.parametrize("reverse", [False, True])
def test_cells_with_states(reverse: bool) -> None:
    net = cell(3, reverse, reset=4, width=9)
    qnetwork, x = net.qnetwork(), net.samples(6)
    seen: dict[str, list[np.ndarray]] = {"ours": [], "reference": []}
    ready = prepare(qnetwork)
    for _ in range(2):
        found = ready.evaluate(x, observer=lambda _, y: seen["ours"].append(y))
    wanted = evaluate(qnetwork, x, observer=lambda _, y: seen["reference"].append(y))
    name = qnetwork.outputs[0]
    np.testing.assert_array_equal(found[name], wanted[name])
    assert len(seen["ours"]) == 2 * len(seen["reference"]) == 6
    for ours, reference in zip(seen["ours"], seen["reference"] * 2, strict=True):
        np.testing.assert_array_equal(ours, reference)
    assert sorted(found) == sorted(wanted)


def test_streams_go_on_over_batches(monkeypatch) -> None:
    net = cell(5)
    qnetwork, x = net.qnetwork(), net.samples(50)
    for reset in (None, 0, 1, 7, 16, 50, 99):
        length = reset or 50
        streams = [x[0][first : first + length] for first in range(0, 50, length)]
        parts = [evaluate(qnetwork, [stream], initial(qnetwork)) for stream in streams]
        wanted = np.concatenate([part[qnetwork.outputs[0]] for part in parts])
        for size in (3, 16, 4096):
            monkeypatch.setattr(prepared, "MOST_SAMPLES", size)
            found = run(qnetwork, x, Job(), layers=True, reset_every=reset)
            np.testing.assert_array_equal(found.outputs[qnetwork.outputs[0]], wanted)
            assert {len(y) for y in found.layers.values()} == {50}


def convolutional(seed: int = 0) -> Net:
    net = Net(seed)
    x = net.input((12, 12, 3), BYTE)
    y = net.array(x, 20, (3, 3), relu=True, pads=(1, 1, 1, 1), gain=4096)
    y = net.op(PoolOp, y, (6, 6, 20), POSITIVE, kind="max", kernel=(2, 2), strides=(2, 2))
    y = net.array(y, 20, (3, 3), relu=True, pads=(1, 1, 1, 1), encoding="shift", gain=4096)
    y = net.op(ReshapeOp, y, (1, 1, 720), POSITIVE)
    net.array(y, 10, cuts=(500,), gain=4096)
    return net


def test_threads_and_batches_change_nothing(monkeypatch) -> None:
    net = convolutional()
    qnetwork, x = net.qnetwork(), net.samples(70)
    wanted = evaluate(qnetwork, x)[qnetwork.outputs[0]]
    monkeypatch.setattr(program, "THREAD_WORK", 1)
    for threads in (1, 2, 5):
        for samples in (1, 11, 4096):
            monkeypatch.setattr(prepared, "MOST_SAMPLES", samples)
            found = run_prepared(prepare(qnetwork, threads=threads), x)
            np.testing.assert_array_equal(found.outputs[qnetwork.outputs[0]], wanted)


def test_layers_are_those_of_the_reference() -> None:
    net = convolutional(2)
    qnetwork = net.qnetwork()
    named = replace(
        qnetwork,
        ops=tuple(
            replace(op, trace=op.name) if isinstance(op, ArrayOp) else op for op in qnetwork.ops
        ),
    )
    x = net.samples(4)
    ours = run(named, x, layers=True)
    reference = run_prepared(prepare(named, compiled=False), x, layers=True)
    assert list(ours.layers) == list(reference.layers) == ["op0", "op2", "op4"]
    for name, values in reference.layers.items():
        np.testing.assert_array_equal(ours.layers[name], values)
    assert run(named, x).layers == {}


def test_another_array_is_asked_for_every_product() -> None:
    net = convolutional(3)
    qnetwork, x = net.qnetwork(), net.samples(2)
    asked = []

    def array(values, op):
        asked.append(op.name)
        return np.ones((len(values), *qnetwork.tensors[op.output].shape), np.int16)

    found = run(qnetwork, x, array=array)
    assert asked == ["op0", "op2", "op4"]
    assert (found.outputs[qnetwork.outputs[0]] == 1).all()


@pytest.mark.parametrize("compiled", [True, False])
def test_inputs_that_leave_their_range_are_refused(compiled: bool) -> None:
    net = convolutional()
    x = net.samples(3)
    x[0][2, 5, 5, 1] = 256
    ready = prepare(net.qnetwork(), compiled=compiled)
    with pytest.raises(
        DataError, match=r"values 0\.\.256 leave the input's range 0\.\.255"
    ) as info:
        run_prepared(ready, x)
    assert info.value.where == "t0"


def test_without_a_compiler_numpy_does_everything(monkeypatch) -> None:
    monkeypatch.setattr(native, "code", lambda: None)
    net = convolutional()
    qnetwork = net.qnetwork()
    ready = prepare(qnetwork)
    assert all(piece.program is None for piece in ready._plain)
    x = net.samples(2)
    wanted = evaluate(net.qnetwork(), x)
    found = run_prepared(ready, x).outputs
    np.testing.assert_array_equal(
        found[net.qnetwork().outputs[0]], wanted[net.qnetwork().outputs[0]]
    )
