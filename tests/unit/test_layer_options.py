"""Layer options through the stages: kept by content, followed by the mapper, refused in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio import commands, commands_map, mapping, pipeline, stages, tables
from studio.base.errors import DataError, StudioError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.cli_options import options
from studio.formats import layers_txt, opt_protobuf
from studio.graph import load
from studio.mapper import choices
from studio.mapper import stage as mapper
from studio.mapper.stage import LayerOptions, MapOptions
from studio.options import Options
from studio.pipeline import Deployment
from studio.quantize import stage as quantizer
from studio.quantize.layer_options import LayerChoices
from studio.simulate.run import run

from .models import Maker

NAMES = ("graph", "quantize", "map")
FILE = """
layerOptiConfig {{
  name: "gemm_0"
  weightOpti {{ shift: 1 num: {num} region: DOWN_REGION }}
  doubleWeightOpti {{ multiple: 1 }}
}}
"""


@pytest.fixture(autouse=True)
def _one_state_of_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever edits the program while the tests run must not change their keys."""
    monkeypatch.setattr(pipeline, "_program", lambda: "fixed")


def model(folder: Path, name: str = "m", after_relu: bool = False) -> Path:
    """One layer of the maker's dialect, gemm_0, or gemm_1 ``after_relu``."""
    maker = Maker()
    x = maker.add("Relu", "x") if after_relu else "x"
    weights = np.random.default_rng(0).integers(-90, 91, (12, 6)).astype(np.float32)
    sums = maker.add("Gemm", x, maker.constant(weights))
    out = maker.add("Scale", sums, scale=1 / 512)
    return maker.save(folder / f"{name}.onnx", {"x": (1, 12)}, {out: (1, 6)})


def file(folder: Path, text: str) -> Path:
    path = folder / "选 项.protobuf"
    path.write_text(text, encoding="utf-8")
    return path


def go(path: Path, out: Path, **chosen: object) -> Deployment:
    made = Options(synthetic=True, **chosen)  # type: ignore[arg-type]
    return pipeline.prepare(pipeline.begin(path, None, out, made), NAMES)


def test_the_mapper_follows_the_file(tmp_path: Path) -> None:
    given = file(tmp_path, FILE.format(num=1))
    found = go(model(tmp_path), tmp_path / "out", layer_options=given)
    (block,) = stages.need(found.layout).blocks
    assert (block.copies, block.gain, block.rows) == (2, 2 * 512 * 2, 24)
    assert block.row >= 896
    again = mapping.load_layout(stages.reopen(tmp_path / "out", None, Options()))
    assert stages.need(again.layout).blocks[0].copies == 2


def test_a_quantized_folder_is_mapped_by_its_own_options(tmp_path: Path) -> None:
    given = file(tmp_path, FILE.format(num=1))
    start = pipeline.begin(model(tmp_path), None, tmp_path / "out", Options(layer_options=given))
    pipeline.prepare(start, ("graph", "quantize"))
    reopened = stages.move(stages.reopen(tmp_path / "out", None, Options()), tmp_path / "other")
    layout = stages.need(mapping.map_weights(reopened, Job()).layout)
    assert layout.blocks[0].copies == 2
    (line,) = layers_txt.read(tmp_path / "other" / "map" / "layers.txt")
    assert line.row_start >= 896 and line.gain == 2048
    with pytest.raises(StudioError, match="quantized already, and layer options"):
        stages.reopen(tmp_path / "out", None, Options(layer_options=given))


def test_stages_are_kept_while_the_files_content_is_the_same(tmp_path: Path) -> None:
    path, out = model(tmp_path), tmp_path / "out"
    given = file(tmp_path, FILE.format(num=1))
    go(path, out, layer_options=given)
    copy = tmp_path / "copy.protobuf"
    copy.write_bytes(given.read_bytes())
    assert {"quantize", "map"} <= go(path, out, layer_options=copy).cached
    file(tmp_path, FILE.format(num=2))
    changed = go(path, out, layer_options=given)
    assert not changed.cached & {"quantize", "map"}
    assert stages.need(changed.layout).blocks[0].gain == 4 * 512 * 2
    without = go(path, out)
    assert not without.cached & {"quantize", "map"}
    assert stages.need(without.layout).blocks[0].copies == 1
    assert not without.project.layer_options.exists()


def test_a_choice_that_contradicts_the_file_is_refused(tmp_path: Path) -> None:
    given = file(tmp_path, FILE.format(num=1))
    layers = {"gemm_0": LayerOptions(bank="upper")}
    with pytest.raises(StudioError, match="bank is upper here and lower in the layer options"):
        go(model(tmp_path), tmp_path / "out", layer_options=given, layers=layers)
    layers = {"gemm_0": LayerOptions(copies=2)}
    go(model(tmp_path), tmp_path / "out", layer_options=given, layers=layers)


