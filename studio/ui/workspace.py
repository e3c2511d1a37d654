"""The Workspace: what is open and what has been made of it, with one signal per change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from studio.base import settings as settings_file
from studio.base.settings import Settings
from studio.links import Links
from studio.options import Options
from studio.ui.documents import Documents
from studio.ui.monitoring import Monitoring
from studio.ui.records import Activity, Problem, Selected, StageState, Status, Target
from studio.ui.sharing import SharingState
from studio.ui.target_state import TargetState
from studio.ui.undo import Change

if TYPE_CHECKING:
    from studio.chip.chip import Chip
    from studio.firmware.image import Image
    from studio.graph.network import Network
    from studio.mapper.estimate import Estimates
    from studio.mapper.layout import Layout
    from studio.project_file import ProjectFile
    from studio.quantize.qnetwork import QNetwork
    from studio.reference import ReferenceLayout
    from studio.simulate.compare import Report
    from studio.simulate.noise_study import Study
    from studio.simulate.stage import Simulation
    from studio.target import Live, Run

V = TypeVar("V")

STAGES = ("graph", "quantize", "simulate", "map", "build", "run")


class Workspace(TargetState):
    """The open project, its options, and the artifacts of each stage.

    Signals carry no artifacts: a panel connects to the ones it draws and reads the workspace
    again. The task runner and the opening of files call the ``set_…`` methods. Panels ask through
    ``files_offered`` (dropped or chosen files, as text), ``browse_requested`` (show the open
    dialog), ``task_requested`` (a Deploy, RunAgain, Ask or Cancel of records.py),
    ``panel_requested`` (show the panel of that id), ``file_requested`` (a Path and a line to open
    in the editor), ``notice`` (a line for the status bar) and ``error`` (a StudioError to show).
    What the user edits goes through ``edit_…``, which can be undone with ``undo``. All of it lives
    in the window's thread.
    """

    project_changed = Signal()
    chip_changed = Signal()
    reference_changed = Signal()
    model_changed = Signal()
    data_changed = Signal()
    options_changed = Signal()
    settings_changed = Signal()
    network_changed = Signal()
    qnetwork_changed = Signal()
    simulation_changed = Signal()
    layout_changed = Signal()
    image_changed = Signal()
    run_changed = Signal()
    live_changed = Signal()
    comparison_changed = Signal()
    estimate_changed = Signal()
    study_changed = Signal()
    stages_changed = Signal()
    activity_changed = Signal()
    selection_changed = Signal()
    problems_changed = Signal()
    output_changed = Signal(str)
    deployed = Signal()
    files_offered = Signal(list)
    browse_requested = Signal()
    task_requested = Signal(object)
    panel_requested = Signal(str)
    file_requested = Signal(object, int)
    notice = Signal(str)
    error = Signal(object)

    def __init__(
        self, chip: Chip, settings: Settings | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(chip.uart.baud, parent)
        self.chip = chip
        self.settings = settings or Settings()
        self.project: ProjectFile | None = None
        self.reference_layout: ReferenceLayout | None = None
        self.model: Path | None = None
        self.data: Path | None = None
        self.out: Path | None = None
        self.options = Options()
        self.network: Network | None = None
        self.qnetwork: QNetwork | None = None
        self.simulation: Simulation | None = None
        self.layout: Layout | None = None
        self.image: Image | None = None
        self.run: Run | None = None
        self.live: Live | None = None
        self.comparison: Report | None = None
        self.estimate: Estimates | None = None
        self.study: Study | None = None
        self.stages: dict[str, StageState] = dict.fromkeys(STAGES, StageState())
        self.activity = Activity()
        self.selected = Selected()
        self.problems: tuple[Problem, ...] = ()
        self.outputs: dict[str, list[str]] = {}
        # How a panel was being looked at, by its id: the window may be built again at any time.
        self.views: dict[str, Any] = {}
        self.undo = QUndoStack(self)
        self.documents = Documents(self)
        self._links: Links | None = None
        self.monitoring = Monitoring(self)
        self.sharing = SharingState(self)
        self._mapped = 0  # times there was another layout, or none, but for edits by hand

    # -- what is open

    def set_project(self, project: ProjectFile | None) -> None:
        """The project file, as it now is; does not touch model, data or options."""
        self.project = project
        self.project_changed.emit()

    def set_model(self, model: Path | None, data: Path | None) -> None:
        """Open ``model`` with its data; everything made of the last one is gone."""
        self.model = model
        self.data = data
        self.undo.clear()
        self._clear(keep_network=False)
        self.model_changed.emit()
        self.data_changed.emit()

    def move_model(self, model: Path, data: Path | None) -> None:
        """The open model and its data are now read from another place, as their project's copy."""
        self.model = model
        self.data = data
        self.data_changed.emit()

    def set_chip(self, chip: Chip) -> None:
        """Another chip; what was made for the last one is gone."""
        self.chip = chip
        self._clear(keep_network=True)
        self.chip_changed.emit()

    def set_reference(self, reference: ReferenceLayout | None) -> None:
        """A layout to look at beside the project's own."""
        self.reference_layout = reference
        self.reference_changed.emit()

    def set_data(self, data: Path | None) -> None:
        """Use other samples from the next deploy on; what was made stays until then."""
        self.data = data
        self.data_changed.emit()

    def set_options(self, options: Options) -> None:
        """Other choices from the next deploy on; not undoable."""
        self.options = options
        self.options_changed.emit()

    def edit_options(self, text: str, **changes: Any) -> None:
        """Change options as the user asked; ``text`` names the change in the Undo menu."""
        after = replace(self.options, **changes)
        if after != self.options:
            key = " ".join(sorted(changes))
            self.undo.push(Change(text, self.set_options, self.options, after, key))

    def set_settings(self, settings: Settings) -> None:
        """Other personal settings, kept on disk. Raises ProjectError where that fails."""
        self.settings = settings
        self.settings_changed.emit()
        settings_file.save(settings)

    # -- what was made

    def start_deploy(self) -> None:
        """Forget the last deploy's artifacts; the network stays, it is the model's."""
        self._clear(keep_network=True)

    def set_network(self, network: Network) -> None:
        """The graph stage's artifact."""
        self.network = network
        self._links = None
        self.network_changed.emit()

    def set_qnetwork(self, qnetwork: QNetwork) -> None:
        """The quantize stage's artifact."""
        self.qnetwork = qnetwork
        self._links = None
        self.qnetwork_changed.emit()

    def set_simulation(self, simulation: Simulation) -> None:
        """The simulate stage's artifact."""
        self.simulation = simulation
        self.simulation_changed.emit()

    def set_layout(self, layout: Layout | None) -> None:
        """The map stage's artifact."""
        self._mapped += 1
        self.layout = layout
        self.layout_changed.emit()

    def edit_layout(self, text: str, layout: Layout, options: Options) -> None:
        """A layout changed by hand, and the options (``places``) that make it the next deploy's.

        After another deploy its undo sets only the options: the layout was another network's.
        """
        mapped = self._mapped

        def set_both(value: tuple[Layout, Options]) -> None:
            self.set_options(value[1])
            if mapped != self._mapped:
                return
            self.layout = value[0]
            self.layout_changed.emit()
            # What was built and run belongs to the layout before; its figures stay to be read.
            for stage in ("map", "build", "run"):
                self.stages[stage] = StageState()
            self.stages_changed.emit()

        before = (self.layout, self.options)
        self.undo.push(Change(text, set_both, before, (layout, options), ""))

    def set_image(self, image: Image) -> None:
        """The build stage's artifact."""
        self.image = image
        self.image_changed.emit()

    def set_run(self, run: Run) -> None:
        """The result of the run."""
        self.run = run
        self.run_changed.emit()

    def set_live(self, live: Live | None) -> None:
        """How the run that goes on, or the last one, stands; None before it."""
        self.live = live
        self.live_changed.emit()
        if live is not None and live.programming is not None:
            self.set_board(self.board, live.programming)

    def set_comparison(self, report: Report | None) -> None:
        """How exact each layer is."""
        self.comparison = report
        self.comparison_changed.emit()

    def set_estimate(self, estimate: Estimates | None) -> None:
        """Latency and energy by layer."""
        self.estimate = estimate
        self.estimate_changed.emit()

    def set_study(self, study: Study | None) -> None:
        """A study of noisy chips."""
        self.study = study
        self.study_changed.emit()

    # -- what is going on

    def view(self, key: str, make: Callable[[Workspace], V]) -> V:
        """What widgets share under this name of ``views``, made when it is asked for first."""
        if key not in self.views:
            self.views[key] = make(self)
        found: V = self.views[key]
        return found

    def set_stage(
        self,
        stage: str,
        status: Status,
        seconds: float | None = None,
        cached: bool = False,
    ) -> None:
        """Move one stage of the deploy on."""
        self.stages[stage] = StageState(status, seconds, cached)
        self.stages_changed.emit()

    def stop_stages(self, status: Literal["failed", "cancelled"]) -> None:
        """The stage that was running ended without a result."""
        for stage, state in self.stages.items():
            if state.status == "running":
                self.stages[stage] = replace(state, status=status)
        self.stages_changed.emit()

    def set_activity(self, activity: Activity) -> None:
        """What runs now."""
        self.activity = activity
        self.activity_changed.emit()

    def add_output(self, tool: str, lines: Sequence[str]) -> None:
        """Append lines to a tool's output: a stage's name, or "noise", "emulator", ..."""
        self.outputs.setdefault(tool, []).extend(lines)
        self.output_changed.emit(tool)

    def clear_output(self, tool: str = "") -> None:
        """Forget a tool's output, or with "" every tool's."""
        for name in (tool,) if tool else tuple(self.outputs):
            self.outputs.pop(name, None)
        self.output_changed.emit("")

    def set_problems(self, source: str, problems: Sequence[Problem]) -> None:
        """Replace what ``source`` (a stage or tool) has found."""
        others = tuple(problem for problem in self.problems if problem.source != source)
        if problems or len(others) != len(self.problems):
            self.problems = (*others, *problems)
            self.problems_changed.emit()

    # -- what is selected

    @property
    def links(self) -> Links:
        """Which nodes became which layer; only nodes before the network is quantized."""
        if self.network is None:
            return Links()
        if self._links is None:
            self._links = Links.of(self.network, self.qnetwork)
        return self._links

    def select_layer(self, layer: str, origin: str) -> None:
        """Select a layer and its nodes; "" selects nothing."""
        self._select(Selected(layer, self.links.nodes.get(layer, ()), origin))

    def select_node(self, node: str, origin: str) -> None:
        """Select a node of the model (by name, or an output's), and the layer it became.

        The file's nodes may be meant as well as the network's; the network's is then selected.
        """
        layer, own = self.links.layers.get(node, ""), self.links.names.get(node, node)
        self._select(Selected(layer, (own,) if own else (), origin))

    def jump(self, target: Target) -> None:
        """Show what a problem is about."""
        if target.layer:
            self.select_layer(target.layer, "problems")
        elif target.node:
            self.select_node(target.node, "problems")
        if target.file is not None:
            self.file_requested.emit(target.file, target.line)
        panel = target.panel or ("layers" if target.layer else "graph" if target.node else "")
        if panel:
            self.panel_requested.emit(panel)

    def _select(self, selected: Selected) -> None:
        if selected != self.selected:
            self.selected = selected
            self.selection_changed.emit()

    def _clear(self, *, keep_network: bool) -> None:
        if not keep_network:
            self.network = None
            self.selected = Selected()
            self.monitoring.forget_run()
        self._mapped += 1
        self.qnetwork = self.simulation = self.layout = self.image = self.run = None
        self.comparison = self.estimate = self.study = self._links = self.live = None
        self.stages = dict.fromkeys(STAGES, StageState())
        self.outputs = {}
        self.problems = ()
        if not keep_network:
            self.network_changed.emit()
            self.selection_changed.emit()
        self.output_changed.emit("")
        for signal in (
            self.qnetwork_changed,
            self.simulation_changed,
            self.layout_changed,
            self.image_changed,
            self.run_changed,
            self.live_changed,
            self.comparison_changed,
            self.estimate_changed,
            self.study_changed,
            self.stages_changed,
            self.problems_changed,
        ):
            signal.emit()
