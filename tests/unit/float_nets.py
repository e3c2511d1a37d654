"""Small networks of every operator that only float models have, as their exporters write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from .models import Maker

Build = Callable[[Maker], str]
IMAGE = (1, 3, 8, 6)
SERIES = (1, 3, 12)
STEPS = (1, 7, 5)


def ints(m: Maker, *values: int) -> str:
    return m.constant(np.array(values, np.int64))


def number(m: Maker, value: float) -> str:
    return m.constant(np.float32(value))


def gates(m: Maker, op: str, features: int, hidden: int, directions: int = 1) -> list[str]:
    """W, R and B."""
    rows = {"LSTM": 4, "GRU": 3, "RNN": 1}[op] * hidden
    return [
        m.weight(directions, rows, features, scale=0.5),
        m.weight(directions, rows, hidden, scale=0.4),
        m.weight(directions, 2 * rows, scale=0.3),
    ]


def recurrent(op: str, directions: int = 1, **options: object) -> Build:
    """[1, T, C] through a cell as torch writes it: time first inside."""

    def build(m: Maker) -> str:
        x = m.add("Transpose", "x", perm=[1, 0, 2])
        y = m.add(op, x, *gates(m, op, STEPS[2], 6, directions), hidden_size=6, **options)
        y = m.add("Transpose", y, perm=[0, 2, 1, 3])
        y = m.add("Reshape", y, ints(m, 0, 0, -1))
        return m.add("Transpose", y, perm=[1, 0, 2])

    return build


def no_bias(m: Maker) -> str:
    x = m.add("Transpose", "x", perm=[1, 0, 2])
    y = m.add("LSTM", x, *gates(m, "LSTM", STEPS[2], 4)[:2], hidden_size=4)
    return m.add("Transpose", m.add("Squeeze", y, ints(m, 1)), perm=[1, 0, 2])


def stacked(m: Maker) -> str:
    x = m.add("Transpose", "x", perm=[1, 0, 2])
    y = m.add("Squeeze", m.add("GRU", x, *gates(m, "GRU", STEPS[2], 6), hidden_size=6),
              ints(m, 1))  # fmt: skip
    y = m.add("GRU", y, *gates(m, "GRU", 6, 4), hidden_size=4, linear_before_reset=1)
    last = m.add("Gather", m.add("Squeeze", y, ints(m, 1)), m.constant(np.int64(-1)), axis=0)
    return m.gemm(last, 4, 3)


def attention(m: Maker) -> str:
    """Time first, the batch merged into the heads, as torch.nn.MultiheadAttention writes it."""
    x = m.add("Transpose", "x", perm=[1, 0, 2])
    packed = m.add("MatMul", x, m.weight(5, 24, scale=0.5))
    packed = m.add("Unsqueeze", m.add("Reshape", packed, ints(m, 7, 1, 3, 8)), ints(m, 0))
    packed = m.add("Squeeze", m.add("Transpose", packed, perm=[3, 1, 2, 0, 4]), ints(m, -2))
    parts = []
    for index in range(3):
        part = m.add("Gather", packed, m.constant(np.int64(index)), axis=0)
        part = m.add("Transpose", m.add("Reshape", part, ints(m, 7, 2, 4)), perm=[1, 0, 2])
        parts.append(m.add("Reshape", part, ints(m, 1, 2, 7, 4)))
    q, k, v = parts
    scores = m.add("MatMul", q, m.add("Transpose", k, perm=[0, 1, 3, 2]))
    weights = m.add("Softmax", m.add("Mul", scores, number(m, 0.5)), axis=-1)
    y = m.add("Reshape", m.add("Transpose", m.add("MatMul", weights, v), perm=[2, 0, 1, 3]),
              ints(m, 7, 8))  # fmt: skip
    y = m.add("Reshape", m.gemm(y, 8, 5), ints(m, 7, 1, 5))
    return m.add("Add", "x", m.add("Transpose", y, perm=[1, 0, 2]))


def packed(axes: tuple[int, ...], perm: list[int], pick: str) -> Build:
    """Attention whose q, k and v are one Linear's, [1, T, 3, H, D] or with the 3 elsewhere."""

    def build(m: Maker) -> str:
        x = m.add("Reshape", m.add("MatMul", "x", m.weight(5, 24, scale=0.5)), ints(m, 1, 7, *axes))
        x = m.add("Transpose", x, perm=perm)
        parts = []
        for index in range(3):
            if pick == "Gather":
                parts.append(m.add("Gather", x, m.constant(np.int64(index)), axis=0))
            else:
                one = m.add("Slice", x, ints(m, index), ints(m, index + 1), ints(m, 0))
                parts.append(m.add("Squeeze", one, ints(m, 0)))
        q, k, v = parts
        scores = m.add("MatMul", q, m.add("Transpose", k, perm=[0, 1, 3, 2]))
        y = m.add("MatMul", m.add("Softmax", scores, axis=-1), v)
        return m.add("Reshape", m.add("Transpose", y, perm=[0, 2, 1, 3]), ints(m, 1, 7, 8))

    return build


