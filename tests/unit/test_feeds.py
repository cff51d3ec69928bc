"""What a feed brings at each poll, and what is remembered of it."""

from __future__ import annotations

import zlib
from datetime import timedelta

import msgspec
import pytest

from connectors.asking.status import barred, no_answer
from connectors.connector import Failure, Purpose, Reading, Request
from connectors.feeds import missed, plan, read
from connectors.following.lists import MAX_UPDATES, Followed
from connectors.following.todo import MAX_TRIES
from streams.errors import SourceUnreadable
from streams.items import ItemKind, RawItem
from streams.sources import SourceSettings
from tests.feedmaker import ARABIC, NOW, SOURCE, answer, entry, poll, rss

PAGE = "<html><head><title>x</title></head><body><article><p>The whole story of the ship.</p></article></body></html>"
BARE = SourceSettings(id="bare", url=SOURCE.url, full_text=False)


def polled(*entries: dict[str, str], state: bytes = b"", source: SourceSettings = SOURCE) -> Reading:
    """Read a feed of these entries."""
    return read(source, state, poll(), answer(rss(*entries)), NOW)


def pages(state: bytes) -> list[Request]:
    """Return the pages still to fetch."""
    return [request for request in plan(SOURCE, state, NOW) if request.purpose is Purpose.PAGE]


def page_read(state: bytes) -> Reading:
    """Fetch the first page still to fetch."""
    (request, *_) = pages(state)
    return read(SOURCE, state, request, answer(PAGE, request.url, content_type="text/html"), NOW)


def text(item: RawItem) -> str:
    """Return an item's body as text."""
    return zlib.decompress(item.body).decode()


def test_entry_at_once() -> None:
    """An entry is published at once with the feed's own text, and its page is put on the list."""
    first = polled(entry(1, title=ARABIC))
    (item,) = first.items
    assert (item.revision, item.kind, item.title, item.owner) == (1, ItemKind.ENTRY, ARABIC, "Harbour News")
    assert text(item) == "Ship 1 came in this morning."
    assert [request.url for request in pages(first.state)] == ["http://news.example/1"]
    assert (first.fresh, first.weekly) == (1, 1)


def test_page_is_revision_two() -> None:
    """The page is the item's next revision and inherits title, date, author and source."""
    first = polled(entry(1, author="layla@news.example"))
    second = page_read(first.state)
    (item,), (before,) = second.items, first.items
    assert (item.id, item.revision, item.kind) == (before.id, 2, ItemKind.PAGE)
    inherited = ("title", "author", "published_at", "published_raw", "source", "owner", "language", "demo")
    assert [getattr(item, name) for name in inherited] == [getattr(before, name) for name in inherited]
    assert "whole story" in text(item)
    assert pages(second.state) == []


def test_old_news_at_leisure() -> None:
    """The pages of a feed's first reading come five seconds apart, those of news at once."""
    first = polled(entry(1), entry(2), entry(3))
    assert [request.not_before for request in pages(first.state)] == [NOW + timedelta(seconds=n) for n in (0, 5, 10)]
    second = polled(entry(4), entry(5), state=first.state)
    assert [request.not_before for request in pages(second.state)][3:] == [NOW, NOW]


def test_nothing_twice() -> None:
    """Entries seen before are not published again, whatever order they come in."""
    first = polled(entry(1), entry(2))
    assert polled(entry(2), entry(1), state=first.state).items == ()


def test_new_entry() -> None:
    """Only the new entry of a longer feed is published."""
    first = polled(entry(1))
    second = polled(entry(2), entry(1), state=first.state)
    assert [item.title for item in second.items] == ["Ship 2 arrives"]


def test_vanished_entries() -> None:
    """An entry that leaves the feed is no deletion, and is known when it returns."""
    first = polled(entry(1), entry(2))
    second = polled(entry(2), state=first.state)
    assert second.items == ()
    assert polled(entry(1), state=second.state).items == ()


def test_dates_are_no_update() -> None:
    """A feed that prints the present into its dates brings nothing new."""
    first = polled(entry(1))
    assert polled(entry(1, pubDate="Tue, 10 Mar 2026 11:59:59 GMT"), state=first.state).items == ()


def test_update_without_page() -> None:
    """An update of an entry whose page was never read is published at once as its next revision."""
    first = polled(entry(1), source=BARE)
    second = polled(entry(1, description="It left again."), state=first.state, source=BARE)
    assert [(item.id, item.revision) for item in second.items] == [(first.items[0].id, 2)]
    assert text(second.items[0]) == "It left again."


def test_update_comes_with_its_page() -> None:
    """An update of an item whose page was read comes with its page: alone it would take back what the page tells."""
    state = page_read(polled(entry(1)).state).state
    second = polled(entry(1, title="Ship 1 leaves"), state=state)
    assert second.items == ()
    (item,) = page_read(second.state).items
    assert (item.revision, item.title, item.kind) == (3, "Ship 1 leaves", ItemKind.PAGE)


