"""Keeping up with a feed: what scrolls away, what is told twice, what only a whole answer shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from connectors.connector import Reading, Request, Response
from connectors.feeds import plan, read
from streams.sources import SourceSettings
from tests.feedmaker import NOW, URL, answer, entry, rss

BARE = SourceSettings(id="bare", url=URL, full_text=False)
HOUR = timedelta(hours=1)


def asked(state: bytes, now: datetime = NOW) -> Request:
    """Return the feed's next poll."""
    return plan(BARE, state, now)[0]


def said(*entries: dict[str, str], state: bytes = b"", now: datetime = NOW, head: str = "", **headers: str) -> Reading:
    """Read a feed of these entries as the answer to its own poll."""
    return read(BARE, state, asked(state, now), answer(rss(*entries, head=head), status=200, **headers), now)


def numbered(*numbers: int) -> list[dict[str, str]]:
    """Return these entries."""
    return [entry(number) for number in numbers]


def test_overlap() -> None:
    """A reading tells the share of its entries that were known; of a first reading that says nothing."""
    first = said(*numbered(1, 2, 3, 4))
    assert first.overlap is None
    assert said(*numbered(4, 5, 6, 7), state=first.state).overlap == 0.25
    assert said(*numbered(5, 6), state=first.state).overlap == 0
    assert said(*numbered(1, 2, 3, 4), state=first.state).overlap == 1


def test_doubles_are_no_overlap() -> None:
    """An entry that stands twice in a document is new once."""
    first = said(*numbered(1))
    assert said(*numbered(2, 2, 2), state=first.state).overlap == 0


def test_may_have_missed() -> None:
    """A poll that shares no entry with the one before says so, also while nothing changes afterwards."""
    first = said(*numbered(1, 2), etag='"a"')
    assert first.notes == ()
    second = said(*numbered(3, 4), state=first.state, etag='"b"')
    assert second.notes == ("may-have-missed",)
    assert "items may have been missed" in second.text
    later = read(BARE, second.state, asked(second.state), answer("", status=304), NOW + HOUR)
    assert (later.outcome, later.notes, later.text) == ("unchanged", ("may-have-missed",), second.text)


def test_silent() -> None:
    """A feed that answers and tells nothing new is told of, with a 304 as with a 200."""
    old = [entry(number, pubDate=f"Sun, 0{number} Feb 2026 09:00:00 GMT") for number in (1, 2, 3)]
    first = said(*old, etag='"a"')
    assert first.notes == ("silent",)
    again = read(BARE, first.state, asked(first.state), answer("", status=304), NOW)
    assert again.notes == ("silent",)
    assert said(entry(9), *old, state=again.state).notes == ()


def test_undated_entries_once() -> None:
    """Entries without a date are told once, at however many polls they stand there."""
    undated = [{name: text for name, text in one.items() if name != "pubDate"} for one in numbered(1, 2)]
    state, published = b"", 0
    for day in range(0, 200, 20):
        reading = said(*undated, state=state, now=NOW + timedelta(days=day))
        state, published = reading.state, published + len(reading.items)
    assert published == 2


def test_returning_after_a_season() -> None:
    """An entry that was away for less than ninety days is known when it comes back."""
    state = said(*numbered(1, 2)).state
    state = said(*numbered(2, 3), state=state, now=NOW + timedelta(days=1)).state
    assert said(*numbered(1, 3), state=state, now=NOW + timedelta(days=80)).items == ()


def test_misdated() -> None:
    """A date far ahead is unknown, its text is kept, and people are told."""
    reading = said(entry(1, pubDate="Sun, 09 Mar 2036 10:00:00 GMT"), entry(2))
    assert [item.published_at is None for item in reading.items] == [True, False]
    assert reading.items[0].published_raw == "Sun, 09 Mar 2036 10:00:00 GMT"
    assert reading.notes == ("misdated",)


def test_date_of_making_is_no_lie() -> None:
    """A feed that prints the present into its head under one ETag withholds nothing; one with other entries lies."""
    at = said(*numbered(1), head="<lastBuildDate>1</lastBuildDate>", etag='"a"')
    day = NOW + 27 * HOUR
    assert not asked(at.state, day).is_conditional
    honest = said(*numbered(1), state=at.state, now=day, head="<lastBuildDate>2</lastBuildDate>", etag='"a"')
    assert honest.has_validators
    lying = said(*numbered(2, 1), state=at.state, now=day, etag='"a"')
    assert (lying.has_validators, lying.notes) == (False, ("validators-lie",))
    assert not asked(lying.state, day).is_conditional
    assert [item.title for item in lying.items] == ["Ship 2 arrives"]


def delta(*entries: dict[str, str], etag: str) -> Response:
    """Return the answer of a server that sends only what is new."""
    return replace(answer(rss(*entries), etag=etag, im="feed"), status=226)


def test_delta_is_asked_for() -> None:
    """Where there is an ETag the server may send only what is new since (RFC 3229)."""
    assert not asked(b"").delta
    assert asked(said(*numbered(1), etag='"a"').state).delta
    assert not asked(said(*numbered(1), last_modified="Tue, 10 Mar 2026 09:00:00 GMT").state).delta


def test_delta() -> None:
    """A delta brings its entries, forgets none, is no sign of scrolling, and the next poll asks from its ETag on."""
    state = said(*numbered(1, 2, 3), etag='"a"').state
    part = read(BARE, state, asked(state), delta(*numbered(4), etag='"b"'), NOW)
    assert [item.title for item in part.items] == ["Ship 4 arrives"]
    assert (part.overlap, part.notes) == (None, ())
    assert asked(part.state).etag == '"b"'
    whole = said(*numbered(4, 3, 2, 1), state=part.state, etag='"b"')
    assert (whole.items, whole.has_validators) == ((), True)


def test_hub() -> None:
    """A feed's hub is told, the one of the HTTP header first."""
    head = '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="hub" href="https://doc.example/"/>'
    assert said(*numbered(1), head=head).hub == ("https://doc.example/", URL)
    assert said(*numbered(1), head=head, link="<https://head.example/>; rel=hub").hub == ("https://head.example/", URL)
    assert said(*numbered(1)).hub is None
