"""Does random things to the whole window, as a child or a broken machine would."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import shiboken6
from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QGraphicsScene,
    QGraphicsView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from studio import studies, worker
from studio.app import Application
from studio.base.errors import FitError
from studio.base.job import Job
from studio.mapper import estimate
from studio.ui.records import Cancel, Deploy, NewProject, RunAgain
from studio.ui.window import MainWindow
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.conftest import ScriptedWorker
from tests.gui.monitor_monkey import MonitorMonkey
from tests.gui.test_accuracy import report
from tests.gui.test_window import drop

W = TypeVar("W", bound=QWidget)

LONGEST = 15.0  # seconds an action may take before it counts as one that blocks
_TEXTS = ("", "0", "-1", "1e999", "conv1", "x" * 300, "<b>&amp;", "/", "..", "中文", "\t", "[", "(")
_KEYS = (
    Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Up, Qt.Key.Key_Down,
    Qt.Key.Key_Left, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Space, Qt.Key.Key_F3,
    Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Plus, Qt.Key.Key_P,
)  # fmt: skip
_MODIFIERS = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def files(folder: Path, example: Path) -> list[Path]:
    """Good and bad files to drop."""
    folder.mkdir()
    for name, text in (
        ("main.c", "int x;\n"),
        ("table.csv", "a,b\n1,2\n"),
        ("broken.onnx", "not a model"),
        ("pickle.npy", "cos\nsystem\n"),
        ("broken.npz", "PK"),
        ("bad.protobuf", "layer {"),
        ("good.protobuf", ""),
        ("bad.wmproject", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
        ("bad.toml", "schema = 'x'"),
        ("no ending", ""),
        ("picture.png", "x"),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "empty").mkdir()
    (folder / "map").mkdir()
    (folder / "map" / "layers.txt").write_text("nonsense\n", encoding="utf-8")
    (folder / "broken").mkdir()
    (folder / "broken" / "project.toml").write_text("schema = 1\nmodel = '../x'", encoding="utf-8")
    shutil.copy(example, folder / "other.onnx")
    np.savez(folder / "other.npz", x=np.zeros((3, 1, 8, 8), np.float32), y=np.arange(3))
    return [*folder.iterdir(), example, example.with_suffix(".npz"), folder / "gone.onnx"]


class Monkey:
    """One seed's actions; ``told`` keeps what was done, newest last."""

    def __init__(
        self,
        application: Application,
        workspace: Workspace,
        background: ScriptedWorker,
        folder: Path,
        example: Path,
        seed: int,
    ) -> None:
        self._random = random.Random(seed)
        self._application = application
        self._workspace = workspace
        self._worker = background
        self._files = files(folder, example)
        self._folder = folder
        self._monitor = MonitorMonkey(workspace, folder, self._random)
        self.told: list[str] = []
        # What opens a menu waits in an event loop of its own until the menu goes.
        self._closer = QTimer(application, interval=30)
        self._closer.timeout.connect(self._close_popups)
        self._closer.start()

    def step(self) -> None:
        """Do one thing and let the window answer."""
        actions: dict[Callable[[], None], int] = {
            self.click: 30,
            self.trigger: 16,
            self.type_text: 10,
            self.choose: 8,
            self.spin: 6,
            self.tab: 8,
            self.key: 8,
            self.list_item: 10,
            self.mouse: 12,
            self.dock: 8,
            self.drop_files: 3,
            self.select: 6,
            self.work: 40,
            self.serial: 4,
            self.monitor: 24,
            self.ask: 6,
            self.undo: 6,
            self.dialog: 6,
            self.appearance: 1,
            self.resize: 2,
        }
        (action,) = self._random.choices(list(actions), list(actions.values()))
        self.told.append(action.__name__)
        action()
        QApplication.processEvents()
        if self._random.random() < 0.1:
            QTest.qWait(20)

    def stop(self) -> None:
        """Close what it opened."""
        self._closer.stop()
        self._monitor.close()
        for dialog in self._dialogs():
            dialog.close()

    # -- widgets

    def click(self) -> None:
        self._on(QAbstractButton, self._click)

    def _click(self, button: QAbstractButton) -> None:
        self._tell(button, button.text() or button.toolTip())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def trigger(self) -> None:
        """An action of menus, toolbar or panels, as the command palette can."""
        window = self._top()
        found = [each for each in window.findChildren(QAction) if each.isEnabled()]
        quits = self._window.actions_.quit
        # Menus are opened by clicks; pyqtgraph has an action of its own that nobody can reach.
        no = (QMenu, QGraphicsScene)
        found = [each for each in found if each is not quits and not isinstance(each.parent(), no)]
        menus = [each for menu in window.findChildren(QMenu) for each in menu.actions()]
        found += [each for each in menus if each.isEnabled() and each is not quits]
        if found:
            action = self._random.choice(found)
            self.told[-1] += f" {action.text()}"
            action.trigger()

    def type_text(self) -> None:
        if self._random.random() < 0.3:
            self._on(QPlainTextEdit, self._type)
        else:
            self._on(QLineEdit, self._type)

    def _type(self, field: QWidget) -> None:
        text = self._random.choice(_TEXTS)
        self._tell(field, text[:20])
        field.setFocus()
        if isinstance(field, QLineEdit) and self._random.random() < 0.5:
            field.clear()
        none = Qt.KeyboardModifier.NoModifier
        for sign in text[:40]:  # QTest knows only ASCII
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                if shiboken6.isValid(field):
                    QApplication.sendEvent(field, QKeyEvent(kind, 0, none, sign))

    def choose(self) -> None:
        self._on(QComboBox, self._choose)

    def _choose(self, box: QComboBox) -> None:
        if box.count():
            index = self._random.randrange(box.count())
            self._tell(box, box.itemText(index))
            box.setCurrentIndex(index)
            box.activated.emit(index)

    def spin(self) -> None:
        self._on(QAbstractSpinBox, self._spin)

    def _spin(self, box: QAbstractSpinBox) -> None:
        steps = self._random.choice((1, -1, 10, -1000))
        self._tell(box, str(steps))
        box.stepBy(steps)

    def tab(self) -> None:
        self._on(QTabBar, self._tab)

    def _tab(self, bar: QTabBar) -> None:
        if bar.count():
            index = self._random.randrange(bar.count())
            self._tell(bar, bar.tabText(index))
            QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())

    def key(self) -> None:
        widget = QApplication.focusWidget() or self._top()
        pressed, with_ = self._random.choice(_KEYS), self._random.choice(_MODIFIERS)
        self._tell(widget, f"{with_.name} {pressed.name}")
        QTest.keyClick(widget, pressed, with_)

    def list_item(self) -> None:
        self._on(QAbstractItemView, self._list_item)

    def _list_item(self, view: QAbstractItemView) -> None:
        model = view.model()
        if model is None or not model.rowCount():
            return
        row = self._random.randrange(model.rowCount())
        index = model.index(row, 0)
        self._tell(view, f"{row}")
        view.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        if isinstance(self._top(), QFileDialog):
            return
        match self._random.randrange(4):
            case 0:
                view.selectionModel().setCurrentIndex(
                    index, QItemSelectionModel.SelectionFlag.ClearAndSelect
                )
            case 1:
                QTest.mouseDClick(
                    view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center()
                )
            case 2:
                view.selectAll()
            case _:
                QTest.mouseClick(
                    view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center()
                )

    def mouse(self) -> None:
        self._on(QGraphicsView, self._mouse)

    def _mouse(self, view: QGraphicsView) -> None:
        port = view.viewport()
        if not port.width() or not port.height():
            return
        one, two = self._point(port), self._point(port)
        self._tell(view, str(one.toTuple()))
        left = Qt.MouseButton.LeftButton
        match self._random.randrange(6):
            case 0:
                QTest.mouseMove(port, one)
            case 1:
                QTest.mouseClick(port, left, pos=one)
            case 2:
                QTest.mouseDClick(port, left, pos=one)
            case 3:
                QTest.mouseClick(port, Qt.MouseButton.RightButton, pos=one)
            case 4:
                QTest.mousePress(port, left, pos=one)
                QTest.mouseMove(port, two)
                if self._random.random() < 0.3:
                    self.work()
                if shiboken6.isValid(port):
                    QTest.mouseRelease(port, left, pos=two)
            case _:
                none = Qt.KeyboardModifier.NoModifier
                turn = QPoint(0, self._random.choice((-120, 120, 1200)))
                event = QWheelEvent(
                    QPointF(one), QPointF(port.mapToGlobal(one)), QPoint(), turn,
                    Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False,
                )  # fmt: skip
                QApplication.sendEvent(port, event)

    def dialog(self) -> None:
        """End the dialog on top, or choose a file in it."""
        dialogs = self._dialogs()
        if not dialogs:
            return
        own = dialogs[-1]
        self._tell(own, own.windowTitle())
        saves = QFileDialog.AcceptMode.AcceptSave
        if isinstance(own, QFileDialog):
            if self._random.random() < 0.5 and own.acceptMode() is saves:
                own.fileSelected.emit(str(self._folder / "saved.txt"))
            elif self._random.random() < 0.5:
                own.fileSelected.emit(str(self._random.choice(self._files)))
            own.reject()
        elif self._random.random() < 0.5:
            own.accept()
        else:
            own.close()

    # -- the window

    def dock(self) -> None:
        docks = self._window.docks
        name = self._random.choice(docks.names)
        action = self._random.choice(
            (docks.close_panel, docks.show_panel, docks.float_panel, docks.focus_panel)
        )
        self.told[-1] += f" {action.__name__} {name}"
        action(name)

    def drop_files(self) -> None:
        chosen = self._random.sample(self._files, self._random.choice((1, 1, 1, 2, 3)))
        self.told[-1] += " " + " ".join(path.name for path in chosen)
        drop(self._window, *chosen)

    def resize(self) -> None:
        self._window.resize(self._random.randrange(300, 1600), self._random.randrange(200, 1000))

    def appearance(self) -> None:
        settings = self._workspace.settings
        changed = self._random.choice(
            (
                replace(settings, theme=self._random.choice(("light", "dark", "system"))),
                replace(settings, language=self._random.choice(("en", "zh"))),
                replace(settings, workshop=not settings.workshop),
            )
        )
        self.told[-1] += f" {changed.theme} {changed.language} {changed.workshop}"
        self._workspace.set_settings(changed)
        QTest.qWait(1)

    # -- the workspace

    def select(self) -> None:
        names = ("conv1", "dense1", "dense2", "pool1", "", "nobody")
        name = self._random.choice(names)
        if self._random.random() < 0.5:
            self._workspace.select_layer(name, "monkey")
        else:
            self._workspace.select_node(name, "monkey")

    def serial(self) -> None:
        data = self._random.choice(
            (artifacts.serial(20), self._random.randbytes(300), b"\r\n" * 50, b"x" * 9000)
        )
        self._workspace.monitoring.add(data)

    def monitor(self) -> None:
        self.told[-1] += f" {self._monitor.step()}"

    def undo(self) -> None:
        stack = self._workspace.undo
        (stack.undo if self._random.random() < 0.6 else stack.redo)()

    def ask(self) -> None:
        task = self._random.choice(
            (Deploy(), Deploy("map"), Deploy("build"), RunAgain(), Cancel(), NewProject("denoise"))
        )
        self.told[-1] += f" {task}"
        self._workspace.task_requested.emit(task)

    def work(self) -> None:
        """The worker gets on with what it does, fails, or dies."""
        if not self._worker.busy:
            if self._workspace.model is not None and self._random.random() < 0.3:
                self._workspace.task_requested.emit(Deploy())
            return
        if self._worker.told:
            return  # it may have ended
        chance = self._random.random()
        if chance < 0.05:
            error = FitError("does not fit <b>", hint="Make it <i>narrow.", where="dense1")
            self._worker.report(worker.Failed(error, ""))
        elif chance < 0.07:
            self._worker.report(worker.Failed(None, "Traceback\nKeyError: 'x'"))
        elif chance < 0.3:
            stage = self._random.choice(("graph", "quantize", "simulate", "map", "build"))
            self._worker.report(worker.StageStarted(stage), worker.Progress(stage, 1, 3, "some"))
        elif self._worker.doing is not None:
            self._return(self._worker.doing)
        else:
            self._stages(self._worker.requests[-1].until)
        if self._random.random() < 0.7:
            QTest.qWait(40)

    def _stages(self, until: str) -> None:
        network = artifacts.qnetwork()
        made = {
            "graph": artifacts.network(),
            "quantize": network,
            "simulate": artifacts.simulation(30),
            "map": artifacts.layout(network),
            "build": artifacts.image(self._folder),
        }
        whole = self._random.random() < 0.8
        for stage, artifact in made.items():
            self._worker.report(
                worker.StageStarted(stage), worker.StageDone(stage, artifact, 0.1, False)
            )
            if stage == until or (not whole and self._random.random() < 0.3):
                break
        if whole:
            self._worker.report(worker.Finished())

    def _return(self, call: worker.Call) -> None:
        value: object
        layout, network = self._workspace.layout, self._workspace.qnetwork
        if call.function is studies.noise_study:
            value = artifacts.study(self._workspace.chip)
        elif call.function is studies.compare_layers:
            value = self._random.choice((report(), None))
        elif call.function is studies.estimate_time and layout and network:
            value = estimate.of_network(network, layout.blocks, self._workspace.chip)
        elif call.function in (studies.estimate_time, studies.export_to_maker):
            self._worker.report(worker.Failed(FitError("no layout"), ""))
            return
        elif call.of is None:
            value = call.function(Job(), *call.arguments)
        else:
            value = self._folder / "saved.png"
        self._worker.report(worker.Returned(call.name, value), worker.Finished())

    # -- inside

    @property
    def _window(self) -> MainWindow:
        assert self._application.window is not None
        return self._application.window

    def _dialogs(self) -> list[QDialog]:
        return [own for own in QApplication.topLevelWidgets()
                if isinstance(own, QDialog) and own.isVisible()]  # fmt: skip

    def _top(self) -> QWidget:
        """What the user can reach: the dialog on top, or the window and what floats."""
        modal = QApplication.activeModalWidget()
        return modal if modal is not None else self._window

    def _on(self, kind: type[W], action: Callable[[W], None]) -> None:
        top = self._top()
        found = [each for each in top.findChildren(kind) if each.isVisible() and each.isEnabled()]
        if isinstance(top, QFileDialog):
            found = []  # its buttons make and delete folders
        if found:
            action(self._random.choice(found))

    def _point(self, widget: QWidget) -> QPoint:
        return QPoint(
            self._random.randrange(widget.width()), self._random.randrange(widget.height())
        )

    def _tell(self, widget: QObject, text: str) -> None:
        self.told[-1] += f" {type(widget).__name__} {widget.objectName()} {text!r}"

    def _close_popups(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
