"""Pictures of a report as SVG elements that can stand in one HTML page."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from studio.mapper.picture_file import write
from studio.monitor.accuracy import Curve

_SVG = "http://www.w3.org/2000/svg"
_LINK = "http://www.w3.org/1999/xlink"
_OUTSIDE = {"metadata", "script", "image", "foreignObject", "a"}  # none of ours has any but images
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def drawn(draw: Callable[[Path], None], prefix: str, label: str) -> str:
    """What ``draw`` writes into the .svg it is given, as one element.

    Its ids get ``prefix``, since a page has several pictures; ``label`` is for who cannot see it.
    """
    with tempfile.TemporaryDirectory(prefix="cim-studio-") as folder:
        path = Path(folder) / "picture.svg"
        draw(path)
        return inline(path.read_bytes(), prefix, label)


def inline(svg: bytes, prefix: str, label: str) -> str:
    """An SVG file as an element: no metadata, nothing from outside, ids of its own."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or _outside(child):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        if element.tag == "style" and element.text:
            element.text = element.text.replace("*", f"#{prefix} *")
        for name, value in list(element.attrib.items()):
            if name == "id":
                element.set(name, f"{prefix}-{value}")
            elif name == f"{{{_LINK}}}href":
                del element.attrib[name]
                element.set("href", f"#{prefix}-{value[1:]}" if value.startswith("#") else value)
            else:
                element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))
    # It takes the width there is.
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    root.attrib.pop("version", None)
    root.set("preserveAspectRatio", "xMinYMin meet")
    root.set("id", prefix)
    root.set("role", "img")
    root.set("aria-label", label)
    # Escaped by ElementTree; what is inside comes from matplotlib, without links.
    return ElementTree.tostring(root, encoding="unicode")


def _outside(element: ElementTree.Element) -> bool:
    name = element.tag.rpartition("}")[2]
    link = element.get(f"{{{_LINK}}}href", element.get("href", "#"))
    return name in _OUTSIDE and not (name == "image" and link.startswith("data:image/png;"))


def accuracy(path: Path, curve: Curve, title: str, samples: str) -> None:
    """Draw how an accuracy grew, with its band, over the number of samples."""

    def figure() -> Any:
        from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second to import
        from matplotlib.ticker import PercentFormatter  # noqa: PLC0415

        found = Figure(figsize=(9.0, 2.6), layout="constrained")
        axes = found.subplots()
        axes.fill_between(curve.counts, curve.low, curve.high, color="#0072b2", alpha=0.15, lw=0)
        axes.plot(curve.counts, curve.values, color="#0072b2", linewidth=1.2)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color="#cfd4dc", linewidth=0.4)
        axes.set_xlabel(samples)
        axes.set_ylim(max(0.0, float(curve.low[-1]) - 0.25), 1.005)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        return found

    write(path, "plot", title, {"font.size": 8.0}, 150.0, figure)
