"""How fast the window comes and how long its event loop is held: real program against an empty one.

``python -m tests.bench.bench_window [RUNS]``. Each run drives the program through a deploy of the
digits example (tests/program.py), offscreen and, where xvfb-run is installed, on an X server. The
peer is an empty QMainWindow whose event loop is watched in the same way while the same worker and
emulator do the same deploy from the command line: what it shows, the machine does by itself.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from studio.base import paths

ROOT = Path(__file__).parents[2]
COLUMNS = ("shown", "stall", "beyond", "work", "over_16_ms", "over_33_ms", "over_50_ms", "paint")
HEADS = ("window s", "gap ms", "beyond paint", "work ms", ">16 ms", ">33 ms", ">50 ms", "paint ms")


def run(command: list[str], screen: bool) -> dict[str, float]:
    """One measurement in a home of its own; the last line it printed."""
    with tempfile.TemporaryDirectory() as home:
        own = ("HOME", "USERPROFILE", "XDG_CONFIG_HOME", "APPDATA", "XDG_CACHE_HOME")
        environment = os.environ | dict.fromkeys((*own, "LOCALAPPDATA"), home)
        environment |= {"QT_QUICK_BACKEND": "software"}
        environment |= {"QT_QPA_PLATFORM": "xcb" if screen else "offscreen"}
        before = ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"] if screen else []
        done = subprocess.run(
            [*before, *command],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=240,
            env=environment,
            cwd=ROOT,
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def peer(model: Path) -> None:
    """Watch an empty window while the command line deploys ``model``; print what was seen."""
    import time  # noqa: PLC0415 - measured from here

    start = time.perf_counter()
    from PySide6.QtCore import QTimer  # noqa: PLC0415
    from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: PLC0415

    from tests.program import Watch  # noqa: PLC0415

    app = QApplication(["peer"])
    window = QMainWindow()
    window.resize(1440, 900)
    window.show()
    app.processEvents()
    seen: dict[str, float] = {"shown": time.perf_counter() - start}
    watch = Watch(app)
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "studio", "deploy", str(model), "--out", out]
        if os.name == "posix":
            command = ["nice", "-n", "5", *command]  # as the window's worker
        load = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
        look = QTimer(interval=50)
        look.timeout.connect(lambda: load.poll() is not None and app.quit())
        look.start()
        app.exec()
    watch.end()
    if load.returncode:
        raise SystemExit(f"the deploy failed ({load.returncode})")
    seen |= {"stall": 1000 * watch.longest, "beyond": 1000 * watch.beyond}
    seen["work"] = 1000 * watch.work
    for limit in (16, 33, 50):
        seen[f"over_{limit}_ms"] = sum(gap.length > limit / 1000 for gap in watch.gaps)
    begin = time.perf_counter()
    window.repaint()
    seen["paint"] = 1000 * (time.perf_counter() - begin)
    print(json.dumps(seen))


def main() -> None:
    """The table: median and worst of all runs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    model = paths.resource("examples", "digits", "digits.onnx")
    program = [sys.executable, "-m", "tests.program", str(model)]
    empty = [sys.executable, "-m", "tests.bench.bench_window", "peer", str(model)]
    screens = [False, True] if shutil.which("xvfb-run") else [False]
    print(f"{os.cpu_count()} cores; each figure is median / worst of {count} runs")
    print(f"{'':22}" + "".join(f"{head:>16}" for head in HEADS))
    for screen in screens:
        # In turn, so that both meet the same machine.
        pairs = [(run(program, screen), run(empty, screen)) for _ in range(count)]
        for name, runs in zip(("program", "empty window"), zip(*pairs, strict=True), strict=True):
            cells = []
            for column in COLUMNS:
                values = [each[column] for each in runs]
                cells.append(f"{statistics.median(values):.1f} / {max(values):.1f}")
            where = "X11" if screen else "offscreen"
            print(f"{name + ', ' + where:22}" + "".join(f"{cell:>16}" for cell in cells))


if __name__ == "__main__":
    if sys.argv[1:2] == ["peer"]:
        peer(Path(sys.argv[2]))
    else:
        main()
