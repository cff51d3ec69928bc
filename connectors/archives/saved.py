"""From a saved document to items: a feed's entries, a page, a text, a line. Runs in a worker process; pure.

Feeds go through the very code that reads them live, pages through that of
pages. What was met before under the same key is repeated or is its next
revision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import starmap

import lxml.html
from htmldate import find_date
from msgspec.structs import replace

from connectors.archives import lines
from connectors.archives.documents import Found
from connectors.archives.unpacking import Form
from connectors.connector import Response
from connectors.following.lists import item_of
from connectors.pages import PDF, PDF_MARK, READABLE, canonical_link, content_of_page, packed, page_text, tree_of
from connectors.reading.charset import decode
from connectors.reading.entries import Seen, content_of, digest, keyed
from connectors.reading.formats import document
from connectors.reading.items import item_at
from connectors.reading.urls import canonical, resolved
from streams.codec import encode
from streams.items import EnrichedItem, ItemKind, RawItem
from streams.mentions import Precision
from streams.sources import SourceSettings

HEAD = 16 * 1024
_FEED = re.compile(r"<(?:\w{1,20}:)?(?:rss|feed|RDF|channel)[\s>]")
_PAGE = re.compile(r"<!doctype html|<html[\s>]|<(?:head|body|article|div|p|meta|title|script)[\s>/]", re.IGNORECASE)
_LINK = re.compile(r"<(?:\w{1,20}:)?link\b([^>]{0,1000})>(?:\s*(https?://[^<\s]{1,2000}))?", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>]|\"items\"", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*["'](https?://[^"']{1,2000})""", re.IGNORECASE)
_OWN = re.compile(r'"(?:feed_url|home_page_url)"\s*:\s*"(https?://[^"]{1,2000})"')
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_STATED = (
    "//meta[contains(@property,'published') or contains(@name,'date') or @itemprop='datePublished']/@content"
    "|//time/@datetime|//script[@type='application/ld+json'][contains(.,'datePublished')]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A document and where it lay: `name` in its archive, `address` for people, `now` when it is read (UTC).

    Only a replay is `with_enriched` items.
    """

    source: SourceSettings
    name: str
    address: str
    found: Found
    now: datetime
    with_enriched: bool = False

    @property
    def url(self) -> str:
        """The document's own address where the crawl knows it, else that of its file."""
        return self.found.record.url if self.found.record else self.address

    @property
    def at(self) -> datetime:
        """When it was fetched: in the crawl, else now."""
        return (self.found.record.at if self.found.record else None) or self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The items of one document, the word of its end, and what is to be remembered of what it held."""

    items: tuple[RawItem, ...] = ()
    enriched: tuple[EnrichedItem, ...] = ()
    ending: str = "ok"
    seen: Mapping[str, Seen] = field(default_factory=dict)


def _settled(told: Iterable[tuple[str, str, RawItem]], seen: Mapping[str, Seen]) -> Made:
    """Leave out what was told before, and number what has changed as the next revision."""
    items: list[RawItem] = []
    met: dict[str, Seen] = {}
    for key, content, item in told:
        before = met.get(key) or seen.get(key)
        if before is not None and before.content == content:
            met[key] = before
            continue
        revision = before.revision + 1 if before else 1
        items.append(replace(item, revision=revision))
        met[key] = Seen(content=content, link="", revision=revision, updates=0, day=0)
    return Made(items=tuple(items), ending="ok" if items else "repeated" if met else "empty", seen=met)


def _again(item: RawItem | EnrichedItem, seen: Mapping[str, Seen]) -> Made:
    """Pass an item of ours on as it is, under the number it has, unless it was the last of its name that passed."""
    key, content = digest(item.id), digest(encode(item).decode())
    if key in seen and seen[key].content == content:
        return Made(ending="repeated", seen={key: seen[key]})
    met = {key: Seen(content=content, link="", revision=item.revision, updates=0, day=0)}
    return Made(items=(item,), seen=met) if isinstance(item, RawItem) else Made(enriched=(item,), seen=met)


def _bare(saved: Saved, key: str, kind: ItemKind, url: str) -> RawItem:
    item = item_at(saved.source, key, kind, url, canonical_url=canonical(url), now=saved.at)
    return replace(item, language=saved.source.language)


def _own_address(text: str) -> str | None:
    """Return the address a feed gives itself: its self link, else its site's."""
    # What stands within an entry is the entry's address.
    head = _ENTRY.split(text[:HEAD], maxsplit=1)[0]
    links = [(attributes.lower(), _HREF.search(attributes), inner) for attributes, inner in _LINK.findall(head)]
    itself = [href[1] for attributes, href, _ in links if href and re.search(r"""rel\s*=\s*["']self""", attributes)]
    site = [inner or (href[1] if href else "") for _, href, inner in links]
    stated = _OWN.search(head)
    return next(filter(None, (*itself, *site, stated and stated[1])), None)


def _by_file(saved: Saved, item: RawItem) -> RawItem:
    """Date what has no date of its own by its file: the day in its name, else the day it was changed."""
    changed = saved.found.changed
    if item.published_at is not None or changed is None:
        return item
    named = list(starmap(_day_of, _DAY.findall(saved.name)))
    day = next((day for day in reversed(named) if day is not None and day <= saved.now), None)
    said = "in the name of the file" if day else "when the file was changed"
    moment = day or changed.replace(hour=0, minute=0, second=0, microsecond=0)
    raw = item.published_raw or f"{moment.date()}, {said}"
    return replace(item, published_at=moment, published_precision=Precision.DAY, published_raw=raw)


def _day_of(year: str, month: str, day: str) -> datetime | None:
    try:
        return datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None


def _feed(saved: Saved, text: str, seen: Mapping[str, Seen]) -> Made:
    base = saved.url if saved.found.record else _own_address(text) or saved.url
    feed = document(text, url=base, now=saved.at)
    source = saved.source.model_copy(update={"url": base})
    scope = canonical(base) if base != saved.address else feed.title or saved.name

    def told() -> Iterator[tuple[str, str, RawItem]]:
        for plain, entry in keyed(feed.entries, {}):
            # Feeds of one archive may give the same name to different entries.
            key = digest(scope, plain)
            if entry.title or entry.body:
                yield key, content_of(entry), _by_file(saved, item_of(source, feed, key, entry, saved.at))

    return _settled(told(), seen)


def _has_date(tree: lxml.html.HtmlElement, latest: datetime) -> bool:
    if tree.xpath(_STATED):
        return True
    copy = lxml.html.fromstring(lxml.html.tostring(tree))
    return bool(find_date(copy, extensive_search=False, original_date=True, max_date=latest.date().isoformat()))


def _page(saved: Saved, content_type: str, seen: Mapping[str, Seen]) -> Made:
    body = Response(url=saved.url, status=200, headers={"content-type": content_type}, body=saved.found.data)
    page = page_text(body, saved.source.language)
    tree = tree_of(page.text) if page.is_html else None
    own = saved.url if saved.found.record else _stated_address(tree) or saved.url
    link = canonical_link(tree, own)
    key = digest(link if own != saved.address else saved.name)
    item = replace(
        _bare(saved, key, ItemKind.PAGE, own),
        canonical_url=link,
        title=page.title,
        body=packed(page.text, own),
        content_type=page.content_type,
    )
    if tree is None or not _has_date(tree, saved.now):
        item = _by_file(saved, item)
    return _settled([(key, content_of_page(tree, page.text), item)], seen)


def _stated_address(tree: lxml.html.HtmlElement | None) -> str | None:
    """Return the address a saved page gives itself."""
    if tree is None:
        return None
    found = (*tree.xpath("//link[@rel='canonical']/@href"), *tree.xpath("//meta[@property='og:url']/@content"))
    return next(filter(None, (resolved(str(link), "") for link in found)), None)


def _text(saved: Saved, text: str, seen: Mapping[str, Seen]) -> Made:
    key = digest(saved.name)
    item = replace(
        _bare(saved, key, ItemKind.ENTRY, saved.address),
        body=packed(text, saved.address),
        content_type="text/plain; charset=utf-8",
    )
    return _settled([(key, digest(text), _by_file(saved, item))], seen)


def _line(saved: Saved, data: bytes, seen: Mapping[str, Seen]) -> Made:
    ours = lines.item_of(data, with_enriched=saved.with_enriched)
    if ours is not None:
        return _again(replace(ours, demo=ours.demo or saved.source.demo), seen)
    is_row = saved.found.form is not Form.LINES
    line = lines.line_of(data, saved.address, saved.at, {} if is_row else saved.source.columns)
    bare = _bare(saved, line.key, line.kind, line.url or f"{saved.address}#{saved.found.number}")
    item = replace(
        bare,
        # Without an address of its own each line is a page by itself.
        canonical_url=bare.canonical_url if line.url else bare.url,
        title=line.title,
        author=line.author,
        fetched_at=line.fetched_at or bare.fetched_at,
        owner=line.publisher or bare.owner,
        body=packed(line.body, bare.url),
        content_type=f"{line.content_type}; charset=utf-8",
        published_at=line.published_at,
        published_precision=line.published_precision,
        published_raw=line.published_raw,
        language=saved.source.language or line.language,
    )
    return _settled([(line.key, digest(line.title, line.body, line.published_raw), item)], seen)


def _crawled(saved: Saved, seen: Mapping[str, Seen]) -> Made:
    """Read what a crawl fetched: a feed, a page, or something we have no use for."""
    declared = saved.found.record.content_type if saved.found.record else ""
    kind = declared.partition(";")[0].strip().lower()
    is_page = kind in READABLE or kind in PDF
    if not is_page and not re.search(r"xml|rss|json|octet-stream", kind):
        return Made(ending="type")
    if not saved.found.data.strip():
        return Made(ending="empty")
    if kind not in PDF and not saved.found.data.startswith(PDF_MARK):
        text = decode(saved.found.data, content_type=declared, language=saved.source.language).text
        if is_feed(text):
            return _feed(saved, text, seen)
    return _page(saved, declared, seen) if is_page else Made(ending="type")


def is_feed(text: str) -> bool:
    """Whether a text begins as feeds do, and not as a page that quotes one."""
    head = text[:HEAD]
    if head.lstrip("\ufeff \t\r\n").startswith("{"):
        return "jsonfeed.org" in head
    feed, page = _FEED.search(head), _PAGE.search(head)
    return feed is not None and (page is None or feed.start() < page.start())


def _whole(saved: Saved, seen: Mapping[str, Seen]) -> Made:
    """Read a file that is one document: what it is its beginning says."""
    text = decode(saved.found.data, language=saved.source.language).text
    start = text[:HEAD].lstrip("\ufeff \t\r\n")
    if start.startswith("{") and not is_feed(text):
        return _line(saved, text.lstrip("\ufeff").encode("utf-8", "replace"), seen)
    if not is_feed(text) and _PAGE.search(start):
        return _page(saved, "", seen)
    # Markup that is neither page nor feed is told to be no feed, in its reader's words.
    return _feed(saved, text, seen) if is_feed(text) or start.startswith("<") else _text(saved, text, seen)


def made(saved: Saved, seen: Mapping[str, Seen]) -> Made:
    """Return what a saved document brings; raises SourceUnreadable and nothing else it foresees."""
    if saved.found.item is not None:
        return _again(replace(saved.found.item, demo=saved.found.item.demo or saved.source.demo), seen)
    if saved.found.form in {Form.LINES, Form.CSV, Form.PARQUET}:
        return _line(saved, saved.found.data, seen)
    if saved.found.record is not None:
        return _crawled(saved, seen)
    return _page(saved, PDF[0], seen) if saved.found.data.startswith(PDF_MARK) else _whole(saved, seen)