def test_update_without_its_page() -> None:
    """If the page of an update cannot be had, the feed's own text is published after all."""
    state = polled(entry(1, title="Ship 1 leaves"), state=page_read(polled(entry(1)).state).state).state
    (request,) = pages(state)
    (item,) = missed(SOURCE, state, request, barred(request.url, "too large"), NOW).items
    assert (item.revision, item.title, item.kind) == (3, "Ship 1 leaves", ItemKind.ENTRY)
    assert text(item) == "Ship 1 came in this morning."


def test_update_waits_a_minute() -> None:
    """An update waits for a page that does not answer until the second try, a minute later, and no longer."""
    state = polled(entry(1, title="Ship 1 leaves"), state=page_read(polled(entry(1)).state).state).state
    (request,) = pages(state)
    first = missed(SOURCE, state, request, no_answer(request.url, "no whole answer in time"), NOW)
    (later,) = pages(first.state)
    assert (first.items, later.not_before) == ((), NOW + timedelta(minutes=1))
    second = missed(SOURCE, first.state, later, no_answer(request.url, "no whole answer in time"), NOW)
    assert [item.title for item in second.items] == ["Ship 1 leaves"]
    assert pages(second.state) == []


def test_restless_entry() -> None:
    """An entry that changes at every poll is followed a bounded number of times."""
    state, published = b"", 0
    for turn in range(MAX_UPDATES + 10):
        reading = polled(entry(1, description=f"It is now {turn}"), state=state, source=BARE)
        state, published = reading.state, published + len(reading.items)
    assert published == 1 + MAX_UPDATES


def test_missed_page_waits() -> None:
    """A page that does not answer is asked for again later and later, then given up; the entry stays as it is."""
    state, waits = polled(entry(1)).state, []
    for _ in range(MAX_TRIES):
        (request,) = pages(state)
        reading = missed(SOURCE, state, request, no_answer(request.url, "no whole answer in time"), NOW)
        assert reading.items == ()
        state = reading.state
        waits += [one.not_before - NOW for one in pages(state) if one.not_before]
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 4, 16)]
    assert pages(state) == []


def test_page_asked_to_wait() -> None:
    """A host's Retry-After is waited out for the page too."""
    state = polled(entry(1)).state
    (request,) = pages(state)
    busy = Failure(outcome="unavailable", text="busy", weight=0.25, retry_after=7200)
    (later,) = pages(missed(SOURCE, state, request, busy, NOW).state)
    assert later.not_before == NOW + timedelta(hours=2)


def test_feed_without_pages() -> None:
    """A source that wants no full text leads to no page."""
    assert plan(BARE, polled(entry(1), source=BARE).state, NOW)[1:] == ()


def test_entry_without_link() -> None:
    """An entry without a link is published under its feed's address and has no page."""
    one = entry(1)
    del one["link"], one["guid"]
    reading = polled(one)
    assert reading.items[0].url == SOURCE.url
    assert pages(reading.state) == []


def test_not_modified() -> None:
    """A 304 brings nothing, keeps what is known, and is wrong where nobody asked for it."""
    first = read(SOURCE, b"", poll(), answer(rss(entry(1)), etag='W/"a"'), NOW)
    second = read(SOURCE, first.state, poll(etag='W/"a"'), answer("", status=304), NOW)
    assert (second.items, second.outcome) == ((), "unchanged")
    assert plan(SOURCE, second.state, NOW)[0].etag == 'W/"a"'
    with pytest.raises(SourceUnreadable, match="304 Not Modified to an unconditional request"):
        read(SOURCE, first.state, poll(), answer("", status=304), NOW)


def test_same_body() -> None:
    """The same bytes are not read again, and the validators that came with them are kept."""
    first = read(SOURCE, b"", poll(), answer(rss(entry(1)), etag='"a"'), NOW)
    second = read(SOURCE, first.state, poll(), answer(rss(entry(1)), etag='"b"'), NOW)
    assert (second.outcome, plan(SOURCE, second.state, NOW)[0].etag) == ("unchanged", '"b"')


def test_flaw_is_told() -> None:
    """What was wrong with a feed that could still be read is told to people."""
    body = rss(entry(1), entry(2))
    assert "flaw" in read(SOURCE, b"", poll(), answer(body[: body.index("Ship 2") + 3]), NOW).text


def test_canonical() -> None:
    """Trackers and fragments leave the canonical address, the address as given stays."""
    (item,) = polled(entry(1, link="http://news.example/1?id=5&utm_source=rss&fbclid=x#top")).items
    assert item.canonical_url == "http://news.example/1?id=5"
    assert item.url.endswith("#top")


def test_state_is_small() -> None:
    """An entry costs the cursor about a hundred bytes once its page is read."""
    entries = [entry(number) for number in range(200)]
    state = msgspec.json.decode(polled(*entries, source=BARE).state, type=Followed)
    assert len(msgspec.json.encode(state)) < 200 * 120
