"""The Network: a neural network as read from a file, checked, with every shape known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Attribute = (
    int
    | float
    | str
    | tuple[int, ...]
    | tuple[float, ...]
    | tuple[str, ...]
    | Array
    | tuple[Array, ...]
)
Dialect = Literal["float", "integer"]


class WrongKind(TypeError):
    """An attribute is of another kind than its operator's."""


@dataclass(frozen=True)
class Node:
    """One operation. ``op`` is the ONNX operator type; inputs and outputs are tensor names.

    ``name`` is the file's node name, or the first output tensor's name where the file has none.
    An optional input that is left out is the empty string.
    """

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Attribute]

    def ints(self, name: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """An attribute that is a list of integers."""
        value = self.attributes.get(name, default)
        if not isinstance(value, tuple):
            raise WrongKind(f"{self.name}: attribute {name} is no list")
        numbers = [item for item in value if isinstance(item, int | float)]
        if len(numbers) != len(value):
            raise WrongKind(f"{self.name}: attribute {name} is no list of numbers")
        return tuple(int(item) for item in numbers)

    def number(self, name: str, default: float) -> float:
        """An attribute that is one number."""
        value = self.attributes.get(name, default)
        if not isinstance(value, int | float):
            raise WrongKind(f"{self.name}: attribute {name} is no number")
        return value

    def text(self, name: str, default: str) -> str:
        """An attribute that is a string."""
        value = self.attributes.get(name, default)
        if not isinstance(value, str):
            raise WrongKind(f"{self.name}: attribute {name} is no string")
        return value

    def array(self, name: str) -> Array:
        """An attribute that is a tensor or a list of numbers, as one array."""
        value = self.attributes.get(name)
        if isinstance(value, tuple | int | float):
            return np.array(value)
        if not isinstance(value, np.ndarray):
            raise WrongKind(f"{self.name}: attribute {name} is no tensor")
        return value

    def arrays(self, name: str) -> tuple[Array, ...]:
        """An attribute that is a list of tensors; one tensor gives its rows."""
        value = self.attributes.get(name, ())
        items = tuple(value) if isinstance(value, tuple | np.ndarray) else (value,)
        found = tuple(item for item in items if isinstance(item, np.ndarray))
        if len(found) != len(items):
            raise WrongKind(f"{self.name}: attribute {name} is no list of tensors")
        return found


@dataclass(frozen=True)
class Network:
    """A whole network, nodes in execution order.

    ``shapes`` holds the ONNX shape of every input, constant and node output; where the first
    axis is the batch it is 1. ``dialect`` is "integer" when weights are already chip integers
    stored as floats (the maker's dialect, with ``Scale`` nodes), else "float".
    ``inputs`` are graph inputs that are no constants. ``source`` is the file's name, for messages.
    Of an integer model's tensors of three axes, ``steps_first`` are [1, T, F]; the others are
    [1, F, T]. ``notes`` tell what the network does otherwise than the file. ``file_nodes`` are the
    file's own nodes, as it has them and without attributes, for whoever shows the file.
    """

    name: str
    source: str
    dialect: Dialect
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    constants: Mapping[str, npt.NDArray[np.generic]]
    shapes: Mapping[str, tuple[int, ...]]
    steps_first: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    file_nodes: tuple[Node, ...] = ()

    def consumers(self, tensor: str) -> list[Node]:
        """Nodes that read ``tensor``, in execution order."""
        return [node for node in self.nodes if tensor in node.inputs]

    def producer(self, tensor: str) -> Node | None:
        """The node that writes ``tensor``; None for inputs and constants."""
        return next((node for node in self.nodes if tensor in node.outputs), None)
