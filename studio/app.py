"""The window's door: builds every object and hands each what it needs."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from studio.base import log
from studio.chip import chip as chips
from studio.ui import panel, tasks, theme
from studio.ui.tasks import TaskRunner
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from studio.worker import Worker

_log = logging.getLogger(__name__)


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
        text = "".join(traceback.format_exception(kind, error, trace))
        _log.critical("uncaught\n%s", text)
        # A signal, because the exception may come from another thread.
        self.crashed.emit(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window and, in it, the files named in ``argv`` (``argv[0]`` is the program)."""
    program, *arguments = sys.argv if argv is None else argv
    log_file = log.to_file("window")
    if sys.platform != "win32" and os.geteuid() == 0:
        # Chromium's sandbox refuses root and takes the whole program with it; the view shows
        # nothing but our own server's pages.
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    # Lets WebEngine share what the window draws with; must come before the application.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication([program, *arguments])
    app.setApplicationName("CIM Studio")
    app.setDesktopFileName("cim-studio")
    theme.install(app)
    reporter = CrashReporter()
    reporter.install()
    worker = Worker()
    workspace = Workspace(chips.load())
    runner = TaskRunner(workspace, worker)
    window = MainWindow(workspace, runner, panel.find(), log_file)
    reporter.crashed.connect(window.show_crash)
    window.show()
    # After the first paint, beside the user's first look.
    warm = threading.Thread(target=tasks.warm_up, name="warm-up", daemon=True)
    QTimer.singleShot(0, warm.start)
    if arguments:
        QTimer.singleShot(0, lambda: workspace.files_offered.emit(arguments))
    code = app.exec()
    runner.close()
    return code
