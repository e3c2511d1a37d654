"""What the figures of a run's samples are called, in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from studio.monitor.accuracy import Figures, Share, Speed, share
from studio.ui.accuracy_head import Fact

if TYPE_CHECKING:
    from studio.simulate.stage import Simulation
    from studio.target import Run

NEWEST = 100  # samples the newest accuracy is of


def shown_share(figures: Figures, run: Run | None, simulation: Simulation | None) -> Share:
    """The share the large number tells: accuracy, or without labels what came out as simulated.

    ``run`` is the run these samples are of, once it has ended: then its own result.
    """
    if run is not None and run.accuracy is not None:
        labels = None if simulation is None else simulation.labels
        n = run.samples if labels is None else int(np.count_nonzero(labels[: run.samples] >= 0))
        return share(round(run.accuracy * n), n)
    if run is not None:
        return share(run.samples - run.differing, run.samples)
    if figures.accuracy.n:
        return figures.accuracy
    return figures.exact if figures.exact.n else figures.agreement


def number(figures: Figures, run: Run | None, found: Share) -> str:
    """The large number."""
    if run is not None and run.accuracy is not None:
        return percent(run.accuracy)
    if run is None and figures.accuracy.n:
        return percent(found.value)
    if found.n:
        return _tr("{0} / {1}").format(found.right, found.n)
    return f"{figures.samples}" if figures.samples else ""


def what(figures: Figures, run: Run | None, found: Share, where: str) -> str:
    """What the large number is of. ``where`` is "board", "emulator" or "replay"."""
    labelled = run.accuracy is not None if run is not None else bool(figures.accuracy.n)
    if labelled:
        return {
            "board": _tr("accuracy on the board"),
            "emulator": _tr("accuracy on the emulator"),
            "replay": _tr("accuracy in the recording"),
        }[where]
    if found.n:
        return _tr("samples come out as simulated")
    return _tr("samples without labels") if figures.samples else ""


def band(found: Share) -> str:
    """The interval of a share; nothing without samples."""
    if not found.n:
        return ""
    half = 50 * (found.high - found.low)
    return _tr("± {0:.1f} · {1:.1f} – {2:.1f} %").format(half, 100 * found.low, 100 * found.high)


def band_tip(found: Share) -> str:
    """The same in a sentence."""
    if not found.n:
        return ""
    text = _tr(
        "{0} of {1}. With as many samples of the same kind, the true share lies between {2:.1f}"
        " and {3:.1f} % in 95 of 100 cases (Wilson's interval)."
    )
    return text.format(found.right, found.n, 100 * found.low, 100 * found.high)


def facts(
    figures: Figures,
    simulation: Simulation | None,
    total: int | None,
    before: Share | None,
    dropped: int,
) -> list[Fact]:
    """The figures beside the large number, the most wanted first."""
    count = f"{figures.samples}"
    if total is not None:
        count = _tr("{0} of {1}").format(figures.samples, total)
    found = [Fact("samples", _tr("samples"), count)]
    if simulation is not None and simulation.accuracy_integer is not None:
        found.append(Fact("simulated", _tr("simulated"), percent(simulation.accuracy_integer)))
    if simulation is not None and simulation.accuracy_float is not None:
        found.append(Fact("float", _tr("float"), percent(simulation.accuracy_float)))
    if before is not None and before.n:
        tip = _tr("The run before: {0} of {1} samples right").format(before.right, before.n)
        found.append(Fact("before", _tr("before"), percent(before.value), tip))
    if figures.newest.n and figures.accuracy.n > figures.newest.n:
        title = _tr("newest {0}").format(figures.newest.n)
        found.append(Fact("newest", title, percent(figures.newest.value)))
    if figures.agreement.n:
        tip = _tr("{0} of {1} results are those of the exact simulator")
        tip = tip.format(figures.agreement.right, figures.agreement.n)
        found.append(Fact("agreement", _tr("as simulated"), exact(figures.agreement), tip))
    if figures.exact.n:
        tip = _tr("{0} of {1} samples have every output as simulated, to the last bit")
        tip = tip.format(figures.exact.right, figures.exact.n)
        found.append(Fact("exact", _tr("exact outputs"), exact(figures.exact), tip))
    return found + _speed(figures) + _odd(figures, dropped)


def percent(value: float) -> str:
    """A share with one decimal; nothing where there is none."""
    return "" if math.isnan(value) else _tr("{0:.1f} %").format(100 * value)


def exact(found: Share) -> str:
    """A share that says 100 % only where all are."""
    tenths = math.floor(1000 * found.value) if found.right < found.n else 1000
    return percent(tenths / 1000)


def _speed(figures: Figures) -> list[Fact]:
    found = []
    if figures.speed.rate is not None:
        rate = figures.speed.rate
        text = f"{rate:.0f}" if rate >= 100 else f"{rate:.1f}"
        tip = _tr("Of the last ten seconds")
        found.append(Fact("rate", _tr("samples/s"), text, tip))
    if not math.isnan(figures.latency.median):
        tip = _tr("From sending a sample to its answer: half are below {0}, 95 of 100 below {1}")
        pair = _pair(figures.latency)
        found.append(Fact("latency", _tr("latency, 95 %"), " · ".join(pair), tip.format(*pair)))
    return found


def _odd(figures: Figures, dropped: int) -> list[Fact]:
    """What should not happen, where it did."""
    found = []
    if figures.repeats:
        tip = _tr("Samples that came again count once, with what they said last.")
        found.append(Fact("repeats", _tr("came again"), f"{figures.repeats}", tip))
    if figures.outside:
        tip = _tr("Labels and results too large for the matrix")
        found.append(Fact("outside", _tr("not in the matrix"), f"{figures.outside}", tip))
    if dropped:
        tip = _tr("Bytes that came faster than they could be shown")
        found.append(Fact("dropped", _tr("bytes not shown"), f"{dropped}", tip))
    return found


def _pair(speed: Speed) -> tuple[str, str]:
    return seconds(speed.median), seconds(speed.percentile95)


def seconds(value: float) -> str:
    """A duration in the unit that suits it."""
    if value < 1e-3:
        return _tr("{0:.0f} us").format(1e6 * value)
    if value < 1.0:
        return _tr("{0:.1f} ms").format(1e3 * value)
    return _tr("{0:.2f} s").format(value)


def _tr(text: str) -> str:
    return QCoreApplication.translate("LiveAccuracy", text)
