"""What is found out quietly after each deploy: time and energy, and how exact each layer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio import studies
from studio.ui.records import Activity, Ask, Problem, Target
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.mapper.estimate import Estimates
    from studio.options import Options
    from studio.simulate.compare import LayerReport, Report

_SOURCE = "compare"


class AfterDeploy(QObject):
    """Asks once for each new layout, as soon as nothing runs; lives as long as the workspace.

    What the user asks for meanwhile goes first: it ends these questions, and they are asked again
    after it, unless the options have changed (the answers would be another deploy's).
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._open: set[str] = set()  # not yet answered
        self._asked = False
        self._options: Options | None = None
        workspace.stages_changed.connect(self._consider)
        workspace.activity_changed.connect(self._consider)

    def _consider(self) -> None:
        workspace = self._workspace
        activity = workspace.activity
        if workspace.stages["map"].status != "done" or workspace.layout is None:
            self._options, self._asked = None, False
        elif self._options is None:
            wanted = {"estimate", "compare"} if workspace.settings.compare else {"estimate"}
            self._options, self._open = workspace.options, wanted
        elif activity != Activity():
            # Quiet questions do not survive what the user asks for.
            self._asked = self._asked and activity.quiet
        elif self._open and not self._asked and workspace.options == self._options:
            self._asked = True
            self._ask()

    def _ask(self) -> None:
        until = "map" if self._workspace.image is None else "build"
        for name, function, then in (
            ("estimate", studies.estimate_time, self._on_estimate),
            ("compare", studies.compare_layers, self._on_report),
        ):
            if name in self._open:
                asked = Ask(name, function, (), then, until=until, quiet=True)
                self._workspace.task_requested.emit(asked)

    def _on_estimate(self, estimate: Estimates) -> None:
        self._open.discard("estimate")
        self._workspace.set_estimate(estimate)

    def _on_report(self, report: Report | None) -> None:
        self._open.discard("compare")
        self._workspace.set_comparison(report)
        layers = report.layers if report is not None else ()
        problems = [self._problem(layer) for layer in layers if layer.suggestion]
        self._workspace.set_problems(_SOURCE, problems)

    def _problem(self, layer: LayerReport) -> Problem:
        if layer.single is None:
            message = self.tr("{0:.1f} % of the outputs sit at an end of the chip's range")
            message = message.format(100 * layer.limited)
        else:
            message = self.tr("Weak layer: {0:.1f} dB of signal to noise").format(layer.single.snr)
        target = Target(layer=layer.name, panel="layers")
        return Problem("warning", _SOURCE, message, layer.suggestion, layer.name, target)
