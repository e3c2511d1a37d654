"""The search: it finds better integers, judges by other samples, and explains a collapse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.errors import Cancelled, StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph import load
from studio.graph.network import Network
from studio.quantize import stage, store
from studio.quantize.choices import Choices
from studio.quantize.qnetwork import QNetwork
from studio.quantize.verify import verify
from studio.tune import bias_correction, measure
from studio.tune import stage as tune
from studio.tune.search import Search

from .models import Maker

Floats = npt.NDArray[np.float32]


def cnn(folder: Path, seed: int = 3) -> tuple[Network, tuple[Floats]]:
    maker = Maker(seed)
    image = maker.add("Relu", maker.conv("x", 2, 8, (3, 3)))
    image = maker.add("Relu", maker.conv(image, 8, 8, (3, 3), group=8))
    output = maker.gemm(maker.add("Flatten", image), 8 * 16, 5)
    network = load.load(maker.save(folder / "m.onnx", {"x": (1, 2, 8, 8)}, {output: None}))
    return network, (maker.random.normal(size=(160, 2, 8, 8)).astype(np.float32),)


def outliers(folder: Path, size: float = 300.0) -> tuple[Network, tuple[Floats]]:
    """A sound network, but one hidden channel is ``size`` times the others', and undone behind."""
    maker = Maker(8)
    first = maker.random.normal(0, 0.3, (24, 20)).astype(np.float32)
    second = maker.random.normal(0, 0.3, (6, 24)).astype(np.float32)
    first[7] *= size
    second[:, 7] /= size
    weights = maker.constant(first), maker.constant(second)
    hidden = maker.add("Relu", maker.add("Gemm", "x", weights[0], transB=1))
    output = maker.add("Gemm", hidden, weights[1], transB=1)
    network = load.load(maker.save(folder / "m.onnx", {"x": (1, 20)}, {output: None}))
    return network, (maker.random.random((200, 20), np.float32),)


def snr(qnetwork: QNetwork, network: Network, samples: tuple[Floats]) -> float:
    return measure.snr(measure.error(qnetwork, measure.part(network, samples, Job())))


def options(
    samples: tuple[Floats], level: tune.Level = "fast", equalize: bool | None = None, **more: bool
) -> tune.TuneOptions:
    return tune.TuneOptions(stage.QuantizeOptions(samples), level, equalize, **more)


@pytest.mark.parametrize("level", ["fast", "thorough"])
def test_the_search_improves_samples_it_never_saw(
    level: tune.Level, chip: Chip, tmp_path: Path
) -> None:
    network, samples = cnn(tmp_path)
    seen, unseen = (samples[0][:80],), (samples[0][80:],)
    plain = tune.run(network, chip, options(seen, "off", False))
    found = tune.run(network, chip, options(seen, level))
    verify(found, chip)
    assert snr(found, network, unseen) > snr(plain, network, unseen) + 0.5
    assert any(note.startswith("Tuned: ") for note in found.notes)


