"""Pictures of a study: the chips' accuracies, what each layer's noise costs, how layers match."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from studio.mapper.picture_file import printable, write
from studio.simulate.noise_study import Study

if TYPE_CHECKING:
    from studio.mapper.picture_style import Style

_DPI = 150.0
_MOST_LAYERS = 24  # shown; the others hurt less
_NAME = 28  # letters of a layer's name


def save(study: Study, path: Path, *, dark: bool = False) -> None:
    """Draw the study into an .svg or .png; the same study gives the same bytes.

    Raises StudioError for another ending, ProjectError where it cannot be written.
    """
    from studio.mapper.picture_style import style  # noqa: PLC0415 - imports matplotlib

    own = style(dark)
    settings = {
        "font.size": 8.0,
        "text.color": own.ink,
        "axes.edgecolor": own.line,
        "axes.labelcolor": own.muted,
        "axes.titlecolor": own.ink,
        "axes.titlesize": 9.0,
        "axes.facecolor": own.page,
        "xtick.color": own.muted,
        "ytick.color": own.muted,
    }
    write(path, "plot", study.network, settings, _DPI, lambda: _figure(study, own))


def _figure(study: Study, own: Style) -> Any:
    from matplotlib.figure import Figure  # noqa: PLC0415

    lines = min(_MOST_LAYERS, max(len(study.layers), len(study.traced), 3))
    figure = Figure(figsize=(9.0, 4.2 + 0.17 * lines), facecolor=own.page, layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=(2.4, 1.6 + 0.17 * lines))
    top, bottom = parts
    for part in (top, bottom):
        part.set_facecolor(own.page)
    top.suptitle(
        f"{printable(study.network)}: {len(study.scores)} chips of {study.model.name}, "
        f"{study.samples} samples",
        fontsize=10,
    )
    _histogram(top.subplots(), study, own)
    left, right = bottom.subplots(1, 2)
    _sensitivity(left, study, own)
    _correlation(right, study, own)
    return figure


def _histogram(axes: Any, study: Study, own: Style) -> None:
    """How many chips reach which score; the exact simulator and the yield's threshold marked."""
    scores = study.scores[~np.isnan(study.scores)]
    ends = [*scores, study.exact]
    low, high = float(min(ends)), float(max(ends))
    room = max(high - low, 1e-3)
    edges = np.linspace(low - 0.02 * room, high + 0.02 * room, 31)
    axes.hist(scores, bins=edges, color=own.fills[0], edgecolor=own.edges[0], linewidth=0.6)
    share, *_ = study.yields()
    axes.axvline(study.exact, color=own.ink, linewidth=1.2, label=f"exact {study.exact:.2%}")
    if low - room < study.threshold < high + room:
        axes.axvline(
            study.threshold,
            color=own.edges[1],
            linestyle="--",
            linewidth=1.2,
            label=f"yield {share:.1%} at {study.threshold:.2%}",
        )
    if scores.size:
        axes.axvline(
            scores.mean(),
            color=own.edges[0],
            linestyle=":",
            linewidth=1.2,
            label=f"mean {scores.mean():.2%}, worst {scores.min():.2%}",
        )
    axes.set_xlabel(study.measure if study.measure == "accuracy" else f"{study.measure} with exact")
    axes.set_ylabel("chips")
    _percent(axes, 8)
    axes.legend(frameon=False, ncols=3, loc="lower right", bbox_to_anchor=(1.0, 1.0), borderpad=0)


def _sensitivity(axes: Any, study: Study, own: Style) -> None:
    """What noise in one layer only takes from the measure, the worst layer on top."""
    axes.set_title("loss with noise in one layer only", loc="left")
    found = list(study.sensitivity().items())[:_MOST_LAYERS]
    if not found:
        _empty(axes, own)
        return
    places = np.arange(len(found))
    axes.barh(places, [loss for _, loss in found], color=own.fills[1], edgecolor=own.edges[1])
    axes.axvline(0, color=own.line, linewidth=0.8)
    _names(axes, [name for name, _ in found])
    axes.set_xlabel(f"loss of {study.measure}")
    _percent(axes, 5)


def _correlation(axes: Any, study: Study, own: Style) -> None:
    """Correlation of layer results with the exact ones, mean and range of the traced chips."""
    axes.set_title("correlation with the exact results", loc="left")
    if not study.correlation.size:
        _empty(axes, own)
        return
    found = study.correlation[:, :_MOST_LAYERS]
    places = np.arange(found.shape[1])
    mean = found.mean(axis=0)
    axes.hlines(places, found.min(axis=0), found.max(axis=0), color=own.edges[2], linewidth=2)
    axes.plot(mean, places, "o", color=own.edges[2], markersize=4)
    _names(axes, list(study.traced[:_MOST_LAYERS]))
    axes.set_xlabel("correlation, in execution order")
    axes.locator_params(axis="x", nbins=6)


def _percent(axes: Any, most: int) -> None:
    """At most so many marks along x, fractions as percent."""
    from matplotlib.ticker import PercentFormatter  # noqa: PLC0415

    axes.locator_params(axis="x", nbins=most)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))


def _names(axes: Any, names: list[str]) -> None:
    clean = map(printable, names)
    short = [name if len(name) <= _NAME else f"...{name[3 - _NAME :]}" for name in clean]
    axes.set_yticks(range(len(names)), short)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _empty(axes: Any, own: Style) -> None:
    axes.text(0.5, 0.5, "not studied", ha="center", va="center", color=own.muted)
    axes.set_xticks([])
    axes.set_yticks([])
