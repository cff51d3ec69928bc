"""News sitemaps and their indexes: what is new, what is read again, and what is refused."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from connectors.asking.status import barred
from connectors.connector import Purpose, Reading, Request
from connectors.reading import sitemapforms
from connectors.reading.sitemapforms import sitemap
from connectors.schedule import Schedule, after_success
from connectors.sitemaps import MAX_PARTS, missed, plan, read
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings
from tests.feedmaker import ARABIC, NOW, answer, poll

URL = "http://news.example/sitemap.xml"
SOURCE = SourceSettings(id="map", kind="sitemap", url=URL)
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def news(number: int, *, hours: int = 1, title: str = "Ship", changed: str = "") -> str:
    """Return an article of a news sitemap, published so many hours ago."""
    at = (NOW - timedelta(hours=hours)).isoformat()
    mod = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"""<url><loc>http://news.example/{number}</loc>{mod}<news:news>
      <news:publication><news:name>Harbour</news:name><news:language>ar</news:language></news:publication>
      <news:publication_date>{at}</news:publication_date><news:title>{title} {number}</news:title></news:news></url>"""


def plain(number: int, changed: str | None) -> str:
    """Return an address of an ordinary sitemap."""
    return f"<url><loc>/{number}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"


def urls(*entries: str) -> str:
    """Return a sitemap."""
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACES}>{"".join(entries)}</urlset>'


def index(*children: tuple[str, str | None]) -> str:
    """Return an index of sitemaps with their dates of change."""
    named = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for url, changed in children
    )
    return f"<sitemapindex {NAMESPACES}>{named}</sitemapindex>"


def polled(body: str | bytes, state: bytes = b"", now: datetime = NOW, **headers: str) -> Reading:
    """Poll the sitemap."""
    request = plan(SOURCE, state, now)[0]
    return read(SOURCE, state, request, answer(body, URL, **headers), now)


def others(state: bytes, now: datetime = NOW) -> list[Request]:
    """Return what is still to fetch."""
    return list(plan(SOURCE, state, now)[1:])


def part(state: bytes, body: str, now: datetime = NOW, **headers: str) -> Reading:
    """Let the first sitemap of the index that is due answer."""
    request = others(state, now)[0]
    return read(SOURCE, state, request, answer(body, request.url, **headers), now)


def test_news() -> None:
    """An article of a news sitemap is an item with its title, date and language, and its page is fetched."""
    first = polled(urls(news(1, title=ARABIC)))
    (item,) = first.items
    assert (item.title, item.language, item.url) == (f"{ARABIC} 1", "ar", "http://news.example/1")
    assert item.published_at == NOW - timedelta(hours=1)
    assert [request.url for request in others(first.state)] == [item.url]


def test_only_new() -> None:
    """What is older than two days is left out, and so is what says no date at all."""
    old = (NOW - timedelta(days=3)).date().isoformat()
    found = sitemap(urls(news(1), news(2, hours=49), plain(3, old), plain(4, None)).encode(), URL, NOW).document
    assert found
    assert [entry.url for entry in found.entries] == ["http://news.example/1"]


def test_plain_sitemap() -> None:
    """An address that changed lately is an entry without words: it is published when its page is read."""
    first = polled(urls(plain(1, NOW.isoformat())))
    (request,) = others(first.state)
    page = answer("<p>The ship came in.</p>", request.url, content_type="text/html")
    (item,) = read(SOURCE, first.state, request, page, NOW).items
    assert (first.items, item.revision, item.published_at) == ((), 1, None)


def test_without_dates() -> None:
    """A sitemap whose addresses have no dates says so: nothing in it can be told to be new."""
    assert "none of its 2 addresses says when it changed" in polled(urls(plain(1, None), plain(2, None))).text


def test_changed_later() -> None:
    """A later `lastmod` is a reason to read the page again; one that proves false is not believed again."""
    page = answer(
        "<p>The ship came in on the morning tide, and was unloaded by noon today.</p>", content_type="text/html"
    )
    state = polled(urls(news(1, changed="2026-03-10T09:00:00Z"))).state
    state = read(SOURCE, state, others(state)[0], page, NOW).state
    changed = polled(urls(news(1, changed="2026-03-10T10:00:00Z")), state)
    (again, *_) = others(changed.state)
    assert (changed.items, again.url) == ((), "http://news.example/1")
    idle = read(SOURCE, changed.state, again, page, NOW)
    assert idle.items == ()
    third = polled(urls(news(1, changed="2026-03-10T11:00:00Z")), idle.state)
    assert others(third.state) == others(idle.state)


def test_index() -> None:
    """An index leads to its sitemaps, the one that changed last first; what is too old is left alone."""
    first = polled(
        index(("/a.xml", "2026-03-10T01:00:00Z"), ("/b.xml", "2026-03-10T09:00:00Z"), ("/c.xml", "2026-01-01"))
    )
    assert [request.url for request in others(first.state)] == [
        "http://news.example/b.xml",
        "http://news.example/a.xml",
    ]
    second = part(first.state, urls(news(1)))
    assert [item.url for item in second.items] == ["http://news.example/1"]
    assert [request.url for request in others(second.state)] == ["http://news.example/a.xml", "http://news.example/1"]


def test_index_again() -> None:
    """A sitemap that the index lists with the same date is not read again; one with a later date is, with its ETag."""
    state = part(polled(index(("/a.xml", "2026-03-10T01:00:00Z"))).state, urls(), etag='"a"').state
    assert others(polled(index(("/a.xml", "2026-03-10T01:00:00Z"), ("/x.xml", "2020-01-01")), state).state) == []
    (again,) = others(polled(index(("/a.xml", "2026-03-10T05:00:00Z")), state).state)
    assert (again.url, again.etag, again.purpose) == ("http://news.example/a.xml", '"a"', Purpose.PAGE)


def test_index_without_dates() -> None:
    """Without dates a sitemap is read at each poll while it has news, and once a day while it has none."""
    busy = part(polled(index(("/a.xml", None)), etag='"i"').state, urls(news(1))).state
    later = NOW + timedelta(minutes=10)
    same = polled("", busy, later, status=304)
    assert others(same.state, later)[0].url == "http://news.example/a.xml"
    quiet = part(polled(index(("/a.xml", None)), etag='"i"').state, urls()).state
    assert others(polled("", quiet, later, status=304).state, later) == []
    tomorrow = NOW + timedelta(hours=25)
    assert len(others(polled(index(("/a.xml", None)), quiet, tomorrow).state, tomorrow)) == 1


def test_depth() -> None:
    """Indexes are followed three levels down and not a fourth, and people are told."""
    state = polled(index(("/1.xml", None))).state
    for level in (2, 3):
        state = part(state, index((f"/{level}.xml", None))).state
    below = part(state, index(("/4.xml", None)))
    assert others(below.state) == []
    assert "an index below" in below.text


def test_index_in_a_circle() -> None:
    """Indexes that name themselves or each other come to an end, however often their bytes change."""
    state = polled(index((URL, None), ("/a.xml", None), ("/b.xml", None))).state
    asked = []
    for number in range(10):
        if not others(state):
            break
        asked.append(others(state)[0].url)
        state = part(state, index((URL, None), ("/a.xml", None), ("/b.xml", None), (f"/{number}/", "2020-01-01"))).state
    assert asked == ["http://news.example/a.xml", "http://news.example/b.xml"]


def test_huge_index() -> None:
    """Of an index of thousands the fifty that changed last are read."""
    children = [(f"/{number}.xml", (NOW - timedelta(minutes=number)).isoformat()) for number in range(2000)]
    requests = others(polled(index(*children)).state)
    assert (len(requests), requests[0].url) == (MAX_PARTS, "http://news.example/0.xml")


def test_missed_part() -> None:
    """A sitemap of the index that could not be had is asked for again after the next poll."""
    body = index(("/a.xml", "2026-03-10T01:00:00Z"))
    state = polled(body, etag='"i"').state
    (request,) = others(state)
    after = missed(SOURCE, state, request, barred(request.url, "too large"), NOW)
    assert (others(after.state), after.outcome) == ([], "refused")
    assert [one.url for one in others(polled("", after.state, status=304).state)] == [request.url]


def test_gzip() -> None:
    """A packed sitemap is unpacked; one that is damaged or a bomb is refused."""
    packed = gzip.compress(urls(news(1)).encode())
    assert len(polled(packed).items) == 1
    for body, why in (
        (packed[:40] + b"x" * 20, "gzip is damaged"),
        (gzip.compress(b" " * (51 << 20)), "unpacks to more than 52428800 bytes"),
    ):
        with pytest.raises(SourceUnreadable, match=why):
            polled(body)


def test_many_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more addresses than a sitemap may have the rest is left out; the newest entries are taken."""
    monkeypatch.setattr(sitemapforms, "MAX_URLS", 5)
    monkeypatch.setattr(sitemapforms, "MAX_ENTRIES", 2)
    found = sitemap(urls(*(news(number, hours=10 - number) for number in range(9))).encode(), URL, NOW).document
    assert found
    assert [entry.url for entry in found.entries] == ["http://news.example/4", "http://news.example/3"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (f"{BOMB}<urlset><url><loc>&b;</loc></url></urlset>", "declares XML entities"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset>&a;</urlset>', "declares XML entities"),
        ("<html><body>Not here</body></html>", "begins with <html>"),
        ("<rss version='2.0'></rss>", "begins with <rss>"),
        ("<urlset><url>", "is not a sitemap"),
        ("", "is not a sitemap"),
    ],
)
def test_refused(body: str, why: str) -> None:
    """What is no sitemap, or declares entities, is refused with its address and the reason."""
    with pytest.raises(SourceUnreadable, match=why) as caught:
        polled(body)
    assert URL in str(caught.value)


