"""The docks: every panel but the welcome page, movable, floatable, tabbed and closable."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from PySide6.QtCore import QByteArray, QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QShowEvent, QWindow
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QMenu,
    QTabBar,
    QTabWidget,
    QWidget,
)

from studio.ui import layouts
from studio.ui.dock_holder import Holder
from studio.ui.dock_title import TitleBar
from studio.ui.widgets import named

# All docks are in one area, split as they need; the other areas take what is dragged there.
_AREA = Qt.DockWidgetArea.LeftDockWidgetArea


class Docks(QMainWindow):
    """Holds docks by the id of their panel. ``changed`` tells that one opened or closed.

    A panel is hidden (not only covered) while its dock is closed or behind another tab, so that
    it can see by ``isVisible`` whether work is worth it.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setObjectName("docks")
        options = QMainWindow.DockOption
        self.setDockOptions(
            options.AllowTabbedDocks | options.AllowNestedDocks | options.GroupedDragging
        )
        self.setDocumentMode(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._docks: dict[str, QDockWidget] = {}
        self._panels: dict[str, QWidget] = {}
        self._last = ""
        self._pending: layouts.Tree | QByteArray | None = None
        self._sizes: list[tuple[list[QDockWidget], list[int], Qt.Orientation]] = []
        self._tidy = QTimer(self, singleShot=True, interval=0)
        self._tidy.timeout.connect(self._tidy_up)
        # Without its arguments, since what loses the keyboard may be dying.
        QApplication.instance().focusChanged.connect(self._show_focus)  # type: ignore[union-attr]

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Whatever room there is."""
        return QSize(800, 600)

    # -- docks

    def add(self, name: str, title: str, panel: QWidget) -> None:
        """Put ``panel`` into a dock, closed and nowhere until a layout places it."""
        dock = named(QDockWidget(title, self), name)
        dock.setTitleBarWidget(TitleBar(dock))
        panel.hide()
        dock.setWidget(Holder(panel))
        dock.hide()
        self._docks[name] = dock
        self._panels[name] = panel
        dock.visibilityChanged.connect(panel.setVisible)
        dock.visibilityChanged.connect(self._on_change)
        dock.topLevelChanged.connect(self._on_change)
        dock.dockLocationChanged.connect(self._on_change)
        dock.toggleViewAction().toggled.connect(self.changed)
        dock.topLevelChanged.connect(self.changed)

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of all panels, in the order they were added."""
        return tuple(self._docks)

    def panel(self, name: str) -> QWidget:
        """The panel of that id."""
        return self._panels[name]

    def title(self, name: str) -> str:
        """What the panel is called."""
        return self._docks[name].windowTitle()

    def toggle_action(self, name: str) -> QAction:
        """Opens and closes the dock; checked while it is open."""
        return self._docks[name].toggleViewAction()

    def is_open(self, name: str) -> bool:
        """Whether the dock is open, even if behind another tab."""
        return not self._docks[name].isHidden()

    def show_panel(self, name: str) -> None:
        """Open the dock where it was last and bring it to the front; unknown ids do nothing."""
        dock = self._docks.get(name)
        if dock is None:
            return
        dock.show()
        dock.raise_()
        if dock.isFloating():
            dock.activateWindow()

    def focus_panel(self, name: str) -> None:
        """Show the panel and give it the keyboard."""
        if name not in self._docks:
            return
        self.show_panel(name)
        panel = self._panels[name]
        # Qt brings a tab to the front when it next lays out; the panel must show to take focus.
        panel.show()
        target = panel.focusWidget() or next(_takers(panel), panel)
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_panel(self, name: str) -> None:
        """Close the dock; it keeps its place."""
        self._docks[name].close()

    def float_panel(self, name: str) -> None:
        """Make a window of the dock, or put it back."""
        self._docks[name].setFloating(not self._docks[name].isFloating())

    def tabify(self, name: str, onto: str) -> None:
        """Make ``name`` a tab beside ``onto``."""
        self.tabifyDockWidget(self._docks[onto], self._docks[name])

    @property
    def current(self) -> str:
        """The id of the panel that has the keyboard, or had it last and is open; else ""."""
        return self._last if self._last and self.is_open(self._last) else ""

    def windows(self) -> list[QWindow]:
        """The windows of floating docks."""
        handles = [dock.windowHandle() for dock in self._docks.values() if dock.isFloating()]
        return [handle for handle in handles if handle is not None]

    def focused(self) -> str:
        """The id of the panel that has the keyboard, "" where none has it."""
        widget = QApplication.focusWidget()
        for name, dock in self._docks.items():
            if widget is not None and (widget is dock or dock.isAncestorOf(widget)):
                return name
        return ""

    def step(self, by: int) -> None:
        """Give the keyboard to the next panel that shows (``by`` 1) or the one before (-1)."""
        shown = [name for name, panel in self._panels.items() if panel.isVisible()]
        if not shown:
            return
        now = self.focused()
        start = shown.index(now) if now in shown else (-1 if by > 0 else 0)
        self.focus_panel(shown[(start + by) % len(shown)])

    # -- layouts

    def arrange(self, tree: layouts.Tree) -> None:
        """Lay the docks out as ``tree`` says; sizes wait until the window shows."""
        if not self.isVisible():
            self._pending = tree
            return
        self._pending = None
        self.setUpdatesEnabled(False)
        for dock in self._docks.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        self._sizes = []
        front = self._group(next(layouts.groups(tree)))
        self.addDockWidget(_AREA, front[0])
        self._place(tree)
        for group in layouts.groups(tree):
            for name in group.panels:
                self._docks[name].show()
        self.setUpdatesEnabled(True)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        for docks, sizes, orientation in self._sizes:
            self.resizeDocks(docks, sizes, orientation)
        for group in layouts.groups(tree):
            if group.panels:
                self._docks[group.panels[0]].raise_()
        self._on_change()

    def save(self) -> QByteArray:
        """Where everything is; empty while no layout was ever shown."""
        if isinstance(self._pending, QByteArray):
            return self._pending
        return QByteArray() if self._pending is not None else self.saveState(layouts.VERSION)

    def restore(self, state: QByteArray, otherwise: layouts.Tree) -> None:
        """Put everything where ``state`` says, or, where it is none of ours, ``otherwise``.

        Panels that ``state`` does not know stay closed beside their neighbours of ``otherwise``.
        """
        if not self.isVisible():
            self._pending = otherwise if state.isEmpty() else state
            self._otherwise = otherwise
            return
        self.arrange(otherwise)
        before = {name for name in self._docks if self.is_open(name)}
        if not self.restoreState(state, layouts.VERSION):
            return
        for dock in self._docks.values():
            if dock.isFloating():
                # Qt keeps a page from being drawn while it comes to the front, and lets only
                # what is inside it be drawn again.
                dock.setUpdatesEnabled(True)
        self._pending = None
        if not any(self.is_open(name) for name in self._docks) and before:
            self.arrange(otherwise)
        self._on_change()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Do what waited for the window's size."""
        super().showEvent(event)
        pending, self._pending = self._pending, None
        if isinstance(pending, QByteArray):
            self.restore(pending, self._otherwise)
        elif pending is not None:
            self.arrange(pending)

    def _group(self, group: layouts.Group) -> list[QDockWidget]:
        return [self._docks[name] for name in (*group.panels, *group.closed)]

    def _place(self, tree: layouts.Tree) -> None:
        """Split and tabify below the first dock of ``tree``, which has its place already."""
        if isinstance(tree, layouts.Group):
            first, *others = self._group(tree)
            for before, dock in itertools.pairwise([first, *others]):
                self.tabifyDockWidget(before, dock)
            return
        orientation = Qt.Orientation.Vertical if tree.vertical else Qt.Orientation.Horizontal
        firsts = [self._group(next(layouts.groups(part)))[0] for part in tree.parts]
        for before, dock in itertools.pairwise(firsts):
            self.splitDockWidget(before, dock, orientation)
        for part in tree.parts:
            self._place(part)
        room = self.height() if tree.vertical else self.width()
        total = sum(part.weight for part in tree.parts)
        sizes = [room * part.weight // total for part in tree.parts]
        # Outer splits first: they change the inner ones.
        self._sizes.insert(0, (firsts, sizes, orientation))

    # -- tabs

    def event(self, event: QEvent) -> bool:
        """Look at the tabs again after Qt has laid out."""
        seen = event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.ChildAdded)
        if seen and hasattr(self, "_tidy"):  # Qt sends these while it makes the window, too
            self._on_change()
        return super().event(event)

    def _on_change(self) -> None:
        self._tidy.start()

    def _tidy_up(self) -> None:
        """Title bars only where no tab names the panel; our buttons on Qt's tab bars."""
        for dock in self._docks.values():
            bar = dock.titleBarWidget()
            beside = [each for each in self.tabifiedDockWidgets(dock) if not each.isHidden()]
            # Not parentWidget: PySide makes the dock its child, whose end is then the dock's.
            alone = not beside or dock.isFloating() or not self.isAncestorOf(dock)
            if isinstance(bar, TitleBar):
                bar.set_compact(not alone)
        for tabs in self._tab_bars():
            if not tabs.property("prepared"):
                self._prepare(tabs)
            self._name_buttons(tabs)
        self._show_focus()

    def _tab_bars(self) -> Iterator[QTabBar]:
        # Not those of panels: PySide dies of a widget that is just losing a child.
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        yield from self.findChildren(QTabBar, options=direct)

    def _prepare(self, tabs: QTabBar) -> None:
        # Not told by "dock": a change of focus may mark a new tab bar before it is tidied up.
        tabs.setProperty("prepared", True)
        _mark(tabs, "idle")
        tabs.setTabsClosable(True)
        tabs.setUsesScrollButtons(True)
        tabs.setExpanding(False)
        tabs.setElideMode(Qt.TextElideMode.ElideNone)
        tabs.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tabs.customContextMenuRequested.connect(self._on_menu)
        tabs.tabBarClicked.connect(self._on_click)
        tabs.tabCloseRequested.connect(self._on_close)
        tabs.tabBarDoubleClicked.connect(self._on_double_click)
        tabs.setAccessibleName(self.tr("Panels"))

    def _name_buttons(self, tabs: QTabBar) -> None:
        """Qt makes one a tab, and calls all of them the same."""
        for index in range(tabs.count()):
            for side in (QTabBar.ButtonPosition.LeftSide, QTabBar.ButtonPosition.RightSide):
                button = tabs.tabButton(index, side)
                if button is not None:
                    button.setToolTip(self.tr("Close"))
                    button.setAccessibleName(self.tr("Close {0}").format(tabs.tabText(index)))

    def _at(self, tabs: QTabBar, index: int) -> str:
        """The panel of a tab; no two panels have the same title."""
        title = tabs.tabText(index)
        return next((name for name, dock in self._docks.items() if dock.windowTitle() == title), "")

    def _on_click(self, index: int) -> None:
        """Whoever brings a panel to the front means to work in it."""
        tabs = self.sender()
        if isinstance(tabs, QTabBar) and self._at(tabs, index):
            self.focus_panel(self._at(tabs, index))

    def _on_close(self, index: int) -> None:
        tabs = self.sender()
        if isinstance(tabs, QTabBar) and self._at(tabs, index):
            self.close_panel(self._at(tabs, index))

    def _on_double_click(self, index: int) -> None:
        tabs = self.sender()
        if isinstance(tabs, QTabBar) and self._at(tabs, index):
            self.float_panel(self._at(tabs, index))

    def _on_menu(self, place: QPoint) -> None:
        tabs = self.sender()
        if not isinstance(tabs, QTabBar):
            return
        index = tabs.tabAt(place)
        name = self._at(tabs, index if index >= 0 else tabs.currentIndex())
        if not name:
            return
        menu = QMenu(tabs)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Make a window of it"), lambda: self.float_panel(name))
        menu.addAction(self.tr("Close"), lambda: self.close_panel(name))
        others = menu.addAction(self.tr("Close the others"), lambda: self._close_others(name))
        others.setEnabled(tabs.count() > 1)
        menu.popup(tabs.mapToGlobal(place))

    def _close_others(self, name: str) -> None:
        for other in self.tabifiedDockWidgets(self._docks[name]):
            other.close()

    # -- which panel has the keyboard

    def _show_focus(self) -> None:
        active = self.focused()
        if active and active != self._last:
            self._last = active
            self.changed.emit()
        title = self.title(active) if active else ""
        for tabs in self._tab_bars():
            shows = tabs.isVisible() and tabs.tabText(tabs.currentIndex()) == title
            _mark(tabs, "active" if active and shows else "idle")
        for name, dock in self._docks.items():
            bar = dock.titleBarWidget()
            if bar is not None:
                _mark(bar, "active" if name == active else "idle")


def _mark(widget: QWidget, state: str) -> None:
    """Let the style sheet know ``state``."""
    if widget.property("dock") != state:
        widget.setProperty("dock", state)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def _takers(panel: QWidget) -> Iterator[QWidget]:
    """Widgets inside ``panel`` that take the keyboard, in the order they were put there."""
    # Not nextInFocusChain: PySide makes its result a child of the widget asked, and when that one
    # dies, wrappers of other panels' actions die with it.
    for each in panel.findChildren(QWidget):
        tab = each.focusPolicy() & Qt.FocusPolicy.TabFocus
        if tab and each.isVisibleTo(panel) and each.isEnabled():
            yield each
