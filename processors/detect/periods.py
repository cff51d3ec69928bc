"""Periods of days: what the words for a time come to, counted from the day a text was published.

Every function returns the first and last day, both included, with the
precision that the words have, or days of None where they cannot be known.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from streams.mentions import Precision

FEW = 4  # of anything that "the last few" reaches back


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, None where unknown, and how exactly the words say it."""

    first: date | None
    last: date | None
    precision: Precision


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day from which relative words count; `exact` where it is a day, not a month or a year."""

    day: date | None
    exact: bool


def anchored(day: date | None, precision: Precision | None) -> Anchor:
    """Return the anchor for a publication date of this precision; a period counts from its last day."""
    if day is None:
        return Anchor(None, exact=False)
    if precision is Precision.MONTH:
        return Anchor(day.replace(day=monthrange(day.year, day.month)[1]), exact=False)
    if precision is Precision.YEAR:
        return Anchor(day.replace(month=12, day=31), exact=False)
    if precision is Precision.WEEK:
        return Anchor(_shifted(day, 6), exact=False)
    return Anchor(day, exact=True)


def days_ago(anchor: Anchor, days: int) -> Period:
    """Return the day so many days before the anchor."""
    day = _shifted(anchor.day, -days) if anchor.day and anchor.exact else None
    return Period(day, day, Precision.DAY)


def few(anchor: Anchor, unit: Precision) -> Period:
    """Return "the last few" days, weeks or months, up to the anchor; as exact as the next larger unit."""
    precision = {Precision.DAY: Precision.WEEK, Precision.WEEK: Precision.MONTH}.get(unit, Precision.YEAR)
    if not (anchor.day and anchor.exact):
        return Period(None, None, precision)
    days = {Precision.DAY: 1, Precision.WEEK: 7}.get(unit, 30)
    return Period(_shifted(anchor.day, -FEW * days), anchor.day, precision)


def units_ago(anchor: Anchor, count: int, unit: Precision) -> Period:
    """Return the day, week, month or year so many units before the anchor: a week ago is that day and three around."""
    if unit is Precision.DAY:
        return days_ago(anchor, count)
    if not (anchor.day and anchor.exact):
        return Period(None, None, unit)
    if unit is Precision.WEEK:
        middle = _shifted(anchor.day, -7 * count)
        return Period(_shifted(middle, -3), _shifted(middle, 3), unit)
    if unit is Precision.MONTH:
        months = anchor.day.year * 12 + anchor.day.month - 1 - count
        return month(months // 12, months % 12 + 1)
    return year(anchor.day.year - count)


def week(anchor: Anchor, back: int) -> Period:
    """Return the week so many weeks back, Monday to Sunday; this week ends with the anchor."""
    if not (anchor.day and anchor.exact):
        return Period(None, None, Precision.WEEK)
    monday = _shifted(anchor.day, -anchor.day.weekday() - 7 * back)
    return Period(monday, min(_shifted(monday, 6), anchor.day), Precision.WEEK)


def weekday(anchor: Anchor, number: int, *, before: bool = False, after: bool = False) -> Period:
    """Return the latest such weekday up to the anchor (0 is Monday); `before` leaves the anchor's own day out."""
    if not (anchor.day and anchor.exact):
        return Period(None, None, Precision.DAY)
    back = (anchor.day.weekday() - number) % 7
    day = _shifted(anchor.day, 7 - back if after else -(back or 7) if before else -back)
    return Period(day, day, Precision.DAY)


def on(anchor: Anchor, year_: int | None, month_: int, day_: int) -> Period | None:
    """Return a calendar day, without a year the latest up to the anchor; None where there is no such day."""
    if year_ is None and anchor.day is None:
        return Period(None, None, Precision.DAY) if 1 <= month_ <= 12 and 1 <= day_ <= 31 else None  # noqa: PLR2004 - the calendar
    try:
        day = date(anchor.day.year if year_ is None else year_, month_, day_)  # type: ignore[union-attr]  # one of both is there
        if year_ is None and anchor.day and day > _shifted(anchor.day, 2):
            day = day.replace(year=day.year - 1)
    except ValueError:
        return None
    return Period(day, day, Precision.DAY)


def month(year_: int, month_: int) -> Period:
    """Return a whole month."""
    return Period(date(year_, month_, 1), date(year_, month_, monthrange(year_, month_)[1]), Precision.MONTH)


def named_month(anchor: Anchor, year_: int | None, month_: int) -> Period:
    """Return a month; without a year the latest that has begun by the anchor."""
    if year_ is not None:
        return month(year_, month_)
    if anchor.day is None:
        return Period(None, None, Precision.MONTH)
    return month(anchor.day.year - (month_ > anchor.day.month), month_)


def year(year_: int) -> Period:
    """Return a whole year."""
    return Period(date(year_, 1, 1), date(year_, 12, 31), Precision.YEAR)


def year_of(anchor: Anchor, back: int) -> Period:
    """Return the anchor's year or one before it."""
    return year(anchor.day.year - back) if anchor.day else Period(None, None, Precision.YEAR)


def month_of(anchor: Anchor, back: int) -> Period:
    """Return the anchor's month or one before it."""
    if not anchor.day:
        return Period(None, None, Precision.MONTH)
    months = anchor.day.year * 12 + anchor.day.month - 1 - back
    return month(months // 12, months % 12 + 1)


def _shifted(day: date, days: int) -> date:
    """Move a day, staying within the calendar that Python has."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
