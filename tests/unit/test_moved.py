"""When a source's permanent redirects are believed."""

from __future__ import annotations

from datetime import timedelta

from connectors.polling.moved import Move, led, stumbled
from tests.feedmaker import NOW

NEW, OTHER = "https://new.example/feed", "https://other.example/feed"


def polls(count: int, hours: float, known: Move | None = None) -> Move:
    """Return the move after so many polls, so many hours apart, that all led to the new address."""
    move = known or Move()
    for number in range(count):
        move = led(move, NEW, NOW + timedelta(hours=hours * number))
    return move


def test_ten_polls_over_a_week() -> None:
    """Ten polls over seven days that led to the same place move the source; nine, or six days, do not."""
    assert polls(10, 7 * 24 / 9).address == NEW
    assert polls(9, 24).address is None
    assert polls(10, 6 * 24 / 9).address is None
    assert polls(2000, 1).address == NEW


def test_another_target() -> None:
    """Another target, or a poll without a redirect, begins the count anew."""
    almost = polls(9, 24)
    later = NOW + timedelta(days=9)
    assert led(almost, OTHER, later) == Move(target=OTHER, polls=1, since=later)
    assert led(led(almost, None, later), NEW, later).polls == 1
    assert led(almost, NEW, later).address == NEW


def test_unreadable_target() -> None:
    """A target that cannot be read is none, however long it has been: a maintenance page takes no feed's place."""
    assert stumbled(polls(9, 24), 0.5, is_unreadable=True) == Move()
    assert stumbled(polls(9, 24), 0.5, is_unreadable=False) == polls(9, 24)


def test_new_home_fails() -> None:
    """Where the new address fails three times over, the configured one is asked again."""
    home = polls(10, 24)
    assert stumbled(home, 2.5, is_unreadable=False).address == NEW
    assert stumbled(home, 3.0, is_unreadable=False) == Move()


def test_moves_on() -> None:
    """A source that has moved can move again, by the same rule."""
    home = polls(10, 24)
    for number in range(10):
        home = led(home, OTHER, NOW + timedelta(days=20 + number))
    assert home.address == OTHER
    assert led(home, None, NOW).address == OTHER