def test_a_search_that_helps_only_its_own_samples_is_dropped(
    chip: Chip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 16 samples, 8 to search and 8 to judge: never worse where it is judged."""
    for seed in range(4):
        network, samples = cnn(tmp_path, seed)
        few = (samples[0][:16],)
        plain = tune.run(network, chip, options(few, "off", False))
        found = tune.run(network, chip, options(few))
        judged = (few[0][1::2],)
        assert snr(found, network, judged) >= snr(plain, network, judged) - 1e-6


def test_the_same_input_gives_the_same_network(chip: Chip, tmp_path: Path) -> None:
    network, samples = cnn(tmp_path)
    for name in "ab":
        store.save(tune.run(network, chip, options(samples)), tmp_path / name)
    one, other = ((tmp_path / name / "network.json").read_bytes() for name in "ab")
    assert one == other


def test_a_search_can_be_cancelled(chip: Chip, tmp_path: Path) -> None:
    network, samples = cnn(tmp_path)

    def stop(done: int, total: int, text: str) -> None:
        if text.startswith("tuning"):
            raise Cancelled

    with pytest.raises(Cancelled):
        tune.run(network, chip, options(samples), Job(stop))


def test_no_more_is_tried_than_allowed(chip: Chip, tmp_path: Path) -> None:
    network, samples = cnn(tmp_path)
    prepared = stage.prepare(network, chip, stage.QuantizeOptions(samples), Job())
    found = Search(prepared, measure.part(network, (samples[0][:8],), Job()), 3, Job())
    tried = [found.attempt(Choices(scales={network.outputs[0]: 1 + n / 10})) for n in range(9)]
    assert found.used == 3
    assert not any(tried[3:])


def test_choices_the_chip_cannot_hold_are_no_better(chip: Chip, tmp_path: Path) -> None:
    maker = Maker(1)
    weights = maker.constant(np.full((800, 3), 0.1, np.float32))
    output = maker.add("Gemm", "x", weights)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 800)}, {output: None}))
    samples = (maker.random.normal(size=(8, 800)).astype(np.float32),)
    prepared = stage.prepare(network, chip, stage.QuantizeOptions(samples), Job())
    found = Search(prepared, measure.part(network, samples, Job()), 9, Job())
    assert not found.attempt(Choices(encodings={network.nodes[0].name: "shift"}))


def test_integer_models_pass_through(chip: Chip, tmp_path: Path) -> None:
    maker = Maker()
    weights = maker.constant(np.array([[3, -5], [7, 100]], np.float32))
    output = maker.add("Scale", maker.add("Gemm", "x", weights), scale=1 / 256)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 2)}, {output: None}))
    assert network.dialect == "integer"
    found = tune.run(network, chip, tune.TuneOptions())
    assert found.array_ops[0].matrices[0].weights.tolist() == [[3, -5], [7, 100]]


def test_a_collapse_is_noticed_and_explained(chip: Chip, tmp_path: Path) -> None:
    network, samples = outliers(tmp_path)
    found = tune.run(network, chip, options(samples, "off", False))
    assert snr(found, network, samples) < 10
    first, *layers = [note for note in found.notes if "SNR" in note or "by itself" in note]
    assert first.startswith("The integers do not follow the float model.")
    weak = found.array_ops[1]
    assert layers[0].startswith(weak.name)
    assert "channel 7 of its input t1 is" in layers[0]
    assert "times most others" in layers[0]
    assert "--equalize" in layers[0]


def test_equalization_repairs_outlier_channels(chip: Chip, tmp_path: Path) -> None:
    network, samples = outliers(tmp_path)
    found = tune.run(network, chip, options(samples, "off", True))
    assert snr(found, network, samples) > 25
    assert not any("do not follow" in note for note in found.notes)
    assert found.equalized


def test_by_default_the_search_finds_that_equalization_repairs_it(
    chip: Chip, tmp_path: Path
) -> None:
    network, samples = outliers(tmp_path)
    found = tune.run(network, chip, options(samples))
    assert snr(found, network, samples) > 25
    assert any("cross-layer equalization" in note for note in found.notes)


def rare(folder: Path) -> tuple[Network, tuple[Floats]]:
    """An input that is always small, with weights so large that the others lose their bits."""
    maker = Maker(8)
    weights = maker.random.normal(0, 0.3, (24, 20)).astype(np.float32)
    weights[:, 4] *= 40
    hidden = maker.add("Relu", maker.add("Gemm", "x", maker.constant(weights), transB=1))
    output = maker.gemm(hidden, 24, 6)
    network = load.load(maker.save(folder / "m.onnx", {"x": (1, 20)}, {output: None}))
    samples = maker.random.random((200, 20), np.float32)
    samples[:, 4] /= 40
    return network, (samples,)


def test_mixed_precision_repairs_a_layer_whose_weights_need_more_bits(
    chip: Chip, tmp_path: Path
) -> None:
    network, samples = rare(tmp_path)
    plain = tune.run(network, chip, options(samples))
    assert all(matrix.store == "analog" for op in plain.array_ops for matrix in op.matrices)
    found = tune.run(network, chip, options(samples, mixed=True))
    verify(found, chip)
    assert found.array_ops[0].matrices[0].store == "mixed"
    assert snr(found, network, samples) > snr(plain, network, samples) + 3
    assert any("16-bit weights" in note for note in found.notes)


def test_mixed_weights_compute_what_the_float_model_computes(chip: Chip, tmp_path: Path) -> None:
    network, samples = outliers(tmp_path, 1.0)
    prepared = stage.prepare(network, chip, stage.QuantizeOptions(samples), Job())
    names = [node.name for node in network.nodes if node.op == "Gemm"]
    found = stage.finish(prepared, Choices(stores=dict.fromkeys(names, "mixed")))
    verify(found, chip)
    assert max(int(np.abs(op.matrices[0].weights).max()) for op in found.array_ops) > 127
    assert snr(found, network, samples) > snr(stage.finish(prepared), network, samples)


def test_bias_correction_removes_the_mean_error_of_each_channel(chip: Chip, tmp_path: Path) -> None:
    """The chip's rounding draws negative results towards zero; without a Relu it shows."""
    maker = Maker(6)
    output = maker.gemm("x", 200, 6)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 200)}, {output: None}))
    samples = (maker.random.normal(size=(300, 200)).astype(np.float32),)
    prepared = stage.prepare(network, chip, stage.QuantizeOptions(samples), Job())
    plain = stage.finish(prepared)
    node = network.nodes[0].name
    choices = bias_correction.corrected(Choices(), plain, prepared, samples, Job())
    fixed = stage.finish(prepared, choices)
    wanted = measure.part(network, samples, Job()).outputs[0].mean(axis=0)
    step = plain.tensors[output].scale

    def shift(qnetwork: QNetwork) -> npt.NDArray[np.float64]:
        real = measure.real_outputs(qnetwork, samples)[0]
        return np.asarray(real.mean(axis=0) - wanted, np.float64) / step

    unit = chip.array.bias_unit / plain.array_ops[0].matrices[0].gain
    assert set(choices.biases) == {node}
    assert np.abs(shift(plain)).mean() > 0.1
    assert np.abs(shift(fixed)).max() < unit / 2 + 0.05
    assert np.abs(shift(fixed)).mean() < np.abs(shift(plain)).mean()


