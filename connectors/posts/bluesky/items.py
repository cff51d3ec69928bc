"""A post of Bluesky as an item. Source: the lexicons app.bsky.feed.post, app.bsky.richtext.facet and app.bsky.embed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

from connectors.pages import packed
from connectors.posts.bluesky.jetstream import Event
from connectors.posts.moments import instant
from connectors.posts.posted import post_at
from connectors.reading.urls import resolved
from streams.errors import SourceUnreadable
from streams.items import Op, Quote, RawItem
from streams.mentions import Precision
from streams.sources import SourceSettings

POSTS = "app.bsky.feed.post"
MAX_FACETS, MAX_MEDIA, MAX_TAG = 200, 20, 300
PICTURE = "https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{cid}"
FILM = "https://video.bsky.app/watch/{did}/{cid}/playlist.m3u8"
_CID = re.compile(r"[A-Za-z0-9]{20,128}")
_AT = re.compile(
    r"at://(?P<did>did:[a-z0-9]{1,32}:[A-Za-z0-9._:%-]{1,256})/app\.bsky\.feed\.post/(?P<key>[A-Za-z0-9._:~-]{1,512})"
)


class Index(Struct, frozen=True):
    """Where a facet stands, in bytes of the text in UTF-8."""

    start: int = field(name="byteStart")
    end: int = field(name="byteEnd")


class Facet(Struct, frozen=True):
    """A stretch of the text that is a link, a hashtag or a mention."""

    index: Index
    features: tuple[dict[str, Any], ...] = ()

    def named(self, name: str) -> str:
        """Return what its features say under this name: uri, tag or did."""
        return next((str(feature[name]) for feature in self.features if feature.get(name)), "")


class Record(Struct, frozen=True):
    """A post's record, as far as it is read."""

    text: str
    created_at: str | None = field(name="createdAt", default=None)
    langs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    embed: dict[str, Any] | None = None


_READER = msgspec.json.Decoder(Record)


def record_in(event: Event) -> Record:
    """Return the record of a commit; raises SourceUnreadable."""
    try:
        return _READER.decode(event.record)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise SourceUnreadable(f"not a post of Bluesky: {error}"[:500]) from error


def hashtags(record: Record) -> tuple[str, ...]:
    """Return the hashtags in the text and those beside it."""
    inside = (facet.named("tag") for facet in record.facets[:MAX_FACETS])
    return tuple(dict.fromkeys(tag.lstrip("#")[:MAX_TAG] for tag in (*inside, *record.tags) if tag))


def _parts(embed: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Yield an embed and, of one with a record and media, both."""
    if isinstance(embed, dict):
        yield embed
        media = embed.get("media")
        if isinstance(media, dict):
            yield media


def _pictures(record: Record) -> Iterator[tuple[str, Any, Any]]:
    """Yield form, blob and alternative text of each picture and film."""
    for part in _parts(record.embed):
        images = part.get("images")
        for image in images[:MAX_MEDIA] if isinstance(images, list) else ():
            if isinstance(image, dict):
                yield PICTURE, image.get("image"), image.get("alt")
        if isinstance(part.get("video"), dict):
            yield FILM, part["video"], part.get("alt")


def _media(record: Record, did: str) -> Iterator[str]:
    for form, blob, _ in _pictures(record):
        link = blob.get("ref") if isinstance(blob, dict) else None
        cid = link.get("$link") if isinstance(link, dict) else None
        if isinstance(cid, str) and _CID.fullmatch(cid):
            yield form.format(did=did, cid=cid)


def _told(record: Record) -> list[str]:
    """Return what the author says about his pictures and films."""
    return [alt.strip() for _, _, alt in _pictures(record) if isinstance(alt, str) and alt.strip()]


def address(did: str, key: str) -> str:
    """Return where people see a post."""
    return f"https://bsky.app/profile/{did}/post/{key}"


def _quoted(embed: dict[str, Any] | None) -> Iterator[Quote]:
    """Yield the post that is quoted, of which the stream knows the address only, and the page shown as a card."""
    record: Any = embed.get("record") if embed else None
    while isinstance(record, dict) and isinstance(record.get("record"), dict):
        record = record["record"]
    if isinstance(record, dict) and (found := _AT.fullmatch(str(record.get("uri") or ""))):
        yield Quote(text="", handle=found["did"], url=address(found["did"], found["key"]))
    for part in _parts(embed):
        card = part.get("external")
        url = resolved(str(card.get("uri") or ""), "https://") if isinstance(card, dict) else None
        if isinstance(card, dict) and url:
            words = (str(card.get(name) or "").strip() for name in ("title", "description"))
            yield Quote(text="\n".join(filter(None, words)), author=urlsplit(url).hostname, url=url)


def words_of(record: Record) -> str:
    """Return all words that a post tells or passes on, for the choice of posts."""
    return "\n".join((record.text, *_told(record), *(quote.text for quote in _quoted(record.embed))))


def _body(record: Record) -> str:
    """Return the post as HTML: its links lie beside the text, which shows them cut short."""
    text, at = record.text.encode("utf-8", "replace"), 0
    pieces: list[str] = []
    for facet in sorted(record.facets[:MAX_FACETS], key=lambda one: (one.index.start, one.index.end)):
        start, end, url = facet.index.start, facet.index.end, resolved(facet.named("uri"), "https://")
        if url and at <= start < end <= len(text):
            shown = _escaped(text[start:end])
            pieces += [_escaped(text[at:start]), f'<a href="{html.escape(url)}">{shown}</a>']
            at = end
    told = (f"<p>{html.escape(words)}</p>" for words in _told(record))
    return "".join((*pieces, _escaped(text[at:]), *told))


def _escaped(piece: bytes) -> str:
    return html.escape(piece.decode("utf-8", "replace")).replace("\n", "<br>")


def _seen_at(event: Event, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(event.micros / 1e6, UTC) if event.micros else now
    except (OverflowError, OSError, ValueError):
        return now


def written(record: Record, event: Event, now: datetime) -> datetime:
    """Return when the post was written (UTC): as its author says, but not after Jetstream saw it."""
    seen = _seen_at(event, now)
    said = instant(record.created_at, now)
    return min(said, seen) if said else seen


def edited(event: Event, now: datetime) -> datetime:
    """Return when this version of a post was seen (UTC)."""
    return _seen_at(event, now)


def _blank(source: SourceSettings, did: str, key: str, revision: int, now: datetime) -> RawItem:
    return post_at(source, f"at://{did}/{POSTS}/{key}", address(did, key), revision=revision, now=now)


def item_of(
    record: Record, event: Event, source: SourceSettings, *, handle: str, revision: int, now: datetime
) -> RawItem:
    """Return the post as an item; raises SourceUnreadable for one that is too large for a record."""
    blank = _blank(source, event.did, event.key, revision, now)
    return msgspec.structs.replace(
        blank,
        published_at=written(record, event, now),
        published_precision=Precision.INSTANT,
        published_raw=(record.created_at or "")[:100] or None,
        author=handle,
        body=packed(_body(record), blank.url),
        content_type="text/html; charset=utf-8",
        language=next(iter(record.langs), "")[:35] or source.language,
        handle=handle,
        hashtags=hashtags(record),
        quotes=tuple(_quoted(record.embed)),
        media=tuple(_media(record, event.did)),
    )


def deletion(did: str, key: str, source: SourceSettings, *, revision: int, now: datetime) -> RawItem:
    """Return that a post is gone."""
    return msgspec.structs.replace(_blank(source, did, key, revision, now), op=Op.DELETE)
