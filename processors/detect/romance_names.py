"""Names of places in French and Spanish: the gazetteer's, or a run of capitals with small particles inside.

"Mocímboa da Praia", "Deir al-Zor" and "San Vicente del Caguán" are one name each;
"L'Aïn" keeps its article apart. Unknown capitals are only a name where the
grammar asks for one.
"""

from __future__ import annotations

from dataclasses import dataclass

from processors.detect.phrases import Name
from processors.detect.reading import Reading

LONGEST = 5
"""Words of a name that the gazetteer does not have, particles included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Reads names of places in the words of one sentence."""

    at: Reading

    def known(self, at: int) -> Name | None:
        """Return the gazetteer's name at this word if it is written as names are and ends where they do."""
        if at >= len(self.at.words) or not self.at.may_be_name(at):
            return None
        match = self.at.place(at)
        if match is None or (self._is_small_word(at) and not self._is_long(at, match.end)):
            return None
        if self.at.text[match.end : match.end + 1] == "-" or self._runs_on(self.at.after(match.end)):
            return None
        return Name(start=match.start, end=match.end, rows=match.rows, common=match.common)

    def has_article(self, at: int) -> bool:
        """Tell whether a known name begins here with an article of its own ("El Fasher", "La Paz")."""
        return self.at.has(at, self.at.lists["determiners"]) == 1 and self.at.capital(at) and self.known(at) is not None

    def name(self, at: int) -> Name | None:
        """Read one name: the gazetteer's, else a run of capitalised words."""
        if at >= len(self.at.words) or not self.at.may_be_name(at) or self.at.actor(at) is not None:
            return None
        known = self.known(at)
        if known is not None:
            return known
        last = self._run(at)
        return Name(start=self.at.words[at].start, end=self.at.words[last - 1].end) if last > at else None

    def is_capital(self, at: int) -> bool:
        """Tell whether a word is capitalised and no small word or noun that a headline or a sentence start raised."""
        if at >= len(self.at.words):
            return False
        word, words = self.at.words[at].text, self.at.lists
        if not (self.at.capital(at) or ("-" in word and self.at.may_be_name(at))):
            return False
        if word in words["not_places"] or word in words["places"] or word in words["actors"]:
            return False
        if word in words["determiners"]:
            return False
        return word not in words["stops"] or (at > 0 and at + 1 < len(self.at.words) and self.at.capital(at + 1))

    def more(self, names: tuple[Name, ...], at: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read further names of a list: ", X et Y", "y de Z"; "centre" behind a town is its own part."""
        at += self.at.has(at, self.at.lists["halves"])
        while at < len(self.at.words) and self.at.has(at, {",", *self.at.lists["and"]}):
            comma = self.at.has(at, {","}) and not self.at.has(at + 1, self.at.lists["and"])
            here = self._past_joint(at + 1)
            known = self.known(here) if here < len(self.at.words) and self.at.actor(here) is None else None
            name = known or (self.name(here) if plural or self._is_single(here) else None)
            if (
                name is None
                or self._is_country(name) != self._is_country(names[0])
                or (comma and not self._goes_on(self.at.after(name.end)))
            ):
                break
            names, at = (*names, name), self.at.after(name.end)
        return names, at

    def _is_country(self, name: Name) -> bool:
        """Tell whether a name is a state's: no list of towns goes on with it."""
        return self.at.country(self.at.after(name.start)) is not None

    def _past_joint(self, at: int) -> int:
        """Pass over a second joining word, a preposition and an article ("et de l'")."""
        for words in ("and", "of", "determiners"):
            at += self.at.has(at, self.at.lists[words])
        return at

    def _goes_on(self, at: int) -> bool:
        """Tell whether what follows a name behind a comma lets it belong to a list."""
        return (
            at >= len(self.at.words)
            or not self.at.words[at].text[0].isalnum()
            or self.at.has(at, self.at.lists["after_list"] | self.at.lists["and"]) == 1
        )

    def _is_single(self, at: int) -> bool:
        """Tell whether a capitalised word stands alone, so that a list of places can hold it."""
        return self.is_capital(at) and self._goes_on(self._run(at))

    def _is_small_word(self, at: int) -> bool:
        words = self.at.lists
        word = self.at.words[at].text
        return word in words["not_places"] or word in words["stops"] or word in words["determiners"]

    def _is_long(self, at: int, end: int) -> bool:
        """Tell whether a known name goes on behind a small word that has a capital, with another capital."""
        last = self.at.after(end) - 1
        return last > at and self.at.capital(at) and self.at.capital(last)

    def _run(self, at: int) -> int:
        """Return the word after a run of capitals; particles between two of them belong to it."""
        last = at
        while last < min(at + LONGEST, len(self.at.words)):
            joined = last > at and self.at.has(last, self.at.lists["particles"]) and self.is_capital(last + 1)
            if not (self.is_capital(last) or joined) or self.at.words[last].text[0].isdigit():
                break
            last += 1
        return last

    def _runs_on(self, at: int) -> bool:
        """Tell whether a capitalised word follows at once: the known name is part of a longer one."""
        return self.is_capital(at) and self.at.words[at].start - self.at.words[at - 1].end == 1
