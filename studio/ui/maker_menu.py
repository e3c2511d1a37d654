"""The way through the chip maker's own mapper, as a menu: export, run, take over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QToolButton

from studio import studies
from studio.base.errors import StudioError
from studio.board import consent
from studio.ui.records import Ask
from studio.ui.widgets import named
from studio.ui.workspace import Workspace

if TYPE_CHECKING:
    from studio.board.maker_export import MakerFolder
    from studio.board.maker_import import Comparison

_NAME = "maker"
_README = "README.md"


class MakerButton(QToolButton):
    """Its menu writes a folder for the mapper, runs the mapper on it, and reads its output back.

    Running asks once for each folder, since it starts programs outside this one.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.setText(self.tr("Maker's mapper"))
        self.setToolTip(
            self.tr("A real board's NPU is configured by the maker's own mapper, with our layout")
        )
        self.setProperty("role", "tool")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        self._export = menu.addAction(self.tr("Write a folder for it"))
        self._export.triggered.connect(self._ask_export)
        self._run = menu.addAction(self.tr("Run it on that folder"))
        self._run.triggered.connect(self._ask_run)
        self._take = menu.addAction(self.tr("Take over its output…"))
        self._take.triggered.connect(self._choose_output)
        menu.aboutToShow.connect(self.refresh)
        self.setMenu(menu)

    @property
    def _folder(self) -> Path | None:
        """The folder that is exported, beside the results."""
        out = self._workspace.out
        return None if out is None else out.with_name(f"{out.name}-{_NAME}")

    def refresh(self) -> None:
        """Enable what there is something for."""
        workspace, folder = self._workspace, self._folder
        self._export.setEnabled(workspace.layout is not None)
        exported = folder is not None and folder.is_dir()
        self._run.setEnabled(exported and workspace.settings.mapper != "off")
        off = self.tr("Set up where it runs in the settings, under Maker's mapper")
        self._run.setToolTip(off if workspace.settings.mapper == "off" else "")
        self._take.setEnabled(workspace.layout is not None)

    def _ask_export(self) -> None:
        folder = self._folder
        if folder is not None:
            self._ask(studies.export_to_maker, (folder,), self._exported, "map")

    def _exported(self, made: MakerFolder) -> None:
        self._workspace.add_output(_NAME, [str(made.folder), *made.notes])
        self._workspace.notice.emit(self.tr("Written: {0}").format(made.folder))
        readme = made.folder / _README
        if readme.is_file():
            self._workspace.file_requested.emit(readme, 1)

    def _ask_run(self) -> None:
        folder = self._folder
        if folder is None:
            return
        if consent.given(folder):
            self._run_it()
            return
        box = named(QMessageBox(self.window()), "maker-consent")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Maker's mapper"))
        box.setText(self.tr("Start the maker's mapper on this folder?"))
        box.setInformativeText(
            self.tr(
                "It runs outside CIM Studio, in Docker or on another computer as the settings say,"
                " and gets everything in the folder:\n{0}\nThis is asked once for each folder."
            ).format(folder)
        )
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        box.setDefaultButton(QMessageBox.StandardButton.No)
        box.accepted.connect(self._on_yes)
        box.open()

    def _on_yes(self) -> None:
        folder = self._folder
        if folder is None:
            return
        try:
            consent.give(folder)
        except StudioError as error:
            self._workspace.error.emit(error)
            return
        self._run_it()

    def _run_it(self) -> None:
        folder, out = self._folder, self._workspace.out
        if folder is not None and out is not None:
            arguments = (folder, self._workspace.settings, out)
            self._ask(studies.run_maker, arguments, self._compared, "")

    def _choose_output(self) -> None:
        dialog = named(QFileDialog(self.window(), self.tr("The mapper's output")), "maker-output")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        folder = self._folder
        if folder is not None:
            dialog.setDirectory(str(folder if folder.is_dir() else folder.parent))
        dialog.fileSelected.connect(self._take_over)
        dialog.open()

    def _take_over(self, chosen: str) -> None:
        out = self._workspace.out
        if out is not None:
            self._ask(studies.take_over, (Path(chosen), out), self._compared, "")

    def _compared(self, found: Comparison) -> None:
        lines = [self.tr("difference: {0}").format(text) for text in found.differences]
        text = (
            self.tr("The mapper's map is ours, cell by cell; its files are in the results.")
            if found.equal
            else self.tr("The mapper's map differs from ours; Output says where.")
        )
        self._workspace.add_output(_NAME, [*lines, text])
        self._workspace.notice.emit(text)

    def _ask(
        self,
        function: Callable[..., object],
        arguments: tuple[object, ...],
        then: Callable[[Any], None],
        until: str,
    ) -> None:
        self._workspace.task_requested.emit(Ask(_NAME, function, arguments, then, until=until))
