"""What load() makes of good files, and what it says about bad ones."""

from __future__ import annotations

import dataclasses
import logging
import os
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, external_data_helper, helper, numpy_helper

from studio.base.errors import Cancelled, ModelError, VerifyError
from studio.base.job import Job
from studio.graph import load, read
from studio.graph.network import Network

F16, F32, F64 = TensorProto.FLOAT16, TensorProto.FLOAT, TensorProto.DOUBLE


def array(name: str, values: object, dtype: object = np.float32) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(values, dtype=dtype), name)


def node(op: str, inputs: str, outputs: str, **attributes: object) -> onnx.NodeProto:
    return helper.make_node(op, inputs.split(), outputs.split(), **attributes)


def model(
    nodes: list[onnx.NodeProto],
    constants: list[onnx.TensorProto],
    shape: list[int | str | None] | None,
    kind: int = F32,
    outputs: tuple[str, ...] = ("y",),
    opset: int = 17,
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info(name, kind, None) for name in outputs],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def dense(weights: object = None, shape: list[int | str | None] | None = None) -> onnx.ModelProto:
    """A network of one Gemm, 4 inputs and 3 outputs."""
    values = np.arange(12).reshape(4, 3) if weights is None else weights
    return model(
        [helper.make_node("Gemm", ["x", "w"], ["y"], name="dense")],
        [array("w", values)],
        [1, 4] if shape is None else shape,
    )


def write(proto: onnx.ModelProto, folder: Path) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    return path


def refuse(path: Path, text: str, **options: object) -> ModelError:
    with pytest.raises(ModelError) as info:
        load.load(path, **options)
    assert text in str(info.value)
    assert info.value.hint, "every error says what to do"
    assert info.value.where
    return info.value


# --- the file ------------------------------------------------------------------------------


