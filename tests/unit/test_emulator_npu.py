"""The emulated NPU against a loop that follows the contract word by word."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.errors import DataError
from studio.chip.chip import Chip
from studio.chip.npu import Descriptor, Flag, NpuError
from studio.emulator.npu import Npu, NpuFault
from studio.formats.map_csv import Cells

Bytes = npt.NDArray[np.uint8]


def array_of(chip: Chip, weight: int | None = None) -> Cells:
    random = np.random.default_rng(11)
    own = chip.array
    shape, strip = (own.rows, own.columns), (own.bias_rows, own.columns)
    cells = random.integers(-128, 129, shape).astype(np.int16)
    if weight is not None:
        cells[:] = weight
    programmed = np.ones(shape, bool)
    programmed[500, 700] = False
    bias_programmed = np.ones(strip, bool)
    bias_programmed[3, 900] = False
    bias = random.integers(-255, 256, strip).astype(np.int16)
    return Cells(cells, programmed, bias, bias_programmed)


@pytest.fixture(scope="module")
def cells(chip: Chip) -> Cells:
    return array_of(chip)


@pytest.fixture(scope="module")
def npu(chip: Chip, cells: Cells) -> Npu:
    return Npu(chip, [cells])


def clip(value: int) -> int:
    return min(127, max(-128, value))


def naive(d: Descriptor, sram: Bytes, cells: Cells, unit: int) -> None:
    """One descriptor in plain Python integers."""
    memory = bytearray(sram.tobytes())
    flags = Flag(d.flags)

    def signed(byte: int) -> int:
        return byte - 256 if byte > 127 else byte

    def taps(points: int, stride: int, kernel: int, dilation: int) -> list[int]:
        return sorted({p * stride + t * dilation for p in range(points) for t in range(kernel)})

    outputs = d.columns // (d.points_width * d.points_height)
    taps_w = taps(d.points_width, d.stride_width, d.kernel_width, d.dilation_width)
    taps_h = taps(d.points_height, d.stride_height, d.kernel_height, d.dilation_height)
    for position_w in range(d.out_width):
        for position_h in range(d.out_height):
            window = []
            point_w, point_h = position_w % d.points_width, position_h % d.points_height
            for tap_w in taps_w:
                for tap_h in taps_h:
                    w = (position_w - point_w) * d.stride_width - d.pad_width + tap_w
                    h = (position_h - point_h) * d.stride_height - d.pad_height + tap_h
                    for c in range(d.channels):
                        if 0 <= w < d.in_width and 0 <= h < d.in_height:
                            place = (w * d.in_height + h) * d.in_channels + d.in_channel + c
                            byte = int(sram[d.input + place])
                            window.append(byte if flags & Flag.INPUT_UNSIGNED else signed(byte))
                        else:
                            window.append(0)
            x = window[d.element_start : d.element_start + d.element_count]
            if flags & Flag.ENCODE_PN:
                x = [max(v, 0) for v in x] + [max(-v, 0) for v in x]
            elif flags & Flag.ENCODE_SHIFT:
                x = [v + 128 for v in x]
            x = x * d.copies
            assert len(x) == d.rows
            for j in range(outputs):
                column = d.column + (point_w * d.points_height + point_h) * outputs + j
                a = sum(v * int(cells.cells[d.row + i, column]) for i, v in enumerate(x))
                for k in range(d.bias_rows):
                    a += int(cells.bias[d.bias_row + k, column]) * unit
                f = a / d.gain  # exact: a power of two
                y = clip(math.trunc(f + 0.5) if f >= 0 else math.trunc(f - 0.25))
                place = (position_w * d.out_height + position_h) * d.out_channels
                place += d.output + d.out_channel + j
                if flags & Flag.ACCUMULATE:
                    y = clip(y + signed(int(sram[place])))
                if flags & Flag.RELU:
                    y = max(y, 0)
                memory[place] = y & 255
    sram[:] = np.frombuffer(memory, np.uint8)


DENSE = Descriptor(
    flags=Flag.INPUT_UNSIGNED,
    input=0,
    in_width=1,
    in_height=1,
    in_channels=40,
    in_channel=0,
    channels=40,
    kernel_width=1,
    kernel_height=1,
    stride_width=1,
    stride_height=1,
    dilation_width=1,
    dilation_height=1,
    pad_width=0,
    pad_height=0,
    points_width=1,
    points_height=1,
    output=4000,
    out_width=1,
    out_height=1,
    out_channels=12,
    out_channel=0,
    element_start=0,
    element_count=40,
    copies=1,
    array=0,
    row=896,
    rows=40,
    column=200,
    columns=12,
    bias_row=4,
    bias_rows=8,
    gain=256,
)
CONVOLUTION = replace(
    DENSE,
    flags=0,
    in_width=6,
    in_height=5,
    in_channels=5,
    in_channel=1,
    channels=3,
    kernel_width=3,
    kernel_height=2,
    stride_width=2,
    stride_height=1,
    dilation_width=1,
    dilation_height=2,
    pad_width=1,
    pad_height=1,
    out_width=3,
    out_height=5,
    out_channels=9,
    out_channel=4,
    element_count=18,
    rows=18,
    columns=4,
    gain=512,
)
CASES = {
    "dense": DENSE,
    "no bias": replace(DENSE, bias_rows=0),
    "largest gain": replace(DENSE, gain=8192),
    "part of the window": replace(DENSE, element_start=7, element_count=21, rows=21),
    "relu": replace(DENSE, flags=Flag.INPUT_UNSIGNED | Flag.RELU),
    "accumulate": replace(DENSE, flags=Flag.INPUT_UNSIGNED | Flag.ACCUMULATE),
    "accumulate, relu": replace(DENSE, flags=Flag.ACCUMULATE | Flag.RELU),
    "pn": replace(DENSE, flags=Flag.ENCODE_PN, rows=80),
    "shift": replace(DENSE, flags=Flag.ENCODE_SHIFT, gain=2048),
    "convolution": CONVOLUTION,
    "convolution, pn": replace(CONVOLUTION, flags=Flag.ENCODE_PN, rows=36),
    "convolution, shift": replace(CONVOLUTION, flags=Flag.ENCODE_SHIFT),
    "copies": replace(DENSE, copies=4, rows=160),
    "copies, pn": replace(DENSE, flags=Flag.ENCODE_PN, copies=2, rows=160),
    # Rounds of 2 along W, the second of which is half beyond the output.
    "points": replace(CONVOLUTION, points_width=2, element_count=30, rows=30, columns=8),
    "points along H": replace(
        CONVOLUTION, points_height=3, element_count=45, rows=45, columns=12, gain=1024
    ),
    "points both ways, part of the window": replace(
        CONVOLUTION,
        points_width=2,
        points_height=2,
        element_start=5,
        element_count=50,
        rows=50,
        columns=12,
    ),
    "points, copies, pn, accumulate, relu": replace(
        CONVOLUTION,
        flags=Flag.ENCODE_PN | Flag.ACCUMULATE | Flag.RELU,
        points_width=3,
        copies=2,
        element_count=42,
        rows=168,
        columns=15,
        out_channel=0,
    ),
    "points, shift": replace(
        CONVOLUTION, flags=Flag.ENCODE_SHIFT, points_width=2, element_count=30, rows=30, columns=4
    ),
    "more points than positions": replace(
        CONVOLUTION, points_width=4, element_count=54, rows=54, columns=16
    ),
    "over its own input": replace(DENSE, output=10),
    "window larger than the input": replace(CONVOLUTION, in_width=1, in_height=1),
    "right up to the end": replace(DENSE, input=8152, output=8180),
}


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_operation_equals_the_loop(
    npu: Npu, cells: Cells, chip: Chip, name: str
) -> None:
    descriptor = CASES[name]
    random = np.random.default_rng(3)
    for _ in range(2):  # the second time from the kept plan
        sram = random.integers(0, 256, chip.npu.sram_size).astype(np.uint8)
        wanted = sram.copy()
        naive(descriptor, wanted, cells, chip.array.bias_unit)
        rounds = npu.run(descriptor.pack(), sram)
        assert rounds == math.ceil(descriptor.out_width / descriptor.points_width) * math.ceil(
            descriptor.out_height / descriptor.points_height
        )
        np.testing.assert_array_equal(sram, wanted)


@pytest.mark.parametrize("weight", [-128, 128, 275, None])
def test_large_sums_stay_exact(chip: Chip, weight: int | None) -> None:
    """896 rows of full weights are past what float32 holds."""
    cells = array_of(chip, weight)
    npu = Npu(chip, [cells])
    large = replace(DENSE, in_channels=896, channels=896, element_count=896, rows=896, gain=8192)
    sram = np.full(chip.npu.sram_size, 255, np.uint8)
    sram[:896:3] = 254
    wanted = sram.copy()
    naive(large, wanted, cells, chip.array.bias_unit)
    npu.run(large.pack(), sram)
    np.testing.assert_array_equal(sram, wanted)


def test_rounding_at_every_border(chip: Chip, npu: Npu) -> None:
    """Sums of one weight 1 and a bias walk over all quarters of a step."""
    own = array_of(chip, 1)
    one = Npu(chip, [own])
    single = replace(
        DENSE, in_channels=1, channels=1, element_count=1, rows=1, columns=1, out_channels=1
    )
    for bias in (-2, -1, 0, 1):
        own.bias[4:12, 200] = 0
        own.bias[4, 200] = bias
        one = Npu(chip, [own])
        for value in range(256):
            sram = np.zeros(chip.npu.sram_size, np.uint8)
            sram[0] = value
            wanted = sram.copy()
            naive(single, wanted, own, chip.array.bias_unit)
            one.run(single.pack(), sram)
            assert sram[4000] == wanted[4000], (bias, value)


REFUSED = [
    (NpuError.DESCRIPTOR, "unknown flags", {"flags": 32}),
    (NpuError.DESCRIPTOR, "both PN and SHIFT", {"flags": 6, "rows": 80}),
    (NpuError.DESCRIPTOR, "SHIFT of unsigned", {"flags": 5}),
    (NpuError.DESCRIPTOR, "a size is 0", {"stride_width": 0}),
    (NpuError.DESCRIPTOR, "a size is 0", {"columns": 0}),
    (NpuError.DESCRIPTOR, "far too large", {"in_width": 2**31}),
    (NpuError.DESCRIPTOR, "far too large", {"pad_height": 2**32 - 1}),
    (NpuError.DESCRIPTOR, "channels leave the input", {"in_channel": 1}),
    (NpuError.DESCRIPTOR, "columns leave the output", {"out_channel": 1}),
    (NpuError.DESCRIPTOR, "elements leave the window", {"element_start": 1}),
    (NpuError.DESCRIPTOR, "rows do not match", {"rows": 41}),
    (NpuError.DESCRIPTOR, "rows do not match", {"copies": 2}),
    (NpuError.DESCRIPTOR, "a size is 0", {"copies": 0}),
    (NpuError.DESCRIPTOR, "a size is 0", {"points_width": 0}),
    (NpuError.DESCRIPTOR, "a size is 0", {"points_height": 0}),
    (NpuError.DESCRIPTOR, "far too large", {"points_width": 2**20 + 12}),
    (NpuError.DESCRIPTOR, "do not divide into the points", {"points_height": 5}),
    (NpuError.DESCRIPTOR, "columns leave the output", {"points_width": 2, "columns": 26}),
    (NpuError.DESCRIPTOR, "elements leave the window", {"points_width": 3, "element_start": 81}),
    (NpuError.DESCRIPTOR, "no power of two", {"gain": 300}),
    (NpuError.DESCRIPTOR, "out of range", {"gain": 128}),
    (NpuError.DESCRIPTOR, "out of range", {"gain": 0}),
    (NpuError.MEMORY, "the input, 40 bytes at 8153, leaves", {"input": 8153}),
    (NpuError.MEMORY, "the output, 12 bytes at 8181, leaves", {"output": 8181}),
    (NpuError.ARRAY, "there is no array 1", {"array": 1}),
    (NpuError.ARRAY, "rows 880 to 919 lie in no single bank", {"row": 880}),
    (NpuError.ARRAY, "rows 1790 to 1829", {"row": 1790}),
    (NpuError.ARRAY, "columns 1015 to 1026 leave the array", {"column": 1015}),
    (NpuError.ARRAY, "bias rows 9 to 16 leave the strip", {"bias_row": 9}),
    (NpuError.UNPROGRAMMED, "cell at row 500, column 700", {"row": 480, "column": 690}),
    (NpuError.UNPROGRAMMED, "bias cell at row 3, column 900", {"bias_row": 0, "column": 895}),
]


@pytest.mark.parametrize(("error", "text", "changes"), REFUSED)
def test_what_cannot_run_is_refused_and_writes_nothing(
    npu: Npu, chip: Chip, error: NpuError, text: str, changes: dict[str, int]
) -> None:
    sram = np.arange(chip.npu.sram_size).astype(np.uint8)
    before = sram.copy()
    with pytest.raises(NpuFault, match=text) as caught:
        npu.run(replace(DENSE, **changes).pack(), sram)
    assert caught.value.error is error
    np.testing.assert_array_equal(sram, before)


def test_weights_come_from_the_map_file(tmp_path: Path, chip: Chip) -> None:
    path = tmp_path / "map.csv"
    path.write_text("300,5,-7\n300,2049,3\n", encoding="utf-8", newline="\n")
    npu = Npu.from_map(path, chip)
    one = replace(
        DENSE, in_channels=1, channels=1, element_count=1, rows=1, row=5, column=300, columns=1
    )
    one = replace(one, out_channels=1, bias_row=0, bias_rows=1)
    sram = np.zeros(chip.npu.sram_size, np.uint8)
    sram[0] = 200
    npu.run(one.pack(), sram)
    # (200 * -7 + 3 * 128) / 256 = -3.97
    assert int(sram[4000].view(np.int8)) == -4
    with pytest.raises(NpuFault, match="row 6, column 300 was never programmed"):
        npu.run(replace(one, row=6).pack(), sram)
    path.write_text("300,5\n", encoding="utf-8")
    with pytest.raises(DataError):
        Npu.from_map(path, chip)


def test_plans_are_bounded(npu: Npu, chip: Chip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.emulator.npu._PLANS", 3)
    own = Npu(chip, [array_of(chip)])
    sram = np.zeros(chip.npu.sram_size, np.uint8)
    for place in range(10):
        own.run(replace(DENSE, output=place).pack(), sram)
        assert len(own._plans) <= 3
