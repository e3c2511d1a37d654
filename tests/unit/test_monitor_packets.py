"""The serial packets: bytes as the maker states them, and a parser nothing upsets."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest

from studio.monitor import packets
from studio.monitor.packets import Item, Packet, PacketParser, Ready, Text, encode


def parse(data: bytes, step: int | None = None, **options: object) -> list[Item]:
    parser = PacketParser(**options)  # type: ignore[arg-type]
    step = step or max(1, len(data))
    items = [item for i in range(0, len(data), step) for item in parser.feed(data[i : i + step])]
    return items + parser.flush()


def test_the_bytes_are_those_of_the_maker() -> None:
    """Lengths to the board big endian, back little endian; checksums little endian both ways."""
    payload = bytes([255]) * 300
    total = struct.pack("<I", 255 * 300)
    assert encode("r_fb", payload) == b"r_fb\x00\x00\x01\x2c" + payload + total
    assert encode("nnet", payload, to_board=False) == b"nnet\x2c\x01\x00\x00" + payload + total
    assert encode("bye_") == b"bye_" + bytes(8)
    for kind, data in (("nope", b""), ("r_fb", bytes(packets.MAX_PAYLOAD + 1))):
        with pytest.raises(ValueError, match="no packet"):
            encode(kind, data)


@pytest.mark.parametrize("to_board", [False, True])
@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_packets_among_lines_come_apart_however_they_arrive(to_board: bool, step: int) -> None:
    ready = packets.SYNC if to_board else packets.READY
    data = (
        b"uart ok\r\ntag:0000beef\r\n"
        + ready * 2
        + encode("nnet", b"\x01\xff\r\n", to_board)
        + encode("cmd_", "id=1 词".encode(), to_board)
        + b"error: cmd_ unknown\nhalf a line"
        + encode("bye_", b"", to_board)
        + ready
        + b"\r\nnnet"
    )
    assert parse(data, step, to_board=to_board) == [
        Text("uart ok"),
        Text("tag:0000beef"),
        Ready(),
        Ready(),
        Packet("nnet", b"\x01\xff\r\n"),
        Packet("cmd_", "id=1 词".encode()),
        Text("error: cmd_ unknown"),
        Text("half a line"),
        Packet("bye_", b""),
        Ready(),
        Text(""),
        Text("nnet"),
    ]


def test_damage_is_counted_and_what_follows_is_found() -> None:
    good = encode("nnet", b"abc", to_board=False)
    bad = good[:-1] + b"\x01"
    parser = PacketParser()
    items = parser.feed(bad + good)
    assert parser.damaged == 1
    assert items[-1] == Packet("nnet", b"abc")
    # A length that was hit: the parser waits, and gives it up when it is told that no more comes.
    late = PacketParser()
    assert late.feed(b"nnet\x00\x00\x01\x00" + good) == []
    assert late.waiting == 8 + len(good)
    assert late.flush()[-1] == Packet("nnet", b"abc")
    assert late.waiting == 0


def test_what_packets_hold() -> None:
    assert Packet("nnet", b"\xff\x7f").values.tolist() == [-1, 127]
    assert Packet("r_fb", b"\xff\x7f").values.tolist() == [255, 127]
    assert Packet("r_mc", b"\xff\xff\x01").values.tolist() == [-1]
    assert Packet("log_", struct.pack("<2f", 0.5, -2)).values.tolist() == [0.5, -2]
    assert Packet("cmd_", b"id=1 word=2 score=0.5").text == "id=1 word=2 score=0.5"


def test_random_streams_come_back_whole() -> None:
    """Random packets and lines, cut anywhere; their payloads often hold a packet's beginning."""
    chance = random.Random(0)
    for _ in range(60):
        wanted: list[Item] = []
        data = b""
        for _ in range(chance.randint(1, 12)):
            if chance.random() < 0.3:
                line = "".join(chance.choices("abc :,nnet_", k=chance.randint(1, 30)))
                wanted.append(Text(line))
                data += line.encode() + b"\r\n"
                continue
            kind = chance.choice(packets.KINDS)
            payload = chance.choice((b"", b"nnet", encode("cmd_", b"x", False)))
            payload += chance.randbytes(chance.randint(0, 90))
            wanted.append(Packet(kind, payload))
            data += encode(kind, payload, to_board=False)
        assert parse(data, chance.randint(1, 40)) == wanted


def test_garbage_is_bounded_in_memory_and_hides_no_later_packet() -> None:
    chance = np.random.default_rng(0)
    good = encode("nnet", b"after all", to_board=False)
    for limit in (64, 4096):
        parser = PacketParser(max_payload=limit)
        for _ in range(50):
            words = [b"nnet" + struct.pack("<I", int(n)) for n in chance.integers(0, 2 * limit, 40)]
            parser.feed(b"".join(words) + chance.bytes(1000))
            assert parser.waiting <= limit + 12
        # At most one false packet is open: its length of other bytes ends it.
        items = parser.feed(bytes(limit + 12) + good)
        assert items[-1] == Packet("nnet", b"after all")


def test_overlapping_false_packets_take_no_time() -> None:
    """A quarter of a megabyte of beginnings, each as long as all the rest."""
    word = b"nnet" + struct.pack("<I", 1 << 17)
    parser = PacketParser()
    parser.feed(word * (1 << 15))
    parser.flush()
    assert parser.damaged > 10_000
