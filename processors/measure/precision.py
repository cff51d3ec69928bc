"""How often a rule, or a source, is right, by what analysts said of its alerts.

An alert counts once for each rule and each source that told it, and is right
where every such telling is: where the analyst confirmed it, or put right what
this telling had not got wrong. Intervals are Wilson's (1927), which hold for
few verdicts and for shares near 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt

from msgspec import Struct

from processors.identity import actor_key, place_key
from processors.measure.analysts import Case, tellings
from streams.alerts import Alert, AlertEvidence
from streams.mentions import Actor
from streams.verdicts import Feedback, Verdict

# The 97.5 % point of the normal distribution: intervals of 95 %.
_Z = 1.959964


class Score(Struct, frozen=True, kw_only=True):
    """How many judged alerts of one rule or source were right; shares of 1, `low` to `high` is the 95 % interval."""

    name: str
    judged: int
    right: int
    rejected: int
    corrected: int
    precision: float
    low: float
    high: float


class Scores(Struct, frozen=True, kw_only=True):
    """The scores of all alerts together, by rule and by source, those judged most first."""

    all: Score
    rules: tuple[Score, ...]
    sources: tuple[Score, ...]


def scores(cases: Iterable[Case]) -> Scores:
    """Return the scores of judged alerts, each with its last verdict."""
    judged = list(cases)
    return Scores(
        all=_score("all", [_ending(case, list(tellings(case[1]))) for case in judged]),
        rules=_by(judged, lambda told: told.rule),
        sources=_by(judged, lambda told: told.item.source),
    )


def wilson(right: int, of: int) -> tuple[float, float]:
    """Return Wilson's score interval of a share at 95 %; everything from 0 to 1 where nothing was judged."""
    if of == 0:
        return 0.0, 1.0
    share, spread = right / of, _Z * _Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z / (1 + spread) * sqrt(share * (1 - share) / of + spread / (4 * of))
    return (0.0 if right == 0 else middle - half), (1.0 if right == of else middle + half)


def _by(judged: Iterable[Case], name: Callable[[AlertEvidence], str]) -> tuple[Score, ...]:
    endings: dict[str, list[str]] = {}
    for case in judged:
        mine: dict[str, list[AlertEvidence]] = {}
        for told in tellings(case[1]):
            mine.setdefault(name(told), []).append(told)
        for key, some in mine.items():
            endings.setdefault(key, []).append(_ending(case, some))
    return tuple(sorted((_score(key, some) for key, some in endings.items()), key=lambda one: (-one.judged, one.name)))


def _ending(case: Case, some: Iterable[AlertEvidence]) -> str:
    verdict, alert = case
    if verdict.verdict is Verdict.REJECT:
        return "rejected"
    return "right" if all(_agrees(told, verdict, alert) for told in some) else "corrected"


def _agrees(told: AlertEvidence, verdict: Feedback, alert: Alert) -> bool:
    """Say whether a telling agrees with all that was put right; what it left unsaid is not wrong."""
    place = verdict.place is None or place_key(told.place, alert.extent) == place_key(verdict.place, alert.extent)
    kind = verdict.kind in (None, told.kind)
    return place and kind and _is(told.losing, verdict.from_holder) and _is(told.gaining, verdict.to_holder)


def _is(said: Actor | None, right: Actor | None) -> bool:
    return said is None or right is None or actor_key(said) == actor_key(right)


def _score(name: str, endings: list[str]) -> Score:
    right, judged = endings.count("right"), len(endings)
    low, high = wilson(right, judged)
    return Score(
        name=name,
        judged=judged,
        right=right,
        rejected=endings.count("rejected"),
        corrected=endings.count("corrected"),
        precision=round(right / judged, 4) if judged else 0.0,
        low=round(low, 4),
        high=round(high, 4),
    )
