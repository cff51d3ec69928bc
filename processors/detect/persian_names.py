"""Names of places in Persian: known to the gazetteer or introduced by a noun, alone or listed, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass

from processors.detect.persian_words import FUNCTION, is_closed, known
from processors.detect.phrases import Name
from processors.detect.reading import Reading

LONGEST_NAME = 3
_BORDERS = frozenset({"را", "در", "از", "به", "توسط", "بدست", "،", ",", ")", "(", ".", "كه", "با", "و", "نيز", "هم"})
_PARTS = frozenset({"بالا", "پايين", "عليا", "سفلي", "كلان", "خورد", "كهنه", "نو"})
_JOINTS = frozenset({"و", "،", ","})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Reads names and what says where they lie."""

    at: Reading

    def stands_alone(self, here: int, name: Name) -> bool:
        """Tell whether a known name needs no noun before it: it is no everyday word."""
        word = self.at.words[here].text
        single = self.at.after(name.end) == here + 1
        return not single or not (
            name.common or len(word) < 3 or FUNCTION.match(word) or word in self._everyday()  # noqa: PLR2004
        )

    def _everyday(self) -> frozenset[str]:
        lists = self.at.lists
        return lists["not_places"] | lists["loose"] | lists["days"] | lists["compass"]

    def name(self, here: int, *, plural: bool) -> Name | None:
        """Read one name behind a noun: the gazetteer's, else the words up to what cannot be a name."""
        if here >= len(self.at.words):
            return None
        found = known(self.at, here)
        if found is not None and not self._is_word(here, found):
            return self._extended(found)
        if is_closed(self.at, here) and not self.starts(here):
            return None
        return self._unknown(here, plural=plural)

    def starts(self, here: int) -> bool:
        """Tell whether a noun of places begins a name of two words here (دره صوف, پل علم)."""
        then = here + 1
        begins = self.at.has(here, self.at.lists["starters"]) and then < len(self.at.words)
        return bool(begins) and not is_closed(self.at, then)

    def _is_word(self, here: int, found: Name) -> bool:
        """Tell whether a known name of one word is a word that ends a phrase."""
        return self.at.after(found.end) == here + 1 and is_closed(self.at, here)

    def _extended(self, found: Name) -> Name:
        """Add "upper" or "lower" to a known name."""
        then = self.at.after(found.end)
        more = then < len(self.at.words) and self.at.words[then].text in _PARTS
        return Name(start=found.start, end=self.at.words[then].end) if more else found

    def _unknown(self, here: int, *, plural: bool) -> Name:
        """Read a name that nothing knows: several words only where what follows says that it ended there."""
        last = self._run(here)
        if self._is_quoted(here, last) or self._is_bordered(last):
            last = last if plural else self._joined(here, last)
        else:
            last = here + 1
        return Name(start=self.at.words[here].start, end=self.at.words[last - 1].end)

    def _run(self, here: int) -> int:
        """Return the word behind the longest run that may be one name; another known name ends it."""
        last = here + 1 + self.at.has(here, self.at.lists["starters"])
        while last < len(self.at.words) and last - here < LONGEST_NAME and not self._ends_at(last):
            if self._closing_quote(last - 1):
                break
            last += 1
        return last

    def _ends_at(self, here: int) -> bool:
        if self.at.words[here].text in _PARTS:
            return False
        found = known(self.at, here)
        return is_closed(self.at, here) or (found is not None and self.stands_alone(here, found))

    def _closing_quote(self, here: int) -> bool:
        """Tell whether a quote closes right behind a word."""
        end = self.at.words[here].end
        return self.at.folded.text[end : end + 1] == '"'

    def _is_quoted(self, here: int, last: int) -> bool:
        start = self.at.words[here].start
        return self.at.folded.text[max(0, start - 1) : start] == '"' and self._closing_quote(last - 1)

    def _is_bordered(self, last: int) -> bool:
        """Tell whether the words before `last` end where a noun phrase does."""
        if last >= len(self.at.words):
            return True
        word = self.at.words[last].text
        ends = FUNCTION.match(word) is not None or word in self.at.lexicon.surfaces["places"]
        return word in _BORDERS or ends or is_closed(self.at, last) or known(self.at, last) is not None

    def _joined(self, here: int, last: int) -> int:
        """Take "X and Y" behind a noun of one place for one name."""
        nothing_known = known(self.at, here) is None
        if not nothing_known or not self.at.has(last, {"و"}) or last + 1 >= len(self.at.words):
            return last
        if is_closed(self.at, last + 1) or known(self.at, last + 1) is not None:
            return last
        end = self._run(last + 1)
        named = self.at.has(end, {"را", "ولايت", "استان", "در"})
        return end if named or (self._is_bordered(end) and end - last == 2) else last  # noqa: PLR2004 (one word more)

    def listed(self, here: int, *, plural: bool) -> tuple[tuple[Name, ...], int]:
        """Read a name and those listed behind it ("X، Y و Z"); behind a noun of one place only known ones are added."""
        first = self.name(here, plural=plural)
        if first is None:
            return (), here
        names: tuple[Name, ...] = (first,)
        last = self.at.after(first.end)
        while (found := self._next(last, plural=plural)) is not None:
            names, last = (*names, found), self.at.after(found.end)
        return names, last

    def _next(self, here: int, *, plural: bool) -> Name | None:
        """Return the next name of a list if the words here add one."""
        then = here
        while then < len(self.at.words) and then - here < 2 and self.at.words[then].text in _JOINTS:  # noqa: PLR2004
            then += 1
        if then == here or then >= len(self.at.words):
            return None
        found = known(self.at, then)
        if found is not None and self.stands_alone(then, found):
            return self._extended(found)
        return None if not plural or is_closed(self.at, then) else self._unknown(then, plural=True)

    def where(self, here: int) -> tuple[tuple[Name, ...], int]:
        """Read where a place lies: in a province, as its centre, in a country, said once or twice."""
        within: tuple[Name, ...] = ()
        for _ in range(3):
            found, then = self._one_where(here)
            if found is None:
                break
            within, here = (*within, found), then
        return within, here

    def _one_where(self, here: int) -> tuple[Name | None, int]:
        at = self.at
        then = self._skipped(here)
        if then >= len(at.words):
            return None, here
        noun, _ = at.lexicon.surfaces["places"].get(at.words[then].text, ("", ""))
        if noun in at.lists["areas"]:
            found = self.name(then + 1, plural=False)
            return found, at.after(found.end) if found else here
        if at.actor(then) is not None:
            return None, here
        bare = known(at, then)
        return (bare, at.after(bare.end)) if bare and self.stands_alone(then, bare) else (None, here)

    def _skipped(self, here: int) -> int:
        """Pass over "in", "of the districts of", "centre of" and points of the compass."""
        at, then = self.at, here
        if at.has(then, {"،", ","}) and at.has(then + 1, {"مركز", "واقع", "در"}):
            then += 1
        passed = {"در", "واقع", "مربوط", "مربوطات", "توابع", "از", "مركز", "داخل"} | at.lists["compass"]
        if at.has(then, {"از"}) and not at.has(then + 1, {"توابع", "مربوطات"}):
            return len(at.words)
        while then < len(at.words) and at.words[then].text in passed:
            then += 1
        return then
