"""Fixtures of the window's tests; the environment must be set before Qt is imported."""

from __future__ import annotations

import gc
import itertools
import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Chromium's sandbox refuses root, which test machines often are.
os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
# The offscreen platform has no OpenGL: do not even look for it, nor for Vulkan.
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio import projects, templates, worker
from studio.base import paths
from studio.base.errors import StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.monitor import decimate, scan
from studio.ui import panel, theme
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.shared_machine import queued

QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


# Warnings of Qt's that say nothing about us, and why they come.
KNOWN_WARNINGS = (
    # The offscreen platform has no window manager to tell about sizes.
    r"This plugin does not support propagateSizeHints",
    r"This plugin does not support raise",
    r"This plugin does not support grabbing the keyboard",
    # WebEngine looks for OpenGL all the same, and then paints in software.
    r"QRhiGles2: Failed to create (temporary )?context",
    r"Failed to create RHI for backend: OpenGL",
    # And tells of a GPU process that came up before it had looked at the GPU.
    r"GPUInfo not initialized on GpuInfoUpdate",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every other warning fails the test it comes in (qt_log_level_fail)."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.qt_log_ignore(*KNOWN_WARNINGS))


_TESTS = itertools.count(1)
_CACHE = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
_FULL = 20  # tests between two full collections, which take a while
_FRAME, _LOOK = 0.016, 0.05  # seconds
_PATIENCE = 60_000  # milliseconds: costs nothing but where a test fails


class PatientBot(QtBot):
    """Waits as long as a busy machine may take; pytest-qt's five seconds are too few there."""

    def waitUntil(self, callback: Callable[[], object], *, timeout: int = _PATIENCE) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: object, *, timeout: int = _PATIENCE, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **more)


class ScriptedWorker:
    """Stands where the worker process does; the test says what it reports.

    As the real one it takes one request at a time and answers cancel with WasCancelled.
    """

    def __init__(self) -> None:
        self.requests: list[worker.Prepare] = []
        self.calls: list[worker.Call] = []
        self.busy = False
        self.doing: worker.Call | None = None
        self.closed = False
        self._events: list[worker.Event] = []

    def submit(self, request: worker.Request) -> None:
        assert not self.busy
        self.busy = True
        self.doing = None if isinstance(request, worker.Prepare) else request
        if isinstance(request, worker.Prepare):
            self.requests.append(request)
            return
        self.calls.append(request)
        if request.function in (projects.bring, templates.create):
            # What opens files is quick, and is done here for real.
            try:
                value = request.function(Job(), *request.arguments)
            except StudioError as error:
                self._events[:0] = [worker.Failed(error, "")]
            else:
                self._events[:0] = [worker.Returned(request.name, value), worker.Finished()]

    def report(self, *events: worker.Event) -> None:
        self._events += events

    def poll(self) -> list[worker.Event]:
        ends = (worker.Finished, worker.Failed, worker.WasCancelled)
        end = next((n for n, event in enumerate(self._events) if isinstance(event, ends)), None)
        if end is None:
            events, self._events = self._events, []
            return events
        # What the test reports beyond that belongs to the next request.
        events, self._events = self._events[: end + 1], self._events[end + 1 :]
        self.busy = False
        return events

    @property
    def told(self) -> bool:
        """Whether something reported waits to be taken."""
        return bool(self._events)

    def cancel(self) -> None:
        assert self.busy
        self._events.append(worker.WasCancelled())

    def close(self) -> None:
        self.closed = True


class Stalls:
    """The longest time the event loop did not come round, without that others had the processors.

    What is waited for is looked at where the loop was late, and else now and then.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self._queued = queued()
        self._last = self._looked = time.perf_counter()
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        gap = now - self._last
        if gap > _FRAME or now - self._looked > _LOOK:
            before, self._queued, self._looked = self._queued, queued(), now
            gap -= max(0.0, self._queued - before)
        self.longest = max(self.longest, gap)
        self._last = time.perf_counter()


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, with patience."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _delete_widgets(qapp: QApplication) -> Iterator[None]:
    """Carry out deleteLater at the end of each test: no event loop runs that would.

    Cycles are collected here and in this thread only, as the program does (see app.main).
    """
    gc.disable()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect(2 if next(_TESTS) % _FULL == 0 else 1)


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """Have the monitor's loops compiled before any test waits for what they read."""
    decimate.library()
    scan.library()


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and projects of a test are its own."""
    for variable in ("XDG_CONFIG_HOME", "APPDATA", "HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    # Compiled libraries are the machine's: each test would compile them again.
    monkeypatch.setenv("XDG_CACHE_HOME", _CACHE)


@pytest.fixture
def example() -> Path:
    """The bundled model."""
    return paths.resource("examples", "digits", "digits.onnx")


@pytest.fixture
def themed(qapp: QApplication) -> QApplication:
    """The application in the light theme."""
    theme.install(qapp, dark=False)
    return qapp


@pytest.fixture
def workspace(themed: QApplication, chip: Chip) -> Iterator[Workspace]:
    """An empty workspace for the WTM2101."""
    made = Workspace(chip)
    yield made
    made.monitoring.close()


@pytest.fixture
def errors(workspace: Workspace) -> list[StudioError]:
    """What would be shown in a dialog."""
    found: list[StudioError] = []
    workspace.error.connect(found.append)
    return found


@pytest.fixture
def background() -> ScriptedWorker:
    """A worker that reports what the test says."""
    return ScriptedWorker()


@pytest.fixture
def runner(
    workspace: Workspace, background: ScriptedWorker, tmp_path: Path
) -> Iterator[TaskRunner]:
    """A task runner on the scripted worker."""
    made = TaskRunner(workspace, background, results=tmp_path)
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot, workspace: Workspace, runner: TaskRunner, tmp_path: Path) -> MainWindow:
    """The whole window, shown."""
    made = MainWindow(workspace, runner, panel.find(), tmp_path / "window.log")
    qtbot.addWidget(made)
    made.show()
    return made