def test_missing_file_folder_and_empty_file(tmp_path: Path) -> None:
    assert "no such file" in refuse(tmp_path / "none.onnx", "none.onnx").message
    refuse(tmp_path, "this is a folder")
    empty = tmp_path / "空 file.onnx"
    empty.write_bytes(b"")
    refuse(empty, "the file is empty")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"hello, this is a text file\n", "no ONNX model"),
        (b"PK\x03\x04 and so on", "zip archive"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\x80\x02}q\x00", "pickle"),
        (b"\x08\x08", "it holds no graph"),
        (b"\x00" * 100, "no ONNX model"),
    ],
)
def test_other_files(data: bytes, text: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    refuse(path, text)


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    data = dense().SerializeToString()
    path = tmp_path / "model.onnx"
    for size in range(1, len(data)):
        path.write_bytes(data[:size])
        with pytest.raises(ModelError):
            load.load(path)


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 100)
    refuse(write(dense(), tmp_path), "more than the 0 MB we read")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_files_give_model_errors_only(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = bytearray(
        model(
            [
                node("Conv", "x w", "c", pads=[1, 1, 1, 1]),
                node("MaxPool", "c", "p", kernel_shape=[2, 2], strides=[2, 2]),
                node("Flatten", "p", "f"),
                node("Gemm", "f g", "y", transB=1),
            ],
            [array("w", np.ones((2, 1, 3, 3))), array("g", np.ones((2, 8)))],
            [1, 1, 4, 4],
        ).SerializeToString()
    )
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.onnx"
    path.write_bytes(whole)
    try:
        network = load.load(path)
    except ModelError:
        return
    assert network.nodes


def test_no_nodes(tmp_path: Path) -> None:
    refuse(write(model([], [], [1, 4], outputs=("x",)), tmp_path), "the graph has no nodes")


def test_opset_too_old_and_too_new(tmp_path: Path) -> None:
    proto = dense()
    for version in (6, 99):
        proto.opset_import[0].version = version
        refuse(write(proto, tmp_path), f"operator set {version}")


# --- external data -------------------------------------------------------------------------


def external(folder: Path, location: str, *, offset: int = 0, length: int = 48) -> Path:
    proto = dense()
    tensor = proto.graph.initializer[0]
    (folder / "data.bin").write_bytes(tensor.raw_data)
    external_data_helper.set_external_data(tensor, location, offset, length)
    tensor.ClearField("raw_data")
    return write(proto, folder)


def test_external_data_beside_the_model(tmp_path: Path) -> None:
    folder = tmp_path / "模型 folder"
    folder.mkdir()
    network = load.load(external(folder, "data.bin"))
    np.testing.assert_array_equal(network.constants["w"], np.arange(12).reshape(4, 3))


@pytest.mark.parametrize(
    "location",
    ["../data.bin", "sub/../../data.bin", "..\\data.bin", "/etc/passwd", "C:\\data.bin",
     "\\\\server\\data.bin", "C:data.bin", ""],
)  # fmt: skip
def test_external_data_outside_the_folder(location: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "data.bin").write_bytes(bytes(48))
    refuse(external(folder, location), "outside the model's folder")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_external_data_through_a_link(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(48))
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    refuse(external(folder, "link.bin"), "outside the model's folder")


def test_external_data_missing_or_short(tmp_path: Path) -> None:
    refuse(external(tmp_path, "gone.bin"), "gone.bin of tensor w is missing")
    refuse(external(tmp_path, "data.bin", length=4096), "tensor w cannot be read from data.bin")
    refuse(external(tmp_path, "data.bin", offset=40), "tensor w cannot be read from data.bin")
    refuse(external(tmp_path, "data.bin", length=44), "tensor w is damaged")


# --- the graph -----------------------------------------------------------------------------


def test_broken_graphs(tmp_path: Path) -> None:
    proto = model([node("Relu", "nobody", "y")], [], [1, 4])
    refuse(write(proto, tmp_path), "reads nobody, which nothing writes")
    proto = model([node("Add", "x b", "a"), node("Relu", "a", "b")], [], [1, 4], outputs=("b",))
    refuse(write(proto, tmp_path), "cycle")
    proto = model([node("Relu", "x", "y"), node("Tanh", "x", "y")], [], [1, 4])
    refuse(write(proto, tmp_path), "tensor y is written twice")
    refuse(write(dense(shape=[1, 5]), tmp_path), "do not fit")
    proto = model([node("Gemm", "x", "y")], [], [1, 4])
    refuse(write(proto, tmp_path), "y")


def test_outputs_that_compute_nothing(tmp_path: Path) -> None:
    proto = model([node("Identity", "x", "y")], [], [1, 4])
    refuse(write(proto, tmp_path), "nothing")
    proto = model([node("Relu", "x", "y"), node("Identity", "y", "z")], [], [1, 4], F32, ("y", "z"))
    refuse(write(proto, tmp_path), "z")
    proto = model([node("Relu", "k", "y")], [array("k", np.ones((1, 4)))], [1, 4])
    refuse(write(proto, tmp_path), "constant")


def test_control_flow_and_quantized_models(tmp_path: Path) -> None:
    inner = helper.make_graph(
        [node("Relu", "x", "inner")], "b", [], [helper.make_tensor_value_info("inner", F32, None)]
    )
    branch = node("If", "c", "y", then_branch=inner, else_branch=inner)
    proto = model([branch], [array("c", True, np.bool_)], [1, 4])
    assert "control flow" in refuse(write(proto, tmp_path), "y (If)").message
    constants = [array("s", 0.5), array("z", 0, np.int8)]
    nodes = [node("QuantizeLinear", "x s z", "q"), node("DequantizeLinear", "q s z", "y")]
    error = refuse(write(model(nodes, constants, [1, 4]), tmp_path), "quantized already")
    assert "float model" in error.hint


def test_shape_computed_from_data(tmp_path: Path) -> None:
    nodes = [node("NonZero", "x", "n"), node("Relu", "x", "y")]
    write(model(nodes, [], [1, 4]), tmp_path)
    assert [n.op for n in load.load(tmp_path / "model.onnx").nodes] == ["Relu"]
    nodes = [node("NonZero", "x", "n"), node("Reshape", "x n", "y")]
    refuse(write(model(nodes, [], [1, 4]), tmp_path), "NonZero")


def test_functions_are_inlined(tmp_path: Path) -> None:
    proto = model([helper.make_node("Twice", ["x"], ["y"], domain="mine")], [], [1, 4])
    proto.opset_import.append(helper.make_opsetid("mine", 1))
    body = [node("Relu", "a", "r"), node("Add", "r r", "b")]
    function = helper.make_function(
        "mine", "Twice", ["a"], ["b"], body, [helper.make_opsetid("", 17)]
    )
    proto.functions.append(function)
    assert [n.op for n in load.load(write(proto, tmp_path)).nodes] == ["Relu", "Add"]


def test_attributes_of_the_wrong_kind(tmp_path: Path) -> None:
    proto = conv([1, 3, 8, 8])
    proto.graph.node[0].attribute.append(helper.make_attribute("pads", 1))
    refuse(write(proto, tmp_path), "pads")
    nodes = [node("Add", "x x", "a", shift_bit=[1, 2]), node("Relu", "a", "y")]
    refuse(write(model(nodes, [], [1, 4]), tmp_path), "attribute shift_bit of node a (Add)")


def test_names_that_are_no_text(tmp_path: Path) -> None:
    path = write(dense(), tmp_path)
    path.write_bytes(path.read_bytes().replace(b"dense", b"den\xffe"))
    refuse(path, "a name in the file is no text")


# --- input shapes --------------------------------------------------------------------------


def conv(shape: list[int | str | None] | None) -> onnx.ModelProto:
    return model([node("Conv", "x w", "y")], [array("w", np.ones((2, 3, 3, 3)))], shape)


def test_dynamic_batch_becomes_one(tmp_path: Path) -> None:
    for batch in ("N", None, 0):
        network = load.load(write(conv([batch, 3, 8, 8]), tmp_path))
        assert network.shapes["x"] == (1, 3, 8, 8)
        assert network.shapes["y"] == (1, 2, 6, 6)


def test_other_dynamic_axes_need_a_size(tmp_path: Path) -> None:
    path = write(conv(["N", 3, "height", 8]), tmp_path)
    error = refuse(path, "input x has no size for axis 2 (height)")
    assert "--shape x=1,3,N,8" in error.hint
    assert load.load(path, {"x": (1, 3, 9, 8)}).shapes["y"] == (1, 2, 7, 6)
    assert load.load(path, {"x": (5, 3, 9, 8)}).shapes["y"] == (1, 2, 7, 6)
    refuse(path, "contradicts the file's [N,3,N,8]", shapes={"x": (1, 3, 9, 9)})
    refuse(path, "contradicts", shapes={"x": (1, 3, 9)})
    refuse(path, "has an axis below 1", shapes={"x": (1, 3, 0, 8)})
    refuse(path, "z, which is no input", shapes={"z": (1, 3, 9, 8)})


def test_no_shape_at_all(tmp_path: Path) -> None:
    path = write(conv(None), tmp_path)
    assert "--shape x=" in refuse(path, "input x has no shape").hint
    assert load.load(path, {"x": (1, 3, 8, 8)}).shapes["y"] == (1, 2, 6, 6)
    refuse(path, "no batch axis", shapes={"x": (3,)})


def test_fixed_batch_becomes_one(tmp_path: Path) -> None:
    nodes = [node("Reshape", "x t", "r"), node("Gemm", "r w", "y")]
    weights = array("w", np.ones((8, 2)))
    path = write(model(nodes, [array("t", [16, 8], np.int64), weights], [16, 2, 4]), tmp_path)
    network = load.load(path)
    assert network.shapes["x"] == (1, 2, 4)
    assert network.shapes["y"] == (1, 2)
    # The batch is part of another axis here: no target of ours could be right.
    nodes = [node("Reshape", "x t", "y")]
    path = write(model(nodes, [array("t", [1, 128], np.int64)], [16, 2, 4]), tmp_path)
    refuse(path, "y")


def test_wrong_declared_shapes_do_not_count(tmp_path: Path) -> None:
    proto = conv([1, 3, 8, 8])
    output = helper.make_tensor_value_info("y", F32, [1, 2, 99, 99])
    proto.graph.output[0].CopyFrom(output)
    assert load.load(write(proto, tmp_path)).shapes["y"] == (1, 2, 6, 6)


# --- values --------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers(value: float, tmp_path: Path) -> None:
    weights = np.ones((4, 3))
    weights[2, 1] = value
    error = refuse(write(dense(weights), tmp_path), "NaN or infinite")
    assert "tensor w of node dense holds 1 values" in error.message


def test_weights_without_elements(tmp_path: Path) -> None:
    error = refuse(write(dense(np.zeros((4, 0))), tmp_path), "no elements: shape [4, 0]")
    assert "tensor w of node dense" in error.message


def test_overflow_of_folded_values(tmp_path: Path) -> None:
    huge = array("f", np.full(3, 1e38))
    nodes = [node("Gemm", "x w", "h"), node("Mul", "h f", "y")]
    proto = model(nodes, [array("w", np.full((4, 3), 1e30)), huge], [1, 4])
    refuse(write(proto, tmp_path), "NaN or infinite")
    wide = model([node("Gemm", "x w", "y")], [array("w", np.full((4, 3), 1e300), np.float64)],
                 [1, 4], F64)  # fmt: skip
    refuse(write(wide, tmp_path), "tensor w of node y holds 12 values")


def test_damaged_tensor(tmp_path: Path) -> None:
    proto = dense()
    proto.graph.initializer[0].raw_data = b"abc"
    refuse(write(proto, tmp_path), "w")


@pytest.mark.parametrize(("kind", "dtype"), [(F16, np.float16), (F64, np.float64)])
def test_other_floats_become_float32(kind: int, dtype: type, tmp_path: Path) -> None:
    nodes = [
        node("Cast", "x", "c", to=kind),
        node("Gemm", "c w", "h"),
        node("Cast", "h", "i", to=F32),
        node("Constant", "", "k", value=array("", [0.5], dtype)),
        node("Cast", "k", "k32", to=F32),
        node("Mul", "i k32", "y"),
    ]
    proto = model(nodes, [array("w", np.full((4, 3), 0.25), dtype)], [1, 4], kind)
    network = load.load(write(proto, tmp_path))
    assert [n.op for n in network.nodes] == ["Gemm"]
    weights = network.constants[network.nodes[0].inputs[1]]
    assert weights.dtype == np.float32
    np.testing.assert_array_equal(weights, np.full((4, 3), 0.125))


def test_integer_inputs(tmp_path: Path) -> None:
    proto = dense()
    proto.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64
    refuse(write(proto, tmp_path), "input x has type INT64")


# --- the maker's dialect -------------------------------------------------------------------


def maker(weights: object, bias: object = (128, -256, 0)) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Gemm", ["x", "w", "b"], ["h"], name="dense", transB=1),
        node("Scale", "h", "s", scale=2.0**-10),
        node("Relu", "s", "y"),
    ]
    return model(nodes, [array("w", weights), array("b", bias)], [1, 4])


