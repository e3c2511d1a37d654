"""A picture of the array for reports and slides: SVG or PNG, made by matplotlib."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studio.base.errors import StudioError
from studio.base.files import replacing
from studio.chip.chip import Chip
from studio.mapper.layout import Layout

SUFFIXES = (".svg", ".png")
_DPI = 200.0  # one pixel a cell on the WTM2101
_MOST_PIXELS = 10000  # along either side; a large chip's picture gets fewer a point
_SALT = "cim-studio"  # of the SVG's ids, so that the same layout gives the same file


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
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise StudioError(
            f"a picture cannot be written as {suffix or 'a file without an ending'}",
            hint=f"Choose a file name that ends in {' or '.join(SUFFIXES)}.",
            where=str(path),
        )
    # matplotlib takes a second to import.
    import matplotlib  # noqa: PLC0415

    from studio.mapper.picture_figure import draw  # noqa: PLC0415
    from studio.mapper.picture_style import families, style  # noqa: PLC0415

    settings: dict[Any, Any] = {
        "font.family": families(),
        "svg.fonttype": "none",
        "svg.hashsalt": _SALT,
        "hatch.linewidth": 0.5,
        "axes.unicode_minus": False,
        "text.parse_math": False,
    }
    title = ", ".join(name for name, _ in networks)
    with warnings.catch_warnings(), matplotlib.rc_context(settings):
        # A sign that no installed font has shows as a box; the SVG's viewer may have it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = draw(networks, chip, style(dark), values)
        dpi = min(_DPI, _MOST_PIXELS / max(figure.get_size_inches()))
        metadata = {"Title": "".join(c for c in title if c.isprintable())}
        if suffix == ".svg":
            metadata |= {"Date": None, "Creator": "CIM Studio"}  # type: ignore[dict-item]
        with replacing(path) as temporary:
            figure.savefig(temporary, format=suffix[1:], dpi=dpi, metadata=metadata)
