"""How long news takes: event, publication, fetching, alert; measured for each source and told in percentiles.

Only the first revision of an alert is measured: later ones wait for other
sources, not for us. Each leg is counted where both of its ends are known
exactly enough; the event's day is known to the day at best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct

from streams.alerts import Alert
from streams.mentions import Precision

LEGS = ("event_to_published", "published_to_fetched", "fetched_to_alerted")
_SHARES = (0.5, 0.9, 0.95, 0.99)
# What people are told of later than this is no news any more, and has to say so: after an outage, from an archive.
LATE = timedelta(hours=1)
# A day or more may have passed of what is dated no more exactly.
_SLACK = {
    Precision.DAY: timedelta(days=1),
    Precision.WEEK: timedelta(days=7),
    Precision.MONTH: timedelta(days=31),
    Precision.YEAR: timedelta(days=366),
}


class Journey(Struct, frozen=True, kw_only=True):
    """What one alert took, in seconds a leg, and the source that brought it first; null where an end is unknown."""

    source: str
    demo: bool
    event_to_published: float | None
    published_to_fetched: float | None
    fetched_to_alerted: float


class Percentiles(Struct, frozen=True, kw_only=True):
    """Seconds that so many of a hundred alerts took at most (nearest rank), and how many alerts that were."""

    count: int
    p50: float
    p90: float
    p95: float
    p99: float


def journey(alert: Alert, alerted_at: datetime) -> Journey | None:
    """Return what an alert took from its first telling; None for later revisions. `alerted_at` is UTC."""
    if alert.revision > 1 or not alert.evidence:
        return None
    first = min(alert.evidence, key=lambda told: told.item.fetched_at).item
    return Journey(
        source=first.source,
        demo=alert.demo,
        event_to_published=alert.delays.event_to_published,
        published_to_fetched=alert.delays.published_to_fetched,
        fetched_to_alerted=max(0.0, (alerted_at - first.fetched_at).total_seconds()),
    )


def late_by(alert: Alert, alerted_at: datetime) -> float | None:
    """Return for how many seconds the report that opened an alert was out, at least, when people were told of it first.

    None where that was within an hour, and for later revisions. `alerted_at` is UTC.
    """
    precision = alert.delays.published_precision
    out_for = alerted_at - alert.opened_at - (_SLACK.get(precision, timedelta()) if precision else timedelta())
    return out_for.total_seconds() if alert.revision == 1 and out_for > LATE else None


def percentiles(seconds: Sequence[float]) -> Percentiles | None:
    """Return the percentiles of some delays, None where there is none."""
    if not seconds:
        return None
    ranked = sorted(seconds)
    p50, p90, p95, p99 = (ranked[ceil(share * len(ranked)) - 1] for share in _SHARES)
    return Percentiles(count=len(ranked), p50=p50, p90=p90, p95=p95, p99=p99)


def by_source(journeys: Iterable[Journey]) -> Mapping[str, Mapping[str, Percentiles]]:
    """Return for each source, in the order of their names, the percentiles of each leg that was measured."""
    legs: dict[str, dict[str, list[float]]] = defaultdict(lambda: {leg: [] for leg in LEGS})
    for one in journeys:
        for leg in LEGS:
            if (seconds := getattr(one, leg)) is not None:
                legs[one.source][leg].append(seconds)
    return {
        source: {leg: told for leg, seconds in legs[source].items() if (told := percentiles(seconds))}
        for source in sorted(legs)
    }
