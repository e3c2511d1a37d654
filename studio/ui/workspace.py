"""The Workspace: what is open and what has been made of it, with one signal per change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from studio.ui.serial_log import SerialLog

if TYPE_CHECKING:
    from studio.chip.chip import Chip
    from studio.firmware.image import Image
    from studio.graph.network import Network
    from studio.mapper.layout import Layout
    from studio.quantize.qnetwork import QNetwork
    from studio.simulate.stage import Simulation
    from studio.target import Run

STAGES = ("graph", "quantize", "simulate", "map", "build", "run")
Status = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class StageState:
    """How far one stage of the current deploy is; ``seconds`` is None until it is done."""

    status: Status = "waiting"
    seconds: float | None = None
    cached: bool = False


class Workspace(QObject):
    """The current model, data and chip and the artifacts of each stage.

    Signals carry no artifacts: a panel connects to the ones it draws and reads the workspace
    again. Only the task runner calls the ``set_…`` methods; panels ask through ``files_offered``
    (dropped or chosen files, as text) and ``browse_requested`` (show the open dialog).
    All of it lives in the window's thread.
    """

    model_changed = Signal()
    data_changed = Signal()
    network_changed = Signal()
    qnetwork_changed = Signal()
    simulation_changed = Signal()
    layout_changed = Signal()
    image_changed = Signal()
    run_changed = Signal()
    serial_changed = Signal()
    stages_changed = Signal()
    log_changed = Signal()

    files_offered = Signal(list)
    browse_requested = Signal()

    def __init__(self, chip: Chip, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chip = chip
        self.model: Path | None = None
        self.data: Path | None = None
        self.network: Network | None = None
        self.qnetwork: QNetwork | None = None
        self.simulation: Simulation | None = None
        self.layout: Layout | None = None
        self.image: Image | None = None
        self.run: Run | None = None
        self.serial = SerialLog()
        self.stages: dict[str, StageState] = dict.fromkeys(STAGES, StageState())
        self.log: list[str] = []

    def set_model(self, model: Path, data: Path | None) -> None:
        """Open ``model`` with its data; everything made of the last one is gone."""
        self.model = model
        self.data = data
        self._clear(keep_network=False)
        self.model_changed.emit()
        self.data_changed.emit()

    def set_data(self, data: Path | None) -> None:
        """Use other samples from the next deploy on; what was made stays until then."""
        self.data = data
        self.data_changed.emit()

    def start_deploy(self) -> None:
        """Forget the last deploy's artifacts; the network stays, it is the model's."""
        self._clear(keep_network=True)

    def set_network(self, network: Network) -> None:
        """The graph stage's artifact."""
        self.network = network
        self.network_changed.emit()

    def set_qnetwork(self, qnetwork: QNetwork) -> None:
        """The quantize stage's artifact."""
        self.qnetwork = qnetwork
        self.qnetwork_changed.emit()

    def set_simulation(self, simulation: Simulation) -> None:
        """The simulate stage's artifact."""
        self.simulation = simulation
        self.simulation_changed.emit()

    def set_layout(self, layout: Layout) -> None:
        """The map stage's artifact."""
        self.layout = layout
        self.layout_changed.emit()

    def set_image(self, image: Image) -> None:
        """The build stage's artifact."""
        self.image = image
        self.image_changed.emit()

    def set_run(self, run: Run) -> None:
        """The result of the run."""
        self.run = run
        self.run_changed.emit()

    def add_serial(self, data: bytes, dropped: int = 0) -> None:
        """Append what the board printed; ``dropped`` bytes were lost for the display."""
        self.serial.add(data, dropped)
        self.serial_changed.emit()

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

    def add_log(self, lines: Sequence[str]) -> None:
        """Append lines to the build log."""
        self.log.extend(lines)
        self.log_changed.emit()

    def _clear(self, *, keep_network: bool) -> None:
        if not keep_network:
            self.network = None
        self.qnetwork = self.simulation = self.layout = self.image = self.run = None
        self.serial = SerialLog()
        self.stages = dict.fromkeys(STAGES, StageState())
        self.log = []
        if not keep_network:
            self.network_changed.emit()
        for signal in (
            self.qnetwork_changed,
            self.simulation_changed,
            self.layout_changed,
            self.image_changed,
            self.run_changed,
            self.serial_changed,
            self.stages_changed,
            self.log_changed,
        ):
            signal.emit()
