"""Words of French and Spanish as the grammar wants them: elided articles and prepositions are words of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.detect.phrases import Word

_ELIDED = re.compile(r"(?:[ldnscjmt]|qu|jusqu|lorsqu|puisqu)'(?=\w)")


def parted(word: Word) -> Iterator[Word]:
    """Part an elided article or preposition from its word: l'armée, d'Alep."""
    start = word.start
    while (elided := _ELIDED.match(word.text, start - word.start)) is not None:
        yield Word(text=elided[0], start=start, end=word.start + elided.end())
        start = word.start + elided.end()
    yield Word(text=word.text[start - word.start :], start=start, end=word.end)
