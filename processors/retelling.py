"""History told in passing of which more is known: one telling of it, the better one, goes into the ledger.

"Mosul, which they captured in 2014" tells nothing new where the capture is
known to the day; it would only put the holder there from the first of January.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec.structs import replace

from processors.turns import GONE, Turn, What, in_order
from streams.alerts import AlertState

_UNTRUE = GONE | {AlertState.DISPUTED}


def told_once(turns: Iterable[Turn], *, window_days: float) -> tuple[Turn, ...]:
    """Return the turns without the history of which a better telling is among them; that one takes over its words."""
    known = sorted(turns, key=in_order)
    past = [turn for turn in known if turn.what is What.PASSING]
    if not past:
        return tuple(known)
    changes = [turn for turn in known if turn.what is What.CHANGE and turn.state not in _UNTRUE]
    retold: dict[str, list[Turn]] = defaultdict(list)
    gone: set[str] = set()
    for turn in past:
        better = _change(turn, changes, timedelta(days=window_days)) or _finer(turn, past)
        if better:
            retold[better.id].append(turn)
            gone.add(turn.id)
    return tuple(_with_words(turn, retold.get(turn.id, ())) for turn in known if turn.id not in gone)


def _with_words(turn: Turn, retold: Sequence[Turn]) -> Turn:
    words = (word for one in retold for word in one.words)
    return replace(turn, words=(*turn.words, *words)) if retold else turn


def _change(past: Turn, changes: Sequence[Turn], window: timedelta) -> Turn | None:
    """Return the change that is looked back on: the nearest of one taker, unless the place was taken in between."""
    low, high = past.first - window, past.last + window
    near = [turn for turn in changes if turn.first <= high and turn.last >= low and _is_one(past, turn)]
    unbroken = [turn for turn in near if not _is_broken(past, turn, changes)]
    return min(unbroken, key=lambda turn: (_gap(past, turn), in_order(turn)), default=None)


def _finer(past: Turn, others: Sequence[Turn]) -> Turn | None:
    """Return the most exact history of the same within the days told."""
    finer = [turn for turn in others if _is_within(turn, past) and _is_one(past, turn)]
    return min(finer, key=lambda turn: (turn.last - turn.first, in_order(turn)), default=None)


def _is_one(past: Turn, turn: Turn) -> bool:
    """Say whether both tell of one taking, or where nobody took the place of one leaving."""
    mine, its = (past.gainer, turn.gainer) if past.gainer else (past.loser, turn.loser)
    return mine is not None and its is not None and mine.key == its.key


def _is_within(fine: Turn, coarse: Turn) -> bool:
    is_same = fine.first == coarse.first and fine.last == coarse.last
    return coarse.first <= fine.first and fine.last <= coarse.last and not is_same


def _gap(one: Turn, other: Turn) -> timedelta:
    return max(timedelta(), other.first - one.last, one.first - other.last)


def _is_broken(past: Turn, turn: Turn, changes: Sequence[Turn]) -> bool:
    """Say whether the place changed hands otherwise between the two."""
    first, last = (past.last, turn.first) if past.last < turn.first else (turn.last, past.first)
    return any(first < one.first < last and not _is_one(past, one) for one in changes)
