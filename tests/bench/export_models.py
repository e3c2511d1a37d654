"""Trains small real networks with torch and writes them to tests/data/models as ONNX.

    python -m tests.bench.export_models [NAME ...]

Needs torch and onnxscript, which the tests do not. Each kind of data comes as an .npz that is
called after it: samples ``x`` (float16) and, for classifiers, labels ``y``, none of them seen in
training. Seeded; the same version of torch writes the same weights.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

from .torch_models import (
    AutoEncoder,
    ConvAutoEncoder,
    DsCnn,
    LastState,
    LastStep,
    MobileNetV2,
    MobileNetV3,
    PackedTransformer,
    ResNet,
    TcResNet,
    Tdnn,
    Transformer,
)

FOLDER = Path(__file__).parents[1] / "data" / "models"
CLASSES = 6
SAMPLES = 48


def images(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Stripes of six directions in noise, three colours: [n, 3, 16, 16] in 0..1."""
    y = random.integers(0, CLASSES, count)
    angle = (y * np.pi / CLASSES)[:, None, None]
    rows, columns = np.mgrid[0:16, 0:16]
    phase = random.uniform(0, 2 * np.pi, (count, 1, 1))
    wave = np.sin(0.9 * (np.cos(angle) * rows + np.sin(angle) * columns) + phase)
    colour = random.uniform(0.3, 1, (count, 3, 1, 1))
    x = 0.5 + 0.3 * colour * wave[:, None] + random.normal(0, 0.25, (count, 3, 16, 16))
    return np.clip(x, 0, 1), y


