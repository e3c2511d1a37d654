"""What the firmware can run so far: everything else is refused before anything is built."""

from __future__ import annotations

from studio.base.errors import ModelError
from studio.quantize.qnetwork import (
    AddOp,
    AffineOp,
    ArrayOp,
    ConcatOp,
    HistoryOp,
    LutOp,
    MatMulOp,
    Matrix,
    MeanOp,
    MulOp,
    NormOp,
    PermuteOp,
    PoolOp,
    QNetwork,
    QOp,
    RecurrentOp,
    ReshapeOp,
    SliceOp,
    SoftmaxOp,
    ZeroInsertOp,
)

KNOWN = (
    ArrayOp, AddOp, MulOp, AffineOp, PoolOp, LutOp, ConcatOp, PermuteOp, ReshapeOp, SoftmaxOp,
)  # fmt: skip
_LISTED = 8
WORDS: dict[type, str] = {
    HistoryOp: "earlier frames",
    RecurrentOp: "recurrent cell",
    SliceOp: "slice",
    ZeroInsertOp: "transposed convolution",
    NormOp: "normalization",
    MeanOp: "mean over channels",
    MatMulOp: "product of two activations",
}


def check(qnetwork: QNetwork) -> None:
    """Raise ModelError that names the operations the firmware cannot run yet."""
    found = [(op.name, what) for op in qnetwork.ops if (what := missing(op))]
    if not found:
        return
    listed = ", ".join(f"{name} ({what})" for name, what in found[:_LISTED])
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    raise ModelError(
        "the firmware cannot run this network yet",
        hint=f"It lacks: {listed}{more}. Everything up to the firmware works: quantize, simulate,"
        " report, map, noise; what was made so far is in the results folder.",
        where=qnetwork.name,
    )


def missing(op: QOp) -> str:
    """What the firmware lacks for an operation; empty where nothing."""
    if not isinstance(op, KNOWN):
        return WORDS.get(type(op), "part of a recurrent cell")
    if isinstance(op, ArrayOp):
        return next((what for matrix in op.matrices if (what := _matrix(matrix))), "")
    if isinstance(op, LutOp) and op.table.ndim > 1:
        return "a table for each channel"
    if isinstance(op, PoolOp) and op.ratio != 1:
        return "an average scaled by no power of two"
    return ""


def _matrix(matrix: Matrix) -> str:
    if matrix.encoding == "partial":
        return "partly signed inputs"
    if matrix.store != "analog":
        return f"{matrix.store} weights"
    if matrix.input_shift:
        return "scaled inputs"
    return "repeated rounds" if matrix.repeat > 1 else ""
