"""Conventions from texts."""

import pytest

from studio.base.errors import StudioError
from studio.quantize import conventions
from studio.quantize.conventions import Conventions


def test_nothing_chosen_is_the_defaults() -> None:
    assert conventions.of({}) == Conventions()


def test_words_numbers_and_switches_are_read() -> None:
    found = conventions.of(
        {
            "second_scale": "fused",
            "bare_gain": "2048",
            "gru_mirrored": "True",
            "softmax_steps": "127",
            "scale_large": "half up",
        }
    )
    assert found == Conventions(
        second_scale="fused",
        bare_gain=2048,
        gru_mirrored=True,
        softmax_steps=127,
        scale_large="half up",
    )


def test_an_unknown_name_lists_the_names() -> None:
    with pytest.raises(StudioError, match="no convention rounding") as caught:
        conventions.of({"rounding": "up"})
    assert "second_scale" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("second_scale", "before", "fused"),
        ("bare_gain", "-1", "whole number"),
        ("gru_mirrored", "maybe", "true"),
    ],
)
def test_an_unknown_value_says_what_is_possible(name: str, text: str, word: str) -> None:
    with pytest.raises(StudioError, match=f"convention {name} cannot be {text}") as caught:
        conventions.of({name: text})
    assert word in caught.value.hint
