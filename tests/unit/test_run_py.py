"""run.py's decisions; tests/e2e/test_set_up.py makes real environments with it."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "run.py"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """run.py as a module, at home in an empty folder."""
    spec = importlib.util.spec_from_file_location("run_py", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    home = tmp_path / "工作 folder"
    (home / "installer").mkdir(parents=True)
    (home / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (home / "installer" / "constraints.txt").write_text("a==1\n", encoding="ascii")
    monkeypatch.setattr(module, "ROOT", home)
    return module


def pretend_ready(run: ModuleType, extra: str) -> Path:
    """An environment that looks finished; its Python is a file that cannot run."""
    venv = run.ROOT / ".venv"
    python: Path = run.venv_python(venv)
    python.parent.mkdir(parents=True)
    python.write_bytes(b"")
    stamp = {"key": run.wanted_key(), "extra": extra, "root": str(run.ROOT)}
    (venv / run.STAMP).write_text(json.dumps(stamp), encoding="utf-8")
    return python


@pytest.fixture
def no_making(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every attempt to change something is noted and fails."""
    tried: list[str] = []

    def refuse(command: list[str], *rest: object) -> None:
        tried.append(" ".join(command))
        raise run.SetupError("refused")

    monkeypatch.setattr(run, "capture", refuse)
    return tried


def test_parses_on_old_pythons_and_says_what_is_wrong() -> None:
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))
    code = f"import runpy, sys; sys.version_info = (3, 8, 1); runpy.run_path({str(SOURCE)!r})"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False
    )
    assert result.returncode == 1
    assert "needs Python 3.11 or newer; this is Python 3.8" in result.stderr
    assert "Traceback" not in result.stderr


def test_needs_the_standard_library_only() -> None:
    for node in ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] in sys.stdlib_module_names


def test_oldest_python_is_the_one_of_the_project(run: ModuleType) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'requires-python = ">={run.OLDEST[0]}.{run.OLDEST[1]}"' in text


