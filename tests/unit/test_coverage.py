"""Silence is told once, by a subject's own habit, and ends when it is heard again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from processors.coverage import GAPS_KEPT, Silence, habit, heard_of, listen, spoken, tick
from streams.notices import Heard, Level, Notice, Subject, Tick
from streams.settings import CoverageSettings
from streams.steps import Passed
from tests.stories import AREA, RED, START, claim, item

SETTINGS = CoverageSettings()
HOURLY = [START + timedelta(hours=n) for n in range(10)]


def heard(at: datetime, subject: Subject = Subject.SOURCE) -> Heard:
    """Return a hearing of one subject."""
    return Heard(subject=subject, key="source|herald", name="herald", item_id="i", at=at)


def silence(times: list[datetime], subject: Subject = Subject.SOURCE) -> Silence:
    """Return what is remembered after these hearings."""
    memory = None
    for at in times:
        _, memory = listen(heard(at, subject), memory)
    assert memory is not None
    return memory


def raised(memory: Silence, at: datetime) -> tuple[list[Notice], Silence | None]:
    """Return the notices of one tick and what is remembered after it."""
    notices, after = tick(Tick(at=at), "source|herald", memory, settings=SETTINGS)
    return list(notices), after


def test_a_source_is_silent_after_three_times_its_habit() -> None:
    """A source heard every hour is told silent after more than three hours, and only once."""
    memory = silence(HOURLY)
    assert raised(memory, HOURLY[-1] + timedelta(hours=3)) == ([], memory)
    notices, after = raised(memory, HOURLY[-1] + timedelta(hours=3, minutes=1))
    told = [(one.level, one.last_heard, one.habit_seconds) for one in notices]
    assert told == [(Level.RAISED, HOURLY[-1], 3 * 3600.0)]
    assert after is not None
    assert raised(after, HOURLY[-1] + timedelta(hours=9)) == ([], after)


def test_heard_again_clears_the_same_alarm() -> None:
    """The notice that ends an alarm bears its id."""
    notices, after = raised(silence(HOURLY), HOURLY[-1] + timedelta(hours=5))
    outcome, again = listen(heard(HOURLY[-1] + timedelta(hours=6)), after)
    assert isinstance(outcome, Passed)
    assert [(one.id, one.level) for one in outcome.records] == [(notices[0].id, Level.CLEARED)]
    assert again.alarm is None


def test_a_source_without_a_habit_gets_the_long_time() -> None:
    """Until five gaps are known two days count."""
    assert habit(silence(HOURLY[:5]), SETTINGS) == 48 * 3600
    assert habit(silence(HOURLY[:6]), SETTINGS) == 3 * 3600


def test_one_fetch_is_one_hearing() -> None:
    """Forty items of one fetch make no habit of seconds."""
    burst = [START + timedelta(milliseconds=n) for n in range(40)]
    assert silence(burst).gaps == ()


def test_a_quick_source_is_not_told_silent_within_the_hour() -> None:
    """A source of every minute waits for the least time, one hour."""
    minutely = [START + timedelta(minutes=n) for n in range(100)]
    memory = silence(minutely)
    assert len(memory.gaps) == GAPS_KEPT
    assert habit(memory, SETTINGS) == 3600


def test_a_front_has_a_fixed_time() -> None:
    """A side on a front is told silent after a day, whatever its habit."""
    memory = silence(HOURLY, Subject.FRONT)
    assert raised(memory, HOURLY[-1] + timedelta(hours=23))[0] == []
    assert "no source close to this side" in raised(memory, HOURLY[-1] + timedelta(hours=25))[0][0].text


def test_what_is_silent_for_good_is_forgotten() -> None:
    """After ninety days nothing is remembered and nothing is told."""
    assert raised(silence(HOURLY), HOURLY[-1] + timedelta(days=91)) == ([], None)


def test_an_earlier_hearing_changes_nothing() -> None:
    """An item fetched before the last one leaves what is remembered."""
    memory = silence(HOURLY)
    assert listen(heard(HOURLY[3]), memory)[1] == memory


def test_an_item_is_heard_as_its_source_and_as_the_side_on_each_front() -> None:
    """A claim of a side's own source about a governorate counts for that side on that front, once."""
    told = [claim("red-news", place=AREA, gaining=RED, side="red", words=words) for words in ("one", "two")]
    found = heard_of(item("text", source="red-news"), told)
    assert [(one.subject, one.key) for one in found] == [
        (Subject.SOURCE, "source|red-news"),
        (Subject.FRONT, "front|SY|Sindiyan|red"),
    ]


@pytest.mark.parametrize(
    ("seconds", "words"), [(45.0, "45 seconds"), (150.0, "2 minutes"), (7200.0, "2 hours"), (190_000.0, "2 days")]
)
def test_times_are_spoken_in_a_unit_that_suits_them(seconds: float, words: str) -> None:
    """Seconds, minutes, hours and days are used from two of them on."""
    assert spoken(seconds) == words


def test_times_are_utc() -> None:
    """What is remembered bears a time zone."""
    assert silence(HOURLY).last.tzinfo is UTC
