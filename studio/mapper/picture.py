"""A picture of the array for reports and slides: SVG or PNG, made by matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.chip.chip import Chip
from studio.mapper.layout import Layout
from studio.mapper.picture_file import write

_DPI = 200.0  # one pixel a cell on the WTM2101


def save(
    path: Path,
    networks: Sequence[tuple[str, Layout]],
    chip: Chip,
    *,
    values: bool = False,
    dark: bool = False,
) -> None:
    """Draw the arrays of ``chip`` with the layouts of the networks that share them.

    ``networks`` are pairs of a name and a layout. ``values`` shows what every cell holds instead
    of the layers' colours. The same layouts give the same bytes where the same fonts are
    installed. Raises StudioError for a file name that ends neither in .svg nor in .png,
    ProjectError where it cannot be written.
    """
    # They import matplotlib.
    from studio.mapper.picture_figure import draw  # noqa: PLC0415
    from studio.mapper.picture_style import style  # noqa: PLC0415

    title = ", ".join(name for name, _ in networks)
    settings = {"hatch.linewidth": 0.5}
    write(path, "picture", title, settings, _DPI, lambda: draw(networks, chip, style(dark), values))
