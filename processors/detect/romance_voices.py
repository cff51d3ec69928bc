"""Who says so in French and Spanish: the subject before the verb, the one behind it, the object of "selon".

French and Spanish close a report with the verb first ("..., a annoncé l'armée",
"..., informaron fuentes locales"), so the words behind a verb that follows a comma are
the speaker's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.detect.cues import REACH, bared, behind, cues, is_short
from processors.detect.line import Line, last_match
from processors.detect.phrases import Role, Voice
from processors.normalise import Folded

_ARTICLE = re.compile(r"(?:(?:les?|la|une?|des|son|sa|ses|leurs?|el|las|los|un[oa]?s?|sus?)\s+|l')?")
_FORMS = ("past", "perfect", "base", "passive", "future")


def voices(folded: Folded, line: Line) -> Iterator[Voice]:
    """Yield the speakers of one sentence in its order."""
    ends = line.lexicon.patterns["speech_end"]
    for match, naming in cues(line):
        follows = naming or _closes(line, match)
        span = behind(line, match.end(), ends) if follows else _subject(line, match)
        voice = _voice(folded, line, match, span) if span else None
        if voice is not None:
            yield voice


def _closes(line: Line, cue: re.Match[str]) -> bool:
    """Tell whether the verb follows a comma or a quotation, so that its subject comes behind it."""
    before = line.text[line.start : cue.start()].rstrip(" \"'")
    return bool(before) and before[-1] in ",:"


def _subject(line: Line, cue: re.Match[str]) -> tuple[int, int] | None:
    """Return the words right before the verb back to the border of their clause, an aside between commas left out."""
    limit = max(line.start, cue.start() - REACH)
    border = last_match(line.lexicon.patterns["speech_border"], line.text, limit, cue.start())
    start = border.end() if border else limit
    if border is None and limit > line.start:
        return None
    if any(line.lexicon.forms[form].search(line.text, start, cue.start()) for form in _FORMS):
        return None
    return (start, cue.start()) if line.text[start : cue.start()].strip() else None


def _voice(folded: Folded, line: Line, cue: re.Match[str], span: tuple[int, int]) -> Voice | None:
    """Return the voice of a span whose head can speak."""
    start, end = bared(line, *span)
    start = _past_day(line, start, end)
    article = _ARTICLE.match(line.text, start, end)
    core = article.end() if article else start
    if core >= end or not is_short(line, start, end) or not _speaks(folded, line, core, end):
        return None
    return Voice(cue=cue.span(), start=start, end=end, core=core, closing=True)


def _past_day(line: Line, start: int, end: int) -> int:
    """Pass over the day between verb and subject ("a annoncé mardi l'armée")."""
    day = line.lexicon.patterns["speech_day"].match(line.text, start, end)
    return day.end() if day else start


def _speaks(folded: Folded, line: Line, core: int, end: int) -> bool:
    """Tell whether the phrase's head, its first noun, can speak: a speaking noun, an actor or a name, never a place."""
    words = [word.strip(",.") for word in line.text[core:end].split()]
    lists = line.lexicon.words
    if not words or words[0] in lists["not_speakers"]:
        return False
    if words[0] in lists["speakers"] or words[0].partition("-")[0] in lists["speakers"]:
        return True
    if len(words) > 1 and words[1] in lists["speakers"]:
        return True
    near = [p for p in line.phrases if p.start <= core < p.end]
    if any(p.role is Role.ACTOR for p in near):
        return True
    if any(p.role is Role.PLACE and p.actor is None for p in near):
        return False
    return folded.source[folded.origin[core]].isupper()
