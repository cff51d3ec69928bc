"""Noun phrases of Sorani Kurdish: the head comes first with its ezafe, names follow it, endings are written onto them.

The doer of a past verb is written onto its object (شنگالیان "Sinjar, they"), and so
are "in", "from" and "by" (جەلەولادا, سوپاوە): a name is looked up without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading

_ENDINGS = re.compile(r"(?:يان|يشيان|يشي|مان|داي?ه|دا|دان|ييان|يي|يهوه|هوه|وه|يش|ش|ي)$")
_CASES = re.compile(r"(?:داي?ه|دا|يهوه|هوه|وه)$")
_DOER = re.compile(r"(?<=\w{2})(?:يان|مان)$")
_JOINTS = frozenset({"و", "،", ","})
_THIS = frozenset({"يهو", "يهم"})
_LEAST = 3
_BEGINNINGS = frozenset({"تل", "دێ", "ام", "يم"})
"""Words of two letters that names begin with."""

_MOST_WORDS = 7


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    return scan(len(at.words), Nouns(at=at).read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nouns:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading

    def read(self, here: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        return self._headed(here) or self._actor(here) or self._bare(here)

    def _place_noun(self, here: int) -> tuple[str, str]:
        if here >= len(self.at.words):
            return "", ""
        return self.at.lexicon.surfaces["places"].get(self.at.words[here].text, ("", ""))

    def _headed(self, here: int) -> Phrase | None:
        """Read a place that begins with a number, "this" or a noun of places."""
        head = here
        adverb = here > 0 and self.at.has(here - 1, {"به"})  # "wholly": what is taken so follows
        while self.at.has(head, self.at.lists["quantity"]) and not adverb:
            head += 1
        this = self.at.has(head, _THIS)
        noun, says = self._place_noun(head + this)
        if not noun:
            return None
        behind = head + this + 1
        behind += self.at.has(behind, {"("}) if says == "many" else 0
        behind = self._past_adjectives(behind)
        names = self._listed(behind, plural=says == "many") if says in {"plain", "many"} and not this else ()
        last = (
            self._past_where(self.at.after(names[-1].end))
            if names
            else max(head + this + 1, behind - self.at.has(behind - 1, {"("}))
        )
        pointing = not names and (says == "definite" or bool(this))
        found = self.at.phrase(Role.PLACE, here, last, headed=True, names=names, pointing=pointing, head=noun)
        if not names and last > head + this + 1:
            return replace(found, end=self._bare_end(last - 1))
        return found if names else self._trimmed(found, says)

    def _past_adjectives(self, here: int) -> int:
        """Pass over adjectives behind a noun, which begin no name ("the military airport")."""
        while here < len(self.at.words) and self.at.words[here].text.startswith(tuple(self.at.lists["loose"])):
            here += 1
        return here

    def _past_where(self, here: int) -> int:
        """Pass over where a place lies ("west of X"), which is no place of its own."""
        found = self._name(here + 1) if self.at.has(here, self.at.lists["compass"]) else None
        return self.at.after(found.end) if found else here

    def _trimmed(self, found: Phrase, says: str) -> Phrase:
        """Leave the doer off that is written onto a bare noun ("two villages, they")."""
        doer = _DOER.search(self.at.text[found.start : found.end]) if says == "one" else None
        return replace(found, end=found.start + doer.start()) if doer else found

    def _listed(self, here: int, *, plural: bool) -> tuple[Name, ...]:
        """Read the names behind a noun: one, or several behind a noun of several."""
        first = self._name(here)
        names: tuple[Name, ...] = (first,) if first else ()
        while names and plural:
            then = self.at.after(names[-1].end)
            found = self._name(then + 1) if self.at.has(then, _JOINTS) else None
            if found is None:
                break
            names = (*names, found)
        return names

    def _name(self, here: int) -> Name | None:
        """Read one name: the gazetteer's, else one word or two that nothing closes."""
        if here >= len(self.at.words) or self._is_closed(here):
            return None
        found = self._known(here)
        if found is not None:
            return found
        last = here
        carried = self.at.words[here].text[-1:] not in {"ي", "ا"}
        two = here + 1 < len(self.at.words) and carried and not self._is_closed(here + 1)
        last += two and not self._is_marked(here)
        return Name(start=self.at.words[here].start, end=self._bare_end(last))

    def _is_marked(self, here: int) -> bool:
        """Tell whether a word carries an ending that closes its phrase."""
        return self._bare_end(here) < self.at.words[here].end

    def _bare_end(self, here: int) -> int:
        """Return where a word ends without what is written onto it."""
        word = self.at.words[here]
        bare = (_CASES if self._is_governed(here) else _ENDINGS).sub("", word.text)
        return word.start + len(bare) if len(bare) >= _LEAST else word.end

    def _is_governed(self, here: int) -> bool:
        """Tell whether a preposition stands before the noun of the name, so that no doer is written onto it."""
        return any(self.at.has(at, {"له", "بۆ", "به"}) for at in range(max(0, here - 3), here))

    def _known(self, here: int) -> Name | None:
        """Return the gazetteer's name at a word, its endings left off."""
        word = self.at.words[here]
        gazetteer = self.at.knowledge.gazetteer
        match = gazetteer.match(self.at.text, word.start)
        if match is not None:
            return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)
        unmarked = word.start + len(_ENDINGS.sub("", word.text))
        for end in (self._bare_end(here), unmarked):
            bare = gazetteer.match(self.at.text[word.start : end], 0) if word.start + _LEAST <= end < word.end else None
            if bare is not None and bare.end == end - word.start:
                return Name(start=word.start, end=end, rows=bare.rows, common=bare.common)
        return None

    def _is_closed(self, here: int) -> bool:
        """Tell whether a word cannot belong to a name."""
        word = self.at.words[here].text
        return (
            not word[0].isalpha()
            or (len(word) < _LEAST and word not in _BEGINNINGS)
            or word in self.at.lists["closed"]
            or word in self.at.lists["days"]
            or any(word.startswith(stem) for stem in self.at.lists["telling"])
            or self._place_noun(here)[0] != ""
            or word in self.at.lexicon.surfaces["actors"]
            or self.at.actor(here) is not None
        )

    def _bare(self, here: int) -> Phrase | None:
        """Read a known name that no noun introduces."""
        word = self.at.words[here].text
        if (
            not word[0].isalpha()
            or len(word) < _LEAST
            or any(word in self.at.lists[name] for name in ("closed", "not_places"))
        ):
            return None
        name = self._known(here)
        if name is None or name.common:
            return None
        last = self.at.after(name.end)
        return self.at.phrase(Role.PLACE, here, max(last, here + 1), names=(name,), actor=self.at.country(here))

    def _actor(self, here: int) -> Phrase | None:
        """Read an actor: known by name, or a noun with its qualifiers, the endings of its last word left off."""
        match = self.at.actor(here)
        found = self.at.lexicon.surfaces["actors"].get(self.at.words[here].text)
        if match is None and found is None and not self._is_group(here):
            return None
        noun, says = found or ("", "plain")
        last = self.at.after(match.end) if match else here + 1
        identity = match.id if match else None
        for then, known in self._qualifiers(last, says if match is None else "known"):
            last, identity = then, identity or known
        start = match.start if match else self.at.words[here].start
        generic = match.generic if match else None
        whole = self.at.phrase(Role.ACTOR, here, last, start=start, actor=identity, head=noun, generic=generic)
        return whole if match or found else self._group(here, whole)

    def _group(self, here: int, whole: Phrase) -> Phrase:
        """Leave off what is written onto a group's name, and look the name up."""
        end = self._bare_end(here)
        match = self.at.knowledge.actors.match(self.at.text[whole.start : end], 0)
        return replace(whole, end=end, actor=match.id if match else None)

    def _is_group(self, here: int) -> bool:
        """Tell whether a word is the name of a group with an ending written onto it (داعشیان)."""
        word = self.at.words[here]
        bare = self.at.text[word.start : self._bare_end(here)]
        return bare in self.at.lists["groups"]

    def _qualifiers(self, here: int, says: str) -> Iterator[tuple[int, str | None]]:
        """Yield the words that belong to the actor: what its ezafe leads to."""
        stop = min(here + _MOST_WORDS, len(self.at.words))
        leads = says in {"plain", "many"}
        while leads and here < stop:
            match = self.at.actor(here)
            if match is not None:
                yield self.at.after(match.end), match.id
                return
            word = self.at.words[here].text
            if not word[0].isalpha() or word in self.at.lists["closed"] or self._place_noun(here)[0]:
                return
            leads = word.endswith("ي") and not self._is_known_name(here)
            yield here + 1, self.at.country(here)
            here += 1

    def _is_known_name(self, here: int) -> bool:
        return self.at.country(here) is not None or self._is_group(here)
