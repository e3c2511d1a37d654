"""Partly signed, mixed and digital matrices through mapper, map files, checks and estimates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.errors import StudioError, VerifyError
from studio.base.job import Job
from studio.chip.chip import Chip
from studio.formats import expected, layers_txt, map_csv
from studio.mapper import choices, copies, duplicate, estimate, store
from studio.mapper.layout import Layout
from studio.mapper.stage import LayerOptions, MapOptions, run, verify
from studio.quantize.layer_options import LayerChoice, LayerChoices
from studio.quantize.matrix import Bias, retiled
from studio.quantize.qnetwork import ArrayOp, Matrix, QNetwork, QTensor
from studio.simulate.frames import frames

RANDOM = np.random.default_rng(11)


def network(chip: Chip, columns: int = 5, size: int = 6, **fields: object) -> QNetwork:
    """A convolution of one matrix, kernel (3, 1) along W, two channels, then a plain layer."""
    wide = fields.get("store", "analog") != "analog"
    most = 5000 if wide else 128
    shape = (size, 1, 2)
    tensors = {
        "in": QTensor("in", shape, 1.0, -128, 127, (1, *shape)),
        "mid": QTensor("mid", (size - 2, 1, columns), 1.0, -128, 127, (1, size - 2, columns)),
        "out": QTensor("out", (size - 2, 1, 3), 1.0, -128, 127, (1, size - 2, 3)),
    }
    bias: Bias = RANDOM.integers(-30, 31, columns) * 128
    weights = RANDOM.integers(-most, most, (6, columns)).astype(np.int16)
    made = Matrix("conv", weights, "pn", 1024, ())
    conv = retiled(replace(made, **fields), bias, chip, "test")  # type: ignore[arg-type]
    rest = Matrix("rest", np.ones((columns, 3), np.int16), "shift", 256, ())
    ops = (
        ArrayOp("conv", "in", "mid", (conv,), kernel=(3, 1), trace="conv"),
        ArrayOp(
            "rest", "mid", "out", (retiled(rest, np.zeros(3, np.int64), chip, "t"),), trace="rest"
        ),
    )
    return QNetwork("n", chip.id, ("in",), ("out",), ops, tensors)


def mapped(own: QNetwork, chip: Chip, **layers: LayerOptions) -> Layout:
    layout = run(own, chip, MapOptions(layers=layers), Job())
    verify(layout, own, chip)
    return layout


def inputs(own: QNetwork, n: int = 20) -> npt.NDArray[np.int16]:
    shape = own.tensors["in"].shape
    return np.random.default_rng(2).integers(-128, 128, (n, *shape)).astype(np.int16)


def rounded(sums: npt.NDArray[np.int64], gain: int) -> npt.NDArray[np.int64]:
    f = sums / gain
    return np.clip(np.where(f >= 0, np.trunc(f + 0.5), np.trunc(f - 0.25)), -128, 127).astype(int)


def windows(own: QNetwork) -> npt.NDArray[np.int64]:
    """All windows of the convolution over the samples, rows (w, c)."""
    x = inputs(own)[:, :, 0, :].astype(np.int64)
    return np.concatenate([x[:, i : i + 4] for i in range(3)], axis=2).reshape(-1, 6)


def test_partly_signed_rows_lie_and_are_fed_as_the_maker_does(chip: Chip, tmp_path: Path) -> None:
    own = network(chip, encoding="partial", signed_inputs=4)
    weights = own.array_ops[0].matrices[0].weights
    layout = mapped(own, chip)
    block = layout.blocks[0]
    np.testing.assert_array_equal(block.cells, np.vstack([weights, -weights[:4]]))
    (frame, _) = frames(own, (inputs(own),), 50, layout)
    x = windows(own)[:50]
    rows = np.hstack([np.maximum(x[:, :4], 0), x[:, 4:] + 128, np.maximum(-x[:, :4], 0)])
    np.testing.assert_array_equal(frame.inputs, rows)
    bias = own.array_ops[0].matrices[0].tiles[0].bias
    assert bias is not None
    np.testing.assert_array_equal(
        frame.outputs, rounded(rows @ block.cells.astype(int) + bias, 1024)
    )
    map_csv.write_cells(tmp_path / "map.csv", map_csv.from_layouts((layout,), chip))
    lines = (tmp_path / "map.csv").read_text(encoding="ascii").splitlines()
    first = [int(line.split(",")[2]) for line in lines[: block.cells.size]]
    assert first == block.cells.flatten().tolist()
    assert layers_txt.from_layout(layout)[0].rows == 10


def test_mixed_cells_hold_the_low_byte_and_frames_are_its_alone(chip: Chip) -> None:
    own = network(chip, store="mixed")
    matrix = own.array_ops[0].matrices[0]
    weights = matrix.weights
    assert np.abs(weights).max() > 1000
    layout = mapped(own, chip)
    cells = np.vstack([weights, -weights]).astype(np.int8)  # modulo 256
    np.testing.assert_array_equal(layout.blocks[0].cells, cells)
    (frame, _) = frames(own, (inputs(own),), 50, layout)
    x = windows(own)[:50]
    rows = np.hstack([np.maximum(x, 0), np.maximum(-x, 0)])
    assert matrix.tiles[0].bias is not None
    sums = rows @ cells.astype(int) + matrix.tiles[0].bias
    np.testing.assert_array_equal(frame.outputs, rounded(sums, 1024))
    expected.of_layout(layout, frames(own, (inputs(own),), 50, layout))


def test_mixed_layers_may_have_points_and_copies(chip: Chip) -> None:
    own = network(chip, store="mixed")
    weights = own.array_ops[0].matrices[0].weights.astype(np.int64)
    layout = mapped(own, chip, conv=LayerOptions(points=2, copies=2))
    union = np.zeros((8, 10), np.int64)
    union[:6, :5], union[2:, 5:] = weights, weights
    both = np.vstack([union, -union]).astype(np.int8)
    np.testing.assert_array_equal(layout.blocks[0].cells, np.vstack([both, both]))
    (frame, _) = frames(own, (inputs(own),), 30, layout)
    assert frame.points == 2 and frame.outputs.shape == (30, 10)


def test_the_mirror_of_doubled_weights_is_in_the_cells(chip: Chip) -> None:
    own = network(chip)
    op = own.array_ops[0]
    weights = np.full((6, 5), -256, np.int16)
    doubled = replace(op.matrices[0], weights=weights, mirror_max=255)
    own = replace(own, ops=(replace(op, matrices=(doubled,)), own.ops[1]))
    layout = mapped(own, chip, conv=LayerOptions(points=2))
    assert set(np.unique(layout.blocks[0].cells)) == {-256, 0, 255}


def test_a_digital_layer_has_no_block(chip: Chip, tmp_path: Path) -> None:
    own = network(chip, store="digital")
    layout = mapped(own, chip)
    assert [block.layer for block in layout.blocks] == ["rest"]
    assert [frame.layer for frame in frames(own, (inputs(own),), 5, layout)] == ["rest"]
    store.save(layout, tmp_path / "layout.json")
    assert len(store.load(tmp_path / "layout.json", own, chip).blocks) == 1


def test_a_network_all_digital_maps_to_nothing(chip: Chip, tmp_path: Path) -> None:
    own = network(chip, store="digital")
    rest = own.array_ops[1]
    digital = retiled(
        replace(rest.matrices[0], store="digital"), np.zeros(3, np.int64), chip, "test"
    )
    own = replace(own, ops=(own.ops[0], replace(rest, matrices=(digital,))))
    layout = mapped(own, chip)
    assert layout.blocks == () and layout.utilization.cells == 0
    answers = expected.of_layout(layout, frames(own, (inputs(own),), 5, layout))
    expected.write(tmp_path, answers.inputs, answers.outputs)
    map_csv.write_cells(tmp_path / "map.csv", map_csv.from_layouts((layout,), chip))
    layers_txt.write(tmp_path / "layers.txt", layout)
    assert expected.read(tmp_path, ()).frames == 0
    assert layers_txt.read(tmp_path / "layers.txt") == ()
    store.save(layout, tmp_path / "layout.json")
    assert store.load(tmp_path / "layout.json", own, chip).blocks == ()
    found = estimate.of_network(own, layout.blocks, chip)
    assert found.rounds == 0 and [op.kind for op in found.ops] == ["CPU", "CPU"]


def test_the_verifier_knows_every_store(chip: Chip) -> None:
    partial = network(chip, encoding="partial", signed_inputs=4)
    layout = mapped(partial, chip)
    block = layout.blocks[0]
    turned = block.cells.copy()
    turned[-1] *= -1
    wrong = replace(layout, blocks=(replace(block, cells=turned), *layout.blocks[1:]))
    with pytest.raises(VerifyError, match="cells differ"):
        verify(wrong, partial, chip)
    mixed = network(chip, store="mixed")
    whole = mixed.array_ops[0].matrices[0]
    layout = mapped(mixed, chip)
    cells = np.vstack([whole.weights, -whole.weights])
    wrong = replace(layout, blocks=(replace(layout.blocks[0], cells=cells), *layout.blocks[1:]))
    with pytest.raises(VerifyError, match="cells differ"):
        verify(wrong, mixed, chip)
    digital = network(chip, store="digital")
    with pytest.raises(VerifyError, match="no such matrix"):
        verify(layout, digital, chip)


def test_points_of_partly_signed_inputs_are_refused(chip: Chip) -> None:
    own = network(chip, encoding="partial", signed_inputs=4)
    with pytest.raises(StudioError, match="4 of 6 inputs signed") as caught:
        mapped(own, chip, conv=LayerOptions(points=2))
    assert "signed_input of the layer to 6" in caught.value.hint
    assert copies.most_points(own.array_ops[0], own, 1, (896, 896)) == 1


@pytest.mark.parametrize(
    "options", [LayerOptions(bank="upper"), LayerOptions(copies=2), LayerOptions(points=2)]
)
def test_nothing_of_a_digital_layer_can_be_placed(options: LayerOptions, chip: Chip) -> None:
    with pytest.raises(StudioError, match="computed by the CPU alone"):
        mapped(network(chip, store="digital"), chip, conv=options)


def test_duplication_leaves_layers_without_points_alone(chip: Chip) -> None:
    for fields in ({"store": "digital"}, {"encoding": "partial", "signed_inputs": 2}):
        own = network(chip, **fields)
        layout = run(own, chip, MapOptions(duplicate=True), Job())
        points = {block.layer: block.points for block in layout.blocks}
        assert points.get("conv", 1) == 1 and points["rest"] > 1
    chosen = duplicate.choose((own,), chip, MapOptions(), lambda layers: True)
    assert set(chosen) == {"rest"}


def test_the_cpu_pays_for_what_it_multiplies(chip: Chip) -> None:
    def cycles(own: QNetwork) -> estimate.OpEstimate:
        layout = mapped(own, chip)
        return estimate.of_network(own, layout.blocks, chip).ops[0]

    plain, mixed, digital = (
        cycles(network(chip, **fields))  # type: ignore[arg-type]
        for fields in ({}, {"store": "mixed"}, {"store": "digital"})
    )
    assert plain.macs == mixed.macs == digital.macs == 4 * 30
    assert plain.cycles < mixed.cycles and digital.cycles == 9 * 4 * 30
    assert (plain.rounds, mixed.rounds, digital.rounds) == (4, 4, 0)
    assert digital.kind == "CPU"
    twice = cycles(network(chip, repeat=2))
    assert twice.rounds == 8


def test_the_mappers_part_of_layer_choices(chip: Chip) -> None:
    own = network(chip)
    given = LayerChoices(
        (
            LayerChoice("conv", region=2, multiple=1, points=2),
            LayerChoice("rest", weight_shift=1),
        ),
        "opt.protobuf",
    )
    found = choices.of_network(own, given, chip)
    assert found == {"conv": LayerOptions("lower", 2, 2)}
    layout = mapped(own, chip, **found)
    block = layout.blocks[0]
    assert block.row >= 896 and (block.copies, block.points) == (2, 2)


def test_choices_of_both_kinds_join_unless_they_contradict() -> None:
    typed = {"a": LayerOptions(bank="upper"), "b": LayerOptions(copies=2)}
    both = choices.merged(typed, {"a": LayerOptions(points=3), "b": LayerOptions(copies=2)}, "f")
    assert both == {"a": LayerOptions("upper", 1, 3), "b": LayerOptions(copies=2)}
    with pytest.raises(StudioError, match="bank is upper here and lower in the layer options"):
        choices.merged(typed, {"a": LayerOptions(bank="lower")}, "f")
