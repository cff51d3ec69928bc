"""What a relative clause of Russian and Ukrainian hangs on: the noun before its pronoun, in the case of the slot."""

from __future__ import annotations

import re

from processors.detect.line import Line, Slot, Trigger, fits, last_match, slot_of
from processors.detect.phrases import Phrase, Role

_APPOSED = re.compile(
    r"\s*(?:[,—–-]|(?<!\w)(?:стал[аои]?|став|был[аои]?|бу(?:в|ла|ло)|явля\w+|є)(?!\w))\s*(?:\w+\s+)?$"
)
_LYING = re.compile(r"\s+(?:(?:в|во|на|у)\s+)?")
_REPORT = 40
_PRONOUN = 16
"""Characters of the pronoun that opens a relative clause ("из которого")."""


def antecedent(line: Line, trigger: Trigger, role: Role, pattern: str = "relative_object") -> Slot | None:
    """Take what a relative clause hangs on, where its pronoun stands in the case of the slot."""
    start = max(line.start, line.clause_start(trigger.start) - _PRONOUN)
    pronoun = last_match(line.lexicon.patterns[pattern], line.text, start, trigger.start)
    if pronoun is None or (pronoun[0].strip() == "що" and _reports(line, pronoun.start())):
        return None
    nearest = (p for p in reversed(line.phrases) if p.end <= pronoun.start() and fits(p, role))
    found = next(nearest, None)
    if found is None or any(letter.isalnum() for letter in line.text[found.end : pronoun.start()]):
        return None
    return slot_of(apposed(line, found) or _in_area(line, found))


def _reports(line: Line, that: int) -> bool:
    """Tell whether "що" opens what a verb of saying right before reports ("сказав у Львові, що війська зайняли")."""
    return last_match(line.lexicon.patterns["saying"], line.text, max(line.start, that - _REPORT), that) is not None


def _in_area(line: Line, area: Phrase) -> Phrase:
    """Return the place that lies in an area named right behind it ("село X Y-ской области, которое"), else itself."""
    if area.head not in line.lexicon.words["areas"]:
        return area
    before = (p for p in reversed(line.phrases) if p.end < area.start and p.role is Role.PLACE and p.names)
    place = next(before, None)
    lies = place is not None and _LYING.fullmatch(line.text, place.end, area.start)
    return place if place is not None and lies else area


def apposed(line: Line, phrase: Phrase | None) -> Phrase | None:
    """Return the name that an unnamed place explains ("Кундуза, важного города, который ...")."""
    if phrase is None or phrase.names or phrase.role is not Role.PLACE:
        return None
    before = (p for p in reversed(line.phrases) if p.end <= phrase.start and p.role is Role.PLACE and p.names)
    named = next(before, None)
    joined = named is not None and _APPOSED.match(line.text[named.end : phrase.start])
    return named if joined else None


def nominative_antecedent(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take what a relative clause hangs on whose pronoun is the subject ("город, который остается в руках X")."""
    return antecedent(line, trigger, role, "relative_subject")


def source_antecedent(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that a relative clause says somebody left ("город, откуда вышли войска")."""
    return antecedent(line, trigger, role, "relative_from")


def goal_antecedent(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place that a relative clause says somebody entered ("город, куда вошли войска")."""
    return antecedent(line, trigger, role, "relative_into")
