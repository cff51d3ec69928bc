"""What each answer makes of a source's progress."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from connectors.asking.status import refusal
from connectors.connector import Failure, Reading
from connectors.hubs.leases import asked
from connectors.polling.progress import (
    MAX_DEAD,
    Progress,
    at_home,
    begun,
    buried,
    cursor_of,
    failed,
    loaded,
    news_of_health,
    paged,
    polled,
)
from connectors.reading.letters import FIRST_MIB
from streams.errors import SourceUnreadable
from streams.items import Cursor
from tests.feedmaker import NOW, SOURCE, URL, answer
from tests.raw import raw_item

NEW = "https://new.example/feed.xml"
READ = Reading(state=b'{"a": 1}', fresh=3, weekly=3, has_validators=True)
ERROR = SourceUnreadable("no feed")


def test_cursor() -> None:
    """Progress and health come back from the cursor as they were saved."""
    progress = polled(begun(NOW, URL), SOURCE, answer("x"), READ, now=NOW, chance=0).progress
    cursor = cursor_of(SOURCE, progress, NOW)
    assert loaded(cursor) == progress
    assert cursor.health
    assert (cursor.source, cursor.health.outcome, cursor.health.items_new) == ("harbour", "ok", 3)


def test_no_state() -> None:
    """A source that failed at once, or whose kind keeps nothing, has a cursor that can be read again."""
    unread = failed(begun(NOW, URL), SOURCE, refusal(URL, 404, {}, NOW), now=NOW, chance=0).progress
    stateless = polled(unread, SOURCE, answer("x"), Reading(state=b""), now=NOW, chance=0).progress
    for progress in (unread, stateless, loaded(cursor_of(SOURCE, stateless, NOW))):
        assert loaded(cursor_of(SOURCE, progress, NOW)) == progress


def test_foreign_cursor() -> None:
    """A cursor of another make is told from ours."""
    with pytest.raises(msgspec.DecodeError):
        loaded(Cursor(source="harbour", state=b'{"else": 1}', saved_at=NOW))


def test_failure_keeps_what_is_known() -> None:
    """A failed poll keeps the state and the total, and shows the failure with its status."""
    before = polled(begun(NOW, URL), SOURCE, answer("x"), READ, now=NOW, chance=0).progress
    after = failed(before, SOURCE, refusal(URL, 404, {}, NOW), now=NOW, chance=0).progress
    assert bytes(after.own) == b'{"a": 1}'
    assert after.health
    assert (after.health.outcome, after.health.http_status) == ("unavailable", 404)
    assert (after.health.items_new, after.health.items_total) == (0, 3)


def test_hints() -> None:
    """Freshness is waited out always, a feed's own ttl only where it gives no validators."""
    fresh = answer("x", cache_control="max-age=7200")
    with_hint = Reading(state=b"{}", hint=9000, weekly=5000, has_validators=True)
    without = Reading(state=b"{}", hint=9000, weekly=5000, has_validators=False)

    def wait(reading: Reading, response: object = answer("x")) -> timedelta:
        return polled(begun(NOW, URL), SOURCE, response, reading, now=NOW, chance=0).progress.schedule.next_at - NOW  # type: ignore[arg-type]

    assert wait(READ, fresh) == timedelta(seconds=7200)
    assert wait(with_hint) == timedelta(seconds=300)
    assert wait(without) == timedelta(seconds=9000)


@pytest.mark.parametrize("status", [200, 304])
def test_fresh_for(status: int) -> None:
    """What the server says about freshness counts on a 304 as on a 200."""
    response = dataclasses.replace(answer("", cache_control="max-age=7200"), status=status)
    progress = polled(begun(NOW, URL), SOURCE, response, READ, now=NOW, chance=0).progress
    assert progress.schedule.next_at - NOW == timedelta(hours=2)


def test_spent_quota() -> None:
    """An answer that says the quota is spent is followed by a poll when it is filled again."""
    spent = answer("x", x_ratelimit_remaining="0", x_ratelimit_reset="5000")
    progress = polled(begun(NOW, URL), SOURCE, spent, READ, now=NOW, chance=0).progress
    assert progress.schedule.next_at - NOW == timedelta(seconds=5000)


