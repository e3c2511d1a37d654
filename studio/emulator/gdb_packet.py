"""Packets of the GDB remote protocol on the wire: ``$payload#checksum``, acknowledged by + or -.

Described in the GDB manual, appendix "GDB Remote Serial Protocol".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

# Characters of a payload we take; gdb is told so (PacketSize), and longer ones are dropped.
SIZE = 0x4000

_ESCAPE = 0x7D
_SPECIAL = b"#$*}"
_HEX = b"0123456789abcdefABCDEF"


class Sign(Enum):
    """What stands between packets."""

    ACK = "+"
    NACK = "-"
    INTERRUPT = "\x03"
    DAMAGED = "damaged"  # a packet whose checksum is wrong or that is too long


@dataclass(frozen=True)
class Packet:
    """A packet that arrived whole; ``payload`` with escapes resolved."""

    payload: bytes


def encode(payload: bytes) -> bytes:
    """The packet that carries ``payload``."""
    escaped = bytearray()
    for byte in payload:
        escaped += bytes((_ESCAPE, byte ^ 0x20)) if byte in _SPECIAL else bytes((byte,))
    return b"$" + bytes(escaped) + b"#%02x" % (sum(escaped) & 0xFF)


class Framer:
    """Bytes of a stream to packets and signs; what is neither is skipped. Memory is bounded."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Packet | Sign]:
        """What has become complete with ``data``, in order."""
        self._rest += data
        found: list[Packet | Sign] = []
        while self._rest:
            first = self._rest[0]
            if first != ord("$"):
                del self._rest[0]
                if first in b"+-\x03":
                    found.append(Sign(chr(first)))
                continue
            end = self._rest.find(b"#")
            again = self._rest.find(b"$", 1, end if end > 0 else len(self._rest))
            if again > 0:  # a payload has no bare $: the packet before it was cut off
                del self._rest[:again]
                found.append(Sign.DAMAGED)
            elif end < 0 and len(self._rest) <= 2 * SIZE:
                break
            elif end < 0 or end > 2 * SIZE:
                del self._rest[: end if end > 0 else len(self._rest)]
                found.append(Sign.DAMAGED)
            elif len(self._rest) < end + 3:
                break
            else:
                found.append(
                    _packet(bytes(self._rest[1:end]), bytes(self._rest[end + 1 : end + 3]))
                )
                del self._rest[: end + 3]
        return found


def _packet(body: bytes, checksum: bytes) -> Packet | Sign:
    if any(digit not in _HEX for digit in checksum) or int(checksum, 16) != sum(body) & 0xFF:
        return Sign.DAMAGED
    payload = bytearray()
    position = 0
    while position < len(body):
        byte = body[position]
        if byte == _ESCAPE and position + 1 < len(body):
            position += 1
            byte = body[position] ^ 0x20
        payload.append(byte)
        position += 1
    return Packet(bytes(payload))
