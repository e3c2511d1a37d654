"""Small C functions of the firmware, compiled for this machine (kernels: firmware_statements)."""

from __future__ import annotations

import ctypes
import math
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
from studio.firmware import toolchain

RUNTIME = paths.resource("firmware", "runtime")

GLUE = """
#define memcpy our_memcpy
#define memmove our_memmove
#define memset our_memset
#include "mem.c"
#undef memcpy
#undef memmove
#undef memset
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
    NPU_ENCODE_PARTIAL, NPU_REPEAT, NPU_ADDEND, NPU_ADDEND_APART,
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


def test_memory_functions_at_any_alignment(library: ctypes.CDLL) -> None:
    rng = np.random.default_rng(0)
    for _ in range(2000):
        size = 160
        wanted = rng.integers(0, 256, size).astype(np.uint8)
        given = wanted.copy()
        base = given.ctypes.data
        to, source = rng.integers(0, 60, 2).tolist()
        count = int(rng.integers(0, 100))
        kind = rng.integers(3)
        if kind == 0:
            library.our_memset(ctypes.c_void_p(base + to), int(source) - 30, count)
            wanted[to : to + count] = (source - 30) & 255
        elif kind == 1:
            library.our_memmove(ctypes.c_void_p(base + to), ctypes.c_void_p(base + source), count)
            wanted[to : to + count] = wanted[source : source + count].copy()
        else:
            other = rng.integers(0, 256, size).astype(np.uint8)
            address = ctypes.c_void_p(other.ctypes.data + source)
            library.our_memcpy(ctypes.c_void_p(base + to), address, count)
            wanted[to : to + count] = other[source : source + count]
        np.testing.assert_array_equal(given, wanted)


def _doubles() -> list[float]:
    """Positive numbers of every size, squares, and neighbours of both."""
    rng = np.random.default_rng(1)
    found = (rng.uniform(1, 2, 3000) * 2.0 ** rng.integers(-900, 900, 3000)).tolist()
    squares = [float(n * n) for n in rng.integers(1, 2**26, 500).tolist()]
    found += [*squares, 2.0**-1022, 1.7976931348623157e308, 1.0, 2.0, 4.0, 0.25]
    return [
        *found,
        *(math.nextafter(x, math.inf) for x in found[:-6]),
        *(math.nextafter(x, 0) for x in squares),
    ]


def test_square_roots_are_rounded_correctly(library: ctypes.CDLL) -> None:
    root = library.real_sqrt
    root.restype, root.argtypes = ctypes.c_double, [ctypes.c_double]
    assert root(0.0) == 0.0
    for value in _doubles():
        assert root(value) == math.sqrt(value), value.hex()


def test_floors_are_exact_and_clipped(library: ctypes.CDLL) -> None:
    library.real_scaled.argtypes = [ctypes.c_double, *[ctypes.c_int32] * 3]

    def floor(value: float, low: int, high: int) -> int:
        found: int = library.real_scaled(value, 0, low, high)
        assert found == library.real_scaled(value / 4, 2, low, high) or abs(value) < 1e-300
        return found

    rng = np.random.default_rng(2)
    values = [*_doubles(), *rng.uniform(-400, 400, 2000).tolist(), *range(-300, 300)]
    values += [math.nextafter(v, side) for v in range(-300, 300) for side in (-1e9, 1e9)]
    values += [0.0, -0.0, 5e-324, -5e-324, 2.0**29 - 0.5, 2.0**30, -(2.0**31), math.inf, -math.inf]
    for value in (*values, *(-v for v in values)):
        wanted = max(-200, min(255, math.floor(max(-1e6, min(1e6, value)))))
        assert floor(value, -200, 255) == wanted, value.hex()
    for value in rng.uniform(-(2**29), 2**29, 2000).tolist():
        assert floor(value, -(2**29), 2**29) == math.floor(value)


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
