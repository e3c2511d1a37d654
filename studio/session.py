"""Running a network, or one layer of it, on the emulator or a board, from Python.

In a notebook, after ``cim-studio deploy model.onnx --out results``::

    import numpy as np
    from studio.session import Session

    samples = np.load("results/samples.npz")["input_0"]     # chip integers (n, W, H, C)
    with Session("emulator", "results") as s:
        print(s.layers)                                     # ('/conv1/Conv', '/pool/MaxPool', ...)
        y = s.run(None, samples[:10])                       # the whole network, ten samples
        h = s.run("/conv1/Conv", samples[0])                # one layer, one sample
        print(s.time("/conv1/Conv").microseconds, s.time().cycles)

A board that runs firmware built with samples over the serial line (``--mode serial``) is named by
its port, ``Session("COM5", "results")``; without the folder tensors have no shape but their size.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from studio.base.errors import DataError, RunError
from studio.base.job import Job
from studio.chip import chip as chips
from studio.chip.chip import Chip
from studio.firmware import program
from studio.firmware import stage as firmware
from studio.firmware import store as images
from studio.firmware.image import Image, TestSet
from studio.formats import map_csv
from studio.mapper import store as layouts
from studio.monitor import board_info, packets
from studio.monitor.board_info import BoardInfo, Layer, LayerTime, Shape
from studio.monitor.board_tensors import Integers, Tensor, Values, from_bytes, to_bytes
from studio.monitor.exchange import Exchange
from studio.project import Project
from studio.quantize import store as qnetworks
from studio.quantize.qnetwork import QNetwork
from studio.serial_run import check
from studio.target import IDEAL, Emulation, started

EMULATOR = "emulator"
BAUD = 921_600


class Session:
    """A network on ``target``: "emulator", or the port (or URL) of a board in serial mode.

    ``folder`` is a results folder with a mapped network; the emulator needs it, and firmware in
    serial mode is built in its folder ``session`` unless that is what it holds. ``baud`` is the
    chip's by default, ``timeout`` the longest wait for an answer in seconds, ``emulation`` what
    kind of chip is emulated.

    ``with`` opens and closes it, as do ``open`` and ``close``. Opening raises what building and
    starting raise, PortError, and RunError for a board that does not answer or carries other
    weights than the folder's.
    """

    def __init__(
        self,
        target: str = EMULATOR,
        folder: Path | str | None = None,
        *,
        baud: int | None = None,
        timeout: float = 30.0,
        emulation: Emulation = IDEAL,
        job: Job | None = None,
    ) -> None:
        self._target = target
        self._project = None if folder is None else Project(Path(folder))
        self._baud = baud
        self._timeout = timeout
        self._emulation = emulation
        self._job = job or Job()
        self._stack = contextlib.ExitStack()
        self._exchange: Exchange | None = None
        self._info: BoardInfo | None = None
        self._qnetwork: QNetwork | None = None
        self._times: dict[str, list[int]] = {}

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_details: object) -> None:
        self.close()

    def open(self) -> Self:
        """Start the emulator or open the port, and ask what is there."""
        if self._exchange is not None:
            return self
        with contextlib.ExitStack() as stack:
            exchange, image = self._reach(stack)
            info = exchange.info()
            if image is not None and self._qnetwork is not None:
                check(info, image, self._qnetwork, self._target)
            exchange.command("reset")
            self._exchange, self._info = exchange, info
            self._stack = stack.pop_all()
        return self

    def close(self) -> None:
        """End the emulator or close the port; does nothing a second time."""
        self._exchange = None
        self._times.clear()
        self._stack.close()

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers' names, in execution order."""
        return tuple(layer.name for layer in self._board.layers)

    @property
    def info(self) -> BoardInfo:
        """What the board tells of itself: tag, clock, tensors, layers."""
        return self._board

    def run(self, layer: str | None, *inputs: Integers) -> Values | tuple[Values, ...]:
        """What the network (None) or one layer makes of ``inputs``, bit for bit.

        One array of chip integers an input, constants left out: (W, H, C), any shape of that
        size, or with a batch in front, (n, W, H, C). Answers are int16 of the output's shape,
        with a batch where one was given; several outputs are a tuple. States go on from sample
        to sample, until ``reset`` or as the firmware was built. Raises DataError for what does
        not fit, RunError when the board fails.
        """
        index = None if layer is None else self._index(layer)
        takes, gives = self._ends(index)
        rows, batch = to_bytes(takes, inputs, layer or "the network")
        if index is None:
            stream = self._open.stream(
                packets.FEATURES, rows, packets.OUTPUT, repeat=not self._remembers
            )
            found = [answer.payload for answer in stream]
        else:
            found = list(self._layer(index, rows))
        return from_bytes(gives, found, batch)

    def reset(self) -> None:
        """Zero all states, and forget the times of the network."""
        self._open.command("reset")
        self._times.clear()

    def time(self, layer: str | None = None, *inputs: Integers) -> LayerTime:
        """Cycles and microseconds of a layer, or of the whole network.

        The mean of all runs since ``reset``: of the layer alone where it was run so, else as part
        of the network. With ``inputs`` it is run first. Raises DataError where nothing was run.
        """
        if inputs:
            self.run(layer, *inputs)
        if layer is not None and (alone := self._times.get(self.layers[self._index(layer)])):
            mean = round(sum(alone) / len(alone))
            microseconds = round(mean * 1e6 / self._board.clock)
            return LayerTime(layer, microseconds, mean, min(alone), max(alone))
        times = board_info.layer_times(self._open.command("times"))
        if not times:
            raise DataError(
                "nothing was run yet",
                hint="Run the network or the layer first, or give its inputs.",
                where=self._target,
            )
        return times[-1] if layer is None else times[self._index(layer)]

    @property
    def _open(self) -> Exchange:
        if self._exchange is None:
            raise RunError("this session is closed", hint="Use it inside `with`, or open it.")
        return self._exchange

    @property
    def _board(self) -> BoardInfo:
        if self._info is None:
            raise RunError("this session was not opened", hint="Use it inside `with`, or open it.")
        return self._info

    @property
    def _remembers(self) -> bool:
        """Whether a sample run twice would change what comes after it."""
        if self._qnetwork is not None:
            return bool(self._qnetwork.stateful)
        return self._board.reset_every != 1

    def _reach(self, stack: contextlib.ExitStack) -> tuple[Exchange, Image | None]:
        chip, image, url = None, None, self._target
        failed = None
        if self._project is not None:
            self._qnetwork = qnetworks.load(self._project.quantized)
            chip = chips.load(self._project.chip)
        if self._target == EMULATOR:
            if self._project is None or chip is None or self._qnetwork is None:
                raise DataError(
                    "the emulator needs a network",
                    hint="Name the results folder: Session('emulator', 'results').",
                )
            image = self._built(self._project, chip, self._qnetwork)
            emulator = stack.enter_context(started(self._project, image, chip, self._emulation))
            url = emulator.url

            def failed() -> str | None:
                return emulator.trap

        elif self._project is not None and self._project.image.is_file():
            image = images.load(self._project.image)
        baud = self._baud or (chip.uart.baud if chip is not None else BAUD)
        # A real receiver holds 16 bytes, and nobody reads it while the board computes.
        ahead = self._target == EMULATOR and not self._emulation.pace
        exchange = Exchange(url, baud, self._timeout, failed=failed, job=self._job, ahead=ahead)
        return stack.enter_context(exchange), image

    def _built(self, project: Project, chip: Chip, qnetwork: QNetwork) -> Image:
        """Firmware in serial mode: the folder's own, or one built for this."""
        tag = map_csv.tag(project.map_csv)
        if project.image.is_file():
            image = images.load(project.image)
            if image.mode == "serial" and image.tag == tag and image.elf.is_file():
                return image
        shapes = [qnetwork.tensors[name].shape for name in qnetwork.inputs]
        none = TestSet(tuple(np.zeros((1, *shape), np.int16) for shape in shapes), None)
        options = firmware.FirmwareOptions(mode="serial")
        layout = layouts.load(project.layout, qnetwork, chip)
        folder = project.folder / "session"
        return firmware.run(qnetwork, layout, none, tag, chip, options, folder, self._job)

    def _index(self, layer: str) -> int:
        names = self.layers
        if layer not in names:
            raise DataError(
                f"there is no layer {layer!r}",
                hint=f"The layers are: {', '.join(names)}.",
                where=self._target,
            )
        return names.index(layer)

    def _ends(self, index: int | None) -> tuple[list[Tensor], list[Tensor]]:
        """Inputs and outputs of the network or of a layer."""
        net, board = self._qnetwork, self._board
        if index is None:
            names = (net.inputs, net.outputs) if net is not None else ((), ())
            return self._tensors(names[0], board.inputs), self._tensors(names[1], board.outputs)
        layer: Layer = board.layers[index]
        if net is None:
            return self._tensors((), layer.inputs), self._tensors((), (layer.output,))
        op = net.ops[index]
        takes = self._tensors(program.layer_inputs(op, net), layer.inputs)
        return takes, self._tensors((op.output,), (layer.output,))

    def _tensors(self, names: Sequence[str], shapes: Sequence[Shape]) -> list[Tensor]:
        if self._qnetwork is None:
            return [
                Tensor(f"input {number}", (shape.size,), shape.unsigned)
                for number, shape in enumerate(shapes)
            ]
        tensors = self._qnetwork.tensors
        return [
            Tensor(name, tensors[name].shape, shape.unsigned)
            for name, shape in zip(names, shapes, strict=True)
        ]

    def _layer(self, index: int, rows: Sequence[bytes]) -> Iterator[bytes]:
        """Answers of one layer; notes what each run took."""
        start = index.to_bytes(4, "little")
        stream = self._open.stream(
            packets.LAYER, (start + row for row in rows), packets.LAYER_OUTPUT
        )
        times = self._times.setdefault(self.layers[index], [])
        for answer in stream:
            times.append(int.from_bytes(answer.payload[:4], "little"))
            yield answer.payload[4:]
