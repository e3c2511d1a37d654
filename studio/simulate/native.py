"""The compiled code of resources/native (array.c, elements.c, network.c) and its structures."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.base import native, paths

PLAIN, AVX2, AVX_VNNI, AVX512_VNNI = range(4)


class Kind(IntEnum):
    """The operations, in the order of the C source."""

    ARRAY = 0
    DEPTHWISE = 1
    PAD = 2
    ADD = 3
    MUL = 4
    AFFINE = 5
    MAX_POOL = 6
    AVERAGE_POOL = 7
    LUT = 8
    SUM_LUT = 9
    MAC = 10
    BLEND = 11
    CONCAT = 12
    SLICE = 13
    ZERO_INSERT = 14
    PERMUTE = 15
    SOFTMAX = 16
    MATMUL = 17


def _ints(*names: str) -> tuple[tuple[str, Any], ...]:
    return tuple((name, ctypes.c_int32) for name in names)


def _pointers(*names: str) -> tuple[tuple[str, Any], ...]:
    return tuple((name, ctypes.c_void_p) for name in names)


class CTile(ctypes.Structure):
    """One row tile of a matrix."""

    _fields_ = (*_pointers("runs", "weights", "bias"), *_ints("count", "groups"))


class CMatrix(ctypes.Structure):
    """One matrix of an array operation."""

    _fields_ = (
        *_pointers("tiles", "tables"),
        *_ints("count", "columns", "first_column", "shift", "words", "unused"),
    )


class CDepthwise(ctypes.Structure):
    """All matrices of an operation with one channel each."""

    _fields_ = (
        *_pointers("offsets", "weights", "bias", "shifts"),
        *_ints("taps", "channels"),
    )


class CTensor(ctypes.Structure):
    """One activation: bytes value + zero."""

    _fields_ = (
        *_pointers("constant"),
        ("offset", ctypes.c_int64),
        *_ints("w", "h", "c", "size", "zero", "low", "high", "unused"),
    )


class COp(ctypes.Structure):
    """One operation; ``p`` are its numbers."""

    _fields_ = (
        *_pointers("inputs_at", "data", "more"),
        ("ratio", ctypes.c_double),
        *_ints("kind", "inputs", "out", "relu"),
        ("p", ctypes.c_int32 * 12),
    )


class CProgram(ctypes.Structure):
    """Operations in order, and the tensors to fill before and to read after."""

    _fields_ = (
        *_pointers("tensors", "ops", "inputs", "outputs"),
        ("scratch", ctypes.c_int64),
        *_ints("count", "n_inputs", "n_outputs", "block", "level", "unused"),
    )


@dataclass(frozen=True)
class Code:
    """The loaded library and the best instructions this machine has."""

    library: ctypes.CDLL
    level: int


@functools.cache
def code() -> Code | None:
    """The compiled code; None where it cannot be had (numpy then does everything)."""
    found = native.library("network", source())
    if found is None:
        return None
    pointers = [ctypes.c_void_p] * 4
    found.run_program.argtypes = [*pointers, ctypes.c_int64, ctypes.c_int64]
    return Code(found, int(found.best_level()))


def source() -> str:
    """The C source, all files."""
    parts = (paths.resource("native", name) for name in ("array.c", "elements.c", "network.c"))
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


@dataclass
class Memory:
    """Keeps alive what C structures point to."""

    kept: list[object] = field(default_factory=list)

    def array(self, values: npt.NDArray[Any], spare: int = 0) -> int:
        """The address of an array's elements, row after row, and ``spare`` more that are zero."""
        whole = np.ascontiguousarray(values)
        if spare:
            whole = np.append(whole, np.zeros(spare, whole.dtype))
        self.kept.append(whole)
        return int(whole.ctypes.data)

    def ints(self, values: Iterable[int]) -> int:
        """The address of so many int32."""
        return self.array(np.fromiter(values, np.int32))

    def structures(self, kind: type[ctypes.Structure], values: list[Any]) -> int:
        """The address of structures one after another."""
        whole = (kind * len(values))(*values)
        self.kept.append(whole)
        return ctypes.addressof(whole)
