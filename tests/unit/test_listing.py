"""Listing pages: which links are entries, what their headlines and dates are, and what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from connectors.connector import Purpose, Reading
from connectors.listing import LISTINGS, listed, plan, read
from streams.errors import SourceUnreadable
from streams.mentions import Precision
from streams.sources import SourceSettings
from tests.feedmaker import ARABIC, NOW, answer, poll

URL = "http://city.example/news/"
BLOCKS = f"""<html><body><nav><a href="/">Home</a></nav>
<article><a href="/news/1?utm_source=x"><img src="1.jpg"></a><h2><a href="/news/1">Ship one comes in</a></h2>
  <time datetime="2026-03-10T08:00:00Z">today</time><a href="/news/1">Read more</a></article>
<article><h2><a href="2">{ARABIC}</a></h2><time>12 آذار 2026</time><a href="2">Read more</a></article>
<article><h2>No link here</h2></article></body></html>"""


def source(select: str = "article", **more: str) -> SourceSettings:
    """Return a listing source."""
    return SourceSettings(id="city", kind="listing", url=URL, select=select, **more)  # type: ignore[arg-type]


def polled(html: str, known: SourceSettings, state: bytes = b"") -> Reading:
    """Poll the listing."""
    return read(known, state, poll(URL), answer(html, URL, content_type="text/html"), NOW)


def test_blocks() -> None:
    """Of a block the first link with words leads on; headline and date are found in the block."""
    one, two = listed(source(select_title="h2", select_date="time"), BLOCKS, URL, NOW).entries
    assert (one.url, one.title) == ("http://city.example/news/1", "Ship one comes in")
    assert (one.published_at, one.published_precision) == (datetime(2026, 3, 10, 8, tzinfo=UTC), Precision.INSTANT)
    assert (two.url, two.title) == ("http://city.example/news/2", ARABIC)
    assert two.published_raw == "12 آذار 2026"


def test_links() -> None:
    """Of links their own words are the headline; a picture and a headline that lead to one page are one entry."""
    entries = listed(source("article a"), BLOCKS, URL, NOW).entries
    assert [(entry.guid, entry.title) for entry in entries] == [
        ("http://city.example/news/1", "Ship one comes in"),
        ("http://city.example/news/2", ARABIC),
    ]


def test_read_more() -> None:
    """Words that stand at several addresses, or have no letter, are no headline: the page has one of its own."""
    html = '<a href="/1">Read more</a><a href="/2">Read more</a><a href="/3">» 3</a><a href="/4">A ship</a>'
    assert [entry.title for entry in listed(source("a"), html, URL, NOW).entries] == [None, None, None, "A ship"]


def test_links_elsewhere() -> None:
    """The listing itself, scripts and mail addresses are no entries."""
    html = f'<a href="#top">Up</a><a href="{URL}">Here</a><a href="javascript:x()">X</a><a href="mailto:a@b">M</a>'
    with pytest.raises(SourceUnreadable, match="finds 4 blocks and no link in them"):
        listed(source("a"), html, URL, NOW)


def test_title_attribute() -> None:
    """A link without words has the title that it gives itself."""
    (entry,) = listed(source("a"), '<a href="/1" title="A ship comes in"><img></a>', URL, NOW).entries
    assert entry.title == "A ship comes in"


def test_nothing_found() -> None:
    """A selector that finds nothing is named, and so are the places where the page has links."""
    with pytest.raises(SourceUnreadable) as caught:
        polled(BLOCKS, source("div.story a"))
    said = str(caught.value)
    for words in (URL, "'div.story a' finds nothing", "2 at 'h2 > a' ('Ship one comes in')", "1 at 'nav > a' ('Home')"):
        assert words in said


def test_no_links_at_all() -> None:
    """A page made by scripts is said to be one."""
    with pytest.raises(SourceUnreadable, match="made by scripts"):
        polled("<html><body><div id=app></div></body></html>", source("a"))


def test_lost_title() -> None:
    """A selector for headlines or dates that finds nothing in any block is told as a flaw, not as silence."""
    reading = polled(BLOCKS, source(select_title="h3", select_date="b"))
    assert "select_title 'h3' finds nothing in 3 blocks; select_date 'b' finds nothing in 3 blocks" in reading.text
    assert [item.title for item in reading.items] == []
    pages = [request.url for request in plan(source(), reading.state, NOW) if request.purpose is Purpose.PAGE]
    assert pages == ["http://city.example/news/1", "http://city.example/news/2"]


def test_page_without_headline() -> None:
    """A link without a headline is published as the first revision when its page is read."""
    first = polled('<a href="/1">1</a>', source("a"))
    request = plan(source("a"), first.state, NOW)[1]
    page = answer("<title>The ship</title><p>The ship came in.</p>", request.url, content_type="text/html")
    (item,) = read(source("a"), first.state, request, page, NOW).items
    assert (first.items, item.revision, item.title) == ((), 1, None)


def test_new_headline() -> None:
    """A headline that changed is a reason to read the page again, and the page carries the new one."""
    page = answer("<p>The ship came in.</p>", "http://city.example/1", content_type="text/html")
    first = polled('<a href="/1">Ship comes in</a>', source("a"))
    read_once = read(source("a"), first.state, plan(source("a"), first.state, NOW)[1], page, NOW)
    second = polled('<a href="/1">Ship did not come in</a>', source("a"), read_once.state)
    again = plan(source("a"), second.state, NOW)[1]
    (item,) = read(source("a"), second.state, again, page, NOW).items
    assert (second.items, item.revision, item.title) == ((), 3, "Ship did not come in")


def test_order_and_clocks() -> None:
    """Links in another order, or with another clock beside them, are nothing new."""
    html = '<a href="/1">Ship one</a><i>{}</i><a href="/2">Ship two</a>'
    first = polled(html.format("12:00"), source("a"))
    assert polled(html.format("12:05"), source("a"), first.state).items == ()
    assert polled('<a href="/2">Ship two</a><a href="/1">Ship one</a>', source("a"), first.state).items == ()


@pytest.mark.parametrize("selector", ["a[[", "h2 >", ":no-such-thing(a)", ""])
def test_bad_selector(selector: str) -> None:
    """A selector that is none is refused in the settings, by name."""
    with pytest.raises(ValidationError, match="is not a CSS selector"):
        source(selector)


def test_needs_a_selector() -> None:
    """A listing without a selector is refused in the settings, which say what to add."""
    with pytest.raises(ValidationError, match="needs `select`"):
        SourceSettings(id="city", kind="listing", url=URL)


def test_nested_without_end() -> None:
    """A page nested without end is read or refused, and does not end the process."""
    html = "<div>" * 50_000 + '<a href="/1">Ship one</a>'
    try:
        assert len(listed(source("a"), html, URL, NOW).entries) <= 1
    except SourceUnreadable as error:
        assert URL in str(error)  # noqa: PT017 (either is right)


def test_kind() -> None:
    """A listing is asked for like a page: robots.txt first."""
    assert (LISTINGS.kind, LISTINGS.asks_robots) == ("listing", True)
