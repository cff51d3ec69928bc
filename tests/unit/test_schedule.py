"""When a source is asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.connector import Failure
from connectors.schedule import Schedule, after_failure, after_success, first, spread
from streams.sources import SourceSettings
from tests.feedmaker import NOW, SOURCE

SOFT = Failure(outcome="unavailable", text="no", weight=0.5)
HARD = Failure(outcome="refused", text="no", weight=1.0)
GONE = Failure(outcome="refused", text="gone", weight=1.0, gone=True)


def wait(schedule: Schedule) -> float:
    """Return the seconds from now to the next poll."""
    return (schedule.next_at - NOW).total_seconds()


def answered(known: Schedule | None = None, source: SourceSettings = SOURCE, **said: float) -> Schedule:
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


def test_unconditional() -> None:
    """Without validators the floor is three times as high."""
    assert wait(answered(weekly=5000, has_validators=False)) == 900


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
    assert after_failure(known, SOURCE, NOW, SOFT, chance=0).gone == 0
    quick = first(NOW)
    for _ in range(5):
        quick = after_failure(quick, SOURCE, NOW, GONE, chance=0)
    assert wait(quick) < 86400
