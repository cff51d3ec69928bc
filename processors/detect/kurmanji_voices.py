"""Who speaks in a Kurmanji sentence: the subject before "ragihand ku", and whom "li gorî" names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.detect.cues import REACH, bared, is_short
from processors.detect.line import Line
from processors.detect.phrases import Role, Voice
from processors.normalise import Folded

_SPEAKER_WORDS = 7
_BORDER = re.compile(r"[,;:()!?\n]|\.\s|(?<!\w)(?:di|ku|de|li|ji|bi)(?!\w)")
_ENDING = re.compile(r"(?:'?(?:ye|e|an|yan|a|en|yen|i|ek|eki|eke))?$")


def voices(folded: Folded, line: Line) -> Iterator[Voice]:
    """Yield the speakers of one sentence in its order."""
    del folded
    patterns, text = line.lexicon.patterns, line.text
    for cue in patterns["naming"].finditer(text, line.start, line.end):
        border = _BORDER.search(text, cue.end(), min(line.end, cue.end() + REACH))
        yield from _voice(line, cue, cue.end(), border.start() if border else line.end)
    for cue in patterns["saying"].finditer(text, line.start, line.end):
        borders = [m.end() for m in _BORDER.finditer(text, max(line.start, cue.start() - REACH), cue.start())]
        yield from _voice(line, cue, line.start, min([cue.start(), *(b - 2 for b in borders[:1])]))


def _voice(line: Line, cue: re.Match[str], start: int, end: int) -> Iterator[Voice]:
    """Yield the voice of a span whose words can speak."""
    start, end = bared(line, start, end)
    if not is_short(line, start, end, _SPEAKER_WORDS):
        return
    actor = any(p.role is Role.ACTOR and p.start <= start and p.end >= end - 3 for p in line.phrases)
    if actor or any(_ENDING.sub("", word) in line.lexicon.words["speakers"] for word in line.text[start:end].split()):
        yield Voice(cue=cue.span(), start=start, end=end, core=start, closing=True)
