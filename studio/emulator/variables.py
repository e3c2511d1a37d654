"""Variables of the firmware by name: ``counter``, ``table:i16``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.base.errors import RunError
from studio.emulator.bus import Memories
from studio.emulator.elf import Program

MOST = 64  # elements told of one variable

_TYPES = {
    **{f"{sign}{8 * size}": f"<{sign}{size}" for sign in "iu" for size in (1, 2, 4, 8)},
    **{"f32": "<f4", "f64": "<f8"},
}
_BY_SIZE = {1: "u8", 2: "u16", 4: "i32", 8: "i64"}  # what is assumed where no type is named


@dataclass(frozen=True)
class Variable:
    """Where a variable lies: ``count`` elements of ``type`` at ``address``; ``text`` named it."""

    text: str
    address: int
    type: str
    count: int


def find(text: str, program: Program) -> Variable:
    """The variable that ``text``, NAME or NAME:TYPE, names. Raises RunError.

    Types: i8 u8 i16 u16 i32 u32 i64 u64 f32 f64. Without one, sizes of 1, 2, 4 and 8 bytes are u8,
    u16, i32 and i64, and all others bytes. More elements than one make a list, MOST at most.
    """
    name, _, kind = text.partition(":")
    found = [one for one in program.symbols if one.name == name and not one.function and one.size]
    if not found:
        raise RunError(
            f"the firmware has no variable {name!r}",
            hint="It must be global or static, and in use: the linker leaves out the others.",
            where=str(program.path),
        )
    size = found[0].size
    kind = kind or _BY_SIZE.get(size, "u8")
    if kind not in _TYPES:
        raise RunError(
            f"{kind!r} is not a type of a variable", hint=f"Types: {', '.join(_TYPES)}.", where=text
        )
    width = np.dtype(_TYPES[kind]).itemsize
    if size < width:
        raise RunError(f"{name} has {size} bytes, fewer than a {kind}", where=text)
    return Variable(text, found[0].start, kind, min(size // width, MOST))


def value(variable: Variable, memory: Memories) -> int | float | str | list[int | float | str]:
    """What is there now; numbers JSON cannot write are text: nan, inf, -inf."""
    width = np.dtype(_TYPES[variable.type]).itemsize
    data = memory.read(variable.address, width * variable.count)
    if not data:
        return []
    numbers = [_plain(one) for one in np.frombuffer(data, _TYPES[variable.type]).tolist()]
    return numbers[0] if variable.count == 1 else numbers


def _plain(number: float) -> int | float | str:
    return number if np.isfinite(number) else str(number)
