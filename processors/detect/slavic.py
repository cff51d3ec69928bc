"""Noun phrases of Russian and Ukrainian: adjectives come first, then the head, then genitives and names.

A place is a known name in any case, a noun of place with its names ("селом X",
"три села: X, Y и Z"), or a noun alone, which points back. An actor is a noun of
actors with what qualifies it ("подразделения группировки войск "Центр""), an
abbreviation or a state's name. A phrase carries the case that its head's
ending marks, as the word order is free.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading
from processors.detect.slavic_actors import ActorReader
from processors.detect.slavic_names import Names

_QUALIFIERS = 5
_ADJECTIVE = {
    "ru": re.compile(r"[а-я-]{2,}(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ым|им|ую|юю|ых|их|ыми|ими|ом|ем|ей)$"),
    "uk": re.compile(
        r"[а-яіїєґ'-]{2,}(?:ий|ій|ого|ього|ому|ьому|им|ім|ої|ьої|ою|ьою|их|іх|ими|іми|"
        r"(?:ськ|цьк|зьк|н|ов|ев|єв|льн|щ|ш|к|рт|вл?ен|ован)(?:а|у|е|і)|(?:ня|ню|нє|ні))$"
    ),
}
_PLURAL = re.compile(r"(?:[иіїы]х|[иіїы]м|[иіїы]ми|і|ї|ые|ие|\d)$")
_NUMBER = re.compile(r"\d+(?:[.,-]\w+)*$")
_YEAR = re.compile(r"(?:19|20)\d\d$")


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    names = Names(at=at)
    reader = Places(at=at, names=names, actors=ActorReader(at=at, names=names))
    return scan(len(at.words), reader.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading
    names: Names
    actors: ActorReader

    def read(self, at: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        word = self.at.words[at].text
        if not word[0].isalnum() or word in self.at.lists["stops"] or _YEAR.match(word):
            return None
        long = self.names.known(at, least=2)
        if long is not None and self._is_name(at, long):
            return self._named(at, long)
        if word in self.at.lists["shares"]:
            return self._share(at, at)
        return self._qualified(at)

    def _qualified(self, at: int) -> Phrase | None:
        """Read a phrase with its qualifiers, else the one that begins here without any."""
        core = self._qualifiers(at)
        return self._core(at, core) or (self._core(at, at) if core > at else None)

    def _is_name(self, at: int, name: Name) -> bool:
        """Tell whether known words are not the beginning of an actor's name ("Южная группировка")."""
        behind = self.at.after(name.end)
        return self.at.actor(at) is None and not self._is_actor(behind - 1) and not self._is_area(behind)

    def _is_actor(self, at: int) -> bool:
        return self.at.words[at].text in self.at.lexicon.surfaces["actors"]

    def _is_area(self, at: int) -> bool:
        return bool(self.at.has(at, self.at.lists["areas"]))

    def _qualifiers(self, at: int) -> int:
        """Skip numbers, quantities and adjectives; return the word after them."""
        end = at
        while end < min(at + _QUALIFIERS, len(self.at.words)) and self._qualifies(end):
            end += 1
        return end

    def _qualifies(self, at: int) -> bool:
        word, language = self.at.words[at].text, self.at.lexicon.language
        if word in self.at.lists["quantity"] or (_NUMBER.match(word) and not _YEAR.match(word)) or word == "%":
            return True
        if word in self.at.lists["stops"] or self._noun(at) or self._is_verb(word):
            return False
        return _ADJECTIVE[language].match(word) is not None

    def _is_verb(self, word: str) -> bool:
        """Tell whether a word begins as a trigger does, so that it is no mere adjective ("освобожденное" is one)."""
        return self.at.lexicon.stems.match(word) is not None and word not in self.at.lists["participles"]

    def _noun(self, at: int) -> bool:
        word = self.at.words[at].text
        surfaces = self.at.lexicon.surfaces
        return word in surfaces["places"] or word in surfaces["actors"] or word in self.at.lists["shares"]

    def _core(self, at: int, core: int) -> Phrase | None:
        """Read the head of a phrase and what belongs to it."""
        if core >= len(self.at.words) or (core > at and not self._agrees(at, core)):
            return None
        return self.actors.read(at, core) or self._of_place(at, core)

    def _of_place(self, at: int, core: int) -> Phrase | None:
        """Read a place by its noun, its abbreviated noun, a share of it, or its bare name."""
        word = self.at.words[core].text
        if word in self.at.lexicon.surfaces["places"] and self._is_place_noun(core, at):
            return self._headed(at, core)
        if word in self.at.lists["abbreviations"]:
            return self._abbreviated(at, core)
        if core > at and word in self.at.lists["shares"]:
            return self._share(at, core)
        counted = all(self.at.words[n].text in self.at.lists["quantity"] for n in range(at, core))
        return self._bare(core) if counted else None

    def _agrees(self, at: int, core: int) -> bool:
        """Tell whether a capitalised adjective can stand before this head: no name in the singular before a plural."""
        surfaces, word = self.at.lexicon.surfaces, self.at.words[core].text
        _, case = surfaces["actors"].get(word) or surfaces["places"].get(word) or ("", "")
        singular = self.at.capital(at) and _PLURAL.search(self.at.words[at].text) is None
        plural = case.endswith("+") or (case == "nom" and word[-1] in "иыії")
        return not (plural and singular and self.names.known(at, least=1) is not None)

    def _is_place_noun(self, core: int, at: int) -> bool:
        """Tell whether a noun means a place here: some do with an adjective only ("населенный пункт")."""
        noun, _ = self.at.lexicon.surfaces["places"][self.at.words[core].text]
        if noun not in self.at.lists["needing"]:
            return True
        return core > at and any(self.at.words[core - 1].text.startswith(stem) for stem in self.at.lists["needed"])

    def _headed(self, at: int, core: int) -> Phrase | None:
        """Read a place with a noun: its names, or where it lies, or the noun alone."""
        noun, case = self.at.lexicon.surfaces["places"][self.at.words[core].text]
        if noun in self.at.lists["areas"] and core > at and self.at.capital(core - 1):
            return self._area(at, core, noun, case)
        plural, broad = case.endswith("+"), noun in self.at.lists["broad"]
        listing = plural or case == "gen"  # "села" is one village's genitive and several villages' nominative
        names, last = ((), core + 1) if broad else self._names_after(core + 1, listing=listing)
        within, stop = ((), last) if names else self._within(core + 1)
        if broad and within:
            whole = Name(start=self.at.words[at].start, end=within[-1].end)
            return self._place(at, stop, (whole,), within=within, share=True, headed=True, head=noun, case=case)
        if not names and not within:
            stop += self.at.has(stop, self.at.lists["of_place"])
        bare = (core == at or self.at.has(core - 1, self.at.lists["pointers"]) == 1) and stop == core + 1
        pointing = bare and not names and not within and not plural
        if noun in self.at.lists["sites"] and bare and not names and not within:
            return None
        return self._place(
            at,
            stop,
            names,
            within=within,
            share=plural and not names,
            headed=True,
            pointing=pointing,
            head=noun,
            case=case,
        )

    def _place(self, at: int, last: int, names: tuple[Name, ...], *, case: str = "", **known: Any) -> Phrase:
        return self.at.phrase(Role.PLACE, at, last, names=names, case=case.rstrip("+"), **known)

    def _area(self, at: int, core: int, noun: str, case: str) -> Phrase:
        """Read a region named by an adjective ("Харьковской области")."""
        first = core - 1
        name = self.names.known(first, least=2) or self._region(first, core)
        share = any(self.at.words[n].text == "%" for n in range(at, core))
        start = at if share else first
        names = (replace(name, start=self.at.words[start].start),)
        return self._place(start, core + 1, names, share=share, headed=True, head=noun, case=case)

    def _region(self, first: int, core: int) -> Name:
        """Look a region up by its adjective and noun in the nominative."""
        start, end = self.at.words[first].start, self.at.words[core].end
        rows = self.names.rows(first, core - first + 1)
        return Name(start=start, end=end, rows=rows)

    def _names_after(self, at: int, *, listing: bool) -> tuple[tuple[Name, ...], int]:
        """Read the names after a noun, behind a colon or dash where the noun is a plural."""
        here = at
        if listing and self.at.has(here, self.at.lists["openers"]):
            here += 1
        known = self.names.name(here) if not self._is_region(here) else None
        if known is None or self._starts_actor(here):
            return (), at
        if not listing:
            return (known,), self.at.after(known.end)
        return self.names.more((known,), self.at.after(known.end), free=True)

    def _starts_actor(self, at: int) -> bool:
        return self.at.actor(at) is not None or self._is_actor(at)

    def _is_region(self, at: int) -> bool:
        """Tell whether an adjective of a region stands here ("село Харьковской области")."""
        return self._is_area(at + 1) or bool(self.at.has(at + 1, {"та", "и"}) and self._is_area(at + 3))

    def _within(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read where an unnamed place lies: "в провинции X", "под X", "X-ской области", a name in the genitive."""
        inside = self.at.lists["inside"]
        for here in range(at, min(at + 6, len(self.at.words))):
            word = self.at.words[here].text
            if self._is_region(here) and self.names.is_name(here):
                return (self._region(here, here + 1),), here + 2
            name = self.names.name(here) if not self._starts_actor(here) else None
            if name is not None:
                return (name,), self.at.after(name.end)
            if word not in inside and not self._noun_of_place(here) and not self._qualifies(here):
                break
        return (), at

    def _noun_of_place(self, at: int) -> bool:
        return self.at.words[at].text in self.at.lexicon.surfaces["places"]

    def _abbreviated(self, at: int, core: int) -> Phrase | None:
        """Read an abbreviated noun with its name ("н.п. X", "г. X", "смт X")."""
        here = core + 1 + self.at.has(core + 1, {"."})
        name = self.names.name(here)
        if name is None:
            return None
        plural = self.at.words[core].text in self.at.lists["plural"]
        last = self.at.after(name.end)
        names, last = self.names.more((name,), last, free=True) if plural else ((name,), last)
        return self._place(at, last, names, headed=True, head="село")

    def _share(self, at: int, core: int) -> Phrase | None:
        """Read a share of a place ("часть Бахмута", "большую часть города")."""
        here = core + 1
        here += self.at.has(here, {"от", "від"})
        inner = self._qualified(here) if here < len(self.at.words) else None
        if inner is None or inner.role is not Role.PLACE:
            return None
        within = inner.names[:1] or inner.within
        last = inner.last
        names = (Name(start=self.at.words[at].start, end=self.at.words[last - 1].end),)
        return self._place(at, last, names, within=within, share=True, headed=True, head="часть")

    def _bare(self, at: int) -> Phrase | None:
        """Read a bare name: a place of the gazetteer, one with a settlement's ending, or capitals nothing knows."""
        if not self.names.is_name(at):
            return None
        country = self.actors.country(at)
        if country is not None:
            return country
        known = self.names.known(at)
        if known is not None and not (self._opens(at) and self._is_doubtful(at, known)):
            return self._named(at, known)
        if self._opens(at) and not (self._is_sole(at) and self.names.settlement(at)):
            return None
        name = self.names.settlement(at)
        if name is not None:
            return self._named(at, name)
        name = self.names.name(at)
        return self.at.phrase(Role.NAME, at, self.at.after(name.end), names=(name,)) if name else None

    def _is_doubtful(self, at: int, name: Name) -> bool:
        """Tell whether the first word of a sentence is more likely an everyday word than this place's name."""
        if name.common or self.at.words[at].text in self.at.lists["moods"]:
            return True
        return not self.names.is_sizeable(name) and self.names.settlement(at) is None

    def _opens(self, at: int) -> bool:
        """Tell whether a word has a capital because it opens a sentence."""
        return at == 0 or self.at.words[at - 1].text in {".", "!", "?", ":", "—", "–", "•", "⚡", "❗"}

    def _is_sole(self, at: int) -> bool:
        """Tell whether the word behind a name is one that no adjective stands before."""
        return not self._noun(at + 1) if at + 1 < len(self.at.words) else True

    def _named(self, at: int, name: Name) -> Phrase:
        names, last = self.names.more((name,), self.at.after(name.end), free=False)
        return self._place(at, last, names)
