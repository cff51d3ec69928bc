"""Positions of English for what is told elsewhere: the place told last, the subject that "but" goes on with."""

from __future__ import annotations

import re
from dataclasses import replace

from processors.detect.line import Line, Slot, Trigger, fits, last_match, slot_of
from processors.detect.phrases import Phrase, Role

_BACK = 40
_OPENING = 3
"""The last word with which a subject that opens its sentence begins, a time before it allowed for."""

_TOLD_AS = re.compile(
    r"(?:,|\s+(?:is|are|was|were|remains?|remained|became))\s+"
    r"(?:the\s+|an?\s+|one\s+of\s+(?:the\s+)?)?(?:(?!(?:in|on|of|to|from|near|at|with|by|that|which|where|while|as|but|not|"
    r"has|had|have|his|her|including|mostly|also)\s)[\w'-]+\s+){0,5}$"
)
"""What parts a name from the noun phrase that tells what it is ("X, the last", "X is one of four")."""

_ONE = re.compile(r"(?<![\w'-])(?:an?|one|two|three|four|only|sole|last|first|main|major|remaining|\w+est)\s|s?'s?\s$")
_OWNER = re.compile(
    r"(?<!\w)(?P<place>(?:the|this)\s+(?P<noun>town|city|village|capital|port|base|enclave|stronghold|airport|island|province|"
    r"region|district|garrison|camp|peninsula|fortress))'s\s+(?:swift\s+|eventual\s+|recent\s+|final\s+|later\s+)?"
)
_FRONTED = re.compile(
    r"^\W*(?:in|at|near|outside|inside|around|of|for|from|east|west|north|south)(?:\s+of)?\s+(?:the\s+)?$"
)
_RELATIVE = re.compile(r",|\s+(?:that|which|still|now|under|held|controlled)(?!\w)")
_STATE = re.compile(
    r"(?:\s+(?:in|on|near|along)\s+(?:(?!that|which|by)[\w'-]+\s+){1,4}?(?=that\s|which\s|still\s|$)|,?\s*)"
    r"(?:(?:that|which)\s+)?(?:(?:is|are|was|were|has|have|had|be|been|remains?|remained|stays?|still|currently|now|"
    r"again|also|[a-z]+ly)\s+)*$"
)


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


def _what_it_is(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the name of which the noun phrase before the trigger tells what it is ("X, the last town still held by")."""
    before = [p for p in reversed(line.phrases) if p.end <= trigger.start]
    told = next((p for p in before if p.role is role), None)
    if told is None or not told.headed or not _STATE.match(line.text[told.end : trigger.start]):
        return None
    if told.head not in {"capital", "seat"} and (told.names or told.pointing):
        return None
    fits_name = (p for p in before if p.end <= told.start and p.role is not Role.ACTOR and p.names and not p.bound)
    name = next(fits_name, None)
    return slot_of(replace(_with_first(line, name), role=role)) if name and _is_told_as(line, name, told) else None


def _is_told_as(line: Line, name: Phrase, told: Phrase) -> bool:
    """Tell whether a noun phrase tells what the name before it is, and is no second place beside it."""
    between = line.text[name.end : told.start]
    own = line.text[told.start : told.end].split(" in ")[0] + " "
    fronted = _FRONTED.search(line.text[line.start : name.start])
    if fronted and _RELATIVE.match(line.text, told.end) is None:
        return False
    if told.head in {"capital", "seat"}:
        return _TOLD_AS.match(between) is not None
    plural = told.head in line.lexicon.words["plural"] and between == ", "
    return _TOLD_AS.match(between) is not None and (plural or _ONE.search(between + own) is not None)


def _with_first(line: Line, name: Phrase) -> Phrase:
    """Return a name together with the one that "and" joins before it."""
    first = next((p for p in reversed(line.phrases) if p.end <= name.start), None)
    if first is None or first.role is Role.ACTOR or first.bound or not first.names:
        return name
    joined = line.text[first.end : name.start].strip() in {"and", "as well as"}
    return replace(name, start=first.start, names=(*first.names, *name.names)) if joined else name


def _noun_owned(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the town, told by its noun, whose own the trigger is ("the town's capture")."""
    told = last_match(_OWNER, line.text, max(line.start, trigger.start - _BACK), trigger.start)
    if told is None or told.end() != trigger.start:
        return None
    start, end = told.span("place")
    return slot_of(
        Phrase(role=role, start=start, end=end, first=0, last=1, pointing=True, headed=True, head=told["noun"])
    )


def _capital_own(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take a town that stands for its state where what it did to a place is its own ("Kyiv's capture of the port")."""
    del role
    near = next((p for p in line.phrases if p.end + 1 == trigger.start and p.role is Role.PLACE), None)
    if near is None or near.headed or len(near.names) != 1 or not line.text.startswith(" of ", trigger.end):
        return None
    if not line.text.endswith("'s", near.start, near.end):
        return None
    return slot_of(replace(near, end=near.end - 2))


def _held_within(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take where an unnamed place lies, if that is what is held ("hospitals across rebel-held northern X")."""
    near = (p for p in line.phrases if p.role is role and p.start < trigger.start < p.end and not p.names)
    phrase = next(near, None)
    if phrase is None or not phrase.within or phrase.within[0].start < trigger.end:
        return None
    inner = line.text.find(phrase.head, phrase.start, trigger.start) >= 0
    return slot_of(replace(phrase, start=trigger.start, names=phrase.within, within=())) if inner else None


ELSEWHERE = {
    "en-held-within": _held_within,
    "en-capital-own": _capital_own,
    "en-noun-owned": _noun_owned,
    "en-what-it-is": _what_it_is,
    "en-unsaid": _unsaid,
    "en-resumed": _resumed,
    "en-last": _last,
    "en-last-told": _last_told,
}
