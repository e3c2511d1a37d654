"""The heat map: what every cell holds, as images that are made in small pieces.

Pieces come in a pyramid of levels. A pixel of one shows the value farthest from 0 of so many rows
and columns, as an oscilloscope shows peaks: no outlier is lost where several cells share a pixel,
and the painter never reads more than it shows.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph
from PySide6.QtCore import QObject, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from studio.quantize.qnetwork import Int16
from studio.ui.array_paint import ink, on_screen

# Rows and columns that share one pixel, coarsest last. The array has more rows than columns.
LEVELS = ((1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4), (8, 8))
SHOWN = 99  # percent of the values that are not 0 and have a colour of their own
_PIECE = 256  # rows of a piece; a multiple of every level's
_BUDGET = 0.004  # seconds of the event loop that making pieces may take at a time
_LARGEST = 1024  # |value| the tables reach to
_NUMBERED = (34.0, 15.0)  # pixels of a cell whose value is written into it

Pixels = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class _Image:
    """A QImage and the pixels it shows, which it does not keep alive by itself."""

    image: QImage
    pixels: Pixels


class Heat(QObject):
    """Images of blocks' cells, made when they are asked for; ``changed`` when some more are there.

    ``end`` is the value of the last colour: all but 1 % of the cells that are not 0 keep within
    -end..end. 0 until it is known, which takes a pass over all cells.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.end = 0
        self._blocks: tuple[Int16, ...] = ()
        self._colours: Pixels = np.zeros(2 * _LARGEST, np.uint32)
        self._counts: dict[int, tuple[Int16, npt.NDArray[np.int64]]] = {}
        self._images: dict[tuple[int, int, int], tuple[Int16, _Image]] = {}
        self._map: Pixels = np.zeros(1, np.uint32)
        self._wanted: dict[tuple[int, int, int], None] = {}
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._work)

    def set_blocks(self, blocks: Sequence[Int16]) -> None:
        """Show these cells, int16 [rows, columns] each; what was made of the same ones stays."""
        self._blocks = tuple(blocks)
        own = {id(cells) for cells in self._blocks}
        self._counts = {key: kept for key, kept in self._counts.items() if key in own}
        self._images = {key: kept for key, kept in self._images.items() if key[0] in own}
        self._wanted.clear()
        self.end = 0
        self._timer.start()

    def set_colours(self, colours: npt.NDArray[np.uint8]) -> None:
        """[n, 3] colours from -end to end."""
        red, green, blue = (colours[:, part].astype(np.uint32) for part in range(3))
        self._map = (np.uint32(255 << 24) | red << 16 | green << 8 | blue).astype(np.uint32)
        self._images.clear()
        self._wanted.clear()
        self._tint()

    @property
    def busy(self) -> bool:
        """Whether something asked for is not there yet."""
        return self._timer.isActive()

    def ink(self, value: int) -> QColor:
        """What reads well on a value's colour."""
        return ink(f"#{int(self._colours[value + _LARGEST]) & 0xFFFFFF:06x}")

    def image(self, block: int, piece: int, level: int) -> tuple[QImage, int] | None:
        """The image of a piece at a level, or at another one while that is being made."""
        key = id(self._blocks[block])
        found = self._images.get((key, piece, level))
        if found is not None:
            return found[1].image, level
        self._wanted[block, piece, level] = None
        if not self._timer.isActive():
            self._timer.start()
        near = sorted(range(len(LEVELS)), key=lambda other: abs(other - level))
        for other in near:
            found = self._images.get((key, piece, other))
            if found is not None:
                return found[1].image, other
        return None

    def _work(self) -> None:
        """Count or draw for a few milliseconds."""
        stop = time.perf_counter() + _BUDGET
        while time.perf_counter() < stop:
            if not (self._count() if not self.end else self._draw()):
                self._timer.stop()
                self.changed.emit()
                return
        if self.end:
            self.changed.emit()

    def _count(self) -> bool:
        """Count one more block's values; whether there may be more to do."""
        for cells in self._blocks:
            if id(cells) not in self._counts:
                sizes = np.minimum(np.abs(cells), _LARGEST - 1).ravel()
                counts = np.zeros(_LARGEST, np.int64)
                for start in range(0, sizes.size, 2**16):
                    counts += np.bincount(sizes[start : start + 2**16], minlength=_LARGEST)
                self._counts[id(cells)] = cells, counts
                return True
        total = sum((counts for _, counts in self._counts.values()), np.zeros(_LARGEST, np.int64))
        total[0] = 0
        wanted = np.ceil(total.sum() * SHOWN / 100)
        self.end = max(1, int(np.searchsorted(np.cumsum(total), wanted)))
        self._images.clear()
        self._tint()
        return True

    def _tint(self) -> None:
        if self.end:
            values = np.arange(-_LARGEST, _LARGEST) / self.end
            place = np.rint((np.clip(values, -1, 1) + 1) / 2 * (len(self._map) - 1))
            self._colours = self._map[place.astype(np.int64)]

    def _draw(self) -> bool:
        """Make one more image."""
        if not self._wanted:
            return False
        block, piece, level = next(iter(self._wanted))
        del self._wanted[block, piece, level]
        cells = self._blocks[block]
        part = cells[piece * _PIECE : (piece + 1) * _PIECE]
        down, across = LEVELS[level]
        missing = (-part.shape[0] % down, -part.shape[1] % across)
        if any(missing):
            part = np.pad(part, ((0, missing[0]), (0, missing[1])), mode="edge")
        if down * across > 1:
            part = _strongest(part, down, across)
        pixels = np.take(self._colours, part + np.int16(_LARGEST), mode="clip")
        height, width = pixels.shape
        shown = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        self._images[id(cells), piece, level] = cells, _Image(shown, pixels)
        return True


