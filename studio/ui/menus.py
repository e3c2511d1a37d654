"""The menu bar: the window's actions in their groups."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar

from studio.ui.actions import Actions
from studio.ui.commands import Commands
from studio.ui.docks import Docks
from studio.ui.layouts import Layout, Store
from studio.ui.widgets import literal, plain
from studio.ui.workspace import Workspace


class Menus(QObject):
    """Fills ``bar``; lists of things that change are filled when they open."""

    def __init__(
        self,
        bar: QMenuBar,
        actions: Actions,
        commands: Commands,
        docks: Docks,
        store: Store,
        workspace: Workspace,
    ) -> None:
        super().__init__(bar)
        self._bar = bar
        self._actions = actions
        self._commands = commands
        self._docks = docks
        self._layouts: tuple[Layout, ...] = ()
        self._store = store
        self._workspace = workspace
        self._make_file()
        self._make_edit()
        self._make_deploy()
        self._make_view()
        self._make_help()
        actions.reset_layout.triggered.connect(self._reset)

    def add_panels(self, layouts: tuple[Layout, ...]) -> None:
        """Fill the menus of panels and layouts, once the panels are there."""
        self._layouts = layouts
        self._panels.addActions([self._docks.toggle_action(name) for name in self._docks.names])
        first = self._focus.actions()[0]
        self._focus.insertActions(first, self._actions.focus_panels)
        self._focus.insertSeparator(first)

    def entries(self) -> Iterator[tuple[str, QAction]]:
        """Every action of every menu with the menus that lead to it."""
        self._fill_recent()
        self._fill_layouts()
        for action in self._bar.actions():
            yield from _walk(action, ())

    def _make_file(self) -> None:
        menu = self._bar.addMenu(self.tr("&File"))
        actions = self._actions
        menu.addActions([actions.open_model, actions.open_project, actions.open_data])
        menu.addActions([actions.open_recording])
        self._recent = menu.addMenu(self.tr("&Recent projects"))
        self._recent.aboutToShow.connect(self._fill_recent)
        menu.addSeparator()
        menu.addActions([actions.show_folder, actions.close_project])
        menu.addSeparator()
        menu.addActions([actions.recordings, actions.export_session, actions.report])
        menu.addSeparator()
        menu.addActions([actions.settings])
        menu.addSeparator()
        menu.addActions([actions.quit])

    def _make_edit(self) -> None:
        menu = self._bar.addMenu(self.tr("&Edit"))
        menu.addActions([self._actions.undo, self._actions.redo])

    def _make_deploy(self) -> None:
        actions = self._actions
        menu = self._bar.addMenu(self.tr("&Deploy"))
        menu.addActions([actions.deploy, actions.map, actions.build, actions.run, actions.feed])
        menu.addSeparator()
        menu.addActions([actions.connect_target])
        menu.addSeparator()
        menu.addActions([actions.cancel])

    def _make_view(self) -> None:
        actions = self._actions
        menu = self._bar.addMenu(self.tr("&View"))
        menu.addActions([actions.palette])
        menu.addSeparator()
        self._panels = menu.addMenu(self.tr("&Panels"))
        self._focus = menu.addMenu(self.tr("&Go to panel"))
        self._focus.addActions([actions.next_panel, actions.previous_panel])
        menu.addActions([actions.float_panel, actions.close_panel])
        menu.addSeparator()
        self._layout_menu = menu.addMenu(self.tr("&Layout"))
        self._layout_menu.aboutToShow.connect(self._fill_layouts)
        menu.addActions([actions.reset_layout])
        menu.addSeparator()
        menu.addMenu(self.tr("&Theme")).addActions(actions.themes.actions())
        menu.addMenu(self.tr("La&nguage")).addActions(actions.languages.actions())
        menu.addActions([actions.workshop, actions.full_screen])

    def _make_help(self) -> None:
        actions = self._actions
        menu = self._bar.addMenu(self.tr("&Help"))
        menu.addActions([actions.readme, actions.licences, actions.log])
        menu.addSeparator()
        menu.addActions([actions.about])

    def _fill_recent(self) -> None:
        menu = self._recent
        menu.clear()
        for folder in self._workspace.settings.recent:
            action = menu.addAction(_plain(Path(folder).name))
            action.setToolTip(literal(folder))
            action.triggered.connect(partial(self._open_recent, folder))
        menu.setToolTipsVisible(True)
        if menu.isEmpty():
            menu.addAction(self.tr("None yet")).setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction(self.tr("Clear the list"), self._commands.forget_recent)

    def _fill_layouts(self) -> None:
        menu, kept = self._layout_menu, self._store.layouts()
        menu.clear()
        for layout in self._layouts:
            action = menu.addAction(layout.label)
            action.triggered.connect(partial(self._arrange, layout))
        menu.addSeparator()
        for name in kept:
            action = menu.addAction(_plain(name))
            action.triggered.connect(partial(self._restore, name))
        if kept:
            menu.addSeparator()
        menu.addActions([self._actions.save_layout])
        if kept:
            delete = menu.addMenu(self.tr("&Delete"))
            for name in kept:
                action = delete.addAction(_plain(name))
                action.triggered.connect(partial(self._delete, name))
        is_open = self._actions.save_layout.isEnabled()
        for action in menu.actions():
            action.setEnabled(is_open)

    def _open_recent(self, folder: str, _checked: bool = False) -> None:
        self._commands.open_recent(folder)

    def _reset(self) -> None:
        if self._layouts:
            self._commands.arrange(self._layouts[0])

    def _arrange(self, layout: Layout, _checked: bool = False) -> None:
        self._commands.arrange(layout)

    def _restore(self, name: str, _checked: bool = False) -> None:
        self._commands.restore_layout(name, self._layouts[0])

    def _delete(self, name: str, _checked: bool = False) -> None:
        self._commands.delete_layout(name)


def _walk(action: QAction, path: tuple[str, ...]) -> Iterator[tuple[str, QAction]]:
    menu = action.menu()
    if isinstance(menu, QMenu):
        title = plain(action.text())
        for each in menu.actions():
            yield from _walk(each, (*path, title))
    elif not action.isSeparator() and action.isVisible():
        yield " › ".join(path), action


def _plain(text: str) -> str:
    """A name as a menu's text: ampersands are no mnemonics."""
    return text.replace("&", "&&")
