"""When a source is asked again: pure, from what it said and how often it has news.

Half the mean gap between its items of the last seven days, within a floor and
a ceiling, sooner where entries scroll away between two polls, lengthened by
what the server asks for and by a jitter of up to a tenth. A failing source
waits longer with each failure and is never dropped.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from connectors.asking.status import LONGEST_WAIT
from connectors.connector import Failure
from streams.sources import SourceSettings

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
# An alert late by the mean gap of a quiet source would be late by a day; a conditional GET an hour costs nothing.
CEILING = HOUR
# A news sitemap is a site's list of the last two days, kept for search engines that come every few minutes.
SITEMAP_CEILING = 15 * MINUTE
UNCONDITIONAL = 3
FIRST_PAUSE = 15 * MINUTE
LONG_FAILURES = 30
PARKED = 30 * DAY
GONE_POLLS, GONE_DAYS = 3, 3.0
MAX_JITTER = 30 * MINUTE
# Shares of a document that were known: below the first it scrolls too fast for us, from the second we keep up.
LITTLE, MUCH = 1 / 3, 2 / 3
LEAST_PACE = 1 / 16


class Schedule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A source's place in time.

    `days` holds the count of new items for each of the last seven days, by day
    number since 1970; `pace` shortens the wait where entries scroll away
    between two polls (1 down to a sixteenth); `failures` is the weighted sum
    since the last success, `busy` counts the refusals in a row that named no
    time; `gone_since` and `gone` follow answers of 410.
    """

    next_at: datetime
    days: dict[int, int] = {}
    pace: float = 1.0
    failures: float = 0.0
    busy: int = 0
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


def counted(days: dict[int, int], now: datetime, weekly: int) -> dict[int, int]:
    """Return the new items of each of the last seven days, with `weekly` more today."""
    recent = {day: count for day, count in days.items() if _today(now) - 7 < day <= _today(now)}
    return {**recent, _today(now): recent.get(_today(now), 0) + weekly}


def _paced(pace: float, overlap: float | None) -> float:
    """Return the next pace: half where nothing was known, less where little was, back where we keep up."""
    if overlap is None or LITTLE <= overlap < MUCH:
        return pace
    if overlap >= MUCH:
        return min(pace * 1.25, 1.0)
    return max(pace * (0.75 if overlap else 0.5), LEAST_PACE)


def unconditional(source: SourceSettings) -> float:
    """Return the floor in seconds where each poll is a whole download: an hour for a feed, unless the source says.

    Pages, channels and listings hardly ever come with validators: three times their usual floor.
    """
    floor = source.min_interval_seconds
    usual = HOUR if source.kind == "feed" else UNCONDITIONAL * floor
    return max(usual if source.min_unconditional_seconds is None else source.min_unconditional_seconds, floor)


def _base(source: SourceSettings, known: Schedule, *, has_validators: bool) -> float:
    floor = source.min_interval_seconds if has_validators else unconditional(source)
    ceiling = max(SITEMAP_CEILING if source.kind == "sitemap" else CEILING, floor)
    usual = min(max(7 * DAY / max(1, sum(known.days.values())) / 2, floor), ceiling)
    return max(usual * known.pace, floor)


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
    overlap: float | None = None,
) -> Schedule:
    """Return the schedule after an answer; `hint` in seconds only lengthens, `chance` is a random 0 to 1.

    `overlap` is the share of the answer that was known before. A source of our
    own house (`allow_private`) is asked at its floor: the rest of the rule is
    for other people's doors.
    """
    after = Schedule(next_at=now, days=counted(known.days, now, weekly), pace=_paced(known.pace, overlap))
    if source.allow_private:
        return replace(after, next_at=now + timedelta(seconds=source.min_interval_seconds))
    wait = max(_base(source, after, has_validators=has_validators), min(hint, DAY))
    return replace(after, next_at=now + _jittered(wait, chance))


def is_parked(known: Schedule, now: datetime) -> bool:
    """Whether the source has said 410 three times over three days: it is probed every thirty days."""
    since = known.gone_since
    return known.gone >= GONE_POLLS and since is not None and now - since >= timedelta(days=GONE_DAYS)


def patient(known: Schedule, failure: Failure) -> Failure:
    """Return the failure with its wait doubled for each busy answer before it, where the server named none."""
    if not failure.guessed or failure.retry_after is None:
        return failure
    longer = min(failure.retry_after * 2 ** min(known.busy, 16), LONGEST_WAIT)
    return dataclasses.replace(failure, retry_after=longer)


def _pause(source: SourceSettings, schedule: Schedule, failure: Failure) -> float:
    """Return the wait in seconds: longer with each failure, short where our own network is away.

    The unit is the source's usual wait, a quarter of an hour at least; a
    source never read has no habit yet.
    """
    if failure.ours:
        return min(MINUTE * max(1.0, schedule.failures), FIRST_PAUSE)
    unit = source.min_interval_seconds
    if not source.allow_private:
        usual = _base(source, schedule, has_validators=True) if schedule.days else unit
        unit = max(usual, FIRST_PAUSE)
    longest = PARKED if schedule.failures > LONG_FAILURES else DAY
    return min(unit * max(1.0, schedule.failures), longest)


def after_failure(
    known: Schedule, source: SourceSettings, now: datetime, failure: Failure, *, chance: float
) -> Schedule:
    """Return the schedule after a poll that brought nothing; Retry-After is waited out in full."""
    failed = replace(
        known,
        failures=known.failures + failure.weight,
        busy=known.busy + 1 if failure.guessed else 0,
        gone=known.gone + 1 if failure.gone else 0,
        gone_since=(known.gone_since or now) if failure.gone else None,
    )
    wait = PARKED if is_parked(failed, now) else _pause(source, failed, failure)
    wait = max(wait, failure.retry_after or 0.0)
    return replace(failed, next_at=now + _jittered(wait, chance))
