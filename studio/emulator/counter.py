"""Counting instructions: a block hook in C, compiled once, called by the CPU emulator.

Unicorn can count instructions itself only by a hook per instruction. A hook per block, in C,
costs nearly nothing: blocks lie in read-only code memory, so each block's count is found once
and kept. The hook also is what stops a run: at a block's start nothing is half done, so
the count is exact and nothing is executed twice. Without a compiler the same hook runs in
Python, at 6 to 12 million instructions a second instead of 400 to 1900.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from studio.base import native

# Values of State.reason.
RUNNING, SLICE, LOOP, RESTART, UNALIGNED = range(5)

_SOURCE = r"""
typedef unsigned char u8; typedef unsigned int u32; typedef unsigned long long u64;
typedef struct {
    u64 count, limit, entry, last, address, base, size;
    u32 last_size, reason, halt, pause;
    const u8 *code;
    u32 *cache;
    int (*stop)(void *);
} State;
/* Before each block: `size` bytes at `address`. cache: block size << 16 | instructions. */
EXPORT void on_block(void *uc, u64 address, u32 size, void *user) {
    State *s = user;
    u64 offset = address - s->base;
    u32 n = 0;
    if (s->count >= s->limit || s->halt || s->pause) { s->reason = 1; s->stop(uc); return; }
    if ((address == s->entry || address == 0) && s->count) {
        s->reason = 3; s->address = address; s->stop(uc); return;
    }
    if (offset < s->size && size <= s->size - offset && size < 0x10000) {
        u32 known = s->cache[offset >> 1];
        if (known >> 16 == size) {
            n = known & 0xffff;
        } else {
            for (u64 at = offset; at < offset + size; at += (s->code[at] & 3) == 3 ? 4 : 2) n++;
            s->cache[offset >> 1] = size << 16 | n;
        }
    }
    if (n == 1 && address == s->last) { s->reason = 2; s->stop(uc); return; }
    s->count += n;
    s->last = address;
    s->last_size = size;
}

/* Before each load and store, where alignment is checked. */
EXPORT void on_access(void *uc, int type, u64 address, int size, long long value, void *user) {
    State *s = user;
    (void)type; (void)value;
    if (address & (u64)(size - 1) && s->reason == 0) {
        s->reason = 4; s->address = address; s->stop(uc);
    }
}
"""


class State(ctypes.Structure):
    """What hook and machine share; layout as in the C source.

    ``count`` instructions so far, ``limit`` where to stop, ``last`` and ``last_size`` the last
    block executed, ``reason`` why the hook stopped the run, ``halt`` and ``pause`` set by other
    threads to end all runs or this one.
    """

    _fields_ = (
        ("count", ctypes.c_uint64),
        ("limit", ctypes.c_uint64),
        ("entry", ctypes.c_uint64),
        ("last", ctypes.c_uint64),
        ("address", ctypes.c_uint64),
        ("base", ctypes.c_uint64),
        ("size", ctypes.c_uint64),
        ("last_size", ctypes.c_uint32),
        ("reason", ctypes.c_uint32),
        ("halt", ctypes.c_uint32),
        ("pause", ctypes.c_uint32),
        ("code", ctypes.c_void_p),
        ("cache", ctypes.c_void_p),
        ("stop", ctypes.c_void_p),
    )
    count: int
    limit: int
    entry: int
    last: int
    address: int
    base: int
    size: int
    last_size: int
    reason: int
    halt: int
    pause: int


def instructions(code: bytes | memoryview, offset: int, size: int) -> list[int]:
    """Offsets of the instructions in ``size`` bytes: the low two bits 11 mean four bytes."""
    found = []
    at = offset
    while at < offset + size:
        found.append(at)
        at += 4 if code[at] & 3 == 3 else 2
    return found


def block_hook(state: State, code: memoryview, stop: Callable[[], None]) -> Callable[..., None]:
    """The C hook's ``on_block`` in Python, as (uc, address, size, user)."""
    known: dict[tuple[int, int], int] = {}

    def halt(reason: int, address: int) -> None:
        state.reason = reason
        state.address = address
        stop()

    def on_block(_uc: object, address: int, size: int, _user: object) -> None:
        if state.count >= state.limit or state.halt or state.pause:
            return halt(SLICE, address)
        if address in (state.entry, 0) and state.count:
            return halt(RESTART, address)
        count = known.get((address, size))
        if count is None:
            offset = address - state.base
            inside = 0 <= offset <= state.size - size
            count = len(instructions(code, offset, size)) if inside else 0
            known[address, size] = count
        if count == 1 and address == state.last:
            return halt(LOOP, address)
        state.count += count
        state.last = address
        state.last_size = size
        return None

    return on_block


def library() -> ctypes.CDLL | None:
    """The compiled hooks; None where they cannot be had."""
    return native.library("hooks", _SOURCE)