def test_integer_model(tmp_path: Path) -> None:
    weights = np.arange(-6, 6).reshape(3, 4)
    network = load.load(write(maker(weights), tmp_path))
    assert network.dialect == "integer"
    assert [n.op for n in network.nodes] == ["Gemm", "Scale", "Relu"]
    assert [n.name for n in network.nodes] == ["dense", "s", "y"]
    assert network.nodes[1].number("scale", 0) == 2.0**-10
    np.testing.assert_array_equal(network.constants[network.nodes[0].inputs[1]], weights.T)


def test_integer_model_with_fractions(tmp_path: Path) -> None:
    weights = np.ones((3, 4))
    weights[1, 1] = 0.5
    refuse(write(maker(weights), tmp_path), "tensor w of node dense holds 0.5")
    refuse(write(maker(np.ones((3, 4)), (1, 2, 3.25)), tmp_path), "tensor b of node dense")


def test_integer_oddities(tmp_path: Path) -> None:
    """Two pads on a two-dimensional window, a Reshape target of floats, scale attributes."""
    nodes = [
        node("Conv", "x w", "c", kernel_shape=[3, 3], pads=[0, 0]),
        node("Scale", "c", "s", scale=1 / 256),
        node("AveragePool", "s", "p", kernel_shape=[2, 2], scale_in=0.25, scale_out=0.5),
        node("Add", "p p", "a", shift_bit=-1),
        node("Reshape", "a t", "y"),
    ]
    constants = [array("w", np.ones((2, 1, 3, 3))), array("t", [1.0, -1.0])]
    network = load.load(write(model(nodes, constants, [1, 1, 6, 6]), tmp_path))
    assert [n.op for n in network.nodes] == ["Conv", "Scale", "AveragePool", "Add", "Reshape"]
    assert network.nodes[0].ints("pads") == (0, 0, 0, 0)
    assert network.nodes[2].number("scale_out", 0) == 0.5
    assert network.nodes[3].number("shift_bit", 0) == -1
    assert network.shapes["y"] == (1, 18)
    constants[1] = array("t", [1.0, -1.5])
    refuse(write(model(nodes, constants, [1, 1, 6, 6]), tmp_path), "Reshape target t")


