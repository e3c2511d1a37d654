"""The bundled example is what its README says."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime

from studio.base import paths

FOLDER = paths.resource("examples", "digits")


def test_data() -> None:
    with np.load(FOLDER / "digits.npz") as data:
        assert data["x"].shape == (360, 1, 8, 8)
        assert data["calibration"].shape == (128, 1, 8, 8)
        assert data["x"].dtype == data["calibration"].dtype == np.float32
        assert sorted(set(data["y"].tolist())) == list(range(10))
        for name in ("x", "calibration"):
            grey = data[name] * 16
            assert np.array_equal(grey, np.rint(grey))
            assert (grey.min(), grey.max()) == (0, 16)
        test = {image.tobytes() for image in data["x"]}
        assert not any(image.tobytes() in test for image in data["calibration"])


def test_model_is_one_small_plain_file() -> None:
    path = FOLDER / "digits.onnx"
    model = onnx.load(path, load_external_data=False)
    onnx.checker.check_model(model, full_check=True)
    assert path.stat().st_size < 100_000
    assert all(not tensor.external_data for tensor in model.graph.initializer)
    assert [node.name for node in model.graph.node if node.op_type in {"Conv", "Gemm"}] == [
        "/conv1/Conv",
        "/conv2/Conv",
        "/conv3/Conv",
        "/scores/Gemm",
    ]


def test_accuracy_is_the_one_we_tell() -> None:
    session = onnxruntime.InferenceSession(
        FOLDER / "digits.onnx", providers=["CPUExecutionProvider"]
    )
    with np.load(FOLDER / "digits.npz") as data:
        scores = [session.run(["scores"], {"image": x[None]})[0] for x in data["x"]]
        right = int(np.sum(np.concatenate(scores).argmax(axis=1) == data["y"]))
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{right} of 360" in readme
    assert right / 360 > 0.98
