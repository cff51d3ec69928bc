"""One sentence, its triggers and slots: what stands before and after a trigger, and where its clause ends."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from processors.detect.lexicon import Frame, Lexicon
from processors.detect.phrases import Phrase, Role

FINITE = frozenset({"perfect", "perfect_of", "imperfect", "past", "base", "passive"})
"""Forms that have a subject of their own."""

REACH = 260
"""How many characters away from its trigger a slot is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Words that tell a change, the frame they belong to and the form they have."""

    frame: Frame
    form: str
    start: int
    end: int
    pro: tuple[int, int] | None = None
    who: tuple[int, int] | None = None
    particle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A filled slot: a phrase, or a pronoun (`phrase` is none) at these offsets."""

    start: int
    end: int
    phrase: Phrase | None = None

    @property
    def pointing(self) -> bool:
        """Tell whether the slot points back to something named elsewhere."""
        return self.phrase is None or self.phrase.pointing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence with its phrases; offsets are those of the document.

    Where the clauses around an offset begin and end is asked for every claim and cue, so it is remembered.
    """

    text: str
    start: int
    end: int
    phrases: tuple[Phrase, ...]
    lexicon: Lexicon
    _starts: dict[int, int] = field(default_factory=dict, compare=False, repr=False)
    _ends: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    def after(self, trigger: Trigger) -> Iterator[Phrase]:
        """Yield the phrases after the trigger up to the end of its clause."""
        stop = self.clause_end(trigger.end)
        return (phrase for phrase in self.phrases if trigger.end <= phrase.start < stop)

    def before(self, trigger: Trigger) -> Iterator[Phrase]:
        """Yield the phrases before the trigger, nearest first, back to the start of its clause."""
        start = self.clause_start(self.lead_start(trigger))
        return (phrase for phrase in reversed(self.phrases) if start <= phrase.start and phrase.end <= trigger.start)

    def lead_start(self, trigger: Trigger) -> int:
        """Return where the words begin that tie the trigger to its own clause ("after seizing")."""
        limit = max(self.start, trigger.start - 40)
        found = self.lexicon.patterns["lead"].search(self.text, limit, trigger.start)
        return found.start() if found else trigger.start

    def clause_end(self, at: int) -> int:
        """Return where the clause that holds `at` ends."""
        if at not in self._ends:
            limit = min(self.end, at + REACH)
            found = next(self._breaks(at, limit), None)
            self._ends[at] = found.start() if found else limit
        return self._ends[at]

    def clause_start(self, at: int) -> int:
        """Return where the clause that holds `at` begins."""
        if at not in self._starts:
            limit = max(self.start, at - REACH)
            found = next(iter(deque(self._breaks(limit, at), maxlen=1)), None)
            self._starts[at] = found.end() if found else limit
        return self._starts[at]

    def _breaks(self, start: int, stop: int) -> Iterator[re.Match[str]]:
        """Yield the borders of clauses in text[start:stop].

        What looks like one inside a list of places is none, nor what comes between "managed" and its "to".
        """
        lists = [p for p in self.phrases if len(p.names) > 1]
        awaiting = self.lexicon.patterns.get("awaiting")
        for found in self.lexicon.patterns["breaks"].finditer(self.text, start, stop):
            if awaiting is not None and awaiting.search(self.text, max(self.start, found.start() - 60), found.start()):
                continue
            if not any(p.start <= found.start() and found.end() < p.end for p in lists):
                yield found

    def seeing(self, place: Slot) -> Line:
        """Return the line with a place that only its taker makes one among its phrases, so that other slots see it."""
        if place.phrase is None or not place.phrase.open:
            return self
        return replace(self, phrases=tuple(sorted((*self.phrases, place.phrase), key=lambda phrase: phrase.start)))

    def timeless(self, start: int, end: int) -> str:
        """Return the words between two phrases without the times that open them and the commas around those."""
        passed = self.lexicon.patterns.get("passed")
        times = passed.match(self.text, start, end) if passed else None
        return self.text[times.end() if times else start : end]

    def is_relative(self, trigger: Trigger) -> bool:
        """Tell whether the trigger is the verb of a relative clause."""
        return bool(
            self.lexicon.patterns["relative"].search(self.text[max(self.start, trigger.start - 60) : trigger.start])
        )


def last_match(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the last match of a pattern in text[start:end]."""
    return next(iter(deque(pattern.finditer(text, start, end), maxlen=1)), None)


def fits(phrase: Phrase, role: Role) -> bool:
    """Tell whether a phrase can play a role: a country acts as well as it is entered, "it" is either."""
    return (
        phrase.role is role
        or (role is Role.ACTOR and phrase.actor is not None)
        or phrase.head == "it"
        or (phrase.head == "they" and role is Role.ACTOR)
        or (role is Role.PLACE and phrase.role is Role.NAME and not phrase.pointing)
    )


def slot_of(phrase: Phrase | None) -> Slot | None:
    """Return the slot that a phrase fills."""
    return Slot(start=phrase.start, end=phrase.end, phrase=phrase) if phrase else None


def is_too_unknown(trigger: Trigger, phrase: Phrase) -> bool:
    """Tell whether a name that nothing knows is longer than the frame takes for a place, or each of a list is."""
    most = trigger.frame.unknown * max(1, len(phrase.names))
    return phrase.role is Role.NAME and not phrase.pointing and phrase.last - phrase.first > most
