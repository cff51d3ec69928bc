"""Places of Persian that only their taker makes one: the noun phrase that somebody armed takes, leaves or besieges.

"سربازان برج را گرفتند": whatever its noun, what an army takes is a place, unless the noun is in the
lexicon's `movables`, the list of what else armies take (people, arms, goods, power, chances). The noun
comes first in its phrase, so the phrase is read back to what cannot be part of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from processors.detect.line import Line, Slot, Trigger, slot_of
from processors.detect.persian_words import FUNCTION
from processors.detect.phrases import Name, Phrase, Role, Word, open_place, words

_LONGEST = 70
"""Characters of the longest phrase that is read."""

_MOST_WORDS = 6
_LEAST_STEM = 4
_JOINTS = frozenset({"و", "،"})
_LYING = frozenset({"در", "واقع"})
_OWN_MARK = re.compile(r"(?:\s+(?:خود|خويش|خودشان))?\s+(?:نيز\s+|هم\s+)?را(?!\w)")
_FROM = re.compile(r"(?<!\w)از\s+(?:داخل\s+|تمام\s+|تمامي\s+|همه\s+)?")
_PLURAL = frozenset({"ها", "هاي", "هايي"})


def _object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the phrase that را marks as the object, the nearest before the verb."""
    del role
    start = line.clause_start(trigger.start)
    marks = list(_OWN_MARK.finditer(line.text, start, min(line.end, trigger.start + 3)))
    return slot_of(_back(line, start, marks[-1].start())) if marks else None


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject right before a verb whose own words say who took it ("برج به تصرف شورشیان درآمد")."""
    del role
    return slot_of(_back(line, line.clause_start(trigger.start), trigger.start))


def _left(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take what stands behind "from" in the clause of a leaving."""
    del role
    start = line.clause_start(trigger.start)
    led = next((m for m in _FROM.finditer(line.text, start, trigger.start)), None)
    if led is None:
        return None
    found = words(line.text, led.end(), min(trigger.start, led.end() + _LONGEST))
    last = next((n for n, word in enumerate(found[:_MOST_WORDS]) if _ends(line, word)), min(len(found), _MOST_WORDS))
    return slot_of(_phrase(line, found[:last]))


def _back(line: Line, start: int, end: int) -> Phrase | None:
    """Return the noun phrase that ends at `end`, its first word found by what cannot belong to it."""
    found = words(line.text, max(start, end - _LONGEST), end)
    first = _first(line, found)
    if first > 1 and found[first - 1].text in _LYING and (whole := _back(line, start, found[first - 1].start)):
        return whole
    phrase = _phrase(line, found[first:])
    joined = phrase is not None and first > 0 and found[first - 1].text in _JOINTS
    before = _back(line, start, found[first - 1].start) if joined else None
    return replace(phrase, start=before.start, names=(*before.names, *phrase.names)) if phrase and before else phrase


def _first(line: Line, found: Sequence[Word]) -> int:
    """Return where the phrase begins that the last of these words ends; a number begins it."""
    first = len(found)
    while first > 0 and len(found) - first < _MOST_WORDS and not _is_border(line, found, first - 1):
        first -= 1
        if _counts(line, found[first]) and not (first > 0 and _counts(line, found[first - 1])):
            break
    return first


def _is_border(line: Line, found: Sequence[Word], at: int) -> bool:
    """Tell whether a word stands before the phrase; an actor that ends it only says whose the place is."""
    word = found[at]
    actor = next((p for p in line.phrases if p.role is Role.ACTOR and p.start < word.end and word.start < p.end), None)
    if actor is not None:
        owner = actor.end >= found[-1].end and actor.start > found[0].start
        return not (owner and line.text[: actor.start].rstrip()[-1:].isalnum())
    where = next((p for p in line.phrases if p.role is Role.PLACE and p.start < word.end and word.start < p.end), None)
    inside = where is not None and where.end < found[-1].end and not where.headed
    return _ends(line, word) or (inside and where is not None and line.text[: where.start].rstrip().endswith(" در"))


def _ends(line: Line, word: Word) -> bool:
    """Tell whether a word ends a noun phrase: a sign, a function word, a time, an adverb, a verb."""
    lists = line.lexicon.words
    if not word.text[0].isalnum() or word.text in lists["days"] | lists["adverbial"] | lists["unheaded"]:
        return True
    counting = word.text in lists["quantity"] | _PLURAL
    return FUNCTION.match(word.text) is not None and not counting


def _phrase(line: Line, found: Sequence[Word]) -> Phrase | None:
    """Make the phrase of these words if its noun can be a place."""
    first = next((n for n, word in enumerate(found) if not _counts(line, word)), len(found))
    if first == len(found) or not _may_be_place(line, found[first]):
        return None
    start, end = found[0].start, found[-1].end
    return open_place((Name(start=start, end=end),), end=end, head=found[first].text)


def _counts(line: Line, word: Word) -> bool:
    """Tell whether a word only says how many or how much."""
    lists = line.lexicon.words
    return word.text.isdigit() or word.text in lists["quantity"] | lists["shares"]


def _may_be_place(line: Line, head: Word) -> bool:
    """Tell whether a noun stands for no persons, no goods and no name that is read already."""
    if head.text in line.lexicon.surfaces["actors"]:
        return False
    if any(p.role is Role.ACTOR and p.start <= head.start < p.end for p in line.phrases):
        return False
    return not _is_movable(line, head.text)


def _is_movable(line: Line, noun: str) -> bool:
    """Tell whether a noun is one of what else armies take, or begins with a longer one of those ("خودروهای")."""
    movables = line.lexicon.words["movables"]
    return noun in movables or any(noun.startswith(stem) for stem in movables if len(stem) >= _LEAST_STEM)


OPEN: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "fa-open": _object,
    "fa-open-subject": _subject,
    "fa-open-from": _left,
}
"""Position names of open nouns; the lexicon's frames name them last."""
