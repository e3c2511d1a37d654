"""Graphics items that draw a part of the array: its ground, and rectangles with labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyqtgraph
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from studio.ui import theme
from studio.ui.array_labels import Labels
from studio.ui.array_paint import hatch, on_screen, pin

_SEEN = 3  # device independent pixels a block takes at least
_EDGED = 6  # blocks smaller than this have no edge
_MARGIN = 4  # between a label and its rectangle's edge
_DIMMED = 0.62  # how far what is not selected goes towards the ground


@dataclass(frozen=True)
class Patch:
    """One rectangle in drawing coordinates; ``lines`` is its label.

    Without a ``colour`` it is only outlined, because a heat map lies below it. ``hatched`` ones
    are held by something else.
    """

    rect: QRectF
    colour: str
    lines: tuple[str, ...] = ()
    hatched: bool = False


@dataclass(frozen=True)
class Marks:
    """What is special about which patches, by index.

    ``chosen`` ones are selected and the others dimmed, ``current`` is the one that keys act on,
    ``lifted`` is being moved, ``blocked`` ones are in its way.
    """

    hover: int | None = None
    current: int | None = None
    lifted: int | None = None
    chosen: frozenset[int] = frozenset()
    pinned: frozenset[int] = frozenset()
    blocked: frozenset[int] = frozenset()


class Ground(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """The cells themselves: free ones, reserved ones hatched, and lines between banks.

    ``area`` and ``reserved`` are rectangles, ``banks`` first rows and names, top to bottom.
    """

    def __init__(self, area: QRectF, reserved: QRectF, banks: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self._area = area
        self._reserved = reserved
        self._banks = tuple(banks)
        self.setZValue(-10)

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """All of the area."""
        return self._area

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Fill, hatch in screen space, and rule."""
        colours = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(self._area, QColor(colours.window))
        painter.fillRect(self._reserved, QColor(colours.raised))
        edge = QPen(QColor(colours.border), 1)
        edge.setCosmetic(True)
        painter.setPen(edge)
        painter.drawRect(self._area)
        hatch(painter, self._reserved, QColor(colours.border), widget)
        strong = QPen(QColor(colours.muted), 1)
        strong.setCosmetic(True)
        painter.setPen(strong)
        for row, _ in self._banks[1:]:
            painter.drawLine(QLineF(self._area.left(), row, self._area.right(), row))
        self._name_banks(painter, widget)

    def _name_banks(self, painter: QPainter, widget: QWidget | None) -> None:
        """Going up in the reserved columns, which blocks leave free; else in the lower corner."""
        transform, screen = painter.worldTransform(), on_screen(painter, widget)
        height = painter.fontMetrics().height()
        side = transform.mapRect(self._reserved)
        painter.save()
        painter.resetTransform()
        ends = [row for row, _ in self._banks[1:]] + [self._area.bottom()]
        for (row, name), end in zip(self._banks, ends, strict=False):
            bank = QRectF(self._area.left(), row, self._area.width(), end - row)
            room = transform.mapRect(bank).intersected(screen)
            if side.width() < height + 4:
                room.adjust(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
                corner = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
                painter.drawText(room, corner, name)
                continue
            room = room.intersected(side)
            width = painter.fontMetrics().horizontalAdvance(name) + 12
            if room.height() < width or room.width() < height:
                continue
            painter.save()
            painter.translate(room.center())
            painter.rotate(-90)
            plate = QRectF(-width / 2, -height / 2 - 1, width, height + 2)
            painter.fillRect(plate, QColor(theme.current().raised))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, name)
            painter.restore()
        painter.restore()


