"""What float models may not hold, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import ModelError
from studio.graph import load
from studio.graph.network import Network

from .float_nets import gates, ints, number
from .models import Maker

Build = Callable[[Maker], str]
IMAGE, STEPS = (1, 3, 8, 6), (1, 7, 5)


def cell(op: str = "LSTM", *more: str, outputs: int = 1, **options: object) -> Build:
    """A cell on the input turned time first; ``more`` are names of its inputs from 4 on."""

    def build(m: Maker) -> str:
        x = m.add("Transpose", "x", perm=[1, 0, 2])
        extra = []
        for name in more:
            values = {
                "zeros": np.zeros((1, 1, 4), np.float32),
                "ones": np.ones((1, 1, 4), np.float32),
                "lengths": np.array([3], np.int32),
                "full": np.array([7], np.int32),
                "peep": np.ones((1, 12), np.float32),
            }
            extra.append(m.constant(values[name]) if name in values else name)
        if "state" in extra:
            m.nodes.append(_named("ReduceMean", ["x", ints(m, 1)], "s"))
            m.nodes.append(_named("Slice", ["s", *(ints(m, n) for n in (0, 4, 2))], "state"))
        y = m.add(op, x, *gates(m, op, 5, 4), *extra, hidden_size=4, **options)
        if outputs > 1:
            m.nodes[-1].output.extend(["h", "c"])
            return m.add("Transpose", "c", perm=[1, 0, 2])
        return m.add("Transpose", m.add("Squeeze", y, ints(m, 1)), perm=[1, 0, 2])

    return build


def _named(op: str, inputs: list[str], output: str):
    from onnx import helper  # noqa: PLC0415

    return helper.make_node(op, inputs, [output], output)


def computed_weights(m: Maker) -> str:
    x = m.add("Transpose", "x", perm=[1, 0, 2])
    w, r, b = gates(m, "GRU", 5, 4)
    mean = m.add("ReduceMean", "x")
    y = m.add("GRU", x, m.add("Mul", w, mean), r, b, hidden_size=4)
    return m.add("Transpose", m.add("Squeeze", y, ints(m, 1)), perm=[1, 0, 2])


def one(op: str, *constants: object, **options: object) -> Build:
    """One node behind a Relu."""

    def build(m: Maker) -> str:
        names = ["" if value is None else m.constant(value) for value in constants]
        return m.add(op, m.add("Relu", "x"), *names, **options)

    return build


def i64(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def f32(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


def pad_without_conv(m: Maker) -> str:
    return m.add("Relu", m.add("Pad", "x", ints(m, 0, 0, 1, 1, 0, 0, 1, 1)))


def dynamic_slope(m: Maker) -> str:
    return m.add("PRelu", "x", m.add("ReduceMean", "x", ints(m, 1, 2, 3)))


def two_maxima(m: Maker) -> str:
    return m.add("Max", m.add("Relu", "x"), m.add("Tanh", "x"))


def dynamic_power(m: Maker) -> str:
    return m.add("Pow", m.add("Relu", "x"), m.add("Tanh", "x"))


def dynamic_limits(m: Maker) -> str:
    low = m.add("Squeeze", m.add("ReduceMean", "x"))
    return m.add("Clip", "x", low)


CASES: dict[str, tuple[Build, tuple[int, ...], str]] = {
    "initial state": (cell("LSTM", "", "ones", "ones"), STEPS, "its initial_h is not zero"),
    "computed state": (cell("GRU", "", "state"), STEPS, "initial_h is computed"),
    "lengths": (cell("LSTM", "lengths"), STEPS, "it has an input sequence_lens"),
    "peepholes": (cell("LSTM", "", "zeros", "zeros", "peep"), STEPS, "it has an input P"),
    "cell clip": (cell(clip=1.0), STEPS, "clip or input_forget is set"),
    "activations": (
        cell(activations=["HardSigmoid", "Tanh", "Tanh"]), STEPS, "HardSigmoid, Tanh, Tanh",
    ),
    "cell state": (cell(outputs=3), STEPS, "its output c (Y_c) is used"),
    "cell weights": (computed_weights, STEPS, "its W is computed"),
    "pad": (pad_without_conv, IMAGE, "its output goes to Relu"),
    "pad value": (one("Pad", i64(0, 0, 1, 1, 0, 0, 1, 1), np.float32(1)), IMAGE, "else than zero"),
    "pad channels": (one("Pad", i64(0, 1, 0, 0, 0, 0, 0, 0)), IMAGE, "pads is [0, 1, 0"),
    "resize": (
        one("Resize", None, np.array([1, 1, 2, 2], np.float32), mode="linear"),
        IMAGE, "its mode is linear",
    ),
    "resize down": (
        one("Resize", None, np.array([1, 1, 0.5, 1], np.float32), mode="nearest"),
        IMAGE, "it makes [1, 3, 4, 6]",
    ),
    "resize place": (
        one("Resize", None, np.array([1, 1, 2, 2], np.float32), mode="nearest",
            nearest_mode="ceil"),
        IMAGE, "it takes ceil of half_pixel",
    ),
    "transposed dilation": (
        one("ConvTranspose", f32(3, 2, 2, 2), dilations=[2, 2]), IMAGE, "dilations is [2, 2]",
    ),
    "transposed pads": (
        one("ConvTranspose", f32(3, 2, 2, 2), pads=[2, 0, 2, 0]), IMAGE, "pads is [2, 0, 2, 0]",
    ),
    "transposed shape": (
        one("ConvTranspose", f32(3, 2, 2, 2), auto_pad="SAME_UPPER"), IMAGE, "not given by pads",
    ),
    "gather": (one("Gather", i64(0, 2), axis=1), IMAGE, "its index has shape [2]"),
    "layer norm": (one("LayerNormalization", f32(8, 6), axis=2), IMAGE, "its axis is 2"),
    "instance norm": (
        one("InstanceNormalization", f32(5), f32(5)), (1, 5), "its input has shape [1, 5]",
    ),
    "slice": (
        one("Slice", i64(-1), i64(-9), i64(1), i64(-1)), IMAGE, "steps is [-1]",
    ),
    "slope": (dynamic_slope, IMAGE, "its slope is computed"),
    "slopes": (one("PRelu", f32(8, 6)), IMAGE, "its slope has shape [8, 6]"),
    "maximum": (two_maxima, IMAGE, "neither operand is a constant"),
    "power": (dynamic_power, IMAGE, "its exponent is no constant"),
    "limits": (dynamic_limits, IMAGE, "limits are computed"),
    "expand": (one("Expand", i64(2, 1, 3, 8, 6)), IMAGE, "it makes [2, 1, 3, 8, 6]"),
}  # fmt: skip


def build(name: str, folder: Path) -> Network:
    make, shape, _ = CASES[name]
    maker = Maker()
    path = maker.save(folder / "m.onnx", {"x": shape}, {make(maker): None}, opset=18)
    return load.load(path)


@pytest.mark.parametrize("name", CASES)
def test_rules_are_named_with_the_node(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as info:
        build(name, tmp_path)
    assert CASES[name][2] in info.value.message
    assert "cannot be deployed" in info.value.message
    assert info.value.hint.startswith("The rules are:")


def refused(maker: Maker, output: str, shape: tuple[int, ...], folder: Path) -> ModelError:
    path = maker.save(folder / "m.onnx", {"x": shape}, {output: None}, opset=18)
    with pytest.raises(ModelError) as info:
        load.load(path)
    return info.value


def test_a_time_first_input_is_refused_with_what_to_do(tmp_path: Path) -> None:
    maker = Maker()
    y = maker.add("LSTM", "x", *gates(maker, "LSTM", 5, 4), hidden_size=4)
    error = refused(maker, maker.add("Squeeze", y, ints(maker, 1)), (20, 1, 5), tmp_path)
    assert "steps run along the model's first axis" in error.message
    assert "batch_first=True" in error.hint
    assert "lstm_0" in error.where


def test_a_time_first_output_is_refused_with_what_to_do(tmp_path: Path) -> None:
    maker = Maker()
    x = maker.add("Transpose", "x", perm=[1, 0, 2])
    y = maker.add("LSTM", x, *gates(maker, "LSTM", 5, 4), hidden_size=4)
    error = refused(maker, maker.add("Squeeze", y, ints(maker, 1)), (1, 20, 5), tmp_path)
    assert "has no batch in front" in error.message
    assert "batch_first=True" in error.hint


def test_working_along_the_moved_batch_is_refused(tmp_path: Path) -> None:
    maker = Maker()
    x = maker.add("Transpose", "x", perm=[1, 0, 2])
    y = maker.add("LSTM", x, *gates(maker, "LSTM", 5, 4), hidden_size=4)
    y = maker.add("Softmax", maker.add("Squeeze", y, ints(maker, 1)), axis=1)
    error = refused(maker, maker.add("Transpose", y, perm=[1, 0, 2]), (1, 20, 5), tmp_path)
    assert "works along the batch (Softmax)" in error.message


def test_zero_states_and_full_lengths_may_be_given(tmp_path: Path) -> None:
    maker = Maker()
    y = cell("LSTM", "full", "zeros", "zeros")(maker)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": STEPS}, {y: None}))
    assert [node.op for node in network.nodes].count("LSTM") == 1
    assert all(network.shapes[node.outputs[0]][0] == 1 for node in network.nodes)


def test_a_decomposed_norm_becomes_one_node_with_the_last_name(tmp_path: Path) -> None:
    maker = Maker()
    x = maker.add("MatMul", "x", maker.weight(5, 8))
    centred = maker.add("Sub", x, maker.add("ReduceMean", x, ints(maker, -1)))
    square = maker.add("Pow", centred, number(maker, 2.0))
    variance = maker.add("ReduceMean", square, ints(maker, -1))
    root = maker.add("Sqrt", maker.add("Add", variance, number(maker, 1e-5)))
    y = maker.add("Div", centred, root)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": STEPS}, {y: None}, opset=18))
    assert [node.op for node in network.nodes] == ["MatMul", "LayerNormalization"]
    assert network.nodes[1].outputs == (y,)


def test_a_norm_whose_parts_are_used_elsewhere_stays_in_parts(tmp_path: Path) -> None:
    maker = Maker()
    x = maker.add("MatMul", "x", maker.weight(5, 8))
    centred = maker.add("Sub", x, maker.add("ReduceMean", x, ints(maker, -1)))
    square = maker.add("Pow", centred, number(maker, 2.0))
    variance = maker.add("ReduceMean", square, ints(maker, -1))
    root = maker.add("Sqrt", maker.add("Add", variance, number(maker, 1e-5)))
    y = maker.add("Add", maker.add("Div", centred, root), maker.add("Relu", centred))
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": STEPS}, {y: None}, opset=18))
    assert "LayerNormalization" not in [node.op for node in network.nodes]
