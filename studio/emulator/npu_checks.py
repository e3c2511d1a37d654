"""What the NPU refuses, and where a descriptor's inputs lie."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.chip.chip import Chip
from studio.chip.npu import Descriptor, Flag, NpuError

_LARGEST_FIELD = 2**20  # far above any real size; keeps products away from overflow and memory
_LARGEST_SPAN = 2**13  # of a window and its neighbours: as many as the SRAM has bytes
_LARGEST_SHIFT = 8  # of inputs: shifted as far, everything but 0 saturates
_WORD = 4  # bytes of an addend


class NpuFault(Exception):
    """An operation the NPU refuses: ``error`` for the register, ``message`` for people."""

    def __init__(self, error: NpuError, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


def fields(own: Descriptor, chip: Chip) -> Flag:
    """The flags, once every field is known to be in range. Raises NpuFault(DESCRIPTOR)."""
    flags = Flag(own.flags & sum(Flag))
    pn, shift, partial = (
        flag in flags for flag in (Flag.ENCODE_PN, Flag.ENCODE_SHIFT, Flag.ENCODE_PARTIAL)
    )
    points = own.points_width * own.points_height
    # A size is at least 1, a start at least 0.
    sizes = [own.in_width, own.in_height, own.in_channels, own.channels]
    sizes += [own.kernel_width, own.kernel_height, own.stride_width, own.stride_height]
    sizes += [own.dilation_width, own.dilation_height]
    spans = [own.points_width * own.kernel_width, own.points_height * own.kernel_height]
    sizes += [own.out_width, own.out_height, own.out_channels, own.columns, own.element_count]
    sizes += [own.copies]
    starts = [own.in_channel, own.out_channel, own.pad_width, own.pad_height]
    starts += [own.input, own.output, own.element_start, own.row, own.column]
    starts += [own.in_pitch, own.out_pitch, own.signed_elements, own.addend, own.addend_columns]
    doubled = own.element_count if pn else own.signed_elements
    addend = Flag.ADDEND in flags
    gains = chip.arithmetic
    wrong = (
        (own.flags != flags, "unknown flags"),
        (pn + shift + partial > 1, "more than one of PN, SHIFT and PARTIAL"),
        (min(sizes + spans) < 1, "a size is 0"),
        (max(sizes + starts) > _LARGEST_FIELD, "a field is far too large"),
        (max(spans) > _LARGEST_SPAN, "a window is far too large"),
        (own.in_channel + own.channels > own.in_channels, "channels leave the input"),
        (0 < own.in_pitch < own.in_height, "the input's pitch is less than its height"),
        (0 < own.out_pitch < own.out_height, "the output's pitch is less than its height"),
        (own.columns % max(points, 1) != 0, "columns do not divide into the points"),
        (
            own.out_channel * points + own.columns > own.out_channels * points,
            "columns leave the output",
        ),
        (own.signed_elements > own.element_count * partial, "too many signed elements"),
        (
            own.rows != (own.element_count + doubled) * own.copies,
            "rows do not match the elements",
        ),
        (own.input_shift > _LARGEST_SHIFT, "inputs are shifted too far"),
        (Flag.ADDEND_APART in flags and not addend, "APART without ADDEND"),
        (addend and own.addend % _WORD != 0, "the addends are not aligned"),
        (addend and own.addend_columns * points < own.columns, "columns leave the addends"),
        (own.gain & (own.gain - 1) != 0, "the gain is no power of two"),
        (not gains.gain_min <= own.gain <= gains.gain_max, "the gain is out of range"),
    )
    for bad, text in wrong:
        if bad:
            raise NpuFault(NpuError.DESCRIPTOR, f"bad descriptor: {text}")
    width, height = (len(offsets) for offsets in taps(own))
    if own.element_start + own.element_count > width * height * own.channels:
        raise NpuFault(NpuError.DESCRIPTOR, "bad descriptor: elements leave the window")
    return flags


def memory(own: Descriptor, flags: Flag, chip: Chip) -> None:
    """Raise NpuFault(MEMORY) for what leaves the SRAM."""
    outputs = own.columns // (own.points_width * own.points_height)
    places = [("input", own.input, input_bytes(own)), ("output", own.output, output_bytes(own))]
    if Flag.ADDEND in flags:
        words = (own.out_width * own.out_height - 1) * own.addend_columns + outputs
        places.append(("block of addends", own.addend, _WORD * words))
    for name, start, size in places:
        if start + size > chip.npu.sram_size:
            raise NpuFault(
                NpuError.MEMORY,
                f"the {name}, {size} bytes at {start}, leaves the NPU memory of "
                f"{chip.npu.sram_size} bytes",
            )


def place(own: Descriptor, chip: Chip) -> None:
    """Raise NpuFault(ARRAY) for a block that does not lie in one bank of an array."""
    array = chip.array
    last = own.row + own.rows - 1
    if own.array >= array.count:
        raise NpuFault(NpuError.ARRAY, f"there is no array {own.array}")
    if not any(b.first_row <= own.row and last <= b.last_row for b in array.banks):
        raise NpuFault(NpuError.ARRAY, f"rows {own.row} to {last} lie in no single bank")
    if own.column + own.columns > array.columns:
        raise NpuFault(
            NpuError.ARRAY,
            f"columns {own.column} to {own.column + own.columns - 1} leave the array",
        )
    if own.bias_row + own.bias_rows > array.bias_rows:
        raise NpuFault(
            NpuError.ARRAY,
            f"bias rows {own.bias_row} to {own.bias_row + own.bias_rows - 1} leave the strip",
        )


def input_bytes(own: Descriptor) -> int:
    """From the first byte of the input to its last."""
    pitch = own.in_pitch or own.in_height
    return ((own.in_width - 1) * pitch + own.in_height) * own.in_channels


def output_bytes(own: Descriptor) -> int:
    """From the first byte of the output to its last."""
    pitch = own.out_pitch or own.out_height
    return ((own.out_width - 1) * pitch + own.out_height) * own.out_channels


def taps(own: Descriptor) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Along W and along H: the offsets that the windows of one round read, each once, ascending."""
    w, h = (
        np.unique(np.arange(points)[:, None] * stride + np.arange(kernel) * dilation)
        for points, stride, kernel, dilation in (
            (own.points_width, own.stride_width, own.kernel_width, own.dilation_width),
            (own.points_height, own.stride_height, own.kernel_height, own.dilation_height),
        )
    )
    return w, h


