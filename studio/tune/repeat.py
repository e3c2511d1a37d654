"""Repeated rounds: layers computed twice and averaged, where that helps against a chip's noise.

Without noise a repeated round changes nothing, so this is measured on simulated chips of a device
model: the same few chips, with the same cells, for every trial. A layer is repeated only where
the outputs gain clearly, because it takes twice the time on the array.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.base.errors import StudioError
from studio.base.job import Job
from studio.chip.noise import Conditions, DeviceModel
from studio.mapper import stage as mapper
from studio.mapper.options import MapOptions
from studio.quantize import stage as quantizer
from studio.quantize.qnetwork import ArrayOp, QNetwork
from studio.quantize.stage import Prepared
from studio.simulate import noise_cells
from studio.simulate.noise_run import NoisyArray
from studio.tune import measure
from studio.tune.measure import Part
from studio.tune.mixed import WORTH
from studio.tune.search import Found

CHIPS = 4
SEED = 1


def repeated(
    found: Found, prepared: Prepared, model: DeviceModel, part: Part, job: Job
) -> tuple[Found, float, float]:
    """``found`` with repeated rounds where they pay, and the errors under noise before and after.

    Raises FitError where the network does not fit the array.
    """
    layout = mapper.run(found.qnetwork, prepared.chip, MapOptions(), job)
    cells = noise_cells.prepare(found.qnetwork, layout, prepared.chip, model, Conditions())

    def error(qnetwork: QNetwork) -> float:
        chips = [
            measure.error(qnetwork, part, NoisyArray(cells, SEED, number))
            for number in range(CHIPS)
        ]
        return float(np.mean(chips))

    before = best = error(found.qnetwork)
    nodes = [op.trace for op in found.qnetwork.ops if isinstance(op, ArrayOp)]
    for done, node in enumerate(nodes):
        job.step(done, len(nodes), f"repeated rounds of {node}")
        choices = replace(found.choices, repeats={**found.choices.repeats, node: 2})
        made = quantizer.finish(prepared, choices)
        now = error(made)
        if now < best * WORTH:
            best = now
            made = replace(made, notes=found.qnetwork.notes)
            found = replace(found, choices=choices, qnetwork=made)
    return found, before, best


def device(name: str, prepared: Prepared) -> DeviceModel:
    """A device model of the chip file. Raises StudioError for an unknown name."""
    known = prepared.chip.noise
    if name not in known:
        raise StudioError(
            f"the chip file has no noise model {name}",
            hint=f"Choose one of {', '.join(known) or 'none'}.",
            where=prepared.chip.name,
        )
    return known[name]
