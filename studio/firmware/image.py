"""The Image: a built firmware project and what it measures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Sizes:
    """Bytes used and available: code memory, data memory (with stack), NPU SRAM."""

    code: int
    code_limit: int
    data: int
    data_limit: int
    sram: int
    sram_limit: int


@dataclass(frozen=True)
class Part:
    """A function, table or variable of the program and the bytes it takes.

    ``kind`` is "function", "constant" (both in code memory) or "variable" (in data memory).
    ``file``, relative to the C project, and ``line`` say where it is defined; "" and 0 where the
    debug information does not.
    """

    name: str
    kind: Literal["function", "constant", "variable"]
    size: int
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class TensorPlace:
    """Where an activation lies: ``size`` bytes at ``offset`` of a memory.

    ``memory`` is "sram" (the NPU's) or "data" (from the start of what activations have of it).
    The bytes are its own from layer ``first`` to layer ``last`` ("start": the inputs are written;
    "end": the outputs are read). ``shares``: other tensors that are the same bytes. ``copied``:
    bytes a sample that the array layer writing it copies between the memories, piece by piece.
    """

    name: str
    memory: Literal["sram", "data"]
    offset: int
    size: int
    first: str
    last: str
    shares: tuple[str, ...] = ()
    copied: int = 0


@dataclass(frozen=True)
class Image:
    """A firmware ELF and the folder it was built in.

    ``samples`` is how many test samples it carries, ``labels`` whether they are labelled, ``tag``
    the CRC-32 of the map file it expects on the array, ``log`` the compiler's output. ``debug``
    says whether it was compiled for the debugger, ``parts`` what takes the memory, the largest
    first, ``tensors`` where the activations lie. ``mode`` and ``timing`` are those it was built
    with, ``own`` the user's sources in it, relative to ``project``.
    """

    elf: Path
    project: Path
    toolchain: str
    samples: int
    labels: bool
    tag: int
    sizes: Sizes
    log: str
    debug: bool = False
    parts: tuple[Part, ...] = ()
    mode: str = "testset"
    timing: bool = False
    own: tuple[str, ...] = ()
    tensors: tuple[TensorPlace, ...] = ()


@dataclass(frozen=True)
class TestSet:
    """Samples to build into the firmware, in chip integers.

    ``inputs``: one array [n, W, H, C] of int16 for each network input, values within the input
    tensor's range. ``labels``: class indices [n], or None.
    """

    __test__ = False  # not a test class, whatever pytest makes of its name

    inputs: tuple[npt.NDArray[np.int16], ...]
    labels: npt.NDArray[np.int64] | None
