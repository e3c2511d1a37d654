"""Monte-Carlo over chips: reproducible anywhere, cancelable, and what it measures is so."""

from __future__ import annotations

import multiprocessing
import os
import zipfile
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.base.errors import Cancelled, DataError, RunError, StudioError
from studio.base.job import Job
from studio.chip.noise import Conditions, DeviceModel
from studio.quantize.qnetwork import QNetwork
from studio.simulate import monte_carlo, noise_plot, noise_study
from studio.simulate.monte_carlo import Options
from studio.simulate.noise_chips import Task, measure
from studio.simulate.noise_study import Study
from studio.simulate.run import run
from studio.simulate.stage import predictions
from tests.unit import noise_nets as nets

NET = nets.mlp(60, 40, 30, 8)
LAYOUT = nets.mapped(NET)
X = (nets.samples(NET, 80),)
EXACT = run(NET, X).outputs["t2"]
LABELS = predictions(EXACT)
QUIET, LOUD = (nets.model(output_noise=v, column_offset=v) for v in (0.5, 8.0))
assert LABELS is not None


def study(
    model: DeviceModel = LOUD,
    job: Job | None = None,
    executor: Executor | None = None,
    labels: Any = LABELS,
    net: QNetwork = NET,
    **options: Any,
) -> Study:
    given = {"chips": 6, "sensitivity_chips": 2, "traced_chips": 3, "pool": False} | options
    return monte_carlo.run(
        net, LAYOUT, X, labels, nets.CHIP, model, Options(**given), job, executor
    )


def same(a: Study, b: Study) -> bool:
    """Whether everything measured is the same number."""
    first, second = a.arrays(), b.arrays()
    return all(np.array_equal(first[name], second[name], equal_nan=first[name].dtype.kind == "f")
               for name in first)  # fmt: skip


def test_a_study_is_the_same_again_and_another_seed_another() -> None:
    one = study()
    assert same(one, study())
    assert not np.array_equal(one.cosine, study(seed=1).cosine)
    assert len(np.unique(one.cosine)) == 6, "chips differ"


def test_a_chip_is_the_same_whatever_else_is_studied() -> None:
    few = study(chips=3, sensitivity_chips=0, traced_chips=0)
    many = study()
    np.testing.assert_array_equal(few.cosine, many.cosine[:3])
    (alone,) = measure(_work(), Task((4,)))
    assert alone.cosine == many.cosine[4]


def _work() -> Any:
    from studio.simulate.noise_chips import Work, exact_results  # noqa: PLC0415

    exact, traces = exact_results(NET, X, 64)
    return Work(NET, LAYOUT, nets.CHIP, LOUD, nets.NOW, 0, X, LABELS, exact, traces)


@pytest.mark.parametrize("seconds", [0.0, 100.0])
def test_any_executor_and_size_of_task_gives_the_same(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monte_carlo, "TASK_SECONDS", seconds)
    here = study()
    with ThreadPoolExecutor(3) as executor:
        assert same(here, study(executor=executor))
        assert executor.submit(lambda: True).result(), "it stays open"


def test_a_pool_of_processes_gives_the_same_and_is_gone_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(monte_carlo, "POOL_PAYS", 0.0)
    assert same(study(), study(pool=True, workers=2))
    assert not multiprocessing.active_children()


def test_small_studies_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a pool was started")

    monkeypatch.setattr(monte_carlo, "ProcessPoolExecutor", refuse)
    study(pool=True)
    monkeypatch.setattr(monte_carlo, "POOL_PAYS", 0.0)
    study(pool=False)
    with pytest.raises(AssertionError):
        study(pool=True, workers=2)


def test_progress_counts_every_run() -> None:
    seen: list[tuple[int, int]] = []
    study(job=Job(lambda done, total, text: seen.append((done, total))))
    assert seen[-1] == (12, 12)
    assert [done for done, _ in seen[1:]] == sorted(done for done, _ in seen[1:])


