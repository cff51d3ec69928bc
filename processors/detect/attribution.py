"""Who says so: the speaker of a claim, found at the words that attribute it, or in the quotation it stands in."""

from __future__ import annotations

import re

from processors.detect.document import Document
from processors.detect.line import Line
from processors.detect.phrases import Phrase, Role
from processors.knowledge import Knowledge
from streams.items import Part
from streams.mentions import Attribution

_END_OF_SPEAKER = re.compile(
    r"[,،:;؛\"().]|(?<!\w)(?:ان|بان|انه|انها|في|عبر|علي|عن|خلال|اليوم|امس|ردا|لوكاله|"
    r"that|in|on|to|at|after|during|there|it|he|she|said)(?!\w)"
)
_LEADING = re.compile(r"\s*(?:ما\s+)?(?:(?:قال|ذكر|افاد|اعلن|نقل|نشر)(?:ت|ه|ته)?\s+)?")
_LONGEST = 70
_CLOSE = 3


def speaker(document: Document, line: Line, cue: re.Match[str]) -> Attribution:
    """Return who the attributing words name: an actor near them, else the words between them and the statement."""
    cue = _speaking(line, cue)
    chosen = _actor_after(document, line, cue) or _actor_before(line, cue)
    if chosen is not None:
        return _of_actor(document, chosen)
    lead = _LEADING.match(line.text, cue.end(), line.end)
    start = lead.end() if lead else cue.end()
    end = _speaker_end(document, line, start)
    words = document.folded.span(start, end).text.strip(" \n\"“”'«»") if end > start else ""
    return Attribution(speaker=words or None, text=document.folded.span(cue.start(), max(end, cue.end())).text)


def _speaking(line: Line, cue: re.Match[str]) -> re.Match[str]:
    """Return the verb of saying that the cue leans on: "adding" has the subject of the verb before it."""
    leaning = line.lexicon.patterns["leaning"]
    if not leaning.match(cue[0]):
        return cue
    earlier = reversed(list(cue.re.finditer(line.text, line.start, cue.start())))
    return next((found for found in earlier if not leaning.match(found[0])), cue)


def _actor_after(document: Document, line: Line, cue: re.Match[str]) -> Phrase | None:
    """Return the actor right behind the cue, a title passed over."""
    for phrase in line.phrases:
        if phrase.role is Role.ACTOR and cue.end() <= phrase.start <= cue.end() + _LONGEST:
            between = document.folded.text[cue.end() : phrase.start]
            close = len(between.split()) < _CLOSE and _END_OF_SPEAKER.search(between) is None
            return phrase if close else None
    return None


def _actor_before(line: Line, cue: re.Match[str]) -> Phrase | None:
    """Return the actor that ends right before the cue."""
    near = (p for p in line.phrases if p.role is Role.ACTOR and 0 <= cue.start() - p.end <= _CLOSE and not p.pointing)
    return next(near, None)


def _speaker_end(document: Document, line: Line, at: int) -> int:
    limit = min(line.end, at + _LONGEST)
    found = _END_OF_SPEAKER.search(document.folded.text, at, limit)
    end = found.start() if found else limit
    return at + len(line.text[at:end].rstrip()) if line.text[at:end].strip() else at


def _of_actor(document: Document, phrase: Phrase) -> Attribution:
    words = document.folded.span(phrase.start, phrase.end).text
    return Attribution(speaker=phrase.actor or words, text=words, side=side_of(phrase.actor, document.knowledge))


def side_of(actor: str | None, knowledge: Knowledge) -> str | None:
    """Return the side an actor belongs to, as the actor table has it."""
    return knowledge.actors.entry(actor).side if actor else None


def of_post(part: Part) -> Attribution:
    """Return the author of an embedded post as its speaker."""
    return Attribution(speaker=part.author or part.handle, text=part.handle)


def is_quoted(document: Document, start: int, paragraph_start: int) -> bool:
    """Tell whether `start` lies inside a quotation that opened earlier in its paragraph."""
    return document.folded.text.count('"', paragraph_start, start) % 2 == 1
