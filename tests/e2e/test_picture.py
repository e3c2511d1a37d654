"""The picture of the array: what it shows, that nothing overlaps, and that it is repeatable."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from studio import cli
from studio.base.errors import ProjectError, StudioError
from studio.base.job import Job
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.mapper import stage as mapper
from studio.mapper import store as layouts
from studio.mapper.layout import Block, Layout
from studio.mapper.metrics import utilization
from studio.mapper.options import MapOptions
from studio.mapper.picture import save
from studio.mapper.picture_entries import entries
from studio.mapper.picture_labels import Box, Caption, inside, place
from studio.mapper.picture_style import Ruler, style
from studio.mapper.problem import Occupied
from studio.mapper.request import Search
from studio.quantize import store as qnetworks
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QTensor, RowTile

CHIP = chips.load("wtm2101")
SEARCH = Search("by hand", 1, 0.0, 1, 1, 0, False, "")


def block(layer: str, row: int, column: int, rows: int, columns: int, **more: int) -> Block:
    random = np.random.default_rng(row + columns)
    bias_rows = more.pop("bias_rows", 0)
    given = {"matrix": 0, "tile": 0, "first_column": 0, "gain": 512, "array": 0, "bias_row": 0}
    return Block(
        layer=layer,
        row=row,
        column=column,
        cells=random.integers(-128, 128, (rows, columns)).astype(np.int16),
        bias_cells=random.integers(-9, 10, (bias_rows, columns)).astype(np.int16),
        **(given | more),
    )


def layout(
    blocks: Sequence[Block],
    chip: Chip = CHIP,
    first_column: int = 128,
    occupied: Sequence[Occupied] = (),
) -> Layout:
    used = utilization(blocks, chip, first_column)
    return Layout(chip.id, tuple(blocks), used, SEARCH, first_column, tuple(occupied))


def many(count: int) -> list[Block]:
    """Blocks in rows, from some that can carry a text to some of two columns."""
    random = np.random.default_rng(count)
    found: list[Block] = []
    row, column = 0, 128
    for number in range(count):
        rows, columns = int(random.integers(8, 100)), int(random.integers(2, 80))
        if column + columns > 1024:
            row, column = row + 100, 128
        if row < 896 < row + 100:
            row = 896
        found.append(block(f"layer{number}", row, column, rows, columns))
        column += columns
    return found


def texts(path: Path) -> list[str]:
    """All texts of an SVG, which must be a whole XML file."""
    root = ElementTree.parse(path).getroot()
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


TWO = (
    block("fc1", 0, 128, 392, 384, bias_rows=8, gain=2048),
    block("输出层", 896, 128, 512, 200, bias_row=8, bias_rows=5, copies=2, points=4),
)


def test_blocks_banks_and_use_are_told_in_words(tmp_path):
    path = tmp_path / "图 1.svg"
    save(path, [("my model", layout(TWO))], CHIP)
    found = texts(path)
    for text in (
        "my model", "1  fc1", "392 × 384", "G 2048", "bias rows 0..7", "2  输出层", "2 copies",
        "4 points", "bias rows 8..12", "128..511", "896..1407", "upper bank  18.8 % used",
        "lower bank  12.8 % used", "row", "column", "bias row", "896", "1792", "1024",
    ):  # fmt: skip
        assert text in found, text
    assert "array" not in found  # the chip has one
    facts = next(text for text in found if text.startswith("WTM2101"))
    for words in ("2 layers", "2 blocks", "15.8 % of the array", "columns 0..127 skipped"):
        assert words in facts


def test_the_same_layout_gives_the_same_bytes(tmp_path):
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        save(tmp_path / name, [("m", layout(TWO[:1]))], CHIP)
    for suffix in ("svg", "png"):
        first, second = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
        assert first == second
    assert b"<dc:date>" not in (tmp_path / "a.svg").read_bytes()


@pytest.mark.parametrize(("count", "dark"), [(0, True), (1, False), (60, True)])
def test_any_number_of_blocks_is_drawn(tmp_path, count, dark):
    path = tmp_path / "array.svg"
    save(path, [("m", layout(many(count)))], CHIP, dark=dark, values=dark)
    found = texts(path)
    for number in range(1, count + 1):
        assert str(number) in found  # in the table, whatever the array has room for
    assert ("no blocks" in found) == (count == 0)
    assert style(dark).page in path.read_text(encoding="utf-8")


def test_labels_never_overlap_and_never_leave_their_array():
    ruler = Ruler()
    area = Box(0, 0, 369, 645)
    blocks = many(300)
    boxes = [Box(b.column * 0.36, b.row * 0.36, b.columns * 0.36, b.rows * 0.36) for b in blocks]
    captions = [
        Caption(str(entry.number), entry.layer, entry.details)
        for entry in entries([layout(blocks)])
    ]
    wall = Box(0, 321, 369, 2)
    labels = place(boxes, captions, area, ruler, [wall])
    beside = [label for label in labels if label.leader]
    assert len(labels) > 250
    assert len(beside) > 10
    for one, other in itertools.combinations([label.box for label in labels], 2):
        assert apart(one, other)
    for label in labels:
        assert label.box.x >= 0 and label.box.x + label.box.width <= area.width
        assert label.box.y >= 0 and label.box.y + label.box.height <= area.height
    for label in beside:
        assert apart(label.box, wall)
        assert all(apart(label.box, box) for box in boxes)


def apart(one: Box, other: Box) -> bool:
    slack = 1e-6
    return (
        one.x + one.width <= other.x + slack
        or other.x + other.width <= one.x + slack
        or one.y + one.height <= other.y + slack
        or other.y + other.height <= one.y + slack
    )


def test_a_label_says_as_much_as_its_block_has_room_for():
    ruler = Ruler()
    caption = Caption("12", "/encoder/layers.0/self_attn/q_proj/MatMul", ("256 × 96", "G 512"))
    wide = inside(Box(0, 0, 300, 60), caption, ruler)
    assert wide and wide.lines == ("12  " + caption.name, *caption.details)
    medium = inside(Box(0, 0, 60, 40), caption, ruler)
    assert medium and medium.lines[0].startswith("12  ") and "…" in medium.lines[0]
    assert medium.lines[0].endswith("MatMul"[-3:])
    tall = inside(Box(0, 0, 12, 120), caption, ruler)
    assert tall and tall.turned
    small = inside(Box(0, 0, 12, 8), caption, ruler)
    assert small and small.lines == ("12",)
    assert inside(Box(0, 0, 2, 200), caption, ruler) is None


def test_signs_of_every_kind_of_name_are_safe(tmp_path):
    names = ["$x_1$ & <b>", "a\x00b\nc", "层" * 200, "_hidden", "\U0001f600", "x" * 500, ""]
    blocks = [block(name, 100 * i, 128, 90, 300) for i, name in enumerate(names)]
    for file in ("a.svg", "a.png"):
        save(tmp_path / file, [("$" + "名" * 300 + "\x01", layout(blocks))], CHIP)
    found = texts(tmp_path / "a.svg")
    assert "1  $x_1$ & <b>" in found
    assert "2  a b c" in found
    longest = max(found, key=len)
    assert len(longest) < 200 and "…" in next(text for text in found if "名" in text)


def test_networks_that_share_the_array_keep_their_names_and_colours(tmp_path):
    path = tmp_path / "a.svg"
    # The same layer name in both.
    pair = [("net 一", layout(TWO[:1])), ("net 二", layout([replace(TWO[1], layer="fc1")]))]
    save(path, pair, CHIP)
    found = texts(path)
    assert "net 一, net 二" in found
    assert "net 一" in found and "net 二" in found
    svg = path.read_text(encoding="utf-8")
    assert all(svg.count(fill) >= 2 for fill in style(False).fills[:2])
    assert any("15.8 % of the array" in text for text in found)


def test_every_array_of_a_chip_is_drawn(tmp_path):
    three = replace(CHIP, array=replace(CHIP.array, count=3))
    blocks = [block(f"l{n}", 0, 128, 300, 300, array=n) for n in range(2)]
    save(tmp_path / "a.svg", [("m", layout(blocks, three))], three)
    found = texts(tmp_path / "a.svg")
    for number in range(3):
        assert f"array {number}" in found
    assert "array" in found  # the table's column


def test_parts_of_a_layer_are_told_apart():
    blocks = [
        block("a", 0, 128, 10, 10),
        block("a", 0, 138, 10, 6, first_column=10),
        block("b", 0, 200, 10, 10),
        block("b", 0, 210, 10, 10, tile=1),
        block("c", 0, 300, 10, 10, matrix=1),
    ]
    assert [entry.part for entry in entries([layout(blocks)])] == [
        "outputs 0..9", "outputs 10..15", "tile 1/2", "tile 2/2", "matrix 2/2",
    ]  # fmt: skip


def test_columns_the_mapper_used_are_not_hatched(tmp_path):
    path = tmp_path / "a.svg"
    save(path, [("m", layout([block("a", 0, 0, 896, 1024)], first_column=0))], CHIP)
    assert not [text for text in texts(path) if "skipped" in text]
    assert "url(#" not in re.sub(r"clip-path=\"[^\"]*\"", "", path.read_text(encoding="utf-8"))
    save(path, [("m", layout([block("a", 0, 300, 9, 9)], first_column=256))], CHIP)
    assert [text for text in texts(path) if "columns 0..255 skipped" in text]


def test_what_earlier_layouts_hold_is_drawn_and_explained(tmp_path):
    path = tmp_path / "a.svg"
    taken = (Occupied(0, 0, 600, 300, 200, 0, 4), Occupied(0, 1000, 600, 9, 9))
    save(path, [("m", layout(TWO, occupied=taken))], CHIP)
    assert "occupied by 2 earlier blocks" in texts(path)
    # Two rectangles of cells, one of bias rows, one in the legend.
    assert filled_grey(path) == 4
    save(path, [(name, layout(own, occupied=taken[:1])) for name, own in (("a", TWO), ("b", []))],
         CHIP)  # fmt: skip
    assert "occupied by 1 earlier block" in texts(path), "counted once for networks that share"
    save(path, [("m", layout(TWO))], CHIP)
    assert not any("earlier" in text for text in texts(path))
    assert filled_grey(path) == 0


def filled_grey(path: Path) -> int:
    """Rectangles of an SVG with the hatching that lies on the grey of occupied cells."""
    svg = path.read_text(encoding="utf-8")
    patterns = re.findall(r'<pattern id="(\w+)".*?</pattern>', svg, re.DOTALL)
    bodies = re.findall(r"<pattern .*?</pattern>", svg, re.DOTALL)
    grey = [n for n, body in zip(patterns, bodies, strict=True) if style(False).line in body]
    return sum(svg.count(f"fill: url(#{name})") for name in grey)


def test_what_earlier_layouts_hold_has_its_colour_where_it_lies(tmp_path):
    path = tmp_path / "a.png"
    for taken in ((), (Occupied(0, 100, 600, 400, 300),)):
        save(path, [("m", layout([], occupied=taken))], CHIP)
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB")).astype(int)
        grey = [int(style(False).line[i : i + 2], 16) for i in (1, 3, 5)]
        count = int((pixels == grey).all(axis=2).sum())
        # Its hatching covers a part of the cells, each a pixel.
        assert 60_000 < count < 125_000 if taken else count < 20_000


def test_few_large_values_leave_colours_to_the_others(tmp_path):
    cells = np.full((100, 100), 10, np.int16)
    cells[:, ::2] = -10
    cells[0, :50] = 127
    own = replace(block("a", 0, 300, 100, 100), cells=cells)
    save(tmp_path / "a.svg", [("m", layout([own]))], CHIP, values=True)
    found = texts(tmp_path / "a.svg")
    assert {"≤ -10", "0", "≥ 10"} <= set(found)
    assert "weight, steps (99 % of the cells lie within)" in found
    # Cells without a weight say nothing of the weights there are.
    sparse = replace(own, cells=np.where(np.arange(100) < 99, 0, cells).astype(np.int16))
    save(tmp_path / "a.svg", [("m", layout([sparse]))], CHIP, values=True)
    assert {"-10", "0", "10", "weight, steps"} <= set(texts(tmp_path / "a.svg"))


def test_values_are_shown_cell_by_cell(tmp_path):
    cells = np.zeros((400, 400), np.int16)
    cells[:, 200:] = 100
    cells[200:, :200] = -100
    own = replace(block("a", 0, 300, 400, 400), cells=cells)
    save(tmp_path / "a.png", [("m", layout([own]))], CHIP, values=True)
    with Image.open(tmp_path / "a.png") as picture:
        pixels = np.asarray(picture.convert("RGBA")).view("<u4")
    dark_red, dark_blue = 0xFF1F0067, 0xFF613005  # the ends of RdBu_r: alpha, blue, green, red
    # One pixel a cell, but for label, outline and colour bar.
    for colour, cell_count in ((dark_red, 80_000), (dark_blue, 40_000)):
        assert 0.9 * cell_count < (pixels == colour).sum() < 1.05 * cell_count
    few = replace(own, cells=cells[195:205, 195:205])
    save(tmp_path / "a.svg", [("m", layout([few]))], CHIP, values=True)
    found = texts(tmp_path / "a.svg")
    assert {"-100", "0", "100", "weight, steps"} <= set(found)
    assert "bias cell, steps" not in found  # there is none


@pytest.mark.parametrize("name", ["array.pdf", "array"])
def test_other_kinds_of_file_are_refused(tmp_path, name):
    with pytest.raises(StudioError, match="cannot be written as") as caught:
        save(tmp_path / name, [("m", layout(TWO))], CHIP)
    assert ".svg or .png" in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ProjectError, match="cannot be written"):
        save(tmp_path / "file" / "a.svg", [("m", layout(TWO))], CHIP)


def test_a_failing_drawing_leaves_the_old_picture(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text("old", encoding="utf-8")
    outside = block("a", 1790, 128, 10, 10)
    with pytest.raises(StudioError, match="leaves the array"):
        save(path, [("m", layout([outside]))], CHIP, values=True)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_matplotlib_is_imported_only_for_a_picture():
    code = "import sys, studio.mapper.picture; print('matplotlib' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert result.stdout.strip() == "False"


def results(folder: Path, name: str, first: int = 0) -> None:
    """A results folder with one mapped layer, placed from row ``first`` on."""
    weights = np.arange(12, dtype=np.int16).reshape(4, 3)
    matrix = Matrix("m", weights, "unsigned", 1024, (RowTile(0, 4, None),))
    qnetwork = QNetwork(name, CHIP.id, ("x",), ("x",), (ArrayOp("层", "x", "x", (matrix,)),), {
        "x": QTensor("x", (1, 1, 4), 1.0, 0, 127, (1, 4)),
    })  # fmt: skip
    occupied = (Occupied(0, 0, 128, first, 896),) if first else ()
    found = mapper.run(qnetwork, CHIP, MapOptions(occupied=occupied), Job())
    qnetworks.save(qnetwork, folder / "quantized")
    layouts.save(found, folder / "layout.json")


def command(*words: str | Path) -> int:
    return cli.guarded(
        lambda: cli.app([str(word) for word in words], standalone_mode=False), as_json=False
    )


def test_the_command_draws_a_results_folder(tmp_path, capsys):
    folder = tmp_path / "结果 1"
    results(folder, "net 1")
    assert command("picture", folder) == 0
    assert {"net 1", "层"} <= set(texts(folder / "array.svg"))
    assert command("picture", folder, "--out", tmp_path / "a.svg", "--values") == 0
    assert "weight, steps" in texts(tmp_path / "a.svg")
    assert command("picture", folder, "--out", tmp_path / "a.png", "--dark") == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.convert("RGB").getpixel((0, 0)) == (0x15, 0x18, 0x1D)
    capsys.readouterr()
    assert command("picture", folder, "--out", tmp_path / "a.jpg") == 1
    assert ".svg or .png" in capsys.readouterr().err
    assert command("picture", tmp_path / "none") == 1


def test_the_command_draws_networks_that_share_the_array(tmp_path, capsys):
    results(tmp_path / "both" / "one", "one")
    results(tmp_path / "both" / "two", "two", first=10)
    assert command("picture", tmp_path / "both") == 1  # only a joint map makes them neighbours
    (tmp_path / "both" / "map").mkdir()
    (tmp_path / "both" / "map" / "map.csv").write_text("", encoding="utf-8")
    assert command("picture", tmp_path / "both") == 0
    assert {"one, two", "one", "two"} <= set(texts(tmp_path / "both" / "array.svg"))
    results(tmp_path / "both" / "two", "two")  # mapped again, alone
    capsys.readouterr()
    assert command("picture", tmp_path / "both") == 1
    assert "not mapped together" in capsys.readouterr().err
