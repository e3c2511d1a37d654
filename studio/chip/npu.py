"""The emulated NPU's programming interface: registers and the array-operation descriptor.

The maker does not publish its NPU's registers, so these are ours. Firmware for the emulator
and for a board share everything but the driver that speaks this interface
(resources/firmware/npu_emulator.c). ``resources/firmware/npu.h`` states the same layout in C;
a test holds the two together.

Registers, 32 bits each, at ``chip.npu.registers``:

====== ========= =====================================================================
offset name      meaning
====== ========= =====================================================================
0x00   ID        read only: ``ID_VALUE``
0x04   DESC      bus address of a descriptor (4-byte aligned)
0x08   START     write 1: run the descriptor; the operation is complete at the next read
0x0C   STATUS    0 idle, 1 done, 2 error; writing clears it
0x10   ERROR     ``NpuError`` of the last failed operation
0x14   TAG       read only: checksum of the programmed cells (CRC-32 of the map file)
====== ========= =====================================================================

One descriptor runs one block over a whole sliding window, ``points_width`` x ``points_height``
neighbouring window positions a round. A round gathers the union of its windows (w, h, c; c
fastest; padding is zero *before* the encoding): along each axis the offsets
p * stride + t * dilation, 0 <= p < points, 0 <= t < kernel, each once and ascending. It takes
elements ``element_start`` .. ``element_start + element_count`` of that, encodes them, feeds them
``copies`` times, one after another, to ``rows`` array rows from ``row``, adds the bias strip's
rows and writes y = sat8(R(a / gain)). The columns hold the outputs of point (0, 0), then of (0, 1),
…; those of positions beyond the output are dropped. There are
ceil(out_width / points_width) * ceil(out_height / points_height) rounds.

Encodings. Each element becomes x << ``input_shift``, saturated to the range given here:

======= =========== ==================================================================
flag    range       what the rows receive
======= =========== ==================================================================
none    0..255      x
PN      -255..255   max(x, 0) of all, then max(-x, 0) of all
SHIFT   -128..127   x + 128
PARTIAL both        the first ``signed_elements`` as with PN, the others as with SHIFT: max(x, 0)
                    of the first, x + 128 of the others, max(-x, 0) of the first
======= =========== ==================================================================

With ADDEND the NPU adds numbers that the CPU has left in the SRAM: int32, little endian, one for
each output (w, h, j) at ``addend + 4 * ((w * out_height + h) * addend_columns + j)``. They are
added before rounding, ``copies`` times, as every copy of the rows adds its products; or, with
APART, rounded by themselves: y = sat8(R(a / gain) + sat8(R(addend * copies / gain))), where R of
the array is saturated too. With REPEAT every round is done twice and y = (y1 + y2) >> 1.
"""

from __future__ import annotations

import struct
from dataclasses import astuple, dataclass, fields
from enum import IntEnum, IntFlag

ID_VALUE = 0x43494D33  # "CIM3"; the last digit counts incompatible interfaces

REG_ID = 0x00
REG_DESC = 0x04
REG_START = 0x08
REG_STATUS = 0x0C
REG_ERROR = 0x10
REG_TAG = 0x14
REGISTER_BYTES = 0x100


class NpuError(IntEnum):
    """Why an operation failed."""

    NONE = 0
    DESCRIPTOR = 1  # descriptor not in readable memory, or a field is out of range
    MEMORY = 2  # input or output leaves the SRAM
    ARRAY = 3  # rows or columns leave the array or cross a bank
    UNPROGRAMMED = 4  # a cell of the block was never programmed


class Status(IntEnum):
    """Values of the STATUS register."""

    IDLE = 0
    DONE = 1
    ERROR = 2


class Flag(IntFlag):
    """Bits of a descriptor's ``flags``."""

    INPUT_UNSIGNED = 1  # input bytes are uint8, else int8
    ENCODE_PN = 2  # feed max(x, 0), then max(-x, 0): twice the rows
    ENCODE_SHIFT = 4  # feed x + 128
    ACCUMULATE = 8  # out = sat8(out + y) instead of out = y
    RELU = 16  # out = max(out, 0), after accumulating
    ENCODE_PARTIAL = 32  # the first signed_elements as with PN, the others as with SHIFT
    REPEAT = 64  # do every round twice and take the mean, rounded down
    ADDEND = 128  # add int32 numbers from the SRAM before rounding
    ADDEND_APART = 256  # round them by themselves; only together with ADDEND


@dataclass(frozen=True)
class Descriptor:
    """The fields of one array operation, each an unsigned 32-bit word, in this order.

    ``input`` and ``output`` are byte offsets in the SRAM. Input element (w, h, c) is byte
    ``input + (w * in_pitch + h) * in_channels + in_channel + c``, 0 <= c < ``channels``;
    output element (w, h, j) is byte
    ``output + (w * out_pitch + h) * out_channels + out_channel + j``, where 0 <= j <
    ``columns`` / (``points_width`` * ``points_height``). A pitch of 0 is the height: others
    serve parts of a larger tensor. ``rows`` is ``copies`` times the ``element_count`` and the
    elements that PN or PARTIAL feed a second time.
    """

    flags: int
    input: int
    in_width: int
    in_height: int
    in_channels: int
    in_channel: int
    channels: int
    kernel_width: int
    kernel_height: int
    stride_width: int
    stride_height: int
    dilation_width: int
    dilation_height: int
    pad_width: int
    pad_height: int
    points_width: int
    points_height: int
    output: int
    out_width: int
    out_height: int
    out_channels: int
    out_channel: int
    element_start: int
    element_count: int
    copies: int
    array: int
    row: int
    rows: int
    column: int
    columns: int
    bias_row: int
    bias_rows: int
    gain: int
    in_pitch: int = 0
    out_pitch: int = 0
    input_shift: int = 0
    signed_elements: int = 0
    addend: int = 0
    addend_columns: int = 0

    def pack(self) -> bytes:
        """Little-endian bytes as they lie in memory."""
        return struct.pack(f"<{len(fields(self))}I", *astuple(self))

    @classmethod
    def unpack(cls, data: bytes) -> Descriptor:
        """Read ``BYTES`` bytes back."""
        return cls(*struct.unpack(f"<{len(fields(cls))}I", data))


BYTES = 4 * len(fields(Descriptor))
