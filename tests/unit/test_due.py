"""Whose turn it is."""

from __future__ import annotations

from datetime import timedelta

from connectors.asking.gates import AT_ONCE
from connectors.connector import Purpose
from connectors.polling.due import Door, DueQueue
from tests.feedmaker import NOW

SECOND = timedelta(seconds=1)


def at(site: str, purpose: Purpose = Purpose.POLL) -> Door:
    return Door(site, purpose)


def free(_door: Door, _one: str) -> float:
    return 0.0


def taken(queue: DueQueue[str], now=NOW, pause=free) -> list[str]:
    """Take all who may go, each leaving before the next."""
    names = []
    while (found := queue.take(now, pause)) is not None:
        names.append(found[1])
        queue.leave(found[0])
    return names


def test_not_before_its_time() -> None:
    """Nobody goes before he is due, and the queue says when that is."""
    queue: DueQueue[str] = DueQueue()
    queue.put(NOW + 2 * SECOND, at("a"), "later")
    queue.put(NOW + SECOND, at("b"), "sooner")
    assert taken(queue) == []
    assert queue.next_at() == NOW + SECOND
    assert taken(queue, NOW + SECOND) == ["sooner"]
    assert taken(queue, NOW + 3 * SECOND) == ["later"]
    assert queue.next_at() is None


def test_large_site_starves_nobody() -> None:
    """Before a site's second source has its turn, every other site has had one."""
    queue: DueQueue[str] = DueQueue()
    for number in range(1000):
        queue.put(NOW, at("large"), f"large{number}")
    for number in range(5):
        queue.put(NOW, at(f"small{number}"), f"small{number}")
    assert set(taken(queue)[:6]) == {"large0", *(f"small{number}" for number in range(5))}


def test_in_order_at_one_door() -> None:
    """At one door it is first come, first served."""
    queue: DueQueue[str] = DueQueue()
    for number in range(10):
        queue.put(NOW - SECOND * (10 - number), at("a"), str(number))
    assert taken(queue) == [str(number) for number in range(10)]


def test_few_at_one_door() -> None:
    """As many as the door lets in at once go, the rest when somebody leaves."""
    queue: DueQueue[str] = DueQueue()
    for name in "abc":
        queue.put(NOW, at("site"), name)
    inside = [queue.take(NOW, free) for _ in range(3)]
    assert [found and found[1] for found in inside] == ["a", "b", None]
    assert len([found for found in inside if found]) == AT_ONCE[Purpose.POLL]
    assert queue.next_at() is None
    queue.leave(at("site"))
    assert queue.take(NOW, free) == (at("site"), "c")


def test_purposes_have_doors_of_their_own() -> None:
    """Pages that wait do not stand before a site's polls."""
    queue: DueQueue[str] = DueQueue()
    for number in range(50):
        queue.put(NOW, at("site", Purpose.PAGE), f"page{number}")
    queue.put(NOW, at("site"), "poll")
    assert "poll" in taken(queue)[:2]


def test_resting_door() -> None:
    """A door that rests keeps its own waiting and nobody else's."""
    queue: DueQueue[str] = DueQueue()
    queue.put(NOW, at("resting"), "a")
    queue.put(NOW, at("open"), "b")

    def pause(door: Door, _one: str) -> float:
        return 7.0 if door.site == "resting" else 0.0

    assert taken(queue, pause=pause) == ["b"]
    assert queue.next_at() == NOW + 7 * SECOND
    assert taken(queue, NOW + 6 * SECOND) == []
    assert taken(queue, NOW + 7 * SECOND) == ["a"]


def test_dropped() -> None:
    """Those who wait for a time that does not matter any more are forgotten, the others keep theirs."""
    queue: DueQueue[str] = DueQueue()
    for number, name in enumerate(("over", "first", "over", "second")):
        queue.put(NOW + number * SECOND, at("a.example"), name)
    queue.drop(lambda name: name == "over")
    assert queue.next_at() == NOW + SECOND
    assert taken(queue, NOW + 9 * SECOND) == ["first", "second"]