def shuffled(m: Maker) -> str:
    """Channels of groups dealt out in turn, as ShuffleNet does."""
    x = m.add("Relu", m.conv("x", 3, 6, (3, 3)))
    x = m.add("Transpose", m.add("Reshape", x, ints(m, 1, 2, 3, 6, 4)), perm=[0, 2, 1, 3, 4])
    return m.conv(m.add("Reshape", x, ints(m, 1, 6, 6, 4)), 6, 4, (1, 1), group=2)


def class_token(m: Maker) -> str:
    """A constant before what is computed, and another behind it."""
    x = m.add("MatMul", "x", m.weight(5, 8, scale=0.6))
    token = m.weight(1, 1, 8, scale=0.8)
    y = m.add("Concat", token, x, m.weight(1, 2, 8, scale=0.8), axis=1)
    return m.add("MatMul", y, m.weight(8, 4, scale=0.5))


def one_head(m: Maker) -> str:
    q, k, v = (m.add("MatMul", "x", m.weight(5, 6, scale=0.5)) for _ in range(3))
    scores = m.add("Div", m.add("MatMul", q, m.add("Transpose", k, perm=[0, 2, 1])),
                   number(m, 2.5))  # fmt: skip
    return m.add("MatMul", m.add("Softmax", scores, axis=-1), v)


def layer_norm(m: Maker, squared: str = "Pow") -> str:
    x = m.add("MatMul", "x", m.weight(5, 8, scale=0.6))
    centred = m.add("Sub", x, m.add("ReduceMean", x, ints(m, -1)))
    square = (
        m.add("Mul", centred, centred) if squared == "Mul" else m.add("Pow", centred, number(m, 2))
    )
    variance = m.add("Add", m.add("ReduceMean", square, ints(m, -1)), number(m, 1e-3))
    y = m.add("Div", centred, m.add("Sqrt", variance))
    y = m.add("Add", m.add("Mul", y, m.weight(8, scale=0.5)), m.weight(8, scale=0.3))
    return m.add("MatMul", y, m.weight(8, 4, scale=0.5))


def layer_norm_node(m: Maker) -> str:
    x = m.add("MatMul", "x", m.weight(5, 8, scale=0.6))
    return m.add("LayerNormalization", x, m.weight(8, scale=0.5), epsilon=1e-3)


def group_norm(m: Maker) -> str:
    x = m.conv("x", 3, 6, (3, 3), pads=[1, 1, 1, 1])
    y = m.add("Reshape", x, ints(m, 0, 2, -1))
    ones, zeros = m.constant(np.ones(2, np.float32)), m.constant(np.zeros(2, np.float32))
    y = m.add("Reshape", m.add("InstanceNormalization", y, ones, zeros), ints(m, 1, 6, 8, 6))
    y = m.add("Add", m.add("Mul", y, m.weight(6, 1, 1)), m.weight(6, 1, 1, scale=0.2))
    return m.conv(m.add("Relu", y), 6, 4, (1, 1))


def instance_norm(m: Maker) -> str:
    x = m.conv("x", 3, 4, (3, 3))
    return m.add("InstanceNormalization", x, m.weight(4, scale=1.0), m.weight(4, scale=0.2))


