"""The computer's serial ports in the window: listed on a thread, told when they come and go."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from studio.board.ports import Port
    from studio.monitor.watch import Change, Watch


class PortList(QObject):
    """The ``ports`` there are, looked for once a second from the first time ``watch`` is asked.

    ``notice`` is a line about a port that came or went.
    """

    changed = Signal()
    notice = Signal(str)
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ports: tuple[Port, ...] = ()
        self.known = False  # whether somebody has looked
        self._watch: Watch | None = None
        self._closed = False
        self._told.connect(self._on_told)

    @property
    def watch(self) -> Watch:
        """Lists and opens ports, all on one thread."""
        if self._watch is None:
            from studio.monitor.watch import Watch  # noqa: PLC0415 - slow to import

            self._watch = Watch(self._tell)
            if not self._closed:
                self._watch.start()
        return self._watch

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        if self._watch is not None:
            self._watch.close(1.0)

    def _tell(self, change: Change) -> None:
        with contextlib.suppress(RuntimeError):  # the window may have gone meanwhile
            self._told.emit(change)

    def _on_told(self, change: Change) -> None:
        first, self.known = not self.known, True
        self.ports = change.ports
        self.changed.emit()
        if first:
            return
        gone = {port.name for port in change.vanished}
        came = {port.name for port in change.appeared}
        for port in change.vanished:
            if port.name not in came:
                self.notice.emit(self.tr("{0} is gone").format(port.label))
        for port in change.appeared:
            if port.name not in gone:
                self.notice.emit(self.tr("{0} is there").format(port.label))
