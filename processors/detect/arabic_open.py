"""Places of Arabic that only their taker makes one: the noun phrase that somebody armed takes or leaves.

Whatever its noun (سيطر الجيش على المدبغة), what an army takes is a place, unless the noun is in the lexicon's
`movables`, the list of what else armies take (people, arms, goods, power, chances). Whether somebody armed acts
is asked later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from processors.detect.arabic_everyday import is_everyday
from processors.detect.arabic_words import FUNCTION, is_listed
from processors.detect.line import Line, Slot, Trigger, slot_of
from processors.detect.phrases import Name, Phrase, Role, Word, open_place, words

_LONGEST = 90
"""Characters of the longest phrase that is read."""

_MOST = 4
"""Words of one noun phrase."""

_SUBJECT_ROOM = 10
"""Words of a subject that nothing knows, between "control" and its "over"."""

_OVER = re.compile(r"\sعلي\s+")
_FROM = re.compile(r"\s(?:من|عن)\s+")
_SO_CALLED = re.compile(
    r"ما\s+(?:[اي]?وصف\w*|[يت]سم[يو]\w*|[يت]?عرف\w*|[يت]طلق\s+علي\w*)\s+(?:اسم\s+)?(?:بانه?ا?\s+)?ب?"
)
_PEOPLE = re.compile(r"(?:يي|[^ي]ي)?(?:ين|ون)$|(?:هم|هما|ها|نا|كم|يي)$")
_CLITIC = re.compile(r"و(?!زار|اد|كال|رش|حد)|ل(?!جان|واء|غم)|ف(?=[اي])")
_AND = re.compile(r"\s+و(?:(?:من|علي)\s+)?(?=ال)")
_STATE_VERB = re.compile(r"[وف]?(?:اصبح|بات|صار|كان|ظل|عاد|قال|تم|[يت]\w{3,}ون)\w{0,2}$")
_UNITS = frozenset({"كتيبه", "فوج", "سريه"})
_FINITE = frozenset({"perfect", "imperfect", "told"})
_OF_IT = frozenset({"من", "منها", "منه", "منهما"})


def _read(line: Line, start: int, stop: int) -> Phrase | None:
    """Return the noun phrase that begins at `start`, if its noun can be a place."""
    led = _SO_CALLED.match(line.text, start, stop)
    found = words(line.text, led.end() if led else start, min(stop, start + _LONGEST))
    first = _opened(line, found)
    if first >= len(found):
        return None
    unit = _unit(line, found[first])
    if unit is not None:
        return unit
    if not _may_be_place(line, found[first].text) or _begun(line, found[first]):
        return None
    name, within = _named(line, found, first)
    if name is None or any(word.text in _OF_IT and first for word in found[first + 1 : first + 2]):
        return None
    more = _added(line, name.end, stop)
    names = (name, more) if more else (name,)
    return open_place(names, end=names[-1].end, head=found[first].text, within=within)


def _opened(line: Line, found: Sequence[Word]) -> int:
    """Return the word behind those that say how much of something or which (كامل, أحد, هذه)."""
    lists, at = line.lexicon.words, 0
    opening = lists["quantity"] | lists["shares"] | lists["this"]
    while at < len(found) and (found[at].text in opening or (at and found[at].text == "من")):
        at += 1
    return at


def _unit(line: Line, word: Word) -> Phrase | None:
    """Return a unit that stands for the post it holds (ثاني أكبر كتيبة للدفاع الجوي)."""
    unit = next((p for p in line.phrases if p.start == word.start and p.head in _UNITS), None)
    name = Name(start=unit.start, end=unit.end) if unit else None
    return replace(unit, role=Role.PLACE, names=(name,), open=True, actor=None) if unit and name else None


def _begun(line: Line, word: Word) -> bool:
    """Tell whether another reader has made the word part of a phrase."""
    return any(p.start <= word.start < p.end for p in line.phrases)


def _may_be_place(line: Line, head: str) -> bool:
    """Tell whether a noun is none of persons or goods, and no function word."""
    lists = line.lexicon.words
    if head in lists["landmarks"]:
        return True
    closed = lists["days"] | lists["relatives"] | lists["not_places"] | lists["moods"]
    if len(head) < 3 or not head[0].isalpha() or FUNCTION.match(head) or head in closed or _CLITIC.match(head):  # noqa: PLR2004 (letters)
        return False
    if head in line.lexicon.surfaces["actors"] or _PEOPLE.search(head):
        return False
    return not is_listed(head, lists["movables"])


def _named(line: Line, found: Sequence[Word], first: int) -> tuple[Name | None, tuple[Name, ...]]:
    """Return the phrase as a name, if it is definite or no everyday word, and the names of the place it ends in."""
    head = found[first]
    definite = head.text.startswith("ال")
    strange = not (definite or is_everyday(head.text))
    end, at = head.end, first + 1
    while not strange and at < min(first + _MOST, len(found)):
        construct = at == first + 1 and not head.text.startswith("ال")
        inner = next((p for p in line.phrases if p.start <= found[at].start < p.end), None)
        if inner is not None and construct:
            return Name(start=head.start, end=inner.end), inner.names
        if inner is not None or not _goes_on(line, found[at].text, construct=construct):
            break
        definite = definite or found[at].text.startswith(("ال", "لل")) or (construct and _is_called(line, found, at))
        end, at = found[at].end, at + 1
    return (Name(start=head.start, end=end) if definite or strange else None), ()


def _is_called(line: Line, found: Sequence[Word], at: int) -> bool:
    """Tell whether the word behind a building's noun is its name (بناء سيرياتل)."""
    return found[at - 1].text in line.lexicon.words["landmarks"] and not is_everyday(found[at].text)


