"""Everything the window says is translated, and messages from below are, too."""

from __future__ import annotations

import ast
import json
import re
import shutil
import sys
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot

from studio.base import paths
from studio.base.errors import DataError
from studio.board import tools
from studio.ui import dialogs, language, settings_dialog, stage_text
from studio.ui.sharing import default_name
from studio.ui.workspace import Workspace
from tests.gui import artifacts
from tests.gui.shown_texts import english

FOLDER = paths.resource("i18n")
STUDIO = Path(language.__file__).parents[1]

# Translations that are the same as the English: units, names, and what has only numbers in it.
SAME = {
    "%", "s", "G", "k", "pn", "zig", "gcc", "English", "简体中文", "SNR", "CPU", "SNR (dB)", "OK",
    "RISC-V GCC", "OR-tools CP-SAT", "Bank", "Bank {0}", "NPU",
    "Docker", "GDB", "J-Link Commander", "JTAG", "OpenOCD", "SSH",
}  # fmt: skip
UNITS = re.compile(
    r"\b(?:KiB|MiB|MB|GB|MHz|kHz|Hz|dBFS|dB|SNR|ms|µs|µJ|nJ|s)\b|cim-studio\[prove\]"
)
PLACE = re.compile(r"\{[^{}]*\}|%n|%[1-9L]")


def load(name: str) -> ModuleType:
    """A module of the tool, which is no package."""
    if str(FOLDER) not in sys.path:
        sys.path.insert(0, str(FOLDER))
    if name not in sys.modules:
        spec = util.spec_from_file_location(name, FOLDER / f"{name}.py")
        assert spec is not None and spec.loader is not None
        sys.modules[name] = util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture(scope="module")
def tool() -> Iterator[ModuleType]:
    load("sources")
    load("templates")
    yield load("update")
    sys.path.remove(str(FOLDER))
    for name in ("sources", "templates", "update"):
        del sys.modules[name]


@pytest.fixture(scope="module")
def catalogue(tool: ModuleType) -> dict[str, dict[str, str]]:
    """Context, text, translation, as committed."""
    return tool.read(FOLDER / tool.TS)


@pytest.fixture
def chinese(themed: QApplication) -> Iterator[QApplication]:
    language.install(themed, "zh")
    assert language.current(themed) == "zh"
    yield themed
    language.install(themed, "en")
    assert language.current(themed) == "en"


def pairs(catalogue: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(context, *pair) for context, texts in catalogue.items() for pair in texts.items()]


# -- the catalogue


