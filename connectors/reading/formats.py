"""Feed text to entries: RSS, Atom and RDF by feedparser, JSON Feed by msgspec. Runs in a worker process."""

from __future__ import annotations

import html
import io
import math
import re
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import feedparser
import lxml.etree
import lxml.html
import msgspec

from connectors.reading.dates import date, iso_date
from connectors.reading.entries import Document, Entry
from connectors.reading.hubs import named_hub
from connectors.reading.urls import resolved
from streams.errors import SourceUnreadable

MAX_ENTRIES = 2000
JUNK = 1024
# Characters of a title, an author or a date: they are kept in the cursor until the page is read.
MAX_LINE = 1000
MAX_AUTHOR = 300
# XML 1.0 section 2.2 has no such characters; one of them ends a strict parser's work.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_DECLARATION = re.compile(r"^<\?xml[^>]{0,300}\?>")
# W3C's names of characters, which Drupal declared in each of its feeds: feedparser knows them by heart.
_NAMES = re.compile(
    r"""<!ENTITY\s{1,9}%\s{1,9}HTML(?:lat1|symbol|special)\s{1,9}PUBLIC\s{1,9}"-//W3C//ENTITIES [\w ]{1,60}//EN\""""
    r"""\s{1,9}"http://www\.w3\.org/[\w/.-]{1,80}"\s{0,9}>(?:\s{0,9}%HTML(?:lat1|symbol|special);)?"""
)
# Seconds of sy:updatePeriod (RSS 1.0 syndication module), as written in the wild.
_PERIODS = {
    "hourly": 3600,
    "always": 3600,
    "daily": 86400,
    "dayly": 86400,
    "weekly": 604800,
    "monthly": 2592000,
    "yearly": 31536000,
}
DAY = 86400.0


def _legal_reference(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    if number > sys.maxunicode or _ILLEGAL.match(chr(number)):
        return ""
    return match[0]


def cleaned(text: str) -> str:
    """Return feed text a parser can begin with: no junk before the first tag, no illegal characters."""
    text = _ILLEGAL.sub("", text).lstrip("\ufeff \t\r\n")
    start = text.find("<", 0, JUNK)
    return _REFERENCE.sub(_legal_reference, text[start:] if start > 0 else text)


def _plain(text: str | None, kind: str = "text/html") -> str | None:
    """Return one line of text without markup."""
    if not text:
        return None
    if kind != "text/plain" and "<" in text:
        try:
            text = " ".join(map(str, lxml.html.fromstring(f"<div>{text}</div>").itertext()))
        except (lxml.etree.LxmlError, ValueError):
            text = re.sub(r"<[^<>]{0,500}>", " ", text)
    return " ".join(html.unescape(text).split())[:MAX_LINE] or None


def _language(text: str | None) -> str | None:
    code = re.split(r"[-_]", text or "", maxsplit=1)[0].strip().lower()
    return code if re.fullmatch(r"[a-z]{2,3}", code) else None


def _raw_date(entry: Any) -> tuple[str | None, Any]:
    for name in ("published", "created", "updated"):
        # `in` and not `get`: feedparser makes up an `updated` where there is none.
        if name in entry.keys():  # noqa: SIM118 (feedparser's `in` answers for made-up keys too)
            return entry[name][:MAX_LINE], entry.get(f"{name}_parsed")
    return None, None


def _body(entry: Any) -> tuple[str, str]:
    """Return the longest of the entry's texts and its content type."""
    texts = [(part.get("value") or "", part.get("type")) for part in entry.get("content", ())]
    summary = entry.get("summary_detail") or {}
    texts.append((summary.get("value") or "", summary.get("type")))
    text, kind = max(texts, key=lambda pair: len(pair[0]))
    return text, "text/plain" if kind == "text/plain" and "<" not in text else "text/html"


def _entry(entry: Any, base: str, now: datetime) -> Entry:
    raw, parsed = _raw_date(entry)
    published_at, precision = date(raw, parsed, now)
    body, content_type = _body(entry)
    title = entry.get("title_detail") or {}
    return Entry(
        guid=entry.get("id") or None,
        url=resolved(entry.get("link") or "", base),
        title=_plain(entry.get("title"), title.get("type") or "text/html"),
        author=_plain((entry.get("author") or "")[:MAX_AUTHOR]),
        body=body,
        content_type=content_type,
        published_at=published_at,
        published_precision=precision,
        published_raw=raw,
        language=_language(title.get("language")),
    )


def _number(text: Any) -> float:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0


def _hint(feed: Any) -> float:
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower(), 0)
    frequency = _number(feed.get("sy_updatefrequency")) or 1.0
    return min(max(_number(feed.get("ttl")) * 60, period / frequency), DAY)


