"""How the firmware is built: configurations, their choices, and the programs there are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.base import fields
from studio.options import Options
from studio.ui.firmware_builds import BuildButtons
from studio.ui.firmware_programs import BoardTools, Compilers
from studio.ui.form import Form
from studio.ui.widgets import muted, surface, verbatim
from studio.ui.workspace import Workspace


class Setup(QScrollArea):
    """The form of "Build" and "Emulator", buttons for configurations, and the programs found."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(widgetResizable=True)
        self._workspace = workspace
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        chosen = [field for field in fields.of(Options) if field.group in ("Build", "Emulator")]
        self._form = Form(chosen, workspace.options)
        self._form.changed.connect(self._edit)
        self._compilers = Compilers(workspace)
        self._tools = BoardTools(workspace)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(0)
        column.addWidget(BuildButtons(workspace))
        column.addWidget(self._form)
        self._models = verbatim(muted(QLabel(wordWrap=True)))
        self._models.setContentsMargins(12, 0, 12, 8)
        column.addWidget(self._models)
        column.addWidget(self._compilers)
        column.addSpacing(8)
        column.addWidget(self._tools)
        column.addStretch()
        self.setWidget(surface(page))
        surface(self)
        workspace.options_changed.connect(self._show)
        workspace.chip_changed.connect(self._show_models)
        self._show_models()

    def _show(self) -> None:
        self._form.set_values(self._workspace.options)

    def _show_models(self) -> None:
        """Name the device models the noise may be of, and offer them while it is typed."""
        names = sorted(self._workspace.chip.noise)
        self._models.setText(self.tr("Analog noise of this chip: {0}").format(", ".join(names)))
        editor = self._form.editor("noise")
        if isinstance(editor, QLineEdit):
            editor.setCompleter(QCompleter(names, editor))

    def _edit(self, name: str, value: object) -> None:
        text = self.tr("Change how firmware is built and run")
        self._workspace.edit_options(text, **{name: value})
