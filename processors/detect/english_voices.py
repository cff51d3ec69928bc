"""Who speaks in English: the subject before "said", the inverted subject after it, the object of "according to"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from processors.detect.cues import REACH, bared, behind, cues, is_short
from processors.detect.line import Line, last_match
from processors.detect.phrases import Role, Voice
from processors.normalise import Folded

_BORDER = re.compile(
    r"[,;:()!?\n]|\.\s|(?<!\w)(?:and|but|that|as|after|while|when|where|which|who|because|although|though|amid|before|"
    r"since|then|was|were|is|are|be|been|it|he|she|they|we|i|you|there|told|said|says|saying|if|whether)(?!\w)"
)
_END = re.compile(
    _BORDER.pattern + r"|(?<!\w)(?:in|on|at|to|with|during|by|from|had|has|have|will|would|monday|tuesday|wednesday|"
    r"thursday|friday|saturday|sunday|today|yesterday|late|early)(?!\w)"
)
_HELPING = re.compile(r"(?:\s+(?:has|have|had|also|later|earlier|since|separately|\w+ly))*\s*$")
_DAY = re.compile(
    r"\s*(?:(?:on|late|early|earlier|by|in|meanwhile|later)\s+)*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|"
    r"yesterday|meanwhile|however)(?:\s+(?:morning|evening|night|afternoon))?\s+|\s*(?:on|in)\s+\w+\s+\d+\s+"
)
_BEHIND = re.compile(r"\s(?:of|for|in|at|from|on|with|to|by|near|inside|close)\s")
_ARTICLE = re.compile(r"(?:(?:a|an|the|its|their|his|her|our)\s+)?")
_LAST_ARTICLE = re.compile(r"(?<!\w)(?:a|an|the)\s")
_INVERTED = re.compile(r"(?:said|says|added|reported)$")
_ASIDE = re.compile(r"\s*(?:\w+ing|quoted|on|in)(?!\w)")
_VERB = re.compile(r"(?:had|has|have|will|would|was|were|is|are|be)(?!\w)")
_FORMS = ("past", "base", "ing", "passive")


def voices(folded: Folded, line: Line) -> Iterator[Voice]:
    """Yield the speakers of one sentence in its order."""
    for match, naming in cues(line):
        span = behind(line, match.end(), _END) if naming else _subject(line, match) or _inverted(line, match)
        voice = _voice(folded, line, match, span) if span else None
        if voice is not None:
            yield voice


def _subject(line: Line, cue: re.Match[str]) -> tuple[int, int] | None:
    """Return the words right before the verb back to the border of their clause."""
    limit = max(line.start, cue.start() - REACH)
    helping = _HELPING.search(line.text, limit, cue.start())
    end = helping.start() if helping else cue.start()
    border = last_match(_BORDER, line.text, limit, end)
    start = border.end() if border else limit
    day = _DAY.match(line.text, start, end)
    start = day.end() if day else start
    if any(line.lexicon.forms[form].search(line.text, start, end) for form in _FORMS):
        article = last_match(_LAST_ARTICLE, line.text, start, end)
        return (article.start(), end) if article else None
    return (start, end) if line.text[start:end].strip() else _apposed(line, limit, start)


def _apposed(line: Line, limit: int, end: int) -> tuple[int, int] | None:
    """Return the name between two commas before the verb, or what an aside parts from it ("X, speaking ..., said")."""
    stop = end - 1
    border = last_match(_BORDER, line.text, limit, stop) if line.text[limit:end].endswith(",") else None
    if border is None or border[0] != ",":
        return None
    if not _ASIDE.match(line.text, border.end(), stop):
        return border.end(), stop
    earlier = last_match(_BORDER, line.text, limit, border.start())
    return (earlier.end() if earlier else limit), border.start()


def _inverted(line: Line, cue: re.Match[str]) -> tuple[int, int] | None:
    """Return the words behind a verb that has nothing before it ("..., said NAME")."""
    before = line.text[line.start : cue.start()].rstrip(" \"'")
    if not _INVERTED.search(cue[0]) or (before and before[-1] not in ",:"):
        return None
    start, end = behind(line, cue.end(), _END)
    told = _VERB.match(line.text, end) or any(line.lexicon.forms[form].search(line.text, start, end) for form in _FORMS)
    return None if told else (start, end)


def _voice(folded: Folded, line: Line, cue: re.Match[str], span: tuple[int, int]) -> Voice | None:
    """Return the voice of a span whose head can speak."""
    start, end = bared(line, *span)
    article = _ARTICLE.match(line.text, start, end)
    core = article.end() if article else start
    if core >= end or not is_short(line, start, end) or not _speaks(folded, line, core, end):
        return None
    told = line.text[max(line.start, start - 5) : start].endswith("and ")
    return Voice(cue=cue.span(), start=start, end=end, core=core, closing=not told)


def _speaks(folded: Folded, line: Line, core: int, end: int) -> bool:
    """Tell whether the head of the phrase can speak: a speaking noun, an actor or a capitalised name, never a place."""
    behind = _BEHIND.search(line.text, core, end)
    stop = behind.start() if behind else end
    words = line.text[core:stop].split()
    if not words or words[0] in line.lexicon.words["not_speakers"] or words[-1] in line.lexicon.words["not_speakers"]:
        return False
    if words[-1] in line.lexicon.words["speakers"]:
        return True
    near = [p for p in line.phrases if p.start < stop and core < p.end]
    if any(p.role is Role.ACTOR and p.end >= stop and p.start <= core for p in near):
        return True
    if any(p.role is Role.PLACE and p.end >= stop and p.actor is None for p in near):
        return False
    at = line.text.rindex(words[-1], core, stop)
    return folded.source[folded.origin[at]].isupper()
