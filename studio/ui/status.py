"""The status bar: what runs and how far it is, problems, and the figures of the last deploy."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton

from studio.ui import stage_text, theme
from studio.ui.records import Severity
from studio.ui.target_box import BaudBox
from studio.ui.task_state import State
from studio.ui.tasks import TaskRunner
from studio.ui.widgets import literal, named, verbatim
from studio.ui.workspace import Workspace

_STEPS = 1000
_NOTICE = 8000  # milliseconds
_ICON = 14


class Status(QStatusBar):
    """Reads the workspace and the runner; ``cancel`` is the window's action."""

    def __init__(
        self,
        workspace: Workspace,
        runner: TaskRunner,
        cancel: QAction,
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._runner = runner
        self._monitoring = monitoring = workspace.monitoring
        self._target = target = workspace.target
        self._notice = ""
        self._forget = QTimer(self, singleShot=True, interval=_NOTICE)
        self._forget.timeout.connect(self._end_notice)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 3, 12, 3)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, _STEPS)
        self._bar.setFixedWidth(theme.px(180))
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel = self._button("status-cancel")
        self._cancel.setDefaultAction(cancel)
        self._cancel.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._text = named(QLabel(), "stage")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setMinimumWidth(60)
        for widget, stretch in ((self._text, 1), (self._bar, 0), (self._cancel, 0)):
            self.addWidget(widget, stretch)
        self._problems: dict[Severity, QToolButton] = {
            "error": self._problem_button("error"),
            "warning": self._problem_button("warning"),
            "note": self._problem_button("note"),
        }
        self._use = self._label("use", self.tr("Cells of the array that hold weights"))
        self._accuracy = self._label("accuracy", self.tr("Accuracy of the last run"))
        self._chip = self._label("chip", self.tr("Chip"))
        self._where = self._label("target-name", self.tr("Target"))
        self._rate = self._label(
            "rate", self.tr("The firmware's baud rate; the emulator needs none")
        )
        self._baud = BaudBox(target)
        self._baud.setToolTip(self.tr("How fast the board's serial text comes"))
        self.addPermanentWidget(self._baud)
        self._shared = self._button("sharing")
        self._shared.clicked.connect(lambda: workspace.panel_requested.emit("classroom"))
        self.addPermanentWidget(self._shared)
        runner.state_changed.connect(self._show_progress)
        workspace.activity_changed.connect(self._show_progress)
        workspace.model_changed.connect(self._show_progress)
        workspace.notice.connect(self._on_notice)
        monitoring.changed.connect(self._show_progress)
        monitoring.changed.connect(self._show_target)
        target.changed.connect(self._show_target)
        workspace.problems_changed.connect(self._show_problems)
        workspace.sharing.changed.connect(self._show_sharing)
        for signal in (
            workspace.layout_changed,
            workspace.run_changed,
            workspace.simulation_changed,
            workspace.model_changed,
            workspace.chip_changed,
        ):
            signal.connect(self._show_figures)
        self._draw_icons()
        self._show_progress()
        self._show_target()
        self._show_figures()
        self._show_problems()
        self._show_sharing()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the icons again in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_problems"):
            self._draw_icons()

    # -- making

    def _label(self, name: str, tip: str) -> QLabel:
        label = verbatim(named(QLabel(), name))
        label.setToolTip(tip)
        label.setContentsMargins(8, 0, 8, 0)
        self.addPermanentWidget(label)
        return label

    def _button(self, name: str) -> QToolButton:
        button = named(QToolButton(), name)
        button.setAutoRaise(True)
        button.setIconSize(QSize(theme.px(_ICON), theme.px(_ICON)))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _problem_button(self, severity: Severity) -> QToolButton:
        button = self._button(f"problems-{severity}")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(self._open_problems)
        self.addPermanentWidget(button)
        return button

    def _open_problems(self) -> None:
        self._workspace.panel_requested.emit("problems")

    # -- showing

    def _on_notice(self, text: str) -> None:
        self._notice = text
        self._forget.start()
        self._show_progress()

    def _end_notice(self) -> None:
        self._notice = ""
        self._show_progress()

    def _show_progress(self) -> None:
        activity = self._workspace.activity
        idle = self._runner.state is State.IDLE
        self._bar.setVisible(not idle)
        self._cancel.setVisible(not idle)
        self._bar.setValue(round(activity.fraction * _STEPS))
        if idle or self._notice:
            text = self._notice or self._idle_text()
        else:
            parts = (stage_text.doing(activity.name), activity.text)
            text = " · ".join(part for part in parts if part)
        self._text.setText(text)
        self._text.setToolTip(literal(text))

    def _idle_text(self) -> str:
        monitoring = self._monitoring
        if monitoring.active:
            return self._connected()
        if self._workspace.model is None:
            return self.tr("Open a model to begin")
        states = [state.status for state in self._workspace.stages.values()]
        if "failed" in states:
            return self.tr("Failed")
        if "cancelled" in states:
            return self.tr("Cancelled")
        if all(state == "done" for state in states):
            return self.tr("Done")
        return self.tr("Ready to deploy")

    def _connected(self) -> str:
        monitoring = self._monitoring
        if monitoring.emulated:
            return self.tr("Connected to the emulator")
        text = self.tr("Connected to {0} at {1} baud")
        if monitoring.state == "opening":
            text = self.tr("Opening {0} at {1} baud")
        elif monitoring.state == "lost":
            text = self.tr("{0} is lost; waiting for it to come back")
        return text.format(monitoring.port, monitoring.baud)

    def _show_target(self) -> None:
        port = self._target.port
        self._where.setText(port or self.tr("Emulator"))
        self._rate.setVisible(not port)
        self._baud.setVisible(self._target.has_line)

    def _show_figures(self) -> None:
        workspace = self._workspace
        self._chip.setText(workspace.chip.name)
        self._rate.setText(self.tr("{0} baud").format(workspace.chip.uart.baud))
        layout, run = workspace.layout, workspace.run
        use = self.tr("Array {0:.1f} %").format(100 * layout.utilization.cells) if layout else ""
        self._use.setText(use)
        self._use.setVisible(bool(use))
        accuracy = run.accuracy if run is not None else None
        text = "" if accuracy is None else self.tr("Accuracy {0:.1f} %").format(100 * accuracy)
        self._accuracy.setText(text)
        self._accuracy.setVisible(bool(text))

    def _show_problems(self) -> None:
        tips = {
            "error": self.tr("Errors: {0}. Click to see them."),
            "warning": self.tr("Warnings: {0}. Click to see them."),
            "note": self.tr("Notes: {0}. Click to see them."),
        }
        for severity, button in self._problems.items():
            number = sum(each.severity == severity for each in self._workspace.problems)
            button.setText(str(number))
            button.setToolTip(tips[severity].format(number))
            button.setAccessibleName(button.toolTip())
            button.setVisible(number > 0)

    def _show_sharing(self) -> None:
        """Who shares must not forget it."""
        sharing = self._workspace.sharing
        self._shared.setVisible(sharing.state == "on")
        tip = self.tr("Others on the local network can look at this studio. Click to change that.")
        if sharing.reach == "computer":
            tip = self.tr("Others on this computer can look at this studio. Click to change that.")
        self._shared.setToolTip(tip)
        self._shared.setAccessibleName(tip)

    def _draw_icons(self) -> None:
        colours = theme.current()
        self._shared.setIcon(theme.icon("share", colours.accent))
        self._problems["error"].setIcon(theme.icon("error", colours.bad))
        self._problems["warning"].setIcon(theme.icon("warning", colours.text))
        self._problems["note"].setIcon(theme.icon("note", colours.muted))
