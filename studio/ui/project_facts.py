"""What a project consists of: model, data, chip, build and the last result."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.formats import array_headers
from studio.ui import theme
from studio.ui.cards import Elided
from studio.ui.firmware_builds import BuildBox
from studio.ui.widgets import literal, muted, named, verbatim
from studio.ui.workspace import Workspace


class Facts(QWidget):
    """Names at the left; at the right what they are, with a second line of details."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._details: dict[str, tuple[Elided, QLabel]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(8))
        self._grid.setColumnStretch(1, 1)
        self._add("model", self.tr("Model"))
        self._add("data", self.tr("Data"))
        self._add("chip", self.tr("Chip"))
        self._label(self.tr("Build"), 3, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(BuildBox(workspace), 3, 1, Qt.AlignmentFlag.AlignLeft)
        workspace.model_changed.connect(self._show_model)
        workspace.network_changed.connect(self._show_model)
        workspace.project_changed.connect(self._show_model)
        workspace.data_changed.connect(self._show_data)
        workspace.chip_changed.connect(self._show_chip)
        self._show_model()
        self._show_data()
        self._show_chip()

    def _label(self, text: str, row: int, place: Qt.AlignmentFlag) -> None:
        self._grid.addWidget(muted(QLabel(text)), row, 0, place)

    def _add(self, name: str, title: str) -> None:
        row = len(self._details)
        value = named(Elided(mode=Qt.TextElideMode.ElideMiddle), f"project-{name}")
        details = named(verbatim(muted(QLabel(wordWrap=True))), f"project-{name}-details")
        both = QVBoxLayout()
        both.setSpacing(0)
        both.addWidget(value)
        both.addWidget(details)
        self._label(title, row, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(both, row, 1)
        self._details[name] = (value, details)

    def _set(self, name: str, value: str, details: str, tip: str = "") -> None:
        line, more = self._details[name]
        line.set_text(value)
        line.setToolTip(literal(tip or value))
        more.setText(details)
        more.setVisible(bool(details))

    def _show_model(self) -> None:
        model, network = self._workspace.model, self._workspace.network
        if model is None:
            self._set("model", "–", "")
            return
        parts = [_size(model)]
        if network is not None:
            ends = [
                ", ".join(_shape(network.shapes.get(name, ())[1:]) for name in names)
                for names in (network.inputs, network.outputs)
            ]
            parts.append(" → ".join(ends))
        self._set("model", model.name, " · ".join(part for part in parts if part), str(model))

    def _show_data(self) -> None:
        data = self._workspace.data
        if data is None:
            hint = self.tr("Drop a .npz file or a folder of pictures.")
            self._set("data", self.tr("none"), hint)
            return
        found = array_headers.look(data)
        details = ""
        if found is not None and found.shape:
            each = _shape(found.shape[1:])
            text = (
                self.tr("{0} samples of {1}, with labels")
                if found.labels
                else self.tr("{0} samples of {1}, no labels")
            )
            details = text.format(QLocale().toString(found.shape[0]), each)
        self._set("data", data.name, details, str(data))

    def _show_chip(self) -> None:
        chip = self._workspace.chip
        array = chip.array
        details = self.tr("{0} × {1} cells").format(array.rows, array.columns)
        if array.count > 1:
            details = self.tr("{0} arrays of {1} × {2} cells").format(
                array.count, array.rows, array.columns
            )
        self._set("chip", chip.name, details, chip.source)


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(str(size) for size in shape) or "1"


def _size(path: Path) -> str:
    """The file's size; nothing where it is gone."""
    try:
        return QLocale().formattedDataSize(path.stat().st_size, 1)
    except OSError:
        return ""
