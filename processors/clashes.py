"""Clashes by ACLED's rule: what was held for a day at most between two stretches of one holder.

ACLED's codebook counts an exchange of no more than one day as an armed clash,
not as a change of territory.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from msgspec.structs import replace

from streams.holding import By, Stretch
from streams.mentions import Precision

_BY_THE_DAY = frozenset({Precision.INSTANT, Precision.DAY, None})


def with_clashes(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Return the stretches with the clashes among them marked."""
    marked = list(stretches)
    for at, (short, after) in enumerate(pairwise(stretches)):
        exact = short.since_precision in _BY_THE_DAY and after.since_precision in _BY_THE_DAY
        if exact and short.by is By.CHANGE and after.since - short.since <= timedelta(days=1):
            before = _keys(stretches[at - 1]) if at else frozenset()
            before = before or frozenset({short.taken_from.key} if short.taken_from else ())
            marked[at] = replace(short, clash=bool(before) and before == _keys(after))
    return tuple(marked)


def _keys(stretch: Stretch) -> frozenset[str]:
    return frozenset(holder.key for holder in stretch.holders)
