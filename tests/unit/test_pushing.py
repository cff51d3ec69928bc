"""What a hub's words and bodies make of a source's progress."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.connector import Reading
from connectors.hubs.leases import RETRY, SUBSCRIBE, UNSUBSCRIBE, Lease, asked, capability
from connectors.hubs.pushing import (
    as_answer,
    hastened,
    is_due,
    lease_at,
    received,
    taken_over,
    tended,
    with_lease,
)
from connectors.polling.progress import Progress, begun, cursor_of, loaded
from streams.items import SourceHealth
from tests.feedmaker import NOW, SOURCE, URL, poll

HUB, OTHER = ("https://hub.example/", URL), ("https://other.example/", URL)
CALLBACK, HOUR, DAY = "https://reader.example", timedelta(hours=1), timedelta(days=1)
HEALTH = SourceHealth(polled_at=NOW, next_at=NOW + HOUR, outcome="ok", text="as before", items_total=5, pages=2)
KNOWN = replace(begun(NOW, URL), hub=HUB, health=HEALTH)
LEASE = replace(asked(HUB, CALLBACK, "old", 864_000, NOW), verified_at=NOW, until=NOW + 10 * DAY, ask_at=NOW + 8 * DAY)


def asks(known: Progress, after: timedelta = timedelta(0), callback: str = CALLBACK) -> tuple[Progress, list[str]]:
    """Return the progress after a look at what is due, and what is asked, as words."""
    if not is_due(known, callback, NOW + after):
        return known, []
    known, askings = tended(known, callback=callback, seconds=864_000, key="new", now=NOW + after)
    return known, [f"{one.mode} {one.lease.hub}" for one in askings]


def test_asked_once() -> None:
    """A source that names a hub is subscribed there, once: not again before 23 hours without an answer."""
    known, first = asks(KNOWN)
    assert first == [f"{SUBSCRIBE} {HUB[0]}"]
    assert known.lease
    assert asks(known, RETRY - HOUR)[1] == []
    assert asks(known, RETRY)[1] == first
    assert asks(known, RETRY)[0].lease == replace(known.lease, asked_at=NOW + RETRY, ask_at=NOW + 2 * RETRY)
    assert asks(replace(KNOWN, hub=None))[1] == []


def test_renewed() -> None:
    """At four fifths of its lease a subscription is renewed under the same callback."""
    known = with_lease(KNOWN, LEASE)
    assert asks(known, 8 * DAY - HOUR)[1] == []
    renewed, words = asks(known, 8 * DAY)
    assert words == [f"{SUBSCRIBE} {HUB[0]}"]
    assert renewed.lease
    assert (capability(renewed.lease), renewed.lease.until) == (capability(LEASE), LEASE.until)


@pytest.mark.parametrize("hub", [OTHER, (HUB[0], "http://news.example/moved.xml")])
def test_hub_moved(hub: tuple[str, str]) -> None:
    """Where a source names another hub or topic the old subscription is ended and a new one made, once an hour."""
    known = with_lease(replace(KNOWN, hub=hub), LEASE)
    assert asks(known, HOUR / 2)[1] == []
    after, words = asks(known, HOUR)
    assert words == [f"{UNSUBSCRIBE} {HUB[0]}", f"{SUBSCRIBE} {hub[0]}"]
    assert after.lease
    assert after.ended
    assert (after.lease.key, after.lease.topic, after.ended.key) == ("new", hub[1], "old")
    assert lease_at(after, capability(after.ended)) is after.ended
    over = asks(after, HOUR + RETRY)[0]
    assert over.ended is None


def test_hub_vanished() -> None:
    """Where a source names no hub any more its subscription is ended, and it is polled as before."""
    after, words = asks(with_lease(replace(KNOWN, hub=None), LEASE), HOUR)
    assert words == [f"{UNSUBSCRIBE} {HUB[0]}"]
    assert after.lease is None
    assert after.health
    assert after.health.leased_until is None
    assert asks(after, 2 * HOUR)[1] == []


def test_never_verified() -> None:
    """A subscription that never was is not ended: the next one simply takes its place."""
    pending = asked(OTHER, CALLBACK, "old", 864_000, NOW)
    assert asks(with_lease(KNOWN, pending), HOUR)[1] == [f"{SUBSCRIBE} {HUB[0]}"]


def test_other_callback() -> None:
    """A subscription made for another address of ours is no good here: it is polled at once and subscribed anew."""
    known = with_lease(replace(KNOWN, schedule=replace(KNOWN.schedule, next_at=NOW + DAY)), LEASE)
    for callback in ("https://elsewhere.example", ""):
        taken = taken_over(known, callback, NOW + HOUR)
        assert taken.schedule.next_at == NOW + HOUR
        assert taken.health
        assert taken.health.leased_until is None
    assert asks(taken, callback="https://elsewhere.example")[1] == [f"{SUBSCRIBE} {HUB[0]}"]
    same = taken_over(known, CALLBACK, NOW + HOUR)
    assert (same.lease, same.schedule.next_at) == (LEASE, NOW + HOUR)
    assert taken_over(KNOWN, "", NOW) == KNOWN


def test_kept() -> None:
    """Subscriptions come back from the cursor as they were saved, and health shows no secret of theirs."""
    known = replace(with_lease(KNOWN, LEASE), ended=replace(LEASE, key="older"))
    cursor = cursor_of(SOURCE, known, NOW)
    assert loaded(cursor) == known
    assert LEASE.key not in str(cursor.health)


def push(lease: Lease, *, weekly: int = 1, at: timedelta = HOUR / 2, known: Progress = KNOWN) -> Progress:
    """Return the progress after a pushed body."""
    reading = Reading(state=b"{}", fresh=1, weekly=weekly)
    return received(known, SOURCE, replace(lease, pushed_at=NOW + at), reading, NOW + at).progress


def test_received() -> None:
    """A push counts as news and puts the next poll off, never to later than a day after the last."""
    known = push(LEASE)
    assert known.schedule.next_at == NOW + DAY
    assert known.health
    assert (known.health.items_new, known.health.items_total, known.health.items_week) == (1, 6, 1)
    assert (known.health.polled_at, known.health.text, known.health.pages) == (NOW, "as before", 2)
    assert known.health.pushed_at == NOW + HOUR / 2
    assert push(LEASE, at=20 * HOUR).schedule.next_at == NOW + DAY
    assert push(LEASE, weekly=168).schedule.next_at == NOW + HOUR / 2 + 3 * HOUR


def test_received_of_failing() -> None:
    """Of a source that fails the next poll stays where it is, and so it does where there is no lease."""
    failing = replace(KNOWN, schedule=replace(KNOWN.schedule, failures=1.0, next_at=NOW + HOUR))
    assert push(LEASE, known=failing).schedule.next_at == NOW + HOUR
    waiting = replace(KNOWN, schedule=replace(KNOWN.schedule, next_at=NOW + HOUR))
    assert push(replace(LEASE, until=None), known=waiting).schedule.next_at == NOW + HOUR
    assert hastened(failing, SOURCE, NOW) == failing


def test_hastened() -> None:
    """A ping lets a source be polled now, at its floor at the earliest, and never later than it would have been."""
    late = replace(KNOWN, schedule=replace(KNOWN.schedule, next_at=NOW + DAY))
    floor = timedelta(seconds=SOURCE.min_interval_seconds)
    assert hastened(late, SOURCE, NOW).schedule.next_at == NOW + floor
    assert hastened(late, SOURCE, NOW + HOUR).schedule.next_at == NOW + HOUR
    assert hastened(KNOWN, SOURCE, NOW).schedule.next_at == NOW


def test_as_answer() -> None:
    """A pushed body is read as news alone, and the source's validators still hold after it."""
    found = as_answer(poll(etag='W/"a"'), b"x", "text/xml")
    assert (found.status, found.url, found.body) == (226, URL, b"x")
    assert found.headers == {"etag": 'W/"a"', "content-type": "text/xml"}


def test_health() -> None:
    """Health says until when a hub pushes, when it last did, what was refused and what went wrong."""
    lease = replace(LEASE, pushed_at=NOW, refused=3, text="why")
    shown = with_lease(KNOWN, lease).health
    assert shown
    assert (shown.leased_until, shown.pushed_at, shown.pushes_refused, shown.push_text) == (LEASE.until, NOW, 3, "why")
    assert with_lease(replace(KNOWN, health=None), lease).health is None
