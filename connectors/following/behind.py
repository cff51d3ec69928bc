"""The page behind an entry: its words as the entry's next revision, or why nobody can read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import lxml.html
from msgspec.structs import replace

from connectors.connector import Response
from connectors.pages import canonical_link, packed, page_text, tree_of
from connectors.reading.entries import digest
from connectors.reading.stubs import is_consent_address, lines_of, paywall_of, wall_of
from connectors.reading.urls import canonical, resolved
from streams.items import ItemKind, RawItem

# A paragraph of an article is longer than a teaser of the next story beside it.
PARAGRAPH = 60
_MODIFIED = re.compile(r'"dateModified"\s*:\s*"([^"]{8,40})"')
_MODIFIED_META = "//meta[@property='article:modified_time' or @itemprop='dateModified']/@content"
_DATA = "//script[@type='application/ld+json']/text()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a page says: `item` is None where `wall` says why it cannot be read ("it asks for consent first").

    `stub` says so with the page's address. `amp` is its AMP page's address, named only where that may have what this
    page lacks. `content` is a hash that stays while title and page tell the
    same: by its date of change where it names one, else by its paragraphs.
    """

    item: RawItem | None
    stub: str | None = None
    wall: str | None = None
    amp: str | None = None
    content: str = ""


def _amp_link(tree: lxml.html.HtmlElement, url: str) -> str | None:
    found = tree.xpath("//link[@rel='amphtml']/@href")
    link = resolved(str(found[0]), url) if found else None
    return link if link and canonical(link) != canonical(url) else None


def _modified(tree: lxml.html.HtmlElement) -> str | None:
    stated = (
        *tree.xpath(_MODIFIED_META),
        *(date for data in tree.xpath(_DATA) for date in _MODIFIED.findall(str(data))),
    )
    return str(stated[0]).strip() or None if stated else None


def _content(title: str | None, tree: lxml.html.HtmlElement, lines: list[str]) -> str:
    modified = _modified(tree)
    return digest(title, modified, *(() if modified else (line for line in lines if len(line) >= PARAGRAPH)))


def _page(entry: RawItem, text: str, content_type: str, response: Response, now: datetime) -> RawItem:
    return replace(
        entry,
        kind=ItemKind.PAGE,
        url=response.url,
        canonical_url=canonical(response.url),
        fetched_at=now,
        body=packed(text, response.url),
        content_type=content_type,
    )


def behind(entry: RawItem, response: Response, *, asked: str, own: int, now: datetime) -> Behind:
    """Return what the page behind an entry says; raises SourceUnreadable for what is no page.

    `asked` is the address before redirects, `own` how many characters the
    feed's own text has. Title, date, author, source and owner are the entry's.
    """
    page = page_text(response, entry.language)
    item = _page(replace(entry, title=entry.title or page.title), page.text, page.content_type, response, now)
    tree = tree_of(page.text) if page.is_html else None
    if tree is None:
        return Behind(item=item, content=digest(item.title, page.text))
    lines = lines_of(tree)
    paywall = paywall_of(tree, sum(map(len, lines)))
    consent = "it asks for consent first" if is_consent_address(asked, response.url) else None
    wall = paywall or consent or wall_of(lines, own)
    if wall:
        # A paywall is the publisher's word: no way around it is looked for.
        amp = None if paywall else _amp_link(tree, response.url)
        return Behind(item=None, stub=f"{response.url}: {wall}", wall=wall, amp=amp)
    item = replace(item, canonical_url=canonical_link(tree, response.url))
    return Behind(item=item, content=_content(item.title, tree, lines))
