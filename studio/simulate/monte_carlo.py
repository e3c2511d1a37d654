"""Many chips of one device model: how accurate they are, which layers hurt, what yield to expect.

Chips run in this process where that is quick, otherwise in a pool of processes, or on any
concurrent.futures Executor that is handed in: a Dask cluster's ``Client.get_executor()``, say.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context

import numpy as np

from studio.base import threads
from studio.base.errors import DataError, RunError, StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.chip.noise import Conditions, DeviceModel
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import Int16, QNetwork
from studio.simulate.noise_cells import prepare
from studio.simulate.noise_chips import Measured, Task, Work, exact_results, measure, one
from studio.simulate.noise_study import Study
from studio.simulate.stage import Labels, accuracy, predictions

POOL_PAYS = 6.0  # seconds of work left that make starting processes worth while
TASK_SECONDS = 1.0  # of one task, so that cancelling is quick
MOST_TASKS = 256  # the network and its samples travel with each


@dataclass(frozen=True)
class Options:
    """What to study.

    ``yield_at``: the accuracy (or, without labels, agreement) a good chip has; None is one point
    below the exact simulator's. ``sensitivity_chips``: chips with noise in one layer only, for
    each layer; 0 leaves that out. ``traced_chips`` are compared layer by layer, on
    ``traced_samples`` samples. ``pool``: whether processes may be started.
    """

    chips: int = 100
    seed: int = 0
    conditions: Conditions = field(default_factory=Conditions)
    yield_at: float | None = None
    sensitivity_chips: int = 10
    traced_chips: int = 16
    traced_samples: int = 64
    pool: bool = True
    workers: int | None = None


def run(
    qnetwork: QNetwork,
    layout: Layout,
    inputs: Sequence[Int16],
    labels: Labels | None,
    chip: Chip,
    model: DeviceModel,
    options: Options,
    job: Job | None = None,
    executor: Executor | None = None,
) -> Study:
    """Study chips 0, 1, ... of ``options.seed`` on the samples ``inputs`` (chip integers).

    A chip's numbers depend on its number and the seed only. Cancelling waits for the tasks that
    run, about a second, and leaves no process. Raises StudioError for options out of range,
    DataError for labels that do not fit, RunError where a worker process died.
    """
    job = job or Job()
    _check(options, inputs, labels)
    job.step(0, 1, "computing the exact answers")
    exact, traces = exact_results(qnetwork, inputs, options.traced_samples)
    work = Work(
        qnetwork,
        layout,
        chip,
        model,
        options.conditions,
        options.seed,
        tuple(inputs),
        labels,
        exact,
        traces,
    )
    names = [op.name for op in qnetwork.array_ops] if options.sensitivity_chips else []
    todo = [Task((n,), traced=n < options.traced_chips) for n in range(options.chips)]
    todo += [Task((n,), name) for name in names for n in range(options.sensitivity_chips)]
    found = _all(work, todo, options, job, executor)
    chips, single = found[: options.chips], found[options.chips :]
    count = options.sensitivity_chips
    return Study(
        network=qnetwork.name,
        model=model,
        conditions=options.conditions,
        seed=options.seed,
        samples=len(inputs[0]),
        labels=labels is not None,
        exact_accuracy=accuracy(predictions(exact[0]), labels),
        yield_at=options.yield_at,
        accuracy=np.array([own.accuracy for own in chips]),
        agreement=np.array([own.agreement for own in chips]),
        cosine=np.array([own.cosine for own in chips]),
        traced=tuple(traces),
        correlation=np.array([own.correlation for own in chips if own.correlation]),
        saturation=np.array([own.saturation for own in chips if own.saturation]),
        layers=tuple(names),
        layer_accuracy=np.array([own.accuracy for own in single]).reshape(len(names), count),
        layer_agreement=np.array([own.agreement for own in single]).reshape(len(names), count),
        layer_cosine=np.array([own.cosine for own in single]).reshape(len(names), count),
    )


def _check(options: Options, inputs: Sequence[Int16], labels: Labels | None) -> None:
    at = options.yield_at
    wrong = {
        "chips": options.chips < 1,
        "seed": options.seed < 0,
        "sensitivity_chips": options.sensitivity_chips < 0,
        "traced_chips": options.traced_chips < 0,
        "traced_samples": options.traced_samples < 1,
        "workers": options.workers is not None and options.workers < 1,
        "yield_at": at is not None and not 0 <= at <= 1,
        "seconds": not 0 <= options.conditions.seconds < float("inf"),
        "celsius": not -100 < options.conditions.celsius < 300,
    }
    for name, bad in wrong.items():
        if bad:
            raise StudioError(
                f"the study's {name} is out of range",
                hint="Take at least one chip, a seed from 0, a yield threshold of 0 to 1, a time"
                " from 0 and a temperature from -100 to 300 degrees Celsius.",
            )
    if labels is not None and len(labels) != len(inputs[0]):
        raise DataError(f"{len(labels)} labels for {len(inputs[0])} samples")


def _all(
    work: Work, todo: Sequence[Task], options: Options, job: Job, executor: Executor | None
) -> list[Measured]:
    """Every task's one chip, in order: here, in a pool, or on the executor."""
    prepared = prepare(work.qnetwork, work.layout, work.chip, work.model, work.conditions)
    found: list[Measured] = []
    start = time.perf_counter()
    for done, task in enumerate(todo):
        if done == 1:
            each = time.perf_counter() - start
            left = each * (len(todo) - 1)
            workers = options.workers or os.cpu_count() or 1
            pays = options.pool and workers > 1 and left > POOL_PAYS
            if executor is not None or pays:
                tasks = list(_bundles(todo[1:], each, len(todo)))
                with _pool(executor, min(workers, len(tasks))) as pool:
                    return found + _spread(work, tasks, pool, job, len(todo))
        text = _title(task, len(todo))
        job.step(done, len(todo), text)
        inner = Job(lambda *_, n=done, t=text: job.step(n, len(todo), t))
        found.append(one(work, prepared, task, task.chips[0], inner))
    job.step(len(todo), len(todo), "simulated")
    return found


