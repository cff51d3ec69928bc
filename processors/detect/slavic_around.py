"""What stands around a head in Russian and Ukrainian: qualifiers before it, names and the region behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from processors.detect.phrases import Name
from processors.detect.reading import Reading
from processors.detect.slavic_actors import ActorReader
from processors.detect.slavic_names import Names

_QUALIFIERS = 5
_INSIDE = 6
"""Words that may stand between a noun of place and the name it lies at."""

ADJECTIVE = {
    "ru": re.compile(r"[а-я-]{2,}(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ым|им|ую|юю|ых|их|ыми|ими|ом|ем|ей)$"),
    "uk": re.compile(
        r"[а-яіїєґ'-]{2,}(?:ий|ій|ого|ього|ому|ьому|им|ім|ої|ьої|ою|ьою|их|іх|ими|іми|"
        r"(?:ськ|цьк|зьк|н|ов|ев|єв|льн|щ|ш|к|рт|вл?ен|ован)(?:а|у|е|і)|(?:ня|ню|нє|ні))$"
    ),
}
_PAIR = 3
"""Words that two joined adjectives take."""

_REGIONAL = re.compile(r"[сц]ь?к\w{1,3}$")
_NUMBER = re.compile(r"\d+(?:[.,-]\w+)*$")
YEAR = re.compile(r"(?:19|20)\d\d$")
"""A number that is a year and counts nothing."""


_FURTHER = re.compile(r'\w" ?(?:,|и|та|й|і) "$')
"""What stands before a quoted name that goes on with a list of quoted names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Reads what belongs to a head."""

    at: Reading
    names: Names
    actors: ActorReader

    def counts(self, at: int) -> bool:
        """Tell whether "около" or "не менее" stands before a number here and is no preposition."""
        here = at + self.at.has(at, {"не"})
        counted = self.at.has(here, self.at.lists["quantity"]) and here + 1 < len(self.at.words)
        return bool(counted) and _NUMBER.match(self.at.words[here + 1].text) is not None

    def qualifiers(self, at: int) -> int:
        """Skip numbers, quantities and adjectives, "один из" too; return the word after them."""
        end = at + self.at.has(at, {"не"})
        while end < min(at + _QUALIFIERS, len(self.at.words)) and self.qualifies(end):
            if end > at and self.at.has(end, self.at.lists["own"]):  # "на рассвете свои позиции"
                break
            of = self.at.has(end, self.at.lists["ones"]) and self.at.has(end + 1, {"из", "з", "із"})
            short = self.at.has(end, {"кв"}) and self.at.has(end + 1, {"."})
            end += 1 + (of or short or self._decimals(end) or self._rank(end) or self._pairs(end))
        return end

    def _pairs(self, at: int) -> bool:
        """Tell whether a second adjective is joined to the one here ("южными и западными районами")."""
        joined = at + _PAIR < len(self.at.words) and bool(self.at.has(at + 1, {"и", "та", "і", "й"}))
        if not joined or self.at.capital(at) or self.at.capital(at + 2):
            return False
        adjective = ADJECTIVE[self.at.lexicon.language]
        both = all(adjective.match(self.at.words[n].text) for n in (at, at + 2))
        return both and self.qualifies(at + 2) and self._noun_of_place(at + _PAIR)

    def _rank(self, at: int) -> int:
        """Return how many words tell a rank or a share of a number ("второй по величине", "110 из 370")."""
        by_size = self.at.has(at + 1, {"по", "за"}) and self.at.has(at + 2, self.at.lists["measures"])
        word = self.at.words[at].text
        out_of = (_NUMBER.match(word) or word in self.at.lists["quantity"]) and self.at.has(at + 1, {"из", "з", "із"})
        counted = out_of and at + 2 < len(self.at.words) and _NUMBER.match(self.at.words[at + 2].text)
        return 2 if by_size or counted else 0

    def _decimals(self, at: int) -> int:
        """Return how many more words a number has whose comma is no border ("12,5 км²")."""
        parted = self.at.has(at + 1, {","}) and at + 2 < len(self.at.words)
        if not parted or not all(_NUMBER.match(self.at.words[here].text) for here in (at, at + 2)):
            return 0
        return 2 if self.at.words[at + 2].start - self.at.words[at].end == 1 else 0

    def qualifies(self, at: int) -> bool:
        """Tell whether a number, a quantity or an adjective stands here."""
        word, language = self.at.words[at].text, self.at.lexicon.language
        if (
            word in self.at.lists["quantity"] | self.at.lists["pointers"]
            or (_NUMBER.match(word) and not YEAR.match(word))
            or word == "%"
        ):
            return True
        if word in self.at.lists["own"] and self._noun_of_place(at + 1):
            return True
        if word in self.at.lists["stops"] or self.is_noun(at) or self._is_verb(word):
            return False
        return ADJECTIVE[language].match(word) is not None

    def _is_verb(self, word: str) -> bool:
        """Tell whether a word begins as a trigger does, so that it is no mere adjective ("освобожденное" is one)."""
        return self.at.lexicon.stems.match(word) is not None and word not in self.at.lists["participles"]

    def is_noun(self, at: int) -> bool:
        """Tell whether a noun of places, of actors or of a share stands here."""
        word = self.at.words[at].text
        surfaces = self.at.lexicon.surfaces
        return word in surfaces["places"] or word in surfaces["actors"] or word in self.at.lists["shares"]

    def is_area(self, at: int) -> bool:
        """Tell whether a noun of regions stands here."""
        return bool(self.at.has(at, self.at.lists["areas"]))

    def is_actor(self, at: int) -> bool:
        """Tell whether a noun of actors stands here."""
        return self.at.words[at].text in self.at.lexicon.surfaces["actors"]

    def region(self, first: int, core: int) -> Name:
        """Look a region up by its adjective and noun in the nominative."""
        start, end = self.at.words[first].start, self.at.words[core].end
        rows = self.names.rows(first, core - first + 1)
        return Name(start=start, end=end, rows=rows)

    def names_after(self, at: int, *, listing: bool) -> tuple[tuple[Name, ...], int]:
        """Read the names after a noun, behind a colon or dash where the noun is a plural."""
        here = at
        if listing and self.at.has(here, self.at.lists["openers"]):
            here += 1
            here += here < len(self.at.words) and self._noun_of_place(here)
        if listing and self.is_region(here) and self.names.is_name(here) and self._may_be_named(here + 2):
            here += 2
        known = self.names.name(here) if not self.is_region(here) else None
        if known is None or self._starts_actor(here) or self.actors.country_id(here) is not None:
            return (), at
        if not listing:
            return (known,), self.at.after(known.end)
        return self.names.more((known,), self.at.after(known.end), free=True)

    def _may_be_named(self, at: int) -> bool:
        return at < len(self.at.words) and self.names.is_name(at)

    def _starts_actor(self, at: int) -> bool:
        return self.at.actor(at) is not None or self.is_actor(at)

    def is_region(self, at: int) -> bool:
        """Tell whether an adjective of a region stands here ("село Харьковской области")."""
        joined = self.at.has(at + 1, {"та", "и"}) and self.is_area(at + 3)
        return (
            at < len(self.at.words)
            and _REGIONAL.search(self.at.words[at].text) is not None
            and bool(self.is_area(at + 1) or joined)
        )

    def within(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read where an unnamed place lies: "в провинции X", "под X", "X-ской области", a name in the genitive."""
        inside, passed = self.at.lists["inside"], at
        for here in range(at, min(at + _INSIDE, len(self.at.words))):
            word = self.at.words[here].text
            if self.is_region(here) and self.names.is_name(here):
                return (self.region(here, here + 1),), here + 2
            acts = self._starts_actor(here) or self._is_agent(here)
            name = self.names.name(here) if not acts else None
            if name is not None:
                return self.names.more((name,), self.at.after(name.end), free=here - 1 != at)
            if self._is_object(here):
                break
            if self._noun_of_place(here) and here > at:
                passed = here + 1
            elif word not in inside and not self._noun_of_place(here) and not self.qualifies(here):
                break
        return (), passed

    def _is_agent(self, at: int) -> bool:
        """Tell whether a state stands in the instrumental, so that it acts and nothing lies in it."""
        declined = self.at.words[at].text.endswith(("ом", "ем", "єм", "ой", "ею", "ою", "єю"))
        return declined and at > 0 and self.actors.country_id(at) is not None

    def _is_object(self, at: int) -> bool:
        """Tell whether a noun of place stands in the accusative, so that nothing before it lies in it."""
        return self.at.lexicon.surfaces["places"].get(self.at.words[at].text, ("", ""))[1] == "acc"

    def _noun_of_place(self, at: int) -> bool:
        return at < len(self.at.words) and self.at.words[at].text in self.at.lexicon.surfaces["places"]

    def links(self, at: int) -> bool:
        """Tell whether "this" stands for what was said before ("при этом", "после того")."""
        lists = self.at.lists
        return at > 0 and bool(self.at.has(at, lists["said"])) and bool(self.at.has(at - 1, lists["linking"]))

    def is_further_unit(self, at: int) -> bool:
        """Tell whether a quoted name is that of a further unit (бойцы "Центра" и "Востока")."""
        start = self.at.words[at].start
        before = self.at.text[max(0, start - 24) : start]
        return _FURTHER.search(before) is not None

    def is_left(self, at: int, noun: str) -> bool:
        """Tell whether positions are what somebody comes from ("отошли с позиций")."""
        return (
            noun in self.at.lists["left"] and at > 0 and bool(self.at.has(at - 1, {"из", "с", "со", "з", "із", "зі"}))
        )
