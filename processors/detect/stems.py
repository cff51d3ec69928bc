"""How words that inflect are compared: Cyrillic words without their endings, Latin ones without a suffix's apostrophe.

талибы, талибов and талибами are one word, as are российские and российских; "YPG'nin" names the YPG.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from processors.gazetteer.names import is_arabic, readings

LEAST_TORN = 4  # letters of an Arabic name that stand before a break inside a word

# Case and number endings of Russian and Ukrainian nouns and adjectives. Those in -и- (-ия, -ии) lose their last letter
# only, so that Сирия keeps four letters; three letters always stay.
_ENDING = re.compile(
    r"(?<=\w\w\w)(?:ями|ами|ого|его|ому|ему|ими|ыми|іми|ых|их|іх|ый|ий|ій|ой|ої|ою|ею|єю|ая|яя|ую|юю|ое|ее|ые|ие|ей"
    r"|ів|їв|ов|ев|ам|ям|ах|ях|ом|ем|єм|им|ым|ім|и|ы|і|ї|а|я|у|ю|е|є|о|ь|й)$"
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_SUFFIX = re.compile(r"'[^\W\d_]{1,6}$")


def is_cyrillic(text: str, at: int = 0) -> bool:
    """Say whether the letter at `at` is Cyrillic."""
    return _CYRILLIC.match(text, at) is not None


class Wording(NamedTuple):
    """The key of the first words of a text from a point on, and the offset after them.

    `whole` is false where a suffix was cut off the last word, so that no longer name goes on from here.
    """

    key: str
    end: int
    whole: bool = True


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return a folded word without its case ending if it is Cyrillic, else as it is."""
    return _ENDING.sub("", word) if is_cyrillic(word) else word


def wordings(folded: str, start: int) -> Iterator[Wording]:
    """Yield the keys of the first word, the first two and so on.

    A Latin word with an apostrophe's suffix is yielded without it first.
    """
    cyrillic = is_cyrillic(folded, start)
    for reading in readings(folded, start):
        yield from _unsuffixed(folded, start, reading.end)
        key = " ".join(map(stem, reading.key.split(" "))) if cyrillic else reading.key
        yield Wording(key, reading.end)


def beginnings(folded_name: str) -> Iterator[str]:
    """Yield every key from which a text can go on to this name: those of its first words.

    An Arabic name may be parted at any letter, once four stand.
    """
    for wording in wordings(folded_name, 0):
        yield wording.key
        if is_arabic(wording.key):
            yield from (wording.key[:end] for end in range(LEAST_TORN, len(wording.key)))


def _unsuffixed(folded: str, start: int, end: int) -> Iterator[Wording]:
    suffix = _SUFFIX.search(folded, start, end)
    if suffix is None or suffix.start() <= start:
        return
    words = list(readings(folded[start : suffix.start()], 0))
    if words and words[-1].end == suffix.start() - start:
        yield Wording(words[-1].key, suffix.start(), whole=False)
