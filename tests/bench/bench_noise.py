"""Chips times samples a second with analog noise, beside torch and plain numpy. Prints one table.

python -m tests.bench.bench_noise

The network is the wake-word MLP 800-256-256-256-256-2 with random weights. Every chip draws its
weights anew (programming error), every output of every sample gets noise of its own before the
chip's rounding. The peers multiply in float32, ours weights of 16 bits in whole numbers; the last
column, the mean correlation of the third layer with the exact answer, shows that the noise is the
same. The torch peer runs where torch is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import statistics
import time
from collections.abc import Callable

import numpy as np

from studio.base.job import Job
from studio.chip import chip as chips
from studio.chip.noise import Conditions, DeviceModel
from studio.mapper.layout import Layout
from studio.mapper.stage import MapOptions
from studio.mapper.stage import run as map_network
from studio.quantize.qnetwork import ArrayOp, Int16, Matrix, QNetwork, QTensor, RowTile
from studio.simulate import monte_carlo, noise
from studio.simulate.noise_cells import prepare
from studio.simulate.noise_run import run as noisy_run
from studio.simulate.run import run as simulate

WIDTHS = (800, 256, 256, 256, 256, 2)
GAIN = 1024
A, B, OUTPUT = 1.58, 14.0, 1.8  # weight steps, weight steps, output LSB
LAYER = 2  # the one compared
CHIP = chips.load("wtm2101")
MODEL = DeviceModel("bench").with_values(
    {"programming_amplitude": A, "programming_knee": B, "output_noise": OUTPUT}, "the bench"
)
Float32 = np.ndarray
Peer = Callable[[Int16, int], Float32]


def network() -> QNetwork:
    """Random weights whose outputs spread over the output's range."""
    random = np.random.default_rng(0)
    ops = []
    tensors = {"in": QTensor("in", (1, 1, WIDTHS[0]), 1.0, 0, 127, (1, WIDTHS[0]))}
    for n, (rows, columns) in enumerate(itertools.pairwise(WIDTHS)):
        spread = 60 * GAIN / (70 * np.sqrt(rows))
        weights = np.clip(random.normal(0, spread, (rows, columns)), -127, 127).astype(np.int16)
        bias = (random.integers(-60, 61, columns) * 128).astype(np.int32)
        matrix = Matrix(f"m{n}", weights, "unsigned", GAIN, (RowTile(0, rows, bias),))
        source, target = (f"t{n - 1}" if n else "in"), f"t{n}"
        relu = n < len(WIDTHS) - 2
        ops.append(ArrayOp(f"fc{n}", source, target, (matrix,), relu=relu, trace=f"fc{n}"))
        tensors[target] = QTensor(target, (1, 1, columns), 1.0, -128, 127, (1, columns))
    return QNetwork("mlp", CHIP.id, ("in",), (f"t{len(WIDTHS) - 2}",), tuple(ops), tensors)


def ours(net: QNetwork, layout: Layout) -> Peer:
    """Chip after chip in this process."""

    def go(x: Int16, count: int) -> Float32:
        ready = prepare(net, layout, CHIP, MODEL, Conditions())
        for number in range(count):
            noisy_run(net, (x,), ready, 0, number)
        result = noisy_run(net, (x[:64],), ready, 0, 0, layers=True)
        return result.layers[f"fc{LAYER}"].reshape(-1)

    return go


def study(net: QNetwork, layout: Layout, pool: bool) -> Peer:
    """The whole Monte-Carlo study with its comparisons, without sensitivity."""

    def go(x: Int16, count: int) -> Float32:
        options = monte_carlo.Options(chips=count, sensitivity_chips=0, pool=pool)
        monte_carlo.run(net, layout, (x,), None, CHIP, MODEL, options)
        return np.zeros(0)

    return go


def arrays(net: QNetwork) -> list[tuple[Float32, Float32, Float32, bool]]:
    """Weights, their errors' spread, bias, and whether a Relu follows."""
    found = []
    for op in net.array_ops:
        own = op.matrices[0]
        weights = own.weights.astype(np.float32)
        sigma = (A * (1 - np.exp(-np.abs(weights) / B))).astype(np.float32)
        bias = own.tiles[0].bias
        assert bias is not None
        found.append((weights, sigma, bias.astype(np.float32), op.relu))
    return found


