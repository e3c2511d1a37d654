"""The maker's dialect in the graph room: what loads, in which shapes and forms, what is refused."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import ModelError
from studio.graph import evidence, optable
from studio.graph.load import load
from studio.quantize.conventions import Conventions
from tests.unit.dialect_models import made, node, tensor

SCALE = node("Scale", "h", "y", scale=2.0**-10)


def refused(tmp_path: Path, *parts: object) -> str:
    with pytest.raises(ModelError) as info:
        made(tmp_path, *parts)  # type: ignore[arg-type]
    assert info.value.hint
    assert info.value.where == "model 模型.onnx"
    return info.value.message


ZOO = (
    "conv_avgpool", "conv_reshape_gemm", "dccrn_lstm", "gemm_scalar", "gru2array_gemm",
    "gru_floatscale_bn", "gru_gemm", "kws_conv_bn", "tc_resnet", "tdnn_howl", "tdnn_residual",
    "two_input_add", "two_input_concat", "two_input_mul",
)  # fmt: skip


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo_loads(name: str, shared: Path) -> None:
    network = load(shared / "vendor" / "zoo" / f"{name}.onnx")
    assert network.dialect == "integer"
    assert all(network.shapes[tensor][0] == 1 for n in network.nodes for tensor in n.outputs)


def test_a_time_series_goes_through_the_network(shared: Path) -> None:
    shapes = load(shared / "vendor" / "zoo" / "dccrn_lstm.onnx").shapes
    assert shapes["conv5_reshape_out"] == (1, 501, 448)
    assert shapes["lstm6_out"] == (1, 501, 128)
    assert shapes["linear7_scale"] == (1, 501, 448)
    assert shapes["linear7_reshape_out"] == (1, 112, 4, 501)
    assert shapes["deconv8"] == (1, 64, 8, 501)


@pytest.mark.parametrize(
    ("target", "shape"),
    [
        ([1, -1], (1, 48)),
        ([48, 1], (1, 48)),
        ([6, 8], (1, 6, 8)),
        ([-1, 8], (1, 6, 8)),
        ([3, 4, 4], (1, 3, 4, 4)),
        ([1, 0, -1, 8], (1, 2, 3, 8)),
    ],
)
def test_reshape_targets(target: list[int], shape: tuple[int, ...], tmp_path: Path) -> None:
    nodes = [node("Scale", "x", "a", scale=2), node("Reshape", "a t", "y")]
    network = made(tmp_path, nodes, {"t": target}, {"x": [1, 2, 3, 8]})
    assert network.shapes["y"] == shape


@pytest.mark.parametrize(
    ("shape", "out"),
    [([1, 6], (1, 4)), ([1, 6, 9], (1, 4, 9)), ([1, 9, 6], (1, 9, 4)), ([1, 6, 6], (1, 4, 6))],
)
def test_gemm_works_on_every_step(shape: list[int], out: tuple[int, ...], tmp_path: Path) -> None:
    nodes = [node("Gemm", "x w b", "h"), SCALE]
    network = made(tmp_path, nodes, {"w": np.ones((6, 4)), "b": np.zeros(4)}, {"x": shape})
    assert network.shapes["y"] == out


def test_transposed_convolutions_become_kernels_turned_round(tmp_path: Path) -> None:
    weights = np.arange(2 * 3 * 3 * 2).reshape(2, 3, 3, 2)
    more = {"strides": [2, 1], "pads": [1, 0, 1, 0], "output_padding": [1, 0, 1, 0]}
    nodes = [node("ConvTranspose", "x w", "h", kernel_shape=[3, 2], **more), SCALE]
    network = made(tmp_path, nodes, {"w": weights}, {"x": [1, 2, 4, 7]})
    assert network.shapes["h"] == (1, 3, 8, 7)
    first = network.nodes[0]
    assert first.ints("pads") == (1, 1, 2, 0)
    kept = network.constants[first.inputs[1]]
    np.testing.assert_array_equal(kept, weights[:, :, ::-1, ::-1].transpose(1, 0, 2, 3))


def test_padded_width_follows_onnx(tmp_path: Path) -> None:
    nodes = [node("ConvTranspose", "x w", "h", strides=[1, 1], pads=[0, 1, 0, 0]), SCALE]
    network = made(tmp_path, nodes, {"w": np.ones((2, 3, 3, 3))}, {"x": [1, 2, 4, 7]})
    assert network.shapes["y"] == (1, 3, 6, 8)


def test_split_becomes_slices(tmp_path: Path) -> None:
    nodes = [node("Scale", "x", "a", scale=2), node("Split", "a", "y z", axis=1)]
    network = made(tmp_path, nodes, {}, {"x": [1, 7, 4]}, "y z")
    assert [n.op for n in network.nodes] == ["Scale", "Slice", "Slice"]
    assert (network.shapes["y"], network.shapes["z"]) == ((1, 4, 4), (1, 3, 4))
    assert network.nodes[2].number("start", 0) == 4


def test_slices_take_one_axis_each(tmp_path: Path) -> None:
    constants = {"s": [1, -4], "e": [1000, -1], "axes": [1, 2], "steps": [2, 1]}
    nodes = [node("Scale", "x", "a", scale=2), node("Slice", "a s e axes steps", "y")]
    network = made(tmp_path, nodes, constants, {"x": [1, 7, 6]})
    assert network.shapes["y"] == (1, 3, 3)
    assert [n.op for n in network.nodes] == ["Scale", "Slice", "Slice"]


def test_the_makers_other_names(tmp_path: Path) -> None:
    nodes = [
        node("Added", "x x", "a"),
        node("Multi", "a a", "b", shift_bit=-7),
        node("Permute", "b", "y", dims=[0, 2, 1]),
    ]
    network = made(tmp_path, nodes, {}, {"x": [1, 7, 4]})
    assert [n.op for n in network.nodes] == ["Add", "Mul", "Transpose"]
    assert network.shapes["y"] == (1, 4, 7)


def test_constant_matrix_products_are_gemms(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x w", "h"), SCALE]
    network = made(tmp_path, nodes, {"w": np.ones((8, 3))}, {"x": [1, 5, 8]})
    assert network.nodes[0].op == "Gemm"
    assert network.shapes["y"] == (1, 5, 3)


def test_tables_are_cut_to_integers(tmp_path: Path) -> None:
    table = tensor("t", np.linspace(-128, 127.9, 256))
    network = made(
        tmp_path, [node("ActLut", "x", "y", act_type="tanh", table_params=table)], {}, {"x": [1, 4]}
    )
    kept = network.nodes[0].array("table")
    assert kept.dtype == np.int16
    assert (kept[0], kept[1], kept[-1]) == (-128, -126, 127)


def test_a_model_without_the_makers_operators_is_a_float_model(tmp_path: Path) -> None:
    network = made(tmp_path, [node("Gemm", "x w", "y")], {"w": np.ones((6, 4))}, {"x": [1, 6]})
    assert network.dialect == "float"


W, X = {"w": np.ones((6, 4))}, {"x": [1, 6]}
IMAGE = {"x": [1, 2, 6, 6]}
K = {"w": np.ones((2, 3, 3, 3))}
REFUSED = {
    "scale fraction": ([node("Scale", "x", "y", scale=0.3)], {}, X, "scale is 0.3"),
    "scale too small": ([node("Scale", "x", "y", scale=2.0**-14)], {}, X, "scale is 6.1"),
    "scale too large": ([node("Scale", "x", "y", scale=128.0)], {}, X, "scale is 128"),
    "scalar operation": (
        [node("Scalar", "x", "y", scale=1, op_types="div")], {}, X, "op_types is div",
    ),
    "scalar fraction": ([node("Scalar", "x", "y", scale=0.5)], {}, X, "scale is 0.5"),
    "clip bits": ([node("FloatScale", "x", "y", scale=1.5, clip_bits=8)], {}, X, "clip_bits is 8"),
    "no bits": ([node("ClearLowBits", "x", "y")], {}, X, "bits is missing"),
    "no table": ([node("ActLut", "x", "y")], {}, X, "no table"),
    "short table": (
        [node("ActLut", "x", "y", table_params=tensor("t", np.zeros(255)))], {}, X, "255 entries",
    ),
    "large table": (
        [node("ActLut", "x", "y", table_params=tensor("t", np.full(256, 200)))], {}, X,
        "outside -128..127",
    ),
    "operand": ([node("Add", "x c", "y", shift_bit=-1)], {"c": [[200]]}, X, "reaches from 200"),
    "weights do not fit": (
        [node("Gemm", "x w", "h"), SCALE], {"w": np.ones((5, 4))}, X, "5 features",
    ),
    "fractions": (
        [node("Gemm", "x w", "h"), SCALE], {"w": np.full((6, 4), 0.5)}, X, "which is no integer",
    ),
    "gain used twice": (
        [node("Gemm", "x w", "h"), SCALE, node("Relu", "h", "z")], W, X, "Scale, Relu",
    ),
    "target": (
        [node("Scale", "x", "a", scale=2), node("Reshape", "a t", "y")], {"t": [5, 2]}, X,
        "its target is [5, 2]",
    ),
    "two batches": (
        [node("Scale", "x", "a", scale=2), node("Reshape", "a t", "y")], {"t": [2, 2, 3, 6]},
        IMAGE, "does not begin with the batch",
    ),
    "window": ([node("Conv", "x w", "h"), SCALE], {"w": np.ones((3, 2, 7, 1))}, IMAGE, "larger"),
    "padding out": (
        [node("ConvTranspose", "x w", "h", output_padding=[1, 0, 1]), SCALE], K, IMAGE,
        "output_padding has 3 entries",
    ),
    "transposed channels": (
        [node("ConvTranspose", "x w", "h"), SCALE], {"w": np.ones((3, 2, 3, 3))}, IMAGE,
        "for 2 channels",
    ),
    "step back": (
        [node("Scale", "x", "a", scale=2), node("Slice", "a s e i t", "y")],
        {"s": [5], "e": [0], "i": [1], "t": [-1]}, X, "a step is -1",
    ),
    "nothing left": (
        [node("Scale", "x", "a", scale=2), node("Slice", "a s e i", "y")],
        {"s": [3], "e": [3], "i": [1]}, X, "is empty",
    ),
    "parts": (
        [node("Scale", "x", "a", scale=2), node("Split", "a s", "y z", axis=1)], {"s": [2, 3]},
        X, "it makes [2, 3] of 6",
    ),
    "groups": (
        [node("GroupNorm", "x g b", "y", num_groups=4, scale_out=0.5)],
        {"g": np.ones(6), "b": np.ones(6)}, X, "4 groups for 6 channels",
    ),
    "scale_out": ([node("Softmax", "x", "y", scale_in=1.0, scale_out=-1.0)], {}, X, "scale_out"),
    "mean": (
        [node("Scale", "x", "a", scale=2), node("ReduceMean", "a", "y", axes=[1, 2])], {}, IMAGE,
        "axes is [1, 2]",
    ),
    "product": (
        [node("Scale", "x", "a", scale=2), node("MatMul", "a x", "y", shift_bit=-3)], {},
        {"x": [1, 4, 6]}, "its operands have shapes",
    ),
    "concat": (
        [node("Scale", "x", "a", scale=2), node("MaxPool", "x", "b", kernel_shape=[2, 2]),
         node("Concat", "a b", "y", axis=1)], {}, IMAGE, "its inputs have shapes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_node_and_the_reason(name: str, tmp_path: Path) -> None:
    *parts, text = REFUSED[name]
    outputs = "y z" if "z" in parts[0][-1].output else "y"  # type: ignore[index]
    message = refused(tmp_path, *parts, outputs)
    assert text in message
    assert "(" in message.replace(text, "") or "tensor" in message


def test_every_operator_of_the_dialect_has_its_evidence() -> None:
    assert sorted(evidence.EVIDENCE) == optable.supported("integer")
    text = optable.markdown()
    for name, row in evidence.EVIDENCE.items():
        assert any(grade in row.grade for grade in ("exact", "stated", "inferred", "open")), name
        assert f"| {name} | {row.runs} | {row.grade} |" in text


def test_every_switch_is_in_the_table_of_evidence() -> None:
    named = {switch for row in evidence.EVIDENCE.values() for switch in row.switches}
    assert named == {field.name for field in fields(Conventions)}
    explained = Conventions.__doc__ or ""
    assert all(f"``{name}`` [" in explained for name in named)


ODD = {
    "Scale": {"scale": float("nan")},
    "Scalar": {"scale": float("inf"), "op_types": "add"},
    "FloatScale": {"scale": "large", "clip_bits": 7},
    "ClearLowBits": {"bits": [1, 2]},
    "ActLut": {"table_params": "sigmoid"},
    "SumNorm": {"axis": 7.5},
    "GroupNorm": {"num_groups": 0},
    "Softmax": {"scale_in": float("nan")},
    "LayerNormalization": {"epsilon": 0.0},
    "Slice": {"starts": [0], "ends": "all"},
    "Reshape": {"shape": [float("inf")]},
    "Split": {"split": [9, -3], "axis": 1},
    "MatMul": {"shift_bit": 99},
}


@pytest.mark.parametrize("op", ODD)
def test_odd_attributes_are_refused(op: str, tmp_path: Path) -> None:
    inputs = {"LayerNormalization": "x g", "MatMul": "x x"}.get(op, "x")
    nodes = [node("Scale", "x", "a", scale=2), node(op, inputs, "y", **ODD[op])]
    shape = [1, 6, 6] if op == "MatMul" else [1, 6]
    assert refused(tmp_path, nodes, {"g": np.ones(6)}, {"x": shape})
