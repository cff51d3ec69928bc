"""The words of one sentence as a grammar reads them: with offsets, capitals, and what is known at each word."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import repeat
from operator import contains
from typing import Any

from processors.detect.actors import ActorKind, ActorMatch
from processors.detect.lexicon import Lexicon
from processors.detect.phrases import Phrase, Role, Word
from processors.detect.places import may_be_name, place_at
from processors.gazetteer import PlaceMatch
from processors.knowledge import Knowledge
from processors.normalise import Folded

_LEAST_SMALL = 4  # letters of a name that is known without its capital
_PROCLITICS = frozenset({"و", "ف", "ب", "ل", "ك", "وب", "ول", "لل", "فب"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What a document's words were found to be, by their offsets: grammars ask more than once for a word."""

    actors: dict[int, ActorMatch | None] = field(default_factory=dict)
    places: dict[int, PlaceMatch | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One sentence's words, with the language's lexicon, its lists of words, and the knowledge to look them up in.

    `small`: the sentence has no capitals, so that known names count as written with one;
    `titled`: nearly all its words have one, as in headlines, so that a capital tells nothing.
    """

    folded: Folded
    text: str
    words: Sequence[Word]
    starts: Sequence[int]
    lexicon: Lexicon
    lists: Mapping[str, frozenset[str]]
    knowledge: Knowledge
    seen: Seen
    small: bool = False
    titled: bool = False

    def has(self, at: int, texts: AbstractSet[str]) -> int:
        """Return 1 if there is a word at `at` and it is one of these, else 0."""
        return int(at < len(self.words) and self.words[at].text in texts)

    def listed(self, word: str, *names: str) -> bool:
        """Tell whether a word is in one of these lists; joining the lists for each word would copy their thousands."""
        return any(map(contains, map(self.lists.__getitem__, names), repeat(word)))

    def after(self, end: int) -> int:
        """Return the first word that begins at or after this offset."""
        return bisect_left(self.starts, end)

    def actor(self, at: int) -> ActorMatch | None:
        """Return the actor table's match at this word: no half of a compound ("ISIL-held"), no country's bare name."""
        match = self._side(at)
        if match is None or match.kind is ActorKind.COUNTRY or self.text[match.end : match.end + 1] == "-":
            return None
        return match

    def actor_named(self, alias: str) -> str | None:
        """Return the id of the actor that bears this name by itself."""
        match = self.knowledge.actors.match(alias, 0)
        return match.id if match else None

    def state_named(self, name: str) -> str | None:
        """Return the id of the state that bears this name by itself."""
        match = self.knowledge.actors.match(name, 0)
        return match.id if match and match.kind is ActorKind.COUNTRY and match.end == len(name) else None

    def country(self, at: int) -> str | None:
        """Return the id of the state whose bare name begins at this word."""
        match = self._side(at)
        return match.id if match is not None and match.kind is ActorKind.COUNTRY else None

    def _side(self, at: int) -> ActorMatch | None:
        start, found = self.words[at].start, self.seen.actors
        if start not in found:
            found[start] = self.knowledge.actors.match(self.text, start)
        return found[start]

    def place(self, at: int) -> PlaceMatch | None:
        """Return the gazetteer's match at this word, proclitics left off."""
        start, found = self.words[at].start, self.seen.places
        if start not in found:
            found[start] = place_at(self.text, start, self.knowledge.gazetteer)
        return found[start]

    def capital(self, at: int) -> bool:
        """Tell whether the word is written with a capital."""
        if self.small:
            return self._is_named(at)
        return self.folded.source[self.folded.origin[self.words[at].start]].isupper()

    def may_be_name(self, at: int) -> bool:
        """Tell whether the word is written as names are; in a script without capitals every word may be."""
        if self.small:
            return self._is_named(at)
        return self.words[at].text[0].isalpha() and may_be_name(self.folded, self.words[at].start)

    def _is_named(self, at: int) -> bool:
        """Tell whether a word written small begins a known name that is no common word."""
        match = self.place(at) if len(self.words[at].text) >= _LEAST_SMALL else None
        return match is not None and not match.common

    def start_of(self, at: int, noun: str = "") -> int:
        """Return where the word begins without the particles written onto `noun`."""
        word = self.words[at]
        for size in (2, 1):
            rest = word.text[size:]
            if noun and word.text[:size] in _PROCLITICS and rest.startswith((noun, "ال" + noun)):
                return word.start + size
        return word.start

    def phrase(self, role: Role, first: int, last: int, *, start: int | None = None, **known: Any) -> Phrase:
        """Make the phrase of words `first` to `last`, the latter not included."""
        begin = self.start_of(first, known.get("head", "")) if start is None else start
        return Phrase(role=role, start=begin, end=self.words[last - 1].end, first=first, last=last, **known)
