"""The small networks that export_models.py trains: the usual shapes of their kind, few channels."""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor, nn
from torch.nn import functional


def conv_bn(inputs: int, outputs: int, kernel: int, stride: int = 1, group: int = 1) -> nn.Module:
    """A convolution that keeps the size, and BatchNorm."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=group, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """The basic block of ResNet."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv_bn(inputs, outputs, 3, stride), nn.ReLU(), conv_bn(outputs, outputs, 3)
        )
        same = inputs == outputs and stride == 1
        self.skip = nn.Identity() if same else conv_bn(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + self.skip(x))


class ResNet(nn.Module):
    """Three residual blocks, as for CIFAR."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            conv_bn(3, 8, 3), nn.ReLU(), Residual(8, 8, 1), Residual(8, 16, 2),
            Residual(16, 24, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, classes),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Inverted(nn.Module):
    """The block of MobileNetV2, and with ``squeeze`` and ``act`` of V3."""

    def __init__(
        self, inputs: int, outputs: int, stride: int, act: type[nn.Module], squeeze: bool = False
    ) -> None:
        super().__init__()
        wide = 3 * inputs
        self.open = nn.Sequential(
            conv_bn(inputs, wide, 1), act(), conv_bn(wide, wide, 3, stride, wide), act()
        )
        self.gate = None
        if squeeze:
            self.gate = nn.Sequential(
                nn.AdaptiveAvgPool2d(1), nn.Conv2d(wide, 8, 1), nn.ReLU(),
                nn.Conv2d(8, wide, 1), nn.Hardsigmoid(),
            )  # fmt: skip
        self.close = conv_bn(wide, outputs, 1)
        self.same = inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = self.open(x)
        if self.gate is not None:
            y = y * self.gate(y)
        y = self.close(y)
        return x + y if self.same else y


class MobileNetV2(nn.Module):
    """Inverted residuals with ReLU6."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            conv_bn(3, 8, 3, 2), nn.ReLU6(), Inverted(8, 8, 1, nn.ReLU6),
            Inverted(8, 12, 2, nn.ReLU6), Inverted(12, 12, 1, nn.ReLU6), conv_bn(12, 32, 1),
            nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, classes),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class MobileNetV3(nn.Module):
    """Inverted residuals with squeeze-and-excite and hard-swish."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            conv_bn(3, 8, 3, 2), nn.Hardswish(), Inverted(8, 8, 1, nn.ReLU, True),
            Inverted(8, 12, 2, nn.Hardswish, True), Inverted(12, 12, 1, nn.Hardswish, True),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, 24), nn.Hardswish(),
            nn.Dropout(0.1), nn.Linear(24, classes),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class DsCnn(nn.Module):
    """Depthwise-separable convolutions over time and frequency."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(1, 16, (10, 4), (2, 2), (5, 1)), nn.BatchNorm2d(16), nn.ReLU(),
        ]  # fmt: skip
        for _ in range(3):
            layers += [conv_bn(16, 16, 3, group=16), nn.ReLU(), conv_bn(16, 16, 1), nn.ReLU()]
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.1), nn.Linear(16, classes)]
        self.net = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class TemporalBlock(nn.Module):
    """Two convolutions over time and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(inputs, outputs, 9, stride, 4, bias=False), nn.BatchNorm1d(outputs),
            nn.ReLU(), nn.Conv1d(outputs, outputs, 9, 1, 4, bias=False), nn.BatchNorm1d(outputs),
        )  # fmt: skip
        self.skip = nn.Sequential(
            nn.Conv1d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm1d(outputs), nn.ReLU()
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + self.skip(x))


class TcResNet(nn.Module):
    """Features are the channels, convolutions run over time."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv1d(features, 12, 3, 1, 1, bias=False), TemporalBlock(12, 16, 2),
            TemporalBlock(16, 20, 2), nn.AdaptiveAvgPool1d(1), nn.Flatten(),
            nn.Linear(20, classes),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Tdnn(nn.Module):
    """Dilated convolutions that look back only, and the mean over time."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        sizes = [features, 24, 24, 24]
        self.layers = nn.ModuleList(
            nn.Conv1d(sizes[n], sizes[n + 1], 3, dilation=n + 1) for n in range(3)
        )
        self.last = nn.Linear(24, classes)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = torch.relu(layer(functional.pad(x, (2 * layer.dilation[0], 0))))
        return self.last(x.mean(2))


class LastStep(nn.Module):
    """A recurrent network whose last output is classified."""

    def __init__(
        self, cell: type[nn.RNNBase], features: int, hidden: int, classes: int,
        layers: int = 1, both: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.cell = cell(features, hidden, layers, batch_first=True, bidirectional=both)
        self.last = nn.Linear(hidden * (1 + both), classes)

    def forward(self, x: Tensor) -> Tensor:
        y, _ = self.cell(x)
        return self.last(y[:, -1])


class LastState(LastStep):
    """A recurrent network whose last state, of both directions, is classified."""

    def forward(self, x: Tensor) -> Tensor:
        _, state = self.cell(x)
        h = state[0] if isinstance(state, tuple) else state
        if self.cell.bidirectional:
            return self.last(torch.cat([h[-2], h[-1]], 1))
        return self.last(h[-1])


class AutoEncoder(nn.Module):
    """Fully connected, through a bottleneck."""

    def __init__(self) -> None:
        super().__init__()
        sizes = [64, 48, 24, 6, 24, 48, 64]
        layers: list[nn.Module] = []
        for before, after in itertools.pairwise(sizes):
            layers += [nn.Linear(before, after), nn.ReLU()]
        layers[5] = nn.Identity()
        self.net = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class ConvAutoEncoder(nn.Module):
    """Convolutions down, transposed ones and a nearest-neighbour resize up."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(),
            nn.ConvTranspose2d(16, 8, 3, 2, 1, output_padding=1), nn.BatchNorm2d(8),
            nn.LeakyReLU(0.1), nn.ConvTranspose2d(8, 8, 2, 2), nn.ReLU(),
            nn.MaxPool2d(2), nn.Upsample(scale_factor=2), nn.Conv2d(8, 1, 3, 1, 1), nn.Sigmoid(),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class Attention(nn.Module):
    """Self-attention as most write it by hand."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(size, size) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        n, t, c = x.shape
        q, k, v = (
            layer(x).view(n, t, self.heads, c // self.heads).transpose(1, 2)
            for layer in (self.q, self.k, self.v)
        )
        weights = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(c // self.heads), -1)
        return self.out((weights @ v).transpose(1, 2).reshape(n, t, c))


class Transformer(nn.Module):
    """One encoder block with norms in front, learned positions, and the mean over time."""

    def __init__(self, features: int, classes: int, size: int = 32, heads: int = 4) -> None:
        super().__init__()
        self.embed = nn.Linear(features, size)
        self.place = nn.Parameter(torch.randn(1, 32, size) * 0.1)
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(3))
        self.attention = Attention(size, heads)
        self.mlp = nn.Sequential(nn.Linear(size, 64), nn.GELU(), nn.Linear(64, size))
        self.last = nn.Linear(size, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.embed(x) + self.place
        x = x + self.attention(self.norms[0](x))
        x = x + self.mlp(self.norms[1](x))
        return self.last(self.norms[2](x).mean(1))


class PackedTransformer(nn.Module):
    """torch's own encoder layer: one matrix for queries, keys and values, norms behind."""

    def __init__(self, features: int, classes: int, size: int = 32, heads: int = 4) -> None:
        super().__init__()
        self.embed = nn.Linear(features, size)
        self.place = nn.Parameter(torch.randn(1, 32, size) * 0.1)
        self.block = nn.TransformerEncoderLayer(size, heads, 64, 0.0, "gelu", batch_first=True)
        self.last = nn.Linear(size, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.block(self.embed(x) + self.place)[:, 0])
