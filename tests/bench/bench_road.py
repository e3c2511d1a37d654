"""The main road in numbers: stages of the demo, simulator beside onnxruntime, emulator.

    python -m tests.bench.bench_road

Prints one table. Ratios are against a peer in the same run; the speech network's rows need the
reference data in ../shared and are left out without it.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from studio import pipeline, target
from studio.base import paths
from studio.base.job import Job
from studio.chip import chip as chips
from studio.graph import load
from studio.options import Options
from studio.quantize import io, stage
from studio.simulate.run import run
from studio.stages import need

SHARED = Path(__file__).resolve().parents[3] / "shared"
Row = tuple[str, str, str]


def seconds(action: Callable[[], object], repeats: int = 5) -> float:
    """Median seconds of an action, after one run to warm up."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def demo_rows() -> Iterator[Row]:
    """Stages of a fresh deploy of the digits example."""
    with tempfile.TemporaryDirectory() as folder:
        model = paths.resource("examples", "digits", "digits.onnx")
        start = pipeline.begin(model, None, Path(folder), Options())
        done = pipeline.prepare(start)
        expected = (need(done.qnetwork), need(done.simulation))
        image = need(done.image)
        found = target.run_image(done.project, image, done.chip, Job(), expected=expected)
        for name, value in (done.seconds | {"run": found.seconds}).items():
            yield f"demo, {name}", f"{value:.2f} s", ""
        yield "demo, emulator", f"{found.instructions / 1e6:.1f} M instructions", ""
        rate = found.instructions / found.busy_seconds / 1e6
        yield "demo, emulator", f"{rate:.1f} M instructions/s", "NPU and UART included"
        yield "demo, ELF", f"{image.elf.stat().st_size} B", f"code {image.sizes.code} B"


def simulator_rows() -> Iterator[Row]:
    """The simulator beside onnxruntime running the float network of the same shape."""
    folder = SHARED / "vendor" / "speech_dnn"
    if not folder.is_dir():
        return
    chip = chips.load()
    network = load.load(folder / "model.onnx")
    samples = np.load(folder / "calibration.npy")
    qnetwork = stage.run(network, chip, stage.QuantizeOptions((samples,)))
    for batch in (1, 64, 1024):
        x = io.encode(qnetwork, (np.resize(samples, (batch, samples.shape[1])),))
        ours = batch / seconds(lambda x=x: run(qnetwork, x))  # type: ignore[misc]
        theirs = batch / seconds(lambda n=batch: peer(n))  # type: ignore[misc]
        text = f"{ours / theirs:.2f} x onnxruntime float ({theirs:,.0f}/s)"
        yield f"simulate speech_dnn, batch {batch}", f"{ours:,.0f} samples/s", text


def peer(batch: int) -> object:
    """onnxruntime on a float network of speech_dnn's shape."""
    return _session(batch)()


_SESSIONS: dict[int, Callable[[], object]] = {}


def _session(batch: int) -> Callable[[], object]:
    if batch not in _SESSIONS:
        import onnx  # noqa: PLC0415
        import onnxruntime  # noqa: PLC0415
        from onnx import helper, numpy_helper  # noqa: PLC0415

        random = np.random.default_rng(0)
        sizes = (800, 256, 256, 256, 256, 2)
        nodes, weights, name = [], [], "x"
        for index, (rows, columns) in enumerate(itertools.pairwise(sizes)):
            values = random.normal(0, 0.05, (rows, columns)).astype(np.float32)
            weights.append(numpy_helper.from_array(values, f"w{index}"))
            nodes.append(helper.make_node("MatMul", [name, f"w{index}"], [f"m{index}"]))
            nodes.append(helper.make_node("Relu", [f"m{index}"], [f"r{index}"]))
            name = f"r{index}"
        kind = onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            nodes,
            "peer",
            [helper.make_tensor_value_info("x", kind, [batch, 800])],
            [helper.make_tensor_value_info(name, kind, [batch, 2])],
            weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        session = onnxruntime.InferenceSession(model.SerializeToString())
        x = random.random((batch, 800), np.float32)
        _SESSIONS[batch] = lambda: session.run(None, {"x": x})
    return _SESSIONS[batch]


def room_rows() -> Iterator[Row]:
    """Lines of code by room."""
    root = Path(pipeline.__file__).parent
    rooms = sorted(path for path in root.iterdir() if path.is_dir() and path.name[0] != "_")
    for room in rooms:
        files = list(room.rglob("*.py"))
        lines = sum(len(f.read_text(encoding="utf-8").splitlines()) for f in files)
        yield f"lines, {room.name}/", str(lines), f"{len(files)} files"
    files = list(root.glob("*.py"))
    lines = sum(len(f.read_text(encoding="utf-8").splitlines()) for f in files)
    yield "lines, doors and pipeline", str(lines), f"{len(files)} files"


def main() -> None:
    """Print the table."""
    table = Table("what", "value", "beside", box=SIMPLE)
    for row in (*demo_rows(), *simulator_rows(), *room_rows()):
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
