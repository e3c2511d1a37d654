"""The emulated NPU against a loop that follows the contract word by word."""

from __future__ import annotations

import contextlib
import math
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.base.errors import DataError
from studio.chip.chip import Chip
from studio.chip.npu import Descriptor, Flag, NpuError
from studio.emulator.npu import Npu, NpuFault, Snapshot
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

    def saturated(value: int, low: int, high: int) -> int:
        return min(high, max(low, value << d.input_shift))

    def rounded(a: int) -> int:
        f = a / d.gain  # exact: a power of two
        return clip(math.trunc(f + 0.5) if f >= 0 else math.trunc(f - 0.25))

    in_pitch, out_pitch = d.in_pitch or d.in_height, d.out_pitch or d.out_height
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
                            place = (w * in_pitch + h) * d.in_channels + d.in_channel + c
                            byte = int(sram[d.input + place])
                            window.append(byte if flags & Flag.INPUT_UNSIGNED else signed(byte))
                        else:
                            window.append(0)
            x = window[d.element_start : d.element_start + d.element_count]
            count = d.signed_elements
            if flags & Flag.ENCODE_PN:
                count = len(x)
            first = [saturated(v, -255, 255) for v in x[:count]]
            if flags & (Flag.ENCODE_SHIFT | Flag.ENCODE_PARTIAL):
                rest = [saturated(v, -128, 127) + 128 for v in x[count:]]
            else:
                rest = [saturated(v, 0, 255) for v in x[count:]]
            x = [max(v, 0) for v in first] + rest + [max(-v, 0) for v in first]
            x = x * d.copies
            assert len(x) == d.rows
            for j in range(outputs):
                column = d.column + (point_w * d.points_height + point_h) * outputs + j
                a = sum(v * int(cells.cells[d.row + i, column]) for i, v in enumerate(x))
                for k in range(d.bias_rows):
                    a += int(cells.bias[d.bias_row + k, column]) * unit
                extra = 0
                if flags & Flag.ADDEND:
                    word = (position_w * d.out_height + position_h) * d.addend_columns + j
                    word = d.addend + 4 * word
                    extra = int.from_bytes(sram[word : word + 4].tobytes(), "little", signed=True)
                    extra *= d.copies
                if flags & Flag.ADDEND_APART:
                    y = clip(rounded(a) + rounded(extra))
                else:
                    y = rounded(a + extra)
                place = (position_w * out_pitch + position_h) * d.out_channels
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
    "partial": replace(DENSE, flags=Flag.ENCODE_PARTIAL, signed_elements=13, rows=53, gain=2048),
    "partial, copies": replace(
        DENSE, flags=Flag.ENCODE_PARTIAL, signed_elements=1, copies=3, rows=123, gain=2048
    ),
    "partial of an unsigned input, none signed": replace(
        DENSE, flags=Flag.ENCODE_PARTIAL | Flag.INPUT_UNSIGNED, gain=4096
    ),
    "convolution, partial, all signed": replace(
        CONVOLUTION, flags=Flag.ENCODE_PARTIAL, signed_elements=18, rows=36, input_shift=1
    ),
    "scaled inputs": replace(DENSE, input_shift=2, gain=512),
    "scaled inputs, signed": replace(DENSE, flags=0, input_shift=1),
    "scaled inputs, pn": replace(DENSE, flags=Flag.ENCODE_PN, rows=80, input_shift=3),
    "scaled inputs, shift": replace(
        CONVOLUTION, flags=Flag.ENCODE_SHIFT | Flag.INPUT_UNSIGNED, input_shift=2, gain=2048
    ),
    "inputs scaled away": replace(DENSE, input_shift=8, gain=4096),
    "repeat": replace(CONVOLUTION, flags=Flag.REPEAT | Flag.ENCODE_PN, rows=36),
    "addend": replace(CONVOLUTION, flags=Flag.ADDEND, addend=2048, addend_columns=5, out_channel=1),
    "addend apart, copies, relu": replace(
        DENSE,
        flags=Flag.ADDEND | Flag.ADDEND_APART | Flag.RELU | Flag.ENCODE_PN,
        copies=2,
        rows=160,
        addend=5004,
        addend_columns=12,
    ),
    "addend, points along H, accumulate": replace(
        CONVOLUTION,
        flags=Flag.ADDEND | Flag.ACCUMULATE | Flag.ENCODE_PN,
        points_height=3,
        copies=2,
        element_count=45,
        rows=180,
        columns=12,
        addend=6000,
        addend_columns=4,
    ),
    "addend apart, points both ways": replace(
        CONVOLUTION,
        flags=Flag.ADDEND | Flag.ADDEND_APART,
        points_width=2,
        points_height=2,
        element_count=60,
        rows=60,
        columns=12,
        addend=6000,
        addend_columns=3,
    ),
    "part of larger tensors": replace(
        CONVOLUTION, flags=Flag.ACCUMULATE | Flag.ENCODE_PN, rows=36, in_pitch=9, out_pitch=6
    ),
    "every other position": replace(DENSE, in_width=2, in_channels=50, out_width=2),
    "neighbouring positions": replace(DENSE, in_width=3, out_width=3, out_channels=20),
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
        # Addends of all sizes: beyond the output's range, within, and the largest there are.
        sram[2048:8192].view("<i4")[:] >>= random.integers(0, 32, 1536)
        wanted = sram.copy()
        naive(descriptor, wanted, cells, chip.array.bias_unit)
        rounds = npu.run(descriptor.pack(), sram)
        along_w = math.ceil(descriptor.out_width / descriptor.points_width)
        along_h = math.ceil(descriptor.out_height / descriptor.points_height)
        repeat = 2 if descriptor.flags & Flag.REPEAT else 1
        assert rounds == along_w * along_h * repeat
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
    (NpuError.DESCRIPTOR, "unknown flags", {"flags": 512}),
    (NpuError.DESCRIPTOR, "more than one of PN, SHIFT", {"flags": 6, "rows": 80}),
    (NpuError.DESCRIPTOR, "more than one of PN, SHIFT", {"flags": 36}),
    (NpuError.DESCRIPTOR, "too many signed", {"signed_elements": 1, "rows": 41}),
    (NpuError.DESCRIPTOR, "too many signed", {"flags": 32, "signed_elements": 41, "rows": 81}),
    (NpuError.DESCRIPTOR, "rows do not match", {"flags": 32, "signed_elements": 3}),
    (NpuError.DESCRIPTOR, "shifted too far", {"input_shift": 9}),
    (NpuError.DESCRIPTOR, "far too large", {"input_shift": 9, "in_pitch": 2**21}),
    (NpuError.DESCRIPTOR, "APART without ADDEND", {"flags": 256}),
    (NpuError.DESCRIPTOR, "not aligned", {"flags": 128, "addend": 2, "addend_columns": 12}),
    (NpuError.DESCRIPTOR, "leave the addends", {"flags": 128, "addend_columns": 11}),
    (NpuError.DESCRIPTOR, "input's pitch", {"in_height": 2, "in_pitch": 1}),
    (NpuError.DESCRIPTOR, "output's pitch", {"out_height": 2, "out_pitch": 1}),
    (
        NpuError.MEMORY,
        "block of addends, 48 bytes at 8148, leaves",
        {"flags": 128, "addend": 8148, "addend_columns": 12},
    ),
    (NpuError.MEMORY, "the input, 8200 bytes at 0", {"in_width": 3, "in_pitch": 102}),
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
    (NpuError.DESCRIPTOR, "a window is far too large", {"points_width": 2**13 + 1}),
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


