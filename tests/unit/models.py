"""Small ONNX models built for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Maker:
    """Collects nodes and weights; ``save`` writes the model."""

    def __init__(self, seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, *shape: int, scale: float | None = None) -> str:
        """A random weight; by default scaled as He initialisation does."""
        fan = int(np.prod(shape[1:])) if len(shape) > 1 else 1
        values = self.random.normal(0, scale or np.sqrt(2 / fan), shape)
        return self.constant(values.astype(np.float32))

    def constant(self, values: Any) -> str:
        """A constant tensor."""
        name = f"c{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, op: str, *inputs: str, **attributes: Any) -> str:
        """A node; its output tensor's name."""
        output = f"t{len(self.nodes)}"
        name = f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], name, **attributes))
        return output

    def conv(self, x: str, inputs: int, outputs: int, kernel: Sequence[int], **more: Any) -> str:
        """A Conv with bias."""
        weight = self.weight(outputs, inputs // more.get("group", 1), *kernel)
        return self.add("Conv", x, weight, self.weight(outputs, scale=0.1), **more)

    def gemm(self, x: str, inputs: int, outputs: int) -> str:
        """A Gemm as PyTorch exports it."""
        weight, bias = self.weight(outputs, inputs), self.weight(outputs, scale=0.1)
        return self.add("Gemm", x, weight, bias, transB=1)

    def save(
        self,
        path: Path,
        inputs: dict[str, Sequence[int | str]],
        outputs: dict[str, Sequence[int | str] | None],
        opset: int = 17,
    ) -> Path:
        """Write the model."""

        def info(name: str, shape: Sequence[int | str] | None) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        graph = helper.make_graph(
            self.nodes,
            "test",
            [info(name, shape) for name, shape in inputs.items()],
            [info(name, shape) for name, shape in outputs.items()],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        model.ir_version = 8
        onnx.save(model, str(path))
        return path
