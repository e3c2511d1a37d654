"""A fault of ours in what Qt calls: the program tells of it and goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from studio import app


class Faulty(QWidget):
    def resizeEvent(self, event):
        [][event.size().width()]  # raised by C code


reporter = app.CrashReporter()
reporter.install()
told = []
reporter.crashed.connect(told.append)
qt = QApplication(sys.argv)
widget = Faulty()


def fault():
    widget.show()
    for width in (300, 400):
        widget.resize(width, 100)


QTimer.singleShot(0, fault)
QTimer.singleShot(500, qt.quit)
app._run(qt)
assert "IndexError" in told[0], told
assert "in resizeEvent" in told[0], told
assert "_HandledError" not in "".join(told), told
print("alive")
"""


def test_a_fault_in_what_qt_calls_does_not_end_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "alive\n"