def test_too_few_samples_are_not_searched_with(chip: Chip, tmp_path: Path) -> None:
    network, samples = cnn(tmp_path)
    for count in (1, 2, 15):
        few = (samples[0][:count],)
        plain = tune.run(network, chip, options(few, "off", False))
        found = tune.run(network, chip, options(few))
        assert not any(note.startswith("Tuned") for note in found.notes)
        assert found.tensors == plain.tensors


def test_layers_are_repeated_where_that_helps_against_noise(chip: Chip, tmp_path: Path) -> None:
    network, samples = cnn(tmp_path)
    quiet = tune.TuneOptions(stage.QuantizeOptions(samples), "off", noise="ideal")
    plain = tune.run(network, chip, quiet)
    assert all(matrix.repeat == 1 for op in plain.array_ops for matrix in op.matrices)
    assert "no layer gains" in plain.notes[-1]
    found = tune.run(network, chip, replace(quiet, noise="sonos"))
    verify(found, chip)
    assert 2 in {matrix.repeat for op in found.array_ops for matrix in op.matrices}
    assert "computed twice" in found.notes[-1]
    assert snr(found, network, samples) == snr(plain, network, samples)


def test_an_unknown_noise_model_is_named_with_those_there_are(chip: Chip, tmp_path: Path) -> None:
    network, samples = cnn(tmp_path)
    wanted = tune.TuneOptions(stage.QuantizeOptions(samples), "off", noise="loud")
    with pytest.raises(StudioError, match="no noise model loud") as caught:
        tune.run(network, chip, wanted)
    assert "sonos" in caught.value.hint


def close_calls(folder: Path) -> tuple[Network, tuple[Floats]]:
    """Classes that differ little beside what they share: 14 dB are too few to tell them apart."""
    maker = Maker(8)
    first = maker.random.normal(0, 0.3, (24, 20)).astype(np.float32)
    second = maker.random.normal(0, 0.1, (6, 24)).astype(np.float32)
    first[7] = np.abs(first[7]) * 8
    second[:, 7] /= 8
    hidden = maker.add("HardSwish", maker.add("Gemm", "x", maker.constant(first), transB=1))
    output = maker.add("Gemm", hidden, maker.constant(second), transB=1)
    network = load.load(maker.save(folder / "m.onnx", {"x": (1, 20)}, {output: None}))
    return network, (maker.random.random((200, 20), np.float32),)


@pytest.mark.parametrize("level", ["off", "fast"])
def test_other_classes_for_many_samples_are_noted_at_every_level(
    level: tune.Level, chip: Chip, tmp_path: Path
) -> None:
    network, samples = close_calls(tmp_path)
    found = tune.run(network, chip, options(samples, level))
    assert snr(found, network, samples) > 10
    (text,) = [note for note in found.notes if "another largest output" in note]
    assert text.startswith("The integers follow the float model only roughly.")
    wanted = measure.part(network, samples, Job())
    assert f"{100 * (1 - measure.agreement(found, wanted)):.1f} % of" in text


