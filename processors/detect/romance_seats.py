"""Positions of French and Spanish: the place that a clause is about, before what is said of it between commas."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from processors.detect.line import Line, Slot, Trigger, fits, is_too_unknown, slot_of
from processors.detect.phrases import Role

_FRONT = 3
"""Words that may lead a sentence before the place it is about."""

_ASIDE = re.compile(r"\s*(?:\([^()]*\)\s*)?,\s[^;:]*,\s*$")


def _topic(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that opens the sentence where an aside between commas parts it from the verb."""
    for phrase in line.phrases:
        if phrase.first > _FRONT or phrase.end > trigger.start:
            return None
        if fits(phrase, role) and phrase.role is not Role.ACTOR and not is_too_unknown(trigger, phrase):
            aside = _ASIDE.match(line.text, phrase.end, trigger.start)
            return slot_of(phrase) if aside and aside.end() == trigger.start else None
    return None


ROMANCE: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {"topic": _topic}
"""Position names of French and Spanish; their lexicons' frames name them beside those of seats.POSITIONS."""
