"""The mapper's stage: QNetworks onto the arrays of a chip."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from studio.base.errors import FitError, NoRoomError, StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.mapper import copies, duplicate, metrics, places, prove, tiling
from studio.mapper.copies import Schemes
from studio.mapper.layout import Block, Layout
from studio.mapper.options import (
    LayerOptions,
    MapOptions,
    check,
    check_names,
    first_column,
)
from studio.mapper.problem import Problem
from studio.mapper.request import Placement, Request, Search
from studio.mapper.search import search
from studio.mapper.verify import verify, verify_together
from studio.quantize.qnetwork import QNetwork

__all__ = ["LayerOptions", "MapOptions", "run", "run_all", "verify"]


def run(qnetwork: QNetwork, chip: Chip, options: MapOptions, job: Job) -> Layout:
    """Give every matrix of ``qnetwork`` its cells and bias rows, and verify the result.

    Tiles wider than the usable columns are cut; when the blocks find no room, tiles are cut
    finer and finer. Raises FitError when nothing fits (says which resource binds), StudioError for
    options out of range, a given place that is not free or fits no block, or a network of another
    chip, VerifyError for a bug of ours.
    """
    return run_all((qnetwork,), chip, options, job)[0]


def run_all(
    qnetworks: Sequence[QNetwork], chip: Chip, options: MapOptions, job: Job
) -> tuple[Layout, ...]:
    """As ``run``, for several networks that share the chip's arrays: one layout each."""
    check(options, chip)
    check_names(options, qnetworks)
    for qnetwork in qnetworks:
        if qnetwork.chip != chip.id:
            raise StudioError(
                f"the network was quantized for chip {qnetwork.chip}, not {chip.id}",
                hint="Quantize the model again for this chip.",
                where=qnetwork.name,
            )
    start = time.perf_counter()
    try:
        schemes, requests, placements, found = _placed(qnetworks, chip, options, job)
    except FitError as error:
        if not options.places:
            raise
        raise places.explained(error, options) from error
    blocks = _filled(qnetworks, chip, schemes, requests, placements)
    found = replace(found, seconds=time.perf_counter() - start)
    layouts = tuple(
        Layout(
            chip=chip.id,
            blocks=tuple(own),
            utilization=metrics.utilization(own, chip, first_column(chip, options)),
            search=found,
            first_column=first_column(chip, options),
            occupied=options.occupied,
        )
        for own in blocks
    )
    for layout, qnetwork in zip(layouts, qnetworks, strict=True):
        verify(layout, qnetwork, chip)
    verify_together(layouts, chip, options.occupied)
    return layouts


def _placed(
    qnetworks: Sequence[QNetwork], chip: Chip, options: MapOptions, job: Job
) -> tuple[Schemes, tuple[Request, ...], tuple[Placement, ...], Search]:
    """How layers are stored, their blocks, where these lie, and what is known of that."""
    options = places.with_points(options)
    schemes = copies.schemes(qnetworks, options, chip)
    requests, placements, found = _search(qnetworks, chip, options, schemes, job)
    if options.duplicate:
        mapped = (schemes, requests, placements, found)
        mapped = duplicate.improve(qnetworks, chip, options, mapped, job)
        schemes, requests, placements, found = mapped
    if options.prove_seconds > 0:
        problem = tiling.problem(requests, chip, options)
        limit = options.prove_seconds
        placements, found = prove.prove(problem, placements, found, limit, job, chip.name)
    return schemes, requests, placements, found


def _filled(
    qnetworks: Sequence[QNetwork],
    chip: Chip,
    schemes: Schemes,
    requests: Sequence[Request],
    placements: Sequence[Placement],
) -> list[list[Block]]:
    """The blocks of each network with their cells, in execution order."""
    blocks: list[list[Block]] = [[] for _ in qnetworks]
    layers = [{op.name: op for op in qnetwork.array_ops} for qnetwork in qnetworks]
    for request, placement in zip(requests, placements, strict=True):
        scheme = schemes[request.network, request.layer]
        start = request.first_column
        span = start, start + request.columns // scheme.points
        index = request.matrix, request.tile
        op = layers[request.network][request.layer]
        block = tiling.block(op, index, span, scheme, placement, chip)
        blocks[request.network].append(block)
    return blocks


def _search(
    qnetworks: Sequence[QNetwork],
    chip: Chip,
    options: MapOptions,
    schemes: Schemes,
    job: Job,
) -> tuple[tuple[Request, ...], tuple[Placement, ...], Search]:
    """Cut and place, uncut first, then finer; the error of the coarsest cut says it best.

    Each finer cut may take half the time of the one before. What the search does not find uncut,
    OR-tools is asked for where the options give it time.
    """
    failure: FitError | None = None
    tried: dict[tuple[Request, ...], Problem] = {}
    seconds = options.seconds
    for width in tiling.widths(qnetworks, chip, options, schemes):
        requests = tiling.requests(qnetworks, chip, options, schemes, width)
        if requests in tried:
            continue
        if not tried:
            places.check(requests, chip, options.occupied)
        tried[requests] = tiling.problem(requests, chip, options)
        try:
            return (requests, *search(tried[requests], chip.name, seconds, job))
        except FitError as error:
            failure = failure or error
            seconds /= 2
    if options.prove_seconds > 0 and isinstance(failure, NoRoomError):
        requests, problem = next(iter(tried.items()))
        nothing = Search("", 0, 0.0, 0, 0, 0, optimal=False, proof="")
        limit = options.prove_seconds
        placements, found = prove.prove(problem, (), nothing, limit, job, chip.name)
        if placements:
            return requests, placements, found
    assert failure is not None  # the first width is always tried
    raise failure
