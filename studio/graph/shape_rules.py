"""What a shape rule of the maker's dialect is, and what several rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from studio.graph.network import Node
from studio.graph.tensors import Array

Shape = tuple[int, ...]
# A node with its options as attributes, the shapes of its inputs (() for one left out) and the
# constants known so far, by name; gives the shapes of its outputs. Raises Misfit.
Rule = Callable[[Node, Sequence[Shape], Mapping[str, Array]], Sequence[Shape]]
# Of a layer that does the same at every step: the shapes of its inputs become how many numbers
# it takes and how many it makes there. Raises Misfit.
Step = Callable[[Node, Sequence[Shape]], tuple[int, int]]


class Misfit(Exception):
    """Inputs that do not fit a node; the text completes "node NAME (OP): ..."."""


def over_time(shape: Shape, features: int, columns: int, steps_first: bool) -> Shape:
    """The shape after a layer that makes ``columns`` of ``features`` numbers at every step.

    [1, F] is one step, [1, T, F] and [1, F, T] are time series; ``steps_first`` as in
    ``features_last``. Raises Misfit for any other shape.
    """
    if len(shape) == 2 and shape[1] == features:
        return (1, columns)
    if features_last(shape, features, steps_first):
        return (1, shape[1], columns)
    if len(shape) == 3 and shape[1] == features:
        return (1, columns, shape[2])
    raise Misfit(f"its weights take {features} features, its input has shape {list(shape)}")


def features_last(shape: Shape, features: int, steps_first: bool) -> bool:
    """Whether a series that ``over_time`` takes has its features on the last of three axes.

    Where both axes have the size of ``features``, ``steps_first`` is the answer.
    """
    if len(shape) != 3 or shape[2] != features:
        return False
    return steps_first or shape[1] != features
