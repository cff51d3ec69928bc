"""What stands between a phrase and the verb that closes its clause: adverbs, times, and rivals for its place."""

from __future__ import annotations

import re

from processors.detect.line import Line, Trigger, fits
from processors.detect.phrases import Phrase, Role

_WORD = re.compile(r"\S+")


def may_act_as(phrase: Phrase, role: Role) -> bool:
    """Tell whether a phrase can play a role; a name that nothing knows can act, where its case says that it does."""
    return fits(phrase, role) or (role is Role.ACTOR and phrase.role is Role.NAME)


def words_between(line: Line, phrase: Phrase, trigger: Trigger) -> list[str]:
    """Return the words between a phrase and the trigger, without the ending of the phrase and adverbs."""
    found, start = [], end_of(line, phrase)
    for word in _WORD.finditer(line.text, start, max(start, trigger.start)):
        inside = any(p.start < word.end() and word.start() < end_of(line, p) for p in line.phrases)
        if not inside and not _passes(line, word[0]):
            found.append(word[0])
    return found


def _passes(line: Line, word: str) -> bool:
    """Tell whether a word may stand anywhere: an adverb, a number, a time."""
    return word.isdigit() or word in line.lexicon.words["adverbs"] or word in line.lexicon.words["times"]


def end_of(line: Line, phrase: Phrase) -> int:
    """Return where the last word of a phrase ends, its ending behind the apostrophe included."""
    at = phrase.end
    while at < line.end and (line.text[at].isalnum() or line.text[at] == "'"):
        at += 1
    return at


def is_open(line: Line, trigger: Trigger) -> bool:
    """Tell whether no bare noun stands right before the verb, which would be what is taken ("bir tank ele geçirdi")."""
    words = _WORD.findall(line.text[line.start : trigger.start])
    while words and _passes(line, words[-1]):
        words.pop()
    if not words:
        return True
    at = line.text.rindex(words[-1], line.start, trigger.start)
    inside = any(p.start < at + len(words[-1]) and at < end_of(line, p) for p in line.phrases)
    return inside or line.lexicon.patterns["adverbial"].search(words[-1]) is not None


def has_rival(line: Line, phrase: Phrase, trigger: Trigger) -> bool:
    """Tell whether another noun in the case of the object stands nearer to the verb than a phrase."""
    rival = line.lexicon.patterns["rival"]
    return any(rival.fullmatch(word.strip(",")) for word in words_between(line, phrase, trigger))
