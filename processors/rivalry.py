"""Rivals: changes of which not both can be, because two camps are told to have taken one place within a day.

Neither moves the ledger then, unless an analyst stands by it, or it is surer
than its rivals: confirmed by its own sources, or turned back afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec.structs import replace

from processors.parties import Parties, one_camp
from processors.turns import Turn, What
from streams.alerts import AlertState

# Reports of those who took a place together come within a day of one another, and so do those of rivals.
TOGETHER = timedelta(days=1)

Rivals = Mapping[str, tuple[str, ...]]


def are_rivals(one: Turn, other: Turn, parties: Parties) -> bool:
    """Say whether two camps are told to have taken the whole place within a day that both name.

    What one took from the other is none of it, nor one retaking what has been
    turned back.
    """
    if one.gainer is None or other.gainer is None or one_camp(one.gainer, other.gainer, parties):
        return False
    if one.partial or other.partial or _retakes(one, other) or _retakes(other, one):
        return False
    taken = ((one.loser, other.gainer), (other.loser, one.gainer))
    in_turn = any(loser and one_camp(loser, gainer, parties) for loser, gainer in taken)
    return not in_turn and max(one.last, other.last) - min(one.first, other.first) <= TOGETHER


def _retakes(turn: Turn, other: Turn) -> bool:
    return turn.retaking and other.state is AlertState.REVERSED


def weighed(turns: Sequence[Turn], rivals: Rivals) -> list[Turn]:
    """Return the turns with those disputed that a rival keeps from moving the ledger."""
    known = {turn.id: turn for turn in turns}
    return [_weighed(turn, [known[id_] for id_ in rivals.get(turn.id, ())]) for turn in turns]


def _weighed(turn: Turn, rivals: Sequence[Turn]) -> Turn:
    moves = turn.judged or all(_sureness(turn) > _sureness(rival) for rival in rivals)
    return turn if moves else replace(turn, state=AlertState.DISPUTED)


def _sureness(turn: Turn) -> int:
    """Return how sure a change is without its rivals: who was driven out of a place afterwards had surely taken it."""
    return 2 if turn.judged or turn.state is AlertState.REVERSED else int(turn.state is AlertState.CONFIRMED)


def is_told_after(word: Turn, change: Turn) -> bool:
    """Say whether a word about holding speaks of a later day than a change, or of the same day and came later."""
    return change.what is What.CHANGE and (word.first > change.last or word.told_at > change.told_at)
