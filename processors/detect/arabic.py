"""Noun phrases of Arabic: the head comes first, its qualifiers follow.

A place is a common noun with a name after it (مدينة تدمر), a name alone, a
list of names, or a common noun alone that points back (المدينة) or says how
much of something (نصف الغوطة). An actor is a name of the actor table or a
common noun (قوات, مقاتلو) with its qualifiers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from processors.detect.arabic_actors import Actors
from processors.detect.arabic_extents import area, is_beside, is_taken, remainder, unit
from processors.detect.arabic_names import Names
from processors.detect.arabic_unknown import Unknown
from processors.detect.arabic_words import proclitic_off
from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading

_NUMBER = re.compile(r"[وبلك]?\d+(?:[.,]\d+)?$")
_ORDINALS = frozenset({"اول", "ثاني", "ثالث", "رابع", "خامس", "سادس", "اخر", "اكبر", "اهم", "ابرز"})
_IS = re.compile(r"[\s،]+(?:و?هي\s+|و?تعد\s+|و?تعتبر\s+)?")
_OWNED = re.compile(r"(?:ال)?تابع\w*$")
_OF_IT = frozenset({"منها", "منه", "منهما", "منهم"})
_PARTITIVE = frozenset(
    {"من", "كبير", "كبيره", "واسعه", "كبيرا", "كامله", "شاسعه", "مهمه", "هامه", "صغير", "صغيره", "اخري", "محدوده"}
    | {"متفرقه", "اساسيه", "رييسيه", "ذلك", "تلك", "هذا", "هذه"}
)
_IN = frozenset({"داخل", "في"})
_NUMERALS = frozenset(
    {"ثلاث", "ثلاثه", "اربع", "اربعه", "خمس", "خمسه", "ست", "سته", "سبع", "سبعه", "ثماني", "ثمان", "تسع", "عشر", "عشره"}
)
_MANY = frozenset(
    {"عددا", "واحده", "المزيد", "العديد", "الكثير", "عدد", "اكثر", "اي", "كل", "كثير", "عديد", "مزيد", "عشرات"}
)


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    found = scan(len(at.words), Places(at=at, names=Names(at=at, unknown=Unknown(at=at)), actors=Actors(at=at)).read)
    named = [_apposed_to(at, *pair) for pair in pairwise((None, *found))]
    return [phrase for phrase in named if phrase.role is not Role.PLACE or not is_beside(at, phrase)]


def _apposed_to(at: Reading, before: Phrase | None, phrase: Phrase | None) -> Phrase:
    """Give "the first town", which has no name, the name right before it that it is said of (وتعد سنجة أول مدينة)."""
    assert phrase is not None  # noqa: S101 (a pair's second is none of the padding)
    if before is None or not before.names or phrase.names or phrase.role is not Role.PLACE or phrase.pointing:
        return phrase
    first = at.words[phrase.first].text in _ORDINALS
    return replace(phrase, names=before.names) if first and _IS.fullmatch(at.text, before.end, phrase.start) else phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading
    names: Names
    actors: Actors

    def read(self, at: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        if self.actors.is_fought(at):
            return self.actors.read(at)
        whole = area(self.at, at)
        if whole is not None:
            return self.at.phrase(Role.PLACE, at, self.at.after(whole.end), headed=True, names=(whole,))
        numbered = unit(self.at, at)
        if numbered is not None:
            return self._unit(at, numbered)
        headed = self._headed_place(at)
        if headed is not None:
            return headed
        actor = self.actors.read(at)
        bare = self._bare_place(at)
        if actor and bare and bare.end > actor.end:
            return bare
        return actor or bare or self._state(at)

    def _state(self, at: int) -> Phrase | None:
        """Read a state by a name that the table of places does not have (بريطانيا)."""
        state = self.at.country(at)
        whole = Name(start=self.at.words[at].start, end=self.at.words[at].end)
        return self.at.phrase(Role.PLACE, at, at + 1, names=(whole,), actor=state) if state else None

    def _unit(self, at: int, whole: Name) -> Phrase | None:
        """Read a numbered unit: its base where words of taking ask for a place, else those who fight in it."""
        if not is_taken(self.at, at):
            actor = self.actors.read(at)
            last = self.at.after(whole.end)
            return replace(actor, end=whole.end, last=last) if actor and actor.end < whole.end else actor
        return self.at.phrase(Role.PLACE, at, self.at.after(whole.end), headed=True, names=(whole,))

    def _headed_place(self, at: int) -> Phrase | None:
        """Read a place that begins with a quantity, a share or a common noun."""
        if self._is_dual_name(at):
            return self._bare_place(at)
        first, share = self._quantity(at)
        if first < len(self.at.words) and self._is_compound(first):
            return self._share_of_name(at, first, share=share)
        if self._is_part_of_it(first, share=share):
            return self._part_of_it(at, first)
        noun, says, then = self.names.nouns(first)
        share = share or self._is_part(first, then)
        if not noun:
            return self._share_of_name(at, first, share=True) if share else None
        if says == "owned":
            return self._owned_place(at, then, noun)
        return self._with_names(at, then, noun, says, share=share)

    def _is_part_of_it(self, first: int, *, share: bool) -> bool:
        """Tell whether a share is one of what was named before (أجزاء واسعة منها)."""
        word = self.at.words[first].text if first < len(self.at.words) else ""
        part = share or self.at.lexicon.surfaces["places"].get(word, ("", ""))[0] in self.at.lists["shares"]
        return part and bool(self.at.has(self.names.qualified(first + (not share)), _OF_IT))

    def _part_of_it(self, at: int, first: int) -> Phrase:
        """Read such a share; it points back."""
        last = next(n for n in range(first, len(self.at.words)) if self.at.words[n].text in _OF_IT) + 1
        return self.at.phrase(Role.PLACE, at, last, headed=True, pointing=True, share=True)

    def _is_dual_name(self, at: int) -> bool:
        """Tell whether "the two villages" is the town of that name: nothing before it spoke of villages."""
        word = self.at.words[at]
        noun, says = self.at.lexicon.surfaces["places"].get(word.text, ("", ""))
        if says != "definite" or not noun.endswith("ين"):
            return False
        name = self.names.known(at)
        return name is not None and name.start == word.start and noun[:-3] not in self.at.text[: word.start]

    def _is_part(self, first: int, then: int) -> bool:
        """Tell whether a chain of nouns begins with a part of what follows (مداخل المدينة, شمال المدينة)."""
        words, word = self.at.lists, self.at.words[first].text if first < len(self.at.words) else ""
        noun = self.at.lexicon.surfaces["places"].get(word, ("", ""))[0]
        broad = noun in words["broad"] - words["plural"] or noun in words["shares"] or noun == "مداخل"
        return then - first > 1 and (broad or proclitic_off(word, words["compass"]) is not None)

    def _quantity(self, at: int) -> tuple[int, bool]:
        """Skip words of number and share; return the next word and whether a share was named."""
        first, share = at, False
        while at < len(self.at.words):
            word = self.at.words[at].text
            bare = proclitic_off(word, self.at.lists["quantity"] | self.at.lists["shares"])
            percent = at + 1 < len(self.at.words) and self.at.words[at + 1].text in "%٪"
            rest = remainder(self.at, at, counted=at > first)
            if rest:
                share, at = True, at + rest
                continue
            day = self.at.words[at].text == "الاحد"  # Sunday, written as "the one"
            if day or (bare is None and not _NUMBER.match(self.at.words[at].text)):
                break
            share = share or bare in self.at.lists["shares"] or percent
            at += 2 if percent else 1
            partitive = share or bare in _MANY or (bare in _NUMERALS and self._counts_places(at))
            while partitive and (self.at.has(at, _PARTITIVE) or (bare != word and self._is_adjective(at))):
                at += 1
        return at, share

    def _is_adjective(self, at: int) -> bool:
        """Tell whether a word describes the definite part before it (الجزء الشرقي من المدينة)."""
        word = self.at.words[at].text if at + 1 < len(self.at.words) else ""
        return word.startswith("ال") and (self.at.words[at + 1].text in _OF_IT or self.at.has(at + 1, {"من"}) > 0)

    def _counts_places(self, at: int) -> bool:
        """Tell whether "of" and a noun of places follow a number (خمس من عواصم الولايات)."""
        noun = self.at.words[at + 1].text if at + 1 < len(self.at.words) else ""
        return bool(self.at.has(at, {"من"})) and noun in self.at.lexicon.surfaces["places"]

    def _owned_place(self, at: int, then: int, noun: str) -> Phrase:
        """Read "its positions": it points back unless it says where they are."""
        within, last = self.names.where(self.names.qualified(then))
        if not within and self.at.has(then, _IN):
            inner, says, last = self.names.nouns(then + 1)
            if inner and says == "definite":
                return self.at.phrase(Role.PLACE, at, last, headed=True, pointing=True, head=inner, share=True)
            last = self.names.qualified(then)
        return self.at.phrase(
            Role.PLACE, at, last, headed=True, pointing=not within, within=within, head=noun, share=bool(within)
        )

    def _with_names(self, at: int, then: int, noun: str, says: str, *, share: bool) -> Phrase | None:
        """Read what follows the noun: names, or adjectives and where it lies."""
        where = proclitic_off(self.at.words[at].text, self.at.lists["compass"] | {"في"}) is not None or not share
        if noun == "بلاد" and then - at > 1 and where:  # شمال البلاد only says where
            return None
        plural = noun in self.at.lists["plural"]
        names, last = self._names_behind(at, then, noun, definite=says == "definite")
        if names and noun == "شمال" and says == "plain" and not self._is_known_direction(then, names):
            return None
        if names:
            return self._placed(at, last, noun, names, share=share)
        numbered = says == "definite" and then < len(self.at.words) and _NUMBER.match(self.at.words[then].text)
        last = then + 1 if numbered else self.names.qualified(then)
        what, end = self.names.of_what(last) if says == "definite" and last > then else ((), last)
        if what or (says == "definite" and (numbered or noun not in self.at.lists["common_nouns"]) and last > then):
            whole = Name(start=self.at.start_of(at, noun), end=what[-1].end if what else self.at.words[last - 1].end)
            return self.at.phrase(Role.PLACE, at, end, headed=True, names=(whole,), within=what, head=noun, share=share)
        owned = says == "plain" and noun not in self.at.lists["compass"] and last < len(self.at.words)
        likened = self.at.words[last - 1].text == "ك" + noun  # "as a sector that belongs to"
        holder = (self.actors.read(last) if owned else None) or (None if likened else self._owner(last))
        last = holder.last if holder else last
        within, end = self.names.where(last)
        listed, end = self.names.listed_behind(end) if plural else ((), end)
        if says == "definite" and (not plural or noun in self.at.lists["duals"]) and not within:
            return self.at.phrase(
                Role.PLACE, at, last, headed=True, pointing=True, head=noun, share=share, holder=holder
            )
        return self.at.phrase(
            Role.PLACE,
            at,
            end,
            headed=True,
            names=listed,
            within=within,
            head=noun,
            share=share or (plural and not listed),
            holder=holder,
        )

    def _names_behind(self, at: int, then: int, noun: str, *, definite: bool) -> tuple[tuple[Name, ...], int]:
        """Read the names behind a noun and where they end; strange ones follow a definite noun in apposition only."""
        plural = noun in self.at.lists["plural"]
        names, last = ((), then) if definite and not plural else self.names.names(then, plural=plural)
        if not names and definite:
            names, last = self._capital(then) if self._is_capital(at, noun) else self._apposed(then)
        strange = definite and bool(names) and not names[0].rows and names[0].start == self.at.words[then].start
        return ((), then) if strange else (names, last)

    def _is_capital(self, at: int, noun: str) -> bool:
        """Tell whether the chain speaks of a capital, whose name stands right behind it (عاصمة المحافظة گوما)."""
        return noun == "عاصمه" or self.at.lexicon.surfaces["places"].get(self.at.words[at].text, ("", ""))[0] == "عاصمه"

    def _capital(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read the name of a capital if the next word is a known place."""
        name = self.names.known(at) if at < len(self.at.words) else None
        return ((name,), self.at.after(name.end)) if name is not None else self._apposed(at)

    def _is_known_direction(self, then: int, names: tuple[Name, ...]) -> bool:
        """Tell whether what follows a bare direction is a place (وسط حلب, عن وسط كليشيفكا, not وسط اشتباكات)."""
        left = self.at.has(then - 2, {"عن", "علي"}) and self.names.unknown.is_strange(then)
        return any(name.rows for name in names) or bool(left)

    def _apposed(self, at: int) -> tuple[tuple[Name, ...], int]:
        """Read a name that stands in apposition after a definite noun in brackets (المدينة (تدمر))."""
        return self.names.names(at, plural=False) if self.at.has(at, {"("}) else ((), at)

    def _placed(self, at: int, last: int, noun: str, names: tuple[Name, ...], *, share: bool) -> Phrase:
        """Make the phrase of named places; of a broad noun (ريف, ضفة) they only say where it lies."""
        owner = self._owner(last)
        within, last = self.names.where(owner.last if owner else last)
        if noun in self.at.lists["named_heads"] and len(names) == 1:
            head = max(at, self.at.after(names[0].start) - 1)
            names = (Name(start=self.at.start_of(head, noun), end=names[0].end),)
        if noun in self.at.lists["broad"]:
            end = max(name.end for name in names)
            first, _ = self.at.lexicon.surfaces["places"].get(self.at.words[at].text, ("", ""))
            whole = Name(start=self.at.start_of(at, first), end=end)
            known = tuple(name for name in names if name.rows)
            return self.at.phrase(
                Role.PLACE, at, last, headed=True, names=(whole,), within=known, head=noun, share=True
            )
        return self.at.phrase(
            Role.PLACE, at, last, headed=True, names=names, within=within, head=noun, share=share, holder=owner
        )

    def _owner(self, at: int) -> Phrase | None:
        """Read whose a place is (التابعة للجيش), if an actor is named."""
        if at + 1 >= len(self.at.words) or not _OWNED.match(self.at.words[at].text):
            return None
        return self.actors.read(at + 1)

    def _is_compound(self, at: int) -> bool:
        """Tell whether a place noun is part of a known name of several words (تل رفعت)."""
        noun, _ = self.at.lexicon.surfaces["places"].get(self.at.words[at].text, ("", ""))
        name = self.names.known(at) if noun and noun not in self.at.lists["plain_heads"] else None
        return name is not None and self.at.after(name.end) > at + 1

    def _share_of_name(self, at: int, first: int, *, share: bool) -> Phrase | None:
        """Read a share of a place that is named without a noun (نصف الغوطة)."""
        found = self._bare_place(first) if first < len(self.at.words) else None
        return found and self.at.phrase(Role.PLACE, at, found.last, names=found.names, within=found.within, share=share)

    def _bare_place(self, at: int) -> Phrase | None:
        """Read a known name that no noun introduces, and the names listed after it."""
        name = self.names.known(at)
        doubtful = self.names.doubtful(at) if name is None else None
        if doubtful is not None:
            return self.at.phrase(Role.PLACE, at, self.at.after(doubtful.end), names=(doubtful,), open=True)
        if name is None or not self.names.stands_alone(at, name):
            return None
        names, last = self.names.more((name,), self.at.after(name.end), plural=False)
        last = self.names.qualified(last, most=1)
        within, last = self.names.where(last)
        return self.at.phrase(Role.PLACE, at, last, names=names, within=within, actor=self.at.country(at))
