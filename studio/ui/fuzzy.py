"""Finding a text by a few of its letters."""

from __future__ import annotations

_START, _WORD, _RUN, _GAP = 12, 8, 6, -1


def match(query: str, text: str) -> tuple[int, tuple[int, ...]] | None:
    """How well the letters of ``query`` occur in ``text`` in that order, and where.

    None where they do not. Spaces of the query count for nothing. Beginnings of words and letters
    in a row count most; of equal matches the shorter text is the better.
    """
    letters = [letter for letter in query.casefold() if not letter.isspace()]
    folded = "".join(letter.casefold()[:1] or letter for letter in text)
    best: tuple[int, tuple[int, ...]] | None = None
    starts = [place for place, letter in enumerate(folded) if letters and letter == letters[0]]
    for start in starts if letters else ():
        for heads in (True, False):
            places = _follow(letters, folded, start, heads)
            if places is not None and (best is None or _score(places, text) > best[0]):
                best = _score(places, text), places
    return best if letters else (0, ())


def _follow(letters: list[str], folded: str, start: int, heads: bool) -> tuple[int, ...] | None:
    """Each letter after the one before; with ``heads`` rather where a word begins."""
    places = [start]
    for letter in letters[1:]:
        after = places[-1] + 1
        near = folded.find(letter, after)
        if near < 0:
            return None
        if near != after and heads:
            begins = (
                place
                for place in range(near, len(folded))
                if folded[place] == letter and _begins_word(folded, place)
            )
            near = next(begins, near)
        places.append(near)
    return tuple(places)


def _score(places: tuple[int, ...], text: str) -> int:
    score = _START if places[0] == 0 else 0
    for number, place in enumerate(places):
        if _begins_word(text, place):
            score += _WORD
        if number and places[number - 1] == place - 1:
            score += _RUN
        elif number:
            score += max(_GAP * (place - places[number - 1]), -6)
    return score * 4 - len(text) // 4


def _begins_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()
