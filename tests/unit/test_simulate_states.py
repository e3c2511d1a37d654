"""What is remembered from step to step: streams, batches, resets, directions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.base.errors import VerifyError
from studio.chip.chip import Chip
from studio.graph import load
from studio.quantize import stage
from studio.quantize.qnetwork import (
    AddOp,
    HistoryOp,
    LutOp,
    QNetwork,
    QTensor,
    RecurrentOp,
    State,
)
from studio.quantize.stage import QuantizeOptions
from studio.simulate import evaluate, kernels, run, states
from studio.simulate import frames as frames_module
from studio.simulate.frames import frames
from tests.unit import cell_models as ref
from tests.unit.cell_models import Cell
from tests.unit.test_quantize_cells import F, H, biases, lstm, weights

C = 3


def tensor(name: str, width: int, channels: int = C) -> QTensor:
    return QTensor(name, (width, 1, channels), 1.0, -128, 127, (1, channels, width))


def counter(width: int, **more: Any) -> QNetwork:
    """A cell whose state is the saturated sum of all it has read; its result is that less 1."""
    less = np.clip(((np.arange(256) + 128) % 256 - 128) - 1, -128, 127).astype(np.int16)
    op = RecurrentOp(
        "sum",
        "in",
        "out",
        "x",
        "less",
        (State("total", "new"),),
        (AddOp("add", ("x", "total"), "new"), LutOp("less", "new", "less", less)),
        **more,
    )
    tensors = [tensor("in", width), tensor("out", width)]
    tensors += [tensor(name, 1) for name in ("x", "total", "new", "less")]
    return QNetwork(
        "counter", "wtm2101", ("in",), ("out",), (op,), {own.name: own for own in tensors}
    )


def sums(x: Any, every: int = 0, reverse: bool = False) -> Any:
    """What ``counter`` makes of one stream [T, C]; states are zero before every ``every``."""
    steps = x[::-1] if reverse else x
    total, found = np.zeros(C, int), []
    for number, step in enumerate(steps):
        if every and number % every == 0:
            total = np.zeros(C, int)
        total = np.clip(total + step, -128, 127)
        found.append(np.clip(total - 1, -128, 127))
    return np.array(found[::-1] if reverse else found)


def samples(count: int, width: int, seed: int = 0) -> Any:
    random = np.random.default_rng(seed)
    return random.integers(-30, 31, (count, width, 1, C)).astype(np.int16)


def output(qnetwork: QNetwork, x: Any, **more: Any) -> Any:
    """(n, W, C)."""
    return run.run(qnetwork, [x], **more).outputs["out"][:, :, 0]


def test_the_hand_made_cell_is_a_proper_network(chip: Chip) -> None:
    stage.verify(counter(1), chip)
    stage.verify(counter(4, reset_every=3, reverse=True), chip)


@pytest.mark.parametrize("most", [1, 5, 7, 100])
def test_single_steps_are_one_stream_whatever_the_batches(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.Prepared, "batch_size", most)
    x = samples(40, 1)
    assert np.array_equal(output(counter(1), x)[:, 0], sums(x[:, 0, 0]))


@pytest.mark.parametrize("most", [1, 4, 9, 100])
@pytest.mark.parametrize("every", [1, 3, 8, 16])
def test_reset_every_cuts_a_stream_into_several(
    every: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.Prepared, "batch_size", most)
    x = samples(37, 1)
    got = output(counter(1), x, reset_every=every)[:, 0]
    assert np.array_equal(got, sums(x[:, 0, 0], every))


@pytest.mark.parametrize("most", [1, 4, 100])
def test_a_cell_that_resets_itself_counts_steps_across_batches(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.Prepared, "batch_size", most)
    x = samples(37, 1)
    assert np.array_equal(output(counter(1, reset_every=6), x)[:, 0], sums(x[:, 0, 0], 6))


@pytest.mark.parametrize("reverse", [False, True])
def test_samples_that_hold_their_time_start_from_zero_each(reverse: bool) -> None:
    x = samples(5, 9)
    wanted = np.array([sums(own[:, 0], reverse=reverse) for own in x])
    assert np.array_equal(output(counter(9, reverse=reverse), x), wanted)


@pytest.mark.parametrize("most", [1, 2, 100])
@pytest.mark.parametrize("every", [0, 2, 3])
def test_backwards_inside_of_samples_forwards_from_one_to_the_next(
    every: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a board can do: it never has a later sample before it has computed an earlier one."""
    monkeypatch.setattr(run.Prepared, "batch_size", most)
    x = samples(6, 4)
    turned = x[:, ::-1].reshape(-1, C)
    wanted = sums(turned, 4 * every).reshape(6, 4, C)[:, ::-1]
    got = output(counter(4, reverse=True), x, reset_every=every)
    assert np.array_equal(got, wanted)


