"""News sitemaps and indexes of them: what a site says is new (sitemaps.org 0.9, Google's news extension).

Only what is new is taken: for two days by a news tag's date, which is how
long Google asks sites to list an article, and likewise by `lastmod`. An index is
followed three levels down, the sitemaps that changed last first.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from connectors.reading.dates import iso_date
from connectors.reading.entries import Document, Entry
from connectors.reading.urls import canonical, resolved
from streams.errors import SourceUnreadable
from streams.mentions import Precision

# sitemaps.org: 50,000 addresses and 50 MB in one file, unpacked.
MAX_URLS = 50_000
MAX_BYTES = 50 * 1024 * 1024
GZIP = b"\x1f\x8b"
NEW = timedelta(days=2)
MAX_TEXT = 1000
MAX_LANGUAGE = 35
# Newest entries taken from one file: the cursor remembers each.
MAX_ENTRIES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that an index names, with its `lastmod` as written and as a moment (UTC)."""

    url: str
    stated: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """One sitemap that was read: an index has `children`, any other a document of entries."""

    document: Document | None = None
    children: tuple[Child, ...] = ()


def unpacked(body: bytes, url: str) -> bytes:
    """Return the body unpacked if it is gzip; raises SourceUnreadable where that is damaged or beyond 50 MiB."""
    if not body.startswith(GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise SourceUnreadable(f"{url} is not a sitemap: its gzip is damaged ({error})") from error
    if unpacker.unconsumed_tail:
        raise SourceUnreadable(f"{url} is not a sitemap: it unpacks to more than {MAX_BYTES} bytes")
    if not unpacker.eof:
        raise SourceUnreadable(f"{url} is not a sitemap: its gzip is damaged (it ends too early)")
    return data


def _name(element: Element) -> str:
    """Return a tag's name without its namespace: sites write it in many ways, and in some not at all."""
    return str(element.tag).rpartition("}")[2].lower()


def _text(parent: Element, *path: str) -> str | None:
    found: Element | None = parent
    for name in path:
        found = next((child for child in found if _name(child) == name), None) if found is not None else None
    text = " ".join((found.text or "").split())[:MAX_TEXT] if found is not None else ""
    return text or None


def _dated(stated: str | None, now: datetime) -> tuple[datetime | None, Precision | None]:
    """Return a date as the protocol asks for (W3C), or as mail has it; words are not read, for 50,000 take minutes."""
    try:
        datetime.fromisoformat(stated or "")
    except ValueError:
        try:
            stated = parsedate_to_datetime(stated or "").isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            return None, None
    return iso_date(stated, now)


def _is_new(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now - moment <= NEW


def _entry(element: Element, base: str, now: datetime) -> tuple[datetime, Entry] | None:
    """Return an address that is new with the moment that says so, or None."""
    url = resolved(_text(element, "loc") or "", base)
    stated, changed = _text(element, "news", "publication_date"), _text(element, "lastmod")
    published_at, precision = _dated(stated, now)
    moment = published_at or _dated(changed, now)[0]
    if url is None or moment is None or not _is_new(moment, now):
        return None
    return moment, Entry(
        guid=canonical(url),
        url=url,
        title=_text(element, "news", "title"),
        published_at=published_at,
        published_precision=precision,
        published_raw=stated,
        language=(_text(element, "news", "publication", "language") or "")[:MAX_LANGUAGE] or None,
        changed=changed,
    )


def _elements(root: Element, name: str) -> list[Element]:
    return [child for child in root if _name(child) == name][:MAX_URLS]


def _urls(root: Element, url: str, now: datetime) -> Document:
    elements = _elements(root, "url")
    found = [pair for element in elements if (pair := _entry(element, url, now))]
    found.sort(key=lambda pair: pair[0], reverse=True)
    entries = {entry.guid: entry for _, entry in reversed(found[:MAX_ENTRIES])}
    dated = any(_text(one, "news", "publication_date") or _text(one, "lastmod") for one in elements)
    flaw = None if dated or not elements else f"none of its {len(elements)} addresses says when it changed"
    return Document(entries=tuple(reversed(entries.values())), flaw=flaw)


def _children(root: Element, url: str, now: datetime) -> Iterator[Child]:
    for element in _elements(root, "sitemap"):
        child, stated = resolved(_text(element, "loc") or "", url), _text(element, "lastmod")
        if child is not None:
            yield Child(url=child, stated=stated, changed_at=_dated(stated, now)[0])


def _root(body: bytes, url: str) -> Element:
    try:
        # lstrip: a blank line before the declaration is common and no parser takes it.
        root: Element = ElementTree.fromstring(unpacked(body, url).lstrip(b" \t\r\n"))
    except DefusedXmlException as error:
        raise SourceUnreadable(f"{url} is refused: it declares XML entities") from error
    except (ParseError, ValueError, LookupError) as error:
        raise SourceUnreadable(f"{url} is not a sitemap: {str(error)[:200]}") from error
    return root


def sitemap(body: bytes, url: str, now: datetime) -> Sitemap:
    """Return what a sitemap names; raises SourceUnreadable for what is none."""
    root = _root(body, url)
    match _name(root):
        case "urlset":
            return Sitemap(document=_urls(root, url, now))
        case "sitemapindex":
            return Sitemap(children=tuple(_children(root, url, now)))
        case other:
            raise SourceUnreadable(f"{url} is not a sitemap: it begins with <{other[:40]}>")


def newest(children: Sequence[Child], now: datetime, most: int) -> list[Child]:
    """Return the children that may hold news: changed lately or of no known date, the latest first."""
    wanted = [child for child in children if child.changed_at is None or _is_new(child.changed_at, now)]
    return sorted(wanted, key=lambda child: (child.changed_at is not None, child.changed_at), reverse=True)[:most]
