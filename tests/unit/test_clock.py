"""The clock of the poller: the wall's, but it never goes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from connectors.polling.clock import Clock

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Wall:
    """A clock that can be set, and seconds that pass whatever it is set to."""

    at: datetime = NOON
    seconds: float = 0.0

    def passes(self, seconds: float) -> None:
        """Let time go by."""
        self.seconds += seconds
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def wall() -> Wall:
    """Return a wall's clock that shows noon."""
    return Wall()


@pytest.fixture
def clock(wall: Wall) -> Clock:
    """Return the poller's clock beside it."""
    return Clock(lambda: wall.at, lambda: wall.seconds)


def test_it_shows_the_walls_time(wall: Wall, clock: Clock) -> None:
    """As long as nobody sets the wall's clock, both say the same."""
    for _ in range(5):
        assert clock() == wall.at
        wall.passes(60)


def test_set_forward_it_follows(wall: Wall, clock: Clock) -> None:
    """An hour forward is an hour forward at once."""
    clock()
    wall.at += HOUR
    assert clock() == NOON + HOUR


def test_set_back_it_goes_on_slower(wall: Wall, clock: Clock) -> None:
    """An hour back, it goes on at three quarters of its pace until it is the wall's time again, four hours later."""
    clock()
    wall.at -= HOUR
    assert clock() == NOON
    wall.passes(60)
    assert clock() == NOON + timedelta(seconds=45)
    wall.passes(2 * 3600)
    assert clock() - wall.at == HOUR - timedelta(seconds=7260 / 4)
    wall.passes(2 * 3600)
    assert clock() == wall.at


def test_however_often_it_is_asked_it_goes_on_the_same(wall: Wall, clock: Clock) -> None:
    """Asking makes no time pass, nor hinders it."""
    clock()
    wall.at -= HOUR
    for _ in range(60):
        wall.passes(1)
        clock()
        clock()
    assert clock() == NOON + timedelta(seconds=45)


def test_another_day_is_followed(wall: Wall, clock: Clock) -> None:
    """A clock that is set back by more than a day is believed."""
    clock()
    wall.at -= timedelta(days=3)
    assert clock() == wall.at


def test_it_goes_on_from_where_a_process_before_came(wall: Wall, clock: Clock) -> None:
    """After a restart a moment a little in the future counts; one days ahead, or before now, does not."""
    clock.reach(NOON - HOUR)
    assert clock() == NOON
    clock.reach(NOON + timedelta(days=3))
    assert clock() == NOON
    clock.reach(NOON + HOUR)
    assert clock() == NOON + HOUR
    wall.passes(60)
    assert clock() == NOON + HOUR + timedelta(seconds=45)
