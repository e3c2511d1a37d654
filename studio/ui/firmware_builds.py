"""Build configurations: named choices of compiler, samples and debugging, and which is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QInputDialog, QMenu, QToolButton, QWidget

from studio.options import BUILD_CHOICES, BUILDS, Build
from studio.ui.widgets import tool_button
from studio.ui.workspace import Workspace


def all_of(workspace: Workspace) -> tuple[Build, ...]:
    """The project's builds; those every project begins with where none is open."""
    return workspace.project.builds if workspace.project is not None else BUILDS


def chosen(workspace: Workspace) -> Build | None:
    """The build whose choices the options hold; None where they are nobody's."""
    fitting = (build for build in all_of(workspace) if build.fits(workspace.options))
    return next(fitting, None)


def title(build: Build) -> str:
    """The name as it is shown: those every project begins with are translated."""
    known = {
        "Release": QCoreApplication.translate("Builds", "Release"),
        "Debug": QCoreApplication.translate("Builds", "Debug"),
    }
    return known.get(build.name, build.name)


class BuildBox(QComboBox):
    """Chooses a configuration; shows "Custom" where the options are in none."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.setAccessibleName(self.tr("Build configuration"))
        self.setToolTip(self.tr("Build configuration; the Setup tab says what is in it"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(self._choose)
        workspace.options_changed.connect(self._show)
        workspace.project_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        builds, now = all_of(self._workspace), chosen(self._workspace)
        blocker = QSignalBlocker(self)
        self.clear()
        self.addItems([title(build) for build in builds])
        if now is None:
            self.addItem(self.tr("Custom"))
        self.setCurrentIndex(len(builds) if now is None else builds.index(now))
        blocker.unblock()

    def _choose(self, index: int) -> None:
        builds = all_of(self._workspace)
        if index < len(builds):
            build = builds[index]
            self._workspace.edit_options(self.tr("Choose a build"), **build.choices)


class BuildButtons(QWidget):
    """Saves, renames and deletes configurations of the open project."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(6)
        self._save = tool_button("build-save", self.tr("Save as…"))
        self._save.setToolTip(self.tr("Give the choices below a name of their own"))
        self._save.clicked.connect(self._ask_new)
        self._replace = tool_button("build-replace", self.tr("Replace…"))
        self._replace.setToolTip(self.tr("Put the choices below into a configuration there is"))
        self._replace.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._replace.setMenu(self._menu)
        self._rename = tool_button("build-rename", self.tr("Rename…"))
        self._rename.clicked.connect(self._ask_name)
        self._delete = tool_button("build-delete", self.tr("Delete"))
        self._delete.clicked.connect(self._remove)
        for button in (self._save, self._replace, self._rename, self._delete):
            row.addWidget(button)
        row.addStretch()
        workspace.options_changed.connect(self._show)
        workspace.project_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        """What can be done: choices in no configuration are saved, others renamed and deleted."""
        known = self._workspace.project is not None
        now = chosen(self._workspace)
        for button in (self._save, self._replace):
            button.setVisible(now is None)
            button.setEnabled(known)
        for button in (self._rename, self._delete):
            button.setVisible(now is not None)
            button.setEnabled(known)
        if len(all_of(self._workspace)) < 2:
            self._delete.setEnabled(False)

    # -- what the buttons do

    def _ask_new(self) -> None:
        self._ask(self.tr("Save the configuration"), self.tr("Name"), "", self._add)

    def _ask_name(self) -> None:
        now = chosen(self._workspace)
        if now is not None:
            text = self.tr("Rename the configuration")
            self._ask(text, self.tr("Name"), title(now), self._rename_to)

    def _ask(self, heading: str, label: str, value: str, then: object) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(heading)
        dialog.setLabelText(label)
        dialog.setTextValue(value)
        dialog.textValueSelected.connect(then)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _add(self, name: str) -> None:
        """Under a name there is already, that one is replaced."""
        name, builds = name.strip(), all_of(self._workspace)
        if not name:
            return
        made = self._now(name)
        kept = [made if build.name == name else build for build in builds]
        self._store(kept if made in kept else [*kept, made])

    def _rename_to(self, name: str) -> None:
        name, now, builds = name.strip(), chosen(self._workspace), all_of(self._workspace)
        if now is None or not name or name in (build.name for build in builds):
            return
        self._store([replace(now, name=name) if build == now else build for build in builds])

    def _remove(self) -> None:
        """The choices stay as they are."""
        now = chosen(self._workspace)
        builds = all_of(self._workspace)
        if now is not None and len(builds) > 1:
            self._store([build for build in builds if build != now])

    def _fill_menu(self) -> None:
        self._menu.clear()
        for build in all_of(self._workspace):
            action = self._menu.addAction(title(build))
            action.triggered.connect(partial(self._add, build.name))

    def _now(self, name: str) -> Build:
        options = self._workspace.options
        return Build(name, **{choice: getattr(options, choice) for choice in BUILD_CHOICES})

    def _store(self, builds: Sequence[Build]) -> None:
        project = self._workspace.project
        if project is not None:
            self._workspace.set_project(replace(project, builds=tuple(builds)))
