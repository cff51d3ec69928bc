"""Whatever a listing, a sitemap or a page answers: items, or SourceUnreadable with the address, and nothing else."""

from __future__ import annotations

import gzip

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.connector import Connector
from connectors.feeds import FEEDS
from connectors.listing import LISTINGS
from connectors.sitemaps import SITEMAPS
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings
from tests.feedmaker import NOW, URL, answer, entry, rss

LISTING = SourceSettings(id="s", kind="listing", url=URL, select="a, div", select_title="h2", select_date="time")
SITEMAP = SourceSettings(id="s", kind="sitemap", url=URL)
FEED = SourceSettings(id="s", url=URL)
HTML = st.lists(
    st.sampled_from(
        [
            *(
                "<a href='/1'>",
                "<a href=http://[>",
                "</a>",
                "<div>",
                "</div>",
                "<h2>",
                "<time datetime=2026>",
                "<table>",
            ),
            *("x", "خبر", "&#0;", "<script type='application/ld+json'>{", '"isAccessibleForFree": false', "</script>"),
            *("<link rel=amphtml href='//'>", "<link rel=canonical href='http://['>", "<html lang=''>", "<!--", "\x00"),
        ]
    ),
    max_size=40,
).map("".join)
XML = st.lists(
    st.sampled_from(
        [
            *(
                "<urlset>",
                "</urlset>",
                "<sitemapindex>",
                "</sitemapindex>",
                "<url>",
                "</url>",
                "<sitemap>",
                "</sitemap>",
            ),
            *(
                "<loc>/1</loc>",
                "<loc>http://[</loc>",
                "<lastmod>2026-03-10</lastmod>",
                "<lastmod>x</lastmod>",
                "<loc/>",
            ),
            *(
                "<news><publication_date>2026-03-10T11:00:00Z</publication_date><title>t</title></news>",
                "&amp;",
                "<!-- -->",
            ),
        ]
    ),
    max_size=30,
).map("".join)


def poll(connector: Connector, source: SourceSettings, body: bytes) -> None:
    """Read a body twice, the second time with the state of the first."""
    state = b""
    for _ in range(2):
        request = connector.plan(source, state, NOW)[0]
        try:
            reading = connector.read(source, state, request, answer(body, content_type="text/html"), NOW)
        except SourceUnreadable as error:
            assert URL in str(error)  # noqa: PT017 (being read is right too)
            return
        state = reading.state
        msgspec.json.decode(state)
        assert all(item.id.startswith("s:") for item in reading.items)


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=200), HTML.map(str.encode)))
def test_listing(body: bytes) -> None:
    """A listing of any bytes is read or unreadable."""
    poll(LISTINGS, LISTING, body)


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=200), XML.map(str.encode), XML.map(lambda text: gzip.compress(text.encode()))))
def test_sitemap(body: bytes) -> None:
    """A sitemap of any bytes is read or unreadable."""
    poll(SITEMAPS, SITEMAP, body)


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=200), HTML.map(str.encode)), st.sampled_from(["text/html", "", "text/plain"]))
def test_page(body: bytes, kind: str) -> None:
    """The page behind an entry, whatever it holds, is its next revision, a stub, or unreadable."""
    request = FEEDS.plan(FEED, b"", NOW)[0]
    state = FEEDS.read(FEED, b"", request, answer(rss(entry(1))), NOW).state
    page = FEEDS.plan(FEED, state, NOW)[1]
    try:
        reading = FEEDS.read(FEED, state, page, answer(body, page.url, content_type=kind), NOW)
    except SourceUnreadable as error:
        assert page.url in str(error)  # noqa: PT017 (being read is right too)
        return
    assert all(item.revision == 2 for item in reading.items)
    assert reading.outcome in {"ok", "stub"}
