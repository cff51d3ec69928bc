"""Actors in Persian: known by name, or a noun with its qualifiers behind it; and the pronouns that stand for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from processors.detect.actors import ActorKind
from processors.detect.persian_words import FUNCTION, is_closed, known, state
from processors.detect.phrases import Phrase, Role
from processors.detect.reading import Reading

MOST_WORDS = 9
_ADJECTIVE = re.compile(r"\w{2,}ي$")
_OF_SIDE = frozenset({"وابسته", "وفادار", "متحد", "حامي", "موسوم", "معروف", "طرفدار", "هوادار", "منسوب", "متعلق"})
_BACKED = frozenset({"تحت", "مورد"})
_BACKING = frozenset({"حمايت", "امر", "فرمان", "فرماندهي", "رهبري", "پشتيباني", "الحمايه"})
_PRONOUNS = frozenset({"انهاست", "انها", "انان", "ايشان"})
_THIS = frozenset({"اين", "ان", "همين"})
_BEFORE_THIS = frozenset({"پيش", "قبل", "پس", "بعد"})
_GROUPS = frozenset({"گروه", "گروهك", "جنبش"})
_KURD = frozenset({"كرد"})
_OURS = "ما"
_CLOSING = frozenset({".", "،", "و", "كه", "؛", ":", ")", "اما", "ولي", "تا"})
_ENDINGS = frozenset({"ها", "هاي", "هايي"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actors:
    """Reads the actor that begins at a word."""

    at: Reading

    def read(self, here: int) -> Phrase | None:
        """Read an actor: "this group", one known by name, a noun with its qualifiers, or a pronoun."""
        if self.at.has(here, _PRONOUNS):
            return self.at.phrase(Role.ACTOR, here, here + 1, pointing=True, head="they")
        this = self.at.has(here, _THIS)
        if this and self.at.has(here - 1, {"از"}) and self.at.has(here - 2, _BEFORE_THIS):
            return None  # "before this the forces ...": the actor begins behind it
        head = here + this
        if head >= len(self.at.words):
            return None
        found = self.at.lexicon.surfaces["actors"].get(self.at.words[head].text)
        match = None if this else self.at.actor(here)
        if match is not None:
            last, identity = self._tail(self.at.after(match.end), match.id)
            noun = found[0] if found else ""
            return self.at.phrase(
                Role.ACTOR, here, last, start=match.start, actor=identity, generic=match.generic, head=noun
            )
        return self._of_noun(here, head, *found, this=bool(this)) if found else None

    def _of_noun(self, here: int, head: int, noun: str, says: str, *, this: bool) -> Phrase:
        """Read a noun of actors with what qualifies it; "this group" and "its forces" point back."""
        last, identity = self._tail(head + 1, None)
        if identity is not None and identity.startswith("state:") and noun in self.at.lists["minorities"]:
            identity = None  # the Kurds of a country are not its army
        plain = last == head + 1
        own = says == "owned" or (self.at.has(last, {"خود", "شان"}) == 1)
        points = identity is None and ((this and plain) or own)
        return self.at.phrase(
            Role.ACTOR, here, last + (own and says != "owned"), actor=identity, head=noun, pointing=points
        )

    def _tail(self, here: int, identity: str | None) -> tuple[int, str | None]:
        """Read the qualifiers, brackets and further members; return the next word and the actor's id."""
        stop = here + MOST_WORDS
        official = False
        while here < min(stop, len(self.at.words)):
            step, found = self._qualifier(here, alone=official or identity is not None)
            if not step:
                break
            identity = identity or found
            official = official or self.at.has(here, self.at.lists["official"]) == 1
            here += step
        return here, identity

    def _qualifier(self, here: int, *, alone: bool) -> tuple[int, str | None]:
        """Return how many words belong to the actor here, and the id they name; one that stands `alone` takes no other.

        "Government forces" is no part of the Taliban, whose name follows as the object.
        """
        match = self.at.actor(here)
        if match is not None and not (alone and match.kind is ActorKind.NAMED):
            return self.at.after(match.end) - here, match.id
        if match is not None or (alone and self.at.has(here, {"طالبان", "داعش"})):
            return 0, None
        if self._is_state(here):
            name = known(self.at, here)
            return (self.at.after(name.end) - here if name else 1), state(self.at, here)
        return self._plain_qualifier(here), None

    def _is_verb(self, here: int) -> bool:
        """Tell whether a word is the verb "did", which is spelled like "Kurd" and closes its clause."""
        closes = here + 1 == len(self.at.words) or self.at.has(here + 1, _CLOSING)
        return bool(closes and self.at.has(here, _KURD))

    def _is_state(self, here: int) -> bool:
        """Tell whether a word names a state: one that the table of actors has, or a country of the gazetteer."""
        if state(self.at, here) is not None:
            return True
        name = known(self.at, here)
        return name is not None and any(
            self.at.knowledge.gazetteer.entry(r).feature == "country" for r in name.rows[:1]
        )

    def _plain_qualifier(self, here: int) -> int:
        """Return how many words without a name of their own belong to the actor here."""
        at, word = self.at, self.at.words[here].text
        if word == "(":
            return self._brackets(here)
        if at.folded.text[at.words[here].start - 1] == '"':
            return self._quoted(here)
        if word == _OURS or self._is_verb(here):
            return int(word == _OURS)
        if word == "اين" and at.has(here + 1, {"كشور", "گروه", "جنبش", "ايتلاف", "جبهه", "حزب", "سازمان", "حركت"}):
            return 2
        if word in _OF_SIDE or (word in _BACKED and at.has(here + 1, _BACKING)):
            return self._to_side(here)
        named = self.at.has(here - 1, _GROUPS) and not is_closed(at, here) and known(at, here) is None
        return self._and_member(here) if word == "و" else self._one_word(word) or int(named)

    def _quoted(self, here: int) -> int:
        """Return how many words stand in short quotes that name the actor ("the forces «X»")."""
        text, words = self.at.folded.text, self.at.words
        ends = (
            last
            for last in range(here, min(here + 4, len(words)))
            if text[words[last].end : words[last].end + 1] == '"'
        )
        return next(ends, here - 1) + 1 - here

    def _one_word(self, word: str) -> int:
        """Return 1 for an ending, a noun of actors or an adjective, which belong to the actor before them."""
        at = self.at
        if word in _ENDINGS:
            return 1
        if word in at.lists["peoples"]:
            return 1
        if FUNCTION.match(word) or word in at.lexicon.surfaces["places"] or word in at.lists["days"]:
            return 0
        if word in at.lexicon.surfaces["actors"]:
            return 1
        return int(word in at.lists["sides"] or (word not in at.lists["not_sides"] and bool(_ADJECTIVE.match(word))))

    def _to_side(self, here: int) -> int:
        """Read "loyal to X", "backed by X" up to the end of X."""
        then = here + 1
        while self.at.has(then, {"به", "با", "از"} | _BACKING):
            then += 1
        whole = self.read(then) if then < len(self.at.words) else None
        if whole is not None:
            return whole.last - here
        country = then < len(self.at.words) and state(self.at, then) is not None
        return then + 1 - here if country else 0

    def _and_member(self, here: int) -> int:
        """Read "and its allies" or "and" before another actor."""
        if here + 1 >= len(self.at.words):
            return 0
        found = self.at.lexicon.surfaces["actors"].get(self.at.words[here + 1].text)
        if found is not None and found[1] == "owned":
            return 2
        whole = self.read(here + 1)
        return whole.last - here if whole is not None and not whole.pointing else 0

    def _brackets(self, here: int) -> int:
        """Return how many words a short bracket takes, none if it is long."""
        for last in range(here + 1, min(here + 5, len(self.at.words))):
            if self.at.words[last].text == ")":
                return last + 1 - here
        return 0