VENDOR = {
    "speech_dnn/model.onnx": ({"in": (1, 800)}, {"out": (1, 2)}),
    "mnist_attention/net1.onnx": ({"in1": (1, 392)}, {"qkvmat_scale": (1, 384)}),
    "mnist_attention/net2.onnx": ({"in2": (1, 256)}, {"head_scale": (1, 10)}),
    # Its file says [1, 1, 2, 2], which a 1 x 1 window on 16 x 16 does not give.
    "zoo/conv_avgpool.onnx": ({"in": (1, 4, 18, 18)}, {"out": (1, 1, 16, 16)}),
    "zoo/conv_reshape_gemm.onnx": ({"in": (1, 1, 28, 28)}, {"out": (1, 10)}),
    "zoo/two_input_add.onnx": (
        {"in1": (1, 4, 50, 50), "in2": (1, 4, 50, 50)}, {"out": (1, 4, 50, 50)},
    ),
    "zoo/two_input_concat.onnx": (
        {"in1": (1, 6, 32, 32), "in2": (1, 6, 32, 32)}, {"out": (1, 4, 32, 32)},
    ),
    "zoo/two_input_mul.onnx": (
        {"in1": (1, 4, 32, 64), "in2": (1, 4, 32, 64)}, {"out": (1, 4, 32, 64)},
    ),
    "zoo/dccrn_lstm.onnx": ({"in": (1, 2, 128, 501)}, {"out": (1, 2, 128, 501)}),
    "zoo/gemm_scalar.onnx": ({"grin": (1, 175)}, {"grlinear5_scale": (1, 2)}),
    "zoo/gru2array_gemm.onnx": ({"in": (1, 50)}, {"out": (1, 50)}),
    "zoo/gru_floatscale_bn.onnx": ({"in": (1, 387)}, {"linear6_scale": (1, 191)}),
    "zoo/gru_gemm.onnx": ({"in": (1, 514)}, {"out": (1, 128)}),
    "zoo/kws_conv_bn.onnx": ({"input": (1, 40, 9, 1)}, {"conv4_scale": (1, 4264, 1, 1)}),
    "zoo/tc_resnet.onnx": ({"left_in": (1, 8, 280, 12)}, {"out": (1, 96, 1, 1)}),
    "zoo/tdnn_howl.onnx": ({"in": (1, 128)}, {"out": (1, 128)}),
    "zoo/tdnn_residual.onnx": ({"fingerprint_input": (1, 39)}, {"add_1": (1, 128)}),
}  # fmt: skip


