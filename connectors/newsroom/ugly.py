"""What print does to Arabic: letters stretched by tatweel, letters stored as the shapes they take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_TATWEEL = "\u0640"
_WORD = re.compile(r"[\u0621-\u064a]+")
# The four shapes by whether a letter is joined to the one before and to the one after.
_SHAPES = {(False, False): "ISOLATED", (False, True): "INITIAL", (True, True): "MEDIAL", (True, False): "FINAL"}


def stretched(text: str) -> str:
    """Return the text with a tatweel wherever two letters of a word join."""
    return _WORD.sub(lambda word: _stretched_word(word[0]), text)


def shaped(text: str) -> str:
    """Return the text in Arabic presentation forms, letter by letter as a printer would set it."""
    return _WORD.sub(lambda word: _shaped_word(word[0]), text)


def _forms() -> Mapping[tuple[str, str], str]:
    letters = (chr(code) for code in range(0xFE80, 0xFEF5))
    parts = ((letter, unicodedata.decomposition(letter).split()) for letter in letters)
    return {(chr(int(base, 16)), form.strip("<>").upper()): letter for letter, (form, base) in parts}


_FORMS = _forms()


def _joins_on(letter: str) -> bool:
    return (letter, "INITIAL") in _FORMS


def _stretched_word(word: str) -> str:
    pieces = [letter + (_TATWEEL if _joins_on(letter) else "") for letter in word[:-1]]
    return "".join(pieces) + word[-1:]


def _shaped_word(word: str) -> str:
    before = [False, *(_joins_on(letter) for letter in word[:-1])]
    after = [*(_joins_on(letter) and word[at + 1] != "ء" for at, letter in enumerate(word[:-1])), False]
    shapes = (_SHAPES[pair] for pair in zip(before, after, strict=True))
    return "".join(_FORMS.get((letter, shape), letter) for letter, shape in zip(word, shapes, strict=True))