def rounds(own: Descriptor) -> tuple[int, int]:
    """Rounds along W and along H."""
    return -(-own.out_width // own.points_width), -(-own.out_height // own.points_height)


def gather(own: Descriptor, padding: int) -> npt.NDArray[np.intp]:
    """Where each round's elements lie in the input: [rounds, element_count].

    Elements outside the input get the index ``padding``.
    """
    element = np.arange(own.element_start, own.element_start + own.element_count)
    taps_w, taps_h = taps(own)
    rounds_w, rounds_h = rounds(own)
    tap, channel = np.divmod(element, own.channels)
    tap_w, tap_h = np.divmod(tap, len(taps_h))
    first_w = np.arange(rounds_w) * (own.points_width * own.stride_width) - own.pad_width
    first_h = np.arange(rounds_h) * (own.points_height * own.stride_height) - own.pad_height
    w = first_w[:, None, None] + taps_w[tap_w]
    h = first_h[None, :, None] + taps_h[tap_h]
    inside = (w >= 0) & (w < own.in_width) & (h >= 0) & (h < own.in_height)
    pitch = own.in_pitch or own.in_height
    index = (w * pitch + h) * own.in_channels + own.in_channel + channel
    flat = np.where(inside, index, padding).reshape(-1, own.element_count)
    return np.ascontiguousarray(flat, np.intp)
