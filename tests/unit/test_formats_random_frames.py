"""Mapping without samples: random frames, what is told of them, and that they stay the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio import mapping, pipeline, stages
from studio.base.errors import StudioError
from studio.base.job import Job
from studio.formats import expected, random_frames
from studio.graph import load
from studio.options import Options
from studio.pipeline import Deployment

from .models import Maker


def float_model(folder: Path) -> Path:
    maker = Maker()
    x = maker.add("Relu", maker.gemm("x", 12, 9))
    return maker.save(folder / "小 net.onnx", {"x": (1, 12)}, {maker.gemm(x, 9, 3): None})


def integer_model(folder: Path) -> Path:
    maker = Maker()
    weights = maker.random.integers(-90, 90, (12, 3)).astype(np.float32)
    sums = maker.add("Gemm", "x", maker.constant(weights))
    output = maker.add("Scale", sums, scale=1 / 256)
    return maker.save(folder / "整 net.onnx", {"x": (1, 12)}, {output: (1, 3)})


MODELS = {"float": float_model, "integer": integer_model}


def mapped(model: Path, out: Path, **options: object) -> Deployment:
    chosen = Options(synthetic=True, **options)  # type: ignore[arg-type]
    start = pipeline.begin(model, None, out, chosen)
    return pipeline.prepare(start, ("graph", "quantize", "map"))


def encodings(deployment: Deployment) -> set[str]:
    return {m.encoding for op in stages.need(deployment.qnetwork).array_ops for m in op.matrices}


@pytest.mark.parametrize("kind", MODELS)
def test_frames_without_a_sign_are_told_and_what_that_means(kind: str, tmp_path: Path) -> None:
    done = mapped(MODELS[kind](tmp_path), tmp_path / "out")
    top = 127 if kind == "integer" else 1
    assert f"No data was given: 100 random frames from 0 to {top} are used; if" in done.notes[0]
    assert encodings(done) == {"unsigned"}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("signed", ["pn", "shift"])
def test_a_coding_for_signed_inputs_makes_the_frames_signed(
    kind: str, signed: str, tmp_path: Path
) -> None:
    done = mapped(MODELS[kind](tmp_path), tmp_path / "out", signed=signed)
    bounds = "-128 to 127" if kind == "integer" else "-1 to 1"
    assert done.notes[0] == f"No data was given: 100 random frames from {bounds} are used."
    assert signed in encodings(done)
    assert stages.need(done.qnetwork).tensors["x"].low == -128


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("signed", ["auto", "pn"])
def test_a_folder_without_samples_is_mapped_with_the_frames_of_its_model(
    kind: str, signed: str, tmp_path: Path
) -> None:
    first = mapped(MODELS[kind](tmp_path), tmp_path / "out", signed=signed)
    before = {n: (first.project.map / n).read_bytes() for n in (expected.IN, expected.OUT)}
    again = stages.reopen(tmp_path / "out", None, Options())
    done = mapping.map_weights(again, Job())
    assert "holds no simulated samples: 100 random frames are used" in done.notes[0]
    for name, content in before.items():
        assert (done.project.map / name).read_bytes() == content
    assert mapping.map_weights(again, Job()).notes == done.notes


def test_a_folder_quantized_with_large_samples_gets_frames_of_their_size(tmp_path: Path) -> None:
    data = tmp_path / "x.npy"
    np.save(data, np.random.default_rng(5).uniform(-200, 900, (30, 12)).astype(np.float32))
    start = pipeline.begin(float_model(tmp_path), data, tmp_path / "out", Options())
    pipeline.prepare(start, ("graph", "quantize"))
    again = stages.reopen(tmp_path / "out", None, Options())
    done = mapping.map_weights(again, Job())
    [frames] = stages.need(done.calibration)
    assert frames.shape == (100, 12)
    assert 850 < frames.max() < 920
    assert frames.min() < -800


def test_simulated_samples_are_used_where_there_are_some(tmp_path: Path) -> None:
    model = integer_model(tmp_path)
    start = pipeline.begin(model, None, tmp_path / "out", Options())
    pipeline.prepare(start, ("graph", "quantize", "simulate"))
    again = stages.reopen(tmp_path / "out", None, Options())
    assert mapping.map_weights(again, Job()).notes == ()


def test_random_frames_are_the_same_every_time(tmp_path: Path) -> None:
    network = load.load(float_model(tmp_path))
    [one], [two] = (random_frames.random_samples(network).inputs for _ in range(2))
    assert np.array_equal(one, two)
    assert one.min() >= 0
    assert random_frames.random_samples(network, ["x"]).inputs[0].min() < 0


def test_row_tiles_of_a_quantized_folder_cannot_be_cut_anew(tmp_path: Path) -> None:
    mapped(float_model(tmp_path), tmp_path / "out")
    with pytest.raises(StudioError, match="quantized already") as caught:
        stages.reopen(tmp_path / "out", None, Options(tile_rows=4))
    assert "Quantize the model again with --tile-rows" in caught.value.hint


def test_other_row_tiles_quantize_anew(tmp_path: Path) -> None:
    model = float_model(tmp_path)
    mapped(model, tmp_path / "out")
    done = mapped(model, tmp_path / "out", tile_rows=6)
    assert not done.cached
    [first, *_] = stages.need(done.qnetwork).array_ops
    assert len(first.matrices[0].tiles) == 2
