"""Where a layer stands in the generated network.c, and the other way round.

network.c has a part for each layer: a comment with the layer's name, its descriptors, and a
function of its own that ends with a ``}`` at the start of a line.
"""

from __future__ import annotations

import json
import re

NETWORK = "network.c"

_MARK = re.compile(r'^/\* layer ("(?:[^"\\]|\\.)*")')
_FUNCTION = re.compile(r"^static (?:int|void) \w+\(")


def mark(layer: str) -> str:
    """The layer's name as it stands in its comment: a JSON string that ends no comment."""
    text = json.dumps(layer, ensure_ascii=not layer.isprintable())
    for unsafe, safe in (("*/", "\\u002a/"), ("/*", "/\\u002a"), ("??", "?\\u003f")):
        text = text.replace(unsafe, safe)
    return text


def line_of(network_c_text: str, layer: str) -> int | None:
    """The line (from 1) at which the layer's function begins; None where it has none."""
    inside = False
    for number, line in enumerate(network_c_text.split("\n"), 1):
        name = _marked(line)
        if name is not None:
            inside = name == layer
        elif inside and _FUNCTION.match(line):
            return number
    return None


def layer_at(network_c_text: str, line: int) -> str | None:
    """The layer in whose part ``line`` (from 1) lies: its comment, descriptors or function."""
    found: str | None = None
    for number, text in enumerate(network_c_text.split("\n"), 1):
        name = _marked(text)
        if name is not None:
            found = name
        if number >= line:
            return found
        if text == "}":
            found = None
    return None


def _marked(line: str) -> str | None:
    match = _MARK.match(line)
    if match is None:
        return None
    try:
        return str(json.loads(match[1]))
    except ValueError:  # somebody edited the file
        return None
