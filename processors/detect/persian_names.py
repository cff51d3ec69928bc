"""Names of places in Persian: known to the gazetteer or introduced by a noun, alone or listed, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass

from processors.detect.persian_words import FUNCTION, LIGHT_VERB, is_closed, known, tells
from processors.detect.phrases import Name
from processors.detect.reading import Reading

LONGEST_NAME = 3
_LONGEST_QUOTED = 5
_BORDERS = frozenset({"را", "در", "از", "به", "توسط", "بدست", "،", ",", ")", "(", ".", "كه", "با", "و", "نيز", "هم"})
_PARTS = frozenset({"بالا", "پايين", "عليا", "سفلي", "كلان", "خورد", "كهنه", "نو"})
_LED = frozenset(
    {"موفق", "قادر", "مجبور", "ناچار", "ناگزير", "وادار", "مدعي", "وارد", "داخل", "منجر", "موجب", "باعث", "سبب"}
)
_LED_WORDS = 8
_LEAST_START = 2
_JOINTS = frozenset({"و", "،", ",", "-", "؛"})
_PASSED = frozenset(
    {
        "در",
        "نزديكي",
        "مجاورت",
        "واقع",
        "مربوط",
        "مربوطات",
        "توابع",
        "از",
        "مركز",
        "داخل",
        "ريف",
        "حومه",
        "مرز",
        "خاك",
        "جمهوري",
        "خلق",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Reads names and what says where they lie."""

    at: Reading

    def tells(self, here: int) -> bool:
        """Tell whether a word begins one that tells a change."""
        return tells(self.at, here)

    def stands_alone(self, here: int, name: Name) -> bool:
        """Tell whether a known name needs no noun before it: it is no everyday word."""
        word = self.at.words[here].text
        if self.at.after(name.end) > here + 1:
            return True
        return not (name.common or len(word) < 3 or FUNCTION.match(word) or self._is_everyday(word))  # noqa: PLR2004

    def _is_everyday(self, word: str) -> bool:
        """Tell whether a word is one of everyday that some place is called as well."""
        return any(word in self.at.lists[name] for name in ("not_places", "loose", "days", "compass"))

    def name(self, here: int, *, plural: bool) -> Name | None:
        """Read one name behind a noun: quoted words, the gazetteer's name, else the words up to what cannot be one."""
        if here >= len(self.at.words):
            return None
        quoted = self._quoted(here)
        if quoted is not None:
            return quoted
        found = known(self.at, here)
        if found is not None and not self._is_word(here, found):
            return found if plural else self._joined(here, self._lengthened(here, self._extended(found)))
        return self._unknown(here, plural=plural) if not is_closed(self.at, here) or self.starts(here) else None

    def starts(self, here: int) -> int:
        """Return how many words of a name a noun of places begins here: دره صوف, شهرک; none where it is no name."""
        if not self.at.has(here, self.at.lists["starters"]):
            return 0
        then = here + 1
        if then < len(self.at.words) and not is_closed(self.at, then):
            return 2
        before = self.at.words[here - 1].text if here else ""
        return int(before in self.at.lists["districts"])

    def _quoted(self, here: int) -> Name | None:
        """Return the words in quotes as one name."""
        start = self.at.words[here].start
        if not self._opening_quote(start):
            return None
        for last in range(here, min(here + _LONGEST_QUOTED, len(self.at.words))):
            if self._closing_quote(last) and not self.at.has(here, self.at.lists["apposing"]):
                end = self.at.words[last].end
                found = known(self.at, here)
                return found if found is not None and found.end == end else Name(start=start, end=end)
        return None

    def is_quoted(self, name: Name) -> bool:
        """Tell whether a name stands in quotes."""
        return self._opening_quote(name.start)

    def opens_quoted(self, here: int) -> bool:
        """Tell whether a name in quotes begins at a word."""
        return here < len(self.at.words) and self._quoted(here) is not None

    def _opening_quote(self, start: int) -> bool:
        """Tell whether a quote opens right before, or one that only opens before a space."""
        folded = self.at.folded
        if folded.text[max(0, start - 1) : start] == '"':
            return True
        return start > 1 and folded.text[start - 1] == " " and folded.source[folded.origin[start - 2]] in "«“"

    def _closing_quote(self, here: int) -> bool:
        folded, end = self.at.folded, self.at.words[here].end
        if folded.text[end : end + 1] == '"':
            return True
        return folded.text[end : end + 2] == ' "' and folded.source[folded.origin[end + 1]] in "»”"

    def _is_word(self, here: int, found: Name) -> bool:
        """Tell whether a known name of one word is a word that ends a phrase."""
        return self.at.after(found.end) == here + 1 and is_closed(self.at, here)

    def _extended(self, found: Name) -> Name:
        """Add "upper" or "lower" to a known name."""
        then = self.at.after(found.end)
        more = then < len(self.at.words) and self.at.words[then].text in _PARTS
        return Name(start=found.start, end=self.at.words[then].end) if more else found

    def _lengthened(self, here: int, found: Name) -> Name:
        """Take "X Y" behind a noun of districts for one name where only X is known and the phrase ends behind Y."""
        then = here + 1
        behind = here > 0 and self.at.words[here - 1].text in self.at.lists["districts"] | {"شهرك"}
        if not behind or self.at.after(found.end) > then or then + 1 >= len(self.at.words):
            return found
        ends = self.at.words[then + 1].text
        if self._ends_at(then) or self._is_verb(here, ends) or not is_closed(self.at, then + 1):
            return found
        return Name(start=found.start, end=self.at.words[then].end)

    def _unknown(self, here: int, *, plural: bool) -> Name | None:
        """Read a name that nothing knows: several words only where it is clear that it ends; "was X-ed" is no name."""
        last = self._run(here)
        if self._is_predicate(here, last):
            last -= 1
        elif not self._is_bordered(last):
            last = here + max(1, self.starts(here))
        if last == here:
            return None
        name = Name(start=self.at.words[here].start, end=self.at.words[last - 1].end)
        return name if plural else self._joined(here, name)

    def _is_predicate(self, here: int, last: int) -> bool:
        """Tell whether the last word of a run belongs to the verb behind it ("X ruined was")."""
        if last >= len(self.at.words):
            return False
        copula = last > here + 1 and self.at.has(last, {"است", "نيست", "بود"})
        return bool(copula) or self._is_verb(here, self.at.words[last].text)

    def _is_verb(self, here: int, word: str) -> bool:
        """Tell whether a light verb makes a verb of the word before it, and not of "managed" before the name."""
        led = any(at.text in _LED for at in self.at.words[max(0, here - _LED_WORDS) : here])
        return LIGHT_VERB.match(word) is not None and not led

    def _run(self, here: int) -> int:
        """Return the word behind the longest run that may be one name; another known name ends it."""
        last = here + max(1, self.starts(here))
        while last < len(self.at.words) and last - here < LONGEST_NAME and not self._ends_at(last):
            last += 1
        return last

    def _ends_at(self, here: int) -> bool:
        if self.at.words[here].text in _PARTS:
            return False
        found = known(self.at, here)
        return is_closed(self.at, here) or (found is not None and self.stands_alone(here, found))

    def _is_bordered(self, last: int) -> bool:
        """Tell whether the words before `last` end where a noun phrase does."""
        if last >= len(self.at.words):
            return True
        return self.at.words[last].text in _BORDERS or is_closed(self.at, last) or known(self.at, last) is not None

    def _joined(self, here: int, name: Name) -> Name:
        """Take "X and Y" behind a noun of one place for one name where nothing knows Y."""
        last = self.at.after(name.end)
        then = last + 1
        if self.at.after(name.end) > here + 1 or not self.at.has(last, {"و"}) or then >= len(self.at.words):
            return name
        if is_closed(self.at, then) or known(self.at, then) is not None:
            return name
        end = self._run(then)
        certain = end - then == 1 and self.at.has(end, {"را", "ولايت", "استان", "در"})
        return Name(start=name.start, end=self.at.words[end - 1].end) if certain else name

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
        quoted = self._quoted(then) if plural else None
        if quoted is not None:
            return quoted
        found = known(self.at, then)
        if found is not None and self.stands_alone(then, found):
            return self._extended(found)
        return (
            None
            if not plural or (is_closed(self.at, then) and self.starts(then) < _LEAST_START)
            else self._unknown(then, plural=True)
        )

    def added(self, here: int) -> tuple[tuple[Name, ...], int] | None:
        """Read a name that goes on with a list behind where its last name lies ("X in Y, Z in W")."""
        found = self._next(here, plural=True)
        if found is None:
            return None
        then = self.at.after(found.end)
        return ((found,), then) if self.at.has(then, {"در", "را", "و", "،"}) else None

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
        noun, says = at.lexicon.surfaces["places"].get(at.words[then].text, ("", ""))
        if noun in at.lists["areas"] and (then > here or noun not in at.lists["plain_towns"]):
            if says == "many":
                names, last = self.listed(self._past_compass(then + 1), plural=True)
                return (names[0], last) if names else (None, here)
            found = self.name(self._past_compass(then + 1), plural=False)
            return found, at.after(found.end) if found else here
        found = (self._quoted(then) if then > here else None) or self._bare(then)
        if found is None and then > here and at.has(then + 1, {"را"}) and not is_closed(at, then):
            found = Name(start=at.words[then].start, end=at.words[then].end)
        return found, at.after(found.end) if found else here

    def _bare(self, here: int) -> Name | None:
        """Return the known name at a word that is no actor's and no everyday word."""
        found = known(self.at, here) if self.at.actor(here) is None else None
        return found if found is not None and self.stands_alone(here, found) else None

    def _past_compass(self, here: int) -> int:
        while self.at.has(here, self.at.lists["compass"] | {"و"}):
            here += 1
        return here

    def _skipped(self, here: int) -> int:
        """Pass over "in", "of the districts of", "centre of" and points of the compass."""
        at, then = self.at, here
        if at.has(then, {"،", ","}) and at.has(then + 1, {"مركز", "واقع", "در"}):
            then += 1
        if at.has(then, {"از"}) and not at.has(then + 1, {"توابع", "مربوطات"}):
            return len(at.words)
        while then < len(at.words) and (at.words[then].text in _PASSED or at.has(then, at.lists["compass"])):
            then += 1
        return then
