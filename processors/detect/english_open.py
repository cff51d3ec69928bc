"""Places of English that only their taker makes one: the noun phrase that somebody armed takes, leaves or hands over.

"Soldiers captured the escarpment": whatever its noun, what an army takes is a place, unless the noun is in
the lexicon's `movables`, the list of what else armies take (people, arms, goods, chances). The
phrase needs a determiner or a number, and it ends where a noun phrase of English ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from processors.detect.line import Line, Slot, Trigger, last_match, slot_of
from processors.detect.phrases import Name, Phrase, Role, Word, open_place, words

_LONGEST = 90
"""Characters of the longest phrase that is read."""

_NUMBER = re.compile(r"\d[\d.,]*(?:th|st|nd|rd)?$")
_PERSON = re.compile(r"(?:[a-z](?:man|men|woman|women|ist|ists|ee|ees|eer|eers)|[^aeo]ers?|ors?|ians?)$")
_QUALITY = re.compile(r"(?:'s|ness|ship|ity|tions?|ances?|ences?|isms?)$")
_VERBAL = re.compile(r"[^-]+(?:ed|ing|(?<!supp)(?<!assemb)(?<!fami)(?<!al)ly)$")
_SIDE = re.compile(r"(?:north|south)?(?:east|west)$|(?:north|south)$")
_FROM = re.compile(r"(?:^|\s)(?:from|out\s+of)\s+(?:inside\s+|within\s+)?")
_OF = re.compile(r"\s*of\s+")
_AND = re.compile(r"\s*,?\s*(?:and|as\s+well\s+as)\s+")
_OPENER = re.compile(r"(?<![\w'-])(?:the|all|both|its|their|these|several|two|three|four|five|six|\d+)\s")
_MEASURE = re.compile(r"(?:kilomet|met)(?:er|re)s?$|km$|km2$|sqkm$|miles?$|hectares?$|acres?$|ya?r?ds?$")
_MEASURED = re.compile(
    r"(?:\s+\([^()]{1,40}\))?\s+of\s+(?:[\w-]+\s+){0,2}?(?:land|territory|ground|terrain|trench(?:es)?|front)(?!\w)"
)
_NOUNS = re.compile(r"(?<![\w'-])(?:[a-z]+\s+)?[a-z]+s\s$")
_ROUGH = frozenset({"over", "more", "than", "about", "around", "at", "least", "up", "to", "nearly", "almost", "under"})
_SOMEBODY = frozenset({"his", "her", "my", "that", "those", "other", "some", "no", "each", "every"})
_DEFINITE = frozenset({"the", "its", "their", "our", "this", "these", "all", "both", "rest"})


def _read(line: Line, start: int, stop: int) -> Phrase | None:
    """Return the noun phrase that begins at `start`, if its noun can be a place."""
    found = words(line.text, start, min(stop, start + _LONGEST))
    first = _opened(line, found)
    last = _content_end(line, found, first)
    if last == first or (first == 0 and not _are_several(line, found[last - 1].text)):
        return None
    phrase = _phrase(found[0].start, found[last - 1])
    if _MEASURE.match(phrase.head) and (of := _MEASURED.match(line.text, phrase.end)) is not None:
        phrase = replace(phrase, end=of.end(), names=(Name(start=phrase.start, end=of.end()),))
    definite = not _DEFINITE.isdisjoint(word.text for word in found[:first])
    return phrase if _may_be_place(line, found[first:last], phrase, definite=definite) else None


def _are_several(line: Line, noun: str) -> bool:
    """Tell whether a noun without a determiner is of several places ("oil terminals")."""
    lists = line.lexicon.words
    return noun in lists["plural"] or (noun in lists["landmarks"] and noun.endswith("s"))


def _opened(line: Line, found: Sequence[Word]) -> int:
    """Return the word behind the determiners and numbers that open a noun phrase; 0 if there are none."""
    lists, at = line.lexicon.words, _roughly(found)
    while at < len(found):
        word = found[at].text
        counted = word in lists["quantity"] or _NUMBER.match(word) is not None
        joined = at > 0 and (word == "of" or (word == "," and found[at - 1].text.isdigit()))
        if not (counted or word in lists["determiners"] or joined) or word in _SOMEBODY:
            break
        at += 1
    return at


def _roughly(found: Sequence[Word]) -> int:
    """Return how many words make the number behind them a rough one ("more than 500")."""
    at = next((at for at, word in enumerate(found[:3]) if word.text not in _ROUGH), 0)
    return at if at and _NUMBER.match(found[at].text) else 0


def _content_end(line: Line, found: Sequence[Word], first: int) -> int:
    """Return the word behind the last noun of the phrase: a verb, a stop word or a sign ends it."""
    lists = line.lexicon.words
    for at in range(first, len(found)):
        word = found[at].text
        noun = word in lists["places"] or word in lists["loose"]
        verbal = at > first and not noun and _VERBAL.match(word) is not None
        aside = at > first and _SIDE.match(word) is not None
        ended = at > first and word in lists["followers"]
        if not word[0].isalnum() or verbal or aside or ended or word in lists["stops"]:
            return at
    return len(found)


def _may_be_place(line: Line, content: Sequence[Word], phrase: Phrase, *, definite: bool) -> bool:
    """Tell whether a phrase is of no persons, no goods and no name, which other readers know.

    What is not told as known ("a", "two") needs a noun of places.
    """
    head, lists = content[-1].text, line.lexicon.words
    if _MEASURE.match(head):
        return True
    if head in lists["houses"] or any(_is_other(p, phrase) for p in line.phrases):
        return False
    if head in lists["places"] or head in lists["landmarks"]:
        return True
    other = (
        (head in lists["actors"] and head != "command")
        or head in lists["movables"]
        or head.removesuffix("s") in lists["movables"]
    )
    return definite and not (other or _PERSON.search(head) or _QUALITY.search(head))


def _is_other(other: Phrase, phrase: Phrase) -> bool:
    """Tell whether the phrase ends inside an actor or a name; a command is where it sits."""
    return other.role is not Role.PLACE and other.start < phrase.end <= other.end and other.head != "command"


def _phrase(start: int, head: Word) -> Phrase:
    return open_place((Name(start=start, end=head.end),), end=head.end, head=head.text)


def _listed(line: Line, first: Phrase | None, stop: int) -> Slot | None:
    """Return the slot of a phrase with what "and" adds to it."""
    joined = _AND.match(line.text, first.end) if first else None
    more = _read(line, joined.end(), stop) if joined else None
    if first is None or more is None:
        return slot_of(first)
    return slot_of(replace(first, end=more.end, names=(*first.names, *more.names)))


def _object(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the object right behind the verb, a time between them passed over."""
    del role
    when = line.lexicon.patterns["time_between"].match(line.text, trigger.end)
    stop = line.clause_end(trigger.end)
    return _listed(line, _read(line, when.end() if when else trigger.end, stop), stop)


