"""Words of war: who is armed, and what stands near a change of control ("took over the company" has neither).

A word counts when it is a noun for an armed actor, part of a listed actor's name,
or a lexicon's word of war. An entry that ends in * stands for every word that
begins so, for languages that inflect. A lexicon's `untelling` words are everyday
words as well ("force", "battle"), some of them in another language (German "war"):
they count beside a different word only. Looking a page's words up costs a hundredth
of reading it, so a page without any is not read further, and of the others only
the sentences that stand near one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from processors.detect.lexicon import Lexicon
from processors.detect.sentences import Stretch
from processors.normalise import fold
from streams.errors import ConfigError

NEAR = 450
"""How many characters before and after a sentence count as near."""

FEWEST = 2
"""Different words of war that must stand near a sentence without one."""

_WORD = re.compile(r"[^\W_]+")
_FOUR, _FIVE, _SIX = 4, 5, 6
_HEAD = itemgetter(slice(_FOUR))
_CLITICS = ("", "و", "ف", "ب", "ل", "ك")
_LONG = 6
_ARABIC = re.compile("[ء-ۓ]")
_SIGNS = "–—…•"  # in nearly every Western text, which are ASCII without them
_SPACED = bytes(code if chr(code).isalnum() or code > 127 else 32 for code in range(256))  # noqa: PLR2004 - ASCII
"""UTF-8 with a space for each ASCII sign: bytes are translated far faster than letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """The words of war of all languages, folded, and beginnings of words with four, five and six letters.

    `heads` are the first four letters of all of those, `untelling` the words that tell nothing alone, `complete` says
    that every lexicon lists its words of war.
    """

    words: frozenset[str]
    fours: frozenset[str]
    fives: frozenset[str]
    sixes: frozenset[str]
    heads: frozenset[str]
    untelling: frozenset[str]
    complete: bool

    def among(self, folded: str) -> set[str]:
        """Return the different words of war in a folded text, none where a single one tells nothing."""
        words = _words(folded)
        found = words & self.words
        begun = self.heads.intersection(map(_HEAD, words))
        if begun:
            found.update(word for word in words if word[:_FOUR] in begun and self._begins(word))
        return set() if len(found) < FEWEST and found <= self.untelling else found

    def spots(self, folded: str, found: Iterable[str]) -> Spots:
        """Return where these words stand in a folded text."""
        places = sorted((at, word) for word in found for at in _occurrences(folded, word))
        starts, words = tuple(at for at, _ in places), tuple(word for _, word in places)
        return Spots(starts=starts, words=words, untelling=self.untelling)

    def _begins(self, word: str) -> bool:
        return word[:_FOUR] in self.fours or word[:_FIVE] in self.fives or word[:_SIX] in self.sixes


@dataclass(frozen=True, slots=True, kw_only=True)
class Spots:
    """The words of war of a text by the offsets at which they begin."""

    starts: Sequence[int]
    words: Sequence[str]
    untelling: frozenset[str]

    def count(self, start: int, end: int) -> int:
        """Return how many different words of war begin in text[start:end]."""
        return len(self._between(start, end))

    def near(self, stretches: Sequence[Stretch]) -> list[int]:
        """Return the numbers of the sentences that can hold a claim about war; the many far from any are not asked."""
        starts, ends = [stretch.start for stretch in stretches], [stretch.end for stretch in stretches]
        numbers: list[int] = []
        for spot in self.starts:
            asked = numbers[-1] + 1 if numbers else 0
            numbers += range(max(asked, bisect_right(ends, spot - NEAR)), bisect_right(starts, spot + NEAR))
        return [n for n in numbers if self._are_near(starts[n], ends[n])]

    def _are_near(self, start: int, end: int) -> bool:
        """Tell whether text[start:end] can hold a claim about war: a telling word of war in it, or two near it."""
        first, last = bisect_left(self.starts, start - NEAR), bisect_left(self.starts, end + NEAR)
        if first == last:
            return False
        return len(set(self.words[first:last])) >= FEWEST or bool(self._between(start, end) - self.untelling)

    def _between(self, start: int, end: int) -> set[str]:
        return set(self.words[bisect_left(self.starts, start) : bisect_left(self.starts, end)])


def _words(folded: str) -> set[str]:
    """Return the different words of a text; taking apart only what has more than letters saves most of the time."""
    for sign in _SIGNS:
        folded = folded.replace(sign, " ")
    tokens = set(folded.encode("utf-8", "replace").translate(_SPACED).decode().split())
    if folded.isascii():
        return tokens
    whole = set(filter(str.isalnum, tokens))
    return whole.union(_WORD.findall(" ".join(tokens - whole)))


def _occurrences(folded: str, word: str) -> Iterator[int]:
    """Yield the offsets at which a whole word stands."""
    at = folded.find(word)
    while at >= 0:
        end = at + len(word)
        if not folded[at - 1 : at].isalnum() and not folded[end : end + 1].isalnum():
            yield at
        at = folded.find(word, end)


def arms_of(lexicons: Mapping[str, Lexicon], aliases: Iterable[str]) -> Arms:
    """Gather the words of war; of an actor's name counts the word that tells most.

    Raises ConfigError for a beginning that is too short to tell; of a longer one six letters count.
    """
    listed = {word for lexicon in lexicons.values() for word in _of_lexicon(lexicon)}
    named = {word for alias in aliases if (word := _telling(alias, listed))}
    weak = {word for lexicon in lexicons.values() for word in lexicon.words.get("unarmed", ())}
    words = (listed | {form for word in named for form in _with_clitics(word)}) - weak
    begun = {word.rstrip("*")[:_SIX] for word in listed if word.endswith("*")}
    if wrong := {word for word in begun if len(word) < _FOUR}:
        raise ConfigError(f"words of war that end in * have four letters or more before it: {sorted(wrong)}")
    fours, fives, sixes = (frozenset(w for w in begun if len(w) == size) for size in range(_FOUR, _SIX + 1))
    complete = all("war" in lexicon.words for lexicon in lexicons.values())
    return Arms(
        words=frozenset(words),
        fours=fours,
        fives=fives,
        sixes=sixes,
        heads=frozenset(word[:_FOUR] for word in begun),
        untelling=frozenset(word for lexicon in lexicons.values() for word in lexicon.words.get("untelling", ())),
        complete=complete,
    )


def _telling(alias: str, listed: set[str]) -> str | None:
    """Return the word of an actor's name that tells by itself whom a text speaks of, where no listed word does."""
    words = _WORD.findall(fold(alias).text)
    longest = max(words, key=len, default="")
    alone = len(words) == 1 and len(longest) > 1
    return longest if not listed.intersection(words) and (alone or len(longest) >= _LONG) else None


def _of_lexicon(lexicon: Lexicon) -> Iterator[str]:
    """Yield a lexicon's words of war and the forms of its nouns for armed actors."""
    unarmed = lexicon.words.get("unarmed", frozenset())
    for form, (noun, _) in lexicon.surfaces.get("actors", {}).items():
        if noun not in unarmed:
            yield form
    for word in lexicon.words.get("war", ()):
        yield from _with_clitics(word)


def _with_clitics(word: str) -> Iterator[str]:
    """Yield a word and, in Arabic, the word with the particles written onto it."""
    if not _ARABIC.match(word):
        yield word
        return
    for clitic in _CLITICS:
        yield clitic + word
        yield clitic + "ال" + word
    yield "لل" + word
