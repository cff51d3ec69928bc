"""Who speaks in a Turkish sentence: its opening subject where it closes with a verb of saying, and who "göre" names.

The verb of saying stands at the end, behind what is said; a voice is therefore
cued where its speaker is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.detect.cues import clause_start, is_short
from processors.detect.line import Line, last_match
from processors.detect.phrases import Role, Voice
from processors.detect.turkish_words import UNMARKED, cuts, form_of
from processors.normalise import Folded

_LONGEST = 110
_SPEAKER_WORDS = 7
_BORDER = re.compile(r"[,;:()!?\n\"]|\.\s")
_WORD = re.compile(r"[^\s,;:()!?\"]+")
_REPORTED = re.compile(
    r"(?:haber|aciklama|bilgi|iddia|rapor|verdigi|aktardig|edinilen|alinan|gelen|dayandirilan)\w*\s*"
)


def voices(folded: Folded, line: Line) -> Iterator[Voice]:
    """Yield the speakers of one sentence in its order."""
    patterns, text = line.lexicon.patterns, line.text
    saying = patterns["saying"].search(text, line.start, line.end)
    opening = _opening(folded, line, saying.start()) if saying else None
    if opening is not None:
        yield _voice(opening, opening[1])
    for cue in patterns["naming"].finditer(text, line.start, line.end):
        named = _named(folded, line, cue.start())
        if named is not None:
            yield _voice(named, cue.end())


def _voice(span: tuple[int, int], cue: int) -> Voice:
    return Voice(cue=(cue, cue), start=span[0], end=span[1], core=span[0], closing=True)


def _opening(folded: Folded, line: Line, stop: int) -> tuple[int, int] | None:
    """Return the sentence's first words up to a comma, or up to the first noun that can speak."""
    border = _BORDER.search(line.text, line.start, min(stop, line.start + _LONGEST))
    end = border.start() if border else line.start
    if end > line.start and _speaks(folded, line, line.start, end):
        return line.start, end
    actor = next((p for p in line.phrases[:2] if p.role is Role.ACTOR and p.case in UNMARKED and p.first == 0), None)
    words = [*_WORD.finditer(line.text, line.start, stop)][:_SPEAKER_WORDS]
    spoken = next((w.end() for w in words if _is_speaker(line, w[0])), None)
    if spoken is not None:
        return line.start, spoken
    return (actor.start, actor.end) if actor is not None else None


def _named(folded: Folded, line: Line, cue: int) -> tuple[int, int] | None:
    """Return whom "X'e göre" or "X'in haberine göre" names, the ending cut off."""
    start = clause_start(line, cue, _BORDER, _LONGEST)
    reported = last_match(_REPORTED, line.text, start, cue)
    while reported is not None and reported.end() >= cue - 1:
        cue = reported.start()
        reported = last_match(_REPORTED, line.text, start, cue)
    words = [*_WORD.finditer(line.text, start, cue)]
    if not words or len(words) > _SPEAKER_WORDS:
        return None
    last = words[-1]
    end = last.start() + next(iter(cuts(last[0])))[0]
    return (words[0].start(), end) if _speaks(folded, line, words[0].start(), end) else None


def _speaks(folded: Folded, line: Line, start: int, end: int) -> bool:
    """Tell whether a phrase can speak: it holds a noun that does, is an actor, or is two words of a name."""
    if not is_short(line, start, end, _SPEAKER_WORDS):
        return False
    if any(_is_speaker(line, word) for word in line.text[start:end].split()):
        return True
    if any(p.role is Role.ACTOR and p.start <= start and p.end >= end for p in line.phrases):
        return True
    capitals = [m.start() for m in _WORD.finditer(line.text, start, end)]
    named = all(folded.source[folded.origin[at]].isupper() for at in capitals)
    return named and not any(p.role is Role.PLACE and p.start < end and start < p.end for p in line.phrases)


def _is_speaker(line: Line, word: str) -> bool:
    """Tell whether a word is a form of a noun that can speak, as a subject or under "göre"."""
    lists = line.lexicon.words
    if word in lists["not_speakers"]:
        return False
    return word in lists["speakers"] or form_of(word, lists["speakers"]) is not None
