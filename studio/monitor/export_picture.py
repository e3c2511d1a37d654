"""Curves as a picture for reports and slides: SVG or PNG, made by matplotlib without a screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from studio.mapper.picture_file import printable, write
from studio.monitor.batch import Points

if TYPE_CHECKING:
    from studio.mapper.picture_style import Style

MOST = 40  # curves in a picture; the first ones
_DPI = 150.0
_PIECES = 1500  # of a curve; each keeps its least and its greatest value
_NAME = 32  # letters of a name in the legend


def save(
    path: Path,
    series: Mapping[str, Points],
    title: str = "",
    *,
    dark: bool = False,
    size: tuple[float, float] = (9.0, 4.5),
    apart: bool = False,
) -> None:
    """Draw the curves over the seconds since the first value; ``size`` in inches.

    Curves of a unit share a panel, of ``size`` the one and less each of several. With ``apart``
    each has a small panel of its own, two in a row. The same curves give the same bytes
    where the same fonts are installed. Raises StudioError for another ending than .svg or .png,
    ProjectError where it cannot be written.
    """
    from studio.mapper.picture_style import style  # noqa: PLC0415 - imports matplotlib

    own = style(dark)
    settings = {
        "font.size": 8.0,
        "text.color": own.ink,
        "axes.edgecolor": own.line,
        "axes.labelcolor": own.muted,
        "axes.titlecolor": own.ink,
        "axes.facecolor": own.page,
        "xtick.color": own.muted,
        "ytick.color": own.muted,
    }
    shown = dict(list(series.items())[:MOST])
    write(path, "plot", title, settings, _DPI, lambda: _figure(shown, title, own, size, apart))


def thin(points: Points, pieces: int = _PIECES) -> Points:
    """At most 2 * ``pieces`` of the points, with the least and the greatest of each stretch.

    What is no number is left out where there are more.
    """
    finite = np.isfinite(points.values)
    if len(points.values) > 2 * pieces and not finite.all():
        points = Points(points.times[finite], points.values[finite], points.unit)
    count = len(points.values)
    if count <= 2 * pieces:
        return points
    edges = np.linspace(0, count, pieces + 1).astype(np.int64)
    # Where the extremes are, by a stable sort of each stretch's values.
    stretch = np.repeat(np.arange(pieces), np.diff(edges))
    order = np.lexsort((points.values, stretch))
    kept = np.unique(np.concatenate([order[edges[:-1]], order[edges[1:] - 1]]))
    return Points(points.times[kept], points.values[kept], points.unit)


def _figure(
    series: Mapping[str, Points], title: str, own: Style, size: tuple[float, float], apart: bool
) -> Any:
    from matplotlib.figure import Figure  # noqa: PLC0415

    units = list(dict.fromkeys(points.unit for points in series.values())) or [""]
    rows, columns = ((len(series) + 1) // 2 or 1, 2) if apart else (len(units), 1)
    height = 1.25 * rows + 0.4 if apart else size[1] * max(1.0, 0.55 * rows)
    figure = Figure(figsize=(size[0], height), facecolor=own.page, layout="constrained")
    panels: Any = figure.subplots(rows, columns, sharex=True, squeeze=False).flatten()
    starts = [points.times[0] for points in series.values() if len(points.times)]
    start = float(min(starts, default=0.0))
    colours = len(own.edges) // 2  # the second half repeats the first
    for number, (name, points) in enumerate(series.items()):
        axes = panels[number if apart else units.index(points.unit)]
        few = thin(points)
        axes.plot(
            few.times - start,
            few.values,
            color=own.edges[number % colours],
            linewidth=0.9,
            linestyle=("-", "--", ":", "-.")[number // colours % 4],
            marker="." if len(few.times) <= 60 else None,
            markersize=3,
            label=_short(name),
        )
        if apart:
            axes.set_title(_short(name), loc="left", fontsize=8)
        axes.set_ylabel(printable(points.unit))
    for axes in panels:
        axes.grid(color=own.line, linewidth=0.4, alpha=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        if axes.lines and not apart:
            axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=7)
    for axes in panels[len(series) if apart else rows :]:
        axes.set_visible(False)
    when = datetime.fromtimestamp(start).strftime("%Y-%m-%d %H:%M:%S") if starts else ""
    for axes in panels[-columns:]:
        axes.set_xlabel(f"s since {when}" if when else "s")
    if apart and len(series) % 2 and len(series) > 1:  # nothing below it says what x is
        panels[len(series) - 2].tick_params(labelbottom=True)
    if title:
        figure.suptitle(printable(title), fontsize=10)
    return figure


def _short(name: str) -> str:
    text = printable(name) or "?"
    text = text if len(text) <= _NAME else f"{text[: _NAME - 1]}…"
    # matplotlib leaves labels out that begin so.
    return f" {text}" if text.startswith("_") else text
