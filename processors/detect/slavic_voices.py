"""Who speaks in Russian and Ukrainian: behind the verb ("сообщили в X", "заявил X"), before it, after "по словам"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.detect.cues import REACH, bared, behind, clause_start, cues, is_short
from processors.detect.line import Line
from processors.detect.phrases import Role, Voice
from processors.normalise import Folded

_BORDER = re.compile(
    r"[,;:()!?\n—–]|\.(?:\s|$)|(?<!\w)(?:что|як|как|що|после|але|но|и|та|після|во\s+время|в\s+ходе|под\s+час)(?!\w)"
)
_END = re.compile(
    _BORDER.pattern + r"|(?<!\w)(?:в|во|у|на|о|об|про|с|со|з|за|до|по|утром|вечером|ночью|сегодня|вчера|сьогодні|вчора|"
    r"понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)(?!\w)"
)
_INSIDE = re.compile(r"\s*(?:(?:в|во|у|на)\s+)?")
_TIMES = re.compile(
    r"\s*(?:(?:а|и|та|й)\s+)?(?:(?:\d+\s+\w+|позднее|згодом|ранее|раніше|также|також|позже|сегодня|вчера|сьогодні|вчора|накануне|уже|вже|об\s+этом|про\s+це)\s+)*"
)


def voices(folded: Folded, line: Line) -> Iterator[Voice]:
    """Yield the speakers of one sentence in its order."""
    for match, naming in cues(line):
        spans = (_behind(line, match),) if naming else (_before(line, match), _behind(line, match))
        voice = next((v for span in spans if (v := _voice(folded, line, match, span)) is not None), None)
        if voice is not None:
            yield voice


def _behind(line: Line, cue: re.Match[str]) -> tuple[int, int]:
    """Return the words behind the cue up to the border of their clause, a preposition left out."""
    limit = min(line.end, cue.end() + REACH)
    inside = _INSIDE.match(line.text, cue.end(), limit)
    start = inside.end() if inside else cue.end()
    return behind(line, start, _END, limit - start)


def _before(line: Line, cue: re.Match[str]) -> tuple[int, int]:
    """Return the words before the verb back to the border of their clause."""
    start = clause_start(line, cue.start(), _BORDER)
    inside = _INSIDE.match(line.text, start, cue.start())
    return inside.end() if inside else start, cue.start()


def _voice(folded: Folded, line: Line, cue: re.Match[str], span: tuple[int, int]) -> Voice | None:
    """Return the voice of a span whose head can speak."""
    start, end = span
    times = _TIMES.match(line.text, start, end)
    start, end = bared(line, times.end() if times else start, end)
    if not is_short(line, start, end) or not _speaks(folded, line, start, end):
        return None
    return Voice(cue=cue.span(), start=start, end=end, core=start, closing=True)


def _speaks(folded: Folded, line: Line, start: int, end: int) -> bool:
    """Tell whether the words name somebody: an actor, a noun of the lexicon's speakers, or a capitalised name."""
    words = line.text[start:end].split()
    if any(word in line.lexicon.words["not_speakers"] for word in words[:1]):
        return False
    if any(word.startswith(tuple(line.lexicon.words["speakers"])) for word in words):
        return True
    near = [p for p in line.phrases if p.start < end and start < p.end]
    if any(p.role is Role.ACTOR for p in near):
        return True
    named = not any(p.role is Role.PLACE and p.actor is None for p in near)
    return named and folded.source[folded.origin[start]].isupper()
