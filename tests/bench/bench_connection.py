"""How many bytes a second a connection takes from a terminal, and what that costs.

``python -m tests.bench.bench_connection [SECONDS]``. A process writes blocks into one end of a
pseudo terminal, paced or as fast as they are taken; the other end is read by a connection whose
sink counts and whose queue is taken 60 times a second, as a window would. Says bytes a second,
chunks a second, the processor time of the reading process, and what was dropped (nothing).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from studio.monitor.chunk import Chunk
from studio.monitor.connection import Connection
from studio.monitor.port import Line

SENDER = """
import os, sys, time
rate, seconds = float(sys.argv[1]), float(sys.argv[2])
line = b"sample:0,label:7,result:7,ratio:1.000000,crc:1a2b3c4d\\r\\n"
block = line * 500
begin, sent = time.monotonic(), 0
while time.monotonic() < begin + seconds:
    rest = block
    while rest:
        rest = rest[os.write(1, rest):]
    sent += len(block)
    if rate:
        time.sleep(max(0.0, begin + sent / rate - time.monotonic()))
print(sent, file=sys.stderr)
"""


def measure(rate: float, seconds: float) -> str:
    """One run at ``rate`` bytes a second, 0 for as fast as it goes."""
    board, port = os.openpty()
    size = chunks = taken = 0

    def sink(chunk: Chunk) -> None:
        nonlocal size, chunks
        size += len(chunk.data) if chunk.kind == "in" else 0
        chunks += 1

    with Connection(os.ttyname(port), Line(3_000_000), (sink,)) as connection:
        begin, used = time.perf_counter(), time.process_time()
        with subprocess.Popen(
            [sys.executable, "-c", SENDER, str(rate), str(seconds)],
            stdout=board,
            stderr=subprocess.PIPE,
        ) as sender:
            while sender.poll() is None:
                time.sleep(1 / 60)
                taken += sum(len(one.data) for one in connection.take() if one.kind == "in")
            assert sender.stderr is not None
            sent = int(sender.stderr.read())
        wall, used = time.perf_counter() - begin, time.process_time() - used
        while size < sent:
            time.sleep(0.01)
        taken += sum(len(one.data) for one in connection.take() if one.kind == "in")
        lost = sent - size
        dropped = connection.counters.dropped
    os.close(port)
    os.close(board)
    assert taken + dropped == sent
    return (
        f"{size / wall / 1e6:6.2f} MB/s in {chunks / wall:6.0f} chunks/s,"
        f" {100 * used / wall:3.0f} % of a processor, {lost} lost, {dropped} dropped"
    )


def main() -> None:
    """Print one line for each rate."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    for name, rate in (("92 kB/s", 92_160.0), ("1 MB/s", 1e6), ("3 MB/s", 3e6), ("all", 0.0)):
        print(f"{name:>8}: {measure(rate, seconds)}", flush=True)


if __name__ == "__main__":
    main()
