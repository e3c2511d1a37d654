"""What a user sends: as text, with escapes, as hexadecimal; history and macros."""

from __future__ import annotations

import tomllib

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from studio.base.errors import DataError
from studio.monitor.lines_out import (
    ENDINGS,
    Ending,
    Form,
    History,
    Macro,
    encoded,
    macros_as_data,
    macros_from_data,
)


@pytest.mark.parametrize(
    ("ending", "data"),
    [("none", b"go"), ("lf", b"go\n"), ("cr", b"go\r"), ("crlf", b"go\r\n")],
)
def test_line_endings(ending: Ending, data: bytes) -> None:
    assert encoded("go", ending) == data


def test_text_is_sent_as_typed_in_its_encoding() -> None:
    assert encoded(r"a\n", "none") == b"a\\n"
    assert encoded("启动", "lf", encoding="gbk") == "启动".encode("gbk") + b"\n"
    with pytest.raises(DataError, match="'é' cannot be sent as ascii"):
        encoded("café", "lf", encoding="ascii")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (r"a\r\n\t\0\e\\b", b"a\r\n\t\0\x1b\\b"),
        (r"\xCC\xff!", b"\xcc\xff!"),
        (r"启\x0a", "启".encode() + b"\n"),
        ("", b""),
    ],
)
def test_escapes(text: str, data: bytes) -> None:
    assert encoded(text, "none", "escapes") == data


@pytest.mark.parametrize("text", [r"\q", "\\", r"\x1", r"\xg0", "a\\\n"])
def test_what_is_no_escape_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="is no escape"):
        encoded(text, "lf", "escapes")


@pytest.mark.parametrize(
    "text", ["CC0D0a", "CC 0D 0A", "0xCC, 0x0D, 0x0A", "cc:0d:0a", "  cc 0D\n0a ", "0XCC0d 0a"]
)
def test_hexadecimal_has_no_line_ending(text: str) -> None:
    assert encoded(text, "crlf", "hex") == b"\xcc\x0d\x0a"


@pytest.mark.parametrize("text", ["C", "CC 0", "xyz", "é1", "1 23"])
def test_what_is_no_hexadecimal_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="these are no bytes"):
        encoded(text, "lf", "hex")


@given(st.text(), st.sampled_from(sorted(ENDINGS)), st.sampled_from(["text", "escapes", "hex"]))
def test_whatever_is_typed_is_sent_or_refused(text: str, ending: Ending, form: Form) -> None:
    try:
        data = encoded(text, ending, form)
    except DataError as error:
        assert error.hint
    else:
        assert isinstance(data, bytes)


@given(st.binary())
def test_all_bytes_can_be_sent(data: bytes) -> None:
    assert encoded(data.hex(" "), "lf", "hex") == data
    assert encoded("".join(f"\\x{byte:02x}" for byte in data), "none", "escapes") == data


def test_history_keeps_each_text_once_the_newest_last() -> None:
    history = History()
    for text in ("info", "times", "", "reset", "info"):
        history = history.added(text)
    assert history.entries == ("times", "reset", "info")
    assert history.matching("") == ("info", "reset", "times")
    assert history.matching("re") == ("reset",)
    for number in range(1000):
        history = history.added(str(number))
    assert history.entries == tuple(str(number) for number in range(800, 1000))
    assert history.added("x" * 100_000) == history


def test_macros_survive_a_settings_file() -> None:
    macros = (
        Macro("Reset", "reset"),
        Macro("同步", "CC", form="hex", every=0.5),
        Macro("Escape", r"\e[2J", "none", "escapes"),
    )
    text = tomlkit.dumps({"macros": macros_as_data(macros)})
    assert macros_from_data(tomllib.loads(text)["macros"]) == macros
    assert [macro.data() for macro in macros] == [b"reset\n", b"\xcc", b"\x1b[2J"]


@pytest.mark.parametrize(
    "entry",
    [
        7,
        {},
        {"name": "a"},
        {"name": "a", "text": 1},
        {"name": "a", "text": "", "ending": "lfcr"},
        {"name": "a", "text": "", "form": "python"},
        {"name": "a", "text": "", "every": -1},
        {"name": "a", "text": "", "every": float("nan")},
        {"name": "a", "text": "", "run": "rm"},
        {"name": "a", "text": "", "ending": ["lf"]},
    ],
)
def test_what_is_no_macro_is_refused(entry: object) -> None:
    with pytest.raises(DataError, match="macro 2 is not understood"):
        macros_from_data([{"name": "good", "text": "x"}, entry])
    with pytest.raises(DataError, match="macros are a list"):
        macros_from_data(entry)
