"""The mapper's stage: a QNetwork onto the arrays of a chip."""

from __future__ import annotations

import time

from studio.base.errors import FitError, StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.mapper import metrics, tiling
from studio.mapper.layout import Layout
from studio.mapper.options import MapOptions, check, first_column
from studio.mapper.place import place
from studio.mapper.request import Placement, Request
from studio.mapper.verify import verify
from studio.quantize.qnetwork import QNetwork

__all__ = ["MapOptions", "run", "verify"]


def run(qnetwork: QNetwork, chip: Chip, options: MapOptions, job: Job) -> Layout:
    """Give every matrix of ``qnetwork`` its cells and bias rows, and verify the result.

    Tiles wider than the usable columns are cut; when the blocks find no room, tiles are cut
    finer and finer. Raises FitError when nothing fits (says which resource binds), StudioError
    for options out of range or a network of another chip, VerifyError for a bug of ours.
    """
    check(options, chip)
    if qnetwork.chip != chip.id:
        raise StudioError(
            f"the network was quantized for chip {qnetwork.chip}, not {chip.id}",
            hint="Quantize the model again for this chip.",
            where=qnetwork.name,
        )
    start = time.perf_counter()
    requests, placements = _search(qnetwork, chip, options, job)
    matrices = {op.name: op.matrices for op in qnetwork.array_ops}
    blocks = tuple(
        tiling.block(
            request.layer,
            (request.matrix, request.tile),
            matrices[request.layer][request.matrix],
            (request.first_column, request.first_column + request.columns),
            placement,
            chip,
        )
        for request, placement in zip(requests, placements, strict=True)
    )
    layout = Layout(
        chip=chip.id,
        blocks=blocks,
        utilization=metrics.utilization(blocks, chip, first_column(chip, options)),
        seconds=time.perf_counter() - start,
    )
    verify(layout, qnetwork, chip)
    return layout


def _search(
    qnetwork: QNetwork, chip: Chip, options: MapOptions, job: Job
) -> tuple[tuple[Request, ...], tuple[Placement, ...]]:
    """Cut and place, uncut first, then finer; the error of the coarsest cut says it best."""
    failure: FitError | None = None
    tried: set[tuple[Request, ...]] = set()
    for width in tiling.widths(qnetwork, chip, options):
        requests = tiling.requests(qnetwork, chip, width)
        if requests in tried:
            continue
        tried.add(requests)
        try:
            return requests, place(requests, chip, options, job)
        except FitError as error:
            failure = failure or error
    assert failure is not None  # the first width is always tried
    raise failure
