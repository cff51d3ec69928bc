"""What to colour: the spans of a text that a mention rests on, with the part each plays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from streams.mentions import Actor, Mention, Place, Span


class Shown(StrEnum):
    """The part a span plays in a mention."""

    TRIGGER = "trigger"
    GAINING = "gaining"
    LOSING = "losing"
    PLACE = "place"
    STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """One span to colour: offsets of the item's text, half open."""

    start: int
    end: int
    shown: Shown


def marks(mention: Mention) -> tuple[Marked, ...]:
    """Return the spans of one mention from left to right; where two overlap the earlier in `Shown` stays whole."""
    trigger = mention.evidence.trigger
    spans = [
        *_of(Shown.TRIGGER, [trigger] if trigger else []),
        *_of(Shown.GAINING, [mention.gaining] if mention.gaining else []),
        *_of(Shown.LOSING, [mention.losing] if mention.losing else []),
        *_of(Shown.PLACE, mention.places),
        *_of(Shown.STATUS, [mention.evidence.cue] if mention.evidence.cue else []),
    ]
    kept: list[Marked] = []
    for span in spans:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))


def marks_within(mention: Mention, start: int, end: int) -> tuple[Marked, ...]:
    """Return the spans that lie in [start, end), counted from `start`: for colouring a sentence alone."""
    inside = (span for span in marks(mention) if start <= span.start and span.end <= end)
    return tuple(Marked(start=span.start - start, end=span.end - start, shown=span.shown) for span in inside)


def _of(shown: Shown, spans: Iterable[Span | Actor | Place]) -> list[Marked]:
    return [Marked(start=span.start, end=span.end, shown=shown) for span in spans if span.end > span.start]
