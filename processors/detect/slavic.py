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
_OWNERS = 4
_ADJECTIVE = {
    "ru": re.compile(r"[а-я-]{2,}(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ым|им|ую|юю|ых|их|ыми|ими|ом|ем|ей)$"),
    "uk": re.compile(
        r"[а-яіїєґ'-]{2,}(?:ий|ій|ого|ього|ому|ьому|им|ім|ої|ьої|ою|ьою|их|іх|ими|іми|"
        r"(?:ськ|цьк|зьк|н|ов|ев|єв|льн|щ|ш|к|рт|вл?ен|ован)(?:а|у|е|і)|(?:ня|ню|нє|ні))$"
    ),
}
_PLURAL = re.compile(r"(?:[иіїы]х|[иіїы]м|[иіїы]ми|і|ї|ые|ие|\d)$")
_SIDE = re.compile(r"(?:юж|север|запад|восточ|централь|стар|больш|значит|півден|північ|захід|схід|більш)")
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
        stops = word in self.at.lists["stops"] - self.at.lists["pointers"] and not self._counts(at)
        if not word[0].isalnum() or stops or _YEAR.match(word):
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

    def _counts(self, at: int) -> bool:
        """Tell whether "около" or "не менее" stands before a number here and is no preposition."""
        here = at + self.at.has(at, {"не"})
        counted = self.at.has(here, self.at.lists["quantity"]) and here + 1 < len(self.at.words)
        return bool(counted) and _NUMBER.match(self.at.words[here + 1].text) is not None

    def _qualifiers(self, at: int) -> int:
        """Skip numbers, quantities and adjectives, "один из" too; return the word after them."""
        end = at + self.at.has(at, {"не"})
        while end < min(at + _QUALIFIERS, len(self.at.words)) and self._qualifies(end):
            end += 1 + (self.at.has(end, self.at.lists["ones"]) and self.at.has(end + 1, {"из", "з", "із"}))
        return end

    def _qualifies(self, at: int) -> bool:
        word, language = self.at.words[at].text, self.at.lexicon.language
        if (
            word in self.at.lists["quantity"] | self.at.lists["pointers"]
            or (_NUMBER.match(word) and not _YEAR.match(word))
            or word == "%"
        ):
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
        return self._bare(at, core)

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
        plural = case.endswith("+") or noun in self.at.lists["plural"]
        broad = noun in self.at.lists["broad"]
        listing = plural or case == "gen"  # "села" is one village's genitive and several villages' nominative
        names, last = ((), core + 1) if broad else self._names_after(core + 1, listing=listing)
        within, stop = ((), last) if names else self._within(core + 1)
        if broad and within:
            whole = Name(start=self.at.words[at].start, end=within[-1].end)
            return self._place(at, stop, (whole,), within=within, share=True, headed=True, head=noun, case=case)
        if not names and not within:
            return self._unnamed(at, core, noun, case)
        share = plural and not names
        return self._place(at, stop, names, within=within, share=share, headed=True, head=noun, case=case)

    def _unnamed(self, at: int, core: int, noun: str, case: str) -> Phrase | None:
        """Read a noun alone, which points back, or with what it belongs to ("столицу провинции", "базу армии")."""
        stop = core + 1
        while stop < min(core + 1 + _OWNERS, len(self.at.words)) and self._owns(stop):
            stop += 1
        names, last = self._names_after(stop, listing=True) if stop > core + 1 else ((), stop)
        if names:
            return self._place(at, last, names, headed=True, head=noun, case=case)
        holder = self._qualified(stop) if stop < len(self.at.words) else None
        held = holder is not None and holder.role is Role.ACTOR and holder.case in {"gen", ""}
        bare = (core == at or self.at.has(core - 1, self.at.lists["pointers"]) == 1) and stop == core + 1
        if noun in self.at.lists["sites"] and bare and not held:
            return None
        plural = case.endswith("+")
        if held and holder is not None:
            return self._place(at, holder.last, (), holder=holder, share=plural, headed=True, head=noun, case=case)
        return self._place(at, stop, (), pointing=bare and not plural, share=plural, headed=True, head=noun, case=case)

    def _owns(self, at: int) -> bool:
        """Tell whether a noun in the genitive says whose the place before it is ("администрации города")."""
        lists, word = self.at.lists, self.at.words[at].text
        if word in lists["of_place"] or word in lists["institutions"]:
            return True
        return self._qualifies(at) and bool(self.at.has(at + 1, lists["of_place"] | lists["institutions"]))

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
        if listing and self._is_region(here) and self.names.is_name(here) and self._may_be_named(here + 2):
            here += 2
        known = self.names.name(here) if not self._is_region(here) else None
        if known is None or self._starts_actor(here):
            return (), at
        if not listing:
            return (known,), self.at.after(known.end)
        return self.names.more((known,), self.at.after(known.end), free=True)

    def _may_be_named(self, at: int) -> bool:
        return at < len(self.at.words) and self.names.is_name(at)

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
            side = core > at and _SIDE.match(self.at.words[core - 1].text)
            return self._place(at, core + 1, (), share=True, headed=True, head="часть") if side else None
        within = inner.names[:1] or inner.within
        last = inner.last
        names = (Name(start=self.at.words[at].start, end=self.at.words[last - 1].end),)
        return self._place(at, last, names, within=within, share=True, headed=True, head="часть")

    def _bare(self, at: int, core: int) -> Phrase | None:
        """Read a bare name: a place of the gazetteer, one with a settlement's ending, or capitals nothing knows."""
        if not self.names.is_name(core) or any(self.at.capital(n) for n in range(at, core)):
            return None
        country = self.actors.country(core)
        if country is not None:
            return country if core == at else None
        known = self.names.known(core)
        if known is not None and self._opens(core) and self._is_doubtful(core, known):
            known = None
        elif known is None and not (self._opens(core) and not self._is_sole(core)):
            known = self.names.settlement(core)
        if known is not None:
            return self._named(at, known)
        return self._unknown(at) if core == at and not self._opens(at) else None

    def _unknown(self, at: int) -> Phrase | None:
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
        share = any(self.at.words[n].text == "%" for n in range(at, self.at.after(name.start)))
        return self._place(at, last, names, share=share)