def words(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two formants that move as the word says, shifted and stretched: [n, 10, 32] (C, T)."""
    y = random.integers(0, CLASSES, count)
    start = np.array([1, 3, 5, 7, 2, 6])[y][:, None, None]
    bend = np.array([5, 3, -4, -5, 0, 1])[y][:, None, None]
    time = np.arange(32)[None, None, :]
    begin = random.uniform(2, 8, (count, 1, 1))
    length = random.uniform(14, 20, (count, 1, 1))
    place = np.clip((time - begin) / length, 0, 1)
    band = np.arange(10)[None, :, None]
    low = np.exp(-((band - start - bend * place) ** 2) / 1.5)
    high = np.exp(-((band - start - 3 - bend * (1 - place)) ** 2) / 1.5)
    loud = ((time > begin) & (time < begin + length)) * random.uniform(1, 2, (count, 1, 1))
    return loud * (low + 0.6 * high) + random.normal(0, 0.6, (count, 10, 32)), y


def frames(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The same words as [n, T, C]."""
    x, y = words(count, random)
    return x.transpose(0, 2, 1), y


def spectra(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The same words as images of one channel, [n, 1, T, C]."""
    x, y = frames(count, random)
    return x[:, None], y


def sensors(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """64 readings of a machine with four hidden causes, to be reconstructed: [n, 64]."""
    causes = random.uniform(-1, 1, (count, 4))
    mixing = np.random.default_rng(5).normal(0, 0.6, (4, 64))
    x = np.tanh(causes @ mixing) + random.normal(0, 0.03, (count, 64))
    return x, x


def blobs(count: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two round spots on an image, to be reconstructed: [n, 1, 16, 16] in 0..1."""
    rows, columns = np.mgrid[0:16, 0:16]
    x = np.zeros((count, 16, 16))
    for _ in range(2):
        centre = random.uniform(3, 13, (2, count, 1, 1))
        size = random.uniform(3, 8, (count, 1, 1))
        x += np.exp(-((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2) / size)
    x = np.clip(x, 0, 1)[:, None]
    return x, x


@dataclass(frozen=True)
class Recipe:
    """One network, its data, and how torch writes it; ``opset`` 0 is the newer exporter's own."""

    build: Callable[[], nn.Module]
    data: Callable[[int, np.random.Generator], tuple[np.ndarray, np.ndarray]]
    dynamo: bool = False
    opset: int = 17
    epochs: int = 12
    rate: float = 3e-3
    free_batch: bool = False


RECIPES = {
    "resnet": Recipe(lambda: ResNet(CLASSES), images),
    "mobilenet_v2": Recipe(lambda: MobileNetV2(CLASSES), images, dynamo=True),
    "mobilenet_v3": Recipe(lambda: MobileNetV3(CLASSES), images, free_batch=True),
    "mobilenet_v3_dynamo": Recipe(lambda: MobileNetV3(CLASSES), images, dynamo=True),
    "ds_cnn": Recipe(lambda: DsCnn(CLASSES), spectra, free_batch=True),
    "tc_resnet": Recipe(lambda: TcResNet(10, CLASSES), words),
    "tdnn": Recipe(lambda: Tdnn(10, CLASSES), words, dynamo=True),
    "lstm": Recipe(lambda: LastStep(nn.LSTM, 10, 24, CLASSES), frames, free_batch=True),
    "lstm_bi2": Recipe(lambda: LastState(nn.LSTM, 10, 16, CLASSES, 2, True), frames),
    "lstm_dynamo": Recipe(lambda: LastStep(nn.LSTM, 10, 24, CLASSES), frames, dynamo=True),
    "gru": Recipe(lambda: LastState(nn.GRU, 10, 24, CLASSES), frames),
    "gru_bi2": Recipe(lambda: LastStep(nn.GRU, 10, 16, CLASSES, 2, True), frames, free_batch=True),
    "gru_dynamo": Recipe(lambda: LastState(nn.GRU, 10, 16, CLASSES, 2), frames, dynamo=True),
    "autoencoder": Recipe(AutoEncoder, sensors, epochs=40),
    "conv_autoencoder": Recipe(ConvAutoEncoder, blobs, epochs=20),
    "transformer": Recipe(lambda: Transformer(10, CLASSES), frames),
    "transformer_old": Recipe(lambda: Transformer(10, CLASSES), frames, opset=14),
    "transformer_dynamo": Recipe(lambda: PackedTransformer(10, CLASSES), frames, dynamo=True),
}


def train(net: nn.Module, recipe: Recipe, x: Tensor, y: Tensor) -> None:
    """Adam with a falling rate; cross entropy for labels, squared error else."""
    steps = recipe.epochs * (len(x) // 32)
    best = torch.optim.AdamW(net.parameters(), recipe.rate, weight_decay=1e-3)
    falling = torch.optim.lr_scheduler.OneCycleLR(best, 3 * recipe.rate, total_steps=steps)
    loss = functional.cross_entropy if y.dtype == torch.int64 else functional.mse_loss
    net.train()
    for _ in range(recipe.epochs):
        order = torch.randperm(len(x))
        for start in range(0, len(x) - 31, 32):
            part = order[start : start + 32]
            best.zero_grad()
            loss(net(x[part]), y[part]).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            best.step()
            falling.step()
    net.eval()


def export(name: str, recipe: Recipe) -> str:
    """Train, export and describe one network."""
    torch.manual_seed(sum(name.encode()))
    random = np.random.default_rng(sum(name.encode()))
    x, y = recipe.data(1024, random)
    net = recipe.build()
    labels = torch.tensor(y) if y.ndim == 1 else torch.tensor(y, dtype=torch.float32)
    train(net, recipe, torch.tensor(x, dtype=torch.float32), labels)
    x, y = held_back(recipe)
    samples = torch.tensor(x.astype(np.float32))
    path = FOLDER / f"{name}.onnx"
    options: dict[str, object] = {"dynamo": recipe.dynamo}
    if not recipe.dynamo:
        options |= {"opset_version": recipe.opset}
        if recipe.free_batch:
            options |= {"dynamic_axes": {"x": {0: "batch"}, "y": {0: "batch"}}}
    else:
        options |= {"external_data": False}
    torch.onnx.export(
        net, (samples[:1],), str(path), input_names=["x"], output_names=["y"], **options
    )
    strip(path)
    with torch.no_grad():
        out = net(samples).numpy()
    if y.ndim == 1:
        fit = f"accuracy {np.mean(out.argmax(1) == y):.2f}"
    else:
        fit = f"relative error {np.linalg.norm(out - y) / np.linalg.norm(y):.3f}"
    return f"{name}: {path.stat().st_size / 1000:.0f} kB, {fit}"


def held_back(recipe: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """The samples of a kind of data that no network is trained with; writes them to its file."""
    name = recipe.data.__name__
    x, y = recipe.data(SAMPLES, np.random.default_rng(99))
    arrays = {"x": x.astype(np.float16)}
    if y.ndim == 1:
        arrays["y"] = y.astype(np.uint8)
    np.savez_compressed(FOLDER / f"{name}.npz", **arrays)
    return arrays["x"], y


def strip(path: Path) -> None:
    """Remove what the exporter tells of this machine: stack traces and paths."""
    model = onnx.load(str(path))
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info,
                 *graph.initializer):  # fmt: skip
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    del graph.value_info[:]
    onnx.save(model, str(path))


def main(names: list[str]) -> None:
    """Export the named networks, or all."""
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in names or list(RECIPES):
        print(export(name, RECIPES[name]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
