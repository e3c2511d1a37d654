"""The task runner: what follows what, cancel, and how errors come out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio import target
from studio.base.errors import DataError, ModelError, RunError, StudioError
from studio.base.job import Job
from studio.target import Run
from studio.ui.lease import Lease
from studio.ui.run_thread import Ended, RunThread
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.workspace import Workspace
from studio.worker import Failed, Finished, Progress, StageDone, StageStarted
from tests.gui import artifacts
from tests.gui.conftest import ScriptedWorker

Body = Callable[..., Run]


class Shown:
    """What the runner asked to show."""

    def __init__(self, runner: TaskRunner) -> None:
        self.errors: list[StudioError] = []
        self.traces: list[str] = []
        runner.failed.connect(self.errors.append)
        runner.crashed.connect(self.traces.append)


@pytest.fixture
def shown(runner: TaskRunner) -> Shown:
    return Shown(runner)


def until(qtbot: QtBot, runner: TaskRunner, state: State) -> None:
    qtbot.waitUntil(lambda: runner.state is state)


def checked(qtbot: QtBot, runner: TaskRunner, background: ScriptedWorker, model: Path) -> None:
    """Open a model and let its check end well."""
    runner.offer([str(model)])
    background.report(StageDone("graph", artifacts.network(), 0.1, False), Finished())
    until(qtbot, runner, State.IDLE)


def prepare(background: ScriptedWorker, folder: Path) -> None:
    """The worker's report of a deploy that reaches the firmware."""
    network = artifacts.qnetwork()
    made = {
        "graph": artifacts.network(),
        "quantize": network,
        "simulate": artifacts.simulation(),
        "map": artifacts.layout(network),
        "build": artifacts.image(folder),
    }
    for stage, artifact in made.items():
        background.report(StageStarted(stage), StageDone(stage, artifact, 0.2, stage == "map"))
    background.report(Finished())


def test_opening_reads_the_model_and_finds_its_data(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    example: Path,
    tmp_path: Path,
) -> None:
    assert not runner.can_deploy
    runner.offer([str(example)])
    assert runner.state is State.CHECKING
    assert workspace.model == example
    assert workspace.data == example.with_suffix(".npz")
    qtbot.waitUntil(lambda: bool(background.requests))
    (request,) = background.requests
    model = tmp_path / "digits" / "digits.onnx"
    assert (workspace.model, workspace.data) == (model, model.with_suffix(".npz"))
    assert (request.model, request.data, request.until) == (model, workspace.data, "graph")
    assert request.out == tmp_path / "digits" / "results"
    background.report(StageDone("graph", artifacts.network(), 0.1, False), Finished())
    until(qtbot, runner, State.IDLE)
    assert workspace.network is not None
    assert runner.can_deploy


