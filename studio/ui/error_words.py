"""An error in the window's language, where it stands beside what is wrong and not in a dialog."""

from __future__ import annotations

from studio.base.errors import StudioError
from studio.ui import language, option_text


def sentences(error: StudioError) -> str:
    """Message and hint, one after the other."""
    return f"{capital(language.message(error.message))}. {option_text.hint(error.hint)}".strip()


def lines(error: StudioError) -> str:
    """Message and hint, a line each."""
    parts = (language.message(error.message), option_text.hint(error.hint))
    return "\n".join(capital(part) for part in parts if part)


def capital(text: str) -> str:
    """The text with a capital letter first."""
    return text[:1].upper() + text[1:]
