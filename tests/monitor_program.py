"""The real program, whose window a test drives from another process.

``python -m tests.monitor_program [FILES]`` is the program with ``Hands`` in it: each line on its
standard input is a JSON list, the name of one of their methods and its arguments, and each is
answered by a line of JSON. tests/e2e/window_program.py is the other end.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QWidget,
)

from studio import app
from studio.board import ports
from studio.ui.cards import Elided
from studio.ui.sender import Sender
from studio.ui.target_box import TargetBox
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace

W = TypeVar("W", bound=QWidget)


class Hands(QObject):
    """What a user does and sees; everything happens in the window's thread."""

    _asked = Signal(list)

    def __init__(self, application: app.Application) -> None:
        super().__init__()
        self._application = application
        self._plugged: tuple[ports.Port, ...] = ()
        self._errors: list[str] = []
        ports.ports = lambda: self._plugged
        self._asked.connect(self._answer)
        self._workspace.error.connect(lambda error: self._errors.append(error.message))
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self._asked.emit(json.loads(line))

    def _answer(self, order: list[Any]) -> None:
        name, *words = order
        try:
            told = {"gives": getattr(self, name)(*words)}
        except Exception as error:
            told = {"raised": repr(error)}
        print(json.dumps(told), flush=True)

    # -- doing

    def plug(self, *plugged: tuple[str, str]) -> None:
        """These ports, of names and serial numbers, are there now."""
        self._plugged = tuple(
            ports.Port(name, "USB Serial", 0x1A86, 0x7523, number) for name, number in plugged
        )

    def choose(self, port: str) -> None:
        """Choose a port from the list of targets; "" is the emulator."""
        box = self._targets
        box.setCurrentIndex(index := box.findData(port))
        assert index >= 0, [box.itemText(place) for place in range(box.count())]
        box.activated.emit(index)

    def choose_address(self, address: str) -> None:
        """Type an address into the dialog behind the list's last entry."""
        self._targets.activated.emit(self._targets.count() - 1)
        dialog = self._find(QInputDialog, "address")
        dialog.setTextValue(address)
        dialog.accept()

    def click(self, name: str) -> None:
        """Click a button."""
        button = self._find(QAbstractButton, name)
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(6, 6))

    def enter(self, name: str, text: str) -> None:
        """Type a line and press Enter."""
        found = self._find(QWidget, name)
        line = found.lineEdit() if isinstance(found, QComboBox) else found
        assert isinstance(line, QLineEdit)
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)

    def hold(self, seconds: float) -> None:
        """Keep the window's event loop busy, and what reads for the display waiting."""
        self._workspace.monitoring.live._do(lambda: time.sleep(seconds))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass

    def send_file(self, path: str) -> None:
        """As with the file dialog behind the send bar's menu."""
        Sender.of(self._workspace).send_file(Path(path))

    def offer(self, *files: str) -> None:
        """Open files, as if they were dropped."""
        self._workspace.files_offered.emit(list(files))

    def show_monitor(self) -> None:
        """Show the monitor, in a window of some size."""
        self._window.resize(1440, 900)
        self._window.docks.focus_panel("monitor")

    def set(self, changes: dict[str, Any]) -> None:
        """Change settings."""
        self._workspace.set_settings(replace(self._workspace.settings, **changes))

    def close(self) -> None:
        """Close the window."""
        self._window.close()

    # -- seeing

    def ready(self) -> bool:
        """Whether all panels are there."""
        window = self._application.window
        return window is not None and not self._application._loader.isActive()

    def state(self) -> str:
        """What the bar above the monitor says of the connection; "" where it is not shown."""
        return self.label("connection-state")

    def listed(self, port: str) -> bool:
        """Whether a port can be chosen."""
        return self._targets.findData(port) >= 0

    def label(self, name: str) -> str:
        """What a label that is shown says; "" where it is not shown."""
        found = self._window.findChild(QLabel, name)
        if found is None or not found.isVisible():
            return ""
        return found.whole if isinstance(found, Elided) else found.text()

    def text(self) -> str:
        """What the terminal shows."""
        from studio.ui.terminal import Terminal  # noqa: PLC0415 - not part of the start

        return self._window.findChildren(Terminal)[0].text()

    def chips(self) -> dict[str, str]:
        """The titles of the chips, and their counts."""
        from studio.ui.value_chips import ValueChips  # noqa: PLC0415

        (found,) = self._window.findChildren(ValueChips)
        return {chip.text.title: chip.count for chip in found.chips.values()}

    def last(self, name: str) -> tuple[int, float]:
        """How many points a curve has, and its last value."""
        from studio.panels.monitor import Monitor  # noqa: PLC0415

        (monitor,) = self._window.findChildren(Monitor)
        _, values = monitor.curve(name)
        return len(values), float(values[-1]) if len(values) else 0.0

    def counts(self) -> dict[str, Any]:
        """Bytes received, sent, not shown and not recorded; errors that were shown."""
        monitoring = self._workspace.monitoring
        connection, tape = monitoring.connection, monitoring.tape
        counters = connection.counters if connection is not None else None
        return {
            "received": counters.received if counters is not None else 0,
            "sent": counters.sent if counters is not None else 0,
            "pending": counters.pending if counters is not None else 0,
            "dropped": monitoring.live.dropped,
            "lost": tape.lost if tape is not None else 0,
            "port": connection.port if connection is not None else "",
            "tape": str(tape.path) if tape is not None else "",
            "recording": tape is not None and tape.recorder is not None,
            "samples": monitoring.live.store.figures().samples,
            "damaged": monitoring.live.store.snapshot().errors,
            "errors": self._errors,
        }

    def deployed(self) -> list[str]:
        """What runs, the state of each stage that ended, and the run's accuracy and target."""
        runner, run = self._application._runner, self._workspace.run
        ended = [f"{name} {state.status}" for name, state in self._workspace.stages.items()]
        told = "" if run is None else f"{run.samples} {run.differing} {run.accuracy:.4f}"
        return [runner.state.name, told, str(self._workspace.out or ""), *ended]

    def threads(self) -> list[str]:
        """The names of those that run."""
        return sorted(thread.name for thread in threading.enumerate())

    # -- inside

    @property
    def _window(self) -> MainWindow:
        assert self._application.window is not None
        return self._application.window

    @property
    def _targets(self) -> QComboBox:
        """The monitor's list, or where nothing is open yet, the toolbar's."""
        boxes = self._window.findChildren(TargetBox)
        return next(box for box in reversed(boxes) if box.isVisible())

    @property
    def _workspace(self) -> Workspace:
        return self._application._workspace

    def _find(self, kind: type[W], name: str) -> W:
        for each in self._window.findChildren(kind, name):
            if isinstance(each, kind) and each.isVisible():
                return each
        raise AssertionError(f"no {name} to be seen")


def main(files: list[str]) -> int:
    """Run the program until its window is closed."""
    opened: Callable[[app.Application], None] = app.Application.open

    def open_with_hands(application: app.Application) -> None:
        application._hands = Hands(application)  # type: ignore[attr-defined]
        opened(application)

    app.Application.open = open_with_hands  # type: ignore[method-assign,assignment]
    return app.main(["cim-studio", *files])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
