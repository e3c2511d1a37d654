"""What a station tells the others so that they can look at it: cim://HOST:PORT/TOKEN."""

from __future__ import annotations

import re
import urllib.parse

from studio.base.errors import DataError
from studio.monitor.classroom import Place

SCHEME = "cim"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")
_BETWEEN = re.compile(r"[\s,;\u2028\u2029]+")


def write(place: Place) -> str:
    """The invitation to ``place``, on one line."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{SCHEME}://{host}:{place.port}/{place.token}"


def read(text: str) -> tuple[Place, ...]:
    """Every invitation in ``text``, once each; other words around them are left out.

    Raises DataError where there is none, or one is broken.
    """
    words = [word.strip("<>()\"'") for word in _BETWEEN.split(text)]
    words = [word for word in words if word.casefold().startswith(f"{SCHEME}://")]
    if not words:
        raise DataError(
            "there is no invitation in this text",
            hint=f"An invitation looks like {SCHEME}://192.168.1.5:40123/TOKEN. The other studio"
            " shows it once sharing is on.",
        )
    return tuple(dict.fromkeys(_place(word) for word in words))


def _place(word: str) -> Place:
    token = ""
    try:
        parts = urllib.parse.urlsplit(word)
        host, port, token = parts.hostname or "", parts.port or 0, parts.path.strip("/")
    except ValueError:
        host, port = "", 0
    if not host or not port or not _TOKEN.fullmatch(token):
        raise DataError(
            "this invitation is not complete",
            hint="Copy it again as a whole, with address, port and token.",
            where=word[:200],
        )
    return Place(host, port, token)
