"""Noun phrases of Russian and Ukrainian: adjectives come first, then the head, then genitives and names.

A place is a known name in any case, a noun of place with its names ("селом X",
"три села: X, Y и Z"), or a noun alone, which points back. An actor is a noun of
actors with what qualifies it ("подразделения группировки войск "Центр""), an
abbreviation or a state's name. A phrase carries the case that its head's
ending marks, as the word order is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading
from processors.detect.slavic_actors import ActorReader
from processors.detect.slavic_agreement import agrees, is_of_side, is_of_troops
from processors.detect.slavic_areas import areas
from processors.detect.slavic_around import YEAR, Around
from processors.detect.slavic_names import Names

_OWNERS = 5
_STAFF = ("генеральн", "оперативн")
_LIST = 3
"""Names in a row, known or not, that are taken for places."""


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    names = Names(at=at)
    actors = ActorReader(at=at, names=names)
    reader = Places(at=at, names=names, actors=actors, around=Around(at=at, names=names, actors=actors))
    return scan(len(at.words), reader.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading
    names: Names
    actors: ActorReader
    around: Around

    def read(self, at: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        word = self.at.words[at].text
        stops = word in self.at.lists["stops"] - self.at.lists["pointers"] - self.at.lists[
            "own"
        ] and not self.around.counts(at)
        if (
            not word[0].isalnum()
            or stops
            or YEAR.match(word)
            or self.around.links(at)
            or self.around.is_further_unit(at)
        ):
            return None
        if (several := areas(self.at, at)) is not None:
            return several
        long = self.names.known(at, least=2)
        if long is not None and self._is_name(at, long):
            return self._named(at, long)
        if word in self.at.lists["shares"]:
            return self._share(at, at)
        return self._qualified(at)

    def _qualified(self, at: int) -> Phrase | None:
        """Read a phrase with its qualifiers, else the one that begins here without any."""
        core = self.around.qualifiers(at)
        named = self.at.capital(core - 1) and not self.at.capital(at)  # "70% Покровська" ends as adjectives do
        ends = (core, core - 1, at) if named and core - 1 > at else (core, at) if core > at else (core,)
        return next((phrase for end in ends if (phrase := self._core(at, end)) is not None), None)

    def _is_name(self, at: int, name: Name) -> bool:
        """Tell whether known words are not the beginning of an actor's name ("Южная группировка")."""
        behind = self.at.after(name.end)
        return self.at.actor(at) is None and not self.around.is_actor(behind - 1) and not self.around.is_area(behind)

    def _core(self, at: int, core: int) -> Phrase | None:
        """Read the head of a phrase and what belongs to it."""
        if core >= len(self.at.words) or (core > at and not agrees(self.at, self.names, at, core)):
            return None
        if core > at and self.actors.country_id(at) is not None:  # "взятие Азербайджаном города"
            return None
        return self._part(at, core) or self.actors.read(at, core) or self._of_place(at, core)

    def _part(self, at: int, core: int) -> Phrase | None:
        """Read a qualified share of a place ("значительную часть Сирии"), which is no unit of troops."""
        part = core > at and self.at.words[core].text in self.at.lists["shares"]
        return self._share(at, core) if part and not is_of_troops(self.at.words[core - 1].text) else None

    def _of_place(self, at: int, core: int) -> Phrase | None:
        """Read a place by its noun, its abbreviated noun, a share of it, or its bare name."""
        word = self.at.words[core].text
        if word in self.at.lexicon.surfaces["places"] and self._is_place_noun(core, at):
            return self._noun_as_name(at, core) or self._headed(at, core)
        if word in self.at.lists["abbreviations"]:
            return self._abbreviated(at, core)
        if core > at and word in self.at.lists["shares"]:
            return self._share(at, core)
        return self._bare(at, core)

    def _noun_as_name(self, at: int, core: int) -> Phrase | None:
        """Read a noun of place that is a town's name here: a capital inside a sentence, no name behind ("Курган")."""
        alone = core == at and core > 0 and not self._opens(core) and self.at.capital(core)
        if not alone or (core + 1 < len(self.at.words) and self.at.capital(core + 1)):
            return None
        name = self.names.known(core)
        return self._named(at, name) if name is not None and self.names.is_sizeable(name) else None

    def _is_place_noun(self, core: int, at: int) -> bool:
        """Tell whether a noun means a place here: some do with an adjective only ("населенный пункт")."""
        noun, _ = self.at.lexicon.surfaces["places"][self.at.words[core].text]
        if core and self.at.words[core - 1].text.startswith(_STAFF):
            return False
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
        one = any(self.at.has(here, self.at.lists["ones"]) for here in range(at, core))
        listing = plural or one or case in {"", "gen"}  # "села" is one village's genitive and several villages' plural
        names, last = ((), core + 1) if broad else self.around.names_after(core + 1, listing=listing)
        within, stop = ((), last) if names else self.around.within(core + 1)
        if case.endswith("+") and len(names) == 1:
            names, within = (), names
        listed, last = self._listed(stop) if within else ((), stop)
        if listed:
            return self._place(at, last, listed, headed=True, head=noun, case=case)
        if broad and within:
            whole = Name(start=self.at.words[at].start, end=within[-1].end)
            return self._place(at, stop, (whole,), within=within, share=True, headed=True, head=noun, case=case)
        if not names and not within:
            return self._unnamed(at, core, stop, noun, case)
        share = plural and not names
        return self._place(at, stop, names, within=within, share=share, headed=True, head=noun, case=case)

    def _listed(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read the names that a colon or a dash adds to unnamed places ("4 села в области X: A, B и C")."""
        opened = self.at.has(at, self.at.lists["openers"])
        names, last = self.around.names_after(at, listing=True) if opened else ((), at)
        return (names, last) if len(names) > 1 else ((), at)

    def _unnamed(self, at: int, core: int, stop: int, noun: str, case: str) -> Phrase | None:
        """Read a noun alone, which points back, or with what it belongs to ("столицу провинции", "базу армии")."""
        while stop < min(core + _OWNERS, len(self.at.words)) and self._owns(stop):
            stop += 1
        names, last = self.around.names_after(stop, listing=True) if stop > core + 1 else ((), stop)
        if names:
            return self._place(at, last, names, headed=True, head=noun, case=case)
        holder = self._qualified(stop) if stop < len(self.at.words) else None
        held = holder is not None and holder.role is Role.ACTOR and holder.case in {"gen", ""}
        bare = (core == at or self.at.has(core - 1, self.at.lists["pointers"]) == 1) and stop == core + 1
        if noun in self.at.lists["sites"] and bare and not held and not self.around.is_left(core, noun):
            return None
        plural = case.endswith("+") or noun in self.at.lists["plural"]
        if held and holder is not None:
            return self._place(at, holder.last, (), holder=holder, share=plural, headed=True, head=noun, case=case)
        pointing = bare and not plural and not self._is_added(at)
        return self._place(at, stop, (), pointing=pointing, share=plural, headed=True, head=noun, case=case)

    def _is_added(self, at: int) -> bool:
        """Tell whether a noun is joined to another place, so that it means one of its own ("порт и аэродром")."""
        joined = at > 1 and self.at.words[at - 1].text in self.at.lists["joints"]
        return joined and (self.at.words[at - 2].text in self.at.lexicon.surfaces["places"] or self.at.capital(at - 2))

    def _owns(self, at: int) -> bool:
        """Tell whether a noun in the genitive says whose the place before it is ("администрации города")."""
        lists, word = self.at.lists, self.at.words[at].text
        _, case = self.at.lexicon.surfaces["places"].get(word, ("", ""))
        if case.startswith("gen") or word in lists["of_place"] or word in lists["institutions"]:
            return True
        return self.around.qualifies(at) and bool(self.at.has(at + 1, lists["of_place"] | lists["institutions"]))

    def _place(self, at: int, last: int, names: tuple[Name, ...], *, case: str = "", **known: Any) -> Phrase:
        return self.at.phrase(Role.PLACE, at, last, names=names, case=case.rstrip("+"), **known)

    def _area(self, at: int, core: int, noun: str, case: str) -> Phrase:
        """Read a region named by an adjective ("Харьковской области")."""
        first = core - 1
        name = self.names.known(first, least=2) or self.around.region(first, core)
        share = any(self.at.words[n].text == "%" for n in range(at, core))
        start = at if share else first
        names = (replace(name, start=self.at.words[start].start),)
        return self._place(start, core + 1, names, share=share, headed=True, head=noun, case=case)

    def _abbreviated(self, at: int, core: int) -> Phrase | None:
        """Read an abbreviated noun with its name ("н.п. X", "г. X", "смт X")."""
        here = core + 1 + self.at.has(core + 1, {"."})
        if here == core + 1 and self.at.has(core, {"с"}):  # "with"
            return None
        if self.at.has(core, {"н"}):
            here += self.at.has(here, {"п"}) + self.at.has(here + 1, {"."})
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
        if inner is not None and inner.role is Role.ACTOR and inner.case in {"gen", ""} and core == at:
            return replace(inner, start=self.at.words[at].start, first=at, case="nom")
        sited = here < len(self.at.words) and self.at.words[here].text in self.at.lexicon.surfaces["places"]
        if inner is None and sited and core == at:
            return self._place(at, here + 1, (), share=True, headed=True, head="часть")
        if inner is None or inner.role is not Role.PLACE:
            side = core > at and is_of_side(self.at.words[core - 1].text)
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
        if country is not None and core > at:
            return self._part_of_country(at, core, country)
        if country is not None:
            return country
        known = None if self.names.is_of_person(core) else self.names.known(core)
        if known is not None and self._opens(core) and self._is_doubtful(core, known):
            known = None
        elif known is None and not (self._opens(core) and not self._is_sole(core)):
            known = self.names.settlement(core)
        if known is not None:
            return self._named(at, known)
        return self._unknown(at) if core == at and not self._opens(at) else None

    def _part_of_country(self, at: int, core: int, country: Phrase) -> Phrase | None:
        """Read a state's name with the part that is meant ("весь северный Йемен"), which does not act."""
        if not is_of_side(self.at.words[core - 1].text):
            return None
        whole = Name(start=self.at.words[at].start, end=self.at.words[core].end)
        return self._place(at, core + 1, (whole,), within=country.names, share=True, headed=True)

    def _unknown(self, at: int) -> Phrase | None:
        name = self.names.name(at)
        if name is None:
            return None
        names, last = self.names.more((name,), self.at.after(name.end), free=True)
        if len(names) >= _LIST:
            return self._place(at, last, names)
        return self.at.phrase(Role.NAME, at, self.at.after(name.end), names=(name,))

    def _is_doubtful(self, at: int, name: Name) -> bool:
        """Tell whether the first word of a sentence is more likely an everyday word than this place's name."""
        word = self.at.words[at].text
        if name.common or word in self.at.lists["moods"] or f" {word} " in self.at.folded.source:
            return True
        return not self.names.is_sizeable(name) and self.names.settlement(at) is None

    def _opens(self, at: int) -> bool:
        """Tell whether a word has a capital because it opens a sentence."""
        return at == 0 or self.at.words[at - 1].text in {".", "!", "?", ":", "—", "–", "•", "⚡", "❗"}

    def _is_sole(self, at: int) -> bool:
        """Tell whether the word behind a name is one that no adjective stands before."""
        return not self.around.is_noun(at + 1) if at + 1 < len(self.at.words) else True

    def _named(self, at: int, name: Name) -> Phrase:
        names, last = self.names.more((name,), self.at.after(name.end), free=False)
        share = any(self.at.words[n].text == "%" for n in range(at, self.at.after(name.start)))
        case = "" if share else self.names.case(name)  # a settlement's ending says what it is as a noun does
        return self._place(at, last, names, share=share, headed=not name.rows, case=case)
