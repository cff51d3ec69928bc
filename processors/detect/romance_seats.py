"""Positions of French and Spanish: the place that a clause is about, before what is said of it between commas."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from processors.detect.line import Line, Slot, Trigger, fits, is_too_unknown, slot_of
from processors.detect.phrases import Role

_FRONT = 3
"""Words that may lead a sentence before the place it is about."""

_NEAR = 3
"""Words that may stand between a subject and its verb."""

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


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place right before the verb that no preposition makes a part of something else."""
    oblique = line.lexicon.patterns["oblique"]
    for phrase in line.before(trigger):
        if len(line.text[phrase.end : trigger.start].split()) > _NEAR:
            return None
        if fits(phrase, role) and phrase.role is not Role.ACTOR and not is_too_unknown(trigger, phrase):
            behind = oblique.search(line.text[max(line.start, phrase.start - 24) : phrase.start])
            return None if behind else slot_of(phrase)
    return None


def _told(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the one right before an infinitive who is made or told to do it ("a sus tropas retirarse de X")."""
    near = (p for p in line.before(trigger) if fits(p, role) and p.role is not Role.PLACE)
    phrase = next(near, None) if trigger.form == "inf" else None
    close = phrase is not None and len(line.text[phrase.end : trigger.start].split()) <= _NEAR
    return slot_of(phrase) if close else None


ROMANCE: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "topic": _topic,
    "subject": _subject,
    "told": _told,
}
"""Position names of French and Spanish; their lexicons' frames name them beside those of seats.POSITIONS."""
