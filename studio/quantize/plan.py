"""What lowering needs to know besides the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.base.errors import ModelError
from studio.chip.chip import Chip
from studio.graph.network import Network, Node
from studio.quantize.calibrate import Range
from studio.quantize.choices import Choices
from studio.quantize.conventions import Conventions
from studio.quantize.matrix import WIDEST, Signed
from studio.quantize.scales import Scales


@dataclass(frozen=True)
class Plan:
    """``scales`` is None for an integer network; ``inputs`` are the ranges of graph inputs.

    ``tile_rows`` are the most array rows of a row tile, None for the largest bank's.
    """

    network: Network
    chip: Chip
    signed: Signed
    scales: Scales | None
    inputs: Mapping[str, Range]
    tile_rows: int | None = None
    choices: Choices = field(default_factory=Choices)
    conventions: Conventions = field(default_factory=Conventions)

    @property
    def integer(self) -> bool:
        """Whether the file's numbers are chip integers already."""
        return self.scales is None

    def scale(self, tensor: str) -> float:
        """The scale an ONNX tensor should have."""
        return 1.0 if self.scales is None else self.scales.of[tensor]

    def stretched(self, output: str) -> float:
        """What the array operation that makes ``output`` multiplies its input by first."""
        return 1.0 if self.scales is None else self.scales.stretched.get(output, 1.0)

    def keeps_own(self, tensor: str) -> bool:
        """Whether an average or product may keep the scale that follows from its inputs."""
        return self.scales is None or tensor in self.scales.own

    def weight_limit(self, layer: str) -> int:
        """The largest integer weight of a layer; parts of a cell are called NODE/PART.

        Layers with a part outside the array may have 16 bits (layer_apply.py clips the others).
        """
        stores = self.choices.stores
        wide = any(layer == own or layer.startswith(f"{own}/") for own in stores)
        return WIDEST if wide else self.chip.array.weight_clip

    def error(self, node: Node, message: str, hint: str = "") -> ModelError:
        """An error at one node of the model."""
        return ModelError(message, hint=hint, where=f"{self.network.source}, node {node.name}")
