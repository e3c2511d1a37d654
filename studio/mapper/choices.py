"""The mapper's part of the user's choices for layers: bank, copies and points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from studio.base.errors import StudioError
from studio.chip.chip import Chip
from studio.mapper.options import LayerOptions
from studio.quantize.layer_options import LayerChoices
from studio.quantize.qnetwork import QNetwork


def of_network(network: QNetwork, given: LayerChoices, chip: Chip) -> dict[str, LayerOptions]:
    """What ``given`` says about placing the network's array operations, by their names.

    Raises StudioError for layers the network does not have.
    """
    found = {}
    for name, choice in given.of(network).items():
        bank = chip.array.banks[choice.region - 1].name if choice.region else ""
        own = LayerOptions(bank, 2**choice.multiple, max(1, choice.points))
        if own != LayerOptions():
            found[name] = own
    return found


def merged(
    first: Mapping[str, LayerOptions], second: Mapping[str, LayerOptions], source: str
) -> dict[str, LayerOptions]:
    """Both sets of options, the second from ``source``.

    Raises StudioError where they want different things of one layer.
    """
    found = dict(first)
    plain = asdict(LayerOptions())
    for layer, own in second.items():
        before = asdict(found.get(layer, LayerOptions()))
        values = {}
        for title, value in asdict(own).items():
            other = before[title]
            if value != other and plain[title] not in (value, other):
                raise StudioError(
                    f"layer {layer}: {title} is {other} here and {value} in the layer options",
                    hint=f"Leave --{title} out for this layer, or change the file.",
                    where=source,
                )
            values[title] = other if value == plain[title] else value
        found[layer] = LayerOptions(**values)
    return found
