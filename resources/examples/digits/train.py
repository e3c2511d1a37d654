"""Train the bundled example: a small CNN that reads 8 x 8 handwritten digits.

Writes ``digits.onnx`` (float32, batch 1, opset 17) and ``digits.npz`` (the test split and
calibration samples) beside this file. Needs the project's ``train`` extra; the program itself
does not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

SEED = 7
EPOCHS = 150
BATCH = 32
CALIBRATION_SAMPLES = 128

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


class Digits(nn.Module):
    """1 x 8 x 8 in 0..1 -> 10 scores. The largest feature map is 16 x 8 x 8 values."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.pool1 = nn.MaxPool2d(2)
        self.conv3 = nn.Conv2d(16, 16, 3, padding=1)
        self.pool2 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.scores = nn.Linear(64, 10)
        self.relu1, self.relu2, self.relu3 = nn.ReLU(), nn.ReLU(), nn.ReLU()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """One score per digit for each image of the batch."""
        x = self.relu1(self.conv1(image))
        x = self.pool1(self.relu2(self.conv2(x)))
        x = self.pool2(self.relu3(self.conv3(x)))
        return self.scores(self.flatten(x))


def data() -> tuple[Floats, Floats, Labels, Labels]:
    """Training images, test images, training labels, test labels; images (n, 1, 8, 8) in 0..1."""
    digits = load_digits()
    images = (digits.images[:, None] / 16).astype(np.float32)
    labels = digits.target.astype(np.int64)
    split = train_test_split(images, labels, test_size=0.2, random_state=SEED, stratify=labels)
    return tuple(split)


def varied(images: torch.Tensor) -> torch.Tensor:
    """Each image a little turned, stretched and moved, with noise of about half a grey level."""
    count = len(images)
    turn, stretch = 0.1 * torch.randn(count), 1 + 0.07 * torch.randn(count)
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0] = matrix[:, 1, 1] = stretch * torch.cos(turn)
    matrix[:, 0, 1], matrix[:, 1, 0] = -torch.sin(turn), torch.sin(turn)
    matrix[:, :, 2] = 0.3 * torch.rand(count, 2) - 0.15
    grid = nn.functional.affine_grid(matrix, list(images.shape), align_corners=False)
    moved = nn.functional.grid_sample(images, grid, align_corners=False)
    return (moved + 0.03 * torch.randn_like(moved)).clamp(0, 1)


def train(images: Floats, labels: Labels) -> Digits:
    """Fit the network. The test split is not looked at: no early stopping, no best epoch.

    The weight decay keeps the weights of a layer close to one another in size, so that little
    is lost when they become int8.
    """
    model = Digits()
    x, y = torch.from_numpy(images), torch.from_numpy(labels)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    steps = EPOCHS * -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(EPOCHS):
        total = 0.0
        for batch in torch.randperm(len(x)).split(BATCH):
            loss = loss_of(model(varied(x[batch])), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        if epoch % 25 == 24:
            print(f"epoch {epoch + 1} of {EPOCHS}: loss {total / len(x):.4f}")
    return model.eval()


def export(model: Digits, path: Path) -> None:
    """Write ``model`` as one ONNX file for one image at a time."""
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, 8, 8),),
        str(path),
        input_names=["image"],
        output_names=["scores"],
        opset_version=17,
        dynamo=False,
    )
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    train_x, test_x, train_y, test_y = data()
    model = train(train_x, train_y)
    with torch.no_grad():
        result = model(torch.from_numpy(test_x)).argmax(1).numpy()
    export(model, folder / "digits.onnx")
    np.savez_compressed(
        folder / "digits.npz",
        x=test_x,
        y=test_y,
        calibration=train_x[:CALIBRATION_SAMPLES],
    )
    print(f"test accuracy {np.mean(result == test_y):.4f} on {len(test_y)} images")


if __name__ == "__main__":
    main()
