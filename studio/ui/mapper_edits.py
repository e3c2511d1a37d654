"""What the Mapper panel changes about the options; each change can be undone.

Blocks moved by hand all keep their place, so that the next deploy keeps the picture. Whoever
changes what the mapper is asked for wants another picture: those that are not pinned let go.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from studio.mapper.options import LayerOptions, Place
from studio.options import Options
from studio.ui.records import Deploy
from studio.ui.undo import Change
from studio.ui.workspace import Workspace


def pinned(options: Options) -> tuple[Place, ...]:
    """The places of pinned blocks."""
    return tuple(place for place in options.places if place.pinned)


def set_option(workspace: Workspace, text: str, name: str, value: object) -> None:
    """Another value of one of the mapper's options."""
    changes = {name: value, "places": pinned(workspace.options)}
    _push(workspace, text, name, **changes)


def set_layer(workspace: Workspace, text: str, layer: str, name: str, value: object) -> bool:
    """Another bank, number of copies or points of a layer; whether that took pins away.

    A layer's own pins go too: its blocks may get another size, or must lie elsewhere.
    """
    options = workspace.options
    layers = dict(options.layers)
    before = layers.pop(layer, LayerOptions())
    change: dict[str, Any] = {name: value}
    own = replace(before, **change)
    if own == before:
        return False
    if own != LayerOptions():
        layers[layer] = own
    kept = tuple(place for place in pinned(options) if place.layer != layer)
    _push(workspace, text, f"{layer} {name}", layers=layers, places=kept)
    return len(kept) < len(pinned(options))


def reset_layers(workspace: Workspace, text: str) -> None:
    """No choices for single layers any more."""
    _push(workspace, text, "", layers={}, places=pinned(workspace.options))


def forget_places(workspace: Workspace, text: str) -> None:
    """No block has a given place any more, pinned or not."""
    _push(workspace, text, "", places=())


def map_again(workspace: Workspace, text: str) -> None:
    """Place everything anew but for what is pinned."""
    _push(workspace, text, "", places=pinned(workspace.options))
    workspace.task_requested.emit(Deploy("map"))


def _push(workspace: Workspace, text: str, key: str, **changes: Any) -> None:
    """As ``edit_options``; changes with the same ``key`` become one, those with "" never."""
    before = workspace.options
    after = replace(before, **changes)
    if after != before:
        own = f"mapper {key}" if key else ""
        workspace.undo.push(Change(text, workspace.set_options, before, after, own))
