"""What the page behind an entry makes: the entry's next revision, a stub, a later reading."""

from __future__ import annotations

import zlib
from datetime import timedelta

from connectors.asking.status import barred, no_answer, refusal
from connectors.connector import Failure, Purpose, Reading, Request
from connectors.feeds import missed, plan, read
from streams.items import ItemKind, Op
from streams.sources import SourceSettings
from tests.feedmaker import NOW, URL, answer, entry, poll, rss

STORY = "".join(
    f"<p>On day {day} the harbour office told of {day} ships that had come to the quay.</p>" for day in range(40)
)
LOCKED = (
    '<script type="application/ld+json">{"isAccessibleForFree": false}</script><p>The harbour office gave notice.</p>'
)
CONSENT = "<div>Before you continue, we and our partners ask for your permission to store data.</div>"
AMP = '<link rel="amphtml" href="http://amp.news.example/1">'
SOURCE = SourceSettings(id="harbour", url=URL)


def page(body: str, head: str = "") -> str:
    """Return a page."""
    return f"<html><head>{head}</head><body>{body}</body></html>"


def begun(**changes: str) -> Reading:
    """Read a feed of one entry."""
    return read(SOURCE, b"", poll(), answer(rss(entry(1, **changes))), NOW)


def pages(state: bytes) -> list[Request]:
    """Return the pages still to fetch."""
    return [request for request in plan(SOURCE, state, NOW) if request.purpose is Purpose.PAGE]


def told(
    state: bytes, body: str, *, now: object = NOW, url: str | None = None, status: int = 200, **headers: str
) -> Reading:
    """Let the first page that is due answer."""
    (request, *_) = pages(state)
    said = answer(body, url or request.url, status, content_type="text/html", **headers)
    return read(SOURCE, state, request, said, now)  # type: ignore[arg-type]


def test_paywall() -> None:
    """Behind a paywall the feed's own text stands, marked, as the next revision, and people are told why."""
    after = told(begun().state, page(LOCKED))
    (item,) = after.items
    assert (item.stub, item.revision, item.kind, item.title) == (True, 2, ItemKind.ENTRY, "Ship 1 arrives")
    assert zlib.decompress(item.body) == b"Ship 1 came in this morning."
    assert (after.outcome, pages(after.state)) == ("stub", [])
    assert "isAccessibleForFree" in after.text
    assert "the feed's own text stands" in after.text
    assert item.wall == "it is behind a paywall: its data says isAccessibleForFree is false"


def test_paywall_is_not_passed_by() -> None:
    """A paywall is not gone around by the page's AMP version."""
    assert pages(told(begun().state, page(LOCKED, AMP)).state) == []


def test_consent_wall_with_amp() -> None:
    """Where consent is asked for, the AMP page is read in the page's stead, under the page's own address."""
    after = told(begun().state, page(CONSENT, AMP))
    (request,) = pages(after.state)
    assert (after.items, request.url) == ((), "http://amp.news.example/1")
    canonical = '<link rel="canonical" href="http://news.example/1?utm_source=amp">'
    (item,) = told(after.state, page(STORY, canonical)).items
    assert (item.revision, item.stub, item.canonical_url) == (2, False, "http://news.example/1")


def test_amp_does_not_answer() -> None:
    """Where the AMP page cannot be read either, the feed's own text stands."""
    state = told(begun().state, page(CONSENT, AMP)).state
    (request,) = pages(state)
    after = missed(SOURCE, state, request, barred(request.url, "HTTP 404"), NOW)
    assert ([item.stub for item in after.items], pages(after.state)) == ([True], [])
    after = told(state, page(CONSENT, AMP))
    assert ([item.stub for item in after.items], pages(after.state)) == ([True], [])


def test_amp_is_not_asked_for_nothing() -> None:
    """The AMP page of a page that can be read is not fetched."""
    after = told(begun().state, page(STORY, AMP))
    assert [request.url for request in pages(after.state)] == ["http://news.example/1"]
    assert after.items[0].kind is ItemKind.PAGE


def test_feed_of_amp_pages() -> None:
    """An entry that leads to an AMP page has the page itself as its identity."""
    first = begun(link="http://amp.news.example/1")
    (item,) = told(first.state, page(STORY, '<link rel="canonical" href="http://news.example/1">')).items
    assert (item.url, item.canonical_url) == ("http://amp.news.example/1", "http://news.example/1")


def test_consent_redirect() -> None:
    """A redirect to where consent is asked for is no page, whatever it says."""
    after = told(begun().state, page(STORY), url="http://consent.news.example/?to=1")
    assert [item.stub for item in after.items] == [True]


def test_page_shorter_than_feed() -> None:
    """A page with far less than the feed's own text takes nothing of it back."""
    after = told(
        begun(description="The ship came in. " * 40).state, page("<p>The harbour office gave notice today.</p>")
    )
    assert [(item.stub, item.kind) for item in after.items] == [(True, ItemKind.ENTRY)]


def test_read_again() -> None:
    """A fresh page is read again after a quarter of an hour and after two hours, politely, and not a third time."""
    first = told(begun().state, page(STORY), etag='"1"', last_modified="now")
    (again,) = pages(first.state)
    assert (again.not_before, again.etag, again.last_modified) == (NOW + timedelta(minutes=15), '"1"', "now")
    soon = NOW + timedelta(minutes=15)
    second = told(first.state, "", now=soon, status=304)
    assert (second.items, second.outcome) == ((), "unchanged")
    (last,) = pages(second.state)
    assert (last.not_before, last.etag) == (soon + timedelta(minutes=105), '"1"')
    third = told(second.state, page(f"<p>Correction.</p>{STORY.replace('ships', 'boats')}"), now=last.not_before)
    assert [(item.revision, item.kind) for item in third.items] == [(3, ItemKind.PAGE)]
    assert pages(third.state) == []


