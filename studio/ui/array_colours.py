"""What the array is coloured by, and what the colours mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyqtgraph
from PySide6.QtCore import QCoreApplication

from studio.simulate.errors import MOST_DB
from studio.ui import layer_colours, theme
from studio.ui.workspace import Workspace

Mode = Literal["layer", "value", "snr", "cosine", "noise"]
MODES: tuple[Mode, ...] = ("layer", "value", "snr", "cosine", "noise")

Colours = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Scale:
    """What blocks are coloured by: ``colours`` ``#rrggbb`` and ``texts`` the figures, by layer.

    ``ramp``: [n, 3] from ``low`` to ``high``, None where every layer has a colour of its own.
    ``title`` names the figure. ``missing`` says why there are no figures ("": there are).
    """

    colours: Mapping[str, str]
    texts: Mapping[str, str]
    ramp: Colours | None
    low: str
    high: str
    title: str
    missing: str = ""


def name(mode: Mode) -> str:
    """A mode as the selector has it."""
    return {
        "layer": _tr("Layer"),
        "value": _tr("Weight value"),
        "snr": _tr("Error (SNR)"),
        "cosine": _tr("Error (cosine)"),
        "noise": _tr("Noise"),
    }[mode]


def explain(mode: Mode) -> str:
    """What a mode shows, in a sentence."""
    return {
        "layer": _tr("One colour for each layer."),
        "value": _tr("What every cell holds. Where several share a pixel, it shows the largest."),
        "snr": _tr("Signal-to-noise ratio of each layer against the float model."),
        "cosine": _tr("Cosine similarity of each layer to the float model."),
        "noise": _tr("How much of the result the noise of each layer alone takes."),
    }[mode]


def diverging() -> Colours:
    """Colours for values from minus to plus, quiet at zero; for the theme in force."""
    return _map(theme.current().diverging)


def _sequential() -> Colours:
    """The stronger the worse; without the end that would vanish in the ground."""
    own = _map(theme.current().sequential)
    return own[35:225] if theme.current().dark else own[30:]


def _map(key: str) -> Colours:
    table: Colours = pyqtgraph.colormap.get(key).getLookupTable(nPts=256, alpha=False)
    return table.astype(np.uint8)


def of(mode: Mode, workspace: Workspace) -> Scale:
    """What the workspace knows in that mode."""
    if mode == "layer":
        return Scale(layer_colours.of(workspace), {}, None, "", "", "")
    if mode == "value":
        return Scale({}, {}, diverging(), "", "", _tr("weight"))
    if mode == "noise":
        return _noise(workspace)
    return _error(mode, workspace)


def _error(mode: Mode, workspace: Workspace) -> Scale:
    report, title = workspace.comparison, _tr("SNR") if mode == "snr" else _tr("cosine")
    if report is None:
        return _nothing(title, _tr("Layers have not been compared with the float model yet."))
    found = {own.name: own.single for own in report.layers if own.single is not None}
    if not found:
        return _nothing(title, _tr("There is no float model to compare the layers with."))
    if mode == "snr":
        return _scale(
            {layer: -errors.snr for layer, errors in found.items()},
            lambda value: _tr("{0:.1f} dB").format(-value) if -value < MOST_DB else _tr("exact"),
            title,
        )
    return _scale({layer: -e.cosine for layer, e in found.items()}, lambda v: f"{-v:.5f}", title)


def _noise(workspace: Workspace) -> Scale:
    study, title = workspace.study, _tr("loss")
    if study is None:
        return _nothing(title, _tr("Noise has not been studied yet."))
    found = study.sensitivity()
    if not found:
        return _nothing(title, _tr("The last noise study did not look at single layers."))
    kinds = {
        "accuracy": _tr("accuracy lost"),
        "agreement": _tr("agreement lost"),
        "cosine": _tr("cosine lost"),
    }
    return _scale(found, lambda value: f"{100 * max(0.0, value):.2f} %", kinds[study.measure])


def _scale(figures: Mapping[str, float], write: Callable[[float], str], title: str) -> Scale:
    """Colours between the least and the largest figure; the largest is the worst."""
    ramp = _sequential()
    low, high = min(figures.values()), max(figures.values())
    span = high - low or 1.0
    place = {
        layer: round((value - low) / span * (len(ramp) - 1)) for layer, value in figures.items()
    }
    colours = {layer: "#{:02x}{:02x}{:02x}".format(*ramp[at]) for layer, at in place.items()}
    texts = {layer: write(value) for layer, value in figures.items()}
    return Scale(colours, texts, ramp, write(low), write(high), title)


def _nothing(title: str, missing: str) -> Scale:
    return Scale({}, {}, None, "", "", title, missing)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ArrayColours", text)
