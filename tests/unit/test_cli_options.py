"""Layer choices and times as they are typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import typer

from studio.base import fields
from studio.base.errors import StudioError
from studio.base.settings import Settings
from studio.cli import CANCELLED, guarded
from studio.cli_options import PROVE_SECONDS, options, placing
from studio.commands_settings import changed
from studio.mapper.stage import LayerOptions


def test_choices_of_one_layer_are_put_together() -> None:
    found = placing(["fc=upper"], ["fc=2", "conv=4"], ["conv=8"])
    assert found["layers"] == {
        "fc": LayerOptions(bank="upper", copies=2),
        "conv": LayerOptions(copies=4, points=8),
    }


@pytest.mark.parametrize("name", ["/conv1/Conv", "a=b", "x:0", "层 one", "=", "net/a=b:c d"])
def test_a_layers_name_may_hold_any_character(name: str) -> None:
    assert set(placing(copies=[f"{name}=2"])["layers"]) == {name}


@pytest.mark.parametrize("text", ["fc", "fc=", "=2", "fc=x", "fc=1.5", "fc=-2", "fc=²"])
def test_what_cannot_be_read_is_answered_with_an_example(text: str) -> None:
    with pytest.raises(StudioError, match="cannot read --copies") as caught:
        placing(copies=[text])
    assert "--copies LAYER=2" in caught.value.hint


def test_a_bank_without_a_name_is_answered_with_an_example() -> None:
    with pytest.raises(StudioError, match="cannot read --bank fc=") as caught:
        placing(banks=["fc="])
    assert "--bank LAYER=upper" in caught.value.hint


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"banks": ["fc=upper", "fc=lower"]}, "--bank gives fc two values, upper and lower"),
        ({"copies": ["fc=2", "fc=4"]}, "--copies gives fc two values, 2 and 4"),
        ({"points": ["fc=8", "x=8", "fc=2"]}, "--points gives fc two values, 8 and 2"),
    ],
)
def test_two_values_of_one_choice_are_refused(words: dict[str, list[str]], text: str) -> None:
    with pytest.raises(StudioError, match=text) as caught:
        placing(**words)  # type: ignore[arg-type]
    assert "once for each layer" in caught.value.hint


def test_the_same_choice_twice_does_no_harm() -> None:
    assert placing(["fc=upper", "fc=upper"])["layers"] == {"fc": LayerOptions(bank="upper")}


def test_proving_takes_a_time_or_the_usual_one() -> None:
    assert placing()["prove_seconds"] == 0
    assert placing(prove=True)["prove_seconds"] == PROVE_SECONDS
    assert placing(prove_seconds=3.5)["prove_seconds"] == 3.5
    assert placing(prove=True, prove_seconds=2.0)["prove_seconds"] == 2


def test_everything_typed_reaches_the_options() -> None:
    typed = placing(["fc=upper"], around=[Path("a.txt")], bias_rows=4, seconds=0.5, duplicate=True)
    found = options("wtm2101", **typed)
    assert (found.bias_rows, found.seconds, found.duplicate) == (4, 0.5, True)
    assert found.around == (Path("a.txt"),)
    assert found.layers["fc"].bank == "upper"


KNOWN = {field.name: field for field in fields.of(Settings) if field.kind != "hidden"}


def test_settings_as_they_are_typed() -> None:
    before = Settings(jlink="x", reopen=False)
    typed = ["download=server", "debug_server=localhost:4444", "jlink=", "reopen=yes"]
    after = changed(before, typed, KNOWN)
    assert (after.download, after.debug_server) == ("server", "localhost:4444")
    assert (after.jlink, after.reopen) == ("", True)
    assert changed(after, ["recordings_limit=20"], KNOWN).recordings_limit == 20
    assert changed(after, ["download=", "gdb=C:/a=b.exe"], KNOWN) == replace(
        after, download="jlink", gdb="C:/a=b.exe"
    )


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("download=cable", "jlink, openocd, server"),
        ("reopen=2", "true"),
        ("recordings_limit=0", "from 1 to 10000"),
        ("recordings_limit=much", "from 1 to 10000"),
        ("download", "NAME=VALUE"),
        ("nothing=1", "NAME=VALUE"),
        ("recent=1", "NAME=VALUE"),
    ],
)
def test_settings_that_cannot_be(text: str, hint: str) -> None:
    with pytest.raises(StudioError) as caught:
        changed(Settings(), [text], KNOWN)
    assert hint in caught.value.hint


def test_ctrl_c_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    own = typer.Typer()

    @own.command()
    def wait() -> None:
        raise KeyboardInterrupt

    assert guarded(lambda: own([], standalone_mode=False), as_json=False) == CANCELLED
    assert capsys.readouterr().err == "cancelled\n"
