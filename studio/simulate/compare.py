"""Layer by layer: how far the integers are from the float model, and why.

*Entire*: the integer network's own values, so errors add up from layer to layer. *Single*: each
operation alone, on the float model's values rounded to its inputs' integers, so that a layer
shows what it does wrong by itself. Samples go through in small batches and only sums are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.base.job import Job
from studio.graph.network import Network
from studio.quantize.qnetwork import ArrayOp, QNetwork, QOp, RecurrentOp
from studio.simulate import diagnose
from studio.simulate.advice import Context, Given, advice, context
from studio.simulate.diagnose import Cause
from studio.simulate.errors import Errors, Sums
from studio.simulate.follow import Outcome, follow
from studio.simulate.reference import Reference, cuts, moves, of_network

UNKNOWN = Given()


@dataclass(frozen=True)
class LayerReport:
    """One operation. ``entire`` and ``single`` are None where there is no float value for it.

    ``kind`` is "array" or the CPU operation's. ``low`` and ``high`` are the extremes its integers
    reached of ``range``, ``limited`` the fraction of them at an end of the chip's range (0 after
    a Relu is no end). ``shares``: by cause, its part in the single error, adding up to 1.
    ``suggestion`` is empty where nothing is wrong.
    """

    name: str
    kind: str
    tensor: str
    entire: Errors | None
    single: Errors | None
    low: int
    high: int
    range: tuple[int, int]
    limited: float
    gain: int | None
    shares: Mapping[Cause, float]
    suggestion: str


@dataclass(frozen=True)
class Report:
    """All operations that change values, in execution order.

    ``reference`` says whether there was a float model to compare with. ``outputs``: errors of
    the network's outputs, by name. ``worst``: names of ``layers``, those with the largest
    single error first; without a reference, those that saturate most.
    """

    network: str
    samples: int
    reference: bool
    layers: tuple[LayerReport, ...]
    outputs: Mapping[str, Errors]
    worst: tuple[str, ...]

    def layer(self, name: str) -> LayerReport:
        """The operation of that name."""
        return next(layer for layer in self.layers if layer.name == name)


class _Seen:
    """Sums of one operation's results."""

    def __init__(self, channels: int) -> None:
        self.entire, self.single = Sums(), Sums()
        self.low, self.high = 2**15, -(2**15)
        self.count = self.limited = 0
        self.input = diagnose.InputSums(channels)

    def add(self, outcome: Outcome, qnetwork: QNetwork) -> None:
        """Add one batch."""
        values, tensor = outcome.entire, qnetwork.tensors[outcome.op.output]
        self.low = min(self.low, int(values.min()))
        self.high = max(self.high, int(values.max()))
        self.count += values.size
        self.limited += int(np.count_nonzero(values >= 127))
        self.limited += int(np.count_nonzero(values <= -128))
        if outcome.wanted is None or outcome.single is None or outcome.source is None:
            return
        limits = (tensor.scale, tensor.low, tensor.high)
        self.entire.add(outcome.wanted, values, *limits)
        self.single.add(outcome.wanted, outcome.single, *limits)
        if outcome.source_wanted is not None:
            scale = qnetwork.tensors[outcome.op.inputs[0]].scale
            self.input.add(outcome.source, outcome.source_wanted, scale)
        self.input.results(outcome.single)


def run(
    qnetwork: QNetwork,
    network: Network | None,
    samples: Sequence[npt.NDArray[np.generic]],
    job: Job | None = None,
    given: Given = UNKNOWN,
) -> Report:
    """Compare over all ``samples`` (one array [n, *shape] an input).

    ``network`` is the float model; without one, or with an integer one, the report knows only
    what the integers do. ``given``: the options in force, which no suggestion repeats. Raises
    DataError without samples.
    """
    float_network = network if network is not None and network.dialect == "float" else None
    reference = of_network(float_network, qnetwork) if float_network is not None else None
    seen = {op.output: _Seen(qnetwork.tensors[op.inputs[0]].shape[2]) for op in qnetwork.ops}
    for outcome in follow(qnetwork, reference, samples, job or Job()):
        seen[outcome.op.output].add(outcome, qnetwork)
    known = context(qnetwork, float_network, given)
    return _report(known, reference, seen, len(samples[0]))


def _report(
    known: Context, reference: Reference | None, seen: Mapping[str, _Seen], samples: int
) -> Report:
    layers, qnetwork = [], known.qnetwork
    for op in qnetwork.ops:
        compared = seen[op.output].single.count > 0
        if moves(op) or cuts(op) or not (compared or isinstance(op, ArrayOp | RecurrentOp)):
            continue
        layers.append(_layer(op, known, seen[op.output], compared))
    outputs = {name: seen[name].entire.errors() for name in qnetwork.outputs if name in seen}
    worst = sorted(
        layers,
        key=lambda layer: layer.single.snr if layer.single is not None else -layer.limited,
    )
    return Report(
        network=qnetwork.name,
        samples=samples,
        reference=reference is not None,
        layers=tuple(layers),
        outputs=outputs if reference is not None else {},
        worst=tuple(layer.name for layer in worst),
    )


def _layer(op: QOp, known: Context, seen: _Seen, compared: bool) -> LayerReport:
    qnetwork = known.qnetwork
    tensor = qnetwork.tensors[op.output]
    single = seen.single.errors() if compared else None
    limited = seen.limited / max(1, seen.count)
    facts = diagnose.Facts(single, limited, seen.low, seen.high, seen.input.spread())
    shares: dict[Cause, float] = {}
    if isinstance(op, ArrayOp) and single is not None:
        shares = diagnose.shares(op, qnetwork, seen.single, seen.input)
    return LayerReport(
        name=op.name,
        kind="array" if isinstance(op, ArrayOp) else type(op).__name__.removesuffix("Op").lower(),
        tensor=op.output,
        entire=seen.entire.errors() if compared else None,
        single=single,
        low=seen.low,
        high=seen.high,
        range=(tensor.low, tensor.high),
        limited=limited,
        gain=min(m.gain for m in op.matrices) if isinstance(op, ArrayOp) else None,
        shares=shares,
        suggestion=advice(op, known, facts, shares),
    )
