"""History told in passing of which more is known: one telling of it, the better one, goes into the ledger.

"Mosul, which they captured in 2014" tells nothing new where the capture is
known to the day; it would only put the holder there from the first of January.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from processors.ledger import GONE, Turn, What, in_order
from streams.alerts import AlertState

_UNTRUE = GONE | {AlertState.DISPUTED}


def told_once(turns: Iterable[Turn], *, window_days: float) -> tuple[Turn, ...]:
    """Return the turns without the history of which a better telling is among them; that one takes over its words."""
    known = tuple(sorted(turns, key=in_order))
    if all(turn.what is not What.PASSING for turn in known):
        return known
    better = {turn.id: _better(turn, known, window_days) for turn in known if turn.what is What.PASSING}
    kept = (turn for turn in known if better.get(turn.id) is None)
    return tuple(_with_words(turn, [one for one in known if better.get(one.id) == turn.id]) for turn in kept)


def _with_words(turn: Turn, retold: Sequence[Turn]) -> Turn:
    words = (word for one in retold for word in one.words)
    return replace(turn, words=(*turn.words, *words)) if retold else turn


def _better(past: Turn, known: Sequence[Turn], window_days: float) -> str | None:
    """Return the turn that tells the same better: a change near its days, nearest first, else the most exact past."""
    news = [turn for turn in known if _is_live_change(turn) and _is_one(past, turn) and _gap(past, turn) <= window_days]
    unbroken = [turn for turn in news if not _is_broken(past, turn, known)]
    if unbroken:
        return min(unbroken, key=lambda turn: (_gap(past, turn), in_order(turn))).id
    finer = [turn for turn in known if turn.what is What.PASSING and _is_one(past, turn) and _is_within(turn, past)]
    return min(finer, key=lambda turn: (turn.last - turn.first, in_order(turn))).id if finer else None


def _is_live_change(turn: Turn) -> bool:
    return turn.what is What.CHANGE and turn.state not in _UNTRUE


def _is_one(past: Turn, turn: Turn) -> bool:
    """Say whether both tell of one taking, or where nobody took the place of one leaving."""
    mine, its = (past.gainer, turn.gainer) if past.gainer else (past.loser, turn.loser)
    return mine is not None and its is not None and mine.key == its.key


def _is_within(fine: Turn, coarse: Turn) -> bool:
    return coarse.first <= fine.first and fine.last <= coarse.last and (fine.first, fine.last) != _days(coarse)


def _days(turn: Turn) -> tuple[date, date]:
    return turn.first, turn.last


def _gap(one: Turn, other: Turn) -> int:
    return max(0, (other.first - one.last).days, (one.first - other.last).days)


def _is_broken(past: Turn, turn: Turn, known: Sequence[Turn]) -> bool:
    """Say whether the place changed hands otherwise between the two."""
    first, last = (past.last, turn.first) if past.last < turn.first else (turn.last, past.first)
    return any(first < one.first < last and _is_live_change(one) and not _is_one(past, one) for one in known)
