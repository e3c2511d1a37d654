"""The window's door: builds every object and hands each what it needs."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from studio.base import log, memory
from studio.base import settings as settings_file
from studio.chip import chip as chips
from studio.ui import appearance, panel, recovery
from studio.ui.after_deploy import AfterDeploy
from studio.ui.board_work import BoardWork
from studio.ui.panel import Panel
from studio.ui.tasks import TaskRunner
from studio.ui.warm_up import warm_up
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from studio.worker import Worker

_log = logging.getLogger(__name__)

_COLLECT = 0.5  # seconds between two looks at whether there is much to collect

_SWITCH = 0.001  # seconds; Python's own 0.005 is a third of a frame

_FIRST = "welcome"  # the panel that is seen first


class CrashReporter(QObject):
    """Takes what nobody caught, in any thread, to the log and to a dialog in the window."""

    crashed = Signal(str)

    def install(self) -> None:
        """Become the interpreter's hook for uncaught exceptions."""
        sys.excepthook = self._report
        threading.excepthook = lambda hook: self._report(
            hook.exc_type, hook.exc_value, hook.exc_traceback
        )

    def _report(
        self,
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if error is not None:
            _cut(error)
        text = "".join(traceback.format_exception(kind, error, trace))
        _log.critical("uncaught\n%s", text)
        if (
            sys.stderr is not None
        ):  # as in a windowed program; before the window shows, all there is
            sys.stderr.write(text)
        # A signal, because the exception may come from another thread.
        self.crashed.emit(text)


class Application(QObject):
    """Owns what outlives a window, and the window, which it builds again when it must.

    Another language or type size cannot be put into a window that stands; everything shown is in
    the workspace, so a new window in the old one's place shows the same. At the start the welcome
    page comes first; ``loaded`` tells that all panels are there.
    """

    loaded = Signal()

    def __init__(
        self, app: QApplication, workspace: Workspace, runner: TaskRunner, log_file: Path | None
    ) -> None:
        super().__init__()
        self._app = app
        self._workspace = workspace
        self._runner = runner
        self._log_file = log_file
        self._board = BoardWork(workspace, parent=self)
        AfterDeploy(workspace)
        self._shown = workspace.settings
        self._steps = self._load()
        self._loader = QTimer(self, interval=0)
        self._loader.timeout.connect(self._load_next)
        self.window: MainWindow | None = None
        appearance.apply(app, workspace.settings)
        workspace.settings_changed.connect(self._on_settings)

    def open(self) -> None:
        """Build the window and show it."""
        self.window = self._build([panel.load(_FIRST)])
        self.window.painted.connect(self._loader.start)
        self.window.show()

    def rebuild(self) -> None:
        """Build the window again, with the same panels in the same places."""
        old = self.window
        if old is None:
            return
        while self._loader.isActive():
            self._load_next()
        focused = old.docks.focused()
        old.remember()
        self.window = self._build(panel.find())
        self.window.show()
        self.window.docks.focus_panel(focused)
        # Last, so that there always is a window to see.
        old.discard()

    def close(self) -> None:
        """End what runs, and the worker."""
        self._workspace.sharing.close()
        self._workspace.monitoring.close()
        self._board.close()
        self._runner.close()

    def show_crash(self, trace: str) -> None:
        """Tell of a fault of ours in the window that is open."""
        if self.window is not None:
            self.window.show_crash(trace)

    def offer_unsaved(self, kept: recovery.Recovery) -> None:
        """Ask what to do with texts that a crash of an earlier session left unsaved."""
        recovery.offer(self.window, kept, self._workspace.documents.restore)

    def _build(self, panels: list[Panel]) -> MainWindow:
        return MainWindow(self._workspace, self._runner, panels, self._log_file)

    def _load_next(self) -> None:
        try:
            next(self._steps)
        except StopIteration:
            self._loader.stop()

    def _load(self) -> Iterator[None]:
        """Import and build the other panels one by one, so that the window answers meanwhile."""
        found = []
        for name in panel.names():
            if name != _FIRST:
                found.append(panel.load(name))
                yield
        assert self.window is not None
        for each in panel.in_order(found):
            self.window.add_panel(each)
            yield
        self.window.complete()
        if self._workspace.monitoring.replay is not None:
            self._workspace.panel_requested.emit("monitor")  # it was opened by the command line
        self.loaded.emit()

    def _on_settings(self) -> None:
        settings = self._workspace.settings
        appearance.apply(self._app, settings)
        before, self._shown = self._shown, settings
        if appearance.needs_rebuild(before, settings):
            # Later, because the wish may come from a menu or dialog of the window that goes.
            QTimer.singleShot(0, self.rebuild)


def _collect_here(app: QApplication) -> None:
    """From now on collect cycles in this thread, by a timer; what there is now stays for good."""
    from pyqtgraph.util.garbage_collector import GarbageCollector  # noqa: PLC0415 - slow to import

    gc.freeze()
    app.setProperty("collector", GarbageCollector(interval=_COLLECT))


class _HandledError(Exception):
    """Is being handled as long as Qt's event loop runs; see _run."""


def _run(app: QApplication) -> int:
    """Qt's event loop, while an exception is being handled.

    Before Python 3.12 what C code raises is no object yet, unless another exception is being
    handled at that time. PySide takes it for one where it leaves a method that Qt called, which
    would end the program instead of telling of the fault.
    """
    try:
        raise _HandledError
    except _HandledError:
        return app.exec()


def _cut(error: BaseException) -> None:
    """Take what is handled by ``_run`` away from the exceptions before this one."""
    at: BaseException | None = error
    while at is not None:
        if isinstance(at.__context__, _HandledError):
            at.__context__ = None
        at = at.__context__


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window and, in it, the files named in ``argv`` (``argv[0]`` is the program)."""
    program, *arguments = sys.argv if argv is None else argv
    log_file = log.to_file("window")
    memory.give_back()
    if sys.platform != "win32" and os.geteuid() == 0:
        # Chromium's sandbox refuses root and takes the whole program with it; the view shows
        # nothing but our own server's pages.
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    # Python would collect cycles in whatever thread happens to be running, and a widget that dies
    # outside the window's thread takes the program with it. See _collect_here.
    gc.disable()
    # A thread that computes may keep the interpreter this long while the window waits for it.
    sys.setswitchinterval(_SWITCH)
    # Lets WebEngine share what the window draws with; must come before the application.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication([program, *arguments])
    app.setApplicationName("CIM Studio")
    app.setDesktopFileName("cim-studio")
    reporter = CrashReporter()
    reporter.install()
    workspace = Workspace(chips.load(), settings_file.load())
    runner = TaskRunner(workspace, Worker())
    unsaved = recovery.Recovery()
    workspace.documents.keep_in(unsaved)
    application = Application(app, workspace, runner, log_file)
    reporter.crashed.connect(application.show_crash)
    application.open()
    warm = threading.Thread(target=warm_up, name="warm-up", daemon=True)
    application.loaded.connect(warm.start)
    application.loaded.connect(lambda: _collect_here(app))
    application.loaded.connect(lambda: application.offer_unsaved(unsaved))
    offered = arguments or list(workspace.settings.at_start)
    if offered:
        QTimer.singleShot(0, lambda: workspace.files_offered.emit(offered))
    code = _run(app)
    application.close()
    unsaved.close()
    return code