def _title(task: Task, total: int) -> str:
    where = f", noise in {task.only} only" if task.only else ""
    return f"chip {task.chips[0] + 1}{where} ({total} runs)"


def _bundles(todo: Sequence[Task], each: float, total: int) -> Iterator[Task]:
    """Tasks of several chips each, of about TASK_SECONDS, in the order of ``todo``."""
    size = max(1, int(TASK_SECONDS / each), -(-total // MOST_TASKS))
    held: list[Task] = []
    for task in todo:
        same = held and (task.only, task.traced) == (held[0].only, held[0].traced)
        if held and (not same or len(held) >= size):
            yield Task(tuple(t.chips[0] for t in held), held[0].only, held[0].traced)
            held = []
        held.append(task)
    if held:
        yield Task(tuple(t.chips[0] for t in held), held[0].only, held[0].traced)


@contextmanager
def _pool(executor: Executor | None, workers: int) -> Iterator[Executor]:
    """The executor handed in, which stays open, or a pool of our own, which does not."""
    if executor is not None:
        yield executor
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=threads.one)
    try:
        yield pool
    except BrokenProcessPool as error:
        raise RunError(
            "a worker process ended before its time",
            hint="Perhaps memory ran out: study fewer samples, or without a pool (--no-pool).",
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _spread(
    work: Work, tasks: Sequence[Task], pool: Executor, job: Job, total: int
) -> list[Measured]:
    """Run the tasks on ``pool``; on any error or cancel those not begun are called off."""
    futures: list[Future[list[Measured]]] = [pool.submit(measure, work, task) for task in tasks]
    done = total - sum(len(task.chips) for task in tasks)
    sizes = {future: len(task.chips) for future, task in zip(futures, tasks, strict=True)}
    waiting = set(futures)
    try:
        while waiting:
            job.step(done, total, f"{done} of {total} chips")
            ready, waiting = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in ready:
                future.result()
                done += sizes[future]
        job.step(total, total, "simulated")
        return [own for future in futures for own in future.result()]
    finally:
        for future in waiting:
            future.cancel()
