"""Streams on the way through the stages: states, labels, and when they are zeroed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio import pipeline, stages
from studio.base.errors import DataError, StudioError
from studio.base.job import Job
from studio.options import Options
from studio.simulate import stage as simulator
from studio.simulate.session import Session
from studio.simulate.stage import accuracy
from studio.stages import need
from tests.unit.cell_models import Cell
from tests.unit.models import Maker

FEATURES, STREAMS, STEPS = 6, 4, 5


@pytest.fixture(scope="module")
def model(tmp_path_factory: Any) -> Path:
    """A time-delay layer of 3 outputs that looks 1 and 2 frames back."""
    folder: Path = tmp_path_factory.mktemp("流 streams")
    return tdnn().save(folder / "tdnn.onnx")


def tdnn() -> Cell:
    random = np.random.default_rng(1)
    weights = random.integers(-99, 100, (3 * FEATURES, 3))
    bias = [float(128 * v) for v in random.integers(-9, 10, 3)]
    attributes = {"time_offsets": [-2.0, -1.0, 0.0], "scale_params": 256, "bias_params": bias}
    return Cell("Tdnn", [weights], attributes, FEATURES, 3)


def frames() -> Any:
    random = np.random.default_rng(2)
    return random.integers(-128, 128, (STREAMS, STEPS, FEATURES))


def simulated(model: Path, folder: Path, data: dict[str, Any], **more: Any) -> Any:
    """The simulated Deployment, and its outputs [samples, 3]."""
    path = folder / "数据.npz"
    np.savez(path, **data)
    start = pipeline.begin(model, path, folder / "out", Options(**more))
    done = pipeline.prepare(start, ("graph", "quantize", "simulate"))
    return done, need(done.simulation).outputs[0].reshape(-1, 3)


def by_hand(deployment: Any, x: Any, reset_every: int) -> Any:
    """Step by step, with a reset before every so many."""
    session, found = Session(need(deployment.qnetwork)), []
    for number, frame in enumerate(x.reshape(-1, FEATURES)):
        if reset_every and number % reset_every == 0:
            session.reset()
        outputs = session.step(frame.reshape(1, 1, 1, -1).astype(np.int16))
        found.append(next(iter(outputs.values())).ravel())
    return np.array(found)


def test_every_stream_of_the_data_starts_from_zero(model: Path, tmp_path: Path) -> None:
    done, found = simulated(model, tmp_path, {"x": frames()})
    np.testing.assert_array_equal(found, by_hand(done, frames(), STEPS))


def test_one_stream_goes_on_to_its_end(model: Path, tmp_path: Path) -> None:
    flat = frames().reshape(-1, FEATURES)
    done, found = simulated(model, tmp_path, {"x": flat})
    np.testing.assert_array_equal(found, by_hand(done, flat, 0))
    assert not np.array_equal(found, by_hand(done, flat, STEPS))


@pytest.mark.parametrize("reset_every", [0, 1, 3])
def test_the_user_may_choose_when_states_are_zeroed(
    model: Path, tmp_path: Path, reset_every: int
) -> None:
    done, found = simulated(model, tmp_path, {"x": frames()}, reset_every=reset_every)
    np.testing.assert_array_equal(found, by_hand(done, frames(), reset_every))


def test_another_choice_simulates_again(model: Path, tmp_path: Path) -> None:
    first, _ = simulated(model, tmp_path, {"x": frames()}, reset_every=1)
    again, _ = simulated(model, tmp_path, {"x": frames()}, reset_every=1)
    other, found = simulated(model, tmp_path, {"x": frames()}, reset_every=2)
    assert "simulate" not in first.cached
    assert "simulate" in again.cached
    assert "simulate" not in other.cached
    assert "quantize" in other.cached
    np.testing.assert_array_equal(found, by_hand(other, frames(), 2))


def test_a_streams_class_is_that_of_its_last_step(model: Path, tmp_path: Path) -> None:
    _, found = simulated(model, tmp_path, {"x": frames()})
    last = found.reshape(STREAMS, STEPS, 3)[:, -1].argmax(axis=1)
    wrong = (last + np.array([0, 0, 1, 0])) % 3
    done, _ = simulated(model, tmp_path, {"x": frames(), "y": wrong})
    assert need(done.simulation).accuracy_integer == 0.75
    kept = simulator.load(done.project.samples)
    assert kept.accuracy_integer == 0.75
    assert need(kept.labels).tolist()[STEPS - 1 :: STEPS] == wrong.tolist()


def test_a_label_for_each_step_counts_each_step(model: Path, tmp_path: Path) -> None:
    _, found = simulated(model, tmp_path, {"x": frames()})
    labels = found.argmax(axis=1)
    labels[:5] = (labels[:5] + 1) % 3
    done, _ = simulated(model, tmp_path, {"x": frames(), "y": labels.reshape(STREAMS, STEPS)})
    assert need(done.simulation).accuracy_integer == 0.75


def test_going_on_from_a_folder_reads_streams_too(model: Path, tmp_path: Path) -> None:
    done, found = simulated(model, tmp_path, {"x": frames()})
    data = tmp_path / "数据.npz"
    again = stages.simulate(stages.reopen(done.project.folder, data, Options()), Job())
    np.testing.assert_array_equal(need(again.simulation).outputs[0].reshape(-1, 3), found)
    never = stages.reopen(done.project.folder, data, Options(reset_every=0))
    other = need(stages.simulate(never, Job()).simulation).outputs[0].reshape(-1, 3)
    np.testing.assert_array_equal(other, by_hand(done, frames(), 0))


def test_resets_of_a_network_without_memory_are_refused(tmp_path: Path) -> None:
    maker = Maker()
    path = maker.save(tmp_path / "m.onnx", {"x": (1, 4)}, {maker.gemm("x", 4, 3): None})
    data = {"x": np.random.default_rng(0).normal(size=(8, 4))}
    with pytest.raises(StudioError, match="remembers nothing"):
        simulated(path, tmp_path, data, reset_every=2)
    with pytest.raises(DataError, match=r"expected \(n, 4\)\n"):
        simulated(path, tmp_path, {"x": np.zeros((2, 3, 4))})


def test_streams_for_samples_that_hold_their_time_are_refused(tmp_path: Path) -> None:
    path = tdnn().save(tmp_path / "whole.onnx", steps=7)
    inputs = {"x": np.random.default_rng(1).integers(-128, 128, (2, 3, FEATURES, 7))}
    with pytest.raises(DataError, match="they hold their time"):
        simulated(path, tmp_path, inputs)


def test_samples_without_a_label_do_not_count() -> None:
    guess = np.array([0, 1, 2, 1])
    assert accuracy(guess, np.array([-1, 1, 0, -1])) == 0.5
    assert accuracy(guess, np.full(4, -1)) is None
