"""What a board in serial mode tells of itself, and the times of layers every mode prints."""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.base.errors import RunError

_TIME = re.compile(
    r"(?P<name>.+): (?P<us>\d{1,10}) us \((?P<cycles>\d{1,10}) cycles"
    r"(?:, (?P<least>\d{1,10}) to (?P<most>\d{1,10}))?\)"
)
TOTAL = "total"  # the name in the line of the whole run


@dataclass(frozen=True)
class LayerTime:
    """What a layer takes: the mean of all runs, and the least and the most, in cycles.

    ``microseconds`` is the mean at the chip's clock.
    """

    name: str
    microseconds: int
    cycles: int
    least: int
    most: int


def layer_time(line: str) -> LayerTime | None:
    """The time a line tells (``NAME: 123 us (2952 cycles)``); None where it tells none."""
    found = _TIME.fullmatch(line.strip())
    if found is None:
        return None
    cycles = int(found["cycles"])
    least, most = (cycles if found[key] is None else int(found[key]) for key in ("least", "most"))
    return LayerTime(found["name"], int(found["us"]), cycles, least, most)


def layer_times(text: str) -> tuple[LayerTime, ...]:
    """All times in a text, in its order; the whole run's is called TOTAL."""
    found = (layer_time(line) for line in text.splitlines())
    return tuple(time for time in found if time is not None)


@dataclass(frozen=True)
class Shape:
    """A tensor on the board: its bytes, and whether they are unsigned."""

    size: int
    unsigned: bool


@dataclass(frozen=True)
class Layer:
    """One layer: what goes in, constants left out, and what comes out."""

    name: str
    inputs: tuple[Shape, ...]
    output: Shape


@dataclass(frozen=True)
class BoardInfo:
    """The answer to "info": ``tag`` of the weights, cycles a second, the network, its layers.

    ``reset_every``: states are zeroed before every so many samples, 0 for never.
    """

    tag: int
    clock: int
    reset_every: int
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    layers: tuple[Layer, ...]

    @property
    def input_size(self) -> int:
        """Bytes of one sample."""
        return sum(shape.size for shape in self.inputs)

    @property
    def output_size(self) -> int:
        """Bytes of one answer."""
        return sum(shape.size for shape in self.outputs)


def board_info(text: str) -> BoardInfo:
    """Read the answer to "info" (resources/firmware/runtime/serial_mode.c). Raises RunError."""
    values: dict[str, list[str]] = {}
    layers = []
    try:
        for line in text.split("\r\n"):
            key, *rest = line.split("\t", 3)
            if key == "layer":
                inputs, output, name = rest
                layers.append(Layer(name, _shapes(inputs), _shapes(output)[0]))
            else:
                values[key] = rest
        inputs, outputs = values["network"]
        return BoardInfo(
            tag=int(values["tag"][0], 16),
            clock=int(values["clock"][0]),
            reset_every=int(values["reset_every"][0]),
            inputs=_shapes(inputs),
            outputs=_shapes(outputs),
            layers=tuple(layers),
        )
    except (KeyError, ValueError, IndexError) as error:
        raise RunError(
            "the board describes itself in a way this program does not know",
            hint="Build the firmware again with this version, and load it.",
        ) from error


def _shapes(words: str) -> tuple[Shape, ...]:
    return tuple(Shape(int(word[:-1]), word[-1] == "u") for word in words.split())
