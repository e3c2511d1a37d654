"""Saving the layout: as a picture, or as layers.txt."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from studio import studies
from studio.base.errors import StudioError
from studio.formats import layers_txt
from studio.ui import theme
from studio.ui.records import Ask
from studio.ui.widgets import named
from studio.ui.workspace import Workspace


class Export(QObject):
    """Fills a menu with the kinds of files; ``values``: pictures show what the cells hold."""

    def __init__(self, workspace: Workspace, menu: QMenu, parent: QWidget) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._window = parent
        self.values = False
        menu.addAction(self.tr("Picture as PNG…"), self.png)
        menu.addAction(self.tr("Picture as SVG…"), self.svg)
        menu.addAction(self.tr("Layout as layers.txt…"), self.layers)
        menu.aboutToShow.connect(self._update)
        self._menu = menu
        self._update()

    def png(self) -> None:
        """Ask where to, then let the worker draw it."""
        self._ask(self.tr("Save the picture"), "array.png", self.tr("PNG pictures (*.png)"))

    def svg(self) -> None:
        """The same as vectors."""
        self._ask(self.tr("Save the picture"), "array.svg", self.tr("SVG pictures (*.svg)"))

    def layers(self) -> None:
        """Ask where to, then write the lines."""
        self._ask(self.tr("Save the layout"), layers_txt.NAME, self.tr("Layouts (*.txt)"))

    def save(self, file: str) -> None:
        """Write what the file's ending says."""
        layout, path = self._workspace.layout, Path(file)
        if layout is None:
            return
        if path.suffix.lower() != ".txt":
            self._draw(path)
            return
        try:
            layers_txt.write(path, layout)
        except StudioError as error:
            self._workspace.error.emit(error)
        else:
            self._done(path)

    def _draw(self, path: Path) -> None:
        workspace = self._workspace
        name = workspace.model.stem if workspace.model is not None else self.tr("Layout")
        arguments = (
            workspace.layout,
            name,
            workspace.chip,
            path,
            self.values,
            theme.current().dark,
        )
        asked = Ask("picture", studies.layout_picture, arguments, then=self._done)
        workspace.task_requested.emit(asked)

    def _done(self, path: Path) -> None:
        # The window may have been built again since: nothing of Qt's is left of this then.
        text = QCoreApplication.translate("Export", "Saved {0}").format(path)
        self._workspace.notice.emit(text)

    def _ask(self, title: str, name: str, kinds: str) -> None:
        out = self._workspace.out
        folder = out if out is not None and out.is_dir() else Path.home()
        dialog = named(QFileDialog(self._window, title), "export")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kinds)
        dialog.setDirectory(str(folder))
        dialog.setDefaultSuffix(Path(name).suffix[1:])
        dialog.selectFile(name)
        dialog.fileSelected.connect(self.save)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _update(self) -> None:
        for action in self._menu.actions():
            action.setEnabled(self._workspace.layout is not None)
