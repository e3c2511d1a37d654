"""Collects the operations and tensors of a QNetwork while a network is lowered."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from studio.quantize.qnetwork import (
    Int16,
    LutOp,
    PermuteOp,
    QOp,
    QTensor,
    RecurrentOp,
    ReshapeOp,
)
from studio.quantize.view import (
    Index,
    Shape,
    View,
    canonical_axes,
    logical_positions,
    move_order,
    placed,
)

SAME = 1e-9


@dataclass
class Builder:
    """Mutable while lowering; ``views`` holds where each ONNX tensor lies.

    ``finer`` are the tensors that ``rescaled`` made, by source, scale and largest integer.
    """

    ops: list[QOp] = field(default_factory=list)
    tensors: dict[str, QTensor] = field(default_factory=dict)
    constants: dict[str, Int16] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    finer: dict[tuple[str, float, int], str] = field(default_factory=dict)

    def fresh(self, name: str) -> str:
        """``name``, or ``name#2`` and so on where it is taken."""
        candidate, number = name, 1
        while candidate in self.tensors:
            number += 1
            candidate = f"{name}#{number}"
        return candidate

    def fresh_op(self, name: str) -> str:
        """An operation name not taken yet."""
        taken = {op.name for op in self.ops}
        for op in self.ops:
            if isinstance(op, RecurrentOp):
                taken.update(inner.name for inner in op.body)
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name}#{number}"
        return candidate

    def rename(self, old: str, new: str) -> None:
        """Call a tensor that operations have written already by another name."""
        self.tensors[new] = replace(self.tensors.pop(old), name=new)
        self.ops[:] = [_renamed(op, old, new) for op in self.ops]
        for name, view in self.views.items():
            if view.tensor == old:
                self.views[name] = view.renamed(new)

    def tensor(self, view: View, scale: float, low: int, high: int) -> QTensor:
        """Declare the tensor ``view`` names."""
        made = QTensor(view.tensor, view.shape, scale, low, high, view.onnx, view.full_axes)
        self.tensors[view.tensor] = made
        return made

    def of(self, view: View) -> QTensor:
        """The tensor a view names."""
        return self.tensors[view.tensor]

    def moved(self, view: View, target: View) -> View:
        """``view`` in the element order of ``target`` (same logical elements)."""
        source = self.of(view)
        order = move_order(view, target)
        result = target.renamed(self.fresh(view.tensor))
        self.tensor(result, source.scale, source.low, source.high)
        name = self.fresh_op(f"{view.tensor} to {'x'.join(map(str, target.shape))}")
        if order is None:
            self.ops.append(ReshapeOp(name, view.tensor, result.tensor))
        else:
            self.ops.append(PermuteOp(name, view.tensor, result.tensor, order.astype(np.int32)))
        return result

    def arranged(self, view: View, axes: tuple[int, ...]) -> View:
        """``view`` with ONNX axis i on physical axis ``axes[i]`` and no pending order."""
        if view.axes == axes and view.order is None:
            return view
        return self.moved(view, placed(view.tensor, view.onnx, axes))

    def reshaped(self, view: View, onnx: tuple[int, ...], channels_last: bool) -> View | None:
        """``view`` under another ONNX shape where the bytes stay in place, else None.

        All ways to lay the axes of ``onnx`` along W, H and C are tried, the usual one first.
        """
        if len(onnx) > 4:
            return None
        source = self.of(view)
        places = itertools.permutations((1, 2, 3), len(onnx) - 1)
        for axes in (canonical_axes(len(onnx), channels_last), *((0, *rest) for rest in places)):
            target = placed(view.tensor, onnx, axes)
            if move_order(view, target) is None:
                target = target.renamed(self.fresh(view.tensor))
                self.tensor(target, source.scale, source.low, source.high)
                name = self.fresh_op(f"{view.tensor} to {'x'.join(map(str, target.shape))}")
                self.ops.append(ReshapeOp(name, view.tensor, target.tensor))
                return target
        return None

    def taken(self, view: View, onnx: tuple[int, ...], where: Index, output: str) -> View:
        """A tensor whose element i, in ONNX's order, is ``view``'s element ``where[i]``."""
        source = self.of(view)
        result = placed(self.fresh(output), onnx, view.axes)
        self.tensor(result, source.scale, source.low, source.high)
        found = np.argsort(logical_positions(view))[where[logical_positions(result)]]
        order = found.astype(np.int32)
        order.setflags(write=False)
        name = self.fresh_op(f"{view.tensor} to {'x'.join(map(str, result.shape))}")
        self.ops.append(PermuteOp(name, view.tensor, result.tensor, order))
        return result

    def repeated(self, view: View, onnx: tuple[int, ...], output: str) -> View:
        """``view`` repeated along axes of size 1 until it has the shape ``onnx``."""
        view = self.settled(view)
        where = np.arange(math.prod(view.onnx)).reshape(view.onnx)
        return self.taken(view, onnx, np.broadcast_to(where, onnx).reshape(-1), output)

    def settled(self, view: View) -> View:
        """``view`` without a pending element order."""
        return view if view.order is None else self.arranged(view, canonical_axes(len(view.onnx)))

    def rescaled(self, view: View, scale: float, high: int = 127) -> View:
        """``view`` with one integer step worth ``scale``, by a table look-up where it differs.

        Integers up to ``high`` may stay or come out, 127 where there are negative ones.
        """
        source = self.of(view)
        if abs(source.scale / scale - 1) < SAME and source.high <= high:
            return view
        low = max(-128, min(0, source.low))
        high = high if low == 0 else 127
        key = (view.tensor, scale, high)
        if key in self.finer:
            return view.renamed(self.finer[key])
        values = table_inputs(source) * (source.scale / scale)
        table = np.clip(np.rint(values), low, high).astype(np.int16)
        made = self.lut(view, f"{view.tensor} rescaled", view.tensor, table, scale, low, high)
        self.finer[key] = made.tensor
        return made

    def lut(
        self,
        view: View,
        name: str,
        output: str,
        table: Int16,
        scale: float,
        low: int,
        high: int,
    ) -> View:
        """Append a table look-up."""
        result = view.renamed(self.fresh(output))
        self.tensor(result, scale, low, high)
        self.ops.append(LutOp(self.fresh_op(name), view.tensor, result.tensor, table))
        return result

    def constant(self, name: str, values: Int16, scale: float) -> View:
        """Declare a constant activation, int16 (W, H, C) of int8 values."""
        shape: Shape = (values.shape[0], values.shape[1], values.shape[2])
        view = View(self.fresh(name), shape, (1, *values.shape), (0, 1, 2, 3))
        self.tensor(view, scale, -128, 127)
        values.setflags(write=False)
        self.constants[view.tensor] = values
        return view

    def same_order(self, views: list[View]) -> list[View]:
        """All views in the axis order of the first, none with a pending element order."""
        if all(v.order is None for v in views) and len({v.axes for v in views}) == 1:
            return views
        first = views[0]
        if all(
            v.axes == first.axes
            and v.order is not None
            and first.order is not None
            and np.array_equal(v.order, first.order)
            for v in views
        ):
            return views
        axes = self.settled(first).axes
        return [self.arranged(view, axes) for view in views]


def _renamed(op: QOp, old: str, new: str) -> QOp:
    changes: dict[str, Any] = {}
    if op.output == old:
        changes["output"] = new
    if old in op.inputs:
        inputs = tuple(new if name == old else name for name in op.inputs)
        changes |= {"input": inputs[0]} if hasattr(op, "input") else {"inputs": inputs}
    return replace(op, **changes)


def table_inputs(source: QTensor) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The integers a table's 256 entries stand for: 0..255, or 0..127 then -128..-1."""
    index = np.arange(256.0)
    if source.high <= 127:
        index[128:] -= 256
    return index
