"""The Firmware panel: every button, what it shows of builds and runs, configurations, compilers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QInputDialog,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.base.errors import RunError
from studio.emulator.client import Stats
from studio.firmware import toolchain
from studio.firmware.image import Part, TensorPlace
from studio.firmware.messages import BuildError
from studio.firmware.toolchain import Found
from studio.options import BUILDS, Build
from studio.panels.firmware import PANEL
from studio.project import Project
from studio.project_file import ProjectFile
from studio.target import Live
from studio.ui.empty import EmptyOrFull
from studio.ui.records import Activity, Cancel, Deploy, Problem, RunAgain, Target
from studio.ui.table import Table
from studio.ui.tasks import TaskRunner
from studio.ui.workspace import STAGES, Workspace
from studio.worker import Failed, StageStarted
from tests.gui import artifacts
from tests.gui.conftest import ScriptedWorker

LOG = """compiling network.c
network.c:3:5: error: use of undeclared identifier 'b'
    3 |     b();
network.c:2:1: warning: unused variable 'a' [-Wunused-variable]
1 error generated.
"""


@pytest.fixture(autouse=True)
def _no_compilers_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = (Found("zig", "zig 9.9", "/opt/zig"), Found("gcc", hint="Install one."))
    monkeypatch.setattr(toolchain, "survey", lambda *rest: found)


@pytest.fixture
def folder(workspace: Workspace, example: Path, tmp_path: Path) -> Path:
    """A model is open, and its C project is there."""
    workspace.out = tmp_path / "结果"
    firmware = Project(workspace.out).firmware
    for name in ("network.c", "runtime/main.c", "link.ld", "README.txt"):
        (firmware / name).parent.mkdir(parents=True, exist_ok=True)
        (firmware / name).write_text("int a;\nint c;\nvoid f(void) { b(); }\n", encoding="utf-8")
    workspace.set_model(example, None)
    return firmware


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace, folder: Path) -> QWidget:
    return opened(qtbot, workspace)


def opened(qtbot: QtBot, workspace: Workspace, width: int = 760, height: int = 460) -> QWidget:
    widget = PANEL.factory(workspace)
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def built(workspace: Workspace, folder: Path, **changes: object) -> None:
    network = artifacts.qnetwork()
    workspace.set_qnetwork(network)
    workspace.set_simulation(artifacts.simulation())
    workspace.set_layout(artifacts.layout(network))
    workspace.set_image(replace(artifacts.image(folder), **changes))
    workspace.set_stage("build", "done", 0.9)


def button(panel: QWidget, name: str) -> QToolButton:
    found = panel.findChild(QToolButton, name)
    assert found is not None, name
    return found


def label(panel: QWidget, name: str) -> str:
    found = panel.findChild(QLabel, name)
    assert found is not None, name
    return found.toolTip() if name == "firmware-state" else found.text()


def show_tab(panel: QWidget, title: str) -> None:
    tabs = panel.findChild(QTabWidget, "firmware")
    assert tabs is not None
    names = [tabs.tabText(index) for index in range(tabs.count())]
    tabs.setCurrentIndex(names.index(title))


def click(qtbot: QtBot, panel: QWidget, name: str) -> None:
    qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


# -- building


def test_build_stop_and_run_ask_for_work(
    qtbot: QtBot, workspace: Workspace, panel: QWidget, folder: Path
) -> None:
    asked: list[object] = []
    workspace.task_requested.connect(asked.append)
    assert not button(panel, "firmware-stop").isEnabled()
    click(qtbot, panel, "firmware-build")
    click(qtbot, panel, "firmware-run")
    built(workspace, folder)
    click(qtbot, panel, "firmware-run")
    assert asked == [Deploy("build"), Deploy("run"), RunAgain()]
    workspace.set_activity(Activity("build", 0.5, "compiling network.c"))
    for name in ("build", "rebuild", "run"):
        assert not button(panel, f"firmware-{name}").isEnabled()
    click(qtbot, panel, "firmware-stop")
    assert asked[-1] == Cancel()
    workspace.set_activity(Activity("compare", quiet=True))
    assert button(panel, "firmware-build").isEnabled(), "what nobody asked for gives way"


def test_rebuild_forgets_the_build_and_nothing_before_it(
    qtbot: QtBot, workspace: Workspace, panel: QWidget
) -> None:
    assert workspace.out is not None
    stages = Project(workspace.out).stages
    stages.write_text('{"quantize": "1", "map": "2", "build": "3"}', encoding="utf-8")
    asked: list[object] = []
    workspace.task_requested.connect(asked.append)
    click(qtbot, panel, "firmware-rebuild")
    assert asked == [Deploy("build")]
    text = stages.read_text(encoding="utf-8")
    assert '"map"' in text and '"build"' not in text


def test_nothing_to_do_without_a_model(qtbot: QtBot, workspace: Workspace) -> None:
    panel = opened(qtbot, workspace)
    for name in ("build", "rebuild", "run", "stop"):
        assert not button(panel, f"firmware-{name}").isEnabled()
    assert label(panel, "firmware-state") == "Open a model to begin"
    assert [stack.currentIndex() for stack in panel.findChildren(EmptyOrFull)] == [0, 0, 0, 0, 0]


def test_stages_with_signs_and_times(workspace: Workspace, panel: QWidget) -> None:
    for stage in STAGES:
        workspace.set_stage(stage, "done", 0.5, stage == "map")
    workspace.set_stage("run", "failed")
    signs = [label(panel, f"sign-{stage}") for stage in STAGES]
    assert signs == ["✓"] * (len(STAGES) - 1) + ["✕"]
    shown = [each.text() for each in panel.findChildren(QLabel) if each.isVisible()]
    assert "0.50 s" in shown and "cached" in shown and "failed" in shown


def test_sizes_and_what_takes_them(
    qtbot: QtBot, workspace: Workspace, panel: QWidget, folder: Path
) -> None:
    parts = (
        Part("input0", "constant", 20_000, "testset.c", 9),
        Part("run1_conv1", "function", 700, "network.c", 3),
        Part("counter", "variable", 4, "runtime/main.c", 2),
    )
    built(workspace, folder, parts=parts)
    shown_bars = [bar for bar in panel.findChildren(QProgressBar) if bar.isVisible()]
    bars = [bar.value() for bar in shown_bars]
    assert bars == [30_720, 49_152, 2_048]
    shown = [each.text() for each in panel.findChildren(QLabel) if each.isVisible()]
    assert "30.0 of 128 KiB" in shown and "23 % · 98.0 KiB left" in shown
    table = panel.findChild(Table, "parts")
    assert table is not None
    cells = [row_of(table, place) for place in range(table.rows.rowCount())]
    assert cells == [
        ["input0", "20,000", "65.1 %", "Test samples", "testset.c:9"],
        ["Texts and padding", "10,020", "32.6 %", "Other", ""],
        ["Stack", "4,096", "8.3 %", "Data", "link.ld"],
        ["run1_conv1", "700", "2.3 %", "Function", "network.c:3"],
        ["counter", "4", "0.0 %", "Variable", "runtime/main.c:2"],
    ]
    files: list[tuple[Path, int]] = []
    workspace.file_requested.connect(lambda path, line: files.append((path, line)))
    table.setFocus()
    table.selectRow(3)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    table.activated.emit(table.rows.index(2, 0))  # the stack has no source
    assert files == [(folder / "network.c", 3)]
    assert "Built with zig 0.14, -O2, 360 samples" in label(panel, "firmware-state")
    built(workspace, folder, debug=True)
    assert "-Og" in label(panel, "firmware-state")
    built(workspace, folder, samples=0, mode="serial")
    assert "samples over the serial line" in label(panel, "firmware-state")


def test_where_the_tensors_lie(
    qtbot: QtBot, workspace: Workspace, panel: QWidget, folder: Path
) -> None:
    built(workspace, folder)
    switch = panel.findChild(QToolButton, "show-tensors")
    assert switch is not None and not switch.isVisible()  # an image of an earlier version
    tensors = (
        TensorPlace("image", "sram", 0, 64, "start", "conv1"),
        TensorPlace("map", "data", 128, 40_960, "conv1", "flat", ("flat",), 8_192),
        TensorPlace("scores", "sram", 64, 10, "dense1", "end"),
    )
    built(workspace, folder, tensors=tensors)
    table = panel.findChild(Table, "tensors")
    assert table is not None and switch.isVisible() and not table.isVisible()
    program = button(panel, "show-parts")
    assert 0 < switch.x() - program.geometry().right() < 20  # side by side at the left
    switch.click()
    assert table.isVisible()
    assert [row_of(table, place) for place in range(3)] == [
        ["image", "NPU", "0", "64", "(input)", "conv1", ""],
        ["map  =", "Data", "128", "40,960", "conv1", "flat", "8,192"],
        ["scores", "NPU", "64", "10", "dense1", "(output)", ""],
    ]
    assert "flat" in str(table.rows.index(1, 0).data(Qt.ItemDataRole.ToolTipRole))
    shown = [each.text() for each in panel.findChildren(QLabel) if each.isVisible()]
    assert "8,192 bytes streamed for each sample" in shown
    table.clicked.emit(table.rows.index(1, 0))
    assert workspace.selected.layer == "conv1"
    table.clicked.emit(table.rows.index(0, 0))  # no layer writes an input
    assert workspace.selected.layer == "conv1"
    files: list[tuple[Path, int]] = []
    workspace.file_requested.connect(lambda path, line: files.append((path, line)))
    report = panel.findChild(QToolButton, "memory-report")
    assert report is not None
    report.click()
    assert files == [(folder / "memory.txt", 1)]
    built(workspace, folder)
    assert not switch.isVisible() and not table.isVisible()


def row_of(table: Table, place: int) -> list[str]:
    return [
        str(table.rows.index(place, column).data()) for column in range(table.rows.columnCount())
    ]


def test_a_refused_build_says_where_and_jumps_there(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    background: ScriptedWorker,
    panel: QWidget,
    folder: Path,
) -> None:
    error = BuildError("refused", where="network.c:3", log=LOG, folder=str(folder))
    runner.deploy("build")
    background.report(StageStarted("build"), Failed(error, ""))
    qtbot.waitUntil(lambda: workspace.stages["build"].status == "failed")
    found = [(p.severity, p.source, p.message, p.target) for p in workspace.problems]
    path = folder / "network.c"
    assert found == [
        ("error", "build", "use of undeclared identifier 'b'", Target(file=path, line=3, column=5)),
        (
            "warning",
            "build",
            "unused variable 'a' [-Wunused-variable]",
            Target(file=path, line=2, column=1),
        ),
    ]
    assert label(panel, "firmware-sign") == "✕"
    state = label(panel, "firmware-state")
    assert state == "network.c:3: use of undeclared identifier 'b'"
    files: list[tuple[Path, int]] = []
    workspace.file_requested.connect(lambda path, line: files.append((path, line)))
    click(qtbot, panel, "firmware-goto")
    show_tab(panel, "Log")
    log = panel.findChild(QPlainTextEdit, "build-log")
    assert log is not None and log.toPlainText() == LOG.rstrip("\n")
    for block in (1, 3):
        cursor = log.textCursor()
        cursor.setPosition(log.document().findBlockByNumber(block).position())
        log.setTextCursor(cursor)
        if block == 1:
            qtbot.keyClick(log, Qt.Key.Key_Return)
        else:
            place = log.cursorRect(cursor).center() + QPoint(20, 0)
            button_ = Qt.MouseButton.LeftButton
            qtbot.mouseDClick(log.viewport(), button_, pos=place)
    assert files == [(path, 3), (path, 3), (path, 2)]


def test_own_files_are_named_as_the_user_sees_them(
    workspace: Workspace, panel: QWidget, folder: Path, tmp_path: Path
) -> None:
    project = ProjectFile(tmp_path / "项目", name="a")
    workspace.set_project(project)
    workspace.set_stage("build", "failed")
    place = Target(file=project.folder / "src" / "main.c", line=12)
    problem = Problem("error", "build", "expected ';'", where="../../src/main.c:12", target=place)
    workspace.set_problems("build", [problem])
    assert label(panel, "firmware-state") == "src/main.c:12: expected ';'"


def test_lines_outside_the_project_are_not_opened(
    qtbot: QtBot, workspace: Workspace, panel: QWidget, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "secret.c"
    outside.write_text("\n", encoding="utf-8")
    files: list[object] = []
    workspace.file_requested.connect(lambda path, line: files.append(path))
    lines = (f"{outside}:1:1: error: x", "../../secret.c:1: error: x", "gone.c:1: error: x")
    workspace.add_output("build", lines)
    show_tab(panel, "Log")
    log = panel.findChild(QPlainTextEdit, "build-log")
    assert log is not None
    for number in range(len(lines)):
        cursor = log.textCursor()
        cursor.setPosition(log.document().findBlockByNumber(number).position())
        log.setTextCursor(cursor)
        qtbot.keyClick(log, Qt.Key.Key_Return)
    assert files == []


# -- running


def test_the_steps_of_a_run_as_they_happen(
    qtbot: QtBot, workspace: Workspace, panel: QWidget, folder: Path
) -> None:
    built(workspace, folder)
    click(qtbot, panel, "firmware-run")  # brings its tab to the front
    steps = ("start", "program", "run", "verify", "done")

    def signs() -> str:
        return "".join(label(panel, f"step-{step}") for step in steps)

    workspace.set_stage("run", "running")
    workspace.set_live(Live("start"))
    assert signs() == "●○○○○"
    workspace.set_live(Live("program"))
    assert signs() == "✓●○○○"
    workspace.set_live(Live("run", 4568, Stats(2_000_000, 2_500_000, 40, 900), 33.4e6))
    workspace.set_activity(Activity("run", 0.9, "sample 12"))
    assert label(panel, "detail-program") == "4,568 cells from map.csv"
    assert label(panel, "detail-run") == "sample 12"
    assert label(panel, "speed") == "33.4 million"
    assert label(panel, "instructions") == "2,000,000"
    assert label(panel, "cycles") == "2,500,000"
    assert label(panel, "time") == "104.2 ms"
    workspace.set_live(Live("done", 4568, Stats(9_000_000, 12_000_000, 90, 9000), 33e6))
    run = replace(artifacts.run(), npu_operations=1440, npu_rounds=52_200)
    workspace.set_stage("run", "done", 1.4)
    workspace.set_activity(Activity())
    workspace.set_run(run)
    assert label(panel, "detail-run") == "360 samples in 0.40 s"
    assert label(panel, "detail-verify") == "All outputs equal, bit for bit"
    assert label(panel, "detail-done") == "Accuracy 97.5 %"
    assert label(panel, "instructions") == "9,000,000"
    assert label(panel, "speed") == "22.5 million"
    assert (label(panel, "operations"), label(panel, "rounds")) == ("1,440", "52,200")
    assert signs() == "✓✓✓✓✓"


def test_a_run_that_waits_for_a_debugger_and_a_demo_say_so(
    qtbot: QtBot, workspace: Workspace, panel: QWidget, folder: Path
) -> None:
    built(workspace, folder, mode="live")
    click(qtbot, panel, "firmware-run")
    workspace.set_stage("run", "running")
    workspace.set_activity(Activity("run", 0.9, ""))
    workspace.set_live(Live("run", gdb=3333))
    assert label(panel, "detail-start") == "GDB: target remote localhost:3333"
    assert label(panel, "detail-run") == "Waits for a debugger"
    assert "waits for a debugger" in label(panel, "firmware-state")
    workspace.set_live(Live("run", 0, Stats(100, 120, 0, 0), gdb=3333))
    assert label(panel, "detail-run") == "A demo runs until it is stopped"
    assert "debugger" not in label(panel, "firmware-state")
    compared = panel.findChild(QLabel, "step-verify")
    assert compared is not None and not compared.isVisible()  # it has no end
    workspace.set_stage("run", "cancelled")
    assert label(panel, "detail-run") == "Stopped"


def test_a_trap_is_shown_with_its_line(
    qtbot: QtBot,
    workspace: Workspace,
    runner: TaskRunner,
    panel: QWidget,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from studio import target  # noqa: PLC0415

    def trap(*arguments: object) -> None:
        on_live = arguments[-2]
        assert callable(on_live)
        on_live(Live("run", 12, Stats(77, 88), 1e6))
        raise RunError("the firmware stopped: store to 0x10", where=f"{folder}/network.c:3")

    built(workspace, folder)
    monkeypatch.setattr(target, "run_image", trap)
    click(qtbot, panel, "firmware-run")
    qtbot.waitUntil(lambda: workspace.stages["run"].status == "failed")
    (problem,) = [p for p in workspace.problems if p.source == "run"]
    assert problem.target == Target(file=folder / "network.c", line=3)
    assert problem.where == "network.c:3"
    assert label(panel, "step-run") == "✕"
    assert label(panel, "run-error") == "✕ the firmware stopped: store to 0x10"
    assert label(panel, "instructions") == "77"
    assert label(panel, "firmware-state") == "the firmware stopped: store to 0x10"
    files: list[tuple[Path, int]] = []
    workspace.file_requested.connect(lambda path, line: files.append((path, line)))
    click(qtbot, panel, "firmware-goto")
    assert files == [(folder / "network.c", 3)]


def test_a_run_that_failed_hides_the_result_before_it(
    workspace: Workspace, panel: QWidget, folder: Path
) -> None:
    built(workspace, folder)
    workspace.set_run(artifacts.run())
    workspace.set_live(Live("run", 5, Stats(1234, 2345), 1e6))
    workspace.set_stage("run", "cancelled")
    show_tab(panel, "Run")
    assert label(panel, "instructions") == "1,234"
    assert label(panel, "detail-done") == ""


# -- configurations and compilers


def test_choosing_a_configuration_changes_the_options(
    qtbot: QtBot, workspace: Workspace, panel: QWidget
) -> None:
    (box,) = [box for box in panel.findChildren(QComboBox) if "configuration" in box.toolTip()]
    assert [box.itemText(n) for n in range(box.count())] == ["Release", "Debug"]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert workspace.options.debug
    assert box.currentText() == "Debug"
    workspace.undo.undo()
    assert not workspace.options.debug
    assert box.currentText() == "Release"
    workspace.edit_options("More", samples=3)
    assert box.currentText() == "Custom"
    assert box.count() == 3


def test_the_form_edits_the_options(qtbot: QtBot, workspace: Workspace, panel: QWidget) -> None:
    show_tab(panel, "Setup")
    check = panel.findChild(QWidget, "debug")
    assert check is not None
    qtbot.keyClick(check, Qt.Key.Key_Space)
    assert workspace.options.debug
    assert workspace.undo.canUndo()
    chosen = panel.findChild(QComboBox, "toolchain")
    assert chosen is not None
    chosen.setFocus()
    qtbot.keyClick(chosen, Qt.Key.Key_End)
    assert workspace.options.toolchain == "gcc"


def test_configurations_are_saved_renamed_replaced_and_deleted(
    qtbot: QtBot, workspace: Workspace, panel: QWidget, tmp_path: Path
) -> None:
    show_tab(panel, "Setup")
    assert not button(panel, "build-delete").isEnabled(), "no project, nowhere to keep them"
    workspace.set_project(ProjectFile(tmp_path, "p"))
    workspace.edit_options("Few", samples=3, toolchain="zig")
    click(qtbot, panel, "build-save")
    answer(qtbot, panel, " 少 few ")
    few = Build("少 few", "zig", 3, False)
    assert builds(workspace) == (*BUILDS, few)
    click(qtbot, panel, "build-rename")
    answer(qtbot, panel, "Release")  # taken
    assert builds(workspace) == (*BUILDS, few)
    click(qtbot, panel, "build-rename")
    answer(qtbot, panel, "Few")
    few = replace(few, name="Few")
    assert builds(workspace) == (*BUILDS, few)
    workspace.edit_options("More", samples=5)
    menu = button(panel, "build-replace").menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["Release", "Debug", "Few"]
    menu.actions()[2].trigger()
    assert builds(workspace) == (*BUILDS, replace(few, samples=5))
    click(qtbot, panel, "build-delete")
    assert builds(workspace) == BUILDS
    assert workspace.options.samples == 5
    click(qtbot, panel, "build-save")
    answer(qtbot, panel, "  ")
    assert builds(workspace) == BUILDS


def builds(workspace: Workspace) -> tuple[Build, ...]:
    assert workspace.project is not None
    return workspace.project.builds


def answer(qtbot: QtBot, panel: QWidget, text: str) -> None:
    dialog = panel.findChildren(QInputDialog)[-1]
    qtbot.waitExposed(dialog)
    dialog.setTextValue(text)
    dialog.accept()


def test_compilers_found_and_how_to_get_one(
    qtbot: QtBot, workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = opened(qtbot, workspace)
    show_tab(panel, "Setup")
    qtbot.waitUntil(lambda: "zig" in label(panel, "compilers"))
    assert label(panel, "compilers").splitlines() == [
        "✓ zig 9.9, bundled: /opt/zig",
        "✕ RISC-V GCC: not found",
    ]
    hint = panel.findChild(QLabel, "compilers-hint")
    assert hint is not None and not hint.isVisible()
    nothing = (Found("zig", hint="Install one."), Found("gcc", hint="Install one."))
    monkeypatch.setattr(toolchain, "survey", lambda *rest: nothing)
    click(qtbot, panel, "compilers-again")
    qtbot.waitUntil(hint.isVisible)
    assert hint.text() == "Install one."
    assert "✓" not in label(panel, "compilers")


# -- files, the log, and the panel's shape


def test_the_menu_opens_files_and_copies_the_log(
    qtbot: QtBot,
    workspace: Workspace,
    panel: QWidget,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files: list[Path] = []
    folders: list[str] = []
    workspace.file_requested.connect(lambda path, line: files.append(path))
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: folders.append(Path(url.toLocalFile()).as_posix())
    )
    menu = button(panel, "firmware-more").menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == [
        "Open network.c", "Open main.c", "Open link.ld", "Open README.txt", "Open serial.log",
        "Show in file manager", "Copy log",
    ]  # fmt: skip
    assert not actions["Open serial.log"].isEnabled()
    assert not actions["Copy log"].isEnabled()
    Project(folder.parent).serial_log.write_bytes(b"uart ok\r\n")
    workspace.add_output("build", ["build: 0.5 s", "  0 warnings"])
    workspace.add_output("run", ["run: 1 s"])
    workspace.add_output("map", ["map: 1 s"])
    menu.aboutToShow.emit()
    for action in actions.values():
        assert action.isEnabled()
        action.trigger()
    names = ("network.c", "runtime/main.c", "link.ld", "README.txt")
    assert files == [*(folder / name for name in names), folder.parent / "serial.log"]
    assert folders == [folder.as_posix()]
    assert QGuiApplication.clipboard().text() == "build: 0.5 s\n  0 warnings\nrun: 1 s"


def test_the_log_starts_again_with_the_next_deploy(workspace: Workspace, panel: QWidget) -> None:
    workspace.add_output("build", ["one", "two"])
    log = panel.findChild(QPlainTextEdit, "build-log")
    assert log is not None
    assert log.toPlainText() == "one\ntwo"
    workspace.start_deploy()
    assert log.toPlainText() == ""
    workspace.add_output("build", ["three"])
    assert log.toPlainText() == "three"


def test_narrow_and_low_docks(qtbot: QtBot, workspace: Workspace, folder: Path) -> None:
    built(workspace, folder)
    panel = opened(qtbot, workspace)
    tabs = panel.findChild(QTabWidget, "firmware")
    assert tabs is not None
    assert tabs.tabText(0) == "Memory"
    panel.resize(320, 200)
    qtbot.waitUntil(lambda: tabs.tabText(0) == "Stages")
    assert (panel.width(), panel.height()) == (320, 200)
    panel.resize(320, 240)
    tabs.setCurrentIndex(next(n for n in range(tabs.count()) if tabs.tabText(n) == "Run"))
    page = tabs.currentWidget()
    words = [each for each in page.findChildren(QLabel) if each.isVisible()]
    assert words[0].text() == "Not run yet"  # no room for the icon
    for each in words:
        assert each.height() >= each.heightForWidth(each.width())
    state = panel.findChild(QLabel, "firmware-state")
    assert state is not None and state.height() >= state.fontMetrics().height()
    panel.resize(760, 300)
    qtbot.waitUntil(lambda: tabs.tabText(0) == "Memory")
    assert tabs.count() == 6
    stage = panel.findChild(QLabel, "sign-build")
    assert stage is not None and stage.isVisible()


def test_a_panel_made_later_shows_the_same(
    qtbot: QtBot, workspace: Workspace, panel: QWidget, folder: Path
) -> None:
    """As after a switch of the language."""
    built(workspace, folder, parts=(Part("f", "function", 9, "network.c", 1),))
    workspace.add_output("build", ["words"])
    workspace.set_live(Live("done", 5, Stats(9, 9), 1.0))
    workspace.set_run(artifacts.run())
    workspace.edit_options("Debug", debug=True)
    other = opened(qtbot, workspace)
    for name in ("Memory", "Run", "Log"):
        show_tab(panel, name)
        show_tab(other, name)
        first, second = (
            [
                (each.objectName(), each.text())
                for each in widget.findChildren(QLabel)
                if each.isVisible()
            ]
            for widget in (panel, other)
        )
        assert first == second
