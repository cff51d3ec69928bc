"""The time that reading takes grows with the length of a text and not with its square, whatever is repeated in it.

Each reader of a stranger's text is given one thing repeated, then twice as
much: the time must not be four times as long. What is read within a moment
either way passes, so that no clock decides.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import suppress
from time import process_time

import pytest

from connectors.asking.robots import leave
from connectors.finding.discovery import offers
from connectors.finding.naming import id_for
from connectors.finding.opml import outlines
from connectors.following.behind import _MODIFIED as MODIFIED
from connectors.following.lists import _TAG as TAG
from connectors.pages import tree_of
from connectors.posts.mastodon.statuses import plain
from connectors.posts.telegram.page import channel_page
from connectors.reading.charset import decode
from connectors.reading.dates import date, iso_date
from connectors.reading.entries import Entry, content_of
from connectors.reading.formats import document
from connectors.reading.hubs import link_header
from connectors.reading.sitemapforms import sitemap
from connectors.reading.stubs import lines_of, paywall_of, wall_of
from connectors.reading.urls import canonical, resolved
from connectors.reddit import _own as own_words
from processors.embeds import _SHORT_LINKS as SHORT_LINKS
from processors.embeds import _SIGNATURE as SIGNATURE
from processors.extract import extract
from streams.errors import SourceUnreadable
from streams.items import ItemKind, Quote, RawItem
from streams.logs import printable
from streams.masking import masked
from tests.feedmaker import NOW, URL, answer

# A moment: what takes no longer is no way to keep a reader busy. In seconds of the processor.
MOMENT = 0.1
LENGTH = 40_000


def _feed(element: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        item = f"<item><title>x</title><{element}><![CDATA[{text}]]></{element}></item>"
        return document(f'<rss version="2.0"><channel><title>x</title>{item}</channel></rss>', url=URL, now=NOW)

    return read


def _item(kind: str, content_type: str = "text/html") -> Callable[[str], object]:
    def read(text: str) -> object:
        item = RawItem(
            id="s:1",
            source="s",
            kind=ItemKind(kind),
            url=URL,
            canonical_url=URL,
            fetched_at=NOW,
            body=zlib.compress(f"<p>{text}</p>".encode()),
            content_type=f"{content_type}; charset=utf-8",
            title=text[:1000],
            quotes=(Quote(text=text),),
        )
        return extract(item)

    return read


def _message(text: str) -> object:
    said = f'<div class="tgme_widget_message_text js-message_text">{text}</div>'
    return channel_page(f'<div class="tgme_widget_message" data-post="a/1">{said}</div>', NOW)


def _wall(text: str) -> object:
    tree = tree_of(f"<body>{text}</body>")
    return tree is not None and (paywall_of(tree, 10), wall_of(lines_of(tree), 0))


READERS: dict[str, tuple[Callable[[str], object], int]] = {
    "charset": (lambda text: decode(text.encode() + b"\xe3\xd1"), LENGTH),
    "charset of a header": (lambda text: decode(b"\xe3\xd1", content_type=f"text/html; {text}"), 4_000),
    "links of a header": (lambda text: list(link_header(f"<{text}", URL)), 4_000),
    "parameters of a link": (lambda text: list(link_header(f"<http://h.example/>{text}", URL)), 4_000),
    "title": (_feed("title"), 8_000),
    "description": (_feed("description"), 8_000),
    "author": (_feed("author"), 8_000),
    "date of a feed": (_feed("pubDate"), 8_000),
    "link of a feed": (_feed("link"), 8_000),
    "words of a feed": (lambda text: TAG.sub(" ", text), LENGTH),
    "content of an entry": (lambda text: content_of(Entry(title=text, body=text)), LENGTH),
    "channel": (_message, 8_000),
    "reddit": (own_words, LENGTH),
    "sitemap": (lambda text: sitemap(f"<urlset><url><loc>{text}</loc></url></urlset>".encode(), URL, NOW), LENGTH),
    "opml": (lambda text: outlines(f"<opml><body>{text}</body></opml>".encode(), "x"), 8_000),
    "robots": (lambda text: leave(f"User-agent: *\nDisallow: /{text}".encode(), f"{URL}{'a' * 500}", "x"), 8_000),
    "home page": (lambda text: offers(answer(f"<html><head>{text}")), LENGTH),
    "wall": (_wall, LENGTH),
    "date of change": (MODIFIED.findall, LENGTH),
    "status": (plain, LENGTH),
    "date": (lambda text: (date(text, None, NOW), iso_date(text, NOW)), LENGTH),
    "address": (lambda text: (resolved(text, URL), canonical(f"{URL}?{text}")), LENGTH),
    "name": (lambda text: id_for(text, f"{URL}{text}", set()), LENGTH),
    "secrets": (masked, LENGTH),
    "controls": (printable, LENGTH),
    "entry": (_item("entry"), 8_000),
    "plain text": (_item("entry", "text/plain"), 8_000),
    "page": (_item("page"), 8_000),
    "signature of a post": (lambda text: (SIGNATURE.search(text), SHORT_LINKS.sub("", text)), LENGTH),
}
REPEATED = {
    "less": "<",
    "tag": "<b",
    "comment": "<!--",
    "space": " ",
    "space and break": "<br> ",
    "wide space": "\u00a0",
    "line": "\n",
    "and": "&",
    "quote": '"',
    "letter": "a",
    "dot": "a.",
    "at": "a@",
    "dash": "— ",
    "signature": "— a (",
    "paragraph": "<p><i>",
    "link": '<a href="/x">y</a>',
    "post": "<!-- SC_OFF -->",
    "message": '<div class="tgme_widget_message" data-post="a/1">',
    "charset": "charset= ",
    "relation": "; rel",
    "query": "?a=b&",
    "mark": "\u0301",
    "hidden": "\u200b",
    "override": "\u202e",
    "date": '"dateModified": ',
    "star": "*a",
    "Arabic": "ا",
}


def _seconds(read: Callable[[str], object], text: str) -> float:
    """Return the processor's time for one reading, the least of three where it is not a moment."""
    taken: list[float] = []
    for _ in range(3):
        begin = process_time()
        with suppress(SourceUnreadable):
            read(text)
        taken.append(process_time() - begin)
        if taken[-1] < MOMENT:
            break
    return min(taken)


@pytest.mark.parametrize("reader", READERS)
def test_growth(reader: str) -> None:
    """Twice the text takes less than three and a half times as long."""
    read, length = READERS[reader]
    with suppress(SourceUnreadable):
        read("x")
    for name, one in REPEATED.items():
        text = one * (length // len(one)) + "x"
        half, whole = _seconds(read, text), _seconds(read, text + text)
        assert whole < MOMENT or whole < 3.5 * half, (name, half, whole)
