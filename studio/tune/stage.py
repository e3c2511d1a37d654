"""The quantize stage with its search: a Network and samples in, the best QNetwork found out.

Nothing is taken on trust: every choice is made on some calibration samples and judged on others,
and where the outcome is no better than the plain rules' there, the plain rules' stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from studio.base.errors import FitError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.graph.network import Network
from studio.quantize import equalize
from studio.quantize import stage as quantizer
from studio.quantize.choices import Choices
from studio.quantize.equalize import Equalize
from studio.quantize.qnetwork import QNetwork
from studio.quantize.stage import Prepared, QuantizeOptions
from studio.simulate import compare
from studio.simulate.advice import Given
from studio.tune import measure, mixed, repeat, search, space, words
from studio.tune.bias_correction import corrected
from studio.tune.measure import Part
from studio.tune.search import Found, Search

Level = Literal["off", "fast", "thorough"]
LEVELS: tuple[Level, ...] = ("off", "fast", "thorough")

# Fewer calibration samples than this are not searched with.
LEAST_SAMPLES = 16
# So many samples tell whether the integers follow the float model, or as many as may be multiplied
# for that, but no fewer than LEAST_WATCHED.
WATCHED, LEAST_WATCHED, WATCHED_MACS = 256, 64, 10**9
# Equalized networks are calibrated with as many samples as this. Only the tensors that equalizing
# changes need it: the ranges of all others are those that all samples gave.
EQUALIZED = 128
# With fewer samples than that, equalization must gain a dB: it fits each channel's range to them.
EQUALIZED_WORTH = 10 ** (-1.0 / 10)
# A large network is searched with as few samples as this before it gets fewer trials than these.
LEAST, LEAST_TRIALS = 8, 20
# Of the networks on the way to the best one, so many last ones are judged by other samples.
JUDGED = 64


@dataclass(frozen=True)
class Effort:
    """Samples to search with (as many again to judge by), trials, and a limit on their work.

    ``macs``: the search multiplies no more often than this, by fewer samples and fewer trials.
    ``steps`` are the factors tried on scales, round by round.
    """

    samples: int
    trials: int
    macs: float
    steps: tuple[float, ...]


EFFORTS = {
    "fast": Effort(32, 60, 1e9, (1.2, 1.07)),
    "thorough": Effort(128, 600, 60e9, (1.2, 1.07, 1.4, 1.15, 1.05)),
}


@dataclass(frozen=True)
class TuneOptions:
    """``level``: how long to search. ``equalize``: True, False, or None for what is better.

    ``mixed`` allows 16-bit weights, whose high bytes the CPU multiplies. ``noise`` names a device
    model of the chip file: layers are computed twice where that helps against its noise.
    """

    quantize: QuantizeOptions = field(default_factory=QuantizeOptions)
    level: Level = "fast"
    equalize: bool | None = None
    mixed: bool = False
    noise: str | None = None


def run(network: Network, chip: Chip, options: TuneOptions, job: Job | None = None) -> QNetwork:
    """Quantize, search as ``options`` say, and note what was found and what is still wrong.

    An integer network passes through. Raises what quantize.stage.run raises.
    """
    job = job or Job()
    if network.dialect == "integer":
        return quantizer.run(network, chip, options.quantize, job)
    first = replace(options.quantize, equalize="weights" if options.equalize else "off")
    prepared = quantizer.prepare(network, chip, first, titled(job, "ranges"))
    choices = space.fitting(prepared)
    start = quantizer.finish(prepared, choices)
    count, work = len(prepared.samples[0]), max(1, measure.macs(start))
    watched = measure.part(
        network,
        measure.spread(prepared.samples, max(LEAST_WATCHED, min(WATCHED, WATCHED_MACS // work))),
        titled(job, "reference outputs"),
    )
    effort = EFFORTS.get(options.level)
    size = max(1, len(watched) // 2)
    if effort is not None:
        size = min(size, effort.samples, max(LEAST, int(effort.macs / LEAST_TRIALS / work)))
    near, far = measure.halves(watched, size)
    found, given = Found(choices, start, 0.0), _given(options, searched=False)
    equal = words.of_samples(prepared.samples)
    remarks = (*words.of_room(choices), *equal)
    if effort is not None and count >= LEAST_SAMPLES and not equal:
        trials = min(effort.trials, int(effort.macs / (size * work)))
        search_in = Search(prepared, near, trials, job, choices)
        found, prepared = _searched(network, search_in, far, effort, options, job)
        given = _given(options, searched=True)
    made = replace(found.qnetwork, notes=(*found.qnetwork.notes, *remarks))
    if options.noise is not None:
        model = repeat.device(options.noise, prepared)
        found = replace(found, qnetwork=made)
        found, *errors = repeat.repeated(found, prepared, model, near, job)
        made = words.with_repeats(found, model.name, *map(measure.snr, errors))
    return words.with_warning(made, network, watched, given, job)


def _given(options: TuneOptions, searched: bool) -> Given:
    """The options in force, for advice; a search that kept its start tried equalization too."""
    equalized = options.equalize is True or (searched and options.equalize is None)
    return Given(options.quantize.method, options.level, equalized, options.mixed)


def titled(job: Job, title: str) -> Job:
    """``job`` with a title before each of its texts."""
    return Job(lambda done, total, text: job.step(done, total, f"{title}: {text}"))


def _searched(
    network: Network,
    first: Search,
    far: Part,
    effort: Effort,
    options: TuneOptions,
    job: Job,
) -> tuple[Found, Prepared]:
    """The best network found, and what it was prepared from."""
    found, start, prepared = first, first.best, first.prepared
    for way in _equalizations(network, options, len(prepared.samples[0]) < search.MANY_SAMPLES):
        ready = _equalized(network, prepared, way, job)
        try:
            other = Search(ready, first.part, first.trials, job, start.choices)
        except FitError:  # biases grew beyond the strip
            continue
        many = len(prepared.samples[0]) >= EQUALIZED
        if other.best.error < found.best.error * (search.WORTH if many else EQUALIZED_WORTH):
            found = other
    _descend(found, effort, options, job)
    number = _judged([start, *found.history[-JUDGED:]], far)
    if number == 0:
        return replace(start, qnetwork=words.kept(start, found)), prepared
    best = found.history[-JUDGED:][number - 1]
    before, after = (measure.snr(measure.error(own.qnetwork, far)) for own in (start, best))
    noted = words.with_search(best, start.choices, found.prepared, before, after)
    return replace(best, qnetwork=noted), found.prepared


def _equalized(network: Network, plain: Prepared, way: Equalize, job: Job) -> Prepared:
    """The network equalized in one way, with ``plain``'s ranges of what that does not change."""
    few = measure.spread(plain.samples, EQUALIZED)
    again = replace(plain.options, equalize=way, calibration=few)
    ready = quantizer.prepare(network, plain.chip, again, titled(job, f"equalized by {way}"))
    if len(few[0]) == len(plain.samples[0]):
        return ready
    same = {
        name: found
        for name, found in plain.ranges.items()
        if name in ready.ranges and name not in {*ready.equalized, *plain.equalized}
    }
    options = replace(again, calibration=plain.options.calibration)
    return replace(ready, options=options, ranges={**ready.ranges, **same})