def test_deploy_runs_all_stages_and_shows_the_board(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    shown: Shown,
    example: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = artifacts.serial()

    def board(
        project: object,
        image: object,
        chip: object,
        job: Job,
        on_bytes: Callable[[bytes], None],
        *rest: object,
    ) -> Run:
        for start in range(0, len(text), 1000):
            job.step(start, len(text), "")
            on_bytes(text[start : start + 1000])
        return artifacts.run()

    monkeypatch.setattr(target, "run_image", board)
    checked(qtbot, runner, background, example)
    runner.deploy()
    assert runner.state is State.PREPARING
    assert not runner.can_deploy
    assert background.requests[-1].until == "build"
    background.report(StageStarted("graph"), Progress("graph", 1, 2, "half"))
    qtbot.waitUntil(lambda: workspace.activity.text == "half")
    assert workspace.activity.fraction == pytest.approx(0.5 / 6)
    fractions: list[float] = []
    workspace.activity_changed.connect(lambda: fractions.append(workspace.activity.fraction))
    prepare(background, example.parent)
    until(qtbot, runner, State.IDLE)
    assert shown.errors == []
    assert shown.traces == []
    assert {state.status for state in workspace.stages.values()} == {"done"}
    assert workspace.stages["map"].cached
    assert workspace.run == artifacts.run()
    assert artifacts.said(workspace) == text
    assert fractions.pop() == 0  # nothing runs any more
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.9
    assert any("A remark." in line for tool in workspace.outputs.values() for line in tool)


def test_deploy_pressed_during_the_check_follows_it(
    qtbot: QtBot, runner: TaskRunner, background: ScriptedWorker, example: Path
) -> None:
    runner.offer([str(example)])
    runner.deploy()
    assert not runner.can_deploy
    assert len(background.calls) == 1
    # The deploy reads the model itself: what opened it is all that goes before.
    until(qtbot, runner, State.PREPARING)
    assert [request.until for request in background.requests] == ["build"]


def test_deploy_pressed_while_the_model_is_read_follows_it(
    qtbot: QtBot, runner: TaskRunner, background: ScriptedWorker, example: Path
) -> None:
    runner.offer([str(example)])
    qtbot.waitUntil(lambda: bool(background.requests))
    runner.deploy()
    assert not runner.can_deploy
    runner.deploy()
    assert len(background.requests) == 1
    background.report(Finished())
    until(qtbot, runner, State.PREPARING)
    assert [request.until for request in background.requests] == ["graph", "build"]


def test_an_error_of_the_check_is_shown_once(
    qtbot: QtBot, runner: TaskRunner, background: ScriptedWorker, shown: Shown, example: Path
) -> None:
    runner.offer([str(example)])
    runner.deploy()
    background.report(Failed(ModelError("no such operation", where="node 7"), ""))
    until(qtbot, runner, State.IDLE)
    assert [error.message for error in shown.errors] == ["no such operation"]
    assert len(background.requests) == 1


def test_missing_samples_are_no_error_until_deploy(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    shown: Shown,
    example: Path,
) -> None:
    notices: list[str] = []
    workspace.notice.connect(notices.append)
    runner.offer([str(example)])
    background.report(Failed(DataError("a float model needs samples"), ""))
    until(qtbot, runner, State.IDLE)
    assert shown.errors == []
    assert notices == ["a float model needs samples"]
    runner.offer([str(example.with_suffix(".npz"))])
    assert runner.state is State.CHECKING
    background.report(StageDone("graph", artifacts.network(), 0.1, False), Finished())
    until(qtbot, runner, State.IDLE)
    assert workspace.network is not None
    runner.deploy()
    background.report(StageStarted("graph"), Failed(DataError("no labels"), ""))
    until(qtbot, runner, State.IDLE)
    assert [error.message for error in shown.errors] == ["no labels"]
    assert workspace.stages["graph"].status == "failed"


def test_a_fault_of_ours_is_a_crash(
    qtbot: QtBot, runner: TaskRunner, background: ScriptedWorker, shown: Shown, example: Path
) -> None:
    runner.offer([str(example)])
    background.report(Failed(None, "Traceback …\nKeyError: 'x'"))
    until(qtbot, runner, State.IDLE)
    assert shown.traces == ["Traceback …\nKeyError: 'x'"]
    assert shown.errors == []


def test_cancel_ends_the_worker_and_late_results_are_dropped(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    shown: Shown,
    example: Path,
) -> None:
    checked(qtbot, runner, background, example)
    runner.deploy()
    background.report(StageStarted("quantize"))
    qtbot.waitUntil(lambda: workspace.stages["quantize"].status == "running")
    background.report(StageDone("quantize", artifacts.qnetwork(), 0.1, False), Finished())
    runner.cancel()
    assert runner.state is State.CANCELLING
    assert not runner.can_cancel
    until(qtbot, runner, State.IDLE)
    assert workspace.qnetwork is None
    assert workspace.stages["quantize"].status == "cancelled"
    assert shown.errors == []
    assert runner.can_deploy


def test_cancel_ends_the_run(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    example: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def endless(project: object, image: object, chip: object, job: Job, *rest: object) -> Run:
        while True:
            job.step(0, 1, "waiting")
            time.sleep(0.005)

    monkeypatch.setattr(target, "run_image", endless)
    checked(qtbot, runner, background, example)
    runner.deploy()
    prepare(background, example.parent)
    qtbot.waitUntil(lambda: workspace.activity.text == "waiting")
    runner.cancel()
    until(qtbot, runner, State.IDLE)
    assert workspace.stages["run"].status == "cancelled"
    assert workspace.run is None


def test_an_error_of_the_run_is_shown(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    shown: Shown,
    example: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def trap(*rest: object) -> Run:
        raise RunError("trap at 0x100", hint="Look at main.c:7.")

    monkeypatch.setattr(target, "run_image", trap)
    checked(qtbot, runner, background, example)
    runner.deploy()
    prepare(background, example.parent)
    qtbot.waitUntil(lambda: len(shown.errors) == 1)
    assert runner.state is State.IDLE
    assert workspace.stages["run"].status == "failed"


def test_another_model_while_one_is_checked(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    example: Path,
    tmp_path: Path,
) -> None:
    runner.offer([str(example)])
    qtbot.waitUntil(lambda: bool(background.requests))
    other = tmp_path / "模型 two.onnx"
    other.write_bytes(example.read_bytes())
    runner.offer([str(other)])
    assert workspace.model == other
    until(qtbot, runner, State.CHECKING)
    qtbot.waitUntil(lambda: len(background.requests) == 2)
    own = tmp_path / "模型 two" / other.name
    assert (background.requests[-1].model, workspace.model) == (own, own)
    assert background.requests[-1].data is None


def test_another_model_while_one_is_deployed_is_refused(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    shown: Shown,
    example: Path,
) -> None:
    checked(qtbot, runner, background, example)
    runner.deploy()
    runner.offer([str(example)])
    assert "deploy is running" in shown.errors[0].message
    assert runner.state is State.PREPARING


def test_close_ends_the_worker(runner: TaskRunner, background: ScriptedWorker) -> None:
    runner.close()
    assert background.closed


def ended(thread: RunThread) -> Ended:
    thread.join(20.0)
    (event,) = thread.take()
    assert isinstance(event, Ended)
    return event


def test_bytes_of_a_run_do_not_wait_for_the_window(workspace: Workspace) -> None:
    """More than all that may wait on the way, while the window's thread does nothing else."""
    monitoring = workspace.monitoring
    sent = b"".join(b"n=%d\r\n" % number for number in range(50_000))

    def body(job: Job, on_bytes: Callable[[bytes], None], on_live: object) -> Run:
        for _ in range(30):
            for begin in range(0, len(sent), 60_000):
                on_bytes(sent[begin : begin + 60_000])
        return artifacts.run()

    monitoring.begin_run("")
    monitoring.lease.wait()
    assert ended(RunThread(body, monitoring.add)).run == artifacts.run()
    assert monitoring.live.drain(20.0)
    assert monitoring.live.dropped == 0
    assert monitoring.live.log.lines == 30 * 50_000
    monitoring.end_run()
    monitoring.close()


def test_a_run_that_waits_to_be_shown_is_cancelled_at_once(workspace: Workspace) -> None:
    monitoring = workspace.monitoring
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        go_on.wait(10.0)

    def body(job: Job, on_bytes: Callable[[bytes], None], on_live: object) -> Run:
        while True:
            job.step(0, 0, "")
            on_bytes(b"x" * 99 + b"\n" + bytes(1 << 20))

    monitoring.begin_run("")
    monitoring.lease.wait()
    monitoring.live._do(hold)
    assert held.wait(30)
    thread = RunThread(body, monitoring.add)
    end = time.monotonic() + 5.0
    while monitoring.live.waiting < 7 << 20 and time.monotonic() < end:
        time.sleep(0.01)
    thread.join(0.1)
    assert thread._thread.is_alive()  # it waits
    thread.cancel()
    go_on.set()
    begun = time.monotonic()
    thread.join(30)
    assert time.monotonic() - begun < 1.0
    assert next(event for event in thread.take() if isinstance(event, Ended)).cancelled
    monitoring.close()


def test_a_run_that_waits_for_its_port_is_cancelled_at_once(workspace: Workspace) -> None:
    closing, go_on = threading.Event(), threading.Event()

    def close() -> None:
        closing.set()
        go_on.wait(10.0)

    before = threading.Thread(target=close)
    before.start()
    lease = Lease(None, "the run", after=before)

    def body(job: Job, on_bytes: object, on_live: object) -> Run:
        lease.wait(job)
        return artifacts.run()

    thread = RunThread(body, lambda data: None)
    assert closing.wait(30)
    thread.cancel()
    assert ended(thread).cancelled
    go_on.set()
    before.join()


def test_the_monitors_end_frees_a_run_that_waits(workspace: Workspace) -> None:
    monitoring = workspace.monitoring
    held = threading.Event()

    def hold() -> None:
        held.set()
        time.sleep(0.5)

    def body(job: Job, on_bytes: Callable[[bytes], None], on_live: object) -> Run:
        for _ in range(40):
            on_bytes(bytes(1 << 20))
        return artifacts.run()

    monitoring.begin_run("")
    monitoring.lease.wait()
    monitoring.live._do(hold)
    assert held.wait(30)
    thread = RunThread(body, monitoring.add)
    monitoring.close()
    assert ended(thread).run == artifacts.run()


def test_a_fault_in_the_thread_keeps_its_traceback() -> None:
    def body(job: Job, on_bytes: Callable[[bytes], None], on_live: object) -> Run:
        raise KeyError("bug")

    assert "KeyError: 'bug'" in ended(RunThread(body, lambda data: None)).trace
