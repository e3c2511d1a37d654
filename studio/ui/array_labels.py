"""Names on the blocks, where there is room for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText

from studio.ui import theme
from studio.ui.array_paint import ink

if TYPE_CHECKING:
    from studio.ui.array_item import Patch

_MARGIN = 4
_LARGE = 6  # times the area of its label
_LEAST = 6  # average letters a shortened name must keep
_NEW = 40  # texts laid out in one frame; shaping takes a few hundredths of a millisecond each


def short(names: Iterable[str]) -> dict[str, str]:
    """Names without what all of them begin and end with, in whole parts between slashes.

    ``/features/block1/conv1/Conv`` becomes ``block1/conv1`` among others of its kind.
    """
    parts = {name: name.split("/") for name in names}
    lists = list(parts.values())
    if len(lists) < 2:
        return {name: name for name in parts}
    least = min(map(len, lists)) - 1
    head = next((n for n in range(least) if len({own[n] for own in lists}) > 1), least)
    least -= head
    tail = next((n for n in range(least) if len({own[-1 - n] for own in lists}) > 1), least)
    return {name: "/".join(own[head : len(own) - tail]) or name for name, own in parts.items()}


class Labels:
    """Lays the labels out in whole pixels; what was measured and shaped once is kept."""

    def __init__(self) -> None:
        self._font = QFont()
        self._metrics = QFontMetricsF(self._font)
        self._new = 0
        self._texts: dict[str, tuple[QStaticText, float]] = {}

    @property
    def unfinished(self) -> bool:
        """Whether the last paint left labels out because there were too many new ones."""
        return self._new > _NEW

    def forget(self) -> None:
        """Drop what was measured."""
        self._texts.clear()

    def paint(
        self,
        painter: QPainter,
        patches: Sequence[Patch],
        seen: Mapping[int, QRect],
        screen: QRectF,
        is_dim: Callable[[int], bool],
    ) -> None:
        """Write on the patches that are seen; the painter is in screen coordinates."""
        if painter.font() != self._font:
            self._font = QFont(painter.font())
            self._metrics = QFontMetricsF(self._font)
            self.forget()
        colours = theme.current()
        ground = theme.blend(QColor(colours.base), QColor(colours.base), 0, 0.82)
        height = self._metrics.height()
        visible = screen.toRect()
        self._new = 0
        for index, whole in seen.items():
            patch = patches[index]
            if not patch.lines or min(whole.width(), whole.height()) < height + 2:
                continue
            lines = patch.lines
            if not patch.colour and not patch.hatched:
                # On a heat map a label hides what one came to see: only on large blocks.
                lines = lines[:1]
                if whole.width() * whole.height() < _LARGE * height * self._shaped(lines[0])[1]:
                    continue
            room = whole.intersected(visible).adjusted(_MARGIN, 1, -_MARGIN, -1)
            if self._new > _NEW:
                return
            plate = None if patch.colour else ground
            if is_dim(index):
                painter.setPen(QColor(colours.muted))
            elif patch.colour:
                painter.setPen(ink(patch.colour))
            else:
                painter.setPen(QColor(colours.text))
            self._write(painter, lines, room, plate)

    def _write(
        self, painter: QPainter, lines: Sequence[str], room: QRect, plate: QColor | None
    ) -> None:
        """One label: across, or where only that fits, going up."""
        height = self._metrics.height()
        _, advance = self._shaped(lines[0])
        if advance > room.width() and room.height() >= min(advance + 4, 2.5 * room.width()):
            painter.save()
            painter.translate(room.left(), room.bottom() + 1)
            painter.rotate(-90)
            self._write_across(painter, lines, QRect(0, 0, room.height(), room.width()), plate)
            painter.restore()
        elif room.height() >= height - 2:
            self._write_across(painter, lines, room, plate)

    def _write_across(
        self, painter: QPainter, lines: Sequence[str], room: QRect, plate: QColor | None
    ) -> None:
        height = self._metrics.height()
        name = lines[0]
        if self._shaped(name)[1] > room.width():
            if room.width() < _LEAST * self._metrics.averageCharWidth():
                return
            # The end of a node's name tells more than its beginning.
            name = self._metrics.elidedText(name, Qt.TextElideMode.ElideLeft, room.width())
        count = max(1, int(room.height() // height))
        texts = [self._shaped(name)]
        texts += [own for own in map(self._shaped, lines[1:count]) if own[1] <= room.width()]
        widest = max(advance for _, advance in texts)
        middle = room.left() + room.width() / 2
        top = room.top() + (room.height() - height * len(texts)) / 2
        if plate is not None:
            ground = QRectF(middle - widest / 2 - 4, top, widest + 8, height * len(texts))
            painter.fillRect(ground.toRect(), plate)
        for number, (text, advance) in enumerate(texts):
            place = QPointF(round(middle - advance / 2), round(top + number * height))
            painter.drawStaticText(place, text)

    def _shaped(self, text: str) -> tuple[QStaticText, float]:
        found = self._texts.get(text)
        if found is None:
            self._new += 1
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            static.prepare(font=self._font)
            found = self._texts[text] = static, self._metrics.horizontalAdvance(text)
        return found
