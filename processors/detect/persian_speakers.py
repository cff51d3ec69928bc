"""Who speaks in Persian and Sorani: the subject of a saying, what follows "according to", whom a colon sets apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.detect.cues import clause_start
from processors.detect.line import Line
from processors.detect.phrases import Phrase, Role, Voice
from processors.normalise import Folded

_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_BORDER = re.compile(r"[،,؛:.!؟()\n]\s*|(?<!\w)(?:كه|اما|ولي|و\s+(?=\w+\s+(?:گفت|افزود)))\s*")
_OF = re.compile(r"(?:گزارش|سوي|قول|نقل|از|هاي|اعلام|گفته)$")
_LONGEST = 120
_MOST = 9
_NAME_WORDS = range(2, 5)
_NEAR = 2


def voices(folded: Folded, line: Line) -> Iterator[Voice]:
    """Yield the speakers of one sentence in its order."""
    del folded
    patterns = line.lexicon.patterns
    naming = (_named(line, cue) for cue in patterns["naming"].finditer(line.text, line.start, line.end))
    saying = (_subject(line, cue) for cue in patterns["saying"].finditer(line.text, line.start, line.end))
    found = [voice for voice in (_heading(line), *naming, *saying) if voice is not None]
    yield from sorted(found, key=lambda voice: voice.cue)


def _heading(line: Line) -> Voice | None:
    """Return the speaker that a colon sets before its words."""
    colon = re.compile(":").search(line.text, line.start, min(line.end, line.start + _LONGEST))
    return _voice(line, colon, line.start, colon.start(), closing=False) if colon else None


def _named(line: Line, cue: re.Match[str]) -> Voice | None:
    """Return who stands behind "according to"."""
    at = cue.end()
    while (word := _WORD.search(line.text, at, line.end)) and _OF.match(word.group()):
        at = word.end()
    return _voice(line, cue, at, min(line.end, at + _LONGEST), closing=True)


def _subject(line: Line, cue: re.Match[str]) -> Voice | None:
    """Return the subject of a verb of saying: what its clause begins with."""
    start = clause_start(line, cue.start(), _BORDER, _LONGEST)
    return _voice(line, cue, start, cue.start(), closing=True)


def _voice(line: Line, cue: re.Match[str], start: int, limit: int, *, closing: bool) -> Voice | None:
    """Read a noun phrase that can speak from the first word at `start`, times passed over."""
    words = list(_WORD.finditer(line.text, start, limit))
    while words and (words[0].group() in line.lexicon.words["days"] or words[0].group() in {"و", "،", '"'}):
        words = words[1:]
    if not words:
        return None
    begin = words[0].start()
    actor = _actor_at(line, begin)
    end = actor.end if actor else _end(words, line.lexicon.patterns["speaker_ends"])
    if actor is None and not _speaks(line, begin, end):
        return None
    return Voice(cue=cue.span(), start=begin, end=end, core=begin, closing=closing)


def _actor_at(line: Line, start: int) -> Phrase | None:
    fitting = (p for p in line.phrases if p.role is Role.ACTOR and not p.pointing and p.start == start)
    return next(fitting, None)


def _end(words: list[re.Match[str]], ends: re.Pattern[str]) -> int:
    """Return where the phrase ends: before a preposition, a time, a sign or a verb."""
    end = words[0].end()
    for word in words[1:_MOST]:
        if not word.group()[0].isalpha() or ends.match(word.group()):
            break
        end = word.end()
    return end


def _speaks(line: Line, start: int, end: int) -> bool:
    """Tell whether the words begin with a noun that speaks, or are a person's name."""
    if line.lexicon.patterns["speakers"].match(line.text, start):
        return True
    placed = any(p.role is Role.PLACE and p.start < end and start < p.end for p in line.phrases)
    return len(line.text[start:end].split()) in _NAME_WORDS and not placed
