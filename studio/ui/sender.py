"""What is being sent to the board: lines, macros again and again, a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.base.errors import PortError, StudioError
from studio.monitor.lines_out import Macro
from studio.monitor.send_file import FileSending
from studio.ui.workspace import Workspace

_LOOK = 100  # milliseconds between two looks at what waits
_STUCK = 5  # looks in a row at which something waited
_LEAST = 20  # milliseconds between two sendings of a macro
_VIEW = "sender"


class Sender(QObject):
    """One for a workspace, so that it goes on when the window is built again: ``Sender.of``.

    ``changed``: what repeats, what waits, how far the file is, or ``problem`` (why the last
    sending failed). All in the window's thread; nothing waits.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._monitoring = workspace.monitoring
        self._repeating: dict[Macro, QTimer] = {}
        self.file: FileSending | None = None
        self.problem: StudioError | None = None
        self._late = 0
        self._timer = QTimer(self, interval=_LOOK)
        self._timer.timeout.connect(self._look)
        self._monitoring.changed.connect(self._on_changed)

    @staticmethod
    def of(workspace: Workspace) -> Sender:
        """The workspace's own."""
        return workspace.view(_VIEW, Sender)

    @property
    def ready(self) -> bool:
        """Whether something can be sent now."""
        return self._monitoring.state == "open"

    @property
    def waiting(self) -> int:
        """Bytes that were given to the connection and have not gone out."""
        connection = self._monitoring.connection
        return connection.counters.pending if connection is not None else 0

    @property
    def stuck(self) -> bool:
        """Whether something has been waiting for a while now."""
        return self._late >= _STUCK

    def send(self, data: bytes) -> bool:
        """Send bytes; False, with ``problem``, where that is not possible."""
        try:
            self._monitoring.send(data)
        except StudioError as error:
            self._tell(error)
            return False
        self._timer.start()
        self._tell(None)
        return True

    def press(self, macro: Macro) -> None:
        """Send a macro; one that repeats begins, or ends where it was running."""
        if macro in self._repeating:
            self._end(macro)
            self.changed.emit()
        elif self._send_macro(macro) and macro.every:
            timer = QTimer(self, interval=max(_LEAST, round(macro.every * 1000)))
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(lambda: self._send_macro(macro))
            timer.start()
            self._repeating[macro] = timer
            self.changed.emit()

    def repeats(self, macro: Macro) -> bool:
        """Whether it is being sent again and again."""
        return macro in self._repeating

    def keep_only(self, macros: Iterable[Macro]) -> None:
        """End all that repeat but these."""
        for macro in set(self._repeating) - set(macros):
            self._end(macro)
        self.changed.emit()

    def send_file(self, path: Path) -> None:
        """Begin to send a file's bytes; one at a time."""
        connection = self._monitoring.connection
        if connection is None:
            self._tell(
                PortError(
                    self.tr("no port is open"), hint=self.tr("Connect to a board, then send.")
                )
            )
        elif self.file is None:
            self.file = FileSending(connection, path)
            self._timer.start()
            self._tell(None)

    def cancel(self) -> None:
        """Forget what was not sent yet: the rest of a file, and all that waits."""
        if self.file is not None:
            self.file.cancel()
        connection = self._monitoring.connection
        if connection is not None:
            connection.cancel_sending()
        self._look()

    def forget_problem(self) -> None:
        """The user has gone on."""
        if self.problem is not None:
            self._tell(None)

    def _send_macro(self, macro: Macro) -> bool:
        try:
            data = macro.data(self._monitoring.live.encoding)
        except StudioError as error:
            self._tell(error)
        else:
            if self.send(data):
                return True
        self._end(macro)
        self.changed.emit()
        return False

    def _end(self, macro: Macro) -> None:
        timer = self._repeating.pop(macro, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()

    def _look(self) -> None:
        file = self.file
        if file is not None and file.ended:
            self.file = None
            if file.error is not None:
                self.problem = file.error
            elif not file.cancelled:
                self._workspace.notice.emit(self.tr("{0} was sent.").format(file.path.name))
        waiting = self.waiting
        self._late = self._late + 1 if waiting else 0
        if self.file is None and not waiting:
            self._timer.stop()
        self.changed.emit()

    def _on_changed(self) -> None:
        """A port that has gone away takes nothing, and comes back as it began."""
        if not self.ready and self._repeating:
            self.keep_only(())

    def _tell(self, problem: StudioError | None) -> None:
        self.problem = problem
        self.changed.emit()
