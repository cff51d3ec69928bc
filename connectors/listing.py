"""Listing pages: a page whose links are entries, found by CSS selectors; each new link's page is fetched."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning

from connectors.asking.validators import conditions, is_unchanged, learned
from connectors.connector import PAGE_LIMIT, Connector, Purpose, Reading, Request, Response
from connectors.following.lists import Followed, known_of, missed, page_requests, read_entries, read_page, unchanged
from connectors.pages import page_text
from connectors.reading.dates import iso_date
from connectors.reading.entries import Document, Entry, content_of, digest
from connectors.reading.urls import canonical, resolved
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
MAX_BLOCKS = 500
MAX_TITLE = 1000
# Shapes of links that an error names, and how much of a link's words it shows.
SHAPES, SHOWN, MAX_SHAPE = 5, 40, 80


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """One link of the listing: where it leads, what stands for its headline, its date as written."""

    url: str
    title: str
    stated: str | None


def plan(source: SourceSettings, state: bytes, now: datetime) -> tuple[Request, ...]:
    """Return the poll of the listing, then the pages still to fetch."""
    known = known_of(state)
    etag, last_modified = conditions(known.validators, now)
    poll = Request(
        purpose=Purpose.POLL, url=source.url, accept=ACCEPT, limit=PAGE_LIMIT, etag=etag, last_modified=last_modified
    )
    return (poll, *page_requests(known))


def _words(tag: Tag | None) -> str:
    return " ".join(tag.get_text(" ").split())[:MAX_TITLE] if tag is not None else ""


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return value if isinstance(value, str) else ""


def _anchor(block: Tag) -> Tag | None:
    """Return the block itself if it is a link, else its first link with words, else its first link."""
    if block.name == "a":
        return block if block.get("href") else None
    anchors = block.select("a[href]")
    return next((anchor for anchor in anchors if _words(anchor)), anchors[0] if anchors else None)


def _title(source: SourceSettings, block: Tag, anchor: Tag) -> str:
    if source.select_title:
        return _words(block.select_one(source.select_title))
    spoken = _words(anchor) or _attribute(anchor, "title") or _attribute(anchor, "aria-label")
    return " ".join(spoken.split())[:MAX_TITLE]


def _stated(source: SourceSettings, block: Tag) -> str | None:
    tag = block.select_one(source.select_date) if source.select_date else None
    return (_attribute(tag, "datetime") or _words(tag))[:MAX_TITLE] or None if tag is not None else None


def _links(source: SourceSettings, blocks: Iterable[Tag], base: str) -> Iterator[_Link]:
    for block in blocks:
        anchor = _anchor(block)
        url = resolved(_attribute(anchor, "href"), base) if anchor is not None else None
        if anchor is not None and url is not None and canonical(url) != canonical(source.url):
            yield _Link(url=url, title=_title(source, block, anchor), stated=_stated(source, block))


def _merged(links: Sequence[_Link]) -> list[_Link]:
    """Return each address once with its longest headline: a picture and a headline often lead to one page."""
    found: dict[str, _Link] = {}
    for link in links:
        other = found.get(canonical(link.url))
        if other is None or len(link.title) > len(other.title):
            stated = link.stated or (other.stated if other else None)
            found[canonical(link.url)] = _Link(url=link.url, title=link.title, stated=stated)
    return list(found.values())


def _entries(links: Sequence[_Link], now: datetime) -> tuple[Entry, ...]:
    # "Read more" stands at many addresses and is no headline; the page has one of its own.
    common = Counter(link.title for link in links)
    return tuple(
        _entry(link, link.title if common[link.title] == 1 and any(map(str.isalpha, link.title)) else None, now)
        for link in links
    )


def _entry(link: _Link, title: str | None, now: datetime) -> Entry:
    published_at, precision = iso_date(link.stated, now) if link.stated else (None, None)
    return Entry(
        guid=canonical(link.url),
        url=link.url,
        title=title,
        published_at=published_at,
        published_precision=precision,
        published_raw=link.stated,
    )


def _shape(anchor: Tag) -> str:
    return " > ".join(
        ".".join((tag.name, *(tag.get_attribute_list("class") if tag.get("class") else ())))[:MAX_SHAPE]
        for tag in (anchor.parent, anchor)
        if tag is not None
    )


def soup_of(text: str) -> BeautifulSoup:
    """Return a page's elements; XML that stands where a page should is read as one without complaint."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml")


def links_there(soup: BeautifulSoup) -> str:
    """Return in words what links a page has: the commonest places they stand in, with an example of each."""
    anchors = [anchor for anchor in soup.select("a[href]", limit=MAX_BLOCKS * 5) if _words(anchor)]
    if not anchors:
        return "the page has no links with words (it may be made by scripts)"
    shapes = Counter(map(_shape, anchors))
    first = {_shape(anchor): _words(anchor)[:SHOWN] for anchor in reversed(anchors)}
    told = (f"{count} at {shape!r} ({first[shape]!r})" for shape, count in shapes.most_common(SHAPES))
    return f"its links: {', '.join(told)}"


def _flaw(source: SourceSettings, blocks: Sequence[Tag]) -> str | None:
    """Return which of the selectors within a block found nothing at all."""
    inner = (("select_title", source.select_title), ("select_date", source.select_date))
    lost = [
        f"{name} {selector!r} finds nothing in {len(blocks)} blocks"
        for name, selector in inner
        if selector and not any(block.select_one(selector) for block in blocks)
    ]
    return "; ".join(lost) or None


def listed(source: SourceSettings, text: str, url: str, now: datetime) -> Document:
    """Return the entries of a listing's HTML; raises SourceUnreadable where the selector finds no link."""
    try:
        return _listed(source, text, url, now)
    except RecursionError as error:
        raise SourceUnreadable(f"{url} nests its HTML too deeply to be read") from error


def _listed(source: SourceSettings, text: str, url: str, now: datetime) -> Document:
    soup = soup_of(text)
    blocks = soup.select(source.select or "a[href]", limit=MAX_BLOCKS)
    links = list(_links(source, blocks, url))
    if not links:
        found = f"finds {len(blocks)} blocks and no link in them" if blocks else "finds nothing"
        raise SourceUnreadable(f"{url}: the selector {source.select!r} {found}; {links_there(soup)}")
    return Document(entries=_entries(_merged(links), now), flaw=_flaw(source, blocks))


def _read_listing(
    source: SourceSettings, known: Followed, request: Request, response: Response, now: datetime
) -> Reading:
    if is_unchanged(known.validators, request, response):
        return unchanged(known, learned(known.validators, request, response, now), now)
    found = listed(source, page_text(response, source.language).text, response.url, now)
    content = digest(*map(content_of, found.entries))
    validators = learned(known.validators, request, response, now, content=content)
    return read_entries(source, known, validators, found, now)


def read(source: SourceSettings, state: bytes, request: Request, response: Response, now: datetime) -> Reading:
    """Return what a poll or a page brought; raises SourceUnreadable and nothing else."""
    known = known_of(state)
    if request.purpose is Purpose.PAGE:
        return read_page(known, request, response, now)
    return _read_listing(source, known, request, response, now)


LISTINGS = Connector(kind="listing", plan=plan, read=read, missed=missed, asks_robots=True)