@pytest.mark.parametrize("most", [1, 2, 100])
def test_samples_that_hold_their_time_may_go_on_from_one_to_the_next(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.Prepared, "batch_size", most)
    x = samples(6, 4)
    entire = sums(x.reshape(-1, C))
    assert np.array_equal(output(counter(4), x, reset_every=0).reshape(-1, C), entire)
    pairs = np.concatenate([sums(own) for own in x.reshape(3, 8, C)])
    assert np.array_equal(output(counter(4), x, reset_every=2).reshape(-1, C), pairs)


def test_a_cell_of_several_streams_at_once_resets_in_the_middle_of_a_sample() -> None:
    x = samples(4, 7)
    wanted = np.array([sums(own[:, 0], 3) for own in x])
    assert np.array_equal(output(counter(7, reset_every=3), x), wanted)
    entire = sums(x.reshape(-1, C), 3)
    got = output(counter(7, reset_every=3), x, reset_every=0).reshape(-1, C)
    assert np.array_equal(got, entire)


def history(width: int, lags: tuple[int, ...]) -> QNetwork:
    op = HistoryOp("past", "in", "out", lags)
    tensors = {own.name: own for own in (tensor("in", width), tensor("out", width, C * len(lags)))}
    return QNetwork("history", "wtm2101", ("in",), ("out",), (op,), tensors)


def past(x: Any, lags: tuple[int, ...]) -> Any:
    """The frames of one stream [T, C], zero before the start."""
    return np.array(
        [
            np.concatenate([x[t - lag] if t >= lag else np.zeros(C, int) for lag in lags])
            for t in range(len(x))
        ]
    )


@pytest.mark.parametrize("most", [1, 3, 100])
@pytest.mark.parametrize("lags", [(6, 5, 4, 3, 2, 1, 0), (10, 0), (2, 0, 1), (4,), (0,)])
def test_history_is_kept_across_batches(
    lags: tuple[int, ...], most: int, chip: Chip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.Prepared, "batch_size", most)
    x = samples(23, 1)
    stage.verify(history(1, lags), chip)
    assert np.array_equal(output(history(1, lags), x)[:, 0], past(x[:, 0, 0], lags))
    cut = np.concatenate([past(x[k : k + 5, 0, 0], lags) for k in range(0, 23, 5)])
    assert np.array_equal(output(history(1, lags), x, reset_every=5)[:, 0], cut)


def test_history_of_samples_that_hold_their_time_starts_from_zero_each() -> None:
    x, lags = samples(3, 8), (3, 1)
    wanted = np.array([past(own[:, 0], lags) for own in x])
    assert np.array_equal(output(history(8, lags), x), wanted)


@pytest.fixture
def lstm_stream(tmp_path: Path, chip: Chip) -> tuple[QNetwork, Any, Any]:
    """An Lstm of single steps, 30 random frames [T, F], and the reference's answers."""
    cell = lstm(1, shift_bits=[-7, -7])
    network = load.load(cell.save(tmp_path / "cell.onnx"))
    made = stage.run(network, chip, QuantizeOptions((np.array([[-1.0] * F]),)))
    x = np.random.default_rng(4).integers(-128, 128, (30, F))
    return made, x, ref.run(ref.lstm(cell, (0, 0, -7, -7)), x, H)


@pytest.mark.parametrize("most", [1, 8, 100])
def test_a_stream_through_an_lstm_is_the_same_in_batches(
    lstm_stream: Any, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.Prepared, "batch_size", most)
    made, x, wanted = lstm_stream
    given = [x.astype(np.int16)[:, None, None]]
    assert np.array_equal(run.run(made, given).outputs["out"][:, 0, 0], wanted)
    plain = run.run(made, given, array=kernels.array)
    assert np.array_equal(plain.outputs["out"][:, 0, 0], wanted)


def test_states_go_on_where_evaluate_is_given_them(lstm_stream: Any) -> None:
    made, x, wanted = lstm_stream
    given = x.astype(np.int16)[:, None, None]
    kept = states.initial(made)
    first = evaluate.evaluate(made, [given[:11]], kept)["out"]
    second = evaluate.evaluate(made, [given[11:]], kept)["out"]
    assert np.array_equal(np.concatenate([first, second])[:, 0, 0], wanted)
    alone = evaluate.evaluate(made, [given])["out"][:, 0, 0]  # every sample starts from zero
    assert np.array_equal(alone[0], wanted[0])
    assert not np.array_equal(alone[1:], wanted[1:])


def test_layers_of_a_cell_are_its_matrices_and_its_output(lstm_stream: Any) -> None:
    made, x, wanted = lstm_stream
    layers = run.run(made, [x.astype(np.int16)[:, None, None]], layers=True).layers
    assert sorted(layers) == ["cell", "cell/c", "cell/ifo"]
    assert np.array_equal(layers["cell"][:, 0, 0], wanted)
    assert layers["cell/ifo"].shape == (30, 1, 1, 3 * H)


