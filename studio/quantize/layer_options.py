"""Choices of the user for single layers of a network: what the maker calls layer options.

What each one does to the numbers is in layer_apply.py; the file they usually come from is read by
formats/opt_protobuf.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.base.errors import DataError, StudioError
from studio.graph.network import Network
from studio.quantize.calibrate import Range
from studio.quantize.qarray import Store
from studio.quantize.qnetwork import ArrayOp, QNetwork

# Nodes that hand values on as they are, so that what follows them reads the graph's input.
PASSING = frozenset({"Reshape", "Flatten", "Transpose", "Slice", "Split", "MaxPool"})


@dataclass(frozen=True)
class LayerChoice:
    """The options of one array operation of a layer; the defaults change nothing.

    ``layer`` is the model's node name, ``array`` the number of its array operation (an Lstm has
    two). ``input_shift`` and ``weight_shift`` n multiply inputs and weights by 2**n, and gain and
    bias with them; ``front_scale`` of the input's n come from the layer before. ``signed_input``
    N > 0 feeds the first N inputs as PN and the others as SHIFT, -1 all as SHIFT. ``region`` is
    0 for any bank, 1 for the chip's first one, 2 for the second. The block is stored
    2**``multiple`` times. ``store`` and ``repeat`` are the Matrix's. ``magnify`` m divides the
    gain by 2**m. ``points`` window positions are computed in one round; 0 and 1 leave that to
    the mapper. ``ignored`` are remarks on what was given without having an effect.
    """

    layer: str
    array: int = 0
    input_shift: int = 0
    front_scale: int = 0
    signed_input: int = 0
    weight_shift: int = 0
    region: int = 0
    multiple: int = 0
    store: Store = "analog"
    magnify: int = 0
    repeat: int = 1
    points: int = 0
    ignored: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it changes none of the numbers and nothing of where weights lie."""
        return self == LayerChoice(self.layer, self.array, ignored=self.ignored)


@dataclass(frozen=True)
class LayerChoices:
    """All choices, and the file they come from, for messages.

    ``shared``: they are for several networks, so that names one of them lacks are no error.
    """

    choices: tuple[LayerChoice, ...] = ()
    source: str = ""
    shared: bool = False

    def of(self, network: QNetwork) -> dict[str, LayerChoice]:
        """Choices by the name of the array operation. Raises StudioError where there is none."""
        arrays = layers(network)
        found: dict[str, LayerChoice] = {}
        for choice in self.choices:
            if choice.layer not in arrays:
                if self.shared:
                    continue
                raise unknown_layer(choice.layer, list(arrays), self.source)
            own = arrays[choice.layer]
            if choice.array >= len(own):
                raise StudioError(
                    f"options for array {choice.array + 1} of layer {choice.layer},"
                    f" which has {len(own)}",
                    hint=f"Write each message at most {_times(len(own))} for this layer.",
                    where=self.source,
                )
            if own[choice.array].name in found:
                raise StudioError(
                    f"layer {choice.layer} has two sets of options",
                    hint="Put them into one layerOptiConfig.",
                    where=self.source,
                )
            found[own[choice.array].name] = choice
        return found

    @property
    def stores(self) -> Mapping[str, Store]:
        """Layers any of whose matrices lies elsewhere than in cells alone, and where."""
        return {own.layer: own.store for own in self.choices if own.store != "analog"}


def unknown_layer(layer: str, known: list[str], source: str) -> StudioError:
    """The error for options of a layer that no network has."""
    return StudioError(
        f"there is no layer {layer!r} on the array",
        hint=f"Layers: {', '.join(known) or 'none'}.",
        where=source,
    )


def layers(network: QNetwork) -> dict[str, list[ArrayOp]]:
    """The array operations of each layer by the model's node name, in execution order."""
    found: dict[str, list[ArrayOp]] = {}
    for op in network.array_ops:
        found.setdefault(op.trace or op.name, []).append(op)
    return found


def signed_inputs(network: Network, given: LayerChoices) -> tuple[str, ...]:
    """The graph's inputs that a layer with ``signed_input`` reads: they are meant to be signed."""
    wanted = {own.layer for own in given.choices if own.signed_input}
    found = []
    for name in network.inputs:
        reached, todo = False, [name]
        while todo and not reached:
            for node in network.consumers(todo.pop()):
                reached = reached or node.name in wanted
                if node.op in PASSING:
                    todo += node.outputs
        if reached:
            found.append(name)
    return tuple(found)


def declared_signed(
    network: Network, given: LayerChoices, samples: Mapping[str, Range]
) -> dict[str, Range]:
    """Ranges of an integer network's inputs that ``given`` says are signed.

    Raises DataError where ``samples`` reach beyond 127, which no signed input does.
    """
    found = {}
    for name in signed_inputs(network, given):
        reached = samples[name].high if name in samples else 127.0
        if reached > 127:
            raise DataError(
                f"samples of input {name} reach {reached:g}, but signed_input in the layer options"
                " means inputs of -128..127",
                hint="Leave signed_input out, or give the samples as signed integers.",
                where=given.source,
            )
        found[name] = Range(-128.0, 127.0)
    return found


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
