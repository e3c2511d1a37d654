"""opt.protobuf: what is read, what is refused with which words, and the schema in resources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.base import paths
from studio.base.errors import DataError
from studio.formats import opt_protobuf
from studio.quantize.layer_options import LayerChoice

WHOLE = """
# A comment, and every field there is.
layerOptiConfig {
  name : "lstm 一"
  inputOpti { shift: 1 num: 2 front_scale: 1 signed_input: -1 }
  inputOpti { shift: 0 num: 3, }
  weightOpti { shift: 1; num: 1; region: DOWN_REGION }
  doubleWeightOpti { multiple: 2 }
  sparseMatrixOpti { sp_mode: MIX_MODE }
  sparseMatrixOpti { sp_mode: 2 }
  arrayOutputOpti { magnify: 1 repeat: 2 }
  convOpti { multi_point: 4 tdnn_mode: true }
};
layerOptiConfig: < name: 'fc' >
"""


def test_every_field_is_read_array_by_array() -> None:
    first, second, last = opt_protobuf.parse(WHOLE, "opt.protobuf")
    assert first == LayerChoice(
        "lstm 一",
        0,
        input_shift=2,
        front_scale=1,
        signed_input=-1,
        weight_shift=1,
        region=2,
        multiple=2,
        store="mixed",
        magnify=1,
        repeat=2,
        points=4,
        ignored=("convOpti tdnn_mode changes no number and is not used here.",),
    )
    assert second == LayerChoice(
        "lstm 一",
        1,
        store="digital",
        ignored=("inputOpti num 3 has no effect without shift 1.",),
    )
    assert last == LayerChoice("fc") and last.plain and not first.plain


def test_names_and_numbers_of_enumerations_mean_the_same() -> None:
    for number, (mode, region) in enumerate(
        (("SIM_MODE", "ANY_REGION"), ("MIX_MODE", "UP_REGION"), ("DIG_MODE", "DOWN_REGION"))
    ):
        found = [
            opt_protobuf.parse(
                f'layerOptiConfig {{ name: "a" sparseMatrixOpti {{ sp_mode: {m} }}'
                f" weightOpti {{ region: {r} }} }}",
                "f",
            )
            for m, r in ((mode, region), (number, number))
        ]
        assert found[0] == found[1]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    choices = [replace(own, ignored=()) for own in opt_protobuf.parse(WHOLE, "f")]
    path = tmp_path / "选 项.protobuf"
    opt_protobuf.write(path, choices)
    found = opt_protobuf.read(path)
    assert list(found.choices) == choices and found.source == str(path)
    # A choice for the second array alone leaves an empty message for the first.
    opt_protobuf.write(path, [LayerChoice("a", 1, magnify=1)])
    assert opt_protobuf.read(path).choices == (LayerChoice("a"), LayerChoice("a", 1, magnify=1))


def test_an_empty_file_chooses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "opt.protobuf"
    path.write_bytes(b"\xef\xbb\xbf# nothing\r\n")
    assert opt_protobuf.read(path).choices == ()


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("layerOptiConfig {", "line 1, column 17: Expected", "layerOptiConfig { name"),
        ('layerOptiConfig {\n  nam: "a" }', "line 2, column 3: .*no field named .nam", "inputOpti"),
        ("hello", "line 1, column 1: .*no field named .hello", "layerOptiConfig"),
        (
            'layerOptiConfig { name: "a"\n inputOpti { shft: 1 } }',
            "line 2, column 14: .*no field named .shft",
            "Fields of inputOpti: shift, num, front_scale, signed_input.",
        ),
        (
            'layerOptiConfig { weightOpti { region: LEFT } }',
            "no value named LEFT",
            "ANY_REGION, UP_REGION, DOWN_REGION, or 0..2",
        ),
        (
            'layerOptiConfig { sparseMatrixOpti { sp_mode: 3 } }',
            "no value with number 3",
            "SIM_MODE, MIX_MODE, DIG_MODE, or 0..2",
        ),
        ('layerOptiConfig { name: "a" name: "b" }', "multiple .name. fields", ""),
        ("layerOptiConfig { inputOpti { num: 1.5 } }", "integer: 1.5", ""),
        ("layerOptiConfig { inputOpti { num: 99999999999 } }", "out of range", ""),
        ("layerOptiConfig { }", "a layerOptiConfig has no name", 'name: "NODE"'),
        (
            'layerOptiConfig { name: "a" }\nlayerOptiConfig { name: "a" }',
            "layer a has two layerOptiConfig",
            "into one",
        ),
    ],
)  # fmt: skip
def test_broken_text_is_refused_where_it_breaks(text: str, message: str, hint: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        opt_protobuf.parse(text, "opt.protobuf")
    assert hint in caught.value.hint and caught.value.where == "opt.protobuf"


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ("inputOpti { shift: 2 }", r"inputOpti shift is 2, must be 0\.\.1"),
        ("inputOpti { shift: 1 num: -1 }", "inputOpti num is -1"),
        ("inputOpti { front_scale: -1 }", "inputOpti front_scale is -1"),
        ("inputOpti { signed_input: -2 }", "inputOpti signed_input is -2, must be -1"),
        ("weightOpti { shift: 1 num: 16 }", "weightOpti num is 16"),
        ("weightOpti { shift: 1 num: -1 }", "weightOpti num is -1"),
        ("doubleWeightOpti { multiple: -1 }", "doubleWeightOpti multiple is -1"),
        (
            "sparseMatrixOpti { sp_mode: 1 shift: 1 }",
            "sparseMatrixOpti shift is 1",
        ),
        ("arrayOutputOpti { repeat: 3 }", r"arrayOutputOpti repeat is 3, must be 0\.\.2"),
        ("arrayOutputOpti { magnify: -1 }", "arrayOutputOpti magnify is -1"),
        ("convOpti { multi_point: -1 }", "convOpti multi_point is -1"),
        ("convOpti { tdnn_mode: true conv2DToConv1D_enable: true }", "both tdnn_mode and"),
    ],
)
def test_values_without_a_meaning_are_refused(messages: str, text: str) -> None:
    with pytest.raises(DataError, match=text) as caught:
        opt_protobuf.parse(f'layerOptiConfig {{ name: "a" {messages} }}', "opt.protobuf")
    assert caught.value.where == "opt.protobuf, layer a" and caught.value.hint


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the layer options"):
        opt_protobuf.read(tmp_path / "missing")
    (tmp_path / "b").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not a text file"):
        opt_protobuf.read(tmp_path / "b")


def test_the_schema_in_resources_is_the_one_that_is_read() -> None:
    text = paths.resource("opt.proto").read_text(encoding="utf-8")
    assert text == opt_protobuf.schema_text()
    for fields in opt_protobuf.MESSAGES.values():
        assert all(f" {field} = " in text for field in fields)


def test_published_files_are_read(shared: Path) -> None:
    files = sorted((shared / "vendor").glob("*/*.protobuf"))
    assert len(files) == 9
    for path in files:
        found = opt_protobuf.read(path).choices
        names = [line.partition('"')[2].rstrip('" ') for line in _names(path)]
        assert [own.layer for own in found] == names
        text = opt_protobuf.text_of(found)
        assert list(opt_protobuf.parse(text, "f")) == [replace(own, ignored=()) for own in found]
    found = opt_protobuf.read(shared / "vendor" / "mnist_attention" / "opt.protobuf").choices
    assert found == (LayerChoice("head", signed_input=256),)


def _names(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip().startswith("name")]


def test_text_is_what_the_library_writes() -> None:
    text = opt_protobuf.text_of([LayerChoice("a", weight_shift=2, region=1)])
    words = """layerOptiConfig { name: "a" weightOpti { shift: 1 num: 2 region: UP_REGION } }"""
    assert " ".join(text.split()) == words
