"""What the search found and what is still wrong, in sentences for the user."""

from __future__ import annotations

from dataclasses import replace

from studio.base.job import Job
from studio.quantize.qnetwork import QNetwork
from studio.quantize.stage import Prepared
from studio.simulate import compare
from studio.simulate.compare import LayerReport
from studio.tune import measure
from studio.tune.measure import Part
from studio.tune.search import Found

# Below this the integer network is another function than the float one.
COLLAPSED_DB = 10.0
# Samples whose largest output may be another one: an accuracy falls by no more.
COLLAPSED_SHARE = 0.02
SOUND_DB = 20.0
CLIPPED = "% of the weights exceed what gain"
LEAST_SAMPLES = 50
NAMED = 3


def with_search(best: Found, prepared: Prepared, before: float, after: float) -> QNetwork:
    """The network with a note: what was chosen, and what it gained on samples kept apart (dB)."""
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
    done += [f"{node} with {encoding.upper()}" for node, encoding in chosen.encodings.items()]
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


def with_warning(qnetwork: QNetwork, prepared: Prepared, part: Part, job: Job) -> QNetwork:
    """The network, with a note that names the layers and causes where the integers collapse."""
    snr = measure.snr(measure.error(qnetwork, part))
    agreement = measure.agreement(qnetwork, part) if len(part) >= LEAST_SAMPLES else None
    lost = agreement is not None and agreement < 1 - COLLAPSED_SHARE and snr < SOUND_DB
    if snr >= COLLAPSED_DB and not lost:
        return qnetwork
    report = compare.run(qnetwork, prepared.network, part.samples, job)
    what = f"Output SNR is {snr:.1f} dB"
    if agreement is not None:
        what += f", and {100 * (1 - agreement):.0f} % of the samples get another largest output"
    weak = [report.layer(name) for name in report.worst]
    weak = [layer for layer in weak if layer.suggestion][:NAMED]
    text = f"The integers do not follow the float model. {what}."
    notes = [text, *(_of_layer(layer) for layer in weak)]
    return replace(qnetwork, notes=(*qnetwork.notes, *notes))


def _of_layer(layer: LayerReport) -> str:
    snr = f" ({layer.single.snr:.1f} dB by itself)" if layer.single is not None else ""
    return f"{layer.name}{snr}: {layer.suggestion}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
