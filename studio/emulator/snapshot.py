"""What every operation of the NPU read and wrote, kept in a file for a look at single layers."""

from __future__ import annotations

from dataclasses import astuple, fields
from pathlib import Path

import numpy as np

from studio.base.files import replacing
from studio.chip.npu import Descriptor
from studio.emulator.npu import Snapshot

MOST = 1 << 26  # bytes kept; operations beyond them are counted only


class Recorder:
    """Collects operations; ``save`` writes them as npz.

    ``names``: the fields of a descriptor; ``descriptors``: uint32 [operations, fields]; ``input``
    and ``output``: uint8, the bytes of all operations, one after another; ``input_end`` and
    ``output_end``: int64 [operations], where each one's end in them.
    """

    def __init__(self) -> None:
        self._found: list[Snapshot] = []
        self._bytes = 0
        self.lost = 0

    def __call__(self, snapshot: Snapshot) -> None:
        """Keep one operation."""
        self._bytes += len(snapshot.input) + len(snapshot.output)
        if self._bytes <= MOST:
            self._found.append(snapshot)
        else:
            self.lost += 1

    def save(self, path: Path) -> int:
        """Write all that was kept; how many operations that is."""
        found = self._found
        nothing = np.zeros(0, np.uint8)
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(
                file,
                names=np.array([one.name for one in fields(Descriptor)]),
                descriptors=np.array([astuple(one.descriptor) for one in found], np.uint32),
                input=np.concatenate([nothing, *(one.input for one in found)]),
                output=np.concatenate([nothing, *(one.output for one in found)]),
                input_end=np.cumsum([len(one.input) for one in found], dtype=np.int64),
                output_end=np.cumsum([len(one.output) for one in found], dtype=np.int64),
            )
        return len(found)
