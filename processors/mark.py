"""How a page of the ledger stood behind its first turns, so that reading it can go on from there."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from processors.turns import Turn
from streams.holding import Spell, Stretch

# What is asked of what came before: the last two stretches, and who held the place before them.
STRETCHES_MARKED = 3
# Where a turn stands in the order of turns.
Edge = tuple[date, date, int, datetime, str]


class Mark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a page stood behind its first turns, so that reading can go on from there.

    `makers` are the changes that made the last stretch, `edge` where the last
    turn stands in the order of turns. `number` and `edition` are of the volumes
    before the mark: how many, and a digest of what they tell.
    """

    stretches: tuple[Stretch, ...] = ()
    sieges: tuple[Spell, ...] = ()
    contests: tuple[Spell, ...] = ()
    makers: tuple[Turn, ...] = ()
    edge: Edge | None = None
    number: int = 0
    edition: str = ""

    @property
    def context(self) -> int:
        """How many of the stretches are told in a volume, and remembered for those after them only."""
        return 1 if len(self.stretches) == STRETCHES_MARKED else 0
