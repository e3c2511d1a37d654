"""The firmware's serial mode, compiled for this machine, between a made-up network and a host."""

from __future__ import annotations

import ctypes
import random
import struct
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from studio.base import paths
from studio.chip.chip import load
from studio.firmware import toolchain
from studio.monitor.packets import Item, Packet, PacketParser, Ready, Text, encode

RUNTIME = paths.resource("firmware", "runtime")
SOURCES = ("serial_mode.c", "packet.c", "report.c", "timing.c", "print.c", "crc32.c")
CLOCK = 1_000_000  # cycles a second

HEADERS = {
    "chip.h": """
#include <stdint.h>
extern volatile uint32_t glue_clock;
#define CHIP_CLOCK_HZ 1000000u
#define CHIP_TIMER ((uintptr_t)&glue_clock)
#define CHIP_NPU 0u
""",
    "config.h": """
#define CONFIG_MODE_TESTSET 0
#define CONFIG_MODE_SERIAL 1
#define CONFIG_MODE_LIVE 0
#define CONFIG_TIMING 1
""",
    "network.h": """
#ifndef NETWORK_H
#define NETWORK_H
#include <stdint.h>
#define NETWORK_INPUTS 2u
#define NETWORK_OUTPUTS 1u
#define NETWORK_LAYERS 2u
struct network_tensor { uint8_t *data; uint32_t size; int is_unsigned; };
struct network_fault { const char *layer; uint32_t error; };
struct network_layer {
    const char *name;
    int (*run)(struct network_fault *fault);
    const struct network_tensor *inputs;
    uint32_t input_count;
    struct network_tensor output;
};
extern const uint32_t network_tag;
extern const int network_classifies;
extern const uint32_t network_reset_every;
extern const struct network_tensor network_inputs[NETWORK_INPUTS];
extern const struct network_tensor network_outputs[NETWORK_OUTPUTS];
extern const struct network_layer network_layers[NETWORK_LAYERS];
int network_run(struct network_fault *fault);
void network_reset(void);
void network_layer_done(uint32_t index);
#endif
""",
}

