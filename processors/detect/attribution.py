"""Who says so: the speaker of a claim, found at the words that attribute it, or in the quotation it stands in."""

from __future__ import annotations

import re

from processors.detect.document import Document
from processors.detect.line import Line
from processors.detect.phrases import Role
from processors.knowledge import Knowledge
from streams.items import Attribution, Part

_END_OF_SPEAKER = re.compile(r"[,،:;؛\"()]|(?<!\w)(?:ان|بان|انه|انها|that|in|on|to)(?!\w)")
_LONGEST = 70


def speaker(document: Document, line: Line, cue: re.Match[str]) -> Attribution:
    """Return who the attributing words name: an actor near them, else the words between them and the statement."""
    near = [p for p in line.phrases if p.role is Role.ACTOR and abs(p.start - cue.end()) <= _LONGEST]
    near = [p for p in near if cue.end() <= p.start or cue.start() - p.end <= 3]  # noqa: PLR2004 (right before it)
    after = next(
        (p for p in near if p.start >= cue.end() and _is_close(document.folded.text[cue.end() : p.start])), None
    )
    chosen = after or next((p for p in near if p.end <= cue.start()), None)
    if chosen is not None:
        return _of_actor(document, chosen.start, chosen.end, chosen.actor)
    end = _speaker_end(line, cue.end())
    words = document.folded.span(cue.end(), end).text.strip(" \n\"“”'«»") if end > cue.end() else ""
    return Attribution(speaker=words or None, text=document.folded.span(cue.start(), end).text)


def _is_close(between: str) -> bool:
    return len(between.split()) <= 3 and _END_OF_SPEAKER.search(between) is None  # noqa: PLR2004 (a title may stand between)


def _speaker_end(line: Line, at: int) -> int:
    limit = min(line.end, at + _LONGEST)
    found = _END_OF_SPEAKER.search(line.text, at, limit)
    end = found.start() if found else limit
    return len(line.text[:end].rstrip()) if line.text[at:end].strip() else at


def _of_actor(document: Document, start: int, end: int, actor: str | None) -> Attribution:
    words = document.folded.span(start, end).text
    return Attribution(speaker=actor or words, text=words, side=side_of(actor, document.knowledge))


def side_of(actor: str | None, knowledge: Knowledge) -> str | None:
    """Return the side an actor belongs to, as the actor table has it."""
    return knowledge.actors.entry(actor).side if actor else None


def of_post(part: Part) -> Attribution:
    """Return the author of an embedded post as its speaker."""
    return Attribution(speaker=part.author or part.handle, text=part.handle)


def is_quoted(document: Document, start: int, paragraph_start: int) -> bool:
    """Tell whether `start` lies inside a quotation that opened earlier in its paragraph."""
    return document.folded.text.count('"', paragraph_start, start) % 2 == 1
