"""One colour a layer, the same in every panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.ui import theme

if TYPE_CHECKING:
    from studio.ui.workspace import Workspace


def of(workspace: Workspace) -> dict[str, str]:
    """``#rrggbb`` by name of each layer with blocks on the array, in the order of its blocks.

    The colours are those of the theme now in force and repeat after the last; read them again
    after a PaletteChange. Empty without a layout.
    """
    layout = workspace.layout
    if layout is None:
        return {}
    palette = theme.current().layers
    order = dict.fromkeys(block.layer for block in layout.blocks)
    return {layer: palette[place % len(palette)] for place, layer in enumerate(order)}
