"""Writing a matplotlib figure as SVG or PNG: the same contents give the same bytes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from studio.base.errors import StudioError
from studio.base.files import replacing

SUFFIXES = (".svg", ".png")
_MOST_PIXELS = 10000  # along either side; a large figure gets fewer a point
_SALT = "cim-studio"  # of the SVG's ids, so that the same contents give the same file


def write(
    path: Path,
    what: str,
    title: str,
    settings: Mapping[str, Any],
    dpi: float,
    draw: Callable[[], Any],
) -> None:
    """Write the figure that ``draw`` makes under matplotlib's ``settings``, atomically.

    ``what`` the file is, for messages; ``dpi`` is pixels an inch of a PNG. Raises StudioError for
    another ending than .svg or .png, ProjectError where it cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise StudioError(
            f"a {what} cannot be written as {suffix or 'a file without an ending'}",
            hint=f"Choose a file name that ends in {' or '.join(SUFFIXES)}.",
            where=str(path),
        )
    # matplotlib takes a second to import.
    import matplotlib  # noqa: PLC0415

    from studio.mapper.picture_style import families  # noqa: PLC0415

    common: dict[Any, Any] = {
        "font.family": families(),
        "svg.fonttype": "none",
        "svg.hashsalt": _SALT,
        "axes.unicode_minus": False,
        "text.parse_math": False,
    }
    with warnings.catch_warnings(), matplotlib.rc_context(common | dict(settings)):
        # A sign that no installed font has shows as a box; the SVG's viewer may have it.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = draw()
        dpi = min(dpi, _MOST_PIXELS / max(figure.get_size_inches()))
        metadata: dict[str, Any] = {"Title": printable(title)}
        if suffix == ".svg":
            metadata |= {"Date": None, "Creator": "CIM Studio"}
        with replacing(path) as temporary:
            figure.savefig(temporary, format=suffix[1:], dpi=dpi, metadata=metadata)


def printable(text: str) -> str:
    """``text`` without what no font can show."""
    return "".join(c for c in text if c.isprintable())