class Slow(Executor):
    """Takes tasks and never begins them, as a busy cluster."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        self.futures.append(Future())
        return self.futures[-1]


def test_cancelling_calls_off_what_has_not_begun() -> None:
    slow = Slow()
    with pytest.raises(Cancelled):
        study(job=Job(cancelled=lambda: bool(slow.futures)), executor=slow)
    assert slow.futures and all(future.cancelled() for future in slow.futures)


def test_cancelling_in_this_process_and_in_a_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    for pays in (1e9, 0.0):
        monkeypatch.setattr(monte_carlo, "POOL_PAYS", pays)
        steps: list[int] = []
        job = Job(lambda done, *_, to=steps: to.append(done), lambda of=steps: len(of) > 8)
        with pytest.raises(Cancelled):
            study(job=job, pool=True, workers=2, chips=40)
        assert not multiprocessing.active_children()


def test_an_error_of_a_worker_reaches_the_caller_and_ends_the_rest() -> None:
    slow = Slow()
    error = StudioError("the worker says no")

    class Failing(Slow):
        def submit(self, *_: Any, **__: Any) -> Future[Any]:
            future = slow.submit()
            if len(slow.futures) == 2:
                future.set_exception(error)
            return future

    with pytest.raises(StudioError, match="says no"):
        study(executor=Failing())
    assert all(f.cancelled() or f.exception() is error for f in slow.futures)


def _die(*_: object) -> None:
    os._exit(3)


def test_a_worker_that_dies_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monte_carlo, "POOL_PAYS", 0.0)
    monkeypatch.setattr(monte_carlo, "measure", _die)
    with pytest.raises(RunError, match="ended before its time") as caught:
        study(pool=True, workers=2)
    assert "--no-pool" in caught.value.hint
    assert not multiprocessing.active_children()


def test_the_figures_are_those_of_the_chips() -> None:
    found = study(chips=12)
    assert found.measure == "accuracy" and found.exact == 1.0
    tree = found.tree()
    assert tree["mean"] == pytest.approx(found.accuracy.mean())
    assert tree["std"] == pytest.approx(np.std(found.accuracy, ddof=1))
    assert tree["percentiles"]["50"] == pytest.approx(np.median(found.accuracy))
    assert found.accuracy[found.worst] == found.accuracy.min() == tree["worst"]
    for at in (0.0, found.accuracy.min(), float(np.median(found.accuracy)), 1.0):
        share, low, high = found.yields(at)
        assert share == np.mean(found.accuracy >= at)
        assert 0 <= low <= share <= high <= 1 and high - low > 0.1
    # Wilson's interval of 9 out of 12, from a table.
    nine = replace(found, accuracy=np.array([1.0] * 9 + [0.0] * 3))
    assert nine.yields(0.5) == pytest.approx((0.75, 0.4677, 0.9111), abs=1e-4)


def test_accuracy_is_of_the_labels_and_agreement_of_the_exact_predictions() -> None:
    assert LABELS is not None
    wrong = LABELS.copy()
    wrong[:40] = (wrong[:40] + 1) % 8
    found = study(QUIET, labels=wrong)
    assert found.exact_accuracy == 0.5 and found.threshold == pytest.approx(0.49)
    assert found.accuracy.mean() == pytest.approx(0.5, abs=0.1)
    assert found.agreement.mean() > 0.85
    bare = study(QUIET, labels=None)
    assert bare.measure == "agreement" and np.isnan(bare.accuracy).all()
    np.testing.assert_array_equal(bare.agreement, found.agreement)
    assert bare.tree()["exact"] == 1.0


def test_more_noise_hurts_more_and_none_not_at_all() -> None:
    quiet, loud = study(QUIET), study(LOUD)
    assert quiet.accuracy.mean() > loud.accuracy.mean() + 0.04
    assert quiet.cosine.mean() > loud.cosine.mean()
    assert (quiet.correlation.mean(axis=0) > loud.correlation.mean(axis=0)).all()
    ideal = study(nets.CHIP.noise["ideal"])
    assert (ideal.accuracy == 1).all() and np.allclose(ideal.correlation, 1)
    assert all(loss == 0 for loss in ideal.sensitivity().values())


def test_time_makes_a_drifting_chip_worse() -> None:
    drifting = nets.model(drift_relative=0.3)
    fresh = study(drifting)
    old = study(drifting, conditions=Conditions(3.2e7))
    assert (fresh.accuracy == 1).all() and old.accuracy.mean() < 0.95


def test_sensitivity_blames_the_layer_that_is_noisy() -> None:
    model = replace(QUIET.with_values({"output_noise": 0.0, "column_offset": 0.0}, "test"),
                    layers={"fc1": 25.0})  # fmt: skip
    found = study(model, sensitivity_chips=3)
    losses = found.sensitivity()
    assert next(iter(losses)) == "fc1" and losses["fc1"] > 0.1
    assert losses["fc0"] == losses["fc2"] == 0
    assert set(found.tree()["sensitivity"]) == {"fc0", "fc1", "fc2"}


def test_traces_are_correlations_and_saturation_of_the_layers() -> None:
    found = study(traced_chips=2, traced_samples=30)
    assert found.traced == ("fc0", "fc1", "fc2")
    assert found.correlation.shape == found.saturation.shape == (2, 3)
    exact = run(NET, (X[0][:30],), layers=True).layers
    ready = nets.prepared(NET, LAYOUT, output_noise=8.0, column_offset=8.0)
    from studio.simulate.noise_run import run as noisy_run  # noqa: PLC0415

    own = noisy_run(NET, (X[0][:30],), ready, 0, 1, layers=True).layers
    for n, name in enumerate(found.traced):
        wanted = np.corrcoef(own[name].ravel(), exact[name].ravel())[0, 1]
        assert found.correlation[1, n] == pytest.approx(wanted)
        at_end = np.isin(own[name], (-128, 127)).mean()
        assert found.saturation[1, n] == pytest.approx(at_end)


def test_bad_columns_cost_accuracy() -> None:
    """The same network, once where the mapper puts it and once in the reserved columns."""
    model = nets.model(output_noise=1.0, column_offset=1.5, column_gain=0.02, reserved_factor=5.0)
    options = Options(chips=10, sensitivity_chips=0, pool=False)
    found = []
    for layout in (nets.mapped(NET), nets.mapped(NET, skip=0)):
        bad = any(block.column < nets.CHIP.array.reserved_columns for block in layout.blocks)
        own = monte_carlo.run(NET, layout, X, LABELS, nets.CHIP, model, options)
        found.append((bad, own.accuracy.mean()))
    assert [bad for bad, _ in found] == [False, True]
    assert found[0][1] > found[1][1] + 0.1


def test_stored_copies_average_the_noise_of_cells() -> None:
    model = nets.model(programming_relative=0.25)
    means = []
    for copies in (1, 8):
        options = Options(chips=8, sensitivity_chips=0, pool=False)
        own = monte_carlo.run(
            NET, nets.mapped(NET, copies=copies), X, LABELS, nets.CHIP,
            replace(model, name=f"{copies}"), options,
        )  # fmt: skip
        means.append(own.correlation[:, 0].mean())
    assert 1 - means[1] < 0.3 * (1 - means[0])


@pytest.mark.parametrize(
    "wrong",
    [
        {"chips": 0}, {"seed": -1}, {"yield_at": 1.5}, {"workers": 0}, {"traced_samples": 0},
        {"sensitivity_chips": -1}, {"traced_chips": -1},
        {"conditions": Conditions(-1.0)}, {"conditions": Conditions(0.0, 500.0)},
        {"conditions": Conditions(float("inf"))}, {"conditions": Conditions(0.0, float("nan"))},
    ],
)  # fmt: skip
def test_options_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(StudioError, match="out of range"):
        study(**wrong)


def test_labels_must_be_one_for_each_sample() -> None:
    assert LABELS is not None
    with pytest.raises(DataError, match="79 labels for 80 samples"):
        study(labels=LABELS[:79])


def test_arrays_and_plots_are_written_and_repeatable(tmp_path: Path) -> None:
    found = replace(study(), network="网络 & <net>")
    noise_study.save(found, tmp_path / "noise.npz")
    with np.load(tmp_path / "noise.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(file["accuracy"], found.accuracy)
        assert file["layers"].tolist() == ["fc0", "fc1", "fc2"]
        assert file["layer_cosine"].shape == (3, 2)
    for name in ("a.svg", "b.svg", "c.PNG"):
        noise_plot.save(found, tmp_path / name)
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert text == (tmp_path / "b.svg").read_text(encoding="utf-8")
    for word in ("网络 &amp; &lt;net&gt;", "fc1", "exact 1", "loss of accuracy", "correlation"):
        assert word in text
    assert (tmp_path / "c.PNG").read_bytes()[:4] == b"\x89PNG"
    assert zipfile.is_zipfile(tmp_path / "noise.npz")
    with pytest.raises(StudioError, match=r"written as \.pdf"):
        noise_plot.save(found, tmp_path / "a.pdf")


def test_studies_without_sensitivity_or_traces_are_drawn_too(tmp_path: Path) -> None:
    bare = study(chips=1, sensitivity_chips=0, traced_chips=0, labels=None)
    noise_plot.save(bare, tmp_path / "bare.svg", dark=True)
    assert (tmp_path / "bare.svg").read_text(encoding="utf-8").count("not studied") == 2
    tree = bare.tree()
    assert tree["std"] == 0 and tree["layers"] == {} and tree["sensitivity"] == {}


def test_the_pools_processes_use_one_thread_each() -> None:
    from studio.base import threads  # noqa: PLC0415

    with ProcessPoolExecutor(1, get_context("spawn"), initializer=threads.one) as pool:
        assert pool.submit(os.getenv, "OPENBLAS_NUM_THREADS").result() == "1"
