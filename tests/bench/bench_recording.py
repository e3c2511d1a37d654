"""How fast a connection is recorded, opened, searched and read again.

    python -m tests.bench.bench_recording [--seconds 60] [--folder DIR]

Simulates a line of 3 MB/s read a millisecond at a time, written as fast as it goes: packed text as
the demos print it, and random bytes, which cannot be packed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from studio.monitor.chunk import Chunk
from studio.monitor.recording import PART_BYTES, Recorder
from studio.monitor.recording_file import Header
from studio.monitor.replay import load

SIZE = 3000  # bytes a chunk
NOW = 1_795_000_000.0


def text() -> Callable[[], bytes]:
    draw = random.Random(1)
    lines = b"".join(
        b"sample:%d,label:%d,result:%d,crc:%08x\r\n"
        % (n, draw.randrange(10), draw.randrange(10), draw.randrange(1 << 32))
        for n in range(20_000)
    )
    return lambda: lines[(at := draw.randrange(len(lines) - SIZE)) : at + SIZE]


def noise() -> Callable[[], bytes]:
    draw = random.Random(2)
    return lambda: draw.randbytes(SIZE)


def measure(what: str, data: Callable[[], bytes], seconds: int, folder: Path) -> None:
    chunks = [Chunk(NOW + n / 1000, data()) for n in range(1000 * seconds)]
    size = SIZE * len(chunks)
    pauses = []
    start, cpu = time.perf_counter(), time.process_time()
    with Recorder(folder / what, Header(port="COM10", baud=921600)) as recorder:
        for chunk in chunks:
            before = time.perf_counter()
            recorder.write(chunk)
            pauses.append(time.perf_counter() - before)
            while recorder._queued > 16 << 20:
                time.sleep(0.001)
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    assert recorder.lost == 0 and recorder.error is None
    pauses.sort()
    written = sum(file.stat().st_size for file in recorder.files)
    print(
        f"{what}: {size / took / 1e6:.0f} MB/s, {1e6 * cpu / len(chunks):.1f} us of processor a "
        f"chunk ({100 * cpu / seconds:.1f} % of one at 3 MB/s), write() {1e6 * pauses[-1]:.0f} us "
        f"at most, {1e6 * pauses[len(pauses) * 99 // 100]:.1f} us in 99 of 100; "
        f"{written / size:.3f} bytes a byte, {len(recorder.files)} files of {PART_BYTES >> 20} MiB"
    )
    start = time.perf_counter()
    found = load(recorder.files[0])
    opened = time.perf_counter() - start
    seeks = []
    for part in (0.1, 0.5, 0.9):
        start = time.perf_counter()
        next(found.read(NOW + part * seconds))
        seeks.append(time.perf_counter() - start)
    start = time.perf_counter()
    count = sum(1 for _ in found.read())
    took = time.perf_counter() - start
    kept = count / len(chunks)
    print(
        f"  open {1000 * opened:.0f} ms, seek {1000 * max(seeks):.1f} ms at most, "
        f"read {SIZE * count / took / 1e6:.0f} MB/s, {count / took / 1000:.0f} k chunks/s, "
        f"{100 * kept:.0f} % kept"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=asked.folder))
    try:
        measure("text", text(), asked.seconds, folder)
        measure("noise", noise(), asked.seconds, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