def numpy_plain(net: QNetwork) -> Peer:
    """As one writes it in numpy; SFC64 in float32 is its fastest generator."""
    layers = arrays(net)

    def go(x: Int16, count: int) -> Float32:
        random = np.random.Generator(np.random.SFC64(0))
        kept = np.zeros(0)
        for _ in range(count):
            y = x.reshape(len(x), -1).astype(np.float32)
            for n, (weights, sigma, bias, relu) in enumerate(layers):
                noisy = weights + sigma * random.standard_normal(weights.shape, np.float32)
                y = (y @ noisy + bias) * np.float32(4 / GAIN)
                y += np.float32(4 * OUTPUT) * random.standard_normal(y.shape, np.float32)
                y = np.clip(np.floor((np.trunc(y) + 2) * 0.25), 0 if relu else -128, 127)
                if n == LAYER:
                    kept = y[:64].reshape(-1)
        return kept

    return go


def torch_peer(net: QNetwork) -> Peer:
    """The same in torch, in place where that is possible."""
    import torch  # noqa: PLC0415

    layers = [
        (torch.from_numpy(w), torch.from_numpy(s), torch.from_numpy(b), relu)
        for w, s, b, relu in arrays(net)
    ]

    def go(x: Int16, count: int) -> Float32:
        torch.manual_seed(0)
        kept = np.zeros(0)
        with torch.inference_mode():
            start = torch.from_numpy(x.reshape(len(x), -1).astype(np.float32))
            for _ in range(count):
                y = start
                for n, (weights, sigma, bias, relu) in enumerate(layers):
                    noisy = torch.addcmul(weights, sigma, torch.randn_like(weights))
                    y = torch.addmm(bias, y, noisy).mul_(4 / GAIN)
                    y.add_(torch.randn_like(y), alpha=4 * OUTPUT)
                    y.trunc_().add_(2).mul_(0.25).floor_().clamp_(0 if relu else -128, 127)
                    if n == LAYER:
                        kept = y[:64].numpy().reshape(-1).copy()
        return kept

    return go


def main() -> None:
    """Time everybody in turns, so that a busy machine hits all alike."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--chips", type=int, default=20)
    words.add_argument("--samples", type=int, default=1024)
    words.add_argument("--repeats", type=int, default=7)
    given = words.parse_args()
    net = network()
    layout = map_network(net, CHIP, MapOptions(), Job())
    random = np.random.default_rng(1)
    x = random.integers(0, 128, (given.samples, 1, 1, WIDTHS[0])).astype(np.int16)
    peers: dict[str, Peer] = {
        "ours": ours(net, layout),
        "ours, whole study": study(net, layout, pool=False),
        "numpy": numpy_plain(net),
    }
    if importlib.util.find_spec("torch"):
        peers["torch"] = torch_peer(net)
    exact = simulate(net, (x[:64],), layers=True).layers[f"fc{LAYER}"].reshape(-1)
    times: dict[str, list[float]] = {name: [] for name in peers}
    fits: dict[str, float] = {}
    for peer in peers.values():
        peer(x, 1)  # compile, load, warm up
    for _ in range(given.repeats):
        for name, peer in peers.items():
            start = time.perf_counter()
            found = peer(x, given.chips)
            times[name].append(time.perf_counter() - start)
            if found.size:
                fits[name] = float(np.corrcoef(found, exact)[0, 1])
    total = given.chips * given.samples
    print(f"{given.chips} chips x {given.samples} samples, compiled: {noise.library() is not None}")
    print(f"{'':<20}{'median /s':>12}{'best /s':>12}{'correlation':>13}")
    for name, own in times.items():
        fit = f"{fits[name]:.4f}" if name in fits else ""
        median, best = total / statistics.median(own), total / min(own)
        print(f"{name:<20}{median:>12,.0f}{best:>12,.0f}{fit:>13}")
    if "torch" in times:
        ratio = statistics.median(a / b for a, b in zip(times["torch"], times["ours"], strict=True))
        print(f"ours is {ratio:.2f} times torch (median of the turns)")


if __name__ == "__main__":
    main()
