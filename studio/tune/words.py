"""What the search found and what is still wrong, in sentences for the user."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.base.job import Job
from studio.graph.network import Network
from studio.quantize.choices import Choices
from studio.quantize.qnetwork import QNetwork
from studio.quantize.stage import Prepared, Samples
from studio.simulate import compare
from studio.simulate.advice import Given
from studio.simulate.compare import LayerReport
from studio.tune import measure
from studio.tune.measure import Part
from studio.tune.search import Found, Search

# Below this the integer network is another function than the float one.
COLLAPSED_DB = 10.0
# Shares of the samples that get another largest output, each with the SNR above which such
# samples are close calls: an accuracy falls by no more than the share.
CHANGED = ((0.02, 20.0), (0.05, 24.0))
CLIPPED = "% of the weights exceed what gain"
LEAST_SAMPLES = 50
# The layers are followed with so many samples.
FOLLOWED = 32
NAMED = 3


def of_samples(samples: Samples) -> tuple[str, ...]:
    """A note where several samples are all the same, which shows no range of values."""
    count = len(samples[0])
    if count < 2 or any(np.any(x[1:] != x[:1]) for x in samples):
        return ()
    values = {float(np.min(x)) for x in samples} | {float(np.max(x)) for x in samples}
    which = f", {values.pop():g} throughout" if len(values) == 1 else ""
    return (
        f"All {count} calibration samples are equal{which}: ranges and integers fit that one input"
        " only. Give samples that are like the data, as the array calibration or x.",
    )


def of_room(choices: Choices) -> tuple[str, ...]:
    """A note on layers whose signed inputs are encoded to take less room."""
    names = [name for name, encoding in choices.encodings.items() if encoding == "shift"]
    if not names:
        return ()
    named = ", ".join(names[:NAMED])
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (
        f"With PN the network would not fit the array: {named}{more} take their signed inputs with"
        " SHIFT, in half the rows. --signed pn forbids that.",
    )


def kept(start: Found, search: Search) -> QNetwork:
    """The network the search started from, with a note that it found nothing better."""
    trials = _count(search.used, "trial")
    found = measure.snr(start.error)
    why = (
        "none was better"
        if len(search.history) == 1
        else "what they gained did not hold on samples kept apart"
    )
    note = (
        f"Searched with {trials} on {_count(len(search.part), 'calibration sample')}: {why}, so"
        f" the plain quantization stays (output SNR {found:.1f} dB)."
    )
    return replace(start.qnetwork, notes=(*start.qnetwork.notes, note))


def with_search(
    best: Found, start: Choices, prepared: Prepared, before: float, after: float
) -> QNetwork:
    """The network with a note: what was chosen beyond ``start``, and what it gained.

    ``before`` and ``after`` are in dB, on samples kept apart.
    """
    chosen = best.choices
    done = ["cross-layer equalization"] if prepared.equalized else []
    scales = sum(abs(factor - 1) > 1e-9 for factor in chosen.scales.values())
    if scales:
        done.append(f"{_count(scales, 'scale')} changed")
    gains = sum(step != 0 for step in chosen.gains.values())
    if gains:
        done.append(f"{_count(gains, 'gain')} changed")
    if chosen.biases:
        done.append(f"biases of {_count(len(chosen.biases), 'layer')} corrected")
    given = start.encodings
    done += [
        f"{node} with {encoding.upper()}"
        for node, encoding in chosen.encodings.items()
        if node not in given
    ]
    done += [f"{node} {store} with 16-bit weights" for node, store in chosen.stores.items()]
    notes = [note for note in best.qnetwork.notes if CLIPPED not in note]
    clipped = len(best.qnetwork.notes) - len(notes)
    if clipped:
        done.append(f"largest weights of {_count(clipped, 'layer')} clipped")
    note = (
        f"Tuned: {', '.join(done) or 'nothing'}. Output SNR {before:.1f} dB before,"
        f" {after:.1f} dB after, on calibration samples kept apart."
    )
    return replace(best.qnetwork, notes=(*notes, note))


def with_repeats(found: Found, model: str, before: float, after: float) -> QNetwork:
    """The network with a note on its repeated rounds and what they gain under noise (dB)."""
    nodes = [node for node, count in found.choices.repeats.items() if count > 1]
    what = f"{', '.join(nodes)} computed twice" if nodes else "no layer gains from being repeated"
    note = (
        f"Against the noise of {model}: {what}. Output SNR under noise {before:.1f} dB before,"
        f" {after:.1f} dB after."
    )
    return replace(found.qnetwork, notes=(*found.qnetwork.notes, note))


def with_warning(
    qnetwork: QNetwork, network: Network, part: Part, given: Given, job: Job
) -> QNetwork:
    """The network, with a note that names the layers and causes where the integers collapse.

    ``network`` is the float model, ``given`` the options in force.
    """
    snr = measure.snr(measure.error(qnetwork, part))
    agreement = measure.agreement(qnetwork, part) if len(part) >= LEAST_SAMPLES else None
    changed = 0.0 if agreement is None else 1 - agreement
    lost = any(changed > share and snr < sound for share, sound in CHANGED)
    if snr >= COLLAPSED_DB and not lost:
        return qnetwork
    samples = measure.spread(part.samples, FOLLOWED)
    report = compare.run(qnetwork, network, samples, job, given)
    what = f"Output SNR is {snr:.1f} dB"
    if agreement is not None:
        what += f", and {100 * changed:.1f} % of the samples get another largest output"
    text = (
        "do not follow the float model"
        if snr < COLLAPSED_DB
        else "follow the float model only roughly"
    )
    notes = [f"The integers {text}. {what}."]
    weak = [report.layer(name) for name in report.worst]
    told: set[str] = set()
    for layer in weak:
        if layer.suggestion and layer.suggestion not in told and len(told) < NAMED:
            told.add(layer.suggestion)
            notes.append(_of_layer(layer))
    return replace(qnetwork, notes=(*qnetwork.notes, *notes))


def _of_layer(layer: LayerReport) -> str:
    snr = f" ({layer.single.snr:.1f} dB by itself)" if layer.single is not None else ""
    return f"{layer.name}{snr}: {layer.suggestion}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
