"""Samples as pictures in a list, each with its label and answer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QPolygonF
from PySide6.QtWidgets import QListView

from studio.ui import theme
from studio.ui.answers import Answers

SIDE = 72  # device independent pixels of a picture
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
Values = npt.NDArray[np.int16]


class SampleModel(QAbstractListModel):
    """``places`` of ``answers``; a picture is made when it is first seen."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: Answers | None = None
        self._inputs: Values | None = None
        self._places: Sequence[int] = ()

    def show(self, answers: Answers | None, inputs: Values | None, places: Sequence[int]) -> None:
        """Show samples ``places`` of ``answers``; ``inputs``: chip integers [n, W, H, C]."""
        self.beginResetModel()
        self._answers, self._inputs, self._places = answers, inputs, places
        self._picture.cache_clear()
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:  # noqa: N802  (Qt's name)
        """Samples shown."""
        return 0 if parent.isValid() else len(self._places)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Picture and words of one sample."""
        answers = self._answers
        if answers is None or self._inputs is None:
            return None
        place = int(self._places[index.row()])
        label, answer = int(answers.labels[place]), int(answers.predictions[place])
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{label} → {answer}"
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            sample = int(answers.samples[place])
            return self.tr("Sample {0}: label {1}, answer {2}").format(sample, label, answer)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(int(answers.samples[place]), theme.current().dark)
        return None

    @lru_cache(maxsize=2048)  # noqa: B019 - cleared with every change, and the model lives long
    def _picture(self, sample: int, dark: bool) -> QPixmap:
        assert self._inputs is not None
        return picture(self._inputs[sample], SIDE)


class SampleList(QListView):
    """Pictures side by side, as many in a row as fit."""

    def __init__(self, model: SampleModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(200)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setSpacing(6)
        self.setAccessibleName(self.tr("Samples"))


def picture(values: Values, side: int) -> QPixmap:
    """One sample [W, H, C] as a picture of at most ``side`` pixels: an image, or a curve.

    A single row of values is drawn as a curve; more than three channels side by side, so that
    features by time look as in a spectrogram.
    """
    width, height, channels = values.shape
    if width == 1 and height == 1:
        return _curve(values.reshape(-1), side)
    if channels not in (1, 3):
        # Channels are features: one axis with them, the other with what is longer of W and H.
        plane = values.reshape(width * height, channels)
        return _image(plane.T[::-1, :, None], side)
    if height == 1 or width == 1:
        return _curve(values[..., 0].reshape(-1), side)
    return _image(values.transpose(1, 0, 2), side)


def _image(values: Values, side: int) -> QPixmap:
    """[rows, columns, 1 or 3], scaled to the sample's own range."""
    low, high = int(values.min()), int(values.max())
    grey = ((values.astype(np.float32) - low) * (255 / max(1, high - low))).astype(np.uint8)
    colour = np.ascontiguousarray(np.broadcast_to(grey, (*grey.shape[:2], 3)))
    rows, columns = colour.shape[:2]
    image = QImage(colour.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    # A copy, because the array ends here. Pixels stay sharp: few of them are the picture.
    smooth = max(rows, columns) > side
    mode = Qt.TransformationMode
    return QPixmap.fromImage(image.copy()).scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatio,
        mode.SmoothTransformation if smooth else mode.FastTransformation,
    )


def _curve(values: Values, side: int) -> QPixmap:
    colours = theme.current()
    found = QPixmap(side, side)
    found.fill(QColor(colours.window))
    low, high = int(values.min()), int(values.max())
    x = np.linspace(3, side - 3, len(values))
    y = side - 4 - (values - low) * ((side - 8) / max(1, high - low))
    painter = QPainter(found)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(colours.accent))
    line = QPolygonF()
    for point in np.stack([x, y], axis=1).tolist():
        line.append(QPointF(*point))
    painter.drawPolyline(line)
    painter.end()
    return found