def test_frames_of_a_cell_are_those_of_its_steps_with_their_states(
    lstm_stream: Any, tmp_path: Path
) -> None:
    made, x, wanted = lstm_stream
    given = [x.astype(np.int16)[:, None, None]]
    found = frames(made, given, 25)
    assert [own.layer for own in found] == ["cell/ifo", "cell/c"]
    layers = run.run(made, given, layers=True).layers
    for own in found:
        assert np.array_equal(own.outputs, layers[own.layer][:25, 0, 0])
    # PN: rows of x and h, then the same with their signs turned round.
    rows = found[0].inputs
    h = rows[:, F : F + H] - rows[:, F + H + F :]
    assert not h[0].any()
    assert np.array_equal(h[1:], wanted[:24])
    assert len(frames(made, [given[0][:4]], 10)[0].inputs) == 10


def test_frames_of_samples_that_hold_their_time_walk_sample_after_sample(
    tmp_path: Path, chip: Chip
) -> None:
    random = np.random.default_rng(2)
    constants = [
        weights(random, 2 * F, H),
    ]
    more = {"time_offsets": [-1, 0], "bias_params": list(map(float, biases(random, H)))}
    cell = Cell("Tdnn", constants, {"scale_params": 256, **more}, F, H)
    sequence = lstm(3)
    for own in (cell, sequence):
        network = load.load(own.save(tmp_path / "cell.onnx", steps=4))
        made = stage.run(network, chip, QuantizeOptions((np.full((1, F, 4), -1.0),)))
        x = random.integers(-128, 128, (3, 4, 1, F)).astype(np.int16)
        layers = run.run(made, [x], layers=True).layers
        for frame in frames(made, [x], 12):
            assert np.array_equal(frame.outputs, layers[frame.layer].reshape(12, -1))


@pytest.mark.parametrize(("count", "wanted"), [(4, 1), (5, 2), (12, 3), (40, 7)])
def test_frames_run_no_more_samples_than_they_need(
    count: int, wanted: int, tmp_path: Path, chip: Chip, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = load.load(lstm(3).save(tmp_path / "cell.onnx", steps=4))
    made = stage.run(network, chip, QuantizeOptions((np.full((1, F, 4), -1.0),)))
    x = np.random.default_rng(0).integers(-128, 128, (7, 4, 1, F)).astype(np.int16)
    ran: list[int] = []

    def evaluate(qnetwork: QNetwork, inputs: Any, *others: Any, **more: Any) -> Any:
        ran.append(len(inputs[0]))
        return evaluated(qnetwork, inputs, *others, **more)

    evaluated = frames_module.evaluate
    monkeypatch.setattr(frames_module, "evaluate", evaluate)
    found = frames(made, [x], count)
    assert ran == [wanted]
    layers = run.run(made, [x], layers=True).layers
    for frame in found:
        steps = layers[frame.layer].reshape(28, -1)
        assert np.array_equal(frame.outputs, np.resize(steps, (count, steps.shape[1])))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (lambda op: {"result": "in"}, "does not write in"),
        (lambda op: {"step_input": "total"}, "has total twice"),
        (lambda op: {"states": ()}, "remembers nothing"),
        (lambda op: {"states": (State("total", "nowhere"),)}, "does not write nowhere"),
        (lambda op: {"body": op.body[:1]}, "does not write less"),
        (lambda op: {"body": (*op.body, op.body[0])}, "two operations are called add"),
        (lambda op: {"body": op.body[::-1]}, "before it is written"),
        (lambda op: {"body": (AddOp("add", ("x", "in"), "new"), op.body[1])}, "before it is"),
        (lambda op: {"reset_every": -1}, "reset every -1"),
        (lambda op: {"body": (HistoryOp("h", "x", "y", (1,)), *op.body)}, "has states inside"),
    ],
)
def test_verify_finds_broken_cells(how: Any, message: str, chip: Chip) -> None:
    whole = counter(2)
    (op,) = whole.ops
    assert isinstance(op, RecurrentOp)
    with pytest.raises(VerifyError, match=message):
        stage.verify(replace(whole, ops=(replace(op, **how(op)),)), chip)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("new", {"low": 0, "high": 255}, "new does not fit the range of total"),
        ("total", {"shape": (1, 1, 4)}, "combines"),
        ("out", {"shape": (3, 1, C)}, "sum writes"),
        ("x", {"low": 0}, "in does not fit the range of x"),
        ("less", {"scale": 2.0}, "differ in scale"),
        ("in", {"low": -200}, "in has range"),
        ("out", {"shape": (0, 1, C)}, "out has shape"),
    ],
)
def test_verify_finds_tensors_that_do_not_fit(
    name: str, change: dict[str, Any], message: str, chip: Chip
) -> None:
    whole = counter(2)
    tensors = {**whole.tensors, name: replace(whole.tensors[name], **change)}
    with pytest.raises(VerifyError, match=message):
        stage.verify(replace(whole, tensors=tensors), chip)
