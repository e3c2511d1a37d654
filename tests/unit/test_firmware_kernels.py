"""The C kernels, compiled for this machine, against the simulator's numpy, value for value."""

from __future__ import annotations

import ctypes
import sys
import zlib
from collections.abc import Callable
from dataclasses import fields
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from studio.base import paths
from studio.base.errors import ToolError
from studio.chip import npu
from studio.chip.chip import load
from studio.firmware import checks, toolchain
from studio.quantize.qnetwork import AddOp, AffineOp, MulOp, PoolOp, SoftmaxOp
from studio.simulate import kernels

RUNTIME = paths.resource("firmware", "runtime")

GLUE = """
#include <stddef.h>
#include "npu.h"
#include "uart.h"
static char text[256];
static int length;
void uart_init(void) { length = 0; }
void uart_put(char byte) { text[length++] = byte; text[length] = 0; }
const char *glue_text(void) { return text; }
#define FIELD(name) offsetof(struct npu_op, name),
const uint32_t glue_offsets[] = { FIELDS sizeof(struct npu_op) };
const uint32_t glue_constants[] = {
    NPU_ID_VALUE, NPU_REG_ID, NPU_REG_DESC, NPU_REG_START, NPU_REG_STATUS, NPU_REG_ERROR,
    NPU_REG_TAG, NPU_STATUS_IDLE, NPU_STATUS_DONE, NPU_STATUS_ERROR, NPU_ERROR_NONE,
    NPU_ERROR_DESCRIPTOR, NPU_ERROR_MEMORY, NPU_ERROR_ARRAY, NPU_ERROR_UNPROGRAMMED,
    NPU_INPUT_UNSIGNED, NPU_ENCODE_PN, NPU_ENCODE_SHIFT, NPU_ACCUMULATE, NPU_RELU,
};
"""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """Kernels, printing and CRC as a shared library of this machine, built once by zig."""
    folder = tmp_path_factory.mktemp("kernels")
    names = "".join(f"FIELD({field.name}) " for field in fields(npu.Descriptor))
    (folder / "glue.c").write_text(GLUE.replace("FIELDS", names), encoding="utf-8")
    sources = [*sorted((RUNTIME / "kernels").glob("*.c")), RUNTIME / "print.c", RUNTIME / "crc32.c"]
    target = folder / ("kernels.dll" if sys.platform == "win32" else "kernels.so")
    tools = toolchain.find("zig", load("wtm2101"))
    flags = ["-shared", "-fPIC", "-std=c99", "-O1", "-g0", "-Wall", "-Wextra", "-Werror"]
    includes = [f"-I{RUNTIME}", f"-I{RUNTIME / 'kernels'}"]
    host = toolchain.Toolchain("zig", tools.command, (), tools.environment)
    arguments = [*flags, *includes, *map(str, sources), "glue.c", "-o", target.name]
    code, text = toolchain.call(host, arguments, folder, (0, 1, ""), _job())
    assert code == 0, text
    return ctypes.CDLL(str(target))


def _job() -> Any:
    return SimpleNamespace(step=lambda *_: None)


def _bytes(values: np.ndarray) -> np.ndarray:
    return values.astype(np.int16).astype(np.uint8)


