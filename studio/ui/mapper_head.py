"""The Mapper panel's head: what can be done now, how far it is, and who stays in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget
from superqt import QElidingLabel, QFlowLayout

from studio.ui import mapper_edits, stage_text, theme
from studio.ui.records import Cancel, Deploy
from studio.ui.widgets import literal, muted, named, surface, verbatim
from studio.ui.workspace import STAGES, Workspace

_STEPS = 1000


class Head(QWidget):
    """Map and Cancel with live progress; what is placed by hand, and how to let go of it."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        surface(self)
        self._workspace = workspace
        self._offered: Sequence[bool] = ()
        self.map = named(QPushButton(self.tr("Map"), self), "primary")
        self.map.setToolTip(self.tr("Place the network's weights on the array"))
        self.map.clicked.connect(self._on_map)
        self.cancel = named(QPushButton(self.tr("Cancel")), "cancel")
        self.cancel.clicked.connect(self._on_cancel)
        self.doing = verbatim(muted(named(QElidingLabel(), "doing")))
        self.bar = QProgressBar(textVisible=False)
        self.bar.setRange(0, _STEPS)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.hands = verbatim(named(QLabel(wordWrap=True), "hands"))
        self.again = named(QPushButton(self), "map-again")
        self.again.clicked.connect(self._on_again)
        self.forget = named(QPushButton(self.tr("Forget places"), self), "forget-places")
        self.forget.setToolTip(self.tr("Unpin all blocks and let the mapper place every one"))
        self.forget.clicked.connect(self._on_forget)
        self._actions = QWidget()
        self._flow = QFlowLayout(self._actions)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setSpacing(theme.px(8))
        self._running = QWidget()
        row = QHBoxLayout(self._running)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.cancel)
        row.addWidget(self.doing, 1)
        column = QVBoxLayout(self)
        margin = theme.px(12)
        column.setContentsMargins(margin, theme.px(8), margin, theme.px(8))
        column.setSpacing(theme.px(6))
        column.addWidget(self._actions)
        column.addWidget(self._running)
        column.addWidget(self.bar)
        column.addWidget(self.hands)
        workspace.activity_changed.connect(self._show)
        workspace.model_changed.connect(self._show)
        workspace.options_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        activity = self._workspace.activity
        running = bool(activity.name) and not activity.quiet
        ending = not activity.name and bool(activity.text)
        self._show_actions(busy=running or ending)
        self.cancel.setEnabled(running)
        self.bar.setVisible(running)
        parts = (stage_text.doing(activity.name), activity.text)
        text = " · ".join(part for part in parts if part)
        self.doing.setText(text)
        self.doing.setToolTip(literal(text))
        fraction = activity.fraction
        if activity.name == "map":  # all stages count alike; here its own progress matters
            fraction = fraction * len(STAGES) - STAGES.index("map")
        self.bar.setValue(round(_STEPS * min(max(fraction, 0.0), 1.0)))

    def _show_actions(self, *, busy: bool) -> None:
        places = self._workspace.options.places
        pinned = len(mapper_edits.pinned(self._workspace.options))
        self._actions.setVisible(not busy)
        self._running.setVisible(busy)
        self.map.setEnabled(self._workspace.model is not None)
        self._offer((self.map, self.again, self.forget), (True, len(places) > pinned, bool(places)))
        self.hands.setVisible(not busy and bool(places))
        again = self.tr("Map again around {0} pinned blocks").format(pinned)
        if pinned == 1:
            again = self.tr("Map again around 1 pinned block")
        elif not pinned:
            again = self.tr("Map again")
        self.again.setText(again)
        self.again.setToolTip(self.tr("Let the mapper place every block that is not pinned"))
        text = self.tr("Blocks were moved by hand. Map keeps all of them where they are.")
        if len(places) == pinned:
            text = self.tr("{0} blocks are pinned. Map places the others around.").format(pinned)
            if pinned == 1:
                text = self.tr("1 block is pinned. Map places the others around.")
        self.hands.setText(text)

    def _offer(self, buttons: Sequence[QPushButton], shown: Sequence[bool]) -> None:
        """Show some of the buttons; the layout would leave gaps for the hidden ones."""
        if shown == self._offered:
            return
        self._offered = shown
        for button, visible in zip(buttons, shown, strict=True):
            self._flow.removeWidget(button)
            if visible:
                self._flow.addWidget(button)
            button.setVisible(visible)

    def _on_map(self) -> None:
        self._workspace.task_requested.emit(Deploy("map"))

    def _on_cancel(self) -> None:
        self._workspace.task_requested.emit(Cancel())

    def _on_again(self) -> None:
        mapper_edits.map_again(self._workspace, self.tr("Map again"))

    def _on_forget(self) -> None:
        mapper_edits.forget_places(self._workspace, self.tr("Forget places"))
