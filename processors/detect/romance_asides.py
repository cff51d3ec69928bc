"""Asides of French and Spanish that say where a place lies before what is said of it."""

from __future__ import annotations

import re

from processors.detect.line import Line, Slot, Trigger, slot_of
from processors.detect.phrases import Role

_SAID = re.compile(r",\s+(?:qu[ei]\s+(?:[\w-]+\s+){0,6})?")
"""What stands between the last aside and what is said of the place before the asides."""

_ASIDES = re.compile(r",\s+(?:(?:en|al|situad[oa]|ubicad[oa])\s(?:[^,;.]{0,30}\s)?(?:del?\s+)?(?:el\s+|la\s+)?)?")
"""What stands between a place and where it lies."""


def chained(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the place of which asides say where it lies before what is said of it ("X, capital de Y, en Z, que ...")."""
    places = [p for p in line.phrases if p.end <= trigger.start and p.role is role]
    if not places or not _SAID.fullmatch(line.text, places[-1].end, trigger.start):
        return None
    found = places.pop()
    first = found
    while places and _ASIDES.fullmatch(line.text, places[-1].end, found.start):
        found = places.pop()
    return slot_of(found) if found is not first and found.names else None
