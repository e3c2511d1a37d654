"""What all parts of the picture draw on: the figure, its texts and ticks, the values' colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from matplotlib.transforms import Transform

from studio.chip.chip import Chip
from studio.mapper.picture_labels import Box
from studio.mapper.picture_style import Ruler, Style
from studio.mapper.problem import Occupied

TICK = 6.5  # points, as all lengths here


@dataclass(frozen=True)
class Norm:
    """The colours of values, from minus to plus the same; ``beyond``: some values are larger."""

    colours: CenteredNorm
    beyond: bool


Norms = tuple[Norm | None, Norm | None]  # of weights and of bias cells; None where all are 0


@dataclass(frozen=True)
class Sheet:
    """What every part of the drawing needs.

    ``first`` is the first column that may be used, ``occupied`` what earlier layouts hold.
    """

    figure: Figure
    points: Transform
    height: float
    chip: Chip
    first: int
    occupied: tuple[Occupied, ...]
    style: Style
    ruler: Ruler

    def axes(self, box: Box) -> Axes:
        """Axes over ``box``."""
        width = self.figure.get_figwidth() * 72
        bottom = 1 - (box.y + box.height) / self.height
        place = (box.x / width, bottom, box.width / width, box.height / self.height)
        return self.figure.add_axes(place, facecolor=self.style.ground)


def write(
    sheet: Sheet, x: float, y: float, text: str, size: float, colour: str, **more: Any
) -> None:
    """Text on the figure; ``y`` is its base line."""
    own: dict[str, Any] = {"ha": "left", "va": "baseline", "rotation_mode": "anchor"} | more
    sheet.figure.text(x, y, text, transform=sheet.points, size=size, color=colour, **own)


def style_ticks(axes: Axes, style: Style) -> None:
    """Quiet ticks and a thin frame."""
    axes.tick_params(
        colors=style.muted, labelsize=TICK, length=3, width=0.6, pad=2, labelcolor=style.muted
    )
    for spine in axes.spines.values():
        spine.set_color(style.muted)
        spine.set_linewidth(0.6)
