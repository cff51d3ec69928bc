"""When a source is asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.connector import Failure
from connectors.schedule import Schedule, after_failure, after_success, first, is_parked, patient, spread
from streams.sources import SourceSettings
from tests.feedmaker import NOW, SOURCE

SOFT = Failure(outcome="unavailable", text="no", weight=0.5)
HARD = Failure(outcome="refused", text="no", weight=1.0)
GONE = Failure(outcome="refused", text="gone", weight=1.0, gone=True)


def wait(schedule: Schedule) -> float:
    """Return the seconds from now to the next poll."""
    return (schedule.next_at - NOW).total_seconds()


def answered(known: Schedule | None = None, source: SourceSettings = SOURCE, **said: float | None) -> Schedule:
    """Return the schedule after an answer with validators and without jitter."""
    facts = {"weekly": 0, "hint": 0.0, "chance": 0.0, "has_validators": True, **said}
    return after_success(known or first(NOW), source, NOW, **facts)  # type: ignore[arg-type]


def test_first() -> None:
    """A source never read is due at once."""
    assert wait(first(NOW)) == 0


def test_spread() -> None:
    """A list's first polls are a second apart and all within five minutes; our own house does not wait."""
    assert [spread(SOURCE, place, 3).total_seconds() for place in range(3)] == [0, 1, 2]
    assert spread(SOURCE, 4999, 5000) < timedelta(minutes=5)
    own = SourceSettings(id="own", url="http://127.0.0.1/", allow_private=True)
    assert spread(own, 4999, 5000) == timedelta(0)


@pytest.mark.parametrize(("weekly", "seconds"), [(0, 3600), (84, 3600), (168, 1800), (336, 900), (5000, 300)])
def test_half_the_gap(weekly: int, seconds: float) -> None:
    """The wait is half the mean gap of the week, between the source's floor and an hour."""
    assert wait(answered(weekly=weekly)) == seconds


def source(**settings: object) -> SourceSettings:
    """Return a feed with these settings."""
    return SourceSettings.model_validate({"id": "s", "url": "http://a.example/", **settings})


def test_unconditional() -> None:
    """Without validators a feed is asked once an hour, other kinds at three times their floor, unless they say."""
    assert wait(answered(weekly=5000, has_validators=False)) == 3600
    page = source(kind="page")
    assert wait(answered(source=page, weekly=5000, has_validators=False)) == 900
    told = source(min_unconditional_seconds=600)
    assert wait(answered(source=told, weekly=5000, has_validators=False)) == 600
    slow = source(min_unconditional_seconds=60, min_interval_seconds=1200)
    assert wait(answered(source=slow, weekly=5000, has_validators=False)) == 1200


def test_scrolling() -> None:
    """A poll that knows nothing of the last halves the wait, one that knows little takes a quarter off it."""
    assert wait(answered(weekly=168, overlap=0.0)) == 900
    assert wait(answered(weekly=168, overlap=0.2)) == 1350
    assert wait(answered(weekly=168, overlap=0.5)) == 1800
    known = first(NOW)
    for _ in range(20):
        known = answered(known, weekly=0, overlap=0.0)
    assert wait(known) == 300, "the floor holds"


def test_scrolling_ends() -> None:
    """Where polls keep up again, the wait grows back to the usual one."""
    known = answered(overlap=0.0)
    waits = []
    for _ in range(5):
        known = answered(known, overlap=1.0)
        waits.append(wait(known))
    assert waits == [2250, 2812.5, 3515.625, 3600, 3600]


def test_first_reading_scrolls_nothing() -> None:
    """Where the overlap says nothing, the pace stays."""
    assert answered(answered(overlap=0.0)).pace == 0.5


def test_hint_only_lengthens() -> None:
    """A server's hint never shortens the wait and counts for a day at most."""
    assert wait(answered(weekly=336, hint=60)) == 900
    assert wait(answered(weekly=336, hint=7200)) == 7200
    assert wait(answered(hint=10**9)) == 86400


def test_jitter() -> None:
    """Jitter adds up to a tenth, at most half an hour."""
    assert wait(answered(weekly=168, chance=1.0)) == pytest.approx(1980)
    assert wait(answered(hint=86400, chance=1.0)) == 86400 + 1800


