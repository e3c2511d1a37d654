"""The operator table: every rule is stated, enforced, and in the documentation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from studio.base import paths
from studio.base.errors import ModelError
from studio.chip.chip import Chip
from studio.graph import checks, load, optable


def test_documentation_is_up_to_date() -> None:
    text = paths.resource("operators.md").read_text(encoding="utf-8")
    assert text == optable.markdown(), "write optable.markdown() to resources/operators.md"


def test_every_operator_is_documented_with_its_rules() -> None:
    text = optable.markdown()
    for name, op in optable.TABLE.items():
        assert name == op.type
        assert f"\n| {name} |" in text
        assert op.float is not None or op.integer is not None
        for check in (*(op.float or ()), *(op.integer or ())):
            rule = optable.rule_text(check)
            assert rule.endswith((".", ".)")), check
            assert rule in text


def test_supported_lists_both_dialects() -> None:
    assert "Scale" in optable.supported("integer")
    assert "Scale" not in optable.supported("float")
    assert "Sigmoid" in optable.supported("float")
    assert "Sigmoid" not in optable.supported("integer")


def array(
    name: str, values: np.ndarray | list | float, dtype: type = np.float32
) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, dtype=dtype), name)


def node(op: str, inputs: str, outputs: str, **attributes: object) -> onnx.NodeProto:
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


CONSTANTS = [
    array("w", np.ones((5, 4, 3, 3))),
    array("transposed", np.ones((5, 4))),
    array("narrow", np.ones((5, 2, 3, 3))),
    array("g", np.ones((4, 5))),
    array("row", np.ones(5)),
    array("square", np.ones((5, 5))),
    array("image", np.ones((1, 4, 8, 8))),
    array("flat", np.ones((1, 4))),
    array("zero", 0.0),
    array("one", 1.0),
    array("minus", -1.0),
    array("negative", [1.0, 1.0, -1.0, 1.0]),
    array("four", np.ones(4)),
    array("two_rows", np.ones((4, 8, 1))),
    array("t_batch", [4, -1], np.int64),
    array("w5", np.ones((4, 4, 1, 1, 1))),
]
INPUTS = {"x": [1, 4, 8, 8], "z": [1, 4], "v": [1, 4, 2, 2, 2], "p": [1, 4, 8, 8]}

# Operators as the file has them, and what the error must say.
FLOAT = {
    "product ranks": (
        [node("Reshape", "x t_flat", "r"), node("MatMul", "x r", "y")],
        "shapes [1, 4, 8, 8] and [1, 8, 32]",
    ),
    "weights first": ([node("Gemm", "fixed z", "y", transB=1)], "first input is a constant"),
    "transA": ([node("Gemm", "z single", "y", transA=1)], "transA is 1"),
    "gemm bias": ([node("Gemm", "z g z", "y")], "bias z are computed"),
    "conv channels": ([node("Conv", "x narrow", "y")], "for 4 channels, group 1"),
    "conv groups": ([node("Conv", "x w", "y", group=3)], "for 4 channels, group 3"),
    "kernel": (
        [node("Conv", "x w", "y", kernel_shape=[2, 2])], "kernel_shape is [2, 2]",
    ),
    "conv bias": ([node("Conv", "x w four", "y")], "its bias has shape [4]"),
    "transB": ([node("Gemm", "z transposed", "y", transB=2)], "neither 0 nor 1"),
    "matmul rank": ([node("MatMul", "x eight", "y")], "ranks 4 and 2"),
    "conv 3-D": ([node("Conv", "v w5", "y")], "3 spatial axes"),
    "dilated pool": (
        [node("MaxPool", "x", "y", kernel_shape=[2, 2], dilations=[2, 2])], "dilations is [2, 2]",
    ),
    "indices": ([node("MaxPool", "x", "y i", kernel_shape=[2, 2])], "output i is used"),
    "ceil counts pads": (
        [node("AveragePool", "x", "y", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1,
              count_include_pad=1)],
        "both 1",
    ),
    "ceil past the end": (
        [node("MaxPool", "x", "y", kernel_shape=[3, 3], strides=[3, 3], ceil_mode=1,
              pads=[1, 1, 1, 1])],
        "axis 2 holds padding only",
    ),
    "clip max": ([node("Clip", "x zero minus", "y")], "min is 0 and max is -1"),
    "add shapes": (
        [node("ReduceMean", "x", "q", axes=[2]), node("ReduceMean", "x", "r", axes=[3]),
         node("Add", "q r", "y")],
        "shapes [1, 4, 1, 8] and [1, 4, 8, 1]",
    ),
    "add grows": ([node("Add", "z two_rows", "y")], "its operands have shapes"),
    "mul shapes": ([node("ReduceMean", "x", "q", axes=[2, 3], keepdims=0),
                    node("Unsqueeze", "q t_two", "u"), node("Mul", "z u", "y")], "operands"),
    "division by zero": ([node("Div", "x zero", "y")], "its divisor holds a zero"),
    "batch norm training": (
        [node("BatchNormalization", "x four four four four", "y m s", training_mode=1)],
        "training_mode is 1",
    ),
    "variance": (
        [node("BatchNormalization", "x four four four negative", "y")], "variance is negative",
    ),
    "batch norm dynamic": ([node("Relu", "z", "r"), node("Squeeze", "r t_zero", "s"),
        node("BatchNormalization", "x s four four four", "y")], "s is computed"),
    "reshape batch": ([node("Reshape", "x t_batch", "y")], "shape [4, 64]"),
    "transpose shape": ([node("Transpose", "x", "y")], "its output has shape [8, 8, 4, 1]"),
    "transpose batch": (
        [node("GlobalAveragePool", "x", "q"), node("Transpose", "q", "y", perm=[2, 1, 0, 3])],
        "perm is [2, 1, 0, 3]",
    ),
    "concat batch": ([node("Relu", "x", "r"), node("Concat", "x r", "y", axis=0)], "[2, 4, 8, 8]"),
    "softmax batch": ([node("Softmax", "x", "y", axis=0)], "axis is the batch"),
    "mean": ([node("ReduceMean", "x", "y", axes=[0, 1])], "axes is [0, 1]"),
}  # fmt: skip
CONSTANTS += [
    array("eight", np.ones((8, 3))),
    array("t_zero", [0], np.int64),
    array("fixed", np.ones((3, 4))),
    array("single", np.ones((1, 5))),
    array("t_two", [2], np.int64),
    array("t_flat", [1, 8, 32], np.int64),
]


def write(
    folder: Path, nodes: list[onnx.NodeProto], constants: list[onnx.TensorProto], opset: int = 17
) -> Path:
    outputs = ["y", *(name for one in nodes for name in one.output[1:])]
    used = {name for one in nodes for name in one.input}
    graph = helper.make_graph(
        nodes,
        "test",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in INPUTS.items()
            if name in used
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [tensor for tensor in constants if tensor.name in used],
    )
    if "i" in outputs:
        graph.output[1].type.tensor_type.elem_type = TensorProto.INT64
    path = folder / "model.onnx"
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    path.write_bytes(proto.SerializeToString())
    return path


@pytest.mark.parametrize("name", FLOAT)
def test_float_rules(name: str, tmp_path: Path) -> None:
    nodes, text = FLOAT[name]
    with pytest.raises(ModelError) as info:
        load.load(write(tmp_path, nodes, CONSTANTS))
    assert text in info.value.message
    assert "cannot be deployed" in info.value.message
    assert info.value.hint.startswith("The rules are:")
    assert info.value.where == "model.onnx"


def test_softmax_of_old_opsets(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="flattened"):
        load.load(write(tmp_path, [node("Softmax", "x", "y")], [], opset=11))


def scale(gain: float, source: str = "h", out: str = "y") -> onnx.NodeProto:
    return node("Scale", source, out, scale=1 / gain)


GEMM = node("Gemm", "z g row", "h")
INTEGER = {
    "gain": ([GEMM, scale(100)], "gain 100 (y behind it); the chip's are 256..8192"),
    "scale attribute": ([GEMM, node("Scale", "h", "y")], "scale is missing"),
    "scale list": ([GEMM, node("Scale", "h", "y", scale=[1, 2])], "y (Scale) is of the wrong kind"),
    "two users": (
        [GEMM, scale(1024, "h", "s"), node("Relu", "h", "r"), node("Add", "s r", "y")],
        "to Scale, Relu",
    ),
    "alpha": ([node("Gemm", "z g", "h", alpha=2.0), scale(512)], "alpha or beta"),
    "shift": ([node("Add", "x p", "y", shift_bit=-16)], "shift_bit is -16"),
    "pool scales": (
        [node("AveragePool", "x", "y", kernel_shape=[2, 2], scale_in=3.0, scale_out=0.0)],
        "scale_out is 0",
    ),
    "pads": (
        [node("Conv", "x w", "h", kernel_shape=[3, 3], pads=[1, 0]), scale(512)],
        "node h (Conv): its strides [1, 1] or pads [1, 0]",
    ),
}  # fmt: skip
CONSTANTS += [array("large", np.full((4, 5), -276))]


@pytest.mark.parametrize("name", INTEGER)
def test_integer_rules(name: str, tmp_path: Path) -> None:
    nodes, text = INTEGER[name]
    with pytest.raises(ModelError) as info:
        load.load(write(tmp_path, nodes, CONSTANTS))
    assert text in info.value.message


def test_one_error_names_every_unsupported_node(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Shrink", ["x"], ["a"], name="first"),
        helper.make_node("Einsum", ["a"], ["b"]),
        helper.make_node("Relu", ["b"], ["c"]),
        helper.make_node("Special", ["c"], ["y"], name="last", domain="com.vendor"),
    ]
    with pytest.raises(ModelError) as info:
        load.load(write(tmp_path, nodes, []))
    message = info.value.message
    assert "first (Shrink)" in message
    assert "b (Einsum)" in message
    assert "last (com.vendor.Special)" in message
    assert "Relu" not in message
    assert info.value.node == "first"
    assert all(name in info.value.hint for name in optable.supported("float"))


def test_long_lists_are_cut(tmp_path: Path) -> None:
    nodes = [node("Shrink", f"t{i}", f"t{i + 1}") for i in range(40)]
    nodes = [node("Relu", "x", "t0"), *nodes, node("Relu", "t40", "y")]
    with pytest.raises(ModelError, match="and 10 more"):
        load.load(write(tmp_path, nodes, []))


def test_gains_are_the_chips(chip: Chip) -> None:
    low, high = chip.arithmetic.gain_min, chip.arithmetic.gain_max
    assert min(checks.GAINS) == low
    assert max(checks.GAINS) == high