def test_random_frames_are_signed_where_the_file_says_so(tmp_path: Path) -> None:
    text = 'layerOptiConfig { name: "gemm_0" inputOpti { signed_input: 4 } }'
    found = go(model(tmp_path), tmp_path / "out", layer_options=file(tmp_path, text))
    assert stages.need(found.calibration)[0].min() < 0
    assert "-128 to 127" in found.notes[0]
    assert stages.need(found.layout).blocks[0].rows == 16
    rows = tables.layer_rows(stages.need(found.qnetwork))
    assert rows[0]["encoding"] == "partial" and rows[0]["signed_inputs"] == 4
    matrix = stages.need(found.qnetwork).array_ops[0].matrices[0]
    assert tables.encoding(matrix) == "pn 4, shift 8"
    whole = replace(matrix, encoding="pn", input_shift=1, store="mixed", repeat=2)
    assert tables.encoding(whole) == "pn, times 2, low bytes, twice"


def test_missing_and_broken_files_are_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the layer options"):
        go(model(tmp_path), tmp_path / "out", layer_options=tmp_path / "none")
    with pytest.raises(DataError, match="line 1, column 1"):
        go(model(tmp_path), tmp_path / "out", layer_options=file(tmp_path, "x"))
    with pytest.raises(StudioError, match="no layer 'fc' on the array") as caught:
        go(
            model(tmp_path),
            tmp_path / "out",
            layer_options=file(tmp_path, 'layerOptiConfig { name: "fc" }'),
        )
    assert caught.value.hint == "Layers: gemm_0."


def test_networks_that_share_an_array_share_the_file(tmp_path: Path) -> None:
    first, second = model(tmp_path, "a"), model(tmp_path, "b", after_relu=True)
    text = FILE.format(num=1) + 'layerOptiConfig { name: "gemm_1" arrayOutputOpti { magnify: 1 } }'
    chosen = options(
        "wtm2101", layer_options=file(tmp_path, text), synthetic=True, layers={}, around=()
    )
    screen = commands.Screen(as_json=False)
    commands_map.map_weights([first, second], [], tmp_path / "out", chosen, screen)
    lines = layers_txt.read(tmp_path / "out" / "map" / "layers.txt")
    assert [line.gain for line in lines] == [2048, 256]
    wrong = replace(chosen, layer_options=file(tmp_path, text + 'layerOptiConfig { name: "fc" }'))
    with pytest.raises(StudioError, match="no layer 'fc'") as caught:
        commands_map.map_weights([first, second], [], tmp_path / "two", wrong, screen)
    assert caught.value.hint == "Layers: gemm_0, gemm_1."


@pytest.mark.parametrize(
    ("name", "gains"),
    [
        ("opt_weightOpt", (2, 2, 2, 2, 2, 2)),
        ("opt_inputOpt", (2, 2, 2, 1, 2, 2)),
        ("opt_doubleweight", (1, 1, 1, 1, 1, 1)),
    ],
)
def test_published_options_change_no_number_of_the_network_they_name(
    name: str, gains: tuple[int, ...], chip: Chip, shared: Path
) -> None:
    zoo = shared / "vendor" / "zoo"
    network = load.load(zoo / "tdnn_residual.onnx")
    given = opt_protobuf.read(zoo / f"{name}.protobuf")
    with pytest.raises(StudioError, match="no layer 'dnn_bn_1'") as caught:
        quantizer.run(network, chip, quantizer.QuantizeOptions(layers=given))
    layers = ["cnn_1", "cnn_2", "cnn_3", "dnn_input_1", "dnn_post_1", "dnn_gru_out_1"]
    assert caught.value.hint == f"Layers: {', '.join(layers)}."
    known = tuple(own for own in given.choices if own.layer in layers)
    base, changed = (
        quantizer.run(network, chip, quantizer.QuantizeOptions(layers=LayerChoices(own, name)))
        for own in ((), known)
    )
    found = [op.matrices[0].gain for op in changed.array_ops]
    assert found == [op.matrices[0].gain * n for op, n in zip(base.array_ops, gains, strict=True)]
    x = np.random.default_rng(0).integers(0, 128, (30, 1, 1, 39)).astype(np.int16)
    before, after = (run(own, (x,), layers=True).layers for own in (base, changed))
    for layer in layers:
        np.testing.assert_array_equal(before[layer], after[layer])
    options = MapOptions(layers=choices.of_network(changed, LayerChoices(known, name), chip))
    layout = mapper.run(changed, chip, options, Job())
    assert {block.copies for block in layout.blocks} == {2 if name == "opt_doubleweight" else 1}