# A network of two layers: the sum of both inputs and of the last output, then its negative. It
# fails for a first input of 13. Items of the line are bytes, or pauses of so many cycles.
GLUE = r"""
#include <setjmp.h>
#include "chip.h"
#include "network.h"
#include "modes.h"
#include "npu.h"
#include "uart.h"
volatile uint32_t glue_clock;
static uint8_t a[3], b[1], sum[3], out[3], state[3];
static const struct network_tensor ab[] = {{a, 3, 1}, {b, 1, 0}};
static const struct network_tensor middle[] = {{sum, 3, 0}};
const uint32_t network_tag = 0xabcdu, network_reset_every = 3;
const int network_classifies = 0;
const struct network_tensor network_inputs[] = {{a, 3, 1}, {b, 1, 0}};
const struct network_tensor network_outputs[] = {{out, 3, 0}};
static int first(struct network_fault *fault)
{
    fault->layer = "first \"layer\"";
    fault->error = 7;
    glue_clock += 100u + a[1];
    for (int i = 0; i < 3; i++) sum[i] = (uint8_t)(a[i] + b[0] + state[i]);
    return a[0] != 13;
}
static int second(struct network_fault *fault)
{
    (void)fault;
    glue_clock += 20;
    for (int i = 0; i < 3; i++) { out[i] = (uint8_t)-sum[i]; state[i] = sum[i]; }
    return 1;
}
const struct network_layer network_layers[] = {
    {"first \"layer\"", first, ab, 2, {sum, 3, 0}}, {"第二: 层", second, middle, 1, {out, 3, 0}}};
int network_run(struct network_fault *fault)
{
    for (uint32_t i = 0; i < 2; i++) {
        if (!network_layers[i].run(fault)) return 0;
        network_layer_done(i);
    }
    return 1;
}
void network_reset(void) { for (int i = 0; i < 3; i++) state[i] = 0; }
uint32_t npu_id(void) { return NPU_ID_VALUE; }
uint32_t npu_tag(void) { return network_tag; }

static const uint32_t *items, *end;
static uint8_t *text;
static uint32_t waited, room;
static jmp_buf over;
void uart_init(void) {}
void uart_put(char byte) { if (room == 0) longjmp(over, 2); room--; *text++ = (uint8_t)byte; }
static int ready(void)
{
    if (items != end && *items < 256u) return 1;
    glue_clock += 1000u;
    waited += 1000u;
    if (items != end && waited >= *items) { items++; waited = 0; }
    return 0;
}
uint32_t uart_take(uint8_t *to, uint32_t size)
{
    uint32_t count = 0;
    while (count < size && ready()) to[count++] = (uint8_t)*items++;
    return count;
}
uint8_t uart_get(void)
{
    while (!ready()) if (items == end) longjmp(over, 1);
    return (uint8_t)*items++;
}
/* Returns the bytes the board said, or -1 when they are too many. */
int glue_talk(const uint32_t *from, int count, uint8_t *to, int size)
{
    int why;
    items = from; end = from + count; text = to; room = (uint32_t)size; waited = 0;
    if ((why = setjmp(over)) == 0) serial_mode();
    return why == 1 ? size - (int)room : -1;
}
"""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The runtime's serial mode as a shared library of this machine."""
    folder = tmp_path_factory.mktemp("serial")
    for name, text in {**HEADERS, "glue.c": GLUE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    tools = toolchain.find("zig", load("wtm2101"))
    host = toolchain.Toolchain("zig", tools.command, (), tools.environment)
    target = folder / ("serial.dll" if sys.platform == "win32" else "serial.so")
    flags = ["-shared", "-fPIC", "-std=c99", "-O1", "-g0", "-Wall", "-Wextra", "-Werror"]
    sources = [str(RUNTIME / name) for name in SOURCES]
    arguments = [*flags, "-I.", f"-I{RUNTIME}", *sources, "glue.c", "-o", target.name]
    job: Any = SimpleNamespace(step=lambda *_: None)
    code, said = toolchain.call(host, arguments, folder, (0, 1, ""), job)
    assert code == 0, said
    return ctypes.CDLL(str(target))


def talk(board: ctypes.CDLL, *parts: bytes | float) -> list[Item]:
    """What the board says to these bytes and pauses (in seconds)."""
    items: list[int] = []
    for part in parts:
        items += part if isinstance(part, bytes) else [max(256, int(part * CLOCK))]
    line = (ctypes.c_uint32 * len(items))(*items)
    said = ctypes.create_string_buffer(1 << 20)
    count = board.glue_talk(line, len(items), said, len(said))
    assert count >= 0, "the board talks without end"
    parser = PacketParser()
    found = parser.feed(said.raw[:count]) + parser.flush()
    assert parser.damaged == 0
    return found


def sample(a: bytes, b: bytes) -> bytes:
    return encode("r_fb", a + b)


RESET = encode("cmd_", b"reset")
OK = Packet("cmd_", b"ok")


def net(*values: int) -> Packet:
    return Packet("nnet", bytes(value % 256 for value in values))


def test_samples_states_and_the_end(board: ctypes.CDLL) -> None:
    """States go on from sample to sample and are zeroed before every third."""
    one = sample(b"\x01\x02\x03", b"\x01")
    said = talk(board, RESET, b"\xcc\xcc", one, one, one, b"\xcc", one, encode("bye_"))
    first, second, third = net(-2, -3, -4), net(-4, -6, -8), net(-6, -9, -12)
    assert said[:8] == [OK, Ready(), Ready(), first, second, third, Ready(), first]
    lines = [item.line for item in said[8:] if isinstance(item, Text)]
    assert lines == [
        "image num:4",
        'first "layer": 102 us (102 cycles)',
        "第二: 层: 20 us (20 cycles)",
        "total: 122 us (122 cycles)",
        f"rate: {CLOCK / 123:.1f} samples/s",
        "done",
    ]


def test_what_is_in_here_and_how_long_it_takes(board: ctypes.CDLL) -> None:
    info, times = encode("cmd_", b"info"), encode("cmd_", b"times")
    some = [sample(bytes([1, n, 3]), b"\x00") for n in (0, 100, 60)]
    said = talk(board, RESET, info, times, *some, times)
    assert [item.text for item in said if isinstance(item, Packet) and item.kind == "cmd_"] == [
        "ok",
        "tag\t0000abcd\r\nclock\t1000000\r\nreset_every\t3\r\nnetwork\t3u 1s\t3s\r\n"
        'layer\t3u 1s\t3s\tfirst "layer"\r\nlayer\t3s\t3s\t第二: 层\r\n',
        "",
        'first "layer": 153 us (153 cycles, 100 to 200)\r\n第二: 层: 20 us (20 cycles)\r\n'
        "total: 173 us (173 cycles, 120 to 220)\r\nrate: 5780.3 samples/s\r\n",
    ]


def test_one_layer(board: ctypes.CDLL) -> None:
    first = encode("r_ly", struct.pack("<I", 0) + b"\x01\x02\xff\xff")
    second = encode("r_ly", struct.pack("<I", 1) + b"\x01\x80\x00")
    said = talk(board, RESET, first, second)
    assert said == [
        OK,
        Packet("n_ly", struct.pack("<I", 102) + b"\x00\x01\xfe"),
        Packet("n_ly", struct.pack("<I", 20) + b"\xff\x80\x00"),
    ]


GOOD = sample(b"\x00\x00\x05", b"\x00")


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ((GOOD[:-1] + b"\x01",), "the packet's checksum is wrong"),
        ((encode("r_fb", b"12345"),), "5 bytes, expected 4"),
        ((encode("r_fb", b""),), "0 bytes, expected 4"),
        ((encode("r_ly", b"123"),), "no layer is named"),
        ((encode("r_ly", struct.pack("<I", 2) + b"123"),), "there is no such layer"),
        ((encode("r_ly", struct.pack("<I", 1) + b"1234"),), "4 bytes, expected 3"),
        ((encode("r_mc", b"12345678"),), "unknown type of packet"),
        ((encode("cmd_", b"resets"),), "unknown command"),
        ((encode("cmd_", b"res"),), "unknown command"),
        ((encode("cmd_", b"reset and more"),), "unknown command"),
        ((sample(b"\x0d\x00\x00", b"\x00"),), 'npu error 7 in layer first "layer"'),
        ((GOOD[:5], 2.5), "the packet ends too early"),
        ((GOOD[:2], 2.5), "the packet ends too early"),
        ((GOOD[:-1], 2.5), "the packet ends too early"),
        ((encode("r_ly", b"12345")[:10], 2.5), "the packet ends too early"),
        ((b"r_fb\x00\x04\x00\x01" + bytes(99), 0.1), "the packet is too long"),
        ((b"r_fb\xff\xff\xff\xff", 0.1), "the packet is too long"),
        ((b"\x80garbage\xcc\xcc", 0.1), "this is no packet"),
        ((b"ab\xcc\xcc", 0.1), "this is no packet"),
    ],
)
def test_what_is_wrong_is_said_and_the_next_packet_heard(
    board: ctypes.CDLL, parts: tuple[bytes | float, ...], why: str
) -> None:
    said = talk(board, RESET, *parts, b"\xcc", GOOD)
    assert said[:3] == [OK, Text(f"error: {why}"), Ready()]
    assert said[3:] in ([net(0, 0, -5)], [net(0, 0, -10)]), "the samples before may count"


def test_slow_bytes_are_no_broken_packet(board: ctypes.CDLL) -> None:
    slow: list[bytes | float] = []
    for byte in GOOD:
        slow += [bytes([byte]), 1.5]
    assert talk(board, RESET, *slow) == [OK, net(0, 0, -5)]


def test_random_bytes_hang_nothing(board: ctypes.CDLL) -> None:
    """After anything at all, two and a half seconds of silence are enough."""
    chance = random.Random(0)
    for _ in range(200):
        parts: list[bytes | float] = []
        for _ in range(chance.randint(1, 6)):
            whole = chance.choice((GOOD, encode("cmd_", b"info"), chance.randbytes(40), b"\xcc"))
            damaged = bytearray(whole)
            if chance.random() < 0.5:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            parts.append(bytes(damaged[: chance.randint(1, len(damaged))]))
            if chance.random() < 0.3:
                parts.append(chance.choice((0.001, 0.1, 2.5)))
        said = talk(board, *parts, 2.5, RESET, GOOD)
        assert said[-2:] == [OK, net(0, 0, -5)]
