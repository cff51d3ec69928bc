"""From what a connector read to clean text: `extract`.

Pure: nothing is dialled, written or logged, and no clock is read. The text is
text only: no tag, entity, control character or direction override is left in
it. Runs in worker processes only, since trafilatura crashes under threads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement
from msgspec.structs import replace

from processors.credit import credit_of
from processors.decode import characters, clean, media_type
from processors.embeds import mark_posts, read_back
from processors.language import language_of
from processors.markup import (
    article_text,
    fragment_text,
    links_of,
    parse,
    plain_words,
    published_of,
    title_of,
)
from processors.normalise import fold
from processors.quotes import quoted
from streams.errors import SourceUnreadable
from streams.items import ItemKind, Part, RawItem
from streams.mentions import Precision

_MARKUP = re.compile(r"<[A-Za-z/!][^>]*>|&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});")
_HASHTAG = re.compile(r"(?<![\w&/])#([^\W\d]\w{0,99})")
_HANDLE = re.compile(r"(?<![\w.@/])@([A-Za-z0-9_]{2,30}(?:@[a-z0-9-]+(?:\.[a-z0-9-]+)+)?)")
_WEB_LINK = re.compile(r"https?://[^\s<>\"'()\[\]،؛]+")
# What WordPress puts below each entry of its feeds; it repeats the title.
_SYNDICATED = re.compile(
    r"\n*^(?:The post\b.{0,400}\bappeared first on\b|ظهرت المقالة\b.{0,400}\bأولا[ًَ]? على\b).{0,200}\Z", re.MULTILINE
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """An item's clean text, title first, and what could be read of it.

    Offsets of `parts` count characters of `text`; `body` is the text without
    the title, and without what a post quotes unless it has no other words.
    `handles` begin with the writer's own. `published_at` is the item's own or, where it has none, the
    page's (UTC).
    """

    text: str
    body: str
    title: str | None
    parts: tuple[Part, ...]
    links: tuple[str, ...]
    hashtags: tuple[str, ...]
    handles: tuple[str, ...]
    language: str | None
    credit: str | None
    published_at: datetime | None
    published_precision: Precision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    body: str
    parts: tuple[Part, ...] = ()
    links: tuple[str, ...] = ()
    title: str | None = None
    published_at: datetime | None = None
    published_precision: Precision | None = None
    language: str | None = None


def extract(item: RawItem) -> Extracted:
    """Return the item's clean text; raises SourceUnreadable for a body that is damaged or no text.

    A page without an article gives an empty text even where it has a title: a
    consent wall must not replace what the feed said.
    """
    read = _read(item, characters(item))
    title = _line(item.title) or read.title
    own, parts = _without_title(read.body, read.parts, title)
    body, parts = quoted(own, parts, item.quotes)
    text, parts = _titled(item, title, body, parts)
    return Extracted(
        text=text,
        body=own or body,
        title=title,
        parts=parts,
        links=tuple(dict.fromkeys((*read.links, *_quoted_links(item)))),
        hashtags=tuple(dict.fromkeys((*item.hashtags, *_HASHTAG.findall(text)))),
        handles=tuple(dict.fromkeys((*_writers(item), *_HANDLE.findall(text)))),
        language=language_of(text, item.language or read.language),
        credit=credit_of(own or body),
        published_at=item.published_at or read.published_at,
        published_precision=item.published_precision if item.published_at else read.published_precision,
    )


def _writers(item: RawItem) -> Iterator[str]:
    yield from (handle for handle in (item.handle, *(quote.handle for quote in item.quotes)) if handle)


def _quoted_links(item: RawItem) -> Iterator[str]:
    for quote in item.quotes:
        yield from [quote.url] if quote.url else []
        yield from _WEB_LINK.findall(quote.text)


def _read(item: RawItem, source: str) -> _Read:
    if media_type(item) == "text/plain":
        return _Read(
            body=clean(source.replace("\r\n", "\n").replace("\r", "\n")).strip(),
            links=tuple(dict.fromkeys(_WEB_LINK.findall(source))),
        )
    try:
        return _read_html(item, source)
    except RecursionError as error:
        raise SourceUnreadable(
            f"item {item.id!r} of source {item.source!r} nests its HTML too deeply to be read"
        ) from error


def _read_html(item: RawItem, source: str) -> _Read:
    tree = parse(source)
    if tree is None:
        return _Read(body="")
    return _page(item, tree) if item.kind is ItemKind.PAGE else _fragment(item, tree)


def _fragment(item: RawItem, tree: HtmlElement) -> _Read:
    links = links_of(tree, item.url)
    posts = mark_posts(tree)
    body, parts = read_back(clean(_SYNDICATED.sub("", fragment_text(tree))), posts)
    return _Read(body=body, parts=parts, links=links)


def _page(item: RawItem, tree: HtmlElement) -> _Read:
    # What the feed said of the page is not searched for again: dates cost most.
    title = None if item.title else _line(title_of(tree))
    published, precision = published_of(tree, item.fetched_at) if item.published_at is None else (None, None)
    posts = mark_posts(tree)
    body, parts = read_back(clean(article_text(tree)), posts)
    links = (*links_of(tree, item.canonical_url, within=body), *(part.url for part in parts if part.url))
    return _Read(
        body=body,
        parts=parts,
        links=tuple(dict.fromkeys(links)),
        title=title,
        published_at=published,
        published_precision=precision,
        language=None if item.language else tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"),
    )


def _line(title: str | None) -> str | None:
    words = plain_words(title) if title and _MARKUP.search(title) else title or ""
    return " ".join(clean(words).split()) or None


def _without_title(body: str, parts: tuple[Part, ...], title: str | None) -> tuple[str, tuple[Part, ...]]:
    first, gap, rest = body.partition("\n\n")
    if (
        not title
        or not gap
        or not _is_headline(_bare(first), _bare(title))
        or any(part.start < len(first) for part in parts)
    ):
        return body, parts
    return rest, _shifted(parts, -len(first + gap))


def _is_headline(first: str, title: str) -> bool:
    # A title may end in the site's name: "Headline | Site".
    return first == title or (title.startswith(first) and 2 * len(first) > len(title))


def _titled(item: RawItem, title: str | None, body: str, parts: tuple[Part, ...]) -> tuple[str, tuple[Part, ...]]:
    if not title or (item.kind is ItemKind.PAGE and not body):
        return body, parts
    if _bare(body) == _bare(title):
        return body, parts
    head = f"{title}\n\n" if body else title
    return head + body, _shifted(parts, len(head))


def _shifted(parts: tuple[Part, ...], by: int) -> tuple[Part, ...]:
    return tuple(replace(part, start=part.start + by, end=part.end + by) for part in parts)


def _bare(line: str) -> str:
    return "".join(_WORD.findall(fold(line).text))
