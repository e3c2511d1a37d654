"""Whether this studio shares its live values with a classroom, and what it shows of itself."""

from __future__ import annotations

import contextlib
import getpass
import platform
import time
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from studio.base.errors import PortError
from studio.base.in_order import InOrder
from studio.monitor.station import LONGEST, MOST_VALUES, State, Station
from studio.ui.layouts import Store

if TYPE_CHECKING:
    from studio.monitor.classroom import Place, Sharing
    from studio.ui.workspace import Workspace

Reach = Literal["computer", "network"]

_TICK = 500  # milliseconds between two looks at what goes on
_PATIENCE = 6.0  # seconds a server may take to end
_HOSTS: dict[Reach, str] = {"computer": "127.0.0.1", "network": "0.0.0.0"}
_NAME, _REACH = "classroom/name", "classroom/reach"


class SharingState(QObject):
    """Off until the user switches it on, and off again at the next start.

    ``state`` is off, starting or on; ``changed`` tells of it, and of name and reach. What is
    shown is gathered in the window's thread; the server's threads only read the newest.
    """

    changed = Signal()
    _began = Signal(object, object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._kept: Store | None = None
        self._order = InOrder("sharing")  # flask is slow to import, and servers to end
        self._server: Sharing | None = None
        self._wanted = 0  # counts starts and stops: only the last of them holds
        self._station = Station("")
        self.state: Literal["off", "starting", "on"] = "off"
        self.addresses: tuple[str, ...] = ()
        self._timer = QTimer(self, interval=_TICK)
        self._timer.timeout.connect(self._gather)
        self._began.connect(self._on_began)

    # -- what the user chooses

    @property
    def name(self) -> str:
        """What this station is called."""
        return self._store.text(_NAME) or default_name()

    @property
    def reach(self) -> Reach:
        """Who can look: this computer only, or the local network."""
        return "network" if self._store.text(_REACH) == "network" else "computer"

    def set_name(self, name: str) -> None:
        """Call this station so; "" as the user and the computer are called."""
        self._store.set(_NAME, name.strip()[:LONGEST])
        if self.state != "off":
            self._gather()
        self.changed.emit()

    def set_reach(self, reach: Reach) -> None:
        """Let more or fewer look; what is shared is shared anew, with another token."""
        if reach != self.reach:
            self._store.set(_REACH, reach)
            if self.state == "off":
                self.changed.emit()
            else:
                self.stop()
                self.start()

    def start(self) -> None:
        """Begin to share; ``changed`` tells when it does. An error goes to the workspace."""
        if self.state != "off":
            return
        self._wanted += 1
        wanted, host = self._wanted, _HOSTS[self.reach]
        self.state = "starting"
        self._gather()
        self._timer.start()
        self.changed.emit()

        def begin() -> None:
            from studio.monitor.classroom import Sharing  # noqa: PLC0415 - slow to import
            from studio.ui.network import addresses  # noqa: PLC0415

            if wanted != self._wanted:
                return  # switched off again meanwhile
            sharing = Sharing(lambda: self._station, host)
            try:
                sharing.start()
            except PortError as error:
                told: object = error
            else:
                told = addresses() if host == _HOSTS["network"] else (host,)
            self._server = sharing
            with contextlib.suppress(RuntimeError):  # the window may have gone meanwhile
                self._began.emit(wanted, told)

        self._order.do(begin)

    def stop(self) -> None:
        """Answer nobody any more."""
        if self.state == "off":
            return
        self._wanted += 1
        self._timer.stop()
        self.state, self.addresses = "off", ()
        self._order.do(self._end)
        self.changed.emit()

    def close(self) -> None:
        """Stop, and wait until nobody is answered."""
        self.stop()
        self._order.join(_PATIENCE)

    # -- what others see

    @property
    def station(self) -> Station:
        """What others see now."""
        return self._station

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        return self._server.port if self._server is not None and self.state == "on" else 0

    def place(self, address: str) -> Place | None:
        """Where others find this station; None while it is not shared."""
        if self._server is None or self.state != "on":
            return None
        from studio.monitor.classroom import Place  # noqa: PLC0415

        return Place(address, self._server.port, self._server.token)

    # -- inside

    @property
    def _store(self) -> Store:
        if self._kept is None:
            self._kept = Store()
        return self._kept

    def _end(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _on_began(self, wanted: int, told: PortError | tuple[str, ...]) -> None:
        if wanted != self._wanted:
            return
        if isinstance(told, PortError):
            self.stop()
            self._workspace.error.emit(told)
            return
        self.state, self.addresses = "on", told
        self.changed.emit()

    def _gather(self) -> None:
        workspace = self._workspace
        model = workspace.project.name if workspace.project is not None else ""
        if not model and workspace.model is not None:
            model = workspace.model.stem
        target = workspace.port or self.tr("Emulator")
        accuracy, samples, values = self._measured()
        self._station = Station(
            name=self.name,
            state=self._doing(),
            model=model,
            target=f"{workspace.chip.name} · {target}",
            accuracy=accuracy,
            samples=samples,
            updated=time.time(),
            values=values,
        )

    def _doing(self) -> State:
        stages = self._workspace.stages
        running = [name for name, stage in stages.items() if stage.status == "running"]
        if running:
            return "running" if running == ["run"] else "deploying"
        if any(stage.status == "failed" for stage in stages.values()):
            return "failed"
        if stages["run"].status == "done":
            return "done"
        return "running" if self._workspace.monitoring.state == "open" else "idle"

    def _measured(self) -> tuple[float | None, int, dict[str, float]]:
        store = self._workspace.monitoring.live.store
        values = {}
        for name, series in list(store.snapshot().series.items())[:MOST_VALUES]:
            if len(series.view):
                values[name] = float(series.view.values[-1])
        figures, run = store.figures(), self._workspace.run
        if figures.samples:
            share = figures.accuracy
            return share.value if share.n else None, figures.samples, values
        if run is not None:
            return run.accuracy, run.samples, values
        return None, 0, values


def default_name() -> str:
    """The names of user and computer."""
    parts = []
    with contextlib.suppress(OSError, KeyError, ImportError):  # where nobody is logged in
        parts.append(getpass.getuser())
    parts.append(platform.node())
    return " · ".join(part for part in parts if part)[:LONGEST] or "CIM Studio"
