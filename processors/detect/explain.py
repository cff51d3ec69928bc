"""What to colour: the spans of a text that a mention rests on, with the part each plays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    """Return the spans of one mention from left to right.

    A trigger gives way to the names within its words ("the fall of X to"); of other spans that overlap the earlier in
    `Shown` stays whole.
    """
    evidence = mention.evidence
    spans = [
        *_of(Shown.GAINING, [mention.gaining] if mention.gaining else []),
        *_of(Shown.LOSING, [mention.losing] if mention.losing else []),
        *_of(Shown.PLACE, mention.places),
        *_of(Shown.STATUS, [evidence.cue] if evidence.cue else []),
    ]
    kept: list[Marked] = []
    for span in spans:
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    if evidence.trigger:
        kept += list(_around(evidence.trigger, kept))
    return tuple(sorted(kept, key=lambda span: span.start))


def _around(trigger: Span, names: Iterable[Marked]) -> Iterator[Marked]:
    """Yield what is left of a trigger's span between the names in it, without white space at its borders."""
    start = trigger.start
    inside = sorted((n for n in names if n.end > trigger.start and n.start < trigger.end), key=lambda name: name.start)
    for stop, after in [*((name.start, name.end) for name in inside), (trigger.end, trigger.end)]:
        words = trigger.text[start - trigger.start : max(stop, start) - trigger.start]
        first = start + len(words) - len(words.lstrip())
        if words.strip():
            yield Marked(start=first, end=first + len(words.strip()), shown=Shown.TRIGGER)
        start = max(start, after)


def _of(shown: Shown, spans: Iterable[Span | Actor | Place]) -> list[Marked]:
    return [Marked(start=span.start, end=span.end, shown=shown) for span in spans if span.end > span.start]
