"""When something that is dated roughly was out for certain."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import datetime, timedelta

from streams.mentions import Precision

_MOMENT = timedelta(seconds=1)


def out_by(published: datetime, precision: Precision | None) -> datetime:
    """Return when something of this date was out for certain: the last second of the day, week, month or year told."""
    ends: dict[Precision, Callable[[], timedelta]] = {
        Precision.DAY: lambda: timedelta(days=1),
        Precision.WEEK: lambda: timedelta(days=7),
        Precision.MONTH: lambda: timedelta(days=calendar.monthrange(published.year, published.month)[1]),
        Precision.YEAR: lambda: timedelta(days=365 + calendar.isleap(published.year)),
    }
    length = ends.get(precision) if precision else None
    return published + length() - _MOMENT if length else published
