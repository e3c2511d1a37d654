"""Analog noise on the emulated NPU: a seed is a chip, and it errs as the simulator's chips do."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.base.errors import ChipError, DataError
from studio.chip import chip as chips
from studio.chip.noise import Conditions, DeviceModel, save
from studio.chip.npu import Descriptor, Flag
from studio.emulator import npu_noise
from studio.emulator.npu import Npu
from studio.emulator.npu_noise import NoisyChip
from studio.firmware import descriptors, planner
from studio.formats import map_csv
from studio.formats.map_csv import Cells
from studio.mapper.layout import Layout
from studio.quantize.qnetwork import QNetwork
from studio.simulate import noise_array, noise_chip, noise_run
from studio.simulate.noise_cells import prepare
from studio.simulate.noise_chip import ChipCells
from tests.unit.test_emulator_npu import CONVOLUTION, DENSE, array_of
from tests.unit.test_mapper_copies import conv, mapped

CHIP = chips.load("wtm2101")
QUIET = DeviceModel("quiet", column_offset=1e-9)  # every draw is made, none shows
NOISY = replace(CHIP.noise["nor55"], output_noise=1.0)
LARGE = replace(
    DENSE, in_channels=256, channels=256, element_count=256, rows=256, gain=2048, columns=200,
    out_channels=200, out_width=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def cells() -> Cells:
    return array_of(CHIP)


def answer(npu: Npu, descriptor: Descriptor, seed: int = 0) -> np.ndarray:
    """The bytes a descriptor leaves behind, on the same random SRAM for the same seed."""
    sram = np.random.default_rng(seed).integers(0, 256, CHIP.npu.sram_size).astype(np.uint8)
    npu.run(descriptor.pack(), sram)
    place = descriptor.output
    return sram[place : place + 300].view(np.int8).copy()


@pytest.mark.parametrize("compiled", [True, False])
def test_without_errors_it_is_the_exact_array(
    cells: Cells, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not compiled:
        monkeypatch.setattr(npu_noise, "pack", lambda *_: None)
    npu, exact = Npu(CHIP, [cells], noise=NoisyChip(CHIP, QUIET, 3)), Npu(CHIP, [cells])
    for descriptor in (
        LARGE,
        CONVOLUTION,
        replace(CONVOLUTION, flags=Flag.ENCODE_PN | Flag.RELU, rows=36),
        replace(DENSE, flags=Flag.ENCODE_PARTIAL, signed_elements=13, rows=53, gain=2048),
        replace(DENSE, copies=4, rows=160, gain=1024, flags=Flag.REPEAT),
        replace(CONVOLUTION, points_width=2, element_count=30, rows=30, columns=8),
        replace(DENSE, flags=Flag.ADDEND, addend=2048, addend_columns=12),
        replace(DENSE, flags=Flag.ADDEND | Flag.ADDEND_APART, addend=2048, addend_columns=12),
    ):
        np.testing.assert_array_equal(answer(npu, descriptor), answer(exact, descriptor))


def test_a_seed_is_a_chip(cells: Cells) -> None:
    one, same, other = (Npu(CHIP, [cells], noise=NoisyChip(CHIP, NOISY, n)) for n in (1, 1, 2))
    for _ in range(3):
        found = answer(one, LARGE)
        np.testing.assert_array_equal(found, answer(same, LARGE))
        assert (found != answer(other, LARGE)).mean() > 0.3


def test_cells_stay_and_noise_changes(cells: Cells) -> None:
    static = replace(NOISY, output_noise=0.0)
    fixed = Npu(CHIP, [cells], noise=NoisyChip(CHIP, static, 5))
    np.testing.assert_array_equal(answer(fixed, LARGE), answer(fixed, LARGE))
    assert (answer(fixed, LARGE) != answer(Npu(CHIP, [cells]), LARGE)).mean() > 0.2
    moving = Npu(CHIP, [cells], noise=NoisyChip(CHIP, NOISY, 5))
    assert (answer(moving, LARGE) != answer(moving, LARGE)).mean() > 0.3


def test_repeat_halves_the_variance_of_the_noise(cells: Cells) -> None:
    model = DeviceModel("output", output_noise=3.0)
    errors = []
    for flags in (Flag.INPUT_UNSIGNED, Flag.INPUT_UNSIGNED | Flag.REPEAT):
        npu = Npu(CHIP, [cells], noise=NoisyChip(CHIP, model, 1))
        wide = replace(LARGE, flags=flags, gain=8192)
        exact = answer(Npu(CHIP, [cells]), wide)[:200].astype(int)
        inside = np.abs(exact) < 100
        found = [answer(npu, wide)[:200].astype(int) - exact for _ in range(30)]
        errors.append(np.concatenate(found)[np.tile(inside, 30)].std())
    assert errors[0] == pytest.approx(3.0, rel=0.1)
    assert errors[1] == pytest.approx(3.0 / np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("encoding", ["pn", "shift", "unsigned"])
@pytest.mark.parametrize("store", ["analog", "mixed"])
@pytest.mark.parametrize(("times", "points"), [(1, 1), (2, 3)])
def test_chip_n_is_chip_n_of_the_study(
    encoding: str, store: str, times: int, points: int, tmp_path: Path
) -> None:
    """Without noise of rounds, both give the same integers: same cells, same columns."""
    net = conv(encoding, size=(9, 5), channels=3, columns=16, gain=2048, groups=2)
    op = net.array_ops[0]
    matrices = [replace(m, store=store, weights=m.weights * 5) for m in op.matrices]
    if store == "analog":
        matrices = list(op.matrices)
    op = replace(op, matrices=tuple(matrices), relu=True)
    net = replace(net, ops=(op,))
    layout = mapped(net, times=times, points=points)
    model = replace(CHIP.noise["stuck"], output_noise=0.0, read_amplitude=0.0, read_relative=0.0)
    model = replace(model, programming_amplitude=2.0, column_gain=0.02, column_offset=1.0)
    prepared = prepare(net, layout, CHIP, model, Conditions())
    tensor = net.tensors["in"]
    x = np.random.default_rng(1).integers(tensor.low, 128, (1, *tensor.shape)).astype(np.int16)
    for number in (0, 5):
        noise_chip.save(noise_chip.draw([(net, layout)], CHIP, model, number), tmp_path / "c.npz")
        known = noise_chip.load(tmp_path / "c.npz", CHIP)
        noise = NoisyChip(CHIP, model, number, known=known)
        wanted = noise_run.NoisyArray(prepared, 0, number)(x, op)[0]
        np.testing.assert_array_equal(on_npu(net, layout, noise, x), wanted)
        assert (wanted != noise_run.kernels.array(x, op)[0]).mean() > 0.05


def on_npu(net: QNetwork, layout: Layout, noise: NoisyChip | None, x: np.ndarray) -> np.ndarray:
    """What the one array operation of a network leaves, the CPU's part for mixed weights done."""
    (op,) = net.array_ops
    staging = planner.plan(net, CHIP).staging[op.name]
    cells = map_csv.to_array(map_csv.from_layout(layout, CHIP), CHIP)
    npu = Npu(CHIP, [cells], noise=noise)
    sram = np.zeros(CHIP.npu.sram_size, np.uint8)
    sram[staging.input : staging.input + x.size] = x.astype(np.uint8).ravel()
    shape = net.tensors["out"].shape
    for block in descriptors.of(op, net, layout, staging):
        matrix = op.matrices[block.matrix]
        if matrix.store == "mixed":
            rows, _ = noise_run.kernels.array_inputs(x, op, block.matrix)
            tile = matrix.tiles[block.tile]
            fed = noise_run.kernels.tile_inputs(rows, matrix, tile).astype(np.int64)
            sums = fed @ (matrix.values(tile).astype(np.int64) - matrix.cells(tile))
            assert staging.addend is not None
            data = sums.astype("<i4").tobytes()
            sram[staging.addend : staging.addend + len(data)] = np.frombuffer(data, np.uint8)
        npu.run(block.descriptor.pack(), sram)
    found = sram[staging.output : staging.output + math.prod(shape)]
    return found.view(np.int8).reshape(shape)


