"""expected_in.bin and expected_out.bin: what each block must answer to known inputs.

Both hold little-endian int16 (CHIP.md, exact). expected_in.bin: the frame count N, then for
each line of layers.txt N frames of that block's inputs, [N, rows], as the rows receive them
(0..255; doubled with PN; once for each stacked copy). expected_out.bin: for each block N frames
of the array's answer, [N, columns], before any Relu and before tiles are added; no header.

A frame is one round: one position of the layer's window, or several (mapper/copies.py). Which
frames does not matter to the format: the maker draws N of the calibration's at random, ours are
the first ones, walking over the rounds of the first sample, then of the second and so on
(studio/simulate/frames.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.base.errors import DataError
from studio.base.files import write_bytes
from studio.mapper.layout import Layout
from studio.simulate.frames import Frames

Int16 = npt.NDArray[np.int16]

IN = "expected_in.bin"
OUT = "expected_out.bin"
FRAMES_MAX = 32767  # the count is stored as int16


@dataclass(frozen=True)
class Expected:
    """Inputs [N, rows] and outputs [N, columns] of every block, int16."""

    inputs: tuple[Int16, ...]
    outputs: tuple[Int16, ...]

    @property
    def frames(self) -> int:
        """N."""
        return len(self.inputs[0]) if self.inputs else 0


def of_layout(layout: Layout, frames: Sequence[Frames]) -> Expected:
    """Frames of row tiles, cut to the columns of each block.

    Raises DataError when a tile of the layout has no frames.
    """
    known = {(frame.layer, frame.matrix, frame.tile): frame for frame in frames}
    inputs, outputs = [], []
    for block in layout.blocks:
        frame = known.get((block.layer, block.matrix, block.tile))
        if (
            frame is None
            or frame.points != block.points
            or frame.inputs.shape[1] * block.copies != block.rows
        ):
            raise DataError(
                f"no frames of {block.rows} rows for tile {block.tile} of matrix {block.matrix}",
                hint="The frames were made from another network than the layout.",
                where=block.layer,
            )
        inputs.append(np.tile(frame.inputs, (1, block.copies)))
        answers = frame.outputs.reshape(len(frame.outputs), block.points, -1)
        answers = answers[:, :, block.first_column : block.first_column + block.width]
        outputs.append(answers.reshape(len(frame.outputs), -1))
    return Expected(tuple(inputs), tuple(outputs))


def write(folder: Path, inputs: Sequence[Int16], outputs: Sequence[Int16]) -> None:
    """Write both files; ``inputs`` [N, rows] and ``outputs`` [N, columns], one pair a block.

    Raises DataError when the arrays' N differ or values are no int16, ProjectError when the
    folder is not writable.
    """
    counts = {len(frames) for frames in (*inputs, *outputs)}
    if len(counts) > 1 or len(inputs) != len(outputs):
        raise DataError(
            f"{len(inputs)} inputs and {len(outputs)} outputs with {sorted(counts)} frames, "
            "expected as many of each with one number of frames",
            where=str(folder),
        )
    count = counts.pop() if counts else 0  # no blocks at all: no frames
    if not bool(inputs) <= count <= FRAMES_MAX:
        raise DataError(f"{count} frames, must be 1..{FRAMES_MAX}", where=str(folder))
    header = np.array([count], "<i2").tobytes()
    write_bytes(folder / IN, header + b"".join(_bytes(frames, folder) for frames in inputs))
    write_bytes(folder / OUT, b"".join(_bytes(frames, folder) for frames in outputs))


def read(folder: Path, geometry: Sequence[tuple[int, int]]) -> Expected:
    """Read both files; ``geometry``: (rows, columns) of each block, as layers.txt has them.

    Raises DataError when a file is missing or its size does not match the geometry.
    """
    data = _numbers(folder / IN)
    count = int(data[0]) if len(data) else -1
    if count < bool(geometry):
        raise DataError(
            f"frame count {count}, must be at least 1" if len(data) else "the file is empty",
            where=str(folder / IN),
        )
    return Expected(
        inputs=_cut(data[1:], count, [rows for rows, _ in geometry], folder / IN),
        outputs=_cut(
            _numbers(folder / OUT), count, [columns for _, columns in geometry], folder / OUT
        ),
    )


def _bytes(frames: npt.NDArray[np.integer], folder: Path) -> bytes:
    limits = np.iinfo(np.int16)
    if frames.size and (frames.min() < limits.min or frames.max() > limits.max):
        raise DataError("a value is no 16-bit integer", where=str(folder))
    return frames.astype("<i2").tobytes()


def _numbers(path: Path) -> Int16:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot read the file: {error.strerror}",
            hint="Map the model again to write it.",
            where=str(path),
        ) from error
    if len(data) % 2:
        raise DataError(f"{len(data)} bytes are no 16-bit numbers", where=str(path))
    return np.frombuffer(data, "<i2").astype(np.int16)


def _cut(data: Int16, count: int, widths: Sequence[int], path: Path) -> tuple[Int16, ...]:
    if len(data) != count * sum(widths):
        raise DataError(
            f"{len(data)} values, expected {count} frames x {sum(widths)}",
            hint="The file belongs to another layers.txt, or is cut off.",
            where=str(path),
        )
    edges = np.cumsum([0, *(count * width for width in widths)])
    return tuple(
        data[start : start + count * width].reshape(count, width)
        for start, width in zip(edges[:-1], widths, strict=True)
    )