def test_same_page_again() -> None:
    """A page that tells the same, with other teasers beside it, is no revision."""
    first = told(begun().state, page(STORY))
    assert told(first.state, page(f"<aside><a>Another story</a></aside>{STORY}")).items == ()


def test_date_of_change_decides() -> None:
    """A page that names its date of change is unchanged while that stays, whatever else moves."""
    head = '<meta property="article:modified_time" content="2026-03-10T10:%s:00Z">'
    first = told(begun().state, page(STORY, head % "00"))
    teaser = "<p>Another story of the day, with many words in its teaser, moved into the page since then.</p>"
    same = told(first.state, page(STORY + teaser, head % "00"))
    assert same.items == ()
    assert len(told(same.state, page(STORY, head % "30")).items) == 1


def test_walled_later() -> None:
    """A page that was read and is closed later keeps what it said."""
    first = told(begun().state, page(STORY))
    after = told(first.state, page(LOCKED))
    assert (after.items, after.outcome, pages(after.state)) == ((), "stub", [])


def test_gone_later() -> None:
    """A page that cannot be had the second time is tried the third time, and then no more."""
    state = told(begun().state, page(STORY)).state
    (request,) = pages(state)
    after = missed(SOURCE, state, request, no_answer(request.url, "timeout"), NOW)
    (last,) = pages(after.state)
    assert (after.items, last.not_before) == ((), NOW + timedelta(minutes=105))
    assert pages(missed(SOURCE, after.state, last, no_answer(last.url, "timeout"), NOW).state) == []


def gone(state: bytes, hours: float, status: int = 410) -> Reading:
    """Let the page that is read again answer so, so many hours after it was read."""
    (request,) = pages(state)
    now = NOW + timedelta(hours=hours)
    return missed(SOURCE, state, request, refusal(request.url, status, {}, now), now)


def test_taken_down() -> None:
    """A page that was read and says twice, six hours apart, that it is gone for good takes its report back."""
    first = gone(told(begun().state, page(STORY)).state, 0.25)
    (again,) = pages(first.state)
    assert (first.items, again.not_before) == ((), NOW + timedelta(hours=6.25))
    early = gone(first.state, 2)
    assert (early.items, pages(early.state)[0].not_before) == ((), again.not_before)
    (item,) = gone(first.state, 6.25).items
    assert (item.op, item.revision, item.body) == (Op.DELETE, 3, b"")
    assert item.id == begun().items[0].id
    assert pages(gone(first.state, 6.25).state) == []


def test_not_taken_down() -> None:
    """A page that is merely missing, or is back when it is asked again, keeps its report; so does one never read."""
    missing = gone(gone(told(begun().state, page(STORY)).state, 0.25, 404).state, 2, 404)
    assert (missing.items, pages(missing.state)) == ((), [])
    doubted = gone(told(begun().state, page(STORY)).state, 0.25)
    back = told(doubted.state, page(STORY), now=NOW + timedelta(hours=6.25))
    assert back.items == ()
    assert gone(back.state, 8).items == ()
    assert gone(gone(doubted.state, 6.25, 404).state, 8).items == ()
    assert (gone(begun().state, 0).items, pages(gone(begun().state, 0).state)) == ((), [])


def test_doubt_outlasts_silence() -> None:
    """A server that does not answer when it is asked whether a page is still gone is asked again, hourly, thrice."""
    state = gone(told(begun().state, page(STORY)).state, 0.25).state
    for hours in (6.25, 7.25, 8.25):
        after = gone(state, hours, 500)
        (later,) = pages(after.state)
        assert (after.items, later.not_before) == ((), NOW + timedelta(hours=hours + 1))
        assert [item.op for item in gone(after.state, hours + 1).items] == [Op.DELETE]
        state = after.state
    assert gone(gone(state, 9.25, 500).state, 11).items == ()


def test_old_news() -> None:
    """Old news is read once, and so is the page of a source that wants no second reading."""
    old = begun(pubDate="Mon, 02 Mar 2026 09:00:00 GMT")
    assert pages(told(old.state, page(STORY)).state) == []
    once = SourceSettings(id="harbour", url=URL, reread_minutes=())
    first = read(once, b"", poll(), answer(rss(entry(1))), NOW)
    assert pages(told(first.state, page(STORY)).state) == []


def test_new_pages_first() -> None:
    """A page never read comes before one that is read again."""
    first = told(begun().state, page(STORY))
    later = NOW + timedelta(hours=1)
    more = read(SOURCE, first.state, poll(), answer(rss(entry(2), entry(1))), later)
    assert [request.url for request in pages(more.state)] == ["http://news.example/2", "http://news.example/1"]


def test_texts_kept_for_walls_are_bounded() -> None:
    """The cursor keeps the texts of short entries until their pages are read, and not more than it can carry."""
    long = [entry(number, description=f"{number} " + "x%d " * 400 % tuple(range(400))) for number in range(1, 1000)]
    state = read(SOURCE, b"", poll(), answer(rss(*long)), NOW).state
    assert len(state) < 1_500_000
    failure = Failure(outcome="refused", text="no", weight=1.0, final=True)
    assert missed(SOURCE, state, pages(state)[0], failure, NOW).items == ()