def test_sloppy_sitemaps() -> None:
    """A blank line before the declaration and a missing or strange namespace do not matter."""
    for text in ("\n " + urls(news(1)), urls(news(1)).replace("sitemaps.org", "google.com")):
        assert len(polled(text).items) == 1


def test_schedule() -> None:
    """A quiet sitemap is polled within a quarter of an hour, a busy one not oftener than every five minutes."""
    for weekly in (0, 10_000):
        after = after_success(
            Schedule(next_at=NOW), SOURCE, NOW, weekly=weekly, hint=0, has_validators=True, chance=0.0
        )
        assert after.next_at - NOW == timedelta(minutes=5 if weekly else 15)


@pytest.mark.parametrize("stated", ["Tue, 10 Mar 2026 09:00:00 GMT", "2026-03-10T09:00Z", "2026-03-10 12:00:00+03:00"])
def test_sloppy_dates(stated: str) -> None:
    """Dates as mail has them and other spellings of ISO are read; words are not, and no news comes of them."""
    (request,) = others(polled(urls(plain(1, stated))).state)
    assert request.url == "http://news.example/1"
    assert others(polled(urls(plain(1, "yesterday"))).state) == []


def test_dates() -> None:
    """A publication date without a clock is a day in UTC."""
    day = urls(news(1)).replace((NOW - timedelta(hours=1)).isoformat(), "2026-03-10")
    (item,) = polled(day).items
    assert item.published_at == datetime(2026, 3, 10, tzinfo=UTC)
    assert poll(URL).purpose is Purpose.POLL
