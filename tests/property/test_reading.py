"""Whatever bytes a source sends, reading ends in a reading or in our own error."""

from __future__ import annotations

from contextlib import suppress

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.connector import Reading
from connectors.feeds import plan, read
from connectors.following.lists import Followed
from connectors.pages import PAGES
from connectors.reading.charset import decode
from connectors.reading.urls import canonical, resolved
from streams.codec import decode as decode_record
from streams.codec import encode
from streams.errors import SourceUnreadable
from tests.feedmaker import NOW, SOURCE, URL, answer, entry, poll, rss

FEED = rss(entry(1), entry(2, title="سفينة & <b>مرفأ</b>"), head="<ttl>5</ttl>").encode()
ATOM = (
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>x</id><title>t</title><updated>2026</updated></entry></feed>'
)
JSON = b'{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"url":"/a","content_html":"<p>x"}]}'
TYPES = st.sampled_from(
    ["", "text/html", "text/xml; charset=utf-8", "text/html; charset=windows-1256", "x; charset=\x00"]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a feed with a stretch of it replaced by other bytes."""
    body = draw(st.sampled_from([FEED, ATOM, JSON]))
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 40)))
    return body[:start] + draw(st.binary(max_size=40)) + body[end:]


@given(body=st.one_of(st.binary(max_size=400), damaged()), kind=TYPES)
@settings(max_examples=300, deadline=None)
def test_any_bytes(body: bytes, kind: str) -> None:
    """A feed's reading raises SourceUnreadable or gives items that the codec carries there and back."""
    reading = None
    with suppress(SourceUnreadable):
        reading = read(SOURCE, b"", poll(), answer(body, content_type=kind), NOW)
    if reading is None:
        return
    assert all(decode_record(encode(item)) == item for item in reading.items)
    msgspec.json.decode(reading.state, type=Followed)


@given(body=st.one_of(st.binary(max_size=400), damaged()), kind=TYPES)
@settings(max_examples=150, deadline=None)
def test_any_page(body: bytes, kind: str) -> None:
    """A page's reading raises SourceUnreadable or gives items that the codec carries there and back."""
    try:
        reading = PAGES.read(SOURCE, b"", poll(), answer(body, content_type=kind), NOW)
    except SourceUnreadable:
        return
    assert all(decode_record(encode(item)) == item for item in reading.items)


@given(body=st.binary(max_size=300), kind=TYPES, language=st.sampled_from([None, "ar", "en"]))
def test_any_charset(body: bytes, kind: str, language: str | None) -> None:
    """Any bytes have a text."""
    assert isinstance(decode(body, content_type=kind, language=language).text, str)


@given(text=st.text(max_size=80))
def test_utf8_wins(text: str) -> None:
    """Valid UTF-8 is read as UTF-8 whatever the header says."""
    body = text.encode()
    if not body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        assert decode(body, content_type="text/html; charset=windows-1256").text == text


@given(link=st.text(max_size=80), base=st.sampled_from([URL, "https://a.example/x/?y=1"]))
def test_any_link(link: str, base: str) -> None:
    """A link is an http address or nothing, and its canonical form is its own canonical form."""
    url = resolved(link, base)
    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert canonical(canonical(url)) == canonical(url)


def merged(state: bytes, numbers: list[int]) -> Reading:
    """Read a feed that shows these entries."""
    body = rss(*(entry(number) for number in numbers))
    return read(SOURCE, state, poll(), answer(body), NOW)


@given(st.lists(st.lists(st.integers(0, 8), max_size=6), max_size=6))
@settings(max_examples=60, deadline=None)
def test_scrolling_feed(views: list[list[int]]) -> None:
    """However a feed scrolls, repeats and reorders, each entry is published once and its page asked for once."""
    state, ids = b"", []
    for numbers in views:
        reading = merged(state, numbers)
        state, ids = reading.state, ids + [item.id for item in reading.items]
    assert len(ids) == len(set(ids)) == len({number for view in views for number in view})
    assert len(plan(SOURCE, state, NOW)) == 1 + len(ids)