def _pointer(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def _values(rng: np.random.Generator, unsigned: bool, shape: tuple[int, ...]) -> np.ndarray:
    low, high = (0, 256) if unsigned else (-128, 128)
    return rng.integers(low, high, shape).astype(np.int16)


def _signed(out: np.ndarray) -> np.ndarray:
    return out.view(np.int8).astype(np.int16)


CASES = [(a, b) for a in (False, True) for b in (False, True)]


@pytest.mark.parametrize(("a_unsigned", "b_unsigned"), CASES)
@pytest.mark.parametrize("shift", [-30, -9, -3, -1, 0, 1, 4, 8])
def test_add_and_mul(library: ctypes.CDLL, a_unsigned: bool, b_unsigned: bool, shift: int) -> None:
    rng = np.random.default_rng(abs(shift))
    a = _values(rng, a_unsigned, (1, 7, 3, 12))
    b = _values(rng, b_unsigned, (1, 7, 3, 12))
    c = _values(rng, b_unsigned, (1, 1, 1, 12))
    for relu in (False, True):
        add, mul = (kind("x", ("a", "b"), "o", shift, relu) for kind in (AddOp, MulOp))
        ab, bb, cb = _bytes(a), _bytes(b), _bytes(c)
        out = np.zeros_like(ab)
        operands = (_pointer(ab), int(a_unsigned), _pointer(bb), int(b_unsigned))
        library.kernel_add(*operands, _pointer(out), a.size, shift, int(relu))
        np.testing.assert_array_equal(_signed(out), kernels.add(a, b, add))
        library.kernel_mul(*operands, _pointer(out), a.size, b.size, shift, int(relu))
        np.testing.assert_array_equal(_signed(out), kernels.mul(a, b, mul))
        operands = (_pointer(ab), int(a_unsigned), _pointer(cb), int(b_unsigned))
        library.kernel_mul(*operands, _pointer(ab), a.size, c.size, shift, int(relu))  # in place
        np.testing.assert_array_equal(_signed(ab), kernels.mul(a, c, mul))


def test_large_shifts_are_clamped_without_changing_a_result() -> None:
    """What 32 bits cannot shift, Python's integers can: all products against the clamped shift."""
    products = np.unique(np.multiply.outer(np.arange(-128, 256), np.arange(-128, 256)))
    for shift in (-40, -31, 9, 15, 40):
        wanted = [max(-128, min(127, _shifted(int(p), shift))) for p in products]
        given = [max(-128, min(127, _shifted(int(p), checks.clamped(shift)))) for p in products]
        assert given == wanted


def _shifted(value: int, shift: int) -> int:
    return value << shift if shift >= 0 else (value + (1 << (-shift - 1))) >> -shift


@pytest.mark.parametrize("shift", [0, 1, 7, 15, 24])
def test_affine(library: ctypes.CDLL, shift: int) -> None:
    rng = np.random.default_rng(shift)
    for unsigned in (False, True):
        x = _values(rng, unsigned, (1, 9, 2, 17))
        factor = rng.integers(-32768, 32768, 17).astype(np.int16)
        offset = (rng.integers(-200, 201, 17) << shift).clip(-(2**30), 2**30).astype(np.int32)
        op = AffineOp("x", "i", "o", factor, offset, shift, relu=unsigned)
        data = _bytes(x)
        out = np.zeros_like(data)
        tables = (_pointer(factor), _pointer(offset))
        tail = (x.size, 17, shift, int(op.relu))
        library.kernel_affine(_pointer(data), int(unsigned), *tables, _pointer(out), *tail)
        np.testing.assert_array_equal(_signed(out), kernels.affine(x, op))


POOLS = [
    ((8, 6, 3), (2, 2), (2, 2), (0, 0, 0, 0)),
    ((7, 5, 4), (3, 2), (2, 1), (1, 1, 1, 0)),
    ((9, 1, 5), (3, 1), (1, 1), (2, 0, 2, 0)),
    ((5, 5, 2), (5, 5), (1, 1), (0, 0, 0, 0)),
    ((6, 7, 1), (3, 3), (3, 2), (1, 2, 2, 1)),
]


@pytest.mark.parametrize(("shape", "kernel", "strides", "pads"), POOLS)
@pytest.mark.parametrize("unsigned", [False, True])
def test_pool(
    library: ctypes.CDLL,
    shape: tuple[int, int, int],
    kernel: tuple[int, int],
    strides: tuple[int, int],
    pads: tuple[int, int, int, int],
    unsigned: bool,
) -> None:
    x = _values(np.random.default_rng(3), unsigned, (1, *shape))
    data = _bytes(x)
    largest = PoolOp("p", "i", "o", "max", kernel, strides, pads)
    wanted = kernels.pool(x, largest)
    window = (ctypes.c_uint32 * 11)(*shape, *wanted.shape[1:3], *kernel, *strides, *pads[:2])
    out = np.zeros(wanted.shape, np.uint8)
    library.kernel_pool_max(_pointer(data), int(unsigned), _pointer(out), window)
    np.testing.assert_array_equal(out, _bytes(wanted))
    for count_pads in (False, True):
        for shift in (-12, -9, -2, 0, 1, 5):
            op = PoolOp("p", "i", "o", "average", kernel, strides, pads, count_pads, shift)
            limited = max(shift, -checks.POOL_SHIFT)
            source = (_pointer(data), int(unsigned), _pointer(out))
            library.kernel_pool_average(*source, window, int(count_pads), limited)
            np.testing.assert_array_equal(_signed(out), kernels.pool(x, op))


@pytest.mark.parametrize("channels", [1, 2, 10, 512])
@pytest.mark.parametrize("unsigned", [False, True])
def test_softmax(library: ctypes.CDLL, channels: int, unsigned: bool) -> None:
    rng = np.random.default_rng(channels)
    x = _values(rng, unsigned, (1, 4, 2, channels))
    x[0, 0, 0] = 5  # all equal: the sum is largest
    for scale in (0.0, 0.01, 0.2, 3.0):
        table = np.round(2**15 * np.exp(-np.arange(256) * scale)).astype(np.int32)
        op = SoftmaxOp("s", "i", "o", table)
        data, short = _bytes(x), table.astype(np.uint16)
        out = np.zeros_like(data)
        head = (_pointer(data), int(unsigned), _pointer(short), _pointer(out))
        library.kernel_softmax(*head, 8, channels)
        np.testing.assert_array_equal(out.astype(np.int16), kernels.softmax(x, op))


def test_lut_permute_and_concat(library: ctypes.CDLL) -> None:
    rng = np.random.default_rng(0)
    table = rng.permutation(256).astype(np.uint8)
    x = np.arange(256, dtype=np.uint8)
    out = np.zeros(256, np.uint8)
    library.kernel_lut(_pointer(x), _pointer(table), _pointer(out), 256)
    np.testing.assert_array_equal(out, table)
    order = rng.permutation(256).astype(np.uint16)
    library.kernel_permute(_pointer(table), _pointer(order), _pointer(out), 256)
    np.testing.assert_array_equal(out, table[order])
    for axis in (0, 1, 2):
        shapes = [[3, 4, 5], [3, 4, 5]]
        shapes[1][axis] = 2
        parts = [rng.integers(0, 256, shape).astype(np.uint8) for shape in shapes]
        wanted = np.concatenate(parts, axis)
        rows = int(np.prod(wanted.shape[:axis], dtype=int))
        joined, start = np.zeros(wanted.size, np.uint8), 0
        for part in parts:
            run = part.size // rows
            target = ctypes.c_void_p(joined.ctypes.data + start)
            library.kernel_concat(_pointer(part), run, target, wanted.size // rows, rows)
            start += run
        np.testing.assert_array_equal(joined.reshape(wanted.shape), wanted)


def test_crc32_is_zips(library: ctypes.CDLL) -> None:
    library.crc32.restype = ctypes.c_uint32
    data = bytes(range(256)) * 3
    for count in (0, 1, 5, 768):
        assert library.crc32(0, data, count) == zlib.crc32(data[:count])
    part = library.crc32(0, data, 100)
    assert library.crc32(ctypes.c_uint32(part), data[100:], 668) == zlib.crc32(data)


def _printed(library: ctypes.CDLL, function: Callable[..., None], *arguments: Any) -> str:
    library.uart_init()
    function(*arguments)
    library.glue_text.restype = ctypes.c_char_p
    return library.glue_text().decode("ascii")


def test_ratios_are_exact_to_six_decimals(library: ctypes.CDLL) -> None:
    pairs = [(p, w) for w in (1, 2, 3, 7, 64, 128, 360, 640, 1951) for p in range(w + 1)]
    pairs += [(99_999_999, 100_000_000), (1, 2_000_000), (3, 2_000_000)]
    for part, whole in pairs:
        exact = (Decimal(part) / whole).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
        assert _printed(library, library.print_ratio, part, whole) == str(exact)


def test_numbers_print(library: ctypes.CDLL) -> None:
    for value in (0, 7, -1, 127, -128, 2**31 - 1, -(2**31)):
        assert _printed(library, library.print_signed, value) == str(value)
    assert _printed(library, library.print_unsigned, ctypes.c_uint32(2**32 - 1)) == "4294967295"
    assert _printed(library, library.print_hex, ctypes.c_uint32(0xDEADBEEF)) == "deadbeef"
    assert _printed(library, library.print_line, b"done") == "done\r\n"


def test_npu_h_and_npu_py_agree(library: ctypes.CDLL) -> None:
    count = len(fields(npu.Descriptor))
    offsets = list((ctypes.c_uint32 * (count + 1)).in_dll(library, "glue_offsets"))
    assert offsets == [4 * index for index in range(count)] + [npu.BYTES]
    wanted = [
        npu.ID_VALUE,
        npu.REG_ID,
        npu.REG_DESC,
        npu.REG_START,
        npu.REG_STATUS,
        npu.REG_ERROR,
        npu.REG_TAG,
        *npu.Status,
        *npu.NpuError,
        *npu.Flag,
    ]
    given = list((ctypes.c_uint32 * len(wanted)).in_dll(library, "glue_constants"))
    assert given == [int(value) for value in wanted]


def test_npu_h_names_every_field_once() -> None:
    text = (Path(RUNTIME) / "npu.h").read_text(encoding="utf-8")
    body = text.split("struct npu_op {")[1].split("};")[0]
    names = [line.split()[1].rstrip(";") for line in body.strip().splitlines()]
    assert names == [field.name for field in fields(npu.Descriptor)]


def test_a_compiler_that_hangs_is_ended(tmp_path: Path) -> None:
    hanging = toolchain.Toolchain("slow", (sys.executable, "-c", "import time; time.sleep(60)"), ())
    with pytest.raises(ToolError, match="did not finish within"):
        toolchain.call(hanging, [], tmp_path, (0, 1, "waiting"), _job(), timeout=0.3)
