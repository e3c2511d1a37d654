"""The texts of the open project, to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from studio.ui import text_file
from studio.ui.documents import Documents
from studio.ui.widgets import literal
from studio.ui.workspace import Workspace

_PATH = Qt.ItemDataRole.UserRole
_MOST = 500  # files of a folder


class FileTree(QTreeWidget):
    """Groups of files: the project's own, then what builds write. ``chosen`` carries a Path."""

    chosen = Signal(object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._shown: list[tuple[str, list[Path]]] = []
        self.setObjectName("files")
        self.setHeaderHidden(True)
        self.setIndentation(12)
        self.setUniformRowHeights(True)
        self.setAccessibleName(self.tr("Files of the project"))
        self.itemActivated.connect(self._on_activated)
        self.itemClicked.connect(self._on_activated)
        for signal in (
            workspace.project_changed,
            workspace.model_changed,
            workspace.layout_changed,
            workspace.image_changed,
            workspace.deployed,
            workspace.documents.opened,
        ):
            signal.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Look for what came while it was hidden."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Look which files there are now, where anybody sees it."""
        if not self.isVisible():
            return
        groups = [(title, list(files)) for title, files in self._groups()]
        groups = [(title, files) for title, files in groups if files]
        if groups == self._shown:
            return
        self._shown = groups
        self.clear()
        for title, files in groups:
            top = QTreeWidgetItem([title])
            top.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.addTopLevelItem(top)
            for path in files:
                item = QTreeWidgetItem([path.name])
                item.setData(0, _PATH, path)
                item.setToolTip(0, literal(str(path)))
                top.addChild(item)
            top.setExpanded(title != self.tr("Runtime"))  # the same in every build

    def select(self, path: Path | None) -> None:
        """Show which file is open."""
        for item in self._items():
            if item.data(0, _PATH) == path:
                self.setCurrentItem(item)
                return
        self.clearSelection()

    def _items(self) -> Iterator[QTreeWidgetItem]:
        for index in range(self.topLevelItemCount()):
            top = self.topLevelItem(index)
            if top is not None:
                children = (top.child(place) for place in range(top.childCount()))
                yield from (child for child in children if child is not None)

    def _groups(self) -> Iterator[tuple[str, Iterator[Path]]]:
        documents: Documents = self._workspace.documents
        project, out = self._workspace.project, self._workspace.out
        if project is not None:
            yield self.tr("Project"), _texts(project.folder)
        own = documents.own_folder
        if own is not None:
            yield self.tr("Own sources"), _texts(own)
        if out is not None:
            yield self.tr("Firmware"), _texts(out / "firmware")
            yield self.tr("Runtime"), _texts(out / "firmware" / "runtime", deep=True)
            yield self.tr("Map"), _texts(out / "map")
            yield self.tr("Results"), _texts(out)

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        path = item.data(0, _PATH)
        if isinstance(path, Path):
            self.chosen.emit(path)
        else:
            item.setExpanded(not item.isExpanded())


def _texts(folder: Path, *, deep: bool = False) -> Iterator[Path]:
    """Text files of a folder, by name."""
    if not folder.is_dir():
        return
    found = folder.rglob("*") if deep else folder.iterdir()
    files = (path for path in found if path.is_file() and text_file.is_text(path))
    yield from sorted(files, key=lambda path: path.name.lower())[:_MOST]
