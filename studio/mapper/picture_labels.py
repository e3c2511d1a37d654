"""Where the picture's labels go: inside their blocks, or beside them with a leader.

All lengths are points, from the top left of one array, down and to the right.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.mapper.picture_style import Ruler

LINE = 1.25  # a line's height over its size
_SIZES = (8.0, 7.5, 7.0, 6.5, 6.0)
_NUMBER_SIZES = (7.0, 6.5, 6.0, 5.5, 5.0)
_SHORT = 5.0  # em that a shortened name must at least have
_PAD = 2.0
_FARTHEST = 66  # points from a block to a label beside it
_SLACK = 1.06  # for the font of who opens the SVG


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Caption:
    """What may be said in a box: a number, a name that may be shortened, and details."""

    number: str
    name: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """Lines of text in a box; ``turned`` reads upwards. ``leader`` is where its line ends."""

    lines: tuple[str, ...]
    size: float
    box: Box
    turned: bool = False
    leader: tuple[float, float] | None = None


def place(
    boxes: Sequence[Box],
    captions: Sequence[Caption],
    area: Box,
    ruler: Ruler,
    walls: Sequence[Box] = (),
) -> list[Label]:
    """Labels for the boxes in ``area``, none over another and none cut.

    A box without room for any text gets its number beside it, where there is free space near;
    where there is none, it gets no label. Neither a label beside a box nor its leader touches
    one of the ``walls``.
    """
    found = [inside(box, caption, ruler) for box, caption in zip(boxes, captions, strict=True)]
    labels = [label for label in found if label is not None]
    if len(labels) == len(boxes):
        return labels
    owner = np.full((math.ceil(area.height), math.ceil(area.width)), -1, np.int32)
    for number, box in enumerate(boxes):
        owner[_pixels(box)] = number
    for wall in walls:
        owner[_pixels(wall)] = len(boxes)
    for number, (box, caption) in enumerate(zip(boxes, captions, strict=True)):
        if found[number] is None:
            label = _beside(number, box, caption, owner, area, ruler)
            if label is not None:
                labels.append(label)
                owner[_pixels(label.box)] = len(boxes)
    return labels


def inside(box: Box, caption: Caption, ruler: Ruler) -> Label | None:
    """The fullest label that fits the box, as large as it fits; None when not even the number."""
    head, details = f"{caption.number}  {caption.name}", caption.details
    full = [(head, *details), (head, " · ".join(details))] if details else []
    for lines in full:
        if label := _fit(box, lines, _SIZES, ruler):
            return label
    smallest = _SIZES[-1]
    for turned in (False, True):
        long = box.height if turned else box.width
        room = (long - 2 * _PAD) / smallest / _SLACK - ruler.width(f"{caption.number}  ")
        if room < _SHORT:
            continue
        short = f"{caption.number}  {ruler.shorten(caption.name, room)}"
        variants = [(short, *details), (short, " · ".join(details)), (short, *details[:1])]
        for lines in [*variants, (head,), (short,)]:
            if label := _fit(box, lines, _SIZES, ruler, (turned,)):
                return label
    return _fit(box, (caption.number,), _NUMBER_SIZES, ruler)


def _fit(
    box: Box,
    lines: Sequence[str],
    sizes: Sequence[float],
    ruler: Ruler,
    ways: Sequence[bool] = (False, True),
) -> Label | None:
    """These lines at the largest size that fits, upright if possible."""
    lines = tuple(line for line in lines if line)
    width = max(ruler.width(line) for line in lines) * _SLACK
    for turned in ways:
        long, high = (box.height, box.width) if turned else (box.width, box.height)
        pad = _PAD if len(lines) > 1 or len(lines[0]) > 3 else 1.0
        for size in sizes:
            need = _height(lines, size) + (0.4 if len(lines) == 1 else pad)
            if width * size + 2 * pad <= long and need <= high:
                return Label(lines, size, _around(box.middle, lines, size, width, turned), turned)
    return None


def _height(lines: Sequence[str], size: float) -> float:
    """Lines with leading; a line alone needs none."""
    return size if len(lines) == 1 else len(lines) * LINE * size


def _around(
    middle: tuple[float, float], lines: Sequence[str], size: float, width: float, turned: bool
) -> Box:
    """The box of a text around ``middle``."""
    long, high = width * size, _height(lines, size)
    w, h = (high, long) if turned else (long, high)
    return Box(middle[0] - w / 2, middle[1] - h / 2, w, h)


def _beside(
    number: int,
    box: Box,
    caption: Caption,
    owner: npt.NDArray[np.int32],
    area: Box,
    ruler: Ruler,
) -> Label | None:
    """Number and name, or the number alone, in the nearest free space, with a leader to the box.

    ``owner`` says what each point of the area shows: a box, a label (a number that is no box's),
    or -1.
    """
    size = _SIZES[-1]
    short = ruler.shorten(caption.name, 14)
    middle_x, middle_y = box.middle
    for text in (f"{caption.number}  {short}", caption.number):
        width, height = ruler.width(text) * _SLACK * size + 2, LINE * size
        for distance, step in itertools.product(range(6, _FARTHEST, 3), range(16)):
            angle = 2 * math.pi * step / 16
            dx, dy = math.cos(angle), math.sin(angle)
            x = middle_x + dx * (distance + (box.width + width) / 2)
            y = middle_y + dy * (distance + (box.height + height) / 2)
            spot = Box(x - width / 2, y - height / 2, width, height)
            if not _within(spot, area) or (owner[_pixels(spot, 1)] >= 0).any():
                continue
            # The leader ends at the label's nearest edge.
            end = (
                min(max(middle_x, spot.x), spot.x + width),
                min(max(middle_y, spot.y), spot.y + height),
            )
            if _clear(owner, (middle_x, middle_y), end, number):
                return Label((text,), size, spot, leader=(middle_x, middle_y))
    return None


def _within(box: Box, area: Box) -> bool:
    return (
        box.x >= 2
        and box.y >= 2
        and box.x + box.width <= area.width - 2
        and box.y + box.height <= area.height - 2
    )


def _pixels(box: Box, margin: int = 0) -> tuple[slice, slice]:
    """The points of a raster that a box touches, at least one, with a margin."""
    top, left = max(0, math.floor(box.y) - margin), max(0, math.floor(box.x) - margin)
    bottom = max(math.ceil(box.y + box.height), math.floor(box.y) + 1) + margin
    right = max(math.ceil(box.x + box.width), math.floor(box.x) + 1) + margin
    return slice(top, bottom), slice(left, right)


def _clear(
    owner: npt.NDArray[np.int32],
    start: tuple[float, float],
    end: tuple[float, float],
    number: int,
) -> bool:
    """Whether a line crosses nothing but free space and box ``number``."""
    steps = np.linspace(0, 1, 2 + int(math.dist(start, end)))
    rows = (start[1] + steps * (end[1] - start[1])).astype(int)
    columns = (start[0] + steps * (end[0] - start[0])).astype(int)
    inside_area = (rows < owner.shape[0]) & (columns < owner.shape[1])
    met = owner[rows[inside_area], columns[inside_area]]
    return bool(((met < 0) | (met == number)).all())
