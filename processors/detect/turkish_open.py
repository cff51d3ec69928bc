"""Places of Turkish that only their taker makes one: the noun that somebody armed takes, leaves or is driven from.

"Askerler kuleyi ele geçirdi": whatever its noun, what an army takes is a place, unless the noun is
in the lexicon's `movables`, the list of what else armies take (people, arms, goods, chances), or policemen
take it. The case of the noun says what it is to the verb, as with the nouns that are known for places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from processors.detect.line import Line, Slot, Trigger, slot_of
from processors.detect.phrases import Name, Phrase, Role, Word, open_place, words
from processors.detect.turkish_words import form_of, uncased_unknown

_LONGEST = 120
"""Characters before the verb in which its noun is looked for."""

_SKIPPED = 6
_QUALIFIERS = 3
_LEAST = 4
_OBJECT = re.compile(r"\w{3,}(?<!s)[iu]$|\w{3,}(?:s|us|is)s[iu]$")
_OWNER = re.compile(r"\w{2,}[iu]n$")
_LEFT = re.compile(r"\w{2,}[dt][ae]n$")
_SUBJECT = re.compile(r"\w{4,}(?<![dt][ae])(?<![ae]n)(?<!l[ae])(?<!c[ae])(?<!\d)$")
_QUALIFYING = re.compile(
    r"(?:\d+|\w+?(?<![dt][ae])(?<![dt][ae]n)(?<!y[ae])(?<!l[ae])(?<![iu]p)(?<!r[ae]k)(?<!n[iu])(?<!y[iu])(?<!ken))$"
)


def _read(line: Line, trigger: Trigger, end: int, ending: re.Pattern[str]) -> Phrase | None:
    """Return the nearest noun with this ending before `end` and what qualifies it, unless it is no place."""
    start = max(line.clause_start(trigger.start), end - _LONGEST)
    found = words(line.text, start, end)
    for at in range(len(found) - 1, max(-1, len(found) - 1 - _SKIPPED), -1):
        word = found[at]
        if _is_within(line, word) or not word.text[0].isalnum():
            return None
        if _is_headed(line, word) and ending.match(word.text):
            return _phrase(line, found, at, cased=ending is not _SUBJECT) if _may_be_place(line, word) else None
    return None


def _is_headed(line: Line, word: Word) -> bool:
    """Tell whether a word can be the noun: no adverb, no time and no word that ends on the same letters."""
    lists = line.lexicon.words
    return len(word.text) >= _LEAST and not (word.text in lists["adverbs"] or word.text in lists["no_objects"])


def _is_within(line: Line, word: Word) -> bool:
    """Tell whether a phrase that is read already has this word."""
    return any(p.start < word.end and word.start < p.end for p in line.phrases)


def _may_be_place(line: Line, word: Word) -> bool:
    """Tell whether a noun stands for no persons and no goods."""
    lists = line.lexicon.words
    if form_of(word.text, lists["actors"]) is not None or form_of(word.text, lists["titles"]) is not None:
        return False
    return not any(word.text.startswith(stem) for stem in lists["movables"])


def _phrase(line: Line, found: Sequence[Word], at: int, *, cased: bool) -> Phrase:
    """Make the phrase of a noun with the words before it that can qualify it and those that are joined to it."""
    first = at
    while first > 0 and at - first < _QUALIFIERS and _qualifies(line, found[first - 1]):
        first -= 1
    cut = uncased_unknown(found[at].text) if cased else len(found[at].text)
    names = (*_joined(line, found, first, at, cased=cased), Name(start=found[first].start, end=found[at].start + cut))
    return open_place(names, end=found[at].end, head=found[at].text)


def _joined(line: Line, found: Sequence[Word], first: int, at: int, *, cased: bool) -> tuple[Name, ...]:
    """Return the noun that "and" or a comma joins to this one in the same case ("kuleyi ve binayı")."""
    before = first - 2
    joined = before >= 0 and found[first - 1].text in {"ve", ",", "ile"}
    same = joined and found[before].text[-1] == found[at].text[-1] and _is_headed(line, found[before])
    if not same or _is_within(line, found[before]) or not _may_be_place(line, found[before]):
        return ()
    return _phrase(line, found, before, cased=cased).names


def _qualifies(line: Line, word: Word) -> bool:
    """Tell whether a word can belong to the noun behind it: no case of its own, and no phrase that acts."""
    lists = line.lexicon.words
    if word.text in lists["adverbs"] | lists["no_objects"] | {"ve", "ile"} or _is_within(line, word):
        return False
    return word.text in lists["compounds"] or (word.text[0].isalnum() and _QUALIFYING.match(word.text) is not None)


def _of_case(ending: re.Pattern[str]) -> Callable[[Line, Trigger, Role], Slot | None]:
    """Return a position: the nearest noun before the verb that carries this ending."""

    def position(line: Line, trigger: Trigger, role: Role) -> Slot | None:
        del role
        return None if _is_policed(line, trigger) else slot_of(_read(line, trigger, trigger.start, ending))

    return position


def _taken_from(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the object that stands before the actor whom it is taken from ("kuleyi isyancılardan aldı")."""
    del role
    source = next((p for p in line.before(trigger) if p.role is Role.ACTOR and p.case == "abl"), None)
    return slot_of(_read(line, trigger, source.start, _OBJECT)) if source and not _is_policed(line, trigger) else None


def _subject(line: Line, trigger: Trigger, role: Role) -> Slot | None:
    """Take the subject of a passive verb, which stands before the one who acts or right before the verb."""
    del role
    agent, hands = line.lexicon.patterns["agent"], line.lexicon.patterns["hands"]
    sides = [p for p in line.before(trigger) if p.role is Role.ACTOR and _is_side(line, p, trigger, (agent, hands))]
    if not sides or trigger.form == "subject" or _is_policed(line, trigger):
        return None
    behind = _read(line, trigger, trigger.start, _SUBJECT) if line.text[sides[0].end : trigger.start].strip() else None
    return slot_of(behind or _read(line, trigger, sides[-1].start, _SUBJECT))


def _is_side(line: Line, phrase: Phrase, trigger: Trigger, marks: Sequence[re.Pattern[str]]) -> bool:
    """Tell whether an actor takes the place or loses it."""
    behind = re.sub(r"^[\w']*", "", line.text[phrase.end : trigger.start], count=1)
    return phrase.case in {"abl", "by"} or any(mark.match(behind) for mark in marks)


def _is_policed(line: Line, trigger: Trigger) -> bool:
    """Tell whether policemen act, who take goods, or persons are as likely to be meant ("rehineleri kurtardı")."""
    if line.lexicon.patterns["personal"].match(line.text, trigger.start):
        return True
    start = line.clause_start(trigger.start)
    return any(w.text.startswith(stem) for w in words(line.text, start, trigger.start) for stem in ("polis", "jandarm"))


OPEN: Mapping[str, Callable[[Line, Trigger, Role], Slot | None]] = {
    "tr-open": _of_case(_OBJECT),
    "tr-open-of": _of_case(_OWNER),
    "tr-open-from": _of_case(_LEFT),
    "tr-open-taken": _taken_from,
    "tr-open-subject": _subject,
}
"""Position names of open nouns; the lexicon's frames name them last."""
