"""How a place's name and the words of a text become comparable: the key under which a name is stored.

Arabic keys have no spaces: writers join and part the same name (ديرالزور and
دير الزور), and a printed line may end inside one. Names in other scripts keep
their word breaks as one space. `breaks` says after which letters of an Arabic
key some written form of the name has a space: a text that parts it elsewhere
has torn a word, which is evidence against short names.

Arabic names in Latin letters are spelled at will: every form of the article is
read as "al" (Deir ez-Zor, Deir al-Zor), a doubled letter as one (Maarrat, Marat),
-ah as -a, and the commonest elements in one form (Tel and Tall, Beit and Bayt).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

LONGEST_WORDS = 9
LONGEST_KEY = 56

_ARABIC_WORD = "[\u0621-\u064a\u0671-\u06d30-9]+"
# "Mosul's" is Mosul, but the s of "Ra's al-Ayn" is its own.
_OTHER_WORD = re.compile(r"[^\W_]+(?:'(?:(?!s\b)|(?<=\bra'))[^\W_]+)*")
_BETWEEN = r"(?:'s?)?[ \n_\-.\"]{1,4}'?"
_GAP = re.compile(_BETWEEN)
# An Arabic word as the first group, with what may part it from the next word of the same name.
ARABIC_STEP = re.compile(f"({_ARABIC_WORD})(?:{_BETWEEN})?")
# Forms of the article that are no English words, and those that are and so count in names and before a hyphen only.
_ARTICLE = frozenset({"al", "el", "ul", "ar", "ad", "az", "ash", "ath", "adh", "ez", "es", "er", "ed", "et"})
_ARTICLE_OR_WORD = frozenset({"as", "an", "at", "en"})
_DOUBLED = re.compile(r"([a-z])\1")
_ELEMENTS = {
    "tel": "tal", "deir": "dayr", "dair": "dayr", "ain": "ayn", "ein": "ayn", "abou": "abu", "jebel": "jabal",
    "djebel": "jabal", "kfar": "kafr", "beit": "bayt", "bait": "bayt", "sheikh": "shaykh",
}  # fmt: skip


class Reading(NamedTuple):
    """One way to read a text from a point on: the key of its first words, up to some word's end.

    `end` is the offset after that word; `breaks` has bit n set where a space
    follows the first n letters. A tuple, as thousands are made for a page.
    """

    key: str
    end: int
    breaks: int


def is_arabic(text: str, at: int = 0) -> bool:
    """Say whether the letter at `at` is written in Arabic script."""
    letter = text[at : at + 1]
    return "\u0621" <= letter <= "\u064a" or "\u0671" <= letter <= "\u06d3"


def readings(folded: str, start: int, *, name: bool = False) -> Iterator[Reading]:
    """Yield the keys of the first word, the first two words and so on, of folded text from `start`.

    `name` says that the text is a name by itself, in which "as" is an article.
    """
    if is_arabic(folded, start):
        yield from _arabic_readings(folded, start)
        return
    key, breaks, at = "", 0, start
    for _ in range(LONGEST_WORDS):
        found = _OTHER_WORD.match(folded, at)
        if found is None:
            return
        breaks |= 1 << len(key) if key else 0
        part = _latin(found[0], article=name or folded.startswith("-", found.end()))
        key = f"{key} {part}" if key else part
        if len(key) > LONGEST_KEY:
            return
        yield Reading(key, found.end(), breaks)
        gap = _GAP.match(folded, found.end())
        if gap is None:
            return
        at = gap.end()


def _arabic_readings(folded: str, start: int) -> Iterator[Reading]:
    """Yield the readings of Arabic words: one search finds a word and what parts it from the next."""
    key, breaks, at = "", 0, start
    for _ in range(LONGEST_WORDS):
        found = ARABIC_STEP.match(folded, at)
        if found is None:
            return
        if key:
            breaks |= 1 << len(key)
        key += found[1]
        if len(key) > LONGEST_KEY:
            return
        at = found.end()
        yield Reading(key, found.end(1), breaks)
        if at == found.end(1):
            return


def key_of(folded_name: str) -> Reading | None:
    """Return the key of a whole folded name, or None where the name has no words or too many."""
    last = None
    folded_name = folded_name.strip(" '\"")
    for last in readings(folded_name, 0, name=True):  # noqa: B007 - the last one is wanted
        pass
    return last if last is not None and last.end == len(folded_name) else None


@lru_cache(maxsize=1 << 15)  # the words of a language come again and again
def _latin(word: str, *, article: bool) -> str:
    """Return a word in the one spelling under which its spellings are kept."""
    if word in _ARTICLE or (article and word in _ARTICLE_OR_WORD):
        return "al"
    word = _DOUBLED.sub(r"\1", word.replace("'", ""))
    return word[:-1] if word.endswith("ah") else _ELEMENTS.get(word, word)
