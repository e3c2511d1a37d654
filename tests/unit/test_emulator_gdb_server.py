"""The GDB server on a machine that runs: what a debugger sees and what it does, over a socket."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from studio.base.errors import PortError
from studio.chip.chip import Chip
from studio.emulator import elf, gdb_registers, gdb_stub
from studio.emulator.gdb import Debugger
from studio.emulator.gdb_packet import Framer, Packet, Sign, encode
from studio.emulator.gdb_target import MachineTarget
from studio.emulator.machine import Machine, Stop
from studio.emulator.npu import Npu
from studio.formats.map_csv import Cells
from tests.unit.test_emulator_elf import build

PROGRAM = r"""
volatile u32 counter;
__attribute__((noinline)) void tick(void) { counter += 1; }
__attribute__((noinline)) void crash(void) { REG(0x30000000u) = 1; }
int main(void) {
    print("one\n");
    for (;;) tick();
    crash();
}
"""
OTHER = 'int main(void) { print("two\\n"); return 0; }'


@pytest.fixture(scope="module")
def npu(chip: Chip) -> Npu:
    array = chip.array
    shape, strip = (array.rows, array.columns), (array.bias_rows, array.columns)
    cells, bias = np.zeros(shape, np.int16), np.zeros(strip, np.int16)
    return Npu(chip, [Cells(cells, np.zeros(shape, bool), bias, np.zeros(strip, bool))], tag=1)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory, chip: Chip) -> list[elf.Program]:
    folder = tmp_path_factory.mktemp("gdb")
    sources = (PROGRAM, OTHER)
    return [elf.load(build(folder / str(i), text), chip) for i, text in enumerate(sources)]


class Board:
    """A machine on a thread, as the runner runs it, and what it sent."""

    def __init__(self, chip: Chip, program: elf.Program, npu: Npu, *, compiled: bool) -> None:
        self.sent = bytearray()
        self.program = program
        self.machine = Machine(chip, program, npu, self.sent.extend, watch=0, compiled=compiled)
        self.debugger = Debugger(0, self.machine, lambda: None, hold=True)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._end.is_set():
            if self.debugger.attend() and not self.debugger.caught(self.machine.run(200_000)):
                time.sleep(0.001)

    def address(self, name: str) -> int:
        return next(one.start for one in self.program.symbols if one.name == name)

    def close(self) -> None:
        self._end.set()
        self._thread.join(10)
        self.debugger.close()
        assert not self._thread.is_alive()


@pytest.fixture(params=[True, False], ids=["compiled", "python"])
def board(
    request: pytest.FixtureRequest, chip: Chip, programs: list[elf.Program], npu: Npu
) -> Iterator[Board]:
    found = Board(chip, programs[0], npu, compiled=request.param)
    yield found
    found.close()


class Client:
    """The debugger's side, acknowledging every packet."""

    def __init__(self, board: Board) -> None:
        self.socket = socket.create_connection(("127.0.0.1", board.debugger.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._framer = Framer()
        self._items: list[Packet | Sign] = []

    def next(self) -> Packet | Sign:
        while not self._items:
            data = self.socket.recv(4096)
            assert data, "the server has gone"
            self._items += self._framer.feed(data)
        return self._items.pop(0)

    def hear(self) -> bytes:
        """The next packet's payload."""
        item = self.next()
        while not isinstance(item, Packet):
            assert item is Sign.ACK
            item = self.next()
        self.socket.sendall(b"+")
        return item.payload

    def say(self, payload: bytes) -> None:
        self.socket.sendall(encode(payload))

    def ask(self, payload: bytes) -> bytes:
        self.say(payload)
        return self.hear()

    def pc(self) -> int:
        return int.from_bytes(bytes.fromhex(self.ask(b"p20").decode()), "little")

    def close(self) -> None:
        self.socket.close()


@pytest.fixture
def client(board: Board) -> Iterator[Client]:
    found = Client(board)
    yield found
    found.close()


def until(what: object, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.005)


def test_nothing_runs_before_the_debugger_says_so(board: Board, client: Client) -> None:
    assert client.ask(b"?") == b"T05thread:1;"
    assert client.pc() == board.program.entry
    assert board.machine.stats().instructions == 0
    client.say(b"s")
    assert client.hear() == b"T05thread:1;"
    assert client.pc() == board.program.entry + 4  # la sp begins with auipc
    assert board.machine.stats().instructions == 1
    client.say(b"c")
    until(lambda: b"one\n" in board.sent)


def test_a_breakpoint_a_range_of_steps_and_a_watchpoint(board: Board, client: Client) -> None:
    tick = board.address("tick")
    assert client.ask(b"Z0,%x,2" % tick) == b"OK"
    assert client.ask(b"vCont;c") == b"T05thread:1;"
    assert client.pc() == tick
    assert client.ask(b"c") == b"T05thread:1;"  # goes on from the breakpoint to its next time
    assert client.pc() == tick
    assert client.ask(b"z0,%x,2" % tick) == b"OK"
    # Steps while it is inside of tick: the next one is the caller's.
    end = next(one for one in board.program.symbols if one.name == "tick").size + tick
    assert client.ask(b"vCont;r%x,%x:1" % (tick, end)) == b"T05thread:1;"
    main = next(one for one in board.program.symbols if one.name == "main")
    assert main.start <= client.pc() < main.start + main.size
    counter = board.address("counter")
    before = client.ask(b"m%x,4" % counter)
    assert client.ask(b"Z2,%x,4" % counter) == b"OK"
    assert client.ask(b"c") == b"T05thread:1;watch:%x;" % counter
    assert tick <= client.pc() < end
    assert client.ask(b"m%x,4" % counter) != before
    assert client.ask(b"z2,%x,4" % counter) == b"OK"


def test_interrupt_detach_and_come_again(board: Board) -> None:
    first = Client(board)
    first.say(b"c")
    until(lambda: b"one\n" in board.sent)
    first.socket.sendall(b"\x03")
    assert first.hear() == b"T02thread:1;"
    count = board.machine.stats().instructions
    time.sleep(0.05)
    assert board.machine.stats().instructions == count
    assert first.ask(b"Z0,%x,2" % board.address("tick")) == b"OK"
    other = Client(board)  # turned away
    assert other.socket.recv(1) == b""
    other.close()
    assert first.ask(b"D;1") == b"OK"
    until(lambda: board.machine.stats().instructions > count + 100_000)
    first.close()
    until(lambda: not board.debugger.attached)
    again = Client(board)
    assert again.ask(b"?") == b"T02thread:1;"
    assert not board.machine.breakpoints
    count = board.machine.stats().instructions
    again.close()  # gone without a word: the firmware runs on
    until(lambda: board.machine.stats().instructions > count + 100_000)


def test_lost_and_damaged_packets_come_again(board: Board, client: Client) -> None:
    client.socket.sendall(b"$?#00")
    assert client.next() is Sign.NACK
    client.say(b"?")
    assert client.next() is Sign.ACK
    answer = client.next()
    client.socket.sendall(b"-")
    assert client.next() == answer
    client.socket.sendall(b"+")
    assert client.ask(b"QStartNoAckMode") == b"OK"
    client.say(b"qC")
    assert client.next() == Packet(b"QC1")  # no + before it


def test_a_trap_is_shown_and_may_be_repaired(board: Board, client: Client) -> None:
    assert client.ask(b"Z0,%x,2" % board.address("main")) == b"OK"
    assert client.ask(b"c") == b"T05thread:1;"
    crash = board.address("crash")
    assert client.ask(b"P20=" + crash.to_bytes(4, "little").hex().encode()) == b"OK"
    for _ in range(2):  # going on tries the same store again
        client.say(b"c")
        told = client.hear()
        assert told[:1] == b"O"
        assert (
            "store to 0x30000000 outside every memory" in bytes.fromhex(told[1:].decode()).decode()
        )
        assert client.hear() == b"T0bthread:1;"
        assert crash <= client.pc() < crash + 32
    told = client.ask(b"qRcmd," + b"trap".hex().encode())
    assert b"store to 0x30000000" in bytes.fromhex(told.decode())
    assert client.ask(b"P20=" + board.address("main").to_bytes(4, "little").hex().encode()) == b"OK"
    assert client.ask(b"z0,%x,2" % board.address("main")) == b"OK"
    client.say(b"c")
    until(lambda: b"one\n" in board.sent)
    assert board.machine.trap is None


def test_another_program_is_loaded_and_outlives_a_reset(
    board: Board, client: Client, programs: list[elf.Program]
) -> None:
    client.say(b"c")
    until(lambda: b"one\n" in board.sent)
    client.socket.sendall(b"\x03")
    assert client.hear() == b"T02thread:1;"
    for segment in programs[1].segments:
        head = b"X%x,%x:" % (segment.address, len(segment.data))
        assert client.ask(head + segment.data) == b"OK"
        size = len(segment.data)
        assert client.ask(b"m%x,%x" % (segment.address, size)) == segment.data.hex().encode()
    assert client.ask(b"P20=" + programs[1].entry.to_bytes(4, "little").hex().encode()) == b"OK"
    board.sent.clear()
    client.say(b"c")  # as gdb's "load" and "continue", without a reset between them
    until(lambda: board.sent == b"two\n")
    client.socket.sendall(b"\x03")
    assert client.hear() == b"T02thread:1;"
    assert board.machine.program.segments[0].data.startswith(programs[1].segments[0].data)
    board.sent.clear()
    assert b"first" in bytes.fromhex(client.ask(b"qRcmd," + b"reset".hex().encode()).decode())
    assert client.pc() == programs[1].entry
    client.say(b"k")  # starts afresh once more, without a debugger
    until(lambda: board.sent == b"two\n")
    until(lambda: not board.debugger.attached)


def test_registers_of_the_machine(board: Board, client: Client) -> None:
    names = gdb_registers.REGISTERS
    for name, value in (("t0", 0x12345678), ("fa0", 0x3FC00000), ("mscratch", 7), ("mepc", 0x40)):
        number, data = names.index(name), value.to_bytes(4, "little").hex().encode()
        assert client.ask(b"P%x=" % number + data) == b"OK"
        assert client.ask(b"p%x" % number) == data
    every = client.ask(b"g").decode()
    values = [int.from_bytes(bytes.fromhex(every[i : i + 8]), "little") for i in range(0, 600, 8)]
    assert values[names.index("fa0")] == 0x3FC00000
    assert values[names.index("zero")] == 0
    assert client.ask(b"P0=01000000") == b"OK"
    assert client.ask(b"p0") == b"00000000"


def test_garbage_neither_stops_the_server_nor_the_processor(board: Board) -> None:
    source = random.Random(60)
    commands = b"?gGpPmMXcCsSzZkDRHTqv!"
    for round_ in range(12):
        client = Client(board)
        client.socket.settimeout(0.02)
        with contextlib.suppress(OSError):  # a kill among it ends the connection
            for _ in range(25):
                if round_ % 2:
                    client.socket.sendall(source.randbytes(source.randrange(1, 600)))
                else:
                    tail = bytes(source.choices(b"0123456789abcdef,;:=", k=source.randrange(16)))
                    client.socket.sendall(encode(bytes((source.choice(commands),)) + tail))
                if source.random() < 0.2:
                    client.socket.sendall(b"\x03")
            while client.socket.recv(1 << 16):
                pass
        client.close()
        until(lambda: not board.debugger.attached)
    client = Client(board)
    assert client.ask(b"?").startswith(b"T")
    assert len(client.ask(b"g")) == 8 * len(gdb_registers.REGISTERS)
    client.close()


def test_a_port_in_use(board: Board) -> None:
    with pytest.raises(PortError, match=f"cannot listen on port {board.debugger.port}"):
        Debugger(board.debugger.port, board.machine, lambda: None)


def test_random_registers_and_code_raise_nothing(
    chip: Chip, programs: list[elf.Program], npu: Npu
) -> None:
    """Whatever a debugger writes, the processor runs into a trap at worst."""
    source = random.Random(7)
    machine = Machine(chip, programs[0], npu, lambda _data: None, watch=0)
    target = MachineTarget(machine)

    def say(command: bytes) -> None:
        gdb_stub.answer(command, target, b"")

    for _ in range(150):
        for number in source.sample(range(len(gdb_registers.REGISTERS)), 4):
            values = (
                0,
                1,
                3,
                0xFFFF_FFFF,
                source.getrandbits(32),
                0x2000_0000,
                source.getrandbits(9),
            )
            say(b"P%x=" % number + source.choice(values).to_bytes(4, "little").hex().encode())
        address = source.choice((0, 0x2000_0000)) + source.getrandbits(9)
        say(b"X%x,4:" % address + source.randbytes(4))
        say(b"Z%d,%x,2" % (source.randrange(5), source.getrandbits(9)))
        target.resume()
        stop = machine.step() if source.random() < 0.5 else machine.run(source.choice((9, 5000)))
        assert isinstance(stop, Stop)
        assert (stop is Stop.TRAP) == (machine.trap is not None)
        say(b"g")
        target.watched()
        if source.random() < 0.1:
            machine.breakpoints.clear()
            target.watchpoints = frozenset()
            target.reset()
            assert machine.registers()[gdb_registers.PC] == machine.program.entry
