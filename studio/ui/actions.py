"""Every action of the window: text, shortcut, icon, what it does, and when it can be used."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow

from studio.ui import theme
from studio.ui.commands import Commands
from studio.ui.docks import Docks
from studio.ui.layouts import NUMBERED
from studio.ui.tasks import TaskRunner
from studio.ui.widgets import literal, plain
from studio.ui.workspace import Workspace


class Actions(QObject):
    """Makes the actions and keeps their state; ``menus.py`` and the toolbar show them."""

    def __init__(
        self,
        window: QMainWindow,
        workspace: Workspace,
        runner: TaskRunner,
        commands: Commands,
        docks: Docks,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._runner = runner
        self._monitoring = workspace.monitoring
        self._icons: list[tuple[QAction, str, bool]] = []
        self._make_files(commands)
        self._make_edit()
        self._make_deploy(commands)
        self._make_view(commands)
        self._make_help(commands)
        for signal in (
            runner.state_changed,
            workspace.monitoring.changed,
            workspace.target.changed,
            workspace.project_changed,
            workspace.model_changed,
            workspace.data_changed,
            workspace.qnetwork_changed,
            workspace.simulation_changed,
            workspace.image_changed,
            workspace.settings_changed,
            workspace.documents.opened,
            workspace.documents.closed,
            docks.changed,
        ):
            signal.connect(self.refresh)
        self._commands = commands
        self._docks = docks
        self.draw_icons()
        self.refresh()

    def refresh(self) -> None:
        """Enable and check what the state allows."""
        workspace, runner = self._workspace, self._runner
        is_open = workspace.model is not None or workspace.project is not None
        self.close_project.setEnabled(is_open or self._monitoring.can_forget)
        self.export_session.setEnabled(self._monitoring.used)
        self.report.setEnabled(is_open or self._monitoring.used)
        self.show_folder.setEnabled(self._commands.folder is not None)
        can_deploy = runner.can_deploy
        self.deploy.setEnabled(can_deploy)
        self.map.setEnabled(can_deploy)
        self.build.setEnabled(can_deploy)
        self.run.setEnabled(runner.can_run)
        self.feed.setEnabled(workspace.model is not None)
        self.cancel.setEnabled(runner.can_cancel)
        active = self._monitoring.active
        refusal = self._monitoring.refusal(workspace.port)
        self.connect_target.setEnabled(active or not refusal)
        text = self.tr("Disconnect") if active else self.tr("Connect")
        self.connect_target.setText(text)
        self.connect_target.setIconText(text)
        self.connect_target.setToolTip(refusal if refusal and not active else self._connect_tip)
        if text != self._connect_drawn:
            self._draw_connect()
        has_docks = is_open or bool(workspace.documents.all) or self._monitoring.used
        for action in (*self.layout_actions, self.next_panel, self.previous_panel):
            action.setEnabled(has_docks)
        has_panel = has_docks and bool(self._docks.current)
        self.close_panel.setEnabled(has_panel)
        self.float_panel.setEnabled(has_panel)
        settings = workspace.settings
        for group, chosen in ((self.themes, settings.theme), (self.languages, settings.language)):
            for action in group.actions():
                action.setChecked(action.data() == chosen)
        self.workshop.setChecked(settings.workshop)
        data = workspace.data
        self.open_data.setIconText(data.name if data else self.tr("Data"))
        self.open_data.setToolTip(
            literal(self.tr("Samples and labels: {0}").format(data))
            if data
            else self.tr("Open samples and labels (.npz or .npy)")
        )

    def add_panels(self, docks: Docks, go_to: Callable[[str], None]) -> None:
        """Make an action for each panel, which gives it the keyboard by ``go_to``."""
        for name in docks.names:
            key = [f"Ctrl+{NUMBERED.index(name) + 1}"] if name in NUMBERED else []
            action = self._add(docks.title(name), _call(go_to, name), *key)
            self.focus_panels.append(action)

    def draw_icons(self) -> None:
        """Draw the icons in the theme's colours."""
        for action, name, accent in self._icons:
            action.setIcon(theme.icon(name, self._on_accent if accent else None))
        self._draw_connect()

    def _draw_connect(self) -> None:
        self._connect_drawn = self.connect_target.text()
        name = "disconnect" if self._monitoring.active else "connect"
        self.connect_target.setIcon(theme.icon(name))

    @property
    def _on_accent(self) -> str:
        return theme.current().on_accent

    # -- making

    def _add(
        self,
        text: str,
        slot: Callable[..., object] | None = None,
        *keys: str | QKeySequence.StandardKey,
        icon: str = "",
        tip: str = "",
        checkable: bool = False,
    ) -> QAction:
        """An action of the window; the tool tip names the first key."""
        action = QAction(text, self._window, checkable=checkable)
        action.setIconText(plain(text))
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setIconVisibleInMenu(False)
        if tip:
            key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{tip} ({key})" if key else tip)
        if slot is not None:
            action.triggered.connect(slot)
        if icon:
            self._icons.append((action, icon, icon == "deploy"))
        self._window.addAction(action)
        return action

    def _make_files(self, commands: Commands) -> None:
        keys = QKeySequence.StandardKey
        self.open_model = self._add(
            self.tr("&Open model…"),
            commands.open_model,
            keys.Open,
            icon="open",
            tip=self.tr("Open an ONNX model"),
        )
        self.open_model.setIconText(self.tr("Open"))
        self.open_project = self._add(
            self.tr("Open &project…"), commands.open_project, "Ctrl+Alt+O"
        )
        self.open_data = self._add(
            self.tr("Open &data…"), commands.open_data, "Ctrl+Shift+O", icon="data"
        )
        self.open_recording = self._add(self.tr("Open recordi&ng…"), commands.open_recording)
        self.recordings = self._add(self.tr("Recordin&gs…"), commands.show_recordings)
        self.export_session = self._add(
            self.tr("&Export session…"),
            commands.export_session,
            tip=self.tr("Save what the monitor holds as a table, text, picture or sound"),
        )
        self.report = self._add(
            self.tr("Session repor&t…"),
            commands.report,
            tip=self.tr("Save one page about the model and what the board did with it"),
        )
        self.close_project = self._add(self.tr("&Close project"), commands.close_project)
        self.show_folder = self._add(self.tr("Show in &file manager"), commands.show_folder)
        self.settings = self._add(self.tr("&Settings…"), commands.show_settings, "Ctrl+,")
        self.quit = self._add(self.tr("&Quit"), self._window.close, "Ctrl+Q")

    def _make_edit(self) -> None:
        stack, keys = self._workspace.undo, QKeySequence.StandardKey
        self.undo = stack.createUndoAction(self._window, self.tr("Undo"))
        self.redo = stack.createRedoAction(self._window, self.tr("Redo"))
        for action, icon, key, text in (
            (self.undo, "undo", keys.Undo, self.tr("Undo")),
            (self.redo, "redo", keys.Redo, self.tr("Redo")),
        ):
            bound = QKeySequence.keyBindings(key)
            if action is self.redo and QKeySequence("Ctrl+Y") not in bound:
                bound.append(QKeySequence("Ctrl+Y"))  # everywhere as on Windows
            action.setShortcuts(bound)
            action.setIconText(text)
            action.setIconVisibleInMenu(False)
            self._icons.append((action, icon, False))
            self._window.addAction(action)

    def _make_deploy(self, commands: Commands) -> None:
        self.deploy = self._add(
            self.tr("&Deploy"),
            commands.deploy,
            "F5",
            icon="deploy",
            tip=self.tr("Quantize, place, build and run the model on the target"),
        )
        self.map = self._add(
            self.tr("&Map"),
            commands.map,
            "Ctrl+M",
            icon="array",
            tip=self.tr("Quantize the model and place it on the array"),
        )
        self.build = self._add(
            self.tr("&Build"),
            commands.build,
            "Ctrl+B",
            "Alt+F7",
            icon="build",
            tip=self.tr("Build the firmware, without running it"),
        )
        self.run = self._add(
            self.tr("&Run again"),
            commands.run_again,
            "Ctrl+D",
            icon="again",
            tip=self.tr("Run the firmware that is built"),
        )
        self.feed = self._add(
            self.tr("&Feed samples…"),
            commands.feed,
            tip=self.tr("Send a data set to the target, sample by sample"),
        )
        self.cancel = self._add(
            self.tr("&Cancel"),
            commands.cancel,
            "Shift+F5",
            icon="cancel",
            tip=self.tr("Stop what runs"),
        )
        self.connect_target = self._add(
            self.tr("Connect"),
            commands.connect_target,
            "Ctrl+Shift+L",
            icon="connect",
            tip=self.tr("Show in the monitor what the target says, and send to it"),
        )
        self._connect_tip = self.connect_target.toolTip()

    def _make_view(self, commands: Commands) -> None:
        self.palette = self._add(self.tr("&Command palette…"), None, "Ctrl+Shift+P")
        self.save_layout = self._add(self.tr("&Save layout as…"), commands.save_layout)
        self.reset_layout = self._add(self.tr("&Reset layout"))
        self.layout_actions = [self.save_layout, self.reset_layout]
        self.next_panel = self._add(self.tr("Next panel"), commands.next_panel, "F6")
        self.previous_panel = self._add(
            self.tr("Previous panel"), commands.previous_panel, "Shift+F6"
        )
        self.close_panel = self._add(self.tr("Close this panel"), commands.close_panel, "Ctrl+F4")
        self.float_panel = self._add(
            self.tr("Make a window of this panel"), commands.float_panel, "Ctrl+Shift+F4"
        )
        self.focus_panels: list[QAction] = []
        self.themes = self._choice(
            (
                ("system", self.tr("Like the system")),
                ("light", self.tr("Light")),
                ("dark", self.tr("Dark")),
            ),
            lambda value: commands.change_settings(theme=value),
        )
        # A language is named in itself, so that who needs it can read it.
        self.languages = self._choice(
            (("system", self.tr("Like the system")), ("en", "English"), ("zh", "简体中文")),
            lambda value: commands.change_settings(language=value),
        )
        self.workshop = self._add(
            self.tr("&Workshop mode"),
            lambda checked: commands.change_settings(workshop=checked),
            tip=self.tr("Large type for a projector"),
            checkable=True,
        )
        self.full_screen = self._add(
            self.tr("&Full screen"), self._toggle_full_screen, "F11", checkable=True
        )

    def _make_help(self, commands: Commands) -> None:
        self.readme = self._add(self.tr("&Read me"), commands.show_readme, "F1")
        self.licences = self._add(self.tr("Third party &licences"), commands.show_licences)
        self.log = self._add(self.tr("&Show log"), commands.show_log)
        self.about = self._add(self.tr("&About CIM Studio"), commands.show_about)

    def _choice(
        self, entries: tuple[tuple[str, str], ...], choose: Callable[[str], None]
    ) -> QActionGroup:
        group = QActionGroup(self._window)
        for value, text in entries:
            action = self._add(text, _call(choose, value), checkable=True)
            action.setData(value)
            group.addAction(action)
        return group

    def _toggle_full_screen(self, checked: bool) -> None:
        if checked:
            self._window.showFullScreen()
        else:
            self._window.showNormal()


def _call(function: Callable[[str], None], value: str) -> Callable[..., None]:
    """A slot that drops what the signal carries."""
    return lambda *_carried: function(value)
