"""The quantizer: a Network and calibration samples in, a QNetwork out."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError, StudioError, VerifyError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph.network import Network
from studio.quantize.calibrate import Method, Range, ranges
from studio.quantize.fuse import groups
from studio.quantize.lower import lower
from studio.quantize.matrix import Signed
from studio.quantize.partials import widened, with_partials
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork
from studio.quantize.scales import choose

Samples = tuple[npt.NDArray[np.generic], ...]


@dataclass(frozen=True)
class QuantizeOptions:
    """How to quantize.

    ``calibration``: one array [n, *shape] for each input; a float network needs it, an integer
    network uses it only to see whether its inputs are signed. ``method`` and ``percentile``
    choose the range of each tensor, ``signed`` how negative inputs meet the array.
    ``tile_rows`` are the most array rows a row tile may take, of which PN takes two an input;
    None is the largest bank's.
    """

    calibration: Samples | None = None
    method: Method = "minmax"
    percentile: float = 99.99
    signed: Signed = "auto"
    tile_rows: int | None = None


def run(network: Network, chip: Chip, options: QuantizeOptions, job: Job | None = None) -> QNetwork:
    """Quantize a float network, or take over an integer one unchanged.

    Raises DataError without calibration samples for a float network, ModelError and FitError
    for what the chip cannot do, StudioError for row tiles that no bank has room for.
    """
    job = job or Job()
    _check_tile_rows(options.tile_rows, chip)
    samples = options.calibration
    if samples is not None and any(len(x) == 0 for x in samples):
        raise DataError("no calibration samples", where=network.source)
    if network.dialect == "integer":
        inputs = {
            name: Range(float(np.min(x)), float(np.max(x)))
            for name, x in zip(network.inputs, samples or (), strict=bool(samples))
        }
        unknown = {name: Range(0.0, 255.0) for name in network.inputs if name not in inputs}
        plan = Plan(network, chip, options.signed, None, inputs | unknown, options.tile_rows)
        return lower(plan)
    if samples is None:
        raise DataError(
            "a float model needs calibration samples to be quantized",
            hint="Give samples with --data FILE.npz (arrays x and y) or FILE.npy.",
            where=network.source,
        )
    parts = groups(network)
    observed, partials = with_partials(network, chip, options.signed, options.tile_rows)
    tensors = [*network.inputs, *(group.output for group in parts)]
    tensors += [name for cut in partials.values() for name in (*cut.plain, *cut.pn)]
    measured = ranges(
        observed, list(dict.fromkeys(tensors)), samples, options.method, options.percentile, job
    )
    found = widened(measured, partials)
    scales = choose(network, parts, found, chip)
    job.step(1, 1, "choosing integers")
    inputs = {name: found[name] for name in network.inputs}
    return lower(Plan(network, chip, options.signed, scales, inputs, options.tile_rows))


def _check_tile_rows(rows: int | None, chip: Chip) -> None:
    most = chip.array.max_inputs
    if rows is not None and not 1 <= rows <= most:
        raise StudioError(
            f"tile_rows is {rows}, must be 1..{most}",
            hint="Leave it out to cut only what exceeds the largest bank.",
            where=chip.name,
        )


def verify(qnetwork: QNetwork, chip: Chip) -> None:
    """Raise VerifyError where the QNetwork breaks a limit of the chip or of its own form."""
    known = {*qnetwork.inputs, *qnetwork.constants}
    names: set[str] = set()
    for op in qnetwork.ops:
        _expect(op.name not in names, f"two operations are called {op.name}")
        names.add(op.name)
        for name in op.inputs:
            _expect(name in known, f"{op.name} reads {name} before it is written")
        _expect(op.output not in known, f"{op.name} writes {op.output} again")
        known.add(op.output)
        _expect(op.output in qnetwork.tensors, f"{op.output} is not declared")
        if isinstance(op, ArrayOp):
            _array(op, qnetwork, chip)
    for name in qnetwork.outputs:
        _expect(name in known, f"output {name} is never written")


def _array(op: ArrayOp, qnetwork: QNetwork, chip: Chip) -> None:
    source, target = qnetwork.tensors[op.input], qnetwork.tensors[op.output]
    elements = op.kernel[0] * op.kernel[1] * source.shape[2] // len(op.matrices)
    columns = sum(matrix.columns for matrix in op.matrices)
    _expect(columns == target.shape[2], f"{op.name}: {columns} columns for {target.shape}")
    for axis in (0, 1):
        span = (op.kernel[axis] - 1) * op.dilations[axis] + 1
        room = source.shape[axis] + op.pads[axis] + op.pads[axis + 2] - span
        positions = room // op.strides[axis] + 1
        _expect(positions == target.shape[axis], f"{op.name}: {positions} positions, axis {axis}")
    for matrix in op.matrices:
        _expect(matrix.inputs == elements, f"{op.name}: {matrix.inputs} rows for {elements} inputs")
        _expect(matrix.encoding != "unsigned" or source.low >= 0, f"{op.name}: signed input")
        _matrix(matrix, chip)


def _matrix(matrix: Matrix, chip: Chip) -> None:
    limits, name = chip.array, matrix.name
    gain = matrix.gain
    _expect(
        chip.arithmetic.gain_min <= gain <= chip.arithmetic.gain_max and gain & (gain - 1) == 0,
        f"{name}: gain {gain}",
    )
    peak = int(np.abs(matrix.weights).max(initial=0))
    _expect(peak <= limits.weight_clip, f"{name}: weight {peak}")
    edges = [(tile.start, tile.stop) for tile in matrix.tiles]
    whole = [edges[0][0], *(stop for _, stop in edges)]
    _expect(
        whole[0] == 0
        and whole[-1] == matrix.inputs
        and all(a[1] == b[0] for a, b in itertools.pairwise(edges)),
        f"{name}: tiles {edges} do not cover {matrix.inputs} inputs",
    )
    for tile in matrix.tiles:
        _expect(0 < matrix.rows(tile) <= limits.max_inputs, f"{name}: {matrix.rows(tile)} rows")
        if tile.bias is not None:
            top = int(np.abs(tile.bias).max())
            _expect(top <= limits.max_bias, f"{name}: bias {top}")
            _expect(not np.any(tile.bias % limits.bias_unit), f"{name}: bias is no multiple")


def _expect(condition: bool, message: str) -> None:
    if not condition:
        raise VerifyError(f"quantizer: {message}", hint="This is a bug; please report it.")
