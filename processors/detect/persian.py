"""Noun phrases of Persian: the head comes first, names and qualifiers follow it, numbers and "this" lead it.

A place is a noun with names behind it (ولسوالی پنجوایی در ولایت قندهار), a known
name alone, or a noun alone that points back (این شهر) or says how much of
something (بخش‌هایی از شهر).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processors.detect.persian_actors import Actors
from processors.detect.persian_names import Names
from processors.detect.persian_words import FUNCTION, known
from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?$")
_THIS = frozenset({"اين", "ان", "همين", "همان"})
_PRONOUNS = frozenset({"ان", "انجا", "اينجا"})
_GOVERNING = frozenset({"را", "از", "به", "بر"})
_MOST_ADJECTIVES = 4


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    return scan(len(at.words), Places(at=at, names=Names(at=at), actors=Actors(at=at)).read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading
    names: Names
    actors: Actors

    def read(self, here: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        return self._headed(here) or self.actors.read(here) or self._bare(here) or self._pronoun(here)

    def _headed(self, here: int) -> Phrase | None:
        """Read a place that begins with a number, a share, "this" or a noun of places."""
        first, share = self._quantity(here)
        several = first > here and any(self._is_number(at) for at in range(here, first))
        this = self.at.has(first, _THIS)
        head = first + this
        if head >= len(self.at.words):
            return None
        noun, says = self.at.lexicon.surfaces["places"].get(self.at.words[head].text, ("", ""))
        if not noun or self._is_name(head):
            return self._share_of_name(here, first) if share and not this else None
        head, noun, says, broad = self._chain(head, noun, says)
        return self._with_names(here, head, noun, says, share=share, pointed=bool(this), broad=broad, several=several)

    def _is_number(self, here: int) -> bool:
        word = self.at.words[here].text
        return word in self.at.lists["numbers"] or (_NUMBER.match(word) is not None and word != "1")

    def _is_name(self, here: int) -> bool:
        """Tell whether a noun of places only begins a longer known name (تل رفعت, قلعه نو)."""
        name = known(self.at, here)
        return (
            name is not None
            and self.at.after(name.end) > here + 1
            and self.at.words[here].text not in self.at.lists["plain_heads"]
        )

    def _quantity(self, here: int) -> tuple[int, bool]:
        """Skip words of number and share; return the next word and whether a share was named."""
        share = False
        while here < len(self.at.words):
            word = self.at.words[here].text
            if word in self.at.lists["shares"]:
                share = True
                here += 1
                while self.at.has(
                    here, {"ها", "هاي", "هايي", "زيادي", "بزرگي", "وسيعي", "عمده", "اعظم", "از", "ديگري", "كوچكي"}
                ):
                    here += 1
            elif _NUMBER.match(word) or word in self.at.lists["quantity"]:
                here += 1
            else:
                break
        return here, share

    def _chain(self, head: int, noun: str, says: str) -> tuple[int, str, str, bool]:
        """Follow nouns that lead to another one (مرکز ولسوالی, روستاهای اطراف شهر); tell whether the first is broad."""
        broad = noun in self.at.lists["broad"]
        then = self._adjectives(self._plural_ending(head + 1))
        while then < len(self.at.words):
            found, how = self.at.lexicon.surfaces["places"].get(self.at.words[then].text, ("", ""))
            around = self.at.has(then, self.at.lists["around"]) == 1
            if not self._leads(noun, then, found, around=around):
                break
            broad = broad or around
            head, noun, says = then, found or noun, how or says
            then = self._adjectives(self._plural_ending(head + 1))
        return head, noun, says, broad

    def _leads(self, noun: str, then: int, found: str, *, around: bool) -> bool:
        """Tell whether a noun leads to the noun `found` behind it, and no name begins there."""
        lists = self.at.lists
        if not (found or around) or self._is_name(then):
            return False
        if noun in lists["areas"] and (not around or self.names.starts(then)):
            return False
        wide = found in lists["areas"] and found not in lists["plain_towns"]
        return not wide and (around or noun in lists["leading"] or found in lists["leading"])

    def _has_owner(self, here: int) -> int:
        """Return 1 where "its" or "own" follows the noun (فرودگاه آن)."""
        return self.at.has(here, {"ان", "خود"})

    def _plural_ending(self, here: int) -> int:
        return here + self.at.has(here, {"ها", "هاي", "هايي"})

    def _is_many(self, head: int, noun: str, says: str) -> bool:
        return says == "many" or noun in self.at.lists["plural"] or bool(self.at.has(head + 1, {"ها", "هاي", "هايي"}))

    def _adjectives(self, here: int) -> int:
        """Skip adjectives before a name ("the strategic and large town of")."""
        stop = here + _MOST_ADJECTIVES
        while here < min(stop, len(self.at.words)):
            if not self.at.has(here, self.at.lists["loose"]) and not (
                self.at.has(here, {"و"}) and self.at.has(here + 1, self.at.lists["loose"])
            ):
                break
            here += 1
        return here

    def _with_names(
        self, here: int, head: int, noun: str, says: str, *, share: bool, pointed: bool, broad: bool, several: bool
    ) -> Phrase | None:
        """Read the names behind the noun, else adjectives and where it lies."""
        many = several or self._is_many(head, noun, says)
        start = self._adjectives(self._plural_ending(head + 1))
        then = start + self.at.has(start, {":", "("})
        names, last = ((), start) if pointed or says == "owned" else self.names.listed(then, plural=many)
        if names:
            return self._placed(here, last, noun, names, share=share, broad=broad)
        within, last = self.names.where(start)
        last = last if within else start + self._has_owner(start)
        whole = pointed or (not many and says in {"plain", "owned"} and here == head and last == start)
        return self.at.phrase(
            Role.PLACE, here, last, headed=True, pointing=whole and not (within and not pointed), within=within,
            head=noun + "ها" if many else noun, share=share,
        )  # fmt: skip

    def _placed(self, here: int, last: int, noun: str, names: tuple[Name, ...], *, share: bool, broad: bool) -> Phrase:
        """Make the phrase of named places; of a broad noun (مواضع, حومه) they only say where it lies."""
        within, last = self.names.where(last)
        if broad:
            whole = Name(start=self.at.words[here].start, end=max(name.end for name in names))
            inside = tuple(name for name in names if name.rows) or within
            return self.at.phrase(
                Role.PLACE, here, last, headed=True, names=(whole,), within=inside, head=noun, share=True
            )
        return self.at.phrase(Role.PLACE, here, last, headed=True, names=names, within=within, head=noun, share=share)

    def _share_of_name(self, here: int, first: int) -> Phrase | None:
        """Read a share of a place that is named without a noun (نیمی از حلب)."""
        found = self._bare(first) if first < len(self.at.words) else None
        if found is None:
            return None
        return self.at.phrase(Role.PLACE, here, found.last, names=found.names, within=found.within, share=True)

    def _bare(self, here: int) -> Phrase | None:
        """Read a known name that no noun introduces, and the names listed behind it."""
        name = known(self.at, here)
        if name is None or not self.names.stands_alone(here, name) or FUNCTION.match(self.at.words[here].text):
            return None
        names, last = self.names.listed(here, plural=False)
        within, last = self.names.where(last)
        return self.at.phrase(
            Role.PLACE, here, last, names=names or (name,), within=within, actor=self.at.country(here)
        )

    def _pronoun(self, here: int) -> Phrase | None:
        """Read "it" where a case word governs it (آن را, از آن)."""
        if not self.at.has(here, _PRONOUNS):
            return None
        marked = self.at.has(here + 1, {"را"}) or (here and self.at.words[here - 1].text in _GOVERNING)
        return self.at.phrase(Role.PLACE, here, here + 1, pointing=True, head="it") if marked else None
