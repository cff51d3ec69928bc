"""Pages: the one behind an entry, and one polled on its own."""

from __future__ import annotations

import os
import zlib

import msgspec
import pytest

from connectors.connector import Reading
from connectors.pages import packed, page_text, plan, read
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings
from tests.feedmaker import ARABIC, NOW, answer, poll

URL = "http://city.example/notices/port"
PORT = SourceSettings(id="port", kind="page", url=URL, language="ar")
LONG = "The harbour office gives notice that the northern quay will stay closed until the end of the month."


def page(text: str = LONG, head: str = "", extra: str = "") -> str:
    """Return a page with one paragraph."""
    return f"<html><head><title>Port  notices</title>{head}</head><body><p>{text}</p>{extra}</body></html>"


def polled(body: str, state: bytes = b"") -> Reading:
    """Read the page as it is now."""
    return read(PORT, state, poll(URL), answer(body, URL, content_type="text/html"), NOW)


def test_changed_page() -> None:
    """A page is an item when what it tells has changed: the same item, its next revision."""
    first = polled(page())
    second = polled(page(LONG.replace("closed", "open")), first.state)
    (one,), (two,) = first.items, second.items
    assert (one.id == two.id, one.revision, two.revision) == (True, 1, 2)
    assert (one.title, one.language) == ("Port notices", "ar")


def test_clocks_are_no_change() -> None:
    """Clocks, counters and scripts that change do not make a page new."""
    first = polled(page(extra="<i>12:00</i><script>nonce='a'</script>"))
    second = polled(page(extra="<i>12:05</i><script>nonce='b'</script><b>31 visits</b>"), first.state)
    assert (second.items, second.outcome) == ((), "unchanged")


def test_legacy_charset() -> None:
    """A windows-1256 page that declares Latin is stored as UTF-8 and says so."""
    body = page(ARABIC, head='<meta charset="iso-8859-1">').encode("windows-1256")
    (item,) = read(PORT, b"", poll(URL), answer(body, URL, content_type="text/html"), NOW).items
    assert ARABIC in zlib.decompress(item.body).decode("utf-8")
    assert item.content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/notices/7", "http://city.example/notices/7"),
        ("https://other.example/story?utm_source=x", "https://other.example/story"),
        ("http://city.example/", URL),
        ("javascript:alert(1)", URL),
        ("http://[bad", URL),
    ],
)
def test_canonical(link: str, expected: str) -> None:
    """The page's own canonical link is followed, unless it is a front page or no address."""
    (item,) = polled(page(head=f'<link rel="canonical" href="{link}">')).items
    assert item.canonical_url == expected


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        ("", "text/html", "is an empty page"),
        (" \n ", "text/html", "is an empty page"),
        ("%PDF-1.7", "application/pdf", "is a PDF that cannot be read"),
        ("PK", "application/zip", "its content type is 'application/zip'"),
        ("GIF89a\x00\x00", "text/html", "binary data"),
    ],
)
def test_unreadable(body: str, kind: str, why: str) -> None:
    """What is no page is refused with its address and the reason."""
    with pytest.raises(SourceUnreadable) as caught:
        page_text(answer(body, URL, content_type=kind), None)
    assert why in str(caught.value)
    assert URL in str(caught.value)


def test_too_large_for_a_record() -> None:
    """A text that no record can carry is refused before it reaches the journal."""
    with pytest.raises(SourceUnreadable, match="too large for a record"):
        packed(os.urandom(9_000_000).decode("latin-1"), URL)


def test_conditions() -> None:
    """A page is asked for with the validators of its last answer."""
    first = read(PORT, b"", poll(URL), answer(page(), URL, etag='"e"', last_modified="yesterday"), NOW)
    (request,) = plan(PORT, first.state, NOW)
    assert (request.etag, request.last_modified) == ('"e"', "yesterday")
    again = read(PORT, first.state, request, answer("", URL, status=304, etag='"f"'), NOW)
    assert again.outcome == "unchanged"
    assert plan(PORT, again.state, NOW)[0].etag == '"f"'
    assert msgspec.json.decode(again.state)["validators"]["last_modified"] == "yesterday"


def test_clocks_are_no_lie() -> None:
    """One ETag for a page whose clock moves on is honest; for a page that tells something else it is a lie."""

    def said(body: str, state: bytes = b"") -> Reading:
        return read(PORT, state, poll(URL), answer(body, URL, content_type="text/html", etag='"same"'), NOW)

    first = said(page(extra="<i>12:00</i>"))
    assert said(page(extra="<i>12:05</i>"), first.state).has_validators
    assert not said(page(LONG.replace("closed", "open")), first.state).has_validators