class Patches(pyqtgraph.GraphicsObject):  # type: ignore[misc]  # pyqtgraph has no types
    """Coloured rectangles; a label shows where its rectangle is large enough for it."""

    def __init__(self, area: QRectF) -> None:
        super().__init__()
        self._area = area
        self._patches: tuple[Patch, ...] = ()
        self._edges: npt.NDArray[np.float64] = np.zeros((0, 4))
        self._labels = Labels()
        self.marks = Marks()

    def set_patches(self, patches: Sequence[Patch]) -> None:
        """Draw these and no others."""
        self._patches = tuple(patches)
        rects = [(p.rect.left(), p.rect.top(), p.rect.right(), p.rect.bottom()) for p in patches]
        self._edges = np.array(rects, np.float64).reshape(-1, 4)
        self._labels.forget()
        self.marks = Marks()
        self.update()

    def set_marks(self, marks: Marks) -> None:
        """Outline, dim and sign as ``marks`` says."""
        if marks != self.marks:
            self.marks = marks
            self.update()

    def at(self, point: QPointF) -> int | None:
        """The index of the patch over a point in drawing coordinates."""
        # A cell belongs to one block only: the far edges are the next one's.
        x, y = point.x(), point.y()
        left, top, right, bottom = self._edges.T
        found = np.flatnonzero((left <= x) & (x < right) & (top <= y) & (y < bottom))
        return int(found[0]) if found.size else None

    def boundingRect(self) -> QRectF:  # noqa: N802  (Qt's name)
        """All of the area, whatever lies on it."""
        return self._area

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Rectangles, outlines and labels, all in whole pixels of the screen; what is seen only."""
        transform, screen = painter.worldTransform(), on_screen(painter, widget)
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        seen = self._seen(transform.m11(), transform.dx(), transform.m22(), transform.dy(), screen)
        self._fill(painter, seen)
        self._labels.paint(painter, self._patches, seen, screen, self._is_dim)
        self._outline(painter, seen)
        painter.restore()
        if self._labels.unfinished:
            QTimer.singleShot(0, self, self.update)

    def _seen(
        self, across: float, x: float, down: float, y: float, screen: QRectF
    ) -> dict[int, QRect]:
        """The visible patches on the screen; not larger than needed to look right."""
        edges = np.rint(self._edges * (across, down, across, down) + (x, y, x, y))
        far = (screen.right() + 8, screen.bottom() + 8)
        inside = (edges[:, 2] >= screen.left()) & (edges[:, 0] <= far[0])
        inside &= (edges[:, 3] >= screen.top()) & (edges[:, 1] <= far[1])
        inside &= self._edges[:, 3] > self._edges[:, 1]  # without bias rows it is not in the strip
        edges[:, 2:] = np.maximum(edges[:, 2:], edges[:, :2] + _SEEN)
        low, high = (screen.left() - 8, screen.top() - 8), far
        np.clip(edges, (*low, *low), (*high, *high), out=edges)
        numbers = np.flatnonzero(inside).tolist()
        corners = edges[inside].astype(np.int64).tolist()
        return {
            number: QRect(left, top, right - left, bottom - top)
            for number, (left, top, right, bottom) in zip(numbers, corners, strict=True)
        }

    def _is_dim(self, index: int) -> bool:
        """Whether something else is selected."""
        return bool(self.marks.chosen) and index not in self.marks.chosen

    def _fill(self, painter: QPainter, seen: dict[int, QRect]) -> None:
        colours = theme.current()
        edge = QColor(colours.base)
        groups: dict[tuple[str, bool, bool], list[QRect]] = {}
        for index, rect in seen.items():
            patch = self._patches[index]
            if index == self.marks.lifted:
                continue
            # On a block of a few pixels the edge would be all there is to see.
            edged = min(rect.width(), rect.height()) > _EDGED
            group = groups.setdefault((patch.colour, self._is_dim(index), edged), [])
            group.append(rect if edged else rect.adjusted(0, 0, -1, -1))
            if patch.hatched:
                painter.fillRect(rect, QColor(patch.colour or colours.border))
        for (colour, dim, edged), rects in groups.items():
            fill = QColor(colour) if colour else QColor(Qt.GlobalColor.transparent)
            if dim:
                part, alpha = (_DIMMED, 1.0) if colour else (1.0, 0.5)
                fill = theme.blend(fill, edge, part, alpha)
            painter.setBrush(fill)
            painter.setPen(QPen(edge if edged else fill, 1))
            painter.drawRects(rects)
        for index, rect in seen.items():
            if self._patches[index].hatched and index != self.marks.lifted:
                lines = theme.blend(QColor(colours.muted), QColor(colours.border), 0.5)
                hatch(painter, QRectF(rect), lines, None, both=True)

    def _outline(self, painter: QPainter, seen: dict[int, QRect]) -> None:
        colours, marks = theme.current(), self.marks
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index in marks.chosen & seen.keys():
            painter.setPen(QPen(QColor(colours.text), 2))
            painter.drawRect(seen[index])
        for index in marks.blocked & seen.keys():
            red = QColor(colours.bad)
            painter.fillRect(seen[index], theme.blend(red, red, 0, 0.25))
            painter.setPen(QPen(QColor(colours.bad), 2, Qt.PenStyle.DashLine))
            painter.drawRect(seen[index])
        if marks.current is not None and marks.current in seen:
            rect = seen[marks.current]
            for inset, colour, width in ((0, colours.accent, 3), (2, colours.base, 1)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(rect.adjusted(inset, inset, -inset, -inset))
        if marks.hover is not None and marks.hover in seen:
            painter.setPen(QPen(QColor(colours.text), 2 if marks.hover != marks.current else 1))
            painter.drawRect(seen[marks.hover])
        if marks.lifted is not None and marks.lifted in seen:
            painter.setPen(QPen(QColor(colours.muted), 1, Qt.PenStyle.DashLine))
            painter.drawRect(seen[marks.lifted])
        for index in marks.pinned & seen.keys():
            pin(painter, seen[index])
