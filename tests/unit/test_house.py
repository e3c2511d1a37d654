"""The rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
STUDIO = ROOT / "studio"
SOURCES = sorted(STUDIO.rglob("*.py"))
WITH_QT = ("ui", "panels", "app.py", "__main__.py")

# Runs in a fresh interpreter: Qt cannot be imported there, and importing must also not have
# side effects that need a terminal, a screen or arguments.
WITHOUT_QT = """
import importlib, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"PySide6", "shiboken6", "pyqtgraph"}:
            raise ImportError("hidden: " + name)
        return None

sys.meta_path.insert(0, Hidden())
for name in sys.argv[1:]:
    importlib.import_module(name)
print(len(sys.argv) - 1)
"""


def relative(path: Path) -> str:
    return path.relative_to(STUDIO).as_posix()


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@functools.cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(tree(path)))


@functools.cache
def code_names(path: Path) -> set[str]:
    """Every identifier a file uses, comments and strings left out."""
    with path.open("rb") as stream:
        tokens = tokenize.tokenize(stream.readline)
        return {token.string for token in tokens if token.type == tokenize.NAME}


def test_everything_below_the_window_imports_without_qt() -> None:
    modules = []
    for path in SOURCES:
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[1] in WITH_QT or path.name in WITH_QT or path.name == "__main__.py":
            continue
        modules.append(".".join(part for part in parts if part != "__init__"))
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_QT, *modules],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) == len(modules) > 20


def test_files_have_one_idea() -> None:
    lines = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    long = {name: count for name, count in lines.items() if count > 400}
    assert not long, "look for the second idea inside"


def test_every_module_and_package_says_what_it_is() -> None:
    assert [relative(path) for path in SOURCES if not ast.get_docstring(tree(path))] == []


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for path in SOURCES}
    assert all((folder / "__init__.py").is_file() for folder in folders)


def test_resources_are_found_only_through_base_paths() -> None:
    users = {
        relative(path)
        for path in SOURCES
        if code_names(path) & {"__file__", "_MEIPASS", "importlib_resources", "pkgutil.get_data"}
    }
    assert users == {"base/paths.py"}


def test_base_uses_the_standard_library_only() -> None:
    for path in (STUDIO / "base").glob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            for name in names:
                top = name.split(".")[0]
                assert top == "studio" or top in sys.stdlib_module_names, f"{path.name}: {name}"


def test_no_unpickling_and_no_shell() -> None:
    """A project or model is data: opening one never runs anything from it."""
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names}
                names.add(getattr(node, "module", None) or "")
                bad = names & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
                assert not bad, f"{relative(path)}:{node.lineno}: {bad}"
            if isinstance(node, ast.Call):
                last = getattr(node.func, "attr", getattr(node.func, "id", ""))
                where = f"{relative(path)}:{node.lineno}: {last}"
                if last in {"system", "popen", "eval", "exec"}:
                    called = ast.unparse(node.func)
                    assert called not in {"os.system", "os.popen", "eval", "exec"}, where
                for keyword in node.keywords:
                    if keyword.arg in {"shell", "allow_pickle"}:
                        assert ast.unparse(keyword.value) == "False", where


def test_qt_is_not_asked_what_spoils_wrappers() -> None:
    """PySide makes the results children of whom was asked; with it they would be declared dead."""
    spoils = {"nextInFocusChain", "previousInFocusChain", "focusProxy", "buddy"}
    for path in SOURCES:
        assert not code_names(path) & spoils, relative(path)


def test_text_files_are_opened_with_an_encoding() -> None:
    """Windows would take the code page otherwise."""
    for path in SOURCES:
        for node in nodes(path):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            given = {keyword.arg for keyword in node.keywords}
            if node.func.attr in {"read_text", "write_text"} and "encoding" not in given:
                ours = ast.unparse(node.func) == "files.write_text"
                assert ours, f"{relative(path)}:{node.lineno}: no encoding"


def pins() -> dict[str, str]:
    found = {}
    for line in (ROOT / "installer" / "constraints.txt").read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][0-9A-Za-z.]*)", line)
            assert match, f"no plain pin: {line}"
            found[canonicalize_name(match[1])] = match[2]
    return found


def test_pins_hold_what_pyproject_asks_for() -> None:
    """Only name==version lines: no address of an index, no file, no hash, no option."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [Requirement(line) for line in project["dependencies"] + extras["test"]]
    found = pins()
    for requirement in asked:
        version = found[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} but pinned {version}"


def test_qt_that_loses_references_is_kept_out() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    qt = next(line for line in map(Requirement, project["dependencies"]) if line.name == "PySide6")
    assert not qt.specifier.contains("6.12.0")
    assert qt.specifier.contains(pins()["pyside6"])


@pytest.mark.parametrize("name", ["run.py", "installer/constraints.txt", "pyproject.toml"])
def test_set_up_names_no_package_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").lower()
    assert not re.search(r"https?://|pypi|index-url|--hash|sha256:|files\.pythonhosted", text)


def test_our_own_file_names_are_plain() -> None:
    """Every archive tool can unpack them, on every system."""
    folders = ("studio", "resources", "tests", "installer")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    assert len(found) > 50
    for path in found:
        assert re.fullmatch(r"[A-Za-z0-9._-]+", path.name), path