def test_the_catalogue_is_what_the_source_says(
    tool: ModuleType, catalogue: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """Run `python resources/i18n/update.py` after changing a text."""
    shutil.copy(FOLDER / tool.TS, tmp_path)
    assert tool.extract(tmp_path) == [], "each call of tr names its text, and is one of self"
    now = {(context, text) for context, text, _ in pairs(tool.read(tmp_path / tool.TS))}
    kept = {(context, text) for context, text, _ in pairs(catalogue)}
    assert sorted(now - kept) == []
    assert sorted(kept - now) == []
    kept_messages = json.loads((FOLDER / tool.MESSAGES).read_text(encoding="utf-8"))
    assert json.loads((tmp_path / tool.MESSAGES).read_text(encoding="utf-8")) == kept_messages


def test_the_compiled_catalogue_is_of_this_one(tool: ModuleType, tmp_path: Path) -> None:
    shutil.copy(FOLDER / tool.TS, tmp_path)
    tool.compile_(tmp_path)
    assert (tmp_path / tool.QM).read_bytes() == (FOLDER / tool.QM).read_bytes()


def test_every_text_is_translated(catalogue: dict[str, dict[str, str]]) -> None:
    missing = [f"{context}: {text}" for context, text, found in pairs(catalogue) if not found]
    assert missing == [], f"{len(missing)} texts"


def test_no_translation_is_the_english_text(catalogue: dict[str, dict[str, str]]) -> None:
    same = [
        f"{context}: {text}"
        for context, text, found in pairs(catalogue)
        if found == text
        and text not in SAME
        and re.search(r"[A-Za-z]{2,}", UNITS.sub("", PLACE.sub("", text)))
    ]
    assert same == []


def test_places_access_keys_and_dots_are_kept(catalogue: dict[str, dict[str, str]]) -> None:
    wrong = [
        f"{context}: {text} | {found}"
        for context, text, found in pairs(catalogue)
        if found
        and (
            sorted(PLACE.findall(text)) != sorted(PLACE.findall(found))
            or (context != "Message" and access_key(text) != access_key(found))
            or text.endswith("…") != found.endswith("…")
        )
    ]
    assert wrong == []


def access_key(text: str) -> str:
    """The letter after &, "" without one."""
    found = re.search(r"&([^&\s])", text.replace("&&", ""))
    return found[1].casefold() if found else ""


# -- the source


SHOWING = {
    "setText", "setToolTip", "setWindowTitle", "setStatusTip", "setWhatsThis", "setTitle",
    "setAccessibleName", "setAccessibleDescription", "setPlaceholderText", "setInformativeText",
    "setTabText", "setTabToolTip", "addTab", "addMenu", "addAction", "addItem", "setIconText",
    "setSuffix", "setPrefix", "setSpecialValueText", "setLabelText", "setLabel", "setNameFilter",
    "setButtonText", "addButton", "setHorizontalHeaderLabels",
    "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QAction",
    "QDockWidget", "QMenu", "QToolBar", "QListWidgetItem", "QTreeWidgetItem", "QMessageBox",
    "EmptyState",
}  # fmt: skip
NAMES = {"EmptyState": 1, "setLabel": 1}  # so many first arguments are names, not texts
# Texts that are shown as they are in any language.
SHOWN_AS_IS = re.compile(r"CIM Studio|English|KiB|MHz|dB")


def shown_literals(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name not in SHOWING:
            continue
        values = [*node.args[NAMES.get(name, 0) :], *(key.value for key in node.keywords)]
        for value in values:
            for text in literals(value):
                if re.search(r"[A-Za-z]{2,}", SHOWN_AS_IS.sub("", text)):
                    yield f"{path.name}:{node.lineno}: {name}({text!r})"


def literals(value: ast.expr) -> Iterator[str]:
    """Constants in an argument, those of an f-string too; not what is inside a call."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            for part in parts:
                if isinstance(part, ast.Constant):
                    yield str(part.value)
        case ast.BinOp(left=left, right=right) | ast.IfExp(body=left, orelse=right):
            yield from literals(left)
            yield from literals(right)
        case ast.BoolOp(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            for each in values:
                yield from literals(each)


def test_no_text_is_shown_without_translation() -> None:
    sources = sorted([*(STUDIO / "ui").rglob("*.py"), *(STUDIO / "panels").rglob("*.py")])
    assert [text for path in sources for text in shown_literals(path)] == []


# -- the window


def test_the_system_chooses_where_the_user_does_not(
    themed: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    for languages, expected in (
        (["zh-Hans-CN", "en"], "zh"),
        (["de-DE", "zh_CN"], "zh"),
        (["en-US", "zh-CN"], "en"),
        (["fr-FR"], "en"),
    ):
        monkeypatch.setattr(QLocale, "uiLanguages", lambda _self, given=languages: given)
        assert language.of_system() == expected
        language.install(themed, "system")
        assert language.current(themed) == expected
    language.install(themed, "en")


def test_switching_there_and_back(qtbot: QtBot, chinese: QApplication) -> None:
    assert stage_text.name("quantize") == "量化"
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert "取消" in box.buttons()[0].text()  # Qt's own text
    language.install(chinese, "en")
    assert stage_text.name("quantize") == "Quantize"
    language.install(chinese, "zh")
    assert stage_text.name("quantize") == "量化"


@pytest.mark.usefixtures("chinese")
def test_the_empty_window_speaks_chinese(request: pytest.FixtureRequest) -> None:
    window = request.getfixturevalue("window")
    found = english(window, data_of(request.getfixturevalue("workspace")) | {default_name()})
    assert found == [], "\n".join(found)


@pytest.mark.usefixtures("chinese")
def test_the_full_window_speaks_chinese(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    window = request.getfixturevalue("window")
    workspace = request.getfixturevalue("workspace")
    net = artifacts.qnetwork()
    workspace.out = tmp_path / "out"
    workspace.set_model(tmp_path / "digits.onnx", tmp_path / "digits.npz")
    workspace.set_network(artifacts.network())
    workspace.set_qnetwork(net)
    workspace.set_simulation(artifacts.simulation())
    workspace.set_layout(artifacts.layout(net))
    workspace.set_image(artifacts.image(tmp_path))
    for stage in workspace.stages:
        workspace.set_stage(stage, "done", 0.2)
    workspace.monitoring.add(artifacts.serial())
    workspace.set_run(artifacts.run())
    workspace.deployed.emit()
    QApplication.processEvents()
    printed = {"correct ratio", "image num"}
    found = english(window, data_of(workspace) | printed | {str(tmp_path), default_name()})
    assert found == [], "\n".join(found)


@pytest.mark.usefixtures("chinese")
def test_the_settings_speak_chinese(qtbot: QtBot, workspace: Workspace) -> None:
    dialog = settings_dialog.SettingsDialog(workspace)
    qtbot.addWidget(dialog)
    assert english(dialog, {workspace.settings.chip}) == []


def data_of(workspace: Workspace) -> set[str]:
    """Names that come from the model, the chip and the disk."""
    chip = workspace.chip
    names = {chip.id, chip.name, "ratio"}  # the last is what the board prints
    names |= set(chip.noise) | {bank.name for bank in chip.array.banks}
    if workspace.network is not None:
        for node in workspace.network.nodes:
            names |= {node.name, node.op, *node.outputs}
    if workspace.qnetwork is not None:
        names |= {op.name for op in workspace.qnetwork.ops}
        names |= {type(op).__name__.removesuffix("Op") for op in workspace.qnetwork.ops}
    for path in (workspace.model, workspace.data, workspace.out):
        names |= {str(path), path.name, path.stem} if path is not None else set()
    return {name for name in names if len(name) > 1}


# -- messages from below the window


@pytest.mark.usefixtures("chinese")
def test_messages_are_found_by_what_they_were_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "the data has no labels": "数据没有标签",
        "line {0} is {1}, expected seven numbers": "第 {0} 行是 {1}，应为七个数",
        "{0} and {1} overlap in the memory map": "内存映射中 {1} 与 {0} 重叠",
        "{0} fits: {1}": "{0} 可行：{1}",
        "fits": "可行",
        "{0} fits": "{0} 可以",
    }
    templates = tuple(
        sorted(
            ((text, tuple(re.split(r"\{\d\}", text))) for text in known),
            key=lambda entry: -sum(map(len, entry[1])),
        )
    )
    monkeypatch.setattr(language, "_templates", lambda: templates)
    monkeypatch.setattr(
        language.QCoreApplication, "translate", lambda _context, text: known.get(text, text)
    )
    for text, expected in (
        ("the data has no labels", "数据没有标签"),
        ("line 3 is '1 2 {3}', expected seven numbers", "第 3 行是 '1 2 {3}'，应为七个数"),
        ("code and data overlap in the memory map", "内存映射中 data 与 code 重叠"),
        ("all fits: the data has no labels", "all 可行：数据没有标签"),
        ("no such text", "no such text"),
        ("the data has no labels\nand more", "数据没有标签\nand more"),
        ("", ""),
    ):
        assert language.message(text) == expected


@pytest.mark.usefixtures("chinese")
def test_every_message_comes_back_translated(catalogue: dict[str, dict[str, str]]) -> None:
    """The messages with their places filled, as they reach the window."""
    assert len(catalogue["Message"]) > 500
    wrong = []
    for template, translation in catalogue["Message"].items():
        if not translation or translation == template:
            continue
        parts = [f"‹{number}›" for number in range(len(PLACE.findall(template)))]
        given, expected = (language._filled(text, parts) for text in (template, translation))
        if language.message(given) != expected:
            wrong.append(f"{given} | {language.message(given)}")
    assert wrong == []


@pytest.mark.usefixtures("chinese")
def test_how_to_get_a_tool_is_told_in_chinese() -> None:
    hints = [tool.hint for tool in tools.TOOLS.values()]
    assert len(hints) >= 8
    assert [hint for hint in hints if language.message(hint) == hint] == []


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sample 12", "样本 12"),
        ("reading digits.onnx", "正在读取 digits.onnx"),
        ("simulated", "模拟完成"),
        ("waiting for the board", "正在等待开发板"),
        ("finished", "已完成"),
        ("writing the weights, pass 1 of 2", "正在写入权重，第 1 遍（共 2 遍）"),
        ("GDB: checking the firmware", "GDB：正在校验固件"),
    ],
)
def test_progress_is_told_in_chinese(text: str, expected: str) -> None:
    assert language.message(text) == expected


def test_messages_stay_as_they_are_in_english(themed: QApplication) -> None:
    assert language.message("the data has no labels") == "the data has no labels"


@pytest.mark.usefixtures("chinese")
def test_error_dialogs_speak_chinese(qtbot: QtBot) -> None:
    error = DataError(
        "labels are of type float32, expected whole numbers",
        hint="Save at least one sample.",
        where="data.npz",
    )
    box = dialogs.show_error(None, error)
    qtbot.addWidget(box)
    assert "float32" in box.text() and re.search("[一-龥]", box.text())
    assert "data.npz" in box.informativeText()
    assert "Save" not in box.informativeText()
    box.hide()
