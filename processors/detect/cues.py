"""Where a sentence says that somebody speaks, and the words around such a cue, for the readers of each language."""

from __future__ import annotations

import re

from processors.detect.line import Line, last_match

REACH = 90
"""Characters away from a cue in which its speaker is looked for."""

WORDS = 9
"""Words that a speaker may have."""


def cues(line: Line) -> list[tuple[re.Match[str], bool]]:
    """Return a sentence's words of saying and of naming a source ("according to", marked true) in its order."""
    patterns, text = line.lexicon.patterns, line.text
    naming = [(m, True) for m in patterns["naming"].finditer(text, line.start, line.end)]
    saying = [(m, False) for m in patterns["saying"].finditer(text, line.start, line.end)]
    return sorted(naming + saying, key=lambda cue: cue[0].start())


def behind(line: Line, start: int, ends: re.Pattern[str], reach: int = REACH) -> tuple[int, int]:
    """Return the span from `start` up to the next of `ends`, within `reach` characters."""
    limit = min(line.end, start + reach)
    end = ends.search(line.text, start, limit)
    return start, end.start() if end else limit


def clause_start(line: Line, stop: int, borders: re.Pattern[str], reach: int = REACH) -> int:
    """Return where the words before `stop` begin: behind the last of `borders`, within `reach` characters."""
    limit = max(line.start, stop - reach)
    border = last_match(borders, line.text, limit, stop)
    return border.end() if border else limit


def bared(line: Line, start: int, end: int) -> tuple[int, int]:
    """Return the span text[start:end] without the spaces and signs at its ends."""
    while start < end and not line.text[start].isalnum():
        start += 1
    while end > start and not line.text[end - 1].isalnum():
        end -= 1
    return start, end


def is_short(line: Line, start: int, end: int, most: int = WORDS) -> bool:
    """Tell whether text[start:end] holds words, and no more than a speaker may have."""
    return 0 < len(line.text[start:end].split()) <= most
