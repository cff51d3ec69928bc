"""Which alert of one run is which of another: the same change keeps its id only while it is read the same way.

First come alerts of one id. An alert's id is made of its place, its sides and
the claim that opened it, so another lexicon, or another order of arrival, gives
the same change another id. Such alerts are told by what they are made of: the
same place, sides that agree and days within the window, of which a common item
tells; or else the same sentence, now read of another place or of other sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from msgspec import json

from streams.alerts import Alert
from streams.mentions import Actor, Precision

# What makes two actors one: an id, or folded words; None where nobody is named.
Key = Callable[[Actor | None], str | None]
Pair = tuple[Alert, Alert]


class Alike(NamedTuple):
    """When two alerts may be of one change: days no further apart than the window, and by what actors are compared."""

    window_days: float
    key: Key


class Paired(NamedTuple):
    """The alerts that both runs tell, those of the first alone and those of the second alone."""

    both: list[Pair]
    before: list[Alert]
    after: list[Alert]


# How near two alerts are, the nearest first: by which rule, how much they have in common, days apart; ids decide last.
Rank = tuple[int, int, int, int, str, str]


def latest(alerts: Iterable[Alert]) -> dict[str, Alert]:
    """Return the last revision of each alert by its id, in whatever order revisions come."""
    found: dict[str, Alert] = {}
    for alert in alerts:
        keep(found, alert)
    return found


def keep(found: dict[str, Alert], alert: Alert) -> None:
    """Put a revision in the place of an earlier one of its alert."""
    known = found.get(alert.id)
    if known is None or alert.revision > known.revision or _is_before(known, alert):
        found[alert.id] = alert


def _is_before(known: Alert, alert: Alert) -> bool:
    """Decide between two of one revision by their bytes, so that it does not matter which comes first."""
    return alert.revision == known.revision and json.encode(alert) > json.encode(known)


@dataclass(frozen=True, slots=True)
class _Sketch:
    """What of an alert says which other it may be: place, sides, days, the items that tell of it, their sentences."""

    id: str
    place: str
    sides: tuple[str | None, str | None]
    days: tuple[date, date]
    items: frozenset[str]
    sentences: frozenset[tuple[str, str]]


def _sketch(alert: Alert, key: Key) -> _Sketch:
    return _Sketch(
        alert.id,
        alert.place_key,
        (key(alert.from_holder), key(alert.to_holder)),
        days_of(alert),
        frozenset(told.item.id for told in alert.evidence),
        frozenset((told.item.id, told.evidence.sentence) for told in alert.evidence),
    )


def paired(before: Mapping[str, Alert], after: Mapping[str, Alert], alike: Alike) -> Paired:
    """Return which alerts of two runs are of one change; each is of one at most."""
    both = [(before[id_], after[id_]) for id_ in before.keys() & after.keys()]
    left = {id_: alert for id_, alert in before.items() if id_ not in after}
    right = {id_: alert for id_, alert in after.items() if id_ not in before}
    mine, its = ([_sketch(alert, alike.key) for alert in some.values()] for some in (left, right))
    for _, one, other in sorted(_candidates(mine, its, alike.window_days)):
        if one in left and other in right:
            both.append((left.pop(one), right.pop(other)))
    return Paired(both, list(left.values()), list(right.values()))


def _candidates(
    left: Iterable[_Sketch], right: Iterable[_Sketch], window_days: float
) -> Iterable[tuple[Rank, str, str]]:
    """Yield the pairs that may be of one change: an item tells both of the same place, or both in one sentence."""
    telling: dict[tuple[str, str], list[_Sketch]] = defaultdict(list)
    for other in right:
        for common in _common(other):
            telling[common].append(other)
    for one in left:
        near = {other.id: other for common in _common(one) for other in telling.get(common, ())}
        for other in near.values():
            if rank := _rank(one, other, window_days):
                yield rank, one.id, other.id


def _common(sketch: _Sketch) -> Iterable[tuple[str, str]]:
    """Yield what two alerts of one change have in common: an item with their place, or an item with a sentence."""
    yield from ((item, sketch.place) for item in sketch.items)
    yield from sketch.sentences


def _rank(one: _Sketch, other: _Sketch, window_days: float) -> Rank | None:
    """Return how near two alerts with a common item are, None where they are not of one change.

    It is the same whichever of them comes first.
    """
    sentences, items = len(one.sentences & other.sentences), len(one.items & other.items)
    same_place, agree, gap = one.place == other.place, _agree(one, other), _gap(one.days, other.days)
    if same_place and agree and gap <= window_days:
        rule = 0
    elif sentences and (same_place or agree):
        rule = 1
    else:
        return None
    return rule, -sentences, -items, gap, min(one.id, other.id), max(one.id, other.id)


def _agree(one: _Sketch, other: _Sketch) -> bool:
    """Say whether two alerts tell of the same sides; one that is not named agrees with any."""
    return all(None in pair or pair[0] == pair[1] for pair in zip(one.sides, other.sides, strict=True))


def days_of(alert: Alert) -> tuple[date, date]:
    """Return the first and last day of the event (UTC); the day of the first telling where the text gives none."""
    event, opened = alert.event_date, alert.opened_at.date()
    if event is None or event.from_ is None or event.precision in {None, Precision.YEAR}:
        return opened, opened
    return event.from_, max(event.from_, event.to or event.from_)


def _gap(mine: tuple[date, date], its: tuple[date, date]) -> int:
    """Return the days between two events, 0 where they touch."""
    return max(0, (its[0] - mine[1]).days, (mine[0] - its[1]).days)
