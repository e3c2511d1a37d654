"""An ONNX graph in the maker's dialect while it is written: nodes, constants, options, remarks.

Tensors: (1, 1, C) is [1, C], every other (W, H, C) is [1, C, H, W], whose memory order in the
maker's tools is the chip's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from studio.quantize.layer_options import LayerChoice
from studio.quantize.qnetwork import QNetwork, QTensor, Shape

CHANNEL = 2


class Unsayable(Exception):
    """The dialect has no node, or no form of it, for an operation."""


@dataclass
class Sheet:
    """The nodes and constants written so far, the options of layers, and remarks."""

    qnetwork: QNetwork
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)
    choices: list[LayerChoice] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def tensor(self, name: str) -> QTensor:
        """A tensor of the network."""
        return self.qnetwork.tensors[name]

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        """Declare a constant; numbers that are no shapes are float32, as the maker has them."""
        kept = values if values.dtype == np.int64 else values.astype(np.float32)
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(kept), name)
        return name

    def add(self, op: str, name: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append a node; its output."""
        self.nodes.append(helper.make_node(op, inputs, [output], name=name, **attributes))
        return output

    def use(self, name: str, rank: int | None = None) -> str:
        """The tensor ``name`` with so many axes; a Reshape where it has others."""
        shape = onnx_shape(self.tensor(name).shape)
        if rank is None or rank == len(shape):
            return name
        wide = wide_shape(self.tensor(name).shape)
        other = f"{name} as {rank}D"
        if other not in self.shapes:
            self.reshape(f"{name} to {rank}D", name, other, wide)
        return other

    def flat(self, name: str) -> bool:
        """Whether a tensor has two axes."""
        return len(onnx_shape(self.tensor(name).shape)) == 2

    def note(self, text: str) -> None:
        """Remember a remark, once."""
        self.notes[text] = None

    def flatten(self, title: str, wide: str, name: str) -> None:
        """Make the tensor ``name``, which has two axes, of the same with four."""
        self.reshape(f"{title}/flat", wide, name, onnx_shape(self.tensor(name).shape))

    def reshape(self, title: str, source: str, output: str, shape: tuple[int, ...]) -> None:
        """Append a Reshape."""
        target = self.constant(f"{title}/shape", np.array(shape, np.int64))
        self.add("Reshape", title, [source, target], output)
        self.shapes[output] = shape

    def cut(
        self, name: str, source: str, out: str, axis: int, start: int, stop: int, step: int = 1
    ) -> str:
        """Append a Slice along one ONNX axis; its output."""
        bounds = (("starts", start), ("ends", stop), ("axes", axis), ("steps", step))
        names = [
            self.constant(f"{name}/{title}", np.array([value], np.int64)) for title, value in bounds
        ]
        return self.add("Slice", name, [source, *names], out)

    def relu(self, name: str, source: str, output: str) -> str:
        """Append a Relu."""
        return self.add("Relu", f"{name}/relu", [source], output)


def onnx_shape(shape: Shape) -> tuple[int, ...]:
    """How a tensor (W, H, C) is declared."""
    return (1, shape[2]) if shape[:2] == (1, 1) else wide_shape(shape)


def wide_shape(shape: Shape) -> tuple[int, ...]:
    """[1, C, H, W]."""
    return (1, shape[2], shape[1], shape[0])
