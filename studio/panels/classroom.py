"""The classroom: the stations of a lesson on one page, and this studio shared with it."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout

from studio.ui import theme
from studio.ui.panel import Panel
from studio.ui.projector import Projectable, Projector
from studio.ui.station_page import StationPage
from studio.ui.station_share import SharePage
from studio.ui.workspace import Workspace


class Classroom(Projectable):
    """Tabs: the stations one looks at, and how this one is shared."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._sharing = workspace.sharing
        self.stations = StationPage(workspace)
        self.share = SharePage(workspace)
        self._tabs = QTabWidget(documentMode=True)
        self._tabs.addTab(self.stations, self.tr("Stations"))
        self._tabs.addTab(self.share, self.tr("Share"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tabs)
        self._sharing.changed.connect(self._tell)
        self._tell()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw the sign in the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_tabs"):
            self._tell()

    def project(self) -> Projector:
        """Show the stations full screen."""
        return self.stations.project()

    def _tell(self) -> None:
        """Show on the tab that this studio is shared."""
        on = self._sharing.state == "on"
        place = self._tabs.indexOf(self.share)
        self._tabs.setTabText(place, self.tr("Sharing") if on else self.tr("Share"))
        self._tabs.setTabIcon(place, theme.icon("share", theme.current().accent if on else None))


PANEL = Panel(
    "classroom", str(QT_TRANSLATE_NOOP("Panel", "Classroom")), "bottom-right", Classroom, order=50
)
