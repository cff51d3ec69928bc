"""When a source is asked again: pure, from what it said and how often it has news.

Half the mean gap between its items of the last seven days, within a floor and
a ceiling, lengthened by what the server asks for and by a jitter of up to a
tenth. A failing source waits longer with each failure and is never dropped.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from connectors.connector import Failure
from streams.sources import SourceSettings

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
# An alert late by the mean gap of a quiet source would be late by a day; a conditional GET an hour costs nothing.
CEILING = HOUR
# Without validators each poll is a whole download.
UNCONDITIONAL = 3
FIRST_PAUSE = 15 * MINUTE
LONG_FAILURES = 30
PARKED = 30 * DAY
GONE_POLLS, GONE_DAYS = 3, 3.0
MAX_JITTER = 30 * MINUTE


class Schedule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A source's place in time.

    `days` holds the count of new items for each of the last seven days, by day
    number since 1970; `failures` is the weighted sum since the last success;
    `gone_since` and `gone` follow answers of 410.
    """

    next_at: datetime
    days: dict[int, int] = {}
    failures: float = 0.0
    gone: int = 0
    gone_since: datetime | None = None


def first(now: datetime) -> Schedule:
    """Return the schedule of a source never read: at once."""
    return Schedule(next_at=now)


def spread(source: SourceSettings, place: int, count: int) -> timedelta:
    """Return how long the source at this place among `count` waits before it is first read.

    A second after the one before it, and all within five minutes: a list of
    feeds read in one moment would stand before its own news. Sources of our
    own house do not wait.
    """
    return timedelta(0) if source.allow_private else timedelta(seconds=place * min(1.0, 300.0 / count))


def _today(now: datetime) -> int:
    return int(now.timestamp() // DAY)


def _counted(days: dict[int, int], now: datetime, weekly: int) -> dict[int, int]:
    recent = {day: count for day, count in days.items() if _today(now) - 7 < day <= _today(now)}
    return {**recent, _today(now): recent.get(_today(now), 0) + weekly}


def _base(source: SourceSettings, days: dict[int, int], *, has_validators: bool) -> float:
    floor = source.min_interval_seconds * (1 if has_validators else UNCONDITIONAL)
    return min(max(7 * DAY / max(1, sum(days.values())) / 2, floor), max(CEILING, floor))


def _jittered(seconds: float, chance: float) -> timedelta:
    return timedelta(seconds=seconds + min(seconds * 0.1 * chance, MAX_JITTER))


def after_success(
    known: Schedule,
    source: SourceSettings,
    now: datetime,
    *,
    weekly: int,
    hint: float,
    has_validators: bool,
    chance: float,
) -> Schedule:
    """Return the schedule after an answer; `hint` in seconds only lengthens, `chance` is a random 0 to 1.

    A source of our own house (`allow_private`) is asked at its floor: the rest
    of the rule is for other people's doors.
    """
    days = _counted(known.days, now, weekly)
    if source.allow_private:
        return Schedule(next_at=now + timedelta(seconds=source.min_interval_seconds), days=days)
    wait = max(_base(source, days, has_validators=has_validators), min(hint, DAY))
    return Schedule(next_at=now + _jittered(wait, chance), days=days)


def _is_parked(schedule: Schedule, now: datetime) -> bool:
    since = schedule.gone_since
    return schedule.gone >= GONE_POLLS and since is not None and now - since >= timedelta(days=GONE_DAYS)


def _pause(source: SourceSettings, schedule: Schedule, failure: Failure) -> float:
    """Return the wait in seconds: longer with each failure, short where our own network is away."""
    if failure.ours:
        return min(MINUTE * max(1.0, schedule.failures), FIRST_PAUSE)
    base = source.min_interval_seconds if source.allow_private else max(source.min_interval_seconds, FIRST_PAUSE)
    longest = PARKED if schedule.failures > LONG_FAILURES else DAY
    return min(base * max(1.0, schedule.failures), longest)


def after_failure(
    known: Schedule, source: SourceSettings, now: datetime, failure: Failure, *, chance: float
) -> Schedule:
    """Return the schedule after a poll that brought nothing; Retry-After is waited out in full."""
    failed = replace(
        known,
        failures=known.failures + failure.weight,
        gone=known.gone + 1 if failure.gone else 0,
        gone_since=(known.gone_since or now) if failure.gone else None,
    )
    wait = PARKED if _is_parked(failed, now) else _pause(source, failed, failure)
    wait = max(wait, failure.retry_after or 0.0)
    return replace(failed, next_at=now + _jittered(wait, chance))
