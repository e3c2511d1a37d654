"""Makes the pictures of the README: the real window after real deploys.

    xvfb-run -a -s "-screen 0 1600x1000x24" python -m tests.bench.screenshots [NAME…]

Each picture is made by a process of its own, in a home folder that is thrown away, and written
as a PNG of 256 colours to resources/screenshots. Nothing but this repository is needed.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "resources" / "screenshots"
NAMES = ("window-light", "window-dark", "array", "mapper", "firmware", "monitor")
WIDTHS = (800, 256, 256, 256, 256, 10)  # of a perceptron as wake-word networks have them
SIZE = 1600, 1000
COLOURS = 256
EXACT = 96  # of these, the most frequent ones as they are
LIMIT = 180.0  # seconds for a deploy


def perceptron(folder: Path) -> Path:
    """A network of dense layers with random weights, and data labelled by its own answers."""
    import onnx  # noqa: PLC0415 - the process that starts the others needs none of these
    import onnxruntime  # noqa: PLC0415
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    random = np.random.default_rng(0)
    nodes, weights, name = [], [], "features"
    for number, (rows, columns) in enumerate(itertools.pairwise(WIDTHS), 1):
        matrix = random.normal(0, (2 / rows) ** 0.5, (rows, columns)).astype(np.float32)
        bias = random.normal(0, 0.1, columns).astype(np.float32)
        last = number == len(WIDTHS) - 1
        out = "scores" if last else f"sum{number}"
        for array, kind in ((matrix, "w"), (bias, "b")):
            weights.append(numpy_helper.from_array(array, f"{kind}{number}"))
        inputs = [name, f"w{number}", f"b{number}"]
        nodes.append(helper.make_node("Gemm", inputs, [out], f"dense{number}"))
        name = out
        if not last:
            nodes.append(helper.make_node("Relu", [out], [f"h{number}"], f"relu{number}"))
            name = f"h{number}"
    graph = helper.make_graph(
        nodes,
        "wake_word",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, WIDTHS[0]])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, WIDTHS[-1]])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = folder / "wake_word.onnx"
    onnx.save(model, path)
    samples = random.uniform(0, 1, (100, WIDTHS[0])).astype(np.float32)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    answers = [session.run(None, {"features": own[None]})[0].argmax() for own in samples]
    np.savez(path.with_suffix(".npz"), x=samples, y=np.array(answers))
    return path


@contextlib.contextmanager
def board() -> Iterator[str]:
    """A made-up board behind a socket, which prints what sensors do."""
    server = socket.create_server(("127.0.0.1", 0))

    def speak() -> None:
        line, _ = server.accept()
        with contextlib.suppress(OSError):
            line.sendall(b"\x1b[32msensors ready\x1b[0m, firmware 1.4\r\n")
            for number in itertools.count():
                second = number / 50
                values = 24 + 3 * np.sin(second), 61 + 8 * np.sin(second / 2.3 + 1)
                text = "temperature:{:.2f} °C,humidity:{:.1f}\r\n".format(*values)
                text += f"vibration = {9 * np.exp(-(second % 3)) * np.sin(9 * second):.3f}\r\n"
                line.sendall(text.encode())
                time.sleep(0.02)

    threading.Thread(target=speak, daemon=True).start()
    yield f"socket://127.0.0.1:{server.getsockname()[1]}"
    server.close()


def take(name: str, home: Path) -> None:
    """Open the window, deploy, arrange it and save the picture called ``name``."""
    from PySide6.QtCore import QBuffer, QRect, Qt  # noqa: PLC0415
    from PySide6.QtGui import QAction  # noqa: PLC0415
    from PySide6.QtTest import QTest  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication, QComboBox, QTabWidget, QToolButton  # noqa: PLC0415

    from studio.app import Application  # noqa: PLC0415
    from studio.base import paths  # noqa: PLC0415
    from studio.base.settings import Settings  # noqa: PLC0415
    from studio.chip import chip as chips  # noqa: PLC0415
    from studio.ui.array_page import ArrayPage  # noqa: PLC0415
    from studio.ui.firmware_layers import LayerChecks  # noqa: PLC0415
    from studio.ui.task_state import State  # noqa: PLC0415
    from studio.ui.tasks import TaskRunner  # noqa: PLC0415
    from studio.ui.workspace import Workspace  # noqa: PLC0415
    from studio.worker import Worker  # noqa: PLC0415

    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication([])
    dark = name == "window-dark"
    settings = Settings(theme="dark" if dark else "light", language="zh" if dark else "en")
    workspace = Workspace(chips.load(), settings)
    runner = TaskRunner(workspace, Worker())
    application = Application(app, workspace, runner, None)
    faults: list[object] = []
    runner.failed.connect(faults.append)
    runner.crashed.connect(faults.append)
    loaded: list[bool] = []
    application.loaded.connect(lambda: loaded.append(True))
    application.open()

    def wait(true: Callable[[], bool]) -> None:
        limit = time.monotonic() + LIMIT
        while not true():
            QTest.qWait(50)
            if faults or time.monotonic() > limit:
                raise SystemExit(f"{name}: {faults or 'took too long'}")

    wait(lambda: bool(loaded))
    window = application.window
    assert window is not None
    window.move(0, 0)
    window.resize(*SIZE)
    example = paths.resource("examples", "digits", "digits.onnx")
    model = perceptron(home) if name in ("array", "mapper") else example
    workspace.files_offered.emit([str(model)])
    wait(lambda: workspace.network is not None and runner.state is State.IDLE)
    QTest.qWait(3000)  # the graph loads
    runner.deploy()
    wait(lambda: workspace.run is not None and workspace.comparison is not None)
    wait(lambda: runner.state is State.IDLE)
    (array,) = window.findChildren(ArrayPage)
    if name in ("array", "mapper"):
        layout = next(own for own in window._layouts if own.id == "map")
        window._commands.arrange(layout)
        QTest.qWait(500)
    if name == "array":
        (modes,) = array.findChildren(QComboBox, "mode")
        modes.setCurrentIndex(modes.findData("value"))
    if name == "mapper":
        workspace.select_layer("dense2", "screenshots")
        next(own for own in array.findChildren(QAction) if own.text() == "&Pin block").trigger()
        workspace.select_layer("dense3", "screenshots")
    part = QRect(0, 0, *SIZE)
    if name == "firmware":
        window.docks.show_panel(name)
        panel = window.docks.panel(name)
        (page,) = panel.findChildren(LayerChecks)
        (tabs,) = panel.findChildren(QTabWidget, name)
        tabs.setCurrentWidget(page)
        (check,) = page.findChildren(QToolButton, "check-layers")
        check.click()
        wait(lambda: bool(workspace.checks) and runner.state is State.IDLE)
        part = QRect(panel.mapToGlobal(panel.rect().topLeft()), panel.size())
    if name == "monitor":
        layout = next(own for own in window._layouts if own.id == "workshop")
        window._commands.arrange(layout)
        window.docks.float_panel(name)
        panel = window.docks.panel(name)
        panel.window().setGeometry(20, 60, 1280, 620)
        with board() as url:
            workspace.target.set_port(url)
            workspace.monitoring.start(url)
            QTest.qWait(9000)
            part = QRect(panel.mapToGlobal(panel.rect().topLeft()), panel.size())
    QTest.qWait(100 if name == "monitor" else 3000)  # what is drawn lazily is drawn
    pixels = app.primaryScreen().grabWindow(0, *part.getRect())
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    pixels.save(buffer, "PNG")
    keep(bytes(buffer.data().data()), SHOTS / f"{name}.png")
    runner.close()
    os._exit(0)  # Chromium takes its time to end


def keep(png: bytes, path: Path) -> None:
    """Write a picture with few colours, so that the repository stays small."""
    from PIL import Image  # noqa: PLC0415

    image = Image.open(io.BytesIO(png)).convert("RGB")
    found, counts = np.unique(np.asarray(image).reshape(-1, 3), axis=0, return_counts=True)
    order = np.argsort(-counts)
    exact, others = found[order[:EXACT]], order[EXACT:]
    # By the root of its count, so that a heat map does not take the colours of small signs.
    weighted = np.repeat(found[others], np.ceil(counts[others] ** 0.5).astype(int), axis=0)
    rest = Image.fromarray(weighted[None]).quantize(COLOURS - EXACT).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette([*exact.ravel().tolist(), *(rest or [])[: 3 * (COLOURS - EXACT)]])
    image = image.quantize(palette=palette, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    sys.stdout.write(f"{path.name}: {path.stat().st_size / 1000:.0f} kB\n")


def main() -> int:
    """Every picture, or those that are named."""
    chosen = sys.argv[1:] or list(NAMES)
    if len(chosen) == 1 and "SCREENSHOTS_HOME" in os.environ:
        take(chosen[0], Path(os.environ["SCREENSHOTS_HOME"]))
        return 0
    for name in chosen:
        with tempfile.TemporaryDirectory() as home:
            homes = ("SCREENSHOTS_HOME", "HOME", "USERPROFILE", "APPDATA", "XDG_CONFIG_HOME")
            environment = {**os.environ, **dict.fromkeys(homes, home)}
            # Chromium's sandbox refuses root, which build machines often are.
            environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
            command = [sys.executable, "-m", "tests.bench.screenshots", name]
            subprocess.run(command, check=True, cwd=ROOT, env=environment)
    return 0


if __name__ == "__main__":
    sys.exit(main())
