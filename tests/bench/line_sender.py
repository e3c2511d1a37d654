"""A board that never tires: lines at a steady rate into a terminal.

``python -m tests.bench.line_sender TERMINAL SECONDS MEGABYTES_A_SECOND [values|samples|packets]``.
Waits for a line on its standard input, sends, and prints what it sent as JSON: bytes, lines,
seconds, sha256.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sys
import time

SLICE = 0.005  # seconds


def lines() -> bytes:
    """Half a megabyte of values that change, in the forms boards print most."""
    found = []
    for i in range(16_000):
        wave = 20 + 5 * math.sin(i / 300)
        found.append(f"temp:{wave:.2f}")
        found.append(f"x:{i % 97},y:{i % 31}")
        if i % 400 == 0:
            found.append(f"status: loop {i} is fine")
    return "".join(f"{line}\r\n" for line in found).encode()


def samples() -> bytes:
    """Three megabytes of results of labelled samples, as our firmware prints them."""
    found, right = [], 0
    for i in range(40_000):
        label = i % 10
        result = label if i % 17 else (label + i // 17) % 10
        right += result == label
        outputs = " ".join(str(90 if digit == result else i % 23 - 30) for digit in range(10))
        found.append(
            f"sample:{i},label:{label},result:{result},ratio:{right / (i + 1):.6f},"
            f"crc:{i * 2654435761 % (1 << 32):08x},out:{outputs}"
        )
    return "".join(f"{line}\r\n" for line in found).encode()


def audio() -> bytes:
    """A second of sound at 16 kHz in packets of 10 ms."""
    from studio.monitor import packets  # noqa: PLC0415 - only here

    found = []
    for start in range(0, 16_000, 160):
        wave = [round(9000 * math.sin(i * (0.1 + i / 90_000))) for i in range(start, start + 160)]
        data = b"".join(value.to_bytes(2, "little", signed=True) for value in wave)
        found.append(packets.encode(packets.AUDIO, data, to_board=False))
    return b"".join(found)


KINDS = {"values": lines, "samples": samples, "packets": audio}


def main() -> None:
    """Send; the end of the last slice may cut a line."""
    terminal, seconds, rate = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]) * 1e6
    piece = KINDS[sys.argv[4] if len(sys.argv) > 4 else "values"]()
    piece += piece  # a slice that begins in the first half lies within both
    half = len(piece) // 2
    digest, sent, count = hashlib.sha256(), 0, 0
    file = os.open(terminal, os.O_WRONLY | os.O_NOCTTY)
    sys.stdin.readline()
    start = time.monotonic()
    while (now := time.monotonic() - start) < seconds:
        wanted = int(now * rate) - sent
        while wanted > 0:
            begin = sent % half
            data = piece[begin : begin + min(wanted, 1 << 15)]
            done = os.write(file, data)
            digest.update(data[:done])
            count += data[:done].count(b"\n")
            sent += done
            wanted -= done
        time.sleep(SLICE)
    taken = time.monotonic() - start
    print(
        json.dumps({"bytes": sent, "lines": count, "seconds": taken, "sha256": digest.hexdigest()})
    )


if __name__ == "__main__":
    main()
