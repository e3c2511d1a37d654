"""The GDB protocol: packets, commands on a processor made of dictionaries, and garbage."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ET

import pytest

from studio.emulator import gdb_packet, gdb_registers, gdb_stub
from studio.emulator.gdb_packet import Framer, Packet, Sign, encode
from studio.emulator.gdb_stub import Answer, Then, Watchpoint

STOP = gdb_stub.stopped(5)
ALL = len(gdb_registers.REGISTERS)


class Fake:
    """A processor with 64 bytes of memory at 0x1000."""

    def __init__(self) -> None:
        self.breakpoints: set[int] = set()
        self.watchpoints: frozenset[Watchpoint] = frozenset()
        self.values = [0x1000 + i for i in range(ALL)]
        self.memory = bytearray(range(64))
        self.resets = 0

    def read_register(self, number: int) -> int:
        return self.values[number]

    def write_register(self, number: int, value: int) -> None:
        self.values[number] = value

    def read_memory(self, address: int, size: int) -> bytes:
        return bytes(self.memory[address - 0x1000 :][:size]) if 0x1000 <= address < 0x1040 else b""

    def write_memory(self, address: int, data: bytes) -> bool:
        if not 0x1000 <= address <= 0x1040 - len(data):
            return False
        self.memory[address - 0x1000 : address - 0x1000 + len(data)] = data
        return True

    def reset(self) -> None:
        self.resets += 1

    def trap(self) -> str:
        return "store to 0x00000010"


def ask(fake: Fake, command: bytes) -> bytes:
    answer = gdb_stub.answer(command, fake, STOP)
    assert answer.then is Then.WAIT
    assert answer.reply is not None
    return answer.reply


def test_a_packet_goes_through_the_wire() -> None:
    assert encode(b"OK") == b"$OK#9a"
    for payload in (b"", b"m0,4", bytes(range(256)), b"}#$*" * 9):
        data = b"+junk" + encode(payload) + b"\x03-"
        whole = Framer().feed(data)
        assert whole == [Sign.ACK, Packet(payload), Sign.INTERRUPT, Sign.NACK]
        framer = Framer()
        assert [item for byte in data for item in framer.feed(bytes((byte,)))] == whole


def test_damage_is_told_and_the_next_packet_is_read() -> None:
    good = encode(b"g")
    assert Framer().feed(b"$g#00" + good) == [Sign.DAMAGED, Packet(b"g")]
    assert Framer().feed(b"$g#zz" + good) == [Sign.DAMAGED, Packet(b"g")]
    assert Framer().feed(b"$m0" + good) == [Sign.DAMAGED, Packet(b"g")]  # cut off
    framer = Framer()
    found = [item for _ in range(100) for item in framer.feed(b"$" + b"a" * 5000)]
    assert found
    assert set(found) == {Sign.DAMAGED}
    assert framer.feed(good)[-1] == Packet(b"g")
    framer = Framer()
    assert framer.feed(b"$" + b"a" * (3 * gdb_packet.SIZE)) == [Sign.DAMAGED]  # without an end
    assert framer.feed(good) == [Packet(b"g")]


def test_registers() -> None:
    fake = Fake()
    words = ask(fake, b"g")
    assert len(words) == 8 * ALL
    assert words[:16] == b"0010000001100000"
    assert ask(fake, b"p20") == b"20100000"  # pc is number 32
    assert ask(fake, b"P1=78563412") == b"OK"
    assert fake.values[1] == 0x12345678
    assert ask(fake, b"G" + b"0f000000" * ALL) == b"OK"
    assert fake.values == [15] * ALL
    for wrong in (b"pff", b"p", b"p-1", b"P1=123456", b"P1", b"Pff=00000000", b"G123456", b"Gx"):
        assert ask(fake, wrong) == b"E01", wrong


def test_the_target_description_names_every_register_once() -> None:
    fake = Fake()
    text, offset = b"", 0
    while True:
        part = ask(fake, b"qXfer:features:read:target.xml:%x,100" % offset)
        text, offset = text + part[1:], offset + len(part) - 1
        if part[:1] == b"l":
            break
        assert len(part) == 257
    root = ET.fromstring(text)
    assert root.findtext("architecture") == "riscv:rv32"
    found = [(r.get("regnum"), r.get("name"), r.get("bitsize")) for r in root.iter("reg")]
    assert found == [(str(i), name, "32") for i, name in enumerate(gdb_registers.REGISTERS)]
    assert len(set(gdb_registers.REGISTERS)) == ALL
    assert {f.get("name") for f in root.iter("feature")} == {
        "org.gnu.gdb.riscv.cpu",
        "org.gnu.gdb.riscv.fpu",
        "org.gnu.gdb.riscv.csr",
    }
    assert ask(fake, b"qXfer:features:read:target.xml:ffff,100") == b"l"
    assert ask(fake, b"qXfer:features:read:other.xml:0,100") == b"E00"


def test_memory() -> None:
    fake = Fake()
    assert ask(fake, b"m1000,4") == b"00010203"
    assert ask(fake, b"m103e,10") == b"3e3f"  # as much as there is
    assert ask(fake, b"m2000,4") == b"E0e"
    assert ask(fake, b"M1001,2:aabb") == b"OK"
    assert ask(fake, b"X1003,3:#}$") == b"OK"
    assert bytes(fake.memory[:7]) == b"\x00\xaa\xbb#}$\x06"
    assert ask(fake, b"X0,0:") == b"OK"  # gdb asks this way whether X is known
    assert ask(fake, b"M103f,2:aabb") == b"E0e"
    for wrong in (
        b"m",
        b"m0",
        b"m0,0,0",
        b"mfffffff0,20",
        b"M1000,2:aa",
        b"M1000,1:zz",
        b"X1000,1",
    ):
        assert ask(fake, wrong) == b"E01", wrong


def test_breakpoints_and_watchpoints() -> None:
    fake = Fake()
    for kind in (b"0", b"1"):
        assert ask(fake, b"Z" + kind + b",1002,2") == b"OK"
        assert fake.breakpoints == {0x1002}
        assert ask(fake, b"z" + kind + b",1002,4") == b"OK"
        assert not fake.breakpoints
    assert ask(fake, b"Z0,1003,2") == b"E0e"
    assert ask(fake, b"Z0,9000,2") == b"E0e"
    assert ask(fake, b"Z5,1000,2") == b""
    for kind, name in ((b"2", "watch"), (b"3", "rwatch"), (b"4", "awatch")):
        assert ask(fake, b"Z" + kind + b",1004,4") == b"OK"
        (own,) = fake.watchpoints
        assert (own.address, own.size, own.name) == (0x1004, 4, name)
        assert ask(fake, b"z" + kind + b",1004,4") == b"OK"
        assert not fake.watchpoints
    assert ask(fake, b"Z2,103e,4") == b"E0e"


@pytest.mark.parametrize(
    ("command", "then", "pc"),
    [
        (b"c", Then.CONTINUE, None),
        (b"c1000", Then.CONTINUE, 0x1000),
        (b"s", Then.STEP, None),
        (b"C05", Then.CONTINUE, None),
        (b"S0b;1008", Then.STEP, 0x1008),
        (b"vCont;c", Then.CONTINUE, None),
        (b"vCont;C05:1;c", Then.CONTINUE, None),
        (b"vCont;s:2;c:-1", Then.CONTINUE, None),
        (b"vCont;s:1;c", Then.STEP, None),
        (b"k", Then.KILL, None),
    ],
)
def test_going_on(command: bytes, then: Then, pc: int | None) -> None:
    fake = Fake()
    assert gdb_stub.answer(command, fake, STOP) == Answer(None, then)
    assert fake.values[32] == (0x1020 if pc is None else pc)


def test_steps_in_a_range_detach_and_the_rest() -> None:
    fake = Fake()
    answer = gdb_stub.answer(b"vCont;r1000,1010:1", fake, STOP)
    assert answer == Answer(None, Then.STEP, (0x1000, 0x1010))
    assert gdb_stub.answer(b"D;1", fake, STOP) == Answer(b"OK", Then.DETACH)
    assert gdb_stub.answer(b"QStartNoAckMode", fake, STOP) == Answer(b"OK", Then.NO_ACK)
    assert ask(fake, b"?") == STOP == b"T05thread:1;"
    assert b"PacketSize=4000;" in ask(fake, b"qSupported:swbreak+")
    assert ask(fake, b"vMustReplyEmpty") == ask(fake, b"qCRC:0,4") == ask(fake, b"") == b""
    assert (ask(fake, b"qfThreadInfo"), ask(fake, b"qsThreadInfo")) == (b"m1", b"l")
    assert ask(fake, b"vCont;x") == b"E01"


def test_monitor() -> None:
    fake = Fake()

    def say(words: str) -> str:
        return bytes.fromhex(ask(fake, b"qRcmd," + words.encode().hex().encode()).decode()).decode()

    assert "first instruction" in say("reset halt")
    assert "first instruction" in say("reset")
    assert fake.resets == 2
    assert say("trap") == "store to 0x00000010\n"
    assert all(word in say("help") for word in ("reset", "halt", "trap"))
    assert say("nonsense") == say("help")
    assert fake.resets == 2


def test_garbage_is_answered_and_never_raises() -> None:
    """Random payloads, and commands with random ends, on the stub and on the wire."""
    source = random.Random(6)
    starts = [prefix for prefix, _ in gdb_stub._COMMANDS]
    fake = Fake()
    for _ in range(20_000):
        tail = bytes(source.choices(b"0123456789abcdef,;:=-xT\x00\xff}", k=source.randrange(12)))
        payload = source.choice((*starts, b"")) + tail
        answer = gdb_stub.answer(payload, fake, STOP)
        assert answer.reply is None or re.fullmatch(rb"[ -~\n]*", answer.reply), payload
        fake.breakpoints.clear()
        assert Framer().feed(encode(payload)) == [Packet(payload)]
    framer = Framer()
    for _ in range(2000):
        for item in framer.feed(source.randbytes(source.randrange(400))):
            assert isinstance(item, Packet | Sign)
    assert len(framer._rest) <= 3 * gdb_packet.SIZE
