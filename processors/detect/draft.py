"""A claim about control as words of one sentence: a trigger and the slots found for it."""

from __future__ import annotations

from dataclasses import dataclass

from processors.detect.line import Slot, Trigger
from processors.detect.phrases import Phrase
from streams.mentions import Kind

GAINS = frozenset({Kind.CAPTURE, Kind.RECAPTURE, Kind.EXPULSION, Kind.ALLEGIANCE, Kind.HANDOVER})
APART = frozenset({Kind.HOLDS, Kind.SIEGE_START, Kind.SIEGE_LIFT})
"""What is told of a place beside a change of hands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A claim as words: the trigger and the slots that were found for it; `spare` lacks a side that its frame needs."""

    trigger: Trigger
    kind: Kind
    place: Slot
    more: tuple[Phrase, ...] = ()
    gainer: Slot | None = None
    loser: Slot | None = None
    spare: bool = False
    pledge: bool = False
    """Told of a group and of no place; `place` is then the group's own slot."""
    held: Draft | None = None
    """Who holds the place by the same words; it is told as well where nobody has taken it from him yet."""

    @property
    def unplaced(self) -> bool:
        """Tell whether no words at all stand for the place ("they broke the siege"); who left it must be named."""
        unnamed = self.kind is Kind.WITHDRAWAL and self.loser is not None and self.loser.pointing
        return self.place.phrase is None and self.place.start == self.place.end and not unnamed
