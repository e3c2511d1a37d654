"""What a debugger's commands mean: packets of the GDB remote protocol on a processor that waits.

No socket and no thread here; ``gdb.py`` has those.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from studio.emulator import gdb_packet, gdb_registers

_THREAD = b"1"
_WRONG = b"E01"  # the command makes no sense
_FAULT = b"E0e"  # there is no such memory
_FEATURES = (
    b"PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;vContSupported+;swbreak+;hwbreak+"
    % gdb_packet.SIZE
)
_HELP = """\
reset   reset the processor; memories keep what they hold
halt    nothing: the processor waits whenever a debugger may ask
trap    what stopped the firmware last
"""


class Target(Protocol):
    """A halted processor; registers are numbered as in gdb_registers."""

    watchpoints: frozenset[Watchpoint]

    @property
    def breakpoints(self) -> set[int]:
        """Addresses before which the processor stops; may be changed."""

    def read_register(self, number: int) -> int:
        """The register's 32 bits."""

    def write_register(self, number: int, value: int) -> None:
        """Set a register; what is read only stays as it is."""

    def read_memory(self, address: int, size: int) -> bytes:
        """Up to ``size`` bytes, fewer where the memory ends there, none where there is none."""

    def write_memory(self, address: int, data: bytes) -> bool:
        """Write all of ``data``, code memory too; False where it does not lie in a memory."""

    def reset(self) -> None:
        """The state of the processor and its devices after a reset."""

    def trap(self) -> str:
        """What stopped the firmware last, in words; empty if nothing."""


class Then(Enum):
    """What follows an answer."""

    WAIT = "wait"
    CONTINUE = "continue"
    STEP = "step"
    DETACH = "detach"
    KILL = "kill"
    NO_ACK = "no acknowledgements from now on"


@dataclass(frozen=True)
class Watchpoint:
    """Stop when one of ``size`` bytes at ``address`` is accessed: read, written, or either."""

    address: int
    size: int
    read: bool
    write: bool

    @property
    def name(self) -> str:
        """What a stop reply calls it."""
        return {(False, True): "watch", (True, False): "rwatch"}.get(
            (self.read, self.write), "awatch"
        )


@dataclass(frozen=True)
class Answer:
    """``reply``: the payload to send, None for none. ``steps``: STEP goes on inside this range."""

    reply: bytes | None
    then: Then = Then.WAIT
    steps: tuple[int, int] | None = None


def stopped(signal: int, reason: str = "") -> bytes:
    """The payload that tells gdb of a stop by a signal (gdb's numbers)."""
    return b"T%02xthread:%s;%s" % (signal, _THREAD, reason.encode("ascii"))


def console(text: str) -> bytes:
    """The payload that makes gdb print a text."""
    return b"O" + text.encode().hex().encode("ascii")


def answer(payload: bytes, target: Target, last_stop: bytes) -> Answer:
    """Carry out one command. A wrong one is answered with an error, an unknown one is empty."""
    for prefix, command in _COMMANDS:
        if payload.startswith(prefix):
            try:
                return command(payload[len(prefix) :], target, last_stop)
            except (ValueError, IndexError):
                return Answer(_WRONG)
    return Answer(b"")


def _number(text: bytes) -> int:
    """A hexadecimal number without sign, prefix or blanks. Raises ValueError."""
    if not re.fullmatch(rb"[0-9a-fA-F]{1,16}", text):
        raise ValueError(text)
    return int(text, 16)


def _span(text: bytes) -> tuple[int, int]:
    """``address,length`` within 32 bits. Raises ValueError."""
    first, second = text.split(b",")
    address, size = _number(first), _number(second)
    if address + size > 1 << 32:
        raise ValueError(text)
    return address, size


def _word(value: int) -> bytes:
    return value.to_bytes(4, "little").hex().encode("ascii")


def _unhex(text: bytes) -> bytes:
    return bytes.fromhex(text.decode("ascii"))


