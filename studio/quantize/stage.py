"""The quantizer: a Network and calibration samples in, a QNetwork out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError, StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph.network import Network
from studio.quantize import equalize
from studio.quantize.calibrate import Method, Range, channel_peaks, ranges
from studio.quantize.choices import Choices, Real
from studio.quantize.conventions import Conventions
from studio.quantize.equalize import Equalize
from studio.quantize.fuse import ARRAY, Group, groups
from studio.quantize.layer_apply import apply
from studio.quantize.layer_options import LayerChoices, declared_signed
from studio.quantize.lower import lower
from studio.quantize.matrix import Signed, excess
from studio.quantize.partials import widened, with_partials
from studio.quantize.plan import Plan
from studio.quantize.qnetwork import QNetwork
from studio.quantize.scales import choose
from studio.quantize.verify import verify

__all__ = ["Prepared", "QuantizeOptions", "Samples", "finish", "prepare", "run", "verify"]

Samples = tuple[npt.NDArray[np.generic], ...]


@dataclass(frozen=True)
class QuantizeOptions:
    """How to quantize.

    ``calibration``: one array [n, *shape] for each input; a float network needs it, an integer
    network uses it only to see whether its inputs are signed. ``method`` and ``percentile``
    choose the range of each tensor, ``signed`` how negative inputs meet the array.
    ``tile_rows`` are the most array rows a row tile may take, of which PN takes two an input;
    None is the largest bank's. ``equalize``: first bring the channels of neighbouring layers
    together (equalize.py). ``layers`` are choices for single layers, ``conventions``
    readings of the maker's dialect.
    """

    calibration: Samples | None = None
    method: Method = "minmax"
    percentile: float = 99.99
    signed: Signed = "auto"
    tile_rows: int | None = None
    equalize: Equalize = "off"
    layers: LayerChoices = field(default_factory=LayerChoices)
    conventions: Conventions = field(default_factory=Conventions)


@dataclass(frozen=True)
class Prepared:
    """What quantizing needs to know about a network, measured once.

    ``network`` is the network in the form that is quantized, ``parts`` its groups, ``ranges``
    those of its tensors (only the inputs' for an integer network), ``equalized`` what equalizing
    divided each channel of a tensor by, ``notes`` what to tell about the network.
    ``samples`` are the calibration samples.
    """

    network: Network
    chip: Chip
    options: QuantizeOptions
    parts: tuple[Group, ...]
    ranges: Mapping[str, Range]
    equalized: Mapping[str, Real] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def samples(self) -> Samples:
        """Calibration samples, one array an input; empty for an integer network without."""
        return self.options.calibration or ()


def run(network: Network, chip: Chip, options: QuantizeOptions, job: Job | None = None) -> QNetwork:
    """Quantize a float network, or take over an integer one unchanged.

    Raises DataError without calibration samples for a float network, ModelError and FitError
    for what the chip cannot do, StudioError for row tiles that no bank has room for.
    """
    job = job or Job()
    prepared = prepare(network, chip, options, job)
    job.step(1, 1, "choosing integers")
    return finish(prepared)


def prepare(network: Network, chip: Chip, options: QuantizeOptions, job: Job) -> Prepared:
    """The slow part, once: ranges of all tensors over the calibration samples."""
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
        signed = declared_signed(network, options.layers, inputs)
        parts = groups(network, options.conventions)
        return Prepared(network, chip, options, parts, inputs | unknown | signed)
    if samples is None:
        raise DataError(
            "a float model needs calibration samples to be quantized",
            hint="Give samples with --data FILE.npz (arrays x and y) or FILE.npy.",
            where=network.source,
        )
    notes = _integral(network)
    factors: Mapping[str, Real] = {}
    if options.equalize == "weights":
        network, factors = equalize.by_weights(network)
    elif options.equalize == "values":
        peaks = channel_peaks(network, equalize.observed(network), samples, job)
        given = zip(network.inputs, samples, strict=True)
        wide = {name for name, x in given if float(np.min(x)) >= 0}
        network, factors = equalize.by_values(network, peaks, chip, wide)
    parts = groups(network)
    observed, partials = with_partials(network, chip, options.signed, options.tile_rows)
    tensors = [*network.inputs, *(group.output for group in parts)]
    tensors += [name for cut in partials.values() for name in (*cut.plain, *cut.pn)]
    measured = ranges(
        observed, list(dict.fromkeys(tensors)), samples, options.method, options.percentile, job
    )
    return Prepared(network, chip, options, parts, widened(measured, partials), factors, notes)


def finish(prepared: Prepared, choices: Choices | None = None) -> QNetwork:
    """The quick part, as often as wanted: integers from ranges and ``choices``."""
    choices = choices or Choices()
    network, options = prepared.network, prepared.options
    choices = replace(choices, stores={**choices.stores, **options.layers.stores})
    inputs = {name: prepared.ranges[name] for name in network.inputs}
    scales = None
    if network.dialect == "float":
        scales = choose(network, prepared.parts, prepared.ranges, prepared.chip, choices)
    plan = Plan(
        network,
        prepared.chip,
        options.signed,
        scales,
        inputs,
        options.tile_rows,
        choices,
        options.conventions,
    )
    made = lower(plan)
    if options.layers.choices:
        made = apply(made, options.layers, prepared.chip, options.tile_rows, plan.conventions)
    matrices = (matrix for op in made.array_ops for matrix in op.matrices)
    large = filter(None, (excess(matrix, prepared.chip) for matrix in matrices))
    made = replace(made, notes=(*prepared.notes, *made.notes, *large))
    return replace(made, equalized=prepared.equalized) if prepared.equalized else made


def _integral(network: Network) -> tuple[str, ...]:
    """A note on a float model whose weights are those of an integer model."""
    named = {node.inputs[1] for node in network.nodes if node.op in ARRAY and len(node.inputs) > 1}
    weights = [network.constants[name] for name in named if name in network.constants]
    whole = all(np.array_equal(values, np.rint(values)) for values in weights)
    if not whole or max((float(np.abs(w).max(initial=0)) for w in weights), default=0.0) <= 1:
        return ()
    return (
        "All weights are whole numbers, yet the model is quantized as a float model: one of chip"
        " integers, in the maker's dialect, has a Scale of 1/G behind each Gemm and Conv.",
    )


def _check_tile_rows(rows: int | None, chip: Chip) -> None:
    most = chip.array.max_inputs
    if rows is not None and not 1 <= rows <= most:
        raise StudioError(
            f"tile_rows is {rows}, must be 1..{most}",
            hint="Leave it out to cut only what exceeds the largest bank.",
            where=chip.name,
        )