@pytest.mark.parametrize(("word", "code"), [("help", 0), ("--help", 0), ("-h", 0), ("dmeo", 2)])
def test_help_and_unknown_words(
    word: str, code: int, run: ModuleType, no_making: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main([word]) == code
    text = "".join(capsys.readouterr())
    assert "python3 run.py demo" in text
    assert ("dmeo" in text) == (word == "dmeo")
    assert no_making == []


def test_no_screen(
    run: ModuleType,
    no_making: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert run.main([]) == 1
    assert "no screen" in capsys.readouterr().err
    assert no_making == []
    monkeypatch.setattr(sys, "platform", "win32")
    assert not run.no_screen()


def test_python_of_the_environment(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert run.venv_python(Path("v")) == Path("v/Scripts/python.exe")
    assert not run.is_root()
    monkeypatch.setattr(sys, "platform", "linux")
    assert run.venv_python(Path("v")) == Path("v/bin/python")


@pytest.mark.parametrize(("installed", "asked"), [("", ""), ("test", ""), ("test", "test")])
def test_ready_environment_is_used_as_it_is(
    installed: str, asked: str, run: ModuleType, no_making: list[str]
) -> None:
    python = pretend_ready(run, installed)
    assert run.set_up(asked) == python
    assert no_making == []


@pytest.mark.parametrize("change", ["extra", "pins", "project", "stamp", "moved", "python"])
def test_anything_else_sets_up_again_and_forgets_the_stamp(
    change: str, run: ModuleType, no_making: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    python = pretend_ready(run, "")
    stamp = run.ROOT / ".venv" / run.STAMP
    if change == "pins":
        (run.ROOT / "installer" / "constraints.txt").write_text("a==2\n", encoding="ascii")
    elif change == "project":
        (run.ROOT / "pyproject.toml").write_text("[project]\n# new\n", encoding="utf-8")
    elif change == "stamp":
        stamp.write_text("{", encoding="utf-8")
    elif change == "moved":
        monkeypatch.setattr(run, "ROOT", run.ROOT.rename(run.ROOT.with_name("moved")))
    elif change == "python":
        python.unlink()
    with pytest.raises(run.SetupError, match="refused"):
        run.set_up("test" if change == "extra" else "")
    assert len(no_making) == 1
    assert "-m venv --clear" in no_making[0]
    assert not (run.ROOT / ".venv").exists()


def test_working_environment_of_this_python_is_kept(
    run: ModuleType, no_making: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_ready(run, "")
    (run.ROOT / "pyproject.toml").write_text("[project]\n# new\n", encoding="utf-8")
    monkeypatch.setattr(run, "fits", lambda python, version: True)
    with pytest.raises(run.SetupError, match="refused"):
        run.set_up("")
    assert "pip install" in no_making[0]
    assert "-c installer/constraints.txt -e ." in no_making[0]
    assert run.read_stamp(run.ROOT / ".venv") == {}


def test_fits(run: ModuleType, tmp_path: Path) -> None:
    version = [sys.version_info[0], sys.version_info[1]]
    assert run.fits(Path(sys.executable), version)
    assert not run.fits(Path(sys.executable), [3, 10])
    assert not run.fits(tmp_path / "none", version)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Retrying after connection broken by 'NewConnectionError'", "network"),
        ("ERROR: No space left on device", "disk is full"),
        ("[WinError 5] Access is denied", "close CIM Studio"),
        ("[Errno 13] Permission denied: '.venv'", "Not allowed to write"),
        ("ERROR: No matching distribution found for numpy==9", "no build for this Python"),
        ("something new", "run the same command again"),
    ],
)
def test_failures_come_with_advice(line: str, expected: str, run: ModuleType) -> None:
    assert expected in run.advice(["before", line])


def test_advice_for_a_python_that_is_too_new(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "NEWEST_TRIED", (3, 10))
    assert "newer than 3.10" in run.advice(["ERROR: No matching distribution found for x"])


def test_failed_command_shows_its_last_words(
    run: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "print('shown 好'); print('hidden'); raise SystemExit(3)"
    with pytest.raises(run.SetupError, match=r"(?s)this failed: .*hidden"):
        run.capture([sys.executable, "-X", "utf8", "-c", code], run.child_environment(), ("shown",))
    assert capsys.readouterr().out == "  shown 好\n"


@pytest.mark.parametrize("code", [0, 3])
def test_exit_codes_are_passed_on(code: int, run: ModuleType) -> None:
    command = [sys.executable, "-c", f"raise SystemExit({code})"]
    assert run.call(command, run.child_environment()) == code


def test_checks_all_run_and_one_failure_fails(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[list[str]] = []

    def called(command: list[str], environment: dict[str, str], cwd: Path) -> int:
        seen.append(command)
        return 1 if "mypy" in command else 0

    monkeypatch.setattr(run, "call", called)
    assert run.run_checks(Path("python"), ["-k", "graph"]) == 1
    summary = capsys.readouterr().out.split("== Summary")[1]
    assert [line.split()[0] for line in summary.strip().splitlines()] == [
        *("passed", "passed", "FAILED", "passed", "passed")
    ]
    assert seen[-1][:3] == ["python", "-m", "pytest"]
    assert seen[-1][-2:] == ["-k", "graph"]
    monkeypatch.setattr(run, "call", lambda *_: 0)
    assert run.run_checks(Path("python"), []) == 0


def test_packages_either_name_counts(run: ModuleType) -> None:
    names = ["dpkg", "no-such-package|dpkg", "no-such-package|nor-this"]
    missing = run.missing_packages(names)
    if run.shutil.which("dpkg-query") is None or not Path("/etc/debian_version").is_file():
        assert missing == []
    else:
        assert missing == ["no-such-package|nor-this"]
        assert run.known_name("no-such-package|dpkg") == "dpkg"


def test_without_root_the_line_to_run_is_printed(
    run: ModuleType,
    no_making: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(run, "is_root", lambda: False)
    monkeypatch.setattr(run, "known_name", lambda entry: entry.split("|")[-1])
    run.install_packages(["libegl1", "libasound2t64|libasound2"], "The window")
    assert "sudo apt-get install libegl1 libasound2\n" in capsys.readouterr().out
    run.install_packages([], "The window")
    assert capsys.readouterr().out == ""
    assert no_making == []


def test_as_root_a_failing_apt_does_not_stop_us(
    run: ModuleType,
    no_making: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(run, "is_root", lambda: True)
    run.install_packages(["libegl1"], "The window")
    assert no_making == ["apt-get update -qq"]
    assert "going on without" in capsys.readouterr().out
