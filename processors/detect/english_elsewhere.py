"""Positions of English for what is told elsewhere: the place told last, the subject that "but" goes on with."""

from __future__ import annotations

from processors.detect.line import Line, Slot, Trigger, fits, slot_of
from processors.detect.phrases import Role

_BACK = 40
_OPENING = 3
"""The last word with which a subject that opens its sentence begins, a time before it allowed for."""


def _unsaid(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place told last before the trigger, also sentences before it: no words stand for it."""
    del line, role
    return Slot(start=trigger.start, end=trigger.start)


def _resumed(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the actor that opens the sentence where "but" goes on with it ("X held the port but was forced out")."""
    resumed = line.lexicon.patterns["resumed"].search(line.text, max(line.start, trigger.start - _BACK), trigger.start)
    first = next((p for p in line.phrases if p.role is not Role.NAME or p.first <= 1), None)
    if resumed is None or first is None or first.end > resumed.start() or not fits(first, role):
        return None
    return slot_of(first) if first.first <= _OPENING else None


def _last(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the last place that is named before the trigger, whatever stands between."""
    named = (p for p in reversed(line.phrases) if p.end <= trigger.start and p.role is role and p.names and not p.bound)
    return slot_of(next(named, None))


def _last_told(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the last place before the trigger that is named, lies in one that is, or is pointed at."""
    told = (p for p in reversed(line.phrases) if p.end <= trigger.start and p.role is role and not p.bound)
    return slot_of(next((p for p in told if p.names or p.pointing or p.within), None))


ELSEWHERE = {
    "en-unsaid": _unsaid,
    "en-resumed": _resumed,
    "en-last": _last,
    "en-last-told": _last_told,
}
