"""The window's language, and messages from below the window in it."""

from __future__ import annotations

import json
import logging
import re
from functools import cache
from typing import Literal

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from studio.base import paths

Choice = Literal["system", "en", "zh"]

_OWN, _QT = "cim-studio", "qtbase"
_PLACE = re.compile(r"\{\d+\}")
_SENTENCES = re.compile(r"(?<=[a-z)]\.) (?=[A-Z])")

_log = logging.getLogger(__name__)


def install(app: QApplication, choice: Choice) -> None:
    """Let the application speak ``choice``; widgets made from now on do, and Qt's own too."""
    wanted = of_system() if choice == "system" else choice
    if wanted == current(app):
        return
    for old in app.findChildren(QTranslator):
        if old.objectName() in (_OWN, _QT):
            app.removeTranslator(old)
            old.setParent(None)
    if wanted == "zh":
        qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        _load(app, _QT, "qtbase_zh_CN", qt)
        _load(app, _OWN, "cim-studio_zh", paths.resource("i18n").as_posix())


def current(app: QApplication) -> Literal["en", "zh"]:
    """The language the application speaks."""
    names = {translator.objectName() for translator in app.findChildren(QTranslator)}
    return "zh" if _OWN in names else "en"


def locale() -> str:
    """The name of the locale for dates in the window: the language's, not the system's."""
    app = QApplication.instance()
    return "zh_CN" if isinstance(app, QApplication) and current(app) == "zh" else "en_GB"


def of_system() -> Literal["en", "zh"]:
    """The language of ours that the system's settings ask for first."""
    for name in QLocale.system().uiLanguages():
        tongue = name.replace("_", "-").split("-")[0]
        if tongue in ("zh", "en"):
            return "zh" if tongue == "zh" else "en"
    return "en"


def message(text: str) -> str:
    """A message or note from below the window in the window's language.

    Those are English sentences with names and numbers in them, made by f-strings. The one it was
    made by is found among resources/i18n/messages.json, and its translation filled with the same
    names and numbers; those that are messages themselves are translated as well. Text that none
    made stays as it is.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication) or current(app) == "en" or not text:
        return text
    return _translated(text)


def _translated(text: str) -> str:
    for template, literals in _templates():
        parts = _parts(literals, text)
        if parts is None:
            continue
        found = QCoreApplication.translate("Message", template)
        if found != template:
            return _filled(found, [_translated(part) if part else "" for part in parts])
    lines = text.split("\n")
    if len(lines) > 1:
        return "\n".join(_translated(line) for line in lines)
    sentences = _SENTENCES.split(text)
    if len(sentences) > 1:
        told = [_translated(sentence) for sentence in sentences]
        # Chinese sentences follow each other without a space, English ones that stay need it.
        whole = all(new != old for new, old in zip(told, sentences, strict=True))
        return ("" if whole else " ").join(told)
    return text


def _filled(template: str, parts: list[str]) -> str:
    """``template`` with {0} {1} … replaced; other braces are just braces."""
    return _PLACE.sub(lambda match: parts[int(match[0][1:-1])], template)


def _parts(literals: tuple[str, ...], text: str) -> list[str] | None:
    """What stands in ``text`` between ``literals``; None where it is not made of them."""
    first, *rest = literals
    if not text.startswith(first):
        return None
    if not rest:
        return [] if text == first else None
    place, parts = len(first), []
    for literal in rest[:-1]:
        # Two places without a letter between them cannot be told apart: all goes to the second.
        found = text.find(literal, place)
        if found < 0:
            return None
        parts.append(text[place:found])
        place = found + len(literal)
    end = len(text) - len(rest[-1])
    if end < place or not text.endswith(rest[-1]):
        return None
    return [*parts, text[place:end]]


@cache
def _templates() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each template with what stands between its places, the most telling ones first.

    Places are numbered from 0 in the order they stand in.
    """
    path = paths.resource("i18n", "messages.json")
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        _log.warning("%s: %s; messages stay in English", path, error)
        return ()
    split = [(template, tuple(_PLACE.split(template))) for template in known]
    return tuple(sorted(split, key=lambda entry: -sum(map(len, entry[1]))))


def _load(app: QApplication, role: str, name: str, folder: str) -> None:
    translator = QTranslator(app)
    if not translator.load(name, folder):
        _log.warning("no translations %s in %s", name, folder)
        # Kept all the same, so that the language counts as chosen.
    translator.setObjectName(role)
    app.installTranslator(translator)