def test_cells_of_another_chip_or_no_cells_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.npz"
    for wrong in (b"", b"PK\3\4 nothing", b"no zip", b"\x93NUMPY\x01\x00"):
        path.write_bytes(wrong)
        with pytest.raises(DataError, match="not a file of noisy cells"):
            noise_chip.load(path, CHIP)
    found = ChipCells(np.zeros((1, 2, 3), np.float32), np.zeros((1, 2, 3), np.float32))
    noise_chip.save(found, path)
    with pytest.raises(DataError, match="another chip"):
        npu_noise.load(CHIP, "nor55", 0, path)


@pytest.mark.parametrize("model", ["nor55", "sonos"])
@pytest.mark.parametrize(("times", "points"), [(1, 1), (2, 3)])
def test_errors_are_as_large_as_the_simulators(model: str, times: int, points: int) -> None:
    """The same layer on many chips of both: mean and spread of the errors."""
    net = conv("pn", size=(12, 5), channels=3, columns=16, gain=2048)
    op = net.array_ops[0]
    layout = mapped(net, times=times, points=points)
    tensor = net.tensors["in"]
    x = np.random.default_rng(1).integers(-128, 128, (1, *tensor.shape)).astype(np.int16)
    prepared = prepare(net, layout, CHIP, CHIP.noise[model], Conditions())
    exact = noise_run.kernels.array(x, op)[0].astype(int)
    errors: dict[str, list[np.ndarray]] = {"simulator": [], "emulator": []}
    for seed in range(16):
        found = noise_run.NoisyArray(prepared, 7, seed)(x, op)[0]
        errors["simulator"].append(found - exact)
        result = on_npu(net, layout, NoisyChip(CHIP, CHIP.noise[model], seed), x)
        errors["emulator"].append(result - exact)
    spread = {name: np.stack(own).std() for name, own in errors.items()}
    assert spread["emulator"] == pytest.approx(spread["simulator"], rel=0.2)
    assert spread["simulator"] > 0.5


def test_models_are_found_by_name_or_file(tmp_path: Path) -> None:
    assert npu_noise.load(CHIP, "ideal", 0) is None
    found = npu_noise.load(CHIP, "nor55", 4)
    assert found is not None
    assert (found.model, found.seed) == (CHIP.noise["nor55"], 4)
    bare = replace(CHIP, noise={})
    assert npu_noise.load(bare, "sonos", 0) is not None, "chip files of older results have none"
    path = tmp_path / "我的 model.toml"
    save(NOISY, path)
    own = npu_noise.load(CHIP, str(path), 0)
    assert own is not None
    assert own.model.output_noise == 1.0
    with pytest.raises(ChipError, match="no noise model 'other'"):
        npu_noise.load(CHIP, "other", 0)


def test_the_grid_fits_the_integer_kernel(cells: Cells) -> None:
    """A full bank of the largest weights: if this is packed, everything is."""
    if noise_array.level() == 0:
        pytest.skip("no compiler")
    assert npu_noise.pack(np.full((896, 4), 139.0), npu_noise.GRID) is not None
