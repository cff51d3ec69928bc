"""Noun phrases of Persian: the head comes first, names and qualifiers follow it, numbers and "this" lead it.

A place is a noun with names behind it (ولسوالی پنجوایی در ولایت قندهار), a known
name alone, or a noun alone that points back (این شهر) or says how much of
something (بخش‌هایی از شهر).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processors.detect.persian_actors import Actors
from processors.detect.persian_heads import Head, Heads
from processors.detect.persian_names import Names
from processors.detect.persian_words import FUNCTION, known, state
from processors.detect.phrases import Name, Phrase, Role, scan
from processors.detect.reading import Reading

_PRONOUNS = frozenset({"ان", "انجا", "اينجا"})
_NAMED_AFTER = frozenset({"عمليات"})
_TIMES = frozenset({"زمان", "روز", "سال", "وقت", "هنگام", "تاريخ", "پس", "ماه", "هفته"})
_GOVERNING = frozenset({"از", "به", "بر"})
_SEQUELS = frozenset({"پس", "پيش", "بعد", "قبل"})
_CALLED = frozenset({"موسوم", "معروف"})
_APPOSITION = 14
_BRACKET = 9
_ENDS = frozenset({"را", "به", "توسط", "،", "كه", "نيز", "هم", "بدست", "دوباره", ")", "؛", "."})


def phrases(at: Reading) -> Sequence[Phrase]:
    """Return the places and actors that the words of one sentence name."""
    names = Names(at=at)
    return scan(len(at.words), Places(at=at, names=names, heads=Heads(at=at, names=names), actors=Actors(at=at)).read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Reads one phrase at a time from a sentence's words."""

    at: Reading
    names: Names
    heads: Heads
    actors: Actors

    def read(self, here: int) -> Phrase | None:
        """Return the phrase that begins at this word."""
        head = self.heads.read(here)
        if head is not None:
            return self._headed(head)
        return self._share_of_name(here) or self.actors.read(here) or self._bare(here) or self._pronoun(here)

    def _headed(self, head: Head) -> Phrase:
        """Read the names behind the noun, else what says whose it is and where it lies."""
        names, last = self._named(head, self._past_lead(head.then))
        if names and not self._is_within(head, names):
            return self._placed(head, names, last)
        holder = self._holder(head)
        behind = holder.last if holder else self._owner_end(head.then)
        within, last = self.names.where(behind)
        last = last if within else behind
        bare = not (head.many or head.counted or head.share or head.broad) and last == head.then
        return self.at.phrase(
            Role.PLACE, head.first, last, headed=True, pointing=head.pointed or (bare and not within), within=within,
            head=head.noun + "ها" if head.many else head.noun, share=head.share, holder=holder,
        )  # fmt: skip

    def _past_lead(self, here: int) -> int:
        """Pass over what leads to a name: a colon, "among them", "called", a comma before quotes."""
        at = self.at
        if at.has(here, {"از"}) and at.has(here + 1, {"جمله"}):
            return here + 2
        called = (at.has(here, _CALLED) and at.has(here + 1, {"به"})) or (
            at.has(here, {"به"}) and at.has(here + 1, {"نام"})
        )
        if at.has(here, {"،"}) and self.names.opens_quoted(here + 1):
            return here + 1
        return here + 2 if called else here + at.has(here, {":", "(", "شامل"})

    def _owner_end(self, here: int) -> int:
        """Pass over "its" and "of this district" behind the noun."""
        then = self._this_end(here)
        return then if then > here else here + self.at.has(here, {"ان", "خود"})

    def _this_end(self, here: int) -> int:
        """Pass over "of this province"."""
        this = self.at.has(here, {"اين", "ان"}) and here + 1 < len(self.at.words)
        return here + 2 if this and self.at.words[here + 1].text in self.at.lexicon.surfaces["places"] else here

    def _named(self, head: Head, then: int) -> tuple[tuple[Name, ...], int]:
        """Read the names behind the noun; of a road the names tell its ends, and are one."""
        if head.pointed or head.owned:
            return (), then
        names, last = self.names.listed(then, plural=head.many)
        if names and head.noun in self.at.lists["roads"]:
            return (Name(start=self.at.words[head.at].start, end=names[-1].end),), last
        return names, last

    def _is_within(self, head: Head, names: tuple[Name, ...]) -> bool:
        """Tell whether a name says only where counted places lie ("a town of Syria")."""
        return len(names) == 1 and head.counted and state(self.at, self.at.after(names[0].start)) is not None

    def _holder(self, head: Head) -> Phrase | None:
        """Return whose the place is ("the last base of X", "the last town under the control of X")."""
        then = head.then
        if head.counted and self.at.has(then, {"تحت"}) and self.at.has(then + 1, {"كنترل", "تسلط", "اشغال"}):
            then += 2
        elif not (head.noun in self.at.lists["held"] or self.at.has(head.first, {"اخرين"})):
            return None
        return self.actors.read(then) if then < len(self.at.words) else None

    def _placed(self, head: Head, names: tuple[Name, ...], last: int) -> Phrase:
        """Make the phrase of named places; of a broad noun (مواضع, حومه) they only say where it lies."""
        within, last = self.names.where(last)
        while within and head.many and (more := self.names.added(last)):
            names, last = (*names, *more[0]), more[1]
            within, last = (*within, *self.names.where(last)[0]), self.names.where(last)[1]
        if head.broad and not self.names.is_quoted(names[0]):
            whole = Name(start=self.at.words[head.first].start, end=max(name.end for name in names))
            within = tuple(name for name in names if name.rows) or within
            names = (whole,)
        last = self._this_end(last)
        last, holder = self._apposed(last)
        if self.at.has(last - 1, {")"}):
            behind, last = self.names.where(last)
            within = within or behind
        return self.at.phrase(
            Role.PLACE, head.first, last, headed=True, names=names, within=within, head=head.noun,
            share=head.share or head.broad, holder=holder,
        )  # fmt: skip

    def _apposed(self, here: int) -> tuple[int, Phrase | None]:
        """Pass over what the place is besides ("، the last base of X in Y", a bracket), and tell whose it is."""
        if self.at.has(here, {"("}):
            return self._bracket_end(here), None
        then = here + self.at.has(here, {"،"})
        if not self.at.has(then, self.at.lists["apposing"]):
            return here, None
        end = then + 1
        while end < min(then + _APPOSITION, len(self.at.words)) and not self._ends(end):
            end += 1
        holders = (self.actors.read(word) for word in range(then, end))
        return end, next((found for found in holders if found is not None and found.last <= end), None)

    def _ends(self, here: int) -> bool:
        word = self.at.words[here].text
        return word in _ENDS or word in self.at.lists["adverbial"] or self.names.tells(here)

    def _bracket_end(self, here: int) -> int:
        closing = (at for at in range(here + 1, min(here + _BRACKET, len(self.at.words))) if self.at.has(at, {")"}))
        return next(closing, here - 1) + 1

    def _share_of_name(self, here: int) -> Phrase | None:
        """Read a share of a place that is named without a noun (نیمی از حلب)."""
        first, share = self.heads.quantity(here)
        found = self._bare(first) if share and first < len(self.at.words) else None
        if found is None:
            return None
        return self.at.phrase(Role.PLACE, here, found.last, names=found.names, within=found.within, share=True)

    def _bare(self, here: int) -> Phrase | None:
        """Read a known name that no noun introduces, and the names listed behind it."""
        if here and self.at.has(here - 1, _NAMED_AFTER):
            return None  # an operation's own name
        name = known(self.at, here)
        if name is None or not self.names.stands_alone(here, name) or FUNCTION.match(self.at.words[here].text):
            return None
        names, last = self.names.listed(here, plural=False)
        acts = state(self.at, here) is not None and self.at.has(
            last, self.at.lists["compass"]
        )  # "Israel left the south"
        within, last = ((), last) if acts else self.names.where(last)
        last, _ = self._apposed(last)
        return self.at.phrase(Role.PLACE, here, last, names=names or (name,), within=within, actor=state(self.at, here))

    def _pronoun(self, here: int) -> Phrase | None:
        """Read "it" where a case word governs it (آن را, از آن), but not "after that"."""
        if not self.at.has(here, _PRONOUNS) or self.at.has(here + 1, _TIMES):
            return None
        governed = here > 0 and self.at.words[here - 1].text in _GOVERNING
        governed = governed or (here > 0 and self.names.tells(here - 1))
        sequel = here > 1 and self.at.words[here - 2].text in _SEQUELS
        if not (self.at.has(here + 1, {"را"}) or (governed and not sequel)):
            return None
        return self.at.phrase(Role.PLACE, here, here + 1, pointing=True, head="it")
