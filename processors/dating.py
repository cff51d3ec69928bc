"""When what a claim tells happened, and when it could be known."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import NamedTuple

from streams.items import Claim, ItemRef
from streams.mentions import EventDate, Precision

_DATED = frozenset({Precision.INSTANT, Precision.DAY, Precision.WEEK, Precision.MONTH})


class Days(NamedTuple):
    """The days within which something happened, both included (UTC)."""

    first: date
    last: date


def known_at(claim: Claim) -> datetime:
    """Return when the claim could be known: when it was published, else fetched (UTC)."""
    return known_of(claim.item)


def known_of(item: ItemRef) -> datetime:
    """Return when an item could be known: when it was published, else fetched (UTC)."""
    return min(item.published_at, item.fetched_at) if item.published_at else item.fetched_at


def by_time(claim: Claim) -> tuple[datetime, str, int, str]:
    """Return the order in which claims became known, those of one item as they stand in its text."""
    return known_at(claim), claim.item.id, claim.evidence.start, claim.id


def event_of(claim: Claim) -> EventDate | None:
    """Return the event's date; a day that had not come when the text was read was read wrongly and is none."""
    return _come(claim.event_date, claim.item)


def _come(event: EventDate | None, item: ItemRef) -> EventDate | None:
    if event is None or event.from_ is None or event.from_ > item.fetched_at.date() + timedelta(days=1):
        return None
    return event


def days_of(claim: Claim) -> Days:
    """Return the days the text gives, to the month at least, else those of publication, else of fetching."""
    return days_told(claim.event_date, claim.item)


def days_told(date: EventDate | None, item: ItemRef) -> Days:
    """Return the days of a date told in an item, as `days_of` does for a claim."""
    event = _come(date, item)
    if event and event.from_ and event.precision in _DATED:
        return Days(event.from_, max(event.from_, event.to or event.from_))
    return _published_days(item)


def _published_days(item: ItemRef) -> Days:
    if item.published_at is None or item.published_precision is Precision.YEAR:
        return Days(item.fetched_at.date(), item.fetched_at.date())
    day = item.published_at.date()
    if item.published_precision is Precision.MONTH:
        return Days(day, day.replace(day=calendar.monthrange(day.year, day.month)[1]))
    return Days(day, day)