def test_plans_are_bounded(chip: Chip, cells: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.emulator.npu._KEPT", 20_000)
    own = Npu(chip, [cells])
    sram = np.zeros(chip.npu.sram_size, np.uint8)
    for place in range(20):
        own.run(replace(DENSE, output=place).pack(), sram)
        assert len(own._plans) <= 3


def test_an_observer_sees_what_was_read_and_written(npu: Npu, chip: Chip) -> None:
    seen: list[Snapshot] = []
    over = replace(DENSE, output=10)  # over its own input
    before = np.arange(chip.npu.sram_size).astype(np.uint8)
    sram = before.copy()
    npu.observe(seen.append)
    try:
        npu.run(over.pack(), sram)
        with pytest.raises(NpuFault):
            npu.run(replace(DENSE, copies=0).pack(), sram)
    finally:
        npu.observe(None)
    npu.run(DENSE.pack(), sram)
    (only,) = seen
    assert only.descriptor == over
    np.testing.assert_array_equal(only.input, before[:40])
    np.testing.assert_array_equal(only.output, sram[10:22])
    assert (before[10:22] != sram[10:22]).any()


def test_random_descriptors_are_run_or_refused(npu: Npu, chip: Chip) -> None:
    """Whatever a firmware's bug leaves in a descriptor: no other error, and nothing outside."""
    random = np.random.default_rng(0)
    sram = random.integers(0, 256, chip.npu.sram_size).astype(np.uint8)
    names = [field.name for field in fields(Descriptor)]
    cases = list(CASES.values())
    ran = 0
    for _ in range(1500):
        changes = {}
        for name in random.choice(names, random.integers(1, 4), replace=False):
            numbers = [0, 1, 2, 3, 7, 64, 2**20, 2**31, 2**32 - 1, int(random.integers(0, 2000))]
            changes[name] = numbers[random.integers(len(numbers))]
        own = replace(cases[random.integers(len(cases))], **changes)
        with contextlib.suppress(NpuFault):
            npu.run(own.pack(), sram)
            ran += 1
    assert 100 < ran < 1400
