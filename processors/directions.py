"""From whom to whom a place went, and whether two tellings of that agree.

A missing gainer or loser agrees with any, and the name of a camp with that of
one of its own, who is then meant: "al-Qaeda" says nothing else than "Ansar
Dine", only less. Two groups of one camp are two.
"""

from __future__ import annotations

from typing import NamedTuple

from processors.parties import Parties, is_within


class Direction(NamedTuple):
    """From whom to whom, as actor keys; None where nobody is named."""

    loser: str | None
    gainer: str | None


def merged(one: Direction, other: Direction, parties: Parties) -> Direction | None:
    """Return what both say together, None where they contradict each other; a brigade says more than its camp."""
    if _differ(one.loser, other.loser, parties) or _differ(one.gainer, other.gainer, parties):
        return None
    loser, gainer = _closer(one.loser, other.loser, parties), _closer(one.gainer, other.gainer, parties)
    return Direction(loser, gainer) if loser != gainer or None in (loser, gainer) else None


def _differ(one: str | None, other: str | None, parties: Parties) -> bool:
    if one is None or other is None or one == other:
        return False
    return not is_within(one, other, parties) and not is_within(other, one, parties)


def _closer(one: str | None, other: str | None, parties: Parties) -> str | None:
    return other if one is None or (other is not None and is_within(other, one, parties)) else one
