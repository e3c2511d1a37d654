"""Fitting a device model: known parameters are found again, logged correlations are met."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import Cancelled, DataError, StudioError
from studio.base.job import Job
from studio.chip import noise
from studio.chip.noise import DeviceModel
from studio.formats import program_log
from studio.graph import load
from studio.quantize import io, stage
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.simulate import noise_fit
from studio.simulate.noise_fit import Fit
from tests.unit import noise_nets as nets

START = nets.model(
    programming_amplitude=1.0, programming_knee=10.0, read_amplitude=0.5, read_knee=10.0,
    column_gain=0.01, column_offset=0.5, output_noise=1.0,
)  # fmt: skip


def tower() -> QNetwork:
    """Layers of different gains, so that cells and outputs are told apart."""
    ops = []
    for n, gain in enumerate((256, 4096, 512, 8192)):
        own = nets.matrix(80, 80, gain=gain, seed=n)
        own = replace(own, weights=(own.weights * (0.4 if gain < 1024 else 1)).astype(np.int16))
        source = f"t{n - 1}" if n else "in"
        ops.append(ArrayOp(f"fc{n}", source, f"t{n}", (own,), relu=True, trace=f"fc{n}"))
    return nets.network(*ops, size=(1, 1, 80))


def fit(correlations: object, **more: object) -> Fit:
    net = tower()
    given = {"source": "the test"} | more
    return noise_fit.fit(
        correlations, net, nets.mapped(net), (nets.samples(net, 200),), nets.CHIP, START, **given  # type: ignore[arg-type]
    )  # fmt: skip


def measured(model: DeviceModel, seed: int) -> np.ndarray:
    """Correlations another chip family of ``model`` would have in the log."""
    net = tower()
    bench = noise_fit.Bench(net, nets.mapped(net), (nets.samples(net, 200),), nets.CHIP, seed)
    return bench.correlations(model)


@pytest.mark.parametrize(("cells", "outputs"), [(1.0, 1.0), (3.0, 0.5), (0.4, 2.0)])
def test_known_factors_are_found_again(cells: float, outputs: float) -> None:
    truth = START.with_values(
        {
            "programming_amplitude": cells,
            "read_amplitude": 0.5 * cells,
            "column_gain": 0.01 * outputs,
            "column_offset": 0.5 * outputs,
            "output_noise": outputs,
        },
        "truth",
    )
    wanted = measured(truth, seed=77)
    found = fit(wanted, per_layer=False)
    assert found.matched == "layers"
    assert found.cells == pytest.approx(cells, rel=0.2)
    assert found.outputs == pytest.approx(outputs, rel=0.2)
    assert found.model.programming_amplitude == pytest.approx(found.cells)
    assert found.model.output_noise == pytest.approx(found.outputs)
    np.testing.assert_allclose(found.found, wanted, atol=0.04)


def test_every_layer_gets_the_output_noise_that_meets_the_log() -> None:
    wanted = (0.995, 0.985, 0.99, 0.97)
    found = fit(wanted)
    assert found.target == wanted and not found.notes
    np.testing.assert_allclose(found.found, wanted, atol=0.003)
    assert set(found.model.layers) == {"fc0", "fc1", "fc2", "fc3"}
    assert np.abs(np.subtract(found.before, wanted)).max() > 0.005, "nothing was to be done"


def test_one_row_a_block_is_averaged_over_the_blocks_of_a_layer() -> None:
    net = nets.dense(700, 1500, gain=4096)
    layout = nets.mapped(net)
    assert len(layout.blocks) == 2
    x = (nets.samples(net, 60),)
    found = noise_fit.fit([0.97, 0.99], net, layout, x, nets.CHIP, START, source="log")
    assert found.matched == "blocks" and found.target == pytest.approx((0.98,))
    assert found.found == pytest.approx((0.98,), abs=0.003)


def test_a_log_of_another_network_is_matched_as_a_distribution() -> None:
    logged = np.linspace(0.98, 0.999, 17)
    found = fit(logged)
    assert found.matched == "distribution" and "17 layers, the network 4" in found.notes[0]
    assert sorted(found.target) == pytest.approx(np.quantile(logged, [0.125, 0.375, 0.625, 0.875]))
    np.testing.assert_allclose(found.found, found.target, atol=0.003)
    assert found.cells == found.outputs


def test_a_real_log_is_met_within_three_thousandths(shared: Path) -> None:
    log = program_log.read(shared / "vendor" / "program_tool.log")
    folder = shared / "vendor" / "speech_dnn"
    net = stage.run(load.load(folder / "model.onnx"), nets.CHIP, stage.QuantizeOptions())
    x = io.encode(net, (np.load(folder / "calibration.npy"),))
    for name in ("nor55", "sonos"):
        found = noise_fit.fit(
            log.correlations, net, nets.mapped(net), x, nets.CHIP, nets.CHIP.noise[name],
            source="log",
        )  # fmt: skip
        np.testing.assert_allclose(found.found, found.target, atol=0.003)
        assert min(log.correlations) <= min(found.target) <= max(found.target) <= 1


def test_the_fitted_model_can_be_saved_and_used(tmp_path: Path) -> None:
    found = fit((0.995, 0.985, 0.99, 0.97))
    noise.save(found.model, tmp_path / "mine.toml")
    again = noise.load(tmp_path / "mine.toml")
    assert again == found.model and again.name == "fitted"
    assert "fitted to the test" in again.sources["programming_amplitude"]


@pytest.mark.parametrize("wrong", [(), (0.9, -0.1, 0.9, 0.9), (0.9, float("nan"), 0.9, 0.9)])
def test_correlations_that_are_no_noise_are_refused(wrong: tuple[float, ...]) -> None:
    with pytest.raises(DataError, match="no noise but a fault"):
        fit(wrong)


def test_an_ideal_model_has_nothing_to_scale() -> None:
    net = tower()
    with pytest.raises(StudioError, match="ideal has no noise") as caught:
        noise_fit.fit(
            [0.99] * 4, net, nets.mapped(net), (nets.samples(net, 20),), nets.CHIP,
            nets.CHIP.noise["ideal"], source="log",
        )  # fmt: skip
    assert "nor55" in caught.value.hint


def test_a_fit_can_be_cancelled() -> None:
    calls: list[str] = []
    job = Job(lambda done, total, text: calls.append(text), lambda: len(calls) > 2)
    with pytest.raises(Cancelled):
        fit((0.995, 0.985, 0.99, 0.97), job=job)
