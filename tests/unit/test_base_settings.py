"""Personal settings: round trip, and every way the file can be wrong."""

from __future__ import annotations

import dataclasses
import json
import logging
from pathlib import Path

import pytest

from studio.base import paths, settings
from studio.base.errors import ProjectError
from studio.base.settings import Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "配置 folder" / "settings.json"


def test_what_is_saved_is_loaded(path: Path) -> None:
    changed = Settings(
        theme="dark",
        language="zh",
        chip="x.toml",
        toolchain="gcc",
        results="/tmp/结果",
        workshop=True,
        reopen=True,
        compare=False,
    ).opened(Path("模型 1.onnx"))
    settings.save(changed, path)
    assert settings.load(path) == changed
    assert changed != Settings()


def test_missing_file_gives_defaults_and_writes_nothing(path: Path) -> None:
    assert settings.load(path) == Settings()
    assert not path.parent.exists()


def test_default_location_is_in_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    settings.save(Settings(theme="light"))
    assert settings.location().is_relative_to(tmp_path)
    assert settings.location().is_file()
    assert settings.load().theme == "light"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"[1]", b"null", b'"text"', b"[" * 5000]
)
def test_broken_file_is_kept_aside_with_a_warning(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert settings.load(path) == Settings()
    aside = path.with_name("settings.json.broken")
    assert aside.read_bytes() == content
    assert not path.exists()
    assert str(path) in caplog.text
    settings.save(Settings(theme="dark"), path)
    assert settings.load(path).theme == "dark"
    assert aside.read_bytes() == content


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "blue"),
        ("language", 3),
        ("chip", None),
        ("toolchain", "/opt/gcc"),
        ("toolchain", ["gcc"]),
        ("results", {"a": 1}),
        ("recordings_limit", 0),
        ("recordings_limit", True),
        ("recordings_limit", 2.5),
        ("recordings_limit", "8"),
        ("recent", "one.onnx"),
        ("recent", ["one.onnx", 2]),
    ],
)
def test_wrong_entry_gives_its_default_and_keeps_the_rest(
    path: Path, name: str, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    good = {"theme": "dark", "chip": "other", "recent": ["a.onnx"]}
    path.parent.mkdir()
    path.write_text(json.dumps(good | {name: value}), encoding="utf-8")
    loaded = settings.load(path)
    assert getattr(loaded, name) == getattr(Settings(), name)
    for other in good.keys() - {name}:
        assert getattr(loaded, other) != getattr(Settings(), other)
    assert repr(name) in caplog.text


def test_unknown_entries_stay_in_the_file(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"font": 12, "theme": "light"}', encoding="utf-8")
    settings.save(dataclasses.replace(settings.load(path), theme="dark"), path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["font"] == 12
    assert content["theme"] == "dark"


def test_recent_models_newest_first_without_doubles() -> None:
    current = Settings()
    for number in range(settings.RECENT + 3):
        current = current.opened(Path(f"{number}.onnx"))
    current = current.opened(Path("5.onnx"))
    assert len(current.recent) == settings.RECENT == len(set(current.recent))
    assert [Path(name).name for name in current.recent[:2]] == ["5.onnx", "12.onnx"]
    assert all(Path(name).is_absolute() for name in current.recent)


def test_the_last_project_is_opened_at_the_start_where_that_is_wanted(tmp_path: Path) -> None:
    opened = Settings(reopen=True).opened(tmp_path / "gone").opened(tmp_path)
    assert opened.at_start == (str(tmp_path),)
    assert dataclasses.replace(opened, reopen=False).at_start == ()
    assert dataclasses.replace(opened, recent=opened.recent[1:]).at_start == ()
    assert Settings(reopen=True).at_start == ()


def test_results_folder() -> None:
    assert Settings().results_folder == paths.work()
    assert Settings(results="somewhere").results_folder == Path("somewhere")


def test_unwritable_place_is_a_studio_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ProjectError, match="cannot be written"):
        settings.save(Settings(), tmp_path / "file" / "settings.json")


def test_every_field_explains_itself() -> None:
    for field in dataclasses.fields(Settings):
        assert field.metadata["label"][0].isupper()
        assert field.metadata["help"].endswith(".")
        choices = field.metadata.get("choices", ())
        assert not choices or field.default in choices
