"""Noun phrases of French and Spanish: the noun comes first, then adjectives, then "de" and a name.

A place is a known name with a capital, a common noun with a name behind it
("la ville stratégique de X", "los pueblos de X y Z"), or a common noun alone that
points back. An actor is a name of the actor table or a common noun with its
adjectives and its "de" ("les rebelles du M23"). Elided articles (l', d') are words
of their own here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading
from processors.detect.romance_actors import Actors
from processors.detect.romance_names import Names
from processors.detect.romance_qualifiers import YEAR, Qualifiers
from processors.detect.romance_words import parted

_WHOLE = frozenset({"tout", "toute", "todo", "toda"})
_ADJECTIVES = 3
_WHERE = 3
_LIST = 3
"""Unknown names in a row that are read as one list."""

_INSIDE = 8
"""Words that may stand before the name that a place lies near."""


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    words = tuple(part for word in at.words for part in parted(word))
    apart = replace(at, words=words, starts=tuple(word.start for word in words))
    names = Names(at=apart)
    reader = Places(at=apart, names=names, actors=Actors(at=apart, names=names), words=Qualifiers(at=apart))
    return scan(len(words), reader.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading
    names: Names
    actors: Actors
    words: Qualifiers

    def read(self, at: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        word, lists = self.at.words[at].text, self.at.lists
        pronoun = word in lists["pronouns"] and not self.at.has(at + 1, lists["impersonal"])
        latter = self.words.is_latter(at)
        if pronoun or latter or self.words.is_demonstrative(at):
            return self.at.phrase(
                Role.NAME, at, at + 1 + latter, pointing=True, head="it" if word in lists["it"] else "they"
            )
        if YEAR.match(word) or self.words.follows_its_noun(at):
            return None
        named = self.names.has_article(at) and not self.actors.is_acronym(at + 1)
        core, share = (at, False) if named else self.words.skipped(at)
        if core >= len(self.at.words):
            return None
        return (
            self.actors.read(at, core)
            or self._headed(at, core, share=share)
            or (self.actors.unknown(at, core) if self.actors.is_acronym(core) else None)
            or self._named(at, core, share=share)
            or self.actors.unknown(at, core)
            or self._unknown(at, core, share=share)
        )

    def _headed(self, at: int, core: int, *, share: bool) -> Phrase | None:
        """Read a place with a noun: the names behind "de" or right behind the noun, or where it lies."""
        head, lists = self.at.words[core].text, self.at.lists
        if head not in lists["places"] or self._is_capital_noun(core) or self.words.is_verb(core):
            return None
        share = share or head in lists["shares"]
        plural = head in lists["plural"]
        counted = any(self.at.words[here].text in lists["quantity"] for here in range(at, core))
        names, last = self._names_after(core + 1, plural=plural)
        chief = head in lists["chief"] or (bool(names) and self._is_country(names[0]))
        region = bool(names) and (
            chief or head in lists["broad"] or (plural and (counted or share) and len(names) == 1)
        )
        definite = self.words.is_definite(at, core)
        bare = head in lists["bare"] and (core == at or (counted and definite))
        loose = head in lists["sites"] and not (plural and head in lists["built"])
        if not names and (bare or (not definite and loose)):
            return None
        if not names:
            names, last = self._apposed(core + 1, last, plural=plural)
        if region:
            whole = Name(start=self.at.words[at].start, end=names[-1].end)
            part = share or plural or head in lists["broad"]
            return self._place(at, last, head, names=(whole,), within=names, share=part)
        within, stop = self._lies_in(last if names else self._past_purpose(core + 1))
        if plural and within and not names:
            names, stop = self._announced(stop)
        if names:
            return self._place(at, stop, head, names=names, share=share)
        holder = self._holder(core + 1) if not within else None
        if head in lists["sides"] and not (within or share):
            return None
        pointing = definite and not within and not plural
        stop = stop if within else self._past_purpose(core + 1)
        return self._place(at, stop, head, within=within, share=share or plural, pointing=pointing, holder=holder)

    def _holder(self, at: int) -> Phrase | None:
        """Return whose a place is ("cinq positions de l'armée", "dos bases del cartel")."""
        lists, here = self.at.lists, self.actors.past_adjectives(at)
        if not self.at.has(here, lists["of"]):
            return None
        core = here + 1 + self.at.has(here + 1, lists["determiners"])
        return self.actors.read(here + 1, core) if core < len(self.at.words) else None

    def _announced(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read the names behind a colon where it is told first in what area they lie."""
        last = self._past_where(at)
        return self._listed(last + 1, at) if self.at.has(last, {":"}) else ((), at)

    def _past_purpose(self, at: int) -> int:
        """Pass over what a place is for and its adjectives ("postes de contrôle", "palais présidentiel")."""
        lists = self.at.lists
        of = self.at.has(at, lists["of"] | lists["made_for"])
        at += 2 * (of and (self.at.has(at + 1, lists["purposes"]) or self._is_purpose(at + 1)))
        return self.actors.past_adjectives(at)

    def _is_purpose(self, at: int) -> bool:
        """Tell whether a small noun, no place and nobody, says what a building is for ("dépôt de carburant")."""
        lists = self.at.lists
        plain = bool(self.at.has(at - 2, lists["sites"])) and self.words.is_adjective(at)
        return plain and not self.at.has(at, lists["places"] | lists["actors"] | lists["determiners"] | lists["shares"])

    def _is_country(self, name: Name) -> bool:
        return self.at.country(self.at.after(name.start)) is not None

    def _place(self, first: int, last: int, head: str, **known: Any) -> Phrase:
        return self.at.phrase(Role.PLACE, first, last, headed=True, head=head, **known)

    def _is_capital_noun(self, at: int) -> bool:
        """Tell whether a noun with a capital begins a known name instead ("Puerto Príncipe")."""
        known = self.names.known(at) if at and self.at.capital(at) else None
        return known is not None and known.end > self.at.words[at].end

    def _names_after(self, at: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read the names behind a noun, past adjectives and further nouns ("ville portuaire de X")."""
        here = at = self.words.past_people(at)
        while here < at + _ADJECTIVES and self.words.is_adjective(here):
            here += 1
        if plural and self.at.has(here, {":", ",", "("}):
            return self._listed(here + 1, at)
        if plural and self.at.has(here, self.at.lists["such"]):
            return self._listed(here + 1, at, least=1)
        if not self.at.has(here, self.at.lists["of"]):
            first = self.actors.past_adjectives(at)
            first += self.at.has(first, self.at.lists["determiners"]) and self.at.capital(first)
            name = self.names.name(first) if self.names.is_capital(first) else None
            return self.names.more((name,), self.at.after(name.end), plural=plural) if name else ((), at)
        here += 2 * (
            self.words.is_adjective(here + 1) and self.at.has(here + 2, self.at.lists["of"])
        )  # "camp de toile de"
        core, _ = self.words.skipped(here + 1)
        if self.at.has(core, self.at.lists["places"]) and self.names.known(core) is None:
            return self._names_after(core + 1, plural=plural)
        name = self.names.name(core)
        if name is None or (name.rows == () and not self.names.is_capital(core)):
            return (), at
        return self.names.more((name,), self.at.after(name.end), plural=plural)

    def _listed(self, at: int, back: int, *, least: int = 2) -> tuple[tuple[Name, ...], int]:
        """Read the names that a plural announces ("trois villages : A, B et C"), two of them unless told otherwise."""
        name = self.names.name(self.words.skipped(at)[0]) if at < len(self.at.words) else None
        names, last = self.names.more((name,), self.at.after(name.end), plural=True) if name else ((), back)
        if len(names) < least:  # one name behind a comma is the next clause's
            return (), back
        return names, last + self.at.has(last, {",", ")"})

    def _apposed(self, at: int, back: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read the name that a noun announces between commas ("un des camps, X, ...", "su feudo, la ciudad de X")."""
        here = self.words.past_relation(self.actors.past_adjectives(at))
        if not self.at.has(here, {","}):
            return (), back
        core, _ = self.words.skipped(here + 1)
        named = core > here + 1 and self.at.has(core, self.at.lists["places"])
        if named and self.names.known(core) is None:
            names, last = self._names_after(core + 1, plural=False)
        else:
            name = self.names.name(core) if self.names.is_capital(core) else None
            names, last = self._listed(here + 1, back) if plural else ((), back)
            names, last = ((name,), self.at.after(name.end)) if name and not names else (names, last)
        closed = last >= len(self.at.words) or self.at.has(last, {",", "."})
        return (names, last) if names and closed else ((), back)

    def _lies_in(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read where a place lies ("dans la province du Kivu", ", au nord de Y,"); return its names and the end."""
        here = at + self.at.has(at, {",", "("})
        near = self.at.has(here, self.at.lists["situated"])
        here += near
        area = self.at.has(here, self.at.lists["of"]) and self.at.has(
            self.words.skipped(here + 1)[0], self.at.lists["areas"]
        )
        if self.at.has(here + 1, self.at.lists["among"]):
            return (), at
        if self.at.has(here, {"aux"}) and self.actors.is_people(here + 1):
            return (), at
        apposed = here > at and not near and self.at.has(here, self.at.lists["areas"])
        if not (area or apposed or self.at.has(here, self.at.lists["lying"]) or (near and self.at.has(here, {"a"}))):
            return (), at
        core = here + (not apposed)
        while core < min(here + _INSIDE, len(self.at.words)) and self.words.is_inside(core):
            core += 1
        core, _ = self.words.skipped(core)
        if self.at.has(core, self.at.lists["places"]) and self.names.known(core) is None:
            names, last = self._names_after(core + 1, plural=False)
        else:
            name = self.names.known(core) or (self.names.name(core) if self.names.is_capital(core) else None)
            names, last = ((name,), self.at.after(name.end)) if name else ((), at)
            names, last = self.names.more(names, last, plural=False) if near and names else (names, last)
        return (names, last) if names else ((), at)

    def _named(self, at: int, core: int, *, share: bool) -> Phrase | None:
        """Read a bare name that the gazetteer has, with what is said of it in passing."""
        known = self.names.known(core)
        if known is None or (known.common and core == 0 and self.at.after(known.end) == 1):
            return None
        if core and self.at.has(core - 1, self.at.lists["ranks"]):
            return None
        names, last = self.names.more((known,), self.at.after(known.end), plural=False)
        last = self._past_aside(last)
        return self.at.phrase(Role.PLACE, at, last, names=names, share=share, actor=self._state(core))

    def _state(self, at: int) -> str | None:
        """Return the state that a country's name, or its capital's, stands for, unless something is done there."""
        if not self.at.has(at, self.at.lists["capitals"]):
            return self.at.country(at)
        if at and self.at.has(at - 1, self.at.lists["at"]):
            return None
        match = self.at.place(at)
        entry = self.at.knowledge.gazetteer.entry(match.rows[0]) if match else None
        return self.at.knowledge.actors.of_state(entry.country) if entry else None

    def _past_aside(self, at: int) -> int:
        """Pass over where a named place lies and what it is ("X, une localité du Nord, ...")."""
        at = self._past_where(at)
        if not self.at.has(at, {","}):
            return at
        core, _ = self.words.skipped(at + 1)
        if not self.at.has(core, self.at.lists["places"]):
            return at
        names, last = self._names_after(core + 1, plural=False)
        told = self._past_where(last if names else core + 1)
        if not names and told == core + 1:
            of = self.at.has(core + 1, self.at.lists["of"])
            plain = not of and self.at.words[core].text not in self.at.lists["sites"] | self.at.lists["plural"]
            return self.actors.past_adjectives(core + 1) if plain and not self.words.is_definite(at + 1, core) else at
        return told if told >= len(self.at.words) or self.at.has(told, {",", "."}) else at

    def _past_where(self, at: int) -> int:
        """Pass over where a place lies, told once or more ("près de X dans la province de Y (Z)")."""
        for _ in range(_WHERE):
            bracket = self.at.has(at, {"("}) and self.at.has(at + 2, {")"})
            _, last = (at, at + 3) if bracket else self._lies_in(at)
            if last == at:
                break
            at = last
        return at

    def _unknown(self, at: int, core: int, *, share: bool) -> Phrase | None:
        """Read capitalised words that nothing knows; a sentence's first word is one only before an auxiliary.

        Behind "president" or "general" they are a person; what is said of them in
        passing may tell that they are a place ("X, une localité du Nord"), and so does
        a share or an amount of them ("la moitié de X").
        """
        titled = core > 0 and self.at.has(core - 1, self.at.lists["speakers"])
        name = self.names.name(core) if self.names.is_capital(core) and not titled else None
        if name is None:
            return None
        last = self.at.after(name.end)
        if core == 0 and last == 1 and not self.at.has(1, self.at.lists["auxiliaries"] | {","}):
            return None
        names, end = self.names.more((name,), last, plural=False)
        told = self._past_aside(end)
        whole = any(self.at.words[here].text in _WHOLE for here in range(at, core))
        if share or whole or (core > at and self.at.has(core - 1, self.at.lists["of"])):
            return self.at.phrase(Role.PLACE, at, told, names=names, share=share)
        if told > end or any(listed.rows for listed in names):
            return self.at.phrase(Role.PLACE, core, told, names=names, headed=told > end)
        if len(names) >= _LIST:
            return self.at.phrase(Role.NAME, core, end, names=names)
        return self.at.phrase(Role.NAME, core, last, names=(name,))
