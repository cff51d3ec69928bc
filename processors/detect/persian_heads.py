"""What a Persian noun phrase of places begins with: a number or a share, "this", and nouns that lead to each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from processors.detect.persian_names import Names
from processors.detect.persian_words import FUNCTION, known
from processors.detect.reading import Reading

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?$")
_ORDINAL = re.compile(r"\w{2,}مين$")
_ONE = frozenset({"يكي", "شماري", "تعدادي"})
_THIS = frozenset({"اين", "ان", "همين", "همان"})
_ENDINGS = frozenset({"ها", "هاي", "هايي"})
_PARTITIVE = _ENDINGS | {"زيادي", "بزرگي", "وسيعي", "بيشتري", "عمده", "اعظم", "از", "ديگري", "كوچكي", "مربع"}
_PARTICIPLE = re.compile(r"\w+(?:ديده|شده|زده|نشين|نشيني|مانده|خيز)$")
_MOST_ADJECTIVES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The noun of a phrase: `first` is the word it begins with, `at` the noun, `then` the word behind its adjectives.

    `counted`: words stand before the noun; `many`: more than one place is meant;
    `pointed`: "this"; `owned`: "its"; `broad`: names behind it say only where it lies.
    """

    first: int
    at: int
    then: int
    noun: str
    counted: bool
    many: bool
    pointed: bool
    owned: bool
    broad: bool
    share: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """Reads the beginning of a phrase."""

    at: Reading
    names: Names

    def quantity(self, here: int) -> tuple[int, bool]:
        """Skip words of number and share; return the next word and whether a share was named."""
        share = False
        while here < len(self.at.words):
            word = self.at.words[here].text
            if word in self.at.lists["shares"] and not self._is_counted(here):
                share, here = True, self._partitive(here + 1)
            elif word in _ONE and self.at.has(here + 1, {"از"}):
                here += 2
            elif _NUMBER.match(word) or _ORDINAL.match(word) or word in self.at.lists["quantity"]:
                here += 1
            else:
                break
        return here, share

    def _is_counted(self, here: int) -> bool:
        """Tell whether "some areas" are meant themselves and no share of what follows."""
        return bool(self._noun(here)[0]) and not self.at.has(here + 1, {"از"})

    def _partitive(self, here: int) -> int:
        while self.at.has(here, _PARTITIVE):
            here += 1
        return here

    def read(self, here: int) -> Head | None:
        """Return the head that begins at this word."""
        first, share = self.quantity(here)
        around = share and bool(self.at.has(first, self.at.lists["around"])) and bool(self._noun(first + 1)[0])
        first += around  # "areas around the town" lie around it
        this = self.at.has(first, _THIS)
        at = first + this
        noun, says = self._noun(at)
        if not noun or self._is_name(at):
            return None
        several = any(self._is_number(word) for word in range(here, first))
        head = Head(
            first=here, at=at, then=self._behind(at), noun=noun, counted=first > here, pointed=bool(this),
            many=several or self._is_many(at, noun, says), owned=says == "owned",
            broad=around or noun in self.at.lists["broad"], share=share,
        )  # fmt: skip
        return None if head.pointed and self._is_sequel(head) else self._chained(head)

    def _is_sequel(self, head: Head) -> bool:
        """Tell whether "this" belongs to "before this" and the noun behind it has a name (پیش از این فرودگاه X را)."""
        at = head.at - 1
        sequel = at > 1 and self.at.has(at - 1, {"از"}) and self.at.has(at - 2, {"پس", "پيش", "بعد", "قبل"})
        return bool(sequel) and self.names.name(head.then, plural=False) is not None

    def _noun(self, here: int) -> tuple[str, str]:
        if here >= len(self.at.words):
            return "", ""
        word = self.at.words[here].text
        found = self.at.lexicon.surfaces["places"].get(word, ("", ""))
        return ("", "") if found[1] == "one" and word in self.at.lists["not_nouns"] else found

    def _is_number(self, here: int) -> bool:
        word = self.at.words[here].text
        return word in self.at.lists["numbers"] or (_NUMBER.match(word) is not None and word != "1")

    def _is_name(self, here: int) -> bool:
        """Tell whether a noun of places only begins a longer known name (تل رفعت, قلعه نو)."""
        name = known(self.at, here)
        longer = name is not None and self.at.after(name.end) > here + 1
        return longer and self.at.words[here].text not in self.at.lists["plain_heads"]

    def _is_many(self, here: int, noun: str, says: str) -> bool:
        return says == "many" or noun in self.at.lists["plural"] or bool(self.at.has(here + 1, _ENDINGS))

    def _behind(self, here: int) -> int:
        """Return the word behind a noun, its parted plural ending and its adjectives."""
        return self._adjectives(here + 1 + self.at.has(here + 1, _ENDINGS))

    def _adjectives(self, here: int) -> int:
        """Skip adjectives before a name ("the strategic and large town of")."""
        stop = min(here + _MOST_ADJECTIVES, len(self.at.words))
        while here < stop and (self._is_loose(here) or (self.at.has(here, {"و"}) and self._is_loose(here + 1))):
            here += 1
        return here

    def _is_loose(self, here: int) -> bool:
        if here >= len(self.at.words):
            return False
        word = self.at.words[here].text
        if word in self.at.lists["loose"]:
            return True
        closed = FUNCTION.match(word) is not None
        return bool(_PARTICIPLE.match(word)) and not (closed or self._noun(here)[0] or known(self.at, here))

    def _chained(self, head: Head) -> Head:
        """Follow nouns that lead to another one (مرکز ولسوالی, روستاهای اطراف شهر, شهر و روستا)."""
        while head.then < len(self.at.words):
            step = self._step(head)
            found, says = self._noun(step)
            around = self.at.has(step, self.at.lists["around"]) == 1
            if not (step > head.then or self._leads(head.noun, step, found, around=around)):
                break
            noun = found or head.noun
            many = step > head.then or self._is_many(step, noun, says)
            head = replace(
                head, at=step, then=self._behind(step), noun=noun, counted=True, many=many or (around and head.many),
                broad=head.broad or around,
            )  # fmt: skip
        return head

    def _step(self, head: Head) -> int:
        """Return the word after "and" where it joins a second noun that no name follows (شهر و روستا)."""
        second = head.then + 1
        if not (head.counted and self.at.has(head.then, {"و"}) and self._noun(second)[0]):
            return head.then
        return head.then if self.names.name(self._behind(second), plural=False) else second

    def _leads(self, noun: str, then: int, found: str, *, around: bool) -> bool:
        """Tell whether a noun leads to the noun `found` behind it, and no name begins there."""
        lists = self.at.lists
        if not (found or around) or self._is_name(then):
            return False
        if noun in lists["areas"] - lists["around"] and (not around or self.names.starts(then)):
            return False
        wide = found in lists["areas"] and found not in lists["plain_towns"]
        return not wide and (around or noun in lists["leading"] or found in lists["leading"])
