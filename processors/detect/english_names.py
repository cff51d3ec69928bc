"""Names of places in English: capitalised words the gazetteer knows, or that stand where a name must.

Also where an unnamed place lies, and by what name a town is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from processors.detect.english_qualifiers import HELD, Qualifiers
from processors.detect.phrases import Name
from processors.detect.reading import Reading

LONGEST = 9
_INTO = frozenset({"at", "in", "near", "outside", "inside", "across", "around", "of", "on"})
_AFTER_LIST = frozenset(
    {"and", "in", "on", "after", "from", "by", "as", "with", "near", "at", "late", "early", "following"}
)
_SIDES = frozenset({"northern", "southern", "eastern", "western", "central", "northeastern", "northwestern"})
_SIDE = re.compile(r"(?:north|south)?(?:east|west)?$")
_NUMBERED = frozenset({"hill", "height", "heights", "checkpoint", "post", "outpost"})
_MIDDLE = frozenset({"middle", "center", "centre"})
_BESIDE = frozenset({"the", "adjoining", "neighbouring", "neighboring", "adjacent", "nearby"})
_LENGTHS = frozenset({"miles", "mile", "km", "kilometers", "kilometres", "kms"})
_LEADING = ("loose", "determiners", "places")
_PARTS = frozenset({"district", "neighbourhood", "neighborhood", "quarter", "area", "camp", "base", "ward"})
_WIDE = frozenset({"governorate", "region", "country"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Reads names of places."""

    at: Reading

    def name_in(self, core: int, end: int) -> Name | None:
        """Return the capitalised words before the noun as a name, with the noun ("Al-Nur military airport")."""
        if end - core < 2 or not self.at.may_be_name(core):  # noqa: PLR2004 (a name and a noun)
            return None
        known = self.known(core)
        plain = self.at.words[core].text in self.at.lists["loose"]
        if known is None and (plain or Qualifiers(at=self.at).is_nation(core)):
            return None
        start = self.at.words[core].start
        return Name(
            start=start,
            end=self.at.words[end - 1].end,
            rows=known.rows if known else (),
            common=bool(known and known.common),
        )

    def is_state(self, core: int, end: int) -> bool:
        """Tell whether a noun of place only belongs to a state's name ("South Sudan", "United States")."""
        known = self.known(core) if self.at.country(core) is not None else None
        if known is None or self.at.text.startswith("'s", known.end):
            return False
        return self.at.after(known.end) >= end and not self.at.has(end, self.at.lists["places"])

    def owner(self, at: int) -> Name | None:
        """Return the place that a possessive names ("Yemen's")."""
        word = self.at.words[at]
        if not self.at.may_be_name(at) and not self.at.small:
            return None
        stem = word.text.removesuffix("'s")
        match = self.at.knowledge.gazetteer.match(stem, 0)
        whole = match is not None and match.end == len(stem)
        end = word.start + len(stem)
        return Name(start=word.start, end=end, rows=match.rows if match and whole else ())

    def name(self, at: int) -> Name | None:
        """Read one name: the gazetteer's, else a run of capitalised words."""
        if at >= len(self.at.words) or not self.at.may_be_name(at) or self.at.actor(at) is not None:
            return None
        if HELD.match(self.at.words[at].text):
            return None
        known = self.known(at)
        if known is not None:
            return self.with_noun(known)
        last = at
        while (
            last < min(at + 4, len(self.at.words))
            and self.at.may_be_name(last)
            and not self.at.listed(self.at.words[last].text, "stops", "bearers")
            and (last == at or self.at.words[last].start - self.at.words[last - 1].end <= 1)
        ):
            last += 1
        return Name(start=self.at.words[at].start, end=self.at.words[last - 1].end) if last > at else None

    def with_noun(self, name: Name) -> Name:
        """Let a capitalised noun of place after a name belong to it ("Aleppo Province")."""
        at = self.at.after(name.end)
        if (
            at < len(self.at.words)
            and self.at.words[at].text in self.at.lists["places"]
            and not self.at.has(at, {"and"})
            and not (_SIDE.match(self.at.words[at].text) and self.at.has(at + 1, {"of"}))
        ):
            return Name(start=name.start, end=self.at.words[at].end, rows=name.rows, common=name.common)
        return name

    def known(self, at: int) -> Name | None:
        """Return the gazetteer's name at this word if it is written as names are."""
        if not self.at.may_be_name(at) or self._is_no_place(at):
            return None
        match = self.at.place(at)
        if match is None or self.at.text[match.end : match.end + 1] == "-" or self._runs_on(self.at.after(match.end)):
            return None
        return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)

    def _is_no_place(self, at: int) -> bool:
        """Tell whether a word that is listed as no place begins no country's name ("United States") either."""
        return self.at.words[at].text in self.at.lists["not_places"] and self.at.country(at) is None

    def _runs_on(self, at: int) -> bool:
        """Tell whether a capitalised word that is no noun follows at once: the known name is part of a longer one."""
        if (
            at >= len(self.at.words)
            or (self.at.titled and self.at.words[at].text.endswith(("s", "ed")))
            or not self.at.may_be_name(at)
            or self.at.words[at].start - self.at.words[at - 1].end != 1
        ):
            return False
        return not self.at.listed(self.at.words[at].text, "places", "actors", "stops", "not_places")

    def more(self, names: tuple[Name, ...], at: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read further names of a list: ", X and Y"."""
        while at < len(self.at.words) and self.at.has(at, {",", "and", "&", "or"}):
            at = self._past_distance(at)
            comma = self.at.has(at, {","}) and not self.at.has(at + 1, {"and"})
            here = at + 1 + self.at.has(at + 1, {"and"})
            here += self.at.has(here, {"then"})
            if comma and (region := self._region(here + self.at.has(here, _SIDES))) is not None:
                at = self.at.after(region.end)
                continue
            here += self.at.has(here, _BESIDE)
            known = self.known(here) if here < len(self.at.words) and self.at.actor(here) is None else None
            name = known or (
                self.name(here) if here < len(self.at.words) and (plural or self._is_single(here)) else None
            )
            if name is None or self._is_actor(here) or (comma and not self._list_goes_on(self.at.after(name.end))):
                break
            if self.at.text.startswith("'s", name.end):
                break
            names, at = (*names, self.with_noun(name)), self.at.after(self.with_noun(name).end)
        return names, at

    def _past_distance(self, at: int) -> int:
        """Return the comma behind how far a place lies, where a list goes on ("X, 40 miles off Y, and Z")."""
        if not self.at.has(at, {","}) or at + 2 >= len(self.at.words) or not self.at.has(at + 2, _LENGTHS):
            return at
        ahead = range(at + 3, min(at + 11, len(self.at.words) - 1))
        return next((word for word in ahead if self.at.has(word, {","}) and self.at.has(word + 1, {"and"})), at)

    def _region(self, at: int) -> Name | None:
        """Return the province or state behind a place's comma ("Bara, North Kordofan"), no member of a list."""
        name = self.known(at) if at < len(self.at.words) and self.at.actor(at) is None else None
        if name is None or self.at.text.startswith("'s", name.end):
            return None
        whole = self.with_noun(name)
        entries = [self.at.knowledge.gazetteer.entry(row) for row in name.rows]
        wide = whole.end > name.end or any(entry.feature in _WIDE for entry in entries)
        listed = self.at.has(self.at.after(whole.end), {"and", "&"})
        return whole if wide and not listed else None

    def _list_goes_on(self, at: int) -> bool:
        """Tell whether what follows a name behind a comma lets it belong to a list ("X, Y insists" does not)."""
        following = self.at.words[at].text if at < len(self.at.words) else "."
        return not following[0].isalnum() or following in _AFTER_LIST

    def _is_single(self, at: int) -> bool:
        """Tell whether a capitalised word stands alone, so that a list of places can hold it."""
        following = self.at.words[at + 1].text if at + 1 < len(self.at.words) else "."
        return self.at.capital(at) and (following in self.at.lists["stops"] or not following[0].isalnum())

    def _is_actor(self, at: int) -> bool:
        """Tell whether the words at `at` run on to a noun of actors."""
        for word in self.at.words[at : at + LONGEST]:
            if not word.text[0].isalnum() or word.text in self.at.lists["stops"]:
                return False
            if word.text in self.at.lists["actors"]:
                return True
        return False

    def lying(self, at: int, *, named: bool) -> tuple[tuple[Name, ...], int]:
        """Read where an unnamed place lies ("villages in the north of X", "a town near X")."""
        if named:
            return (), at
        for here in range(at, min(at + 7, len(self.at.words))):
            word = self.at.words[here].text
            if here > at and self.at.has(here - 1, _INTO) | self.at.has(
                here - 1, {"the", "northern", "southern", "eastern", "western", "central"}
            ):
                name = self.name(here)
                if name is not None and word not in self.at.lists["not_places"]:
                    if word.endswith("'s"):
                        return (name,), self._owned_noun(here + 1)
                    name = self.with_noun(name)
                    return (name,), self.at.after(name.end)
            if not self._leads_on(word):
                break
        return (), at

    def _owned_noun(self, at: int) -> int:
        """Return the word after the noun that a possessive owns ("a village in Kherson's southern region")."""
        ahead = range(at, min(at + 3, len(self.at.words)))
        return next((word + 1 for word in ahead if self.at.has(word, self.at.lists["places"])), at)

    def _leads_on(self, word: str) -> bool:
        """Tell whether a word may stand before the name of the place in which another lies ("in the oil-rich X")."""
        lists = self.at.lists
        known = word in _INTO or word in _MIDDLE or any(word in lists[name] for name in _LEADING)
        return (known and word != "that") or ("-" in word and word.isascii())

    def called(self, at: int, head: str) -> Name | None:
        """Return the name that a town is called by ("town of X", "the city, X,"), a hill's number with it."""
        if head in _NUMBERED and at < len(self.at.words) and self.at.words[at].text.isdigit():
            return Name(start=self.at.words[at - 1].start, end=self.at.words[at].end)
        if head == "capital" and (beside := self.known(at) if at < len(self.at.words) else None) is not None:
            return beside
        if head not in self.at.lists["settled"] or not self.at.has(at, {"of", ","}):
            return None
        name = self.known(at + 1) if self.at.has(at, {","}) and head != "capital" else self.name(at + 1)
        aside = self.at.has(at, {","}) and name is not None and not self.at.has(self.at.after(name.end), {",", "."})
        return None if name is None or aside else self.with_noun(name)

    def is_own(self, name: Name, called: Name, head: str) -> bool:
        """Tell whether a name before the noun is the place's own ("Kabul City of ...", "the Sabra district of Homs").

        Either it ends with a capital, or the noun is of what lies in a town and "of" tells the known town.
        """
        last = self.at.after(name.end) - 1
        if head in _PARTS and not name.rows and called.rows:
            return True
        return self.at.capital(last) and not self.at.has(last + 1, {"of"})

    def is_of_nation(self, core: int, end: int) -> bool:
        """Tell whether only a nation's adjective says which town it is ("Iraqi city")."""
        return end - core > 1 and Qualifiers(at=self.at).is_nation(core) and not self.at.has(end, {"of", "in"})
