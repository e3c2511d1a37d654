"""Time of a frame of the terminal while text comes in fast, beside Qt's own text widget.

python -m tests.bench.bench_terminal            (a window of its own, as under xvfb-run)
QT_QPA_PLATFORM=offscreen python -m tests.bench.bench_terminal

Both get the same lines, RATE a second, in steps of a frame; the peer is QPlainTextEdit, with a
limit of lines and without one. A frame is taking the lines and painting what is visible of them.
Times are the window thread's own CPU times. Last: one line of a megabyte, and copying 64 MB.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from studio.monitor.chunk import Chunk
from studio.monitor.text_log import TextLog
from studio.ui import terminal_copy, theme
from studio.ui.terminal_lines import TextLines
from studio.ui.terminal_view import TerminalView

SIZE = (1000, 800)
RATE = 200_000  # lines a second
FRAME = 1 / 60
FRAMES, WARM = 120, 10


def lines(first: int, count: int) -> bytes:
    """Some lines of a board."""
    return b"".join(
        b"sample:%d,temperature:%d.5,humidity:%d,state:running,result:%d\r\n"
        % (number, number % 50, number % 100, number % 10)
        for number in range(first, first + count)
    )


def painted(widget: QWidget, image: QImage) -> None:
    """Paint all of a widget, as a frame does."""
    widget.render(image)


def measure(take: Callable[[bytes], None], widget: QWidget, count: int) -> list[float]:
    """Milliseconds of every frame."""
    image = QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    found = []
    for frame in range(WARM + FRAMES):
        data = lines(frame * count, count)
        start = time.thread_time()
        take(data)
        painted(widget, image)
        if frame >= WARM:
            found.append(1000 * (time.thread_time() - start))
    return found


def ours() -> tuple[TerminalView, Callable[[bytes], None], TextLog]:
    """The terminal's view; what a thread of its own does is not counted."""
    log = TextLog()
    view = TerminalView(TextLines(log, "utf-8"))
    view.resize(*SIZE)
    return view, lambda _data: view.refresh(), log


def peer(blocks: int) -> tuple[QPlainTextEdit, Callable[[bytes], None]]:
    """Qt's text widget, set up for speed."""
    edit = QPlainTextEdit(readOnly=True)
    edit.setUndoRedoEnabled(False)
    edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    edit.setMaximumBlockCount(blocks)
    edit.setFont(theme.mono())
    edit.resize(*SIZE)

    def take(data: bytes) -> None:
        cursor = QTextCursor(edit.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(data.decode().replace("\r\n", "\n"))
        bar = edit.verticalScrollBar()
        bar.setValue(bar.maximum())

    return edit, take


def row(name: str, times: list[float], base: float) -> str:
    """A line of the table."""
    middle = statistics.median(times)
    return f"{name:34} {middle:8.2f} ms {max(times):8.2f} ms {middle / base:8.1f} x"


def main() -> None:
    """Print the table."""
    app = QApplication(sys.argv)
    theme.install(app)
    count = round(RATE * FRAME)
    print(f"{count} new lines a frame, {SIZE[0]}x{SIZE[1]}")
    print(f"{'':34} {'median':>11} {'worst':>11} {'ratio':>10}")
    view, take, log = ours()

    def put(data: bytes) -> None:
        before = time.thread_time()
        log.add(Chunk(time.time(), data))
        adding.append(time.thread_time() - before)
        take(data)

    adding: list[float] = []
    times = measure(put, view, count)
    base = statistics.median(times)
    print(row("terminal (and adding to its log)", times, base))
    print(f"{'  of that, adding':34} {1000 * statistics.median(adding):8.2f} ms")
    while log.end < 1_000_000:
        log.add(Chunk(time.time(), lines(log.end, 20_000)))
    print(row("terminal, a million lines", measure(put, view, count), base))
    for blocks, name in ((5000, "QPlainTextEdit, 5000 lines at most"), (0, "QPlainTextEdit")):
        edit, take_peer = peer(blocks)
        print(row(name, measure(take_peer, edit, count), base))
    long = b"x" * (1 << 20)
    start = time.thread_time()
    put(long)
    view.render(QImage(*SIZE, QImage.Format.Format_ARGB32_Premultiplied))
    print(f"one line of a megabyte: terminal {1000 * (time.thread_time() - start):.0f} ms")
    start = time.perf_counter()
    size = len("".join(terminal_copy.everything(view.lines)))
    taken = time.perf_counter() - start
    print(
        f"text of {size / 1e6:.0f} MB to copy: {taken:.2f} s, {10e6 * taken / size:.2f} s / 10 MB"
    )


if __name__ == "__main__":
    main()