def test_pushed() -> None:
    """While a hub pushes, a poll a day is enough; a lease's end is not overslept, nor a hub's silence believed."""
    hub = ("https://hub.example/", URL)
    nothing = dataclasses.replace(READ, hub=hub, fresh=0, weekly=0)

    def wait(lease: timedelta, pushed: timedelta | None = timedelta(0), reading: Reading = nothing) -> timedelta:
        held = replace(
            asked(hub, "https://reader.example", "key", 864_000, NOW),
            until=NOW + lease,
            pushed_at=None if pushed is None else NOW - pushed,
        )
        known = replace(begun(NOW, URL), hub=hub, lease=held)
        known = replace(known, schedule=replace(known.schedule, days={20_000: 0, int(NOW.timestamp() // 86400): 7}))
        return polled(known, SOURCE, answer("x"), reading, now=NOW, chance=0).progress.schedule.next_at - NOW

    usual = timedelta(hours=1)
    assert wait(timedelta(days=5)) == timedelta(days=1)
    assert wait(timedelta(hours=3)) == timedelta(hours=3)
    assert wait(timedelta(hours=-3)) == usual
    assert wait(timedelta(days=5), None) == usual
    assert wait(timedelta(days=5), timedelta(days=2, hours=20)) == timedelta(hours=4)
    assert wait(timedelta(days=5), timedelta(days=4)) == usual
    assert wait(timedelta(days=5), reading=dataclasses.replace(nothing, hub=None)) == usual


def test_untold() -> None:
    """A poll that brings news which the hub has not told makes us poll as usual until it pushes again."""
    hub = ("https://hub.example/", URL)
    held = replace(asked(hub, "https://reader.example", "key", 864_000, NOW), until=NOW + timedelta(days=5))
    known = replace(begun(NOW, URL), hub=hub, lease=replace(held, pushed_at=NOW))
    after = polled(known, SOURCE, answer("x"), dataclasses.replace(READ, hub=hub), now=NOW, chance=0).progress
    assert after.schedule.next_at - NOW == timedelta(hours=1)
    assert after.lease
    assert after.lease.pushed_at is None


def test_hub_is_remembered() -> None:
    """The hub a feed names is remembered while it is unchanged, and forgotten when it names none any more."""
    hub = ("https://hub.example/", URL)
    named = polled(begun(NOW, URL), SOURCE, answer("x"), dataclasses.replace(READ, hub=hub), now=NOW, chance=0).progress
    same = polled(named, SOURCE, answer(""), dataclasses.replace(READ, outcome="unchanged"), now=NOW, chance=0).progress
    assert (named.hub, same.hub) == (hub, hub)
    assert polled(same, SOURCE, answer("x"), READ, now=NOW, chance=0).progress.hub is None


def moving(days: int, known: Progress | None = None) -> Progress:
    """Return the progress after a poll a day that a permanent redirect led to the same place."""
    progress = known or begun(NOW, URL)
    for day in range(days):
        led = dataclasses.replace(answer("x", NEW), moved_to=NEW)
        progress = polled(progress, SOURCE, led, READ, now=NOW + timedelta(days=day), chance=0).progress
    return progress


def test_moved() -> None:
    """After ten polls over a week the source is read where its redirects led, and people are told."""
    almost, home = moving(9), moving(10)
    assert at_home(SOURCE, almost) is SOURCE
    assert almost.health
    assert f"says that it has moved for good to {NEW}" in almost.health.text
    assert at_home(SOURCE, home) == SOURCE.model_copy(update={"url": NEW})
    assert home.url == URL, "the configured address stays, so that changing it begins anew"
    assert home.health
    assert (home.health.notes, home.health.moved_to) == (("moved",), NEW)
    assert NEW in home.health.text
    assert loaded(cursor_of(SOURCE, home, NOW)) == home


def test_moved_and_failing() -> None:
    """Where the new address fails three times over, the source is read at its own again."""
    progress = moving(10)
    for _ in range(6):
        progress = failed(progress, SOURCE, refusal(NEW, 404, {}, NOW), now=NOW, chance=0).progress
    assert at_home(SOURCE, progress) is SOURCE
    assert progress.health
    assert progress.health.moved_to is None


def test_maintenance_page() -> None:
    """A redirect to something that cannot be read never moves a source."""
    progress = moving(9)
    unreadable = Failure(outcome="unreadable", text="it is an HTML page", weight=0.5, status=200)
    progress = failed(progress, SOURCE, unreadable, now=NOW + timedelta(days=9), chance=0).progress
    assert at_home(SOURCE, moving(1, progress)) is SOURCE


@pytest.mark.parametrize(
    ("status", "headers", "notes"),
    [
        (401, {}, ("auth",)),
        (403, {}, ()),
        (403, {"cf-mitigated": "challenge"}, ("blocked",)),
        (404, {}, ()),
        (410, {}, ("gone",)),
        (429, {}, ("busy",)),
        (500, {}, ()),
    ],
)
def test_notes_of_failures(status: int, headers: dict[str, str], notes: tuple[str, ...]) -> None:
    """People see in a word what they should see to; an answer wipes it away."""
    progress = failed(begun(NOW, URL), SOURCE, refusal(URL, status, headers, NOW), now=NOW, chance=0).progress
    assert progress.health
    assert progress.health.notes == notes
    after = polled(progress, SOURCE, answer("x"), READ, now=NOW, chance=0).progress.health
    assert after
    assert after.notes == ()


def test_notes_are_events_once() -> None:
    """A note is news when it begins to hold and not while it goes on."""
    start = begun(NOW, URL)
    first = failed(start, SOURCE, refusal(URL, 401, {}, NOW), now=NOW, chance=0).progress
    again = failed(first, SOURCE, refusal(URL, 401, {}, NOW), now=NOW, chance=0).progress
    assert (news_of_health(start, first), news_of_health(first, again)) == (("auth",), ())


def test_parked() -> None:
    """A source that says 410 for three days is parked, people are told, and one answer brings it back."""
    progress = begun(NOW, URL)
    for day in (0, 2, 4):
        now = NOW + timedelta(days=day)
        progress = failed(progress, SOURCE, refusal(URL, 410, {}, now), now=now, chance=0).progress
    assert progress.health
    assert progress.health.notes == ("gone", "parked")
    assert "asked again every thirty days" in progress.health.text
    assert progress.schedule.next_at == NOW + timedelta(days=34)
    back = polled(progress, SOURCE, answer("x"), READ, now=NOW + timedelta(days=34), chance=0).progress
    assert back.schedule.next_at == NOW + timedelta(days=34, hours=1)


def test_page_leaves_the_schedule() -> None:
    """A page moves the state on and leaves the schedule as it was; a page that failed is told to people."""
    before = polled(begun(NOW, URL), SOURCE, answer("x"), READ, now=NOW, chance=0).progress
    after = paged(before, Reading(state=b'{"a": 2}', outcome="refused", text="GET x: too large"), NOW).progress
    assert (bytes(after.own), after.schedule) == (b'{"a": 2}', before.schedule)
    assert after.health
    assert (after.health.outcome, after.health.text) == ("ok", "a page could not be read: GET x: too large")


def test_dead_letter() -> None:
    """A large body's letter holds its first MiB and says so; the same body has no second letter."""
    body = b"x" * (FIRST_MIB + 1)
    progress, letter = buried(begun(NOW, URL), SOURCE, answer(body), ERROR, NOW)
    assert letter
    assert (len(letter.payload), letter.size, letter.complete) == (FIRST_MIB, FIRST_MIB + 1, False)
    assert (letter.error, letter.text, URL in (letter.key or "")) == ("SourceUnreadable", "no feed", True)
    assert buried(progress, SOURCE, answer(body), ERROR, NOW) == (progress, None)


def test_letter_ids() -> None:
    """A letter's id comes from source and bytes, so that a second telling is no second letter."""
    one, two = (buried(begun(NOW, URL), SOURCE, answer("x"), ERROR, NOW + timedelta(n))[1] for n in range(2))
    other = buried(begun(NOW, URL), SOURCE, answer("y"), ERROR, NOW)[1]
    assert one
    assert two
    assert other
    assert one.id == two.id != other.id


def test_letters_remembered() -> None:
    """The memory of dead bodies is bounded."""
    progress = begun(NOW, URL)
    for number in range(MAX_DEAD + 5):
        progress, _ = buried(progress, SOURCE, answer(str(number)), ERROR, NOW)
    assert len(progress.dead) == MAX_DEAD


def test_walled_pages() -> None:
    """Pages that let nobody read on are counted; where most do, the next poll says so, once there are some."""
    page = Reading(state=b'{"a": 1}', items=(raw_item("x"),))
    stub = Reading(state=b'{"a": 1}', outcome="stub", text="it is behind a paywall")
    known = polled(begun(NOW, URL), SOURCE, answer("x"), READ, now=NOW, chance=0).progress
    for reading in (page, page, stub, stub, stub, stub):
        known = paged(known, reading, NOW).progress
    few = polled(known, SOURCE, answer("x"), READ, now=NOW, chance=0).progress
    assert known.health
    assert few.health
    assert ("it is behind a paywall" in known.health.text, few.health.text, few.health.notes) == (True, "", ())
    many = polled(paged(few, stub, NOW).progress, SOURCE, answer("x"), READ, now=NOW, chance=0).progress.health
    assert many
    assert (many.text[:51], many.notes) == ("5 of its 7 pages let nobody read on; the feed's own", ("walled",))


def test_parts_of_a_list() -> None:
    """What a sitemap of an index brings is counted among the source's new items, and hastens its polls to come."""
    known = polled(begun(NOW, URL), SOURCE, answer("x"), READ, now=NOW, chance=0).progress
    after = paged(known, READ, NOW).progress
    assert after.health
    assert (after.health.items_new, after.health.items_total, after.health.pages) == (6, 6, 0)
    assert after.health.items_week == sum(after.schedule.days.values()) == 6
    assert after.schedule.next_at == known.schedule.next_at
