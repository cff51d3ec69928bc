"""Actors in Arabic: known by name, or a noun with its qualifiers after it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from processors.detect.arabic_words import FUNCTION
from processors.detect.phrases import Phrase, Role
from processors.detect.reading import Reading

_ADJECTIVE = re.compile(r"ال\w+(?:يه|ي|ه|ين|ون|ات)$|ال\w{3,}$")
_OF_SIDE = re.compile(r"(?:ال)?(?:تابع|موالي?|مدعوم|متحالف|مرتبط|محسوب|مناهض|منضوي|متمركز|منتشر)\w*$")
_OUT_OF = frozenset(
    {"فصيل", "فصايل", "مجموعه", "مجموعات", "مقاتلون", "مقاتلين", "عناصر", "مسلحون", "مسلحين", "كتيبه", "كتايب"}
)
MOST_WORDS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Actors:
    """Reads the actor that begins at a word."""

    at: Reading

    def read(self, at: int) -> Phrase | None:
        """Read an actor: known by name, or a noun with its qualifiers."""
        match = self.at.actor(at)
        if match is not None:
            last, identity = self._actor_tail(self.at.after(match.end), match.id)
            noun, _ = self.at.lexicon.surfaces["actors"].get(self.at.words[at].text, ("", ""))
            return self._made(at, last, noun, identity, start=match.start, generic=match.generic)
        found = self.at.lexicon.surfaces["actors"].get(self.at.words[at].text)
        if found is None or found[1] == "owned":
            return self._own_actor(at) if found else None
        last, identity = self._actor_tail(at + 1, None, construct=found[1] == "plain")
        return self._made(at, last, found[0], identity, start=self.at.start_of(at, found[0]))

    def _made(self, at: int, last: int, noun: str, identity: str | None, **known: Any) -> Phrase:
        """Make the actor's phrase; one that ends in "the group" points back to the group named before."""
        ending, says = self.at.lexicon.surfaces["actors"].get(self.at.words[last - 1].text, ("", ""))
        points = identity is None and says == "definite" and ending in self.at.lists["groups"]
        head = ending if points else noun
        return self.at.phrase(Role.ACTOR, at, last, actor=identity, head=head, pointing=points, **known)

    def _own_actor(self, at: int) -> Phrase:
        """Read "its forces": an actor that points back."""
        noun = self.at.lexicon.surfaces["actors"][self.at.words[at].text][0]
        return self.at.phrase(Role.ACTOR, at, at + 1, pointing=True, head=noun)

    def _actor_tail(self, at: int, identity: str | None, *, construct: bool = False) -> tuple[int, str | None]:
        """Read the qualifiers, brackets and further members of an actor; return the next word and the actor's id."""
        first, most = at, at + MOST_WORDS
        while at < min(most, len(self.at.words)):
            step, found = self._qualifier(at, construct=construct and at == first)
            if not step:
                break
            identity = identity or found
            at += step
        return at, identity

    def _qualifier(self, at: int, *, construct: bool) -> tuple[int, str | None]:
        """Return how many words belong to the actor here, and the id they name."""
        if self.at.has(at, {"من"}) and self.at.words[at - 1].text in _OUT_OF and at + 1 < len(self.at.words):
            whole = self.read(at + 1)
            return (whole.last - at, whole.actor) if whole and (whole.actor or whole.pointing) else (0, None)
        match = self.at.actor(at)
        if match is None:
            return self._plain_qualifier(at, construct=construct), None
        word = self.at.words[at].text
        another = word[0] not in "ول" and self.at.lexicon.surfaces["actors"].get(word, ("", ""))[1] == "plain"
        belongs = construct or (not another and (match.start == self.at.words[at].start or word[0] in "ول"))
        return (self.at.after(match.end) - at, match.id) if belongs else (0, None)

    def _plain_qualifier(self, at: int, *, construct: bool) -> int:
        """Return how many words without a name of their own belong to the actor here."""
        word = self.at.words[at].text
        if word == "(":
            return self._brackets(at)
        closed = self.at.lists["days"] | self.at.lists["relatives"]
        if word in closed or word in self.at.lexicon.surfaces["places"] or FUNCTION.match(word):
            return 0
        if _OF_SIDE.match(word):
            return 1 + self.at.has(at + 1, {"من", "مع", "ل", "لل"})
        if word in self.at.lexicon.surfaces["actors"] and (construct or word.startswith(("و", "ال", "لل"))):
            return 1
        return int(word[0].isalpha() and (construct or bool(_ADJECTIVE.match(word))))

    def _brackets(self, at: int) -> int:
        """Return how many words a short bracket takes, none if it is long or a place."""
        for last in range(at + 1, min(at + 5, len(self.at.words))):
            if self.at.words[last].text == ")":
                return last + 1 - at
        return 0