def test_week() -> None:
    """News older than seven days no longer counts."""
    today = int(NOW.timestamp() // 86400)
    known = Schedule(next_at=NOW, days={today - 7: 5000, today - 6: 336})
    assert wait(answered(known)) == 900


def test_own_house() -> None:
    """A source allowed to be private is polled at its floor, hints or not."""
    own = SourceSettings(id="own", url="http://127.0.0.1/", allow_private=True, min_interval_seconds=2)
    assert wait(answered(source=own, hint=3600, has_validators=False)) == 2


def test_failures_add_up() -> None:
    """Each failure lengthens the wait by its weight; a success forgets them."""
    once = after_failure(first(NOW), SOURCE, NOW, HARD, chance=0)
    thrice = after_failure(after_failure(once, SOURCE, NOW, HARD, chance=0), SOURCE, NOW, HARD, chance=0)
    assert (wait(once), wait(thrice)) == (900, 2700)
    assert answered(thrice).failures == 0


def test_quiet_source_fails() -> None:
    """The unit of a failing source is its usual wait: asking more often than when all is well is no politeness."""
    quiet, busy = answered(weekly=0), answered(weekly=5000)
    assert wait(after_failure(quiet, SOURCE, NOW, SOFT, chance=0)) == 3600
    assert wait(after_failure(busy, SOURCE, NOW, SOFT, chance=0)) == 900


def test_busy_without_a_time() -> None:
    """A busy host that names no time is left alone for ten minutes, then twice as long each time, two days at most."""
    busy = Failure(outcome="unavailable", text="busy", weight=0.25, host_wide=True, retry_after=600, guessed=True)
    known, waits = first(NOW), []
    for _ in range(11):
        asked = patient(known, busy)
        waits.append(asked.retry_after)
        known = after_failure(known, SOURCE, NOW, asked, chance=0)
        assert wait(known) >= asked.retry_after  # type: ignore[operator]
    assert waits == [600 * 2**n for n in range(9)] + [172800, 172800]
    assert patient(answered(known), busy).retry_after == 600, "an answer begins anew"


def test_busy_with_a_time() -> None:
    """A time that the server named is taken as it is, however often it came."""
    told = Failure(outcome="unavailable", text="busy", weight=0.25, host_wide=True, retry_after=77)
    assert patient(Schedule(next_at=NOW, busy=5), told) is told


def test_longest_pause() -> None:
    """A failing source is asked once a day, after thirty failures once in thirty days, never not at all."""
    assert wait(after_failure(Schedule(next_at=NOW, failures=29), SOURCE, NOW, HARD, chance=0)) == 900 * 30
    slow = SourceSettings(id="slow", url="http://a.example/", min_interval_seconds=40000)
    assert wait(after_failure(Schedule(next_at=NOW, failures=20), slow, NOW, HARD, chance=0)) == 86400
    assert wait(after_failure(Schedule(next_at=NOW, failures=4000), SOURCE, NOW, HARD, chance=0)) == 30 * 86400


def test_retry_after() -> None:
    """What the server asks for is waited out in full."""
    busy = Failure(outcome="unavailable", text="busy", weight=0.25, retry_after=5000)
    assert wait(after_failure(first(NOW), SOURCE, NOW, busy, chance=0)) == 5000


def test_own_network() -> None:
    """Where our own network is away, the source is asked again within a minute, later within fifteen."""
    away = Failure(outcome="unavailable", text="no name", weight=0.25, ours=True)
    assert wait(after_failure(first(NOW), SOURCE, NOW, away, chance=0)) == 60
    assert wait(after_failure(Schedule(next_at=NOW, failures=99), SOURCE, NOW, away, chance=0)) == 900


def test_gone() -> None:
    """Three answers of 410 over three days park a source for thirty days; one other answer ends the count."""
    days = [NOW - timedelta(days=day) for day in (4, 2, 0)]
    known = first(days[0])
    for day in days:
        known = after_failure(known, SOURCE, day, GONE, chance=0)
    assert wait(known) == 30 * 86400
    assert is_parked(known, NOW)
    assert after_failure(known, SOURCE, NOW, SOFT, chance=0).gone == 0
    quick = first(NOW)
    for _ in range(5):
        quick = after_failure(quick, SOURCE, NOW, GONE, chance=0)
    assert wait(quick) < 86400
