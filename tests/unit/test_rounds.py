"""Who waits where, when a hub's word changes what a source needs."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, cast

from msgspec.structs import replace

from connectors.asking.gates import Gates
from connectors.polling.means import Poller
from connectors.polling.progress import Progress, begun
from connectors.polling.rounds import STALE, Round, Standing
from streams.counters import Counters
from tests.feedmaker import NOW, SOURCE, URL

HOUR = timedelta(hours=1)


def later(hours: int) -> Progress:
    """Return the progress of a source that is due in so many hours."""
    known = begun(NOW, URL)
    return replace(known, schedule=replace(known.schedule, next_at=NOW + hours * HOUR))


def rounds() -> tuple[Round, Standing]:
    """Return a round with one source that is due in a day."""
    missing = cast("Any", None)
    gates = Gates(clock=lambda: 0.0, sleep=asyncio.sleep)
    poller = Poller(journal=missing, web=missing, readers=missing, gates=gates, counters=Counters(), now=lambda: NOW)
    turns, one = Round(poller=poller), Standing(poller, SOURCE, later(24))
    turns.add(one)
    return turns, one


def test_sooner() -> None:
    """A source that has become due takes a new place, and its old one is over."""
    turns, one = rounds()
    one.progress = later(0)
    turns.put_anew(one)
    found = turns.queue.take(NOW, turns.pause)
    assert found
    assert (found[1].one, found[1].is_over) == (one, False)
    turns.queue.leave(found[0])
    old = turns.queue.take(NOW + 48 * HOUR, turns.pause)
    assert old
    assert old[1].is_over
    assert turns.changed.is_set()


def test_running() -> None:
    """A source whose turn is under way takes no place: its turn's end gives it one, so that it has never two turns."""
    turns, one = rounds()
    assert turns.queue.take(NOW + 24 * HOUR, turns.pause)
    one.running, one.progress = True, later(0)
    turns.put_anew(one)
    assert turns.queue.next_at() is None


def test_bounded() -> None:
    """However often a hub pushes, places that are over do not gather."""
    turns, one = rounds()
    for _ in range(5 * STALE):
        turns.put_anew(one)
    assert len(turns.queue._later) < 2 * STALE
    live = 0
    while (found := turns.queue.take(NOW + 24 * HOUR, turns.pause)) is not None:
        live += not found[1].is_over
        turns.queue.leave(found[0])
    assert live == 1