def _many(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the object where it is several places: what is one may be a house that somebody walks out of."""
    slot = _object(line, trigger, role)
    several = slot is not None and slot.phrase is not None and slot.phrase.head in line.lexicon.words["plural"]
    return slot if several else None


def _of(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take what "of" tells behind a noun of taking."""
    del role
    led = _OF.match(line.text, trigger.end)
    return slot_of(_read(line, led.end(), line.clause_end(trigger.end))) if led else None


def _from(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take what was left, behind the first "from" or "out of"."""
    del role
    stop = line.clause_end(trigger.end)
    led = _FROM.search(line.text, trigger.end, stop)
    return slot_of(_read(line, led.end(), stop)) if led and "," not in line.text[trigger.end : led.start()] else None


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject right before a passive verb."""
    del role
    start = line.clause_start(line.lead_start(trigger))
    opener = last_match(_OPENER, line.text, start, trigger.start) or last_match(_NOUNS, line.text, start, trigger.start)
    if opener is None or line.lexicon.patterns["depending"].search(line.text, line.start, opener.start()):
        return None
    phrase = _read(line, opener.start(), trigger.start)
    gap = phrase and line.lexicon.patterns["topic_gap"].match(line.text[phrase.end : trigger.start])
    return slot_of(phrase) if gap else None


OPEN = {
    "en-open": _object,
    "en-open-many": _many,
    "en-open-of": _of,
    "en-open-from": _from,
    "en-open-subject": _subject,
}