def _goes_on(line: Line, word: str, *, construct: bool) -> bool:
    """Tell whether a word belongs to the noun before it: the second noun of a construct, or an adjective."""
    lists = line.lexicon.words
    closed = lists["days"] | lists["relatives"] | lists["events"]
    if not word[0].isalpha() or FUNCTION.match(word) or word in closed or _STATE_VERB.match(word):
        return False
    return word.startswith(("ال", "لل")) or (construct and word[0] not in "ولب")


def _added(line: Line, end: int, stop: int) -> Name | None:
    """Return the second noun phrase that "and" adds, if it is definite and can be a place."""
    joined = _AND.match(line.text, end, stop)
    found = words(line.text, joined.end(), min(stop, joined.end() + _LONGEST)) if joined else ()
    if not found or _begun(line, found[0]) or not _may_be_place(line, found[0].text):
        return None
    return _named(line, found, 0)[0]


def _behind(line: Line, trigger: Trigger, led: re.Pattern[str], room: int) -> Slot | None:
    """Take the noun phrase behind the first such preposition, if only a subject and times stand before that."""
    stop = line.clause_end(trigger.end)
    at = _past_subjects(line, trigger.end, stop)
    at = max(at, _past_times(line, at, stop) - 1)
    found = led.search(line.text, max(trigger.end, at - 1), stop)
    between = line.text[at : found.start()] if found else "،"
    if found is None or "،" in between or len(between.split()) > room:
        return None
    return slot_of(_read(line, _past_times(line, found.end() - 1, stop), stop))


def _over(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take what is controlled, behind the first "over"."""
    del role
    return None if trigger.pro and trigger.frame.pro == "place" else _behind(line, trigger, _OVER, _SUBJECT_ROOM)


def _from(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take what was left, behind a "from"."""
    del role
    return _behind(line, trigger, _FROM, 1)


def _object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the object: right behind a noun, behind the subject of a verb, or behind a verb right after its subject."""
    del role
    if trigger.pro or trigger.particle.endswith(("ال", "لل")):
        return None
    stop = line.clause_end(trigger.end)
    at = _past_subjects(line, trigger.end, stop)
    if at == trigger.end and trigger.form in _FINITE and not _follows_actor(line, trigger):
        return None
    return slot_of(_read(line, _past_times(line, at, stop), stop))


def _past_subjects(line: Line, at: int, stop: int) -> int:
    """Return the end of the actors that stand right behind the verb, times between passed over."""
    for phrase in line.phrases:
        if at <= phrase.start < stop:
            if phrase.role is not Role.ACTOR or _past_times(line, at, stop) < phrase.start:
                break
            at = phrase.end
    return at


def _past_times(line: Line, at: int, stop: int) -> int:
    """Return the offset of the next word that is no time, manner or comma."""
    when = line.lexicon.patterns["passed"].match(line.text, at, stop)
    return when.end() if when else at


def _follows_actor(line: Line, trigger: Trigger) -> bool:
    """Tell whether an actor stands right before the verb."""
    return any(
        p.role is Role.ACTOR and p.end <= trigger.start and not line.text[p.end : trigger.start].strip()
        for p in line.phrases
    )


OPEN = {"ar-open-over": _over, "ar-open-from": _from, "ar-open-object": _object}