def _read_registers(rest: bytes, target: Target, _stop: bytes) -> Answer:
    numbers = range(len(gdb_registers.REGISTERS))
    return Answer(b"".join(_word(target.read_register(i)) for i in numbers) if not rest else b"")


def _write_registers(rest: bytes, target: Target, _stop: bytes) -> Answer:
    data = _unhex(rest)
    if len(data) % 4 or len(data) > 4 * len(gdb_registers.REGISTERS):
        return Answer(_WRONG)
    for number in range(len(data) // 4):
        value = int.from_bytes(data[4 * number : 4 * number + 4], "little")
        target.write_register(number, value)
    return Answer(b"OK")


def _read_register(rest: bytes, target: Target, _stop: bytes) -> Answer:
    number = _number(rest)
    if number >= len(gdb_registers.REGISTERS):
        return Answer(_WRONG)
    return Answer(_word(target.read_register(number)))


def _write_register(rest: bytes, target: Target, _stop: bytes) -> Answer:
    left, right = rest.split(b"=")
    number, data = _number(left), _unhex(right)
    if number >= len(gdb_registers.REGISTERS) or len(data) != 4:
        return Answer(_WRONG)
    target.write_register(number, int.from_bytes(data, "little"))
    return Answer(b"OK")


def _read_memory(rest: bytes, target: Target, _stop: bytes) -> Answer:
    address, size = _span(rest)
    data = target.read_memory(address, min(size, gdb_packet.SIZE // 2))
    return Answer(data.hex().encode("ascii") or _FAULT)


def _write_memory(rest: bytes, target: Target, _stop: bytes) -> Answer:
    span, text = rest.split(b":", 1)
    return _write(span, _unhex(text), target)


def _write_binary(rest: bytes, target: Target, _stop: bytes) -> Answer:
    span, data = rest.split(b":", 1)
    return _write(span, data, target)


def _write(span: bytes, data: bytes, target: Target) -> Answer:
    address, size = _span(span)
    if size != len(data):
        return Answer(_WRONG)
    return Answer(b"OK" if not data or target.write_memory(address, data) else _FAULT)


def _insert(rest: bytes, target: Target, _stop: bytes) -> Answer:
    return _point(rest, target, insert=True)


def _remove(rest: bytes, target: Target, _stop: bytes) -> Answer:
    return _point(rest, target, insert=False)


def _point(rest: bytes, target: Target, *, insert: bool) -> Answer:
    """Z and z: software and hardware breakpoints are the same here, and all are the machine's."""
    kind, span = rest.split(b",", 1)
    address, size = _span(span.split(b";")[0])
    if kind in (b"0", b"1"):
        if insert and (address % 2 or not target.read_memory(address, 2)):
            return Answer(_FAULT)
        change = target.breakpoints.add if insert else target.breakpoints.discard
        change(address)
    elif kind in (b"2", b"3", b"4"):
        if insert and not (0 < size == len(target.read_memory(address, size))):
            return Answer(_FAULT)
        watch = Watchpoint(address, size, read=kind != b"2", write=kind != b"3")
        others = target.watchpoints - {watch}
        target.watchpoints = others | {watch} if insert else others
    else:
        return Answer(b"")
    return Answer(b"OK")


def _go(then: Then) -> Callable[[bytes, Target, bytes], Answer]:
    def command(rest: bytes, target: Target, _stop: bytes) -> Answer:
        if rest:
            target.write_register(gdb_registers.PC, _number(rest) & 0xFFFFFFFF)
        return Answer(None, then)

    return command


def _go_with_signal(then: Then) -> Callable[[bytes, Target, bytes], Answer]:
    """C and S: a bare processor takes no signals, so that it goes on without."""

    def command(rest: bytes, target: Target, stop: bytes) -> Answer:
        signal, _, address = rest.partition(b";")
        _number(signal)
        return _go(then)(address, target, stop)

    return command


def _vcont(rest: bytes, _target: Target, _stop: bytes) -> Answer:
    """The first action that is for our thread counts."""
    if rest == b"?":
        return Answer(b"vCont;c;C;s;S;r")
    for action in rest.removeprefix(b";").split(b";"):
        word, _, thread = action.partition(b":")
        if thread not in (b"", b"0", b"-1", _THREAD):
            continue
        if word[:1] in (b"c", b"C"):
            return Answer(None, Then.CONTINUE)
        if word[:1] in (b"s", b"S"):
            return Answer(None, Then.STEP)
        if word[:1] == b"r":
            start, end = word[1:].split(b",")
            return Answer(None, Then.STEP, (_number(start), _number(end)))
    return Answer(_WRONG)


def _features(rest: bytes, _target: Target, _stop: bytes) -> Answer:
    name, span = rest.rsplit(b":", 1)
    if name != b"target.xml":
        return Answer(b"E00")
    start, size = _span(span)
    text = gdb_registers.target_xml()
    part = text[start : start + min(size, gdb_packet.SIZE // 2)]
    return Answer((b"m" if start + len(part) < len(text) else b"l") + part)


def _monitor(rest: bytes, target: Target, _stop: bytes) -> Answer:
    words = _unhex(rest).decode("utf-8", "replace").split()
    if words[:1] == ["reset"] and words[1:] in ([], ["halt"], ["init"]):
        target.reset()
        text = "reset; the processor waits at its first instruction\n"
        text += "(gdb learns of it by: maintenance flush register-cache)\n"
    elif words == ["halt"]:
        text = "the processor waits\n"
    elif words == ["trap"]:
        text = f"{target.trap() or 'nothing has stopped the firmware'}\n"
    else:
        text = _HELP
    return Answer(text.encode().hex().encode("ascii"))


def _restart(_rest: bytes, target: Target, _stop: bytes) -> Answer:
    target.reset()
    return Answer(None)


def _always(reply: bytes, then: Then = Then.WAIT) -> Callable[[bytes, Target, bytes], Answer]:
    return lambda _rest, _target, _stop: Answer(reply, then)


def _last(_rest: bytes, _target: Target, stop: bytes) -> Answer:
    return Answer(stop)


# The first that fits counts.
_COMMANDS: tuple[tuple[bytes, Callable[[bytes, Target, bytes], Answer]], ...] = (
    (b"qSupported", _always(_FEATURES)),
    (b"QStartNoAckMode", _always(b"OK", Then.NO_ACK)),
    (b"qXfer:features:read:", _features),
    (b"qRcmd,", _monitor),
    (b"qAttached", _always(b"1")),  # so that gdb detaches at its end instead of killing
    (b"qfThreadInfo", _always(b"m" + _THREAD)),
    (b"qsThreadInfo", _always(b"l")),
    (b"qSymbol", _always(b"OK")),
    (b"qC", lambda rest, _t, _s: Answer(b"" if rest else b"QC" + _THREAD)),
    (b"vCont", _vcont),
    (b"vKill", _always(b"OK", Then.KILL)),
    (b"!", _always(b"OK")),
    (b"?", _last),
    (b"H", _always(b"OK")),
    (b"T", _always(b"OK")),
    (b"g", _read_registers),
    (b"G", _write_registers),
    (b"p", _read_register),
    (b"P", _write_register),
    (b"m", _read_memory),
    (b"M", _write_memory),
    (b"X", _write_binary),
    (b"Z", _insert),
    (b"z", _remove),
    (b"c", _go(Then.CONTINUE)),
    (b"s", _go(Then.STEP)),
    (b"C", _go_with_signal(Then.CONTINUE)),
    (b"S", _go_with_signal(Then.STEP)),
    (b"D", _always(b"OK", Then.DETACH)),
    (b"k", lambda _r, _t, _s: Answer(None, Then.KILL)),
    (b"R", _restart),
)
