"""Words of war: who is armed, and what stands near a change of control ("took over the company" has neither).

A word counts when it is a noun for an armed actor, part of a listed actor's name,
or a lexicon's word of war. An entry that ends in * stands for every word that
begins so, for languages that inflect. Looking a page's words up costs a hundredth
of reading it, so a page without any is not read further.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from processors.detect.lexicon import Lexicon
from processors.normalise import fold
from streams.errors import ConfigError

_WORD = re.compile(r"[^\W_]+")
_FOUR, _SIX = 4, 6
_CLITICS = ("", "و", "ف", "ب", "ل", "ك")
_LONG = 6
_ARABIC = re.compile("[ء-ۓ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """The words of war of all languages, folded, and beginnings of words with four, five and six letters.

    `complete` tells that every lexicon lists its words of war.
    """

    words: frozenset[str]
    fours: frozenset[str]
    fives: frozenset[str]
    sixes: frozenset[str]
    complete: bool

    def among(self, folded: str) -> set[str]:
        """Return the different words of war in a folded text."""
        words = set(_WORD.findall(folded))
        fours, fives, sixes = self.fours, self.fives, self.sixes
        return (words & self.words) | {w for w in words if w[:4] in fours or w[:5] in fives or w[:6] in sixes}


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
    return Arms(words=frozenset(words), fours=fours, fives=fives, sixes=sixes, complete=complete)


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
