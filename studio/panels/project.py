"""The project: what it consists of, how it is quantized, and what its deploys came to."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from superqt import QFlowLayout

from studio.base import fields
from studio.options import Options
from studio.ui import files, template_text, theme
from studio.ui.cards import Elided
from studio.ui.empty import EmptyOrFull, EmptyState
from studio.ui.form import Form
from studio.ui.panel import Panel
from studio.ui.project_changes import Changes
from studio.ui.project_facts import Facts
from studio.ui.project_results import Results
from studio.ui.records import NewProject
from studio.ui.widgets import literal, muted, named, surface, tool_button, verbatim
from studio.ui.workspace import Workspace

_ID = "project"
_FIELDS = tuple(field for field in fields.of(Options) if field.group == "Quantize")


class Project(QWidget):
    """Tabs for the overview, the quantizer's options and the results."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self._place: Path | None = None
        self.results = Results(workspace)
        self.tabs = named(QTabWidget(documentMode=True), "project-tabs")
        self.tabs.addTab(self._overview(), self.tr("Overview"))
        self._form: Form | None = None
        self._options = _scrolled(surface(QWidget()))
        self.tabs.addTab(self._options, self.tr("Quantize"))
        self.tabs.addTab(self.results, self.tr("Results"))
        self.tabs.setCurrentIndex(workspace.views.get(_ID, 0))
        self.tabs.currentChanged.connect(self._on_tab)
        self._fill_tab()
        empty = EmptyState(
            "open",
            self.tr("No project yet"),
            self.tr("Drop an ONNX model: a project is made of it."),
        )
        self._stack = EmptyOrFull(empty, self.tabs)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        workspace.project_changed.connect(self._show)
        workspace.model_changed.connect(self._show)
        workspace.options_changed.connect(self._show_options)
        self._show()

    # -- making

    def _overview(self) -> QWidget:
        self._name = named(Elided(), "project-name")
        self._name.setFont(theme.sized(1.25, bold=True))
        self._folder = named(Elided(mode=Qt.TextElideMode.ElideMiddle), "project-folder")
        muted(self._folder)
        self._reveal = named(QToolButton(), "show-folder")
        self._reveal.setText(self.tr("Show"))
        self._reveal.setProperty("role", "link")
        self._reveal.setToolTip(self.tr("Show in file manager"))
        self._reveal.setAccessibleName(self.tr("Show in file manager"))
        self._reveal.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._reveal.clicked.connect(self._show_folder)
        page = QWidget()
        surface(page)
        column = QVBoxLayout(page)
        margin = theme.px(12)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(theme.px(12))
        head = QVBoxLayout()
        head.setSpacing(theme.px(1))
        head.addWidget(self._name)
        where = QHBoxLayout()
        where.setSpacing(theme.px(6))
        where.addWidget(self._folder, 1)
        where.addWidget(self._reveal)
        head.addLayout(where)
        column.addLayout(head)
        column.addWidget(Facts(self._workspace))
        column.addWidget(self._buttons())
        column.addWidget(self._imported())
        column.addWidget(Changes(self._workspace))
        column.addStretch()
        return _scrolled(page)

    def _buttons(self) -> QWidget:
        data = self._button("open-data", self.tr("Open data"))
        data.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(data)
        menu.addAction(self.tr("Samples and labels (.npz, .npy)…"), self._browse_data)
        menu.addAction(self.tr("Folder of pictures…"), self._browse_pictures)
        data.setMenu(menu)
        new = self._button("new-project", self.tr("New project"))
        new.setToolTip(self.tr("New project from a template"))
        new.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        templates = QMenu(new)
        for template in template_text.ORDER:
            action = templates.addAction(template_text.name(template))
            action.setToolTip(template_text.about(template))
            action.triggered.connect(partial(self._create, template))
        templates.setToolTipsVisible(True)
        new.setMenu(templates)
        bar = QWidget()
        flow = QFlowLayout(bar)  # one below the other in a narrow dock
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setHorizontalSpacing(theme.px(6))
        flow.setVerticalSpacing(theme.px(6))
        flow.addWidget(data)
        flow.addWidget(new)
        return bar

    def _button(self, name: str, text: str) -> QToolButton:
        button = tool_button(name, text)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _imported(self) -> QWidget:
        """A line that tells of what came from a .wmproject, and opens it."""
        self._import = QWidget()
        row = QHBoxLayout(self._import)
        row.setContentsMargins(0, 0, 0, 0)
        self._import_text = verbatim(muted(QLabel(wordWrap=True)))
        show = named(QToolButton(), "show-imported")
        show.setText(self.tr("Show"))
        show.setProperty("role", "link")
        show.clicked.connect(self._show_imported)
        row.addWidget(self._import_text, 1)
        row.addWidget(show)
        return self._import

    def _fill_tab(self) -> None:
        """The form is made when it is first seen: it takes longer than all the rest."""
        if self._form is not None or self.tabs.currentWidget() is not self._options:
            return
        self._form = Form(_FIELDS, self._workspace.options)
        self._form.changed.connect(self._on_edit)
        page = surface(QWidget())
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._form)
        column.addStretch()
        self._options.setWidget(page)
        self._show_options()

    # -- showing

    def _show(self) -> None:
        workspace, project = self._workspace, self._workspace.project
        self._stack.set_full(project is not None or workspace.model is not None)
        model = workspace.model
        name = project.name if project else model.stem if model else ""
        folder = project.folder if project else model.parent if model else None
        self._name.set_text(name)
        self._place = folder
        self._folder.set_text(_shown(folder) if folder else "")
        self._folder.setToolTip(literal(str(folder)) if folder else "")
        self._reveal.setEnabled(folder is not None)
        imported = project.imported if project else {}
        self._import.setVisible(bool(imported))
        if imported:
            text = self.tr("Imported from the maker's project {0}")
            self._import_text.setText(text.format(imported.get("project", "")))
        self._show_options()

    def _show_options(self) -> None:
        options = self._workspace.options
        if self._form is not None:
            self._form.set_values(options)
            self._form.set_row_enabled("percentile", options.method == "percentile")

    # -- doing

    def _on_tab(self, index: int) -> None:
        self._workspace.views[_ID] = index
        self._fill_tab()

    def _on_edit(self, name: str, value: object) -> None:
        self._workspace.edit_options(self.tr("Change an option"), **{name: value})

    def _create(self, template: str) -> None:
        self._workspace.task_requested.emit(NewProject(template))

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._place or "")))

    def _show_imported(self) -> None:
        project = self._workspace.project
        if project is not None:
            self._workspace.file_requested.emit(project.file, _line_of(project.file, "[imported"))

    def _browse_data(self) -> None:
        endings = " ".join(f"*{ending}" for ending in files.DATA)
        dialog = self._dialog(self.tr("Open data"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("NumPy arrays ({0})").format(endings))
        dialog.open()

    def _browse_pictures(self) -> None:
        dialog = self._dialog(self.tr("Open a folder of pictures"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._offer)
        return dialog

    def _offer(self, path: str) -> None:
        self._workspace.files_offered.emit([path])


def _shown(folder: Path) -> str:
    """A folder of the user's without what all of them begin with."""
    home = Path.home()
    return str("~" / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)


def _scrolled(page: QWidget) -> QScrollArea:
    area = QScrollArea(widgetResizable=True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area


def _line_of(path: Path, start: str) -> int:
    """The number of the first line that begins so; 1 where none does."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return 1
    return next((n for n, line in enumerate(lines, 1) if line.startswith(start)), 1)


PANEL = Panel(_ID, str(QT_TRANSLATE_NOOP("Panel", "Project")), "left", Project)