class HeatItem(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Draws a Heat's blocks in their places, with numbers where a cell is large enough."""

    def __init__(self, area: QRectF, heat: Heat) -> None:
        super().__init__()
        self._area = area
        self._heat = heat
        self._places: tuple[tuple[QRectF, Int16], ...] = ()
        self.setZValue(-5)
        heat.changed.connect(self.update)

    def set_places(self, places: Sequence[tuple[QRectF, Int16]]) -> None:
        """Where each block lies, and its cells, which the Heat has in the same order."""
        self._places = tuple(places)
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """All of the area."""
        return self._area

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """What is seen of each block, at the level that the zoom asks for."""
        if not self._heat.end:
            return
        transform = painter.worldTransform()
        screen = on_screen(painter, widget)
        seen = transform.inverted()[0].mapRect(screen)
        ratio = painter.device().devicePixelRatioF()
        across, down = transform.m11(), transform.m22()
        level = _level(1 / (down * ratio), 1 / (across * ratio))
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform, min(across, down) * ratio < 1
        )
        for number, (rect, cells) in enumerate(self._places):
            room = rect.intersected(seen)
            if room.isEmpty():
                continue
            # Whole cells: what is painted must not grow with the zoom.
            left, right = int(room.left() - rect.left()), _up(room.right() - rect.left())
            top, bottom = int(room.top() - rect.top()), _up(room.bottom() - rect.top())
            for piece in range(top // _PIECE, -(-bottom // _PIECE)):
                found = self._heat.image(number, piece, level)
                if found is None:
                    continue
                first = max(top, piece * _PIECE)
                last = min(bottom, (piece + 1) * _PIECE)
                own = QRectF(left, first, right - left, last - first)
                target = transform.mapRect(own.translated(rect.topLeft()))
                rows, columns = LEVELS[found[1]]
                source = QRectF(
                    left / columns,
                    (first - piece * _PIECE) / rows,
                    own.width() / columns,
                    own.height() / rows,
                )
                painter.drawImage(_whole(target), found[0], source)
            if across >= _NUMBERED[0] and down >= _NUMBERED[1]:
                corner = transform.map(rect.topLeft())
                spots = (left, right, top, bottom)
                self._number(painter, cells, spots, (corner.x(), corner.y(), across, down))
        painter.restore()

    def _number(
        self,
        painter: QPainter,
        cells: Int16,
        spots: tuple[int, int, int, int],
        place: tuple[float, float, float, float],
    ) -> None:
        """Write the values of the cells ``left, right, top, bottom`` of a block into them."""
        left, right, top, bottom = spots
        x, y, across, down = place
        for row in range(top, min(bottom, cells.shape[0])):
            for column in range(left, min(right, cells.shape[1])):
                value = int(cells[row, column])
                room = QRectF(x + column * across, y + row * down, across, down)
                painter.setPen(self._heat.ink(value))
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, str(value))


def _strongest(cells: Int16, down: int, across: int) -> Int16:
    """Of each ``down`` x ``across`` cells the value farthest from 0."""
    spots = [(row, column) for row in range(down) for column in range(across)]
    parts = [cells[row::down, column::across] for row, column in spots]
    high, low = parts[0].copy(), parts[0].copy()
    for part in parts[1:]:
        np.maximum(high, part, out=high)
        np.minimum(low, part, out=low)
    found: Int16 = np.where(high >= -low, high, low)
    return found


def _level(rows: float, columns: float) -> int:
    """The coarsest level with no more rows and columns a pixel than these."""
    fitting = [n for n, (r, c) in enumerate(LEVELS) if r <= max(1, rows) and c <= max(1, columns)]
    return fitting[-1]


def _up(value: float) -> int:
    return -int(-value // 1)


def _whole(rect: QRectF) -> QRectF:
    """On whole pixels, so that neighbours meet without a seam."""
    left, top = round(rect.left()), round(rect.top())
    right, bottom = max(left + 1, round(rect.right())), max(top + 1, round(rect.bottom()))
    return QRectF(QRect(left, top, right - left, bottom - top))