def _shortened(look: Callable[[Any, str], None]) -> Callable[..., None]:
    """Let feedparser look for an address in the beginning of an author only: its time grows with the length squared."""

    def looked(parser: Any, key: str = "author") -> None:
        context = parser._get_context()  # noqa: SLF001 (feedparser offers no other way)
        author = context.get(key)
        if isinstance(author, str) and len(author) > MAX_AUTHOR:
            context[key] = author[:MAX_AUTHOR]
        look(parser, key)

    return looked


_MIXIN = feedparser.mixin._FeedParserMixin  # noqa: SLF001 (as above)
_MIXIN._sync_author_detail = _shortened(_MIXIN._sync_author_detail)  # noqa: SLF001


def _parsed(text: str, url: str) -> Any:
    """Give feedparser our own UTF-8 bytes: never an address or a path, never its sanitizer (20 times slower)."""
    document = '<?xml version="1.0" encoding="utf-8"?>' + _DECLARATION.sub("", text)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    return feedparser.parse(
        io.BytesIO(document.encode("utf-8", "replace")),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _what_it_is(text: str) -> str:
    head = text[:2000].lower()
    if not text.strip():
        return "it is empty"
    return "it is an HTML page" if "<html" in head or "<!doctype html" in head else "no feed format is recognised"


def _xml(text: str, url: str, now: datetime) -> Document:
    text = _NAMES.sub("", cleaned(text), count=3)
    # Entities of a document's own can grow without bound, and no feed needs them.
    if "<!DOCTYPE" in text and "<!ENTITY" in text:
        raise SourceUnreadable(f"{url} is refused: it declares XML entities")
    feed = _parsed(text, url)
    flaw = str(feed["bozo_exception"])[:300] if feed.get("bozo") else None
    if not feed.get("version") or (flaw and not feed.entries):
        what = "it is damaged and has no entry" if feed.get("version") else _what_it_is(text)
        raise SourceUnreadable(f"{url} is not a feed: {what}{f' ({flaw})' if flaw else ''}")
    return Document(
        entries=tuple(_entry(entry, url, now) for entry in feed.entries[:MAX_ENTRIES]),
        title=_plain(feed.feed.get("title")),
        form=feed.version,
        language=_language(feed.feed.get("language")),
        hint=_hint(feed.feed),
        flaw=flaw,
        hub=named_hub(((link.get("rel") or "", link.get("href") or "") for link in feed.feed.get("links", ())), url),
    )


class _Author(msgspec.Struct, frozen=True):
    name: str | None = None


class _JsonEntry(msgspec.Struct, frozen=True):
    id: str | int | float | None = None
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    author: _Author | None = None
    authors: tuple[_Author, ...] | None = None
    language: str | None = None


class _Hub(msgspec.Struct, frozen=True):
    type: str | None = None
    url: str | None = None


class _JsonFeed(msgspec.Struct, frozen=True):
    version: str
    items: tuple[_JsonEntry, ...]
    title: str | None = None
    language: str | None = None
    feed_url: str | None = None
    hubs: tuple[_Hub, ...] = ()


def _json_entry(entry: _JsonEntry, base: str, now: datetime) -> Entry:
    raw = (entry.date_published or entry.date_modified or "")[:MAX_LINE] or None
    published_at, precision = iso_date(raw, now)
    link = entry.url or entry.external_url
    writers = entry.authors or ((entry.author,) if entry.author else ())
    return Entry(
        guid=str(entry.id) if entry.id not in {None, ""} else None,
        url=resolved(link, base) if link else None,
        title=_plain(entry.title, "text/plain"),
        author=_plain(", ".join(writer.name for writer in writers if writer.name)[:MAX_AUTHOR]),
        body=entry.content_html or entry.content_text or entry.summary or "",
        content_type="text/html" if entry.content_html else "text/plain",
        published_at=published_at,
        published_precision=precision,
        published_raw=raw,
        language=_language(entry.language),
    )


def _json(text: str, url: str, now: datetime) -> Document:
    feed = msgspec.json.decode(text.encode("utf-8", "replace"), type=_JsonFeed)
    if "jsonfeed.org" not in feed.version:
        raise SourceUnreadable(f"{url} is not a feed: JSON of version {feed.version[:80]!r}")
    entries = tuple(_json_entry(entry, url, now) for entry in feed.items[:MAX_ENTRIES])
    links = [("hub", hub.url or "") for hub in feed.hubs if (hub.type or "").lower() == "websub"]
    hub = named_hub((*links, ("self", feed.feed_url or "")), url)
    title = _plain(feed.title, "text/plain")
    return Document(entries=entries, title=title, form="json", language=_language(feed.language), hub=hub)


def document(text: str, *, url: str, now: datetime) -> Document:
    """Return the entries of a feed's text; raises SourceUnreadable and nothing else."""
    try:
        return _json(text, url, now) if text.lstrip("\ufeff \t\r\n").startswith("{") else _xml(text, url, now)
    except SourceUnreadable:
        raise
    except Exception as error:  # a parser's own accident on hostile bytes is the document's fault
        raise SourceUnreadable(f"{url} is not a feed: {type(error).__name__}: {str(error)[:300]}") from error