def transposed(**options: object) -> Build:
    def build(m: Maker) -> str:
        group = int(str(options.get("group", 1)))
        weights = m.weight(6, 4 // group, 3, 2, scale=0.4)
        x = m.add("Relu", m.conv("x", 3, 6, (1, 1)))
        return m.add("ConvTranspose", x, weights, m.weight(4, scale=0.1), **options)

    return build


def transposed_series(m: Maker) -> str:
    y = m.add("ConvTranspose", "x", m.weight(3, 4, 4, scale=0.4), strides=[2], pads=[1, 1])
    shift = m.constant(np.array([0.5, -0.2, 0.1, 0.3], np.float32))
    ones = m.constant(np.ones(4, np.float32))
    y = m.add("BatchNormalization", y, ones, shift, shift, ones)
    return m.add("LeakyRelu", y, alpha=0.2)


def padded(m: Maker) -> str:
    x = m.add("Pad", "x", ints(m, 0, 0, 4, 0, 0, 0))
    return m.conv(m.add("Relu", m.conv(x, 3, 5, (3,), dilations=[2])), 5, 4, (2,))


def resized(m: Maker) -> str:
    x = m.conv("x", 3, 4, (1, 1))
    scales = m.constant(np.array([1, 1, 2, 3], np.float32))
    y = m.add("Resize", x, "", scales, mode="nearest", nearest_mode="floor",
              coordinate_transformation_mode="asymmetric")  # fmt: skip
    return m.conv(y, 4, 3, (2, 2))


def sliced(m: Maker) -> str:
    x = m.conv("x", 3, 6, (1, 1))
    y = m.add("Slice", x, ints(m, 1, -5), ints(m, 1 << 40, -1), ints(m, 1, 2), ints(m, 2, 1))
    return m.conv(y, 3, 4, (1, 1))


def split(m: Maker) -> str:
    m.nodes.append(_many(m, m.conv("x", 3, 6, (1, 1)), ["a", "b", "c"], [3, 1, 2]))
    y = m.add("Concat", "c", "a", axis=1)
    return m.add("Mul", y, m.add("Sigmoid", m.conv("b", 1, 5, (1, 1))))


def _many(m: Maker, x: str, outputs: list[str], sizes: list[int]):
    from onnx import helper  # noqa: PLC0415

    return helper.make_node("Split", [x, ints(m, *sizes)], outputs, "split", axis=1)


def broadcast(m: Maker) -> str:
    x = m.conv("x", 3, 4, (1, 1))
    rows = m.add("ReduceMean", x, ints(m, 3))
    one = m.add("ReduceMean", x, ints(m, 2, 3))
    return m.add("Sub", m.add("Add", rows, x), m.add("Mul", x, one))


def differences(m: Maker) -> str:
    a, b = m.conv("x", 3, 4, (1, 1)), m.conv("x", 3, 4, (1, 1))
    y = m.add("Relu", m.add("Sub", a, b))
    return m.add("Add", y, m.add("Sub", m.weight(4, 1, 1, scale=0.5), a))


def quotient(m: Maker) -> str:
    a = m.conv("x", 3, 4, (1, 1))
    b = m.add("Add", m.add("Abs", m.conv("x", 3, 4, (1, 1))), number(m, 1.0))
    return m.add("Div", a, b)


def means(m: Maker) -> str:
    x = m.add("MatMul", "x", m.weight(5, 6, scale=0.5))
    y = m.add("ReduceMean", x, ints(m, 1), keepdims=0)
    return m.gemm(y, 6, 4)


def mean_of_channels(m: Maker) -> str:
    return m.add("ReduceMean", m.conv("x", 3, 4, (1, 1)), ints(m, 1, 3))


def rms_norm(m: Maker) -> str:
    x = m.add("MatMul", "x", m.weight(5, 8, scale=0.6))
    mean = m.add("ReduceMean", m.add("Pow", x, number(m, 2.0)), ints(m, -1))
    scale = m.add("Reciprocal", m.add("Sqrt", m.add("Add", mean, number(m, 0.01))))
    return m.add("Mul", x, scale)


def pooled_by_attention(m: Maker) -> str:
    x = m.add("MatMul", "x", m.weight(5, 6, scale=0.6))
    weights = m.add("Softmax", m.add("MatMul", x, m.weight(6, 1)), axis=1)
    return m.add("ReduceSum", m.add("Mul", weights, x), ints(m, 1), keepdims=0)


def maxima(m: Maker) -> str:
    x = m.conv("x", 3, 4, (1, 1))
    high, deep = m.add("ReduceMax", x, ints(m, 2)), m.add("ReduceMax", x, ints(m, 1, 3))
    both = m.add("Add", m.add("Mul", x, high), deep)
    return m.add("Concat", both, m.add("Mul", x, m.add("GlobalMaxPool", x)), axis=1)


def function(*ops: str, **options: object) -> Build:
    """Elementwise operators one after another, behind a convolution."""

    def build(m: Maker) -> str:
        y = m.conv("x", 3, 4, (1, 1))
        for op in ops:
            y = m.add(op, y, **options)
        return y

    return build


def gelu(m: Maker) -> str:
    x = m.conv("x", 3, 4, (1, 1))
    y = m.add("Add", m.add("Erf", m.add("Div", x, number(m, 2**0.5))), number(m, 1.0))
    return m.add("Mul", m.add("Mul", x, y), number(m, 0.5))


def hard_swish(m: Maker) -> str:
    x = m.conv("x", 3, 4, (1, 1))
    y = m.add("Clip", m.add("Add", x, number(m, 3)), number(m, 0), number(m, 6))
    return m.add("Div", m.add("Mul", x, y), number(m, 6))


def swish(m: Maker) -> str:
    x = m.conv("x", 3, 4, (1, 1))
    return m.conv(m.add("Mul", x, m.add("Sigmoid", x)), 4, 4, (1, 1))


def clipped(m: Maker) -> str:
    return m.add("Clip", m.conv("x", 3, 4, (1, 1)), number(m, -0.5), number(m, 0.7))


def slopes(m: Maker) -> str:
    return m.add("PRelu", m.conv("x", 3, 4, (1, 1)), m.weight(4, 1, 1, scale=0.5))


def powers(m: Maker) -> str:
    x = m.add("Sqrt", m.add("Abs", m.conv("x", 3, 4, (1, 1))))
    y = m.add("Max", m.add("Pow", x, number(m, 3.0)), number(m, 0.2))
    return m.add("Sub", number(m, 1.0), m.add("Exp", m.add("Neg", y)))


def scaled(m: Maker) -> str:
    """A multiplication that stands alone: its input is used elsewhere as well."""
    x = m.conv("x", 3, 4, (1, 1))
    y = m.add("Mul", x, number(m, 0.3))
    return m.add("Concat", m.conv(y, 4, 4, (1, 1)), m.conv(x, 4, 4, (1, 1)), axis=1)


def image(build: Build) -> tuple[Build, tuple[int, ...]]:
    return build, IMAGE


CASES: dict[str, tuple[Build, tuple[int, ...]]] = {
    "lstm": (recurrent("LSTM"), STEPS),
    "lstm_reverse": (recurrent("LSTM", direction="reverse"), STEPS),
    "lstm_both": (recurrent("LSTM", 2, direction="bidirectional"), STEPS),
    "lstm_no_bias": (no_bias, STEPS),
    "gru": (recurrent("GRU", linear_before_reset=1), STEPS),
    "gru_reset_first": (recurrent("GRU"), STEPS),
    "gru_both": (recurrent("GRU", 2, direction="bidirectional"), STEPS),
    "gru_stacked": (stacked, STEPS),
    "attention": (attention, STEPS),
    "one_head": (one_head, STEPS),
    "packed": (packed((3, 2, 4), [2, 0, 3, 1, 4], "Gather"), STEPS),
    "packed_slices": (packed((3, 2, 4), [2, 0, 3, 1, 4], "Slice"), STEPS),
    "packed_by_head": (packed((2, 3, 4), [3, 0, 2, 1, 4], "Gather"), STEPS),
    "packed_last": (packed((2, 4, 3), [4, 0, 2, 1, 3], "Slice"), STEPS),
    "shuffled": image(shuffled),
    "class_token": (class_token, STEPS),
    "rnn": (recurrent("RNN"), STEPS),
    "rnn_relu": (recurrent("RNN", activations=["Relu"]), STEPS),
    "rnn_both": (
        recurrent("RNN", 2, direction="bidirectional", activations=["Tanh", "Tanh"]),
        STEPS,
    ),
    "layer_norm": (layer_norm, STEPS),
    "layer_norm_squared": (lambda m: layer_norm(m, "Mul"), STEPS),
    "layer_norm_node": (layer_norm_node, STEPS),
    "group_norm": image(group_norm),
    "instance_norm": image(instance_norm),
    "transposed": image(transposed()),
    "transposed_strides": image(
        transposed(strides=[2, 3], pads=[1, 0, 2, 1], output_padding=[1, 2])
    ),
    "transposed_groups": image(transposed(strides=[2, 1], group=2)),
    "transposed_series": (transposed_series, SERIES),
    "padded": (padded, SERIES),
    "resized": image(resized),
    "sliced": image(sliced),
    "split": image(split),
    "broadcast": image(broadcast),
    "differences": image(differences),
    "quotient": image(quotient),
    "means": (means, STEPS),
    "rms_norm": (rms_norm, STEPS),
    "pooled_by_attention": (pooled_by_attention, STEPS),
    "maxima": image(maxima),
    "mean_of_channels": image(mean_of_channels),
    "gelu": image(gelu),
    "hard_swish": image(hard_swish),
    "swish": image(swish),
    "clipped": image(clipped),
    "slopes": image(slopes),
    "powers": image(powers),
    "scaled": image(scaled),
    "elu": image(function("Elu", alpha=0.7)),
    "selu_celu": image(function("Selu", "Celu")),
    "leaky": image(function("LeakyRelu", alpha=0.3)),
    "hard_sigmoid": image(function("HardSigmoid", alpha=0.3, beta=0.4)),
    "soft": image(function("Softplus", "Softsign", "Erf")),
    "thresholded": image(function("ThresholdedRelu", alpha=0.2)),
    "logarithm": image(function("Softplus", "Reciprocal", "Log", "Tanh")),
    "hardswish_node": image(function("HardSwish")),
}


def save(name: str, folder: Path) -> tuple[Path, np.ndarray]:
    """The network's file, and samples for it in -1..1."""
    build, shape = CASES[name]
    maker = Maker(seed=sum(name.encode()))
    path = maker.save(folder / f"{name}.onnx", {"x": shape}, {build(maker): None}, opset=18)
    return path, maker.random.uniform(-1, 1, (24, *shape[1:])).astype(np.float32)
