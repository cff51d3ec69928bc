"""What readers once stumbled over, each found by trying damaged documents: told in our own words, or left out."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from connectors import bluesky, mastodon, x
from connectors.asking.status import digits, freshness
from connectors.finding.discovery import offers
from connectors.kinds import KINDS, STREAMS
from connectors.posts.bluesky.sieve import listened
from connectors.posts.telegram.page import channel_page
from connectors.reading.dates import iso_date
from connectors.reading.pdf import pdf_text
from connectors.reading.sitemapforms import sitemap
from connectors.reddit import _own as own_words
from connectors.streaming import Ask, Frame, Stream
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings
from tests.feedmaker import NOW, URL, answer
from tests.tinypdf import titled

SOCIAL = SourceSettings(id="s", kind="mastodon", url="https://social.example")
SKY = SourceSettings(id="s", kind="bluesky", url="https://jet.example/subscribe")
POSTS = SourceSettings(id="s", kind="x", url="https://api.x.example", token_file="/t", words=("a",))  # type: ignore[arg-type]


@pytest.mark.parametrize("raw", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_zone_beyond_the_years(raw: str) -> None:
    """A date whose zone leads out of the years there are is unknown; in a sitemap it costs its own address only."""
    assert iso_date(raw, NOW) == (None, None)
    good = f"<url><loc>http://a.example/2</loc><lastmod>{NOW.isoformat()}</lastmod></url>"
    found = sitemap(
        f"<urlset><url><loc>http://a.example/1</loc><lastmod>{raw}</lastmod></url>{good}</urlset>".encode(), URL, NOW
    )
    assert found.document
    assert [entry.url for entry in found.document.entries] == ["http://a.example/2"]


@pytest.mark.parametrize(
    ("text", "number"), [("9" * 400, 1e15), ("9" * 5000, 1e15), ("²", None), (" 7 ", 7), ("", None)]
)
def test_digits(text: str, number: float | None) -> None:
    """A number with thousands of digits is a large one, and what only looks like a digit is none."""
    assert digits(text) == number


def test_age_without_end() -> None:
    """An answer older than all time is not fresh, and not fresh for no known time either."""
    endless = "9" * 400
    assert freshness({"cache-control": f"max-age={endless}", "age": endless}, NOW) == 0.0


@pytest.mark.parametrize("left", ["²", "9" * 5000, "-1", "many"])
def test_quota_that_is_no_number(left: str) -> None:
    """A service that tells what is left of a quota in odd digits is read all the same."""
    said = answer("[]", x_ratelimit_remaining=left)
    assert mastodon.told(SOCIAL, b"", Ask(name="timeline", url=URL), said, NOW).bad == ()
    assert x.told(POSTS, b"", Ask(name=x.GAP, url=URL), answer("{}", x_rate_limit_remaining=left), NOW).bad == ()


@pytest.mark.parametrize("body", [b'{"did": "\xff"}', b'{"did": 1}', b"[]", b'{"did": "did:\xc0"}'])
def test_name_in_broken_letters(body: bytes) -> None:
    """An answer about a name that is not even text is told as such."""
    with pytest.raises(SourceUnreadable, match="does not say whose name"):
        bluesky.told(SKY, b"", Ask(name="resolve amal.example", url=URL), answer(body), NOW)


def test_list_in_broken_letters() -> None:
    """A page of a timeline that is not even text costs the statuses that cannot be read, each of which is told."""
    taken = mastodon.told(SOCIAL, b"", Ask(name="timeline", url=URL), answer(b'["\xff"]'), NOW)
    assert [bad.data for bad in taken.bad] == [b'"\xff"']


@pytest.mark.parametrize("micros", [10**30, -5, int((NOW + timedelta(days=400)).timestamp() * 1e6)])
def test_time_that_is_not_yet(micros: int) -> None:
    """A stream that tells a time to come, or none, is resumed from a time that was."""
    told = {"did": "did:plc:abc", "time_us": micros, "kind": "identity", "identity": {"handle": "a.example"}}
    data = msgspec.json.encode(told) if micros < 2**63 else str(told).replace("'", '"').encode()
    opened = STREAMS["bluesky"].dial(SKY, b"", NOW)
    assert isinstance(opened, Stream)
    taken = bluesky.take(SKY, opened.state, (Frame(data=data, at=NOW, size=len(data)),), NOW)
    assert 0 < listened(taken.state).micros <= (NOW + timedelta(days=1)).timestamp() * 1e6
    assert isinstance(bluesky.dial(SKY, taken.state, NOW), Stream)


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "http://[]/"])
def test_link_that_is_no_address(url: str) -> None:
    """A post whose link is no address is read without it, a page whose base is none by its own address."""
    assert own_words(f'<!-- SC_OFF -->words<!-- SC_ON --><a href="{url}">[link]</a>') == "words"
    page = f'<head><base href="{url}"><link rel="alternate" type="application/rss+xml" href="/f"></head>'
    assert [offer.url for offer in offers(answer(page, "http://a.example/x"))] == ["http://a.example/f"]


@pytest.mark.parametrize("tag", ["div", "b", "blockquote"])
def test_nested_without_end(tag: str) -> None:
    """A channel's page nested beyond all reading is told as such."""
    deep = f"<{tag}>" * 5000
    page = f'<div class="tgme_widget_message" data-post="a/1"><div class="tgme_widget_message_text">{deep}x</div></div>'
    with pytest.raises(SourceUnreadable, match="too deeply"):
        channel_page(page, NOW)


def test_message_within_message() -> None:
    """A message within a message is no message of its own, however deep they stand."""
    opening = '<div class="tgme_widget_message" data-post="a/1">'
    assert len(channel_page(opening * 50, NOW).posts) == 1


def test_title_cut_within_a_letter() -> None:
    """A PDF whose title ends in half a letter is read without it."""
    found = pdf_text(titled(b"\xfe\xff\xd8\x01\x00A\xd8\x00"), URL)
    assert found.text.strip()


def test_long_words() -> None:
    """What is kept of a source's words beside its text is bounded: titles, dates, languages."""
    endless = "x" * 100_000
    title = f"<html><head><title>{endless}</title></head><body><p>{endless}</p></body></html>"
    said = KINDS["page"].read(
        SourceSettings(id="s", kind="page", url=URL), b"", KINDS["page"].plan(_page(), b"", NOW)[0], answer(title), NOW
    )
    (item,) = said.items  # type: ignore[union-attr]
    assert len(item.title or "") == 1000
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "items": [{"id": "1", "date_published": endless, "title": "t"}],
    }
    read = KINDS["feed"].read(
        _feed(), b"", KINDS["feed"].plan(_feed(), b"", NOW)[0], answer(msgspec.json.encode(feed)), NOW
    )
    assert len(read.items[0].published_raw or "") == 1000  # type: ignore[union-attr]


def _page() -> SourceSettings:
    return SourceSettings(id="s", kind="page", url=URL)


def _feed() -> SourceSettings:
    return SourceSettings(id="s", url=URL)
