"""What the next sentence adds to a claim: who says so ("Об этом сообщили в штабе"), which places it meant.

Reports in Russian and Ukrainian state a change first and name its source in a
sentence of its own; reports in every language count places first and name them
afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from processors.detect import attribution
from processors.detect.anaphora import Where
from processors.detect.document import Document
from processors.detect.line import Line, Slot
from processors.detect.phrases import Phrase, Role
from streams.mentions import Attribution

_JOINED = re.compile(r"(?:\W|\b(?:и|й|і|та|а\s+также|et|y|e|and|de|d|la|le|les|el|los|las)\b)*")
"""What may stand between two names of a list."""


def told_after(document: Document, where: Where) -> Attribution | None:
    """Return who says so in the next sentence; none where that sentence does not point back to what was told."""
    line, start = _next(document, where, "told_after")
    if line is None or start is None:
        return None
    return attribution.first_speaker(document, line) or Attribution()


def added(document: Document, where: Where, place: Slot, more: Sequence[Phrase]) -> list[Slot]:
    """Return the places added to a claim's first: `more`, else those the next sentence names where it is unnamed."""
    return [Slot(start=p.start, end=p.end, phrase=p) for p in more or _listed_after(document, where, place)]


def _listed_after(document: Document, where: Where, place: Slot) -> Iterator[Phrase]:
    """Yield the places that the next sentence names where this one only counts them ("three villages")."""
    phrase = place.phrase
    if phrase is None or phrase.names or phrase.pointing:
        return
    line, start = _next(document, where, "listed_after")
    if line is not None and start is not None:
        yield from _listed(line, start)


def _next(document: Document, where: Where, pattern: str) -> tuple[Line | None, int | None]:
    """Return the next sentence and where it goes on behind the words that point back, if it has them."""
    opening = where.line.lexicon.patterns.get(pattern)
    number = where.number + 1
    if opening is None or number >= len(document.stretches):
        return None, None
    stretch = document.stretches[number]
    found = opening.match(document.text, stretch.start, stretch.end)
    return (document.line(number, where.line.lexicon), found.end()) if found else (None, None)


def _listed(line: Line, start: int) -> Iterator[Phrase]:
    """Yield the named phrases from `start` on that only commas and joining words part."""
    for phrase in line.phrases:
        if phrase.end <= start:
            continue
        if phrase.role is Role.ACTOR or not phrase.names or not _JOINED.fullmatch(line.text, start, phrase.start):
            return
        yield phrase
        start = phrase.end