@pytest.mark.parametrize("name", VENDOR)
def test_published_models(name: str, shared: Path) -> None:
    network = load.load(shared / "vendor" / name)
    inputs, outputs = VENDOR[name]
    assert network.dialect == "integer"
    assert {tensor: network.shapes[tensor] for tensor in network.inputs} == inputs
    assert {tensor: network.shapes[tensor] for tensor in network.outputs} == outputs


# --- the rest ------------------------------------------------------------------------------


def test_progress_and_cancel(tmp_path: Path) -> None:
    path = write(dense(), tmp_path)
    steps: list[tuple[int, int, str]] = []
    load.load(path, job=Job(lambda *step: steps.append(step)))
    assert [step[0] for step in steps] == list(range(steps[-1][1] + 1))
    with pytest.raises(Cancelled):
        load.load(path, job=Job(cancelled=lambda: True))


def test_nothing_is_printed_and_no_handler_added(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    load.load(write(dense(), tmp_path))
    with pytest.raises(ModelError):
        load.load(write(model([node("Shrink", "x", "y")], [], [1, 4]), tmp_path))
    # A tensor without element type makes onnxslim's graph library print.
    proto = dense()
    proto.graph.initializer[0].data_type = TensorProto.UNDEFINED
    with pytest.raises(ModelError):
        load.load(write(proto, tmp_path))
    assert capfd.readouterr() == ("", "")
    handlers = logging.getLogger("onnxslim").handlers
    assert all(isinstance(handler, logging.NullHandler) for handler in handlers)


def test_constants_are_read_only_and_the_file_untouched(tmp_path: Path) -> None:
    path = write(dense(), tmp_path)
    before = path.read_bytes(), os.listdir(tmp_path)  # noqa: PTH208
    network = load.load(path)
    assert (path.read_bytes(), os.listdir(tmp_path)) == before  # noqa: PTH208
    with pytest.raises(ValueError, match="read-only"):
        network.constants["w"][0, 0] = 1  # type: ignore[index]


def test_onnxslim_failure_is_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr("onnxslim.slim", fail)
    nodes = [
        node("Constant", "", "w", value=array("", np.ones((4, 3)))),
        node("Gemm", "x w", "h"),
        node("Dropout", "h", "d"),
        node("Identity", "d", "y"),
    ]
    with caplog.at_level(logging.WARNING):
        network = load.load(write(model(nodes, [], [1, 4]), tmp_path))
    assert [n.op for n in network.nodes] == ["Gemm"]
    assert network.nodes[0].outputs == ("y",)
    assert "no luck" in caplog.text


def test_node_names(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Gemm", ["x", "w"], ["h"], name="same"),
        helper.make_node("Relu", ["h"], ["r"], name="same"),
        helper.make_node("Tanh", ["r"], ["y"]),
    ]
    network = load.load(write(model(nodes, [array("w", np.ones((4, 3)))], [1, 4]), tmp_path))
    assert [n.name for n in network.nodes] == ["same", "r", "y"]


def broken(network: Network, **changes: object) -> Network:
    return dataclasses.replace(network, **changes)  # type: ignore[arg-type]


def test_verify_finds_broken_networks(tmp_path: Path) -> None:
    network = load.load(write(dense(), tmp_path))
    load.verify(network)
    gemm = network.nodes[0]
    writable = {"w": np.array(network.constants["w"])}
    wrong = [
        (broken(network, nodes=()), "no nodes"),
        (broken(network, nodes=(gemm, gemm)), "two nodes are named dense"),
        (broken(network, nodes=(dataclasses.replace(gemm, op="Shrink"),)), "is a Shrink"),
        (broken(network, nodes=(dataclasses.replace(gemm, op="Conv"),)), "lacks attribute"),
        (broken(network, inputs=()), "reads x before"),
        (broken(network, shapes={**network.shapes, "y": (2, 3)}), "tensor y has shape"),
        (broken(network, shapes={**network.shapes, "x": (2, 4)}), "input x has shape"),
        (broken(network, outputs=("z",)), "nothing writes output z"),
        (broken(network, outputs=("w",)), "output w is a constant"),
        (broken(network, constants=writable), "can be written to"),
        (broken(network, shapes={**network.shapes, "w": (3, 4)}), "has another shape"),
    ]
    for network_, text in wrong:
        with pytest.raises(VerifyError, match=text):
            load.verify(network_)
