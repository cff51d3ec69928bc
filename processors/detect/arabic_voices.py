"""Who speaks in Arabic: the subject behind a verb of saying, the one before it or its colon, and the object of بحسب."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from processors.detect.arabic_words import FUNCTION
from processors.detect.line import Line, last_match
from processors.detect.phrases import Phrase, Role, Voice
from processors.normalise import Folded

_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_SPEAKER_WORDS = 9
_LONGEST = 110
_PASSED = frozenset({"ايضا", "كذلك", "قد", "ذلك", "بدوره", "بدورها", "فيه", "فيها", "عنه", "عنها", "له", "لها"})
_JOINED = frozenset({"لحقوق", "للانباء", "للاعلام", "للدفاع", "لشوون", "باسم", "للمعلومات", "للحقوق"})
_THAT = re.compile(r"\s*(?:ب?ان|انه|انها|انهم|بانه|بانها)(?!\w)")
_START = re.compile(r"[،,؛:.!؟()\n]\s*")
_MEMBERS = re.compile(r"(?:ال)?(?:مصدر|مصادر|قيادي|مسوول|ناشط|عضو|متحدث|ناطق|قايد|ضابط)\w*$")
_RELATIVE = re.compile(r"(?:التي|الذي|،)\s+$")
_RELATIVE_ROOM = 8
_TWO = 2
_NAME_WORDS = range(2, 5)


def voices(folded: Folded, line: Line) -> Iterator[Voice]:
    """Yield the speakers of one sentence in its order."""
    del folded
    patterns = line.lexicon.patterns
    naming = [
        _voice(line, m, m.end(), naming=True) for m in patterns["naming"].finditer(line.text, line.start, line.end)
    ]
    saying = [
        _voice(line, m, m.end(), naming=False) or _before(line, m)
        for m in patterns["saying"].finditer(line.text, line.start, line.end)
    ]
    found = [voice for voice in chain([_heading(line)], naming, saying) if voice is not None]
    yield from sorted(found, key=lambda voice: voice.cue)


def _heading(line: Line) -> Voice | None:
    """Return the speaker that a colon sets before its words (المتحدث باسم الجيش: ...)."""
    colon = re.compile(":").search(line.text, line.start, min(line.end, line.start + _LONGEST))
    return _ending_at(line, line.start, colon) if colon else None


def _before(line: Line, cue: re.Match[str]) -> Voice | None:
    """Return the subject that stands before its verb (مصادر محلية قالت)."""
    border = last_match(_START, line.text, max(line.start, cue.start() - _LONGEST), cue.start())
    return _ending_at(line, border.end() if border else max(line.start, cue.start() - _LONGEST), cue)


def _ending_at(line: Line, start: int, cue: re.Match[str]) -> Voice | None:
    """Return the speaker that begins at `start` if its words reach the cue but for a word or two."""
    voice = _voice(line, cue, start, naming=False, limit=cue.start())
    near = voice is not None and len(line.text[voice.end : cue.start()].split()) <= _TWO
    return voice if near else None


def _voice(line: Line, cue: re.Match[str], at: int, *, naming: bool, limit: int | None = None) -> Voice | None:
    """Read a noun phrase that can speak from `at`, times and addressees passed over."""
    limit = min(line.end, at + _LONGEST) if limit is None else limit
    words = list(_WORD.finditer(line.text, at, limit))
    first = 0
    while first < len(words) and _is_passed(line, words[first].group(), naming=naming):
        first += 1
    if first >= len(words):
        return None
    start, shown = _bare(words[first], naming=naming)
    actor = _actor_at(line, start)
    end = actor.end if actor else _end(line, words[first:])
    if not (actor or _speaks(line, shown, start, end)):
        return None
    closing = (
        naming or _RELATIVE.search(line.text, max(line.start, cue.start() - _RELATIVE_ROOM), cue.start()) is not None
    )
    spoken = None if line.text[start : start + _TWO] != "لل" or not naming else _with_article(line.text[start:end])
    return Voice(cue=cue.span(), start=start, end=end, core=start, closing=closing, spoken=spoken)


def _is_passed(line: Line, word: str, *, naming: bool) -> bool:
    days = line.lexicon.words["days"]
    addressed = word.startswith("ل") and not naming and len(word) > _TWO
    return word in _PASSED or word in days or word in {"،", "ما"} or addressed


def _bare(word: re.Match[str], *, naming: bool) -> tuple[int, str]:
    """Return where a word begins without the ل of "according to" or an "and", and the word without them."""
    text = word.group()
    if naming and text.startswith("لل"):
        return word.start(), "ال" + text[2:]
    if naming and text.startswith("ل"):
        return word.start() + 1, text[1:]
    return word.start(), text


def _with_article(words: str) -> str:
    return "ال" + words[2:]


def _actor_at(line: Line, start: int) -> Phrase | None:
    fitting = (p for p in line.phrases if p.role is Role.ACTOR and not p.pointing and 0 <= p.start - start <= _TWO)
    return next(fitting, None)


def _end(line: Line, words: list[re.Match[str]]) -> int:
    """Return where the phrase ends: before a function word, a sign, a verb of saying or a place; else behind its head.

    What runs on without such an end is no short phrase, and a name cut in its middle would be a wrong one.
    """
    end = words[0].end()
    for word in words[1:_SPEAKER_WORDS]:
        if word.group() == "في" and _MEMBERS.match(words[0].group()):
            inside = _actor_at(line, word.end() + 1)
            return inside.end if inside else end
        if _closes(line, word) or (word is words[1] and _is_object(words[0].group(), word.group())):
            return end
        end = word.end()
    return end if len(words) < _SPEAKER_WORDS else words[0].end()


def _closes(line: Line, word: re.Match[str]) -> bool:
    text = word.group()
    if text in _JOINED:
        return False
    return (
        not text[0].isalpha()
        or bool(FUNCTION.match(text))
        or _THAT.match(text) is not None
        or (text in line.lexicon.words["days"] and not text.endswith("يه"))
        or (text[0] == "ل" and text[:3] != "لجن")
        or text in line.lexicon.surfaces["places"]
        or line.lexicon.patterns["saying"].match(text) is not None
        or _tells(line, word.start(), word.end())
    )


def _is_object(head: str, word: str) -> bool:
    """Tell whether a word behind a definite subject is the verb's object by its ending (نشر التنظيم صورا)."""
    return head.startswith("ال") and not word.startswith("ال") and word.endswith("ا")


def _tells(line: Line, start: int, end: int) -> bool:
    forms = ("perfect", "imperfect", "noun", "noun_f")
    return any(line.lexicon.forms[form].match(line.text, start, end) for form in forms)


def _speaks(line: Line, head: str, start: int, end: int) -> bool:
    """Tell whether the head is a noun that speaks, or the words a person's name right before the "that" they say."""
    if line.lexicon.patterns["speakers"].match(head):
        return True
    words = line.text[start:end].split()
    placed = any(p.role is Role.PLACE and p.start < end and start < p.end for p in line.phrases)
    named = len(words) in _NAME_WORDS and not placed and not FUNCTION.match(head)
    first = _WORD.match(line.text, start, end)
    told = first is not None and _tells(line, first.start(), first.end())
    return named and not told and _THAT.match(line.text, end) is not None
