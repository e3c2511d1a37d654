"""The stages of a deploy, how far each is and how long it took."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSizePolicy, QWidget

from studio.ui import stage_text
from studio.ui.records import Status
from studio.ui.widgets import muted, named, surface
from studio.ui.workspace import STAGES, Workspace

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter  # Chinese lines are higher

SIGNS: dict[Status, tuple[str, str]] = {
    # A sign as well as a colour, for those who see no difference in the colour.
    "waiting": ("○", "muted"),
    "running": ("●", "accent"),
    "done": ("✓", "good"),
    "failed": ("✕", "bad"),
    "cancelled": ("–", "muted"),
}


def show_sign(label: QLabel, status: Status) -> None:
    """Let ``label`` show a state as a coloured sign, and say it in a word."""
    sign, role = SIGNS[status]
    if label.text() == sign and label.property("role") == role:
        return  # styling a label again takes a while, and stages are told often
    label.setText(sign)
    label.setAccessibleName(stage_text.status(status))
    label.setToolTip(stage_text.status(status))
    label.setProperty("role", role)
    label.style().polish(label)


class Stages(QScrollArea):
    """One row a stage; they can be scrolled where the place is too low for all."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._workspace = workspace
        self._signs: dict[str, QLabel] = {}
        self._names: dict[str, QLabel] = {}
        self._times: dict[str, QLabel] = {}
        self._rows = surface(QWidget())
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(12, 8, 4, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for index, stage in enumerate(STAGES):
            self._signs[stage] = named(QLabel(), f"sign-{stage}")
            self._names[stage] = QLabel(stage_text.name(stage))
            self._times[stage] = QLabel(alignment=_RIGHT)
            grid.addWidget(self._signs[stage], index, 0)
            grid.addWidget(self._names[stage], index, 1)
            grid.addWidget(muted(self._times[stage]), index, 2)
        grid.setRowStretch(len(STAGES), 1)
        self.setWidget(self._rows)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        workspace.stages_changed.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """All rows."""
        return QSize(self.minimumSizeHint().width(), self._rows.sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """As wide as the rows beside what scrolls them; hardly any height."""
        beside = self.verticalScrollBar().sizeHint().width()
        return QSize(self._rows.minimumSizeHint().width() + beside, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Rows have become wider or narrower."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self._rows:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        for stage, state in self._workspace.stages.items():
            show_sign(self._signs[stage], state.status)
            role = "muted" if state.status in ("waiting", "cancelled") else ""
            name = self._names[stage]
            if name.property("role") != role:
                name.setProperty("role", role)
                name.style().polish(name)
            if state.status in ("waiting", "done"):
                text = "" if state.seconds is None else self.tr("{0:.2f} s").format(state.seconds)
                text = self.tr("cached") if state.cached else text
            else:
                text = stage_text.status(state.status)
            self._times[stage].setText(text)