def _judged(found: Sequence[Found], far: Part) -> int:
    """Which of the networks to take: the first as good as the best, but for one standard error.

    They were chosen by few samples, and each suits those better than the one before; what it
    gains on other samples must be more than chance.
    """
    errors = [measure.by_sample(own.qnetwork, far) for own in found]
    best = min(errors, key=lambda own: float(np.mean(own)))
    for number, own in enumerate(errors):
        more = own - best
        if float(np.mean(more)) <= float(np.std(more)) / max(1, len(far)) ** 0.5:
            return number
    return 0


def _equalizations(network: Network, options: TuneOptions, few: bool) -> tuple[Equalize, ...]:
    """Ways to equalize that are worth a try beside what the options start with.

    The largest values that a few samples show are not the largest there will be, channel by
    channel, so with few only the weights decide.
    """
    if options.equalize is False or not equalize.pairs(network, {}):
        return ()
    ways: tuple[Equalize, ...] = () if options.equalize else ("weights",)
    return ways if few else (*ways, "values")


def _descend(found: Search, effort: Effort, options: TuneOptions, job: Job) -> None:
    """All that may be tried, cheapest first."""
    prepared, samples = found.prepared, found.part.samples

    def correct(mode: Literal["single", "entire"]) -> Choices:
        best = found.best
        looking = titled(job, "bias correction")
        return corrected(best.choices, best.qnetwork, prepared, samples, looking, mode)

    looking = titled(job, "weakest layers")
    report = compare.run(found.best.qnetwork, prepared.network, samples, looking)
    nodes = tuple(part.main.name for part in prepared.parts if part.main.op in search.LAYERS)
    order = search.order(prepared, found.best.qnetwork, report)
    search.encodings(found)
    found.attempt(correct("single"))
    if options.mixed:
        mixed.mixed(found, report)
    for steps in (effort.steps[:2], effort.steps[2:]):
        search.scales(found, order, steps)
        if steps:
            search.gains(found, nodes)
            found.attempt(correct("single"))
            found.attempt(correct("entire"))