def test_calibration_samples_that_are_all_equal_are_noted(chip: Chip, tmp_path: Path) -> None:
    network, samples = cnn(tmp_path)
    zeros = (np.zeros_like(samples[0][:40]),)
    once = (np.repeat(samples[0][:1], 40, axis=0),)
    for given, said in ((zeros, "equal, 0 throughout:"), (once, "equal: ranges")):
        notes = tune.run(network, chip, options(given)).notes
        (text,) = [note for note in notes if note.startswith("All 40 calibration samples are")]
        assert said in text
        assert not any("earched" in note or "Tuned" in note for note in notes)
    for given in (samples, (samples[0][:1],)):
        notes = tune.run(network, chip, options(given)).notes
        assert not any("calibration samples are equal" in note for note in notes)


def test_a_search_that_keeps_its_start_says_so(chip: Chip, tmp_path: Path) -> None:
    """What fits a single layer's integers exactly cannot become better."""
    maker = Maker(1)
    weights = maker.constant(np.eye(8, dtype=np.float32))
    output = maker.add("Gemm", "x", weights)
    network = load.load(maker.save(tmp_path / "m.onnx", {"x": (1, 8)}, {output: None}))
    samples = (maker.random.integers(0, 128, (64, 8)).astype(np.float32),)
    samples[0][0] = 127
    found = tune.run(network, chip, options(samples))
    (text,) = [note for note in found.notes if note.startswith("Searched with ")]
    assert "on 32 calibration samples" in text
    assert "the plain quantization stays" in text


def test_every_pass_over_the_samples_has_a_name(chip: Chip, tmp_path: Path) -> None:
    network, samples = outliers(tmp_path)
    told: list[tuple[int, int, str]] = []
    job = Job(lambda done, total, text: told.append((done, total, text)))
    tune.run(network, chip, options(samples), job)
    titles = [text.split(":")[0] for _, _, text in told if ":" in text]
    assert list(dict.fromkeys(titles)) == [
        "ranges",
        "reference outputs",
        "equalized by weights",
        "equalized by values",
        "weakest layers",
        "bias correction",
    ]
    trials = [step for step in told if step[2].startswith("tuning, trial ")]
    assert trials[0][0] == 0
    assert all(done < total for done, total, _ in trials)
    assert f"trial 1 of at most {trials[0][1]}," in trials[0][2]


def test_equalized_networks_are_calibrated_with_a_part_of_many_samples(
    chip: Chip, tmp_path: Path
) -> None:
    network, samples = outliers(tmp_path)
    many = (np.concatenate([samples[0]] * 3),)
    told: list[str] = []
    found = tune.run(network, chip, options(many), Job(lambda _, __, text: told.append(text)))
    passes = [text.rsplit(" ", 1)[1] for text in told if "calibrating, sample 1 of" in text]
    assert passes == ["600", str(tune.EQUALIZED), str(tune.EQUALIZED)]
    assert snr(found, network, samples) > 25


def test_few_samples_never_shrink_a_range(chip: Chip, tmp_path: Path) -> None:
    network, samples = cnn(tmp_path)
    prepared = stage.prepare(network, chip, stage.QuantizeOptions(samples), Job())
    for count, tried in ((12, 0), (40, 1)):
        part = measure.part(network, (samples[0][:count],), Job())
        found = Search(prepared, part, 9, Job())
        found.scaled(network.outputs[0], 0.9)
        assert found.used == tried


def test_few_samples_are_not_equalized_by_their_values(chip: Chip, tmp_path: Path) -> None:
    network, samples = outliers(tmp_path)
    told: list[str] = []
    job = Job(lambda _, __, text: told.append(text))
    found = tune.run(network, chip, options((samples[0][:24],)), job)
    assert not any(text.startswith("equalized by values") for text in told)
    assert snr(found, network, samples) > 20


def test_samples_are_spread_over_all_there_are() -> None:
    samples = (np.arange(10), np.arange(10) * 2)
    first, second = measure.spread(samples, 4)
    assert first.tolist() == [0, 2, 5, 7]
    assert second.tolist() == [0, 4, 10, 14]
    assert measure.spread(samples, 99) == samples
    near, far = measure.halves(measure.Part(samples, ()), 3)
    assert near.samples[0].tolist() == [0, 3, 6]
    assert far.samples[0].tolist() == [1, 5, 8]


def test_a_shift_that_may_be_chance_is_not_corrected() -> None:
    random = np.random.default_rng(0)
    noise = random.normal(0, 1, (16, 200))
    assert np.abs(bias_correction._certain(noise)).mean() < 0.1 * np.abs(noise.mean(axis=0)).mean()
    np.testing.assert_allclose(bias_correction._certain(noise + 50), noise.mean(axis=0) + 50, 1e-3)
