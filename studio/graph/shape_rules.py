"""What a shape rule of the maker's dialect is, and what several rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from studio.graph.network import Node
from studio.graph.tensors import Array

Shape = tuple[int, ...]
# A node with its options as attributes, the shapes of its inputs (() for one left out) and the
# constants known so far, by name; gives the shapes of its outputs. Raises Misfit.
Rule = Callable[[Node, Sequence[Shape], Mapping[str, Array]], Sequence[Shape]]


class Misfit(Exception):
    """Inputs that do not fit a node; the text completes "node NAME (OP): ..."."""


def over_time(shape: Shape, features: int, columns: int) -> Shape:
    """The shape after a layer that makes ``columns`` of ``features`` numbers at every step.

    [1, F] is one step, [1, T, F] a time series; where the last axis has not ``features`` but
    the one before has them, the axes are [1, F, T]. Raises Misfit for any other shape.
    """
    if len(shape) == 2 and shape[1] == features:
        return (1, columns)
    if channels_last(shape, features):
        return (1, shape[1], columns)
    if len(shape) == 3 and shape[1] == features:
        return (1, columns, shape[2])
    raise Misfit(f"its weights take {features} features, its input has shape {list(shape)}")


def channels_last(shape: Shape, features: int) -> bool:
    """Whether a series that ``over_time`` takes has its features on the last of three axes."""
    return len(shape) == 3 and shape[2] == features
