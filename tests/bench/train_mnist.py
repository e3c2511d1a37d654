"""Train the two MNIST models of the quantizer's tests: mnist_cnn.onnx and mnist_mlp.onnx.

    python tests/bench/train_mnist.py MNIST_TRAIN.npz MNIST_TEST.npz [--out FOLDER]

The .npz files hold x, uint8 [n, 28, 28], and y. The models take x / 255, float32, batch 1,
opset 17. Needs the project's ``train`` extra; the program itself does not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

SEED = 3
EPOCHS = 8
BATCH = 128


def cnn() -> nn.Module:
    """1 x 28 x 28 -> 10 scores, about 5,700 weights."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(144, 10),
    )


def mlp() -> nn.Module:
    """784 -> 10 scores, about 39,600 weights."""
    return nn.Sequential(
        nn.Linear(784, 48), nn.ReLU(), nn.Linear(48, 32), nn.ReLU(), nn.Linear(32, 10)
    )


def images(path: Path, shape: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """Images in 0..1, (n, *shape), and labels."""
    with np.load(path) as file:
        x = file["x"].astype(np.float32) / 255
        return torch.from_numpy(x.reshape(-1, *shape)), torch.from_numpy(file["y"].astype(np.int64))


def train(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> nn.Module:
    """Fit the network; the test images are not looked at."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.02)
    steps = EPOCHS * -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=steps)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(EPOCHS):
        total = 0.0
        for batch in torch.randperm(len(x)).split(BATCH):
            loss = loss_of(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {total / len(x):.4f}", flush=True)
    return model.eval()


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    folder = Path(__file__).resolve().parents[1] / "data" / "models"
    parser.add_argument("--out", type=Path, default=folder)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    for name, shape, model in (("cnn", (1, 28, 28), cnn), ("mlp", (784,), mlp)):
        torch.manual_seed(SEED)
        made = train(model(), *images(arguments.train, shape))
        x, y = images(arguments.test, shape)
        with torch.no_grad():
            right = float((made(x).argmax(1) == y).float().mean())
        path = arguments.out / f"mnist_{name}.onnx"
        torch.onnx.export(
            made,
            (torch.zeros(1, *shape),),
            str(path),
            input_names=["image"],
            output_names=["scores"],
            opset_version=17,
            dynamo=False,
        )
        onnx.checker.check_model(onnx.load(str(path)), full_check=True)
        size = path.stat().st_size
        print(f"{path.name}: {size} bytes, test accuracy {right:.4f} on {len(y)} images")


if __name__ == "__main__":
    main()
