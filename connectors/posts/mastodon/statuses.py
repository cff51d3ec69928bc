"""A Mastodon status as an item. Source: docs.joinmastodon.org, entities Status, Quote and MediaAttachment."""

from __future__ import annotations

import html
from datetime import datetime
from urllib.parse import urlsplit

import lxml.etree
import lxml.html
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.pages import packed
from connectors.posts.moments import instant
from connectors.posts.posted import post_at
from connectors.reading.urls import canonical, resolved
from streams.errors import SourceUnreadable
from streams.items import Op, Quote, RawItem
from streams.mentions import Precision
from streams.sources import SourceSettings

MAX_MEDIA = 20
MAX_NAME = 300
MAX_TITLE, MAX_TAGS, MAX_LANGUAGE = 1000, 200, 35
# What everybody may read; a home timeline also has what was written for followers, or for one reader.
PUBLIC = frozenset({"public", "unlisted"})
_PARAGRAPHS = ("p", "div", "blockquote", "li")


class Account(Struct, frozen=True):
    """Who wrote a status; `acct` has no host where the account is of this very instance."""

    acct: str
    display_name: str | None = None
    url: str | None = None


class Tag(Struct, frozen=True):
    """A hashtag."""

    name: str


class Media(Struct, frozen=True):
    """A picture, film or sound; `url` is None while it is being processed."""

    url: str | None = None
    remote_url: str | None = None
    description: str | None = None


class Quoting(Struct, frozen=True):
    """What a status quotes: the words are there only where the quoted author agreed."""

    state: str = ""
    quoted_status: Status | None = None


class Status(Struct, frozen=True):
    """A status as the API gives it, as far as it is read."""

    id: str
    account: Account
    uri: str = ""
    url: str | None = None
    content: str | None = None
    created_at: str | None = None
    edited_at: str | None = None
    visibility: str = "public"
    spoiler_text: str | None = None
    language: str | None = None
    reblog: Status | None = None
    quote: Quoting | None = None
    tags: tuple[Tag, ...] = ()
    media_attachments: tuple[Media, ...] = ()

    @property
    def mark(self) -> str:
        """What tells its versions apart: the time of the last edit, empty before the first."""
        return self.edited_at or ""


_READER = msgspec.json.Decoder(Status)


def status_in(data: bytes) -> Status:
    """Return the status in this JSON; raises SourceUnreadable."""
    try:
        status = _READER.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise SourceUnreadable(f"not a status: {error}"[:500]) from error
    if not status.id.isalnum() or len(status.id) > 64:  # noqa: PLR2004 (it becomes part of an item's id)
        raise SourceUnreadable(f"not a status: its id is {status.id[:80]!r}")
    return status


def plain(content: str | None) -> str:
    """Return the words of a status's HTML, with its paragraphs and line breaks."""
    if not content:
        return ""
    try:
        tree = lxml.html.fragment_fromstring(content, create_parent="div")
    except (lxml.etree.LxmlError, ValueError):
        return ""
    for element in tree.iter("br", *_PARAGRAPHS):
        element.tail = ("\n" if element.tag == "br" else "\n\n") + (element.tail or "")
    return str(tree.text_content()).strip()


def handle_of(status: Status, origin: str) -> str:
    """Return the author as user@host."""
    acct = status.account.acct[:MAX_NAME]
    return acct if "@" in acct else f"{acct}@{urlsplit(origin).hostname}"


def names_of(status: Status, origin: str) -> tuple[str, ...]:
    """Return the names an account goes by in a configuration: with its host, and without on its own instance."""
    return (handle_of(status, origin), status.account.acct, status.account.url or "")


def words_of(status: Status) -> str:
    """Return all words that a status tells or passes on, for the choice of posts."""
    quoted = [one for one in (status.reblog, status.quote and status.quote.quoted_status) if one]
    own = (status.spoiler_text, plain(status.content), *(media.description for media in status.media_attachments))
    return "\n".join(filter(None, (*own, *(plain(one.content) for one in quoted))))


def _link(status: Status) -> str | None:
    return resolved(status.url or "", "https://") or resolved(status.uri, "https://")


def _quote(status: Status, origin: str, now: datetime) -> Quote:
    return Quote(
        text=plain(status.content),
        author=_author(status),
        handle=handle_of(status, origin),
        published_at=instant(status.created_at, now),
        url=_link(status),
    )


def _author(status: Status) -> str | None:
    return (status.account.display_name or "").strip()[:MAX_NAME] or None


def _quotes(status: Status, origin: str, now: datetime) -> tuple[Quote, ...]:
    quoted = status.quote.quoted_status if status.quote and status.quote.state == "accepted" else None
    return tuple(_quote(one, origin, now) for one in (status.reblog, quoted) if one)


def _body(status: Status) -> str:
    """Return the HTML of the status's own words and of what it says about its media; a boost has none of its own."""
    if status.reblog:
        return ""
    told = (media.description for media in status.media_attachments[:MAX_MEDIA])
    return (status.content or "") + "".join(f"<p>{html.escape(text)}</p>" for text in told if text)


def _media(status: Status) -> tuple[str, ...]:
    shown = (status.reblog or status).media_attachments[:MAX_MEDIA]
    links = (resolved(media.remote_url or media.url or "", "https://") for media in shown)
    return tuple(link for link in links if link)


def item_of(status: Status, source: SourceSettings, origin: str, *, revision: int, now: datetime) -> RawItem:
    """Return the status as an item; raises SourceUnreadable for one that is too large for a record."""
    url = _link(status) or address(origin, status.id)
    published_at = instant(status.created_at, now)
    tags = (*status.tags, *(status.reblog.tags if status.reblog else ()))
    return replace(
        post_at(source, status.id, url, revision=revision, now=now),
        canonical_url=canonical(url),
        published_at=published_at,
        published_precision=Precision.INSTANT if published_at else None,
        published_raw=(status.created_at or "")[:100] or None,
        title=(status.spoiler_text or "").strip()[:MAX_TITLE] or None,
        author=_author(status),
        body=packed(_body(status), url),
        content_type="text/html; charset=utf-8",
        language=((status.reblog or status).language or "")[:MAX_LANGUAGE] or source.language,
        handle=handle_of(status, origin),
        hashtags=tuple(dict.fromkeys(tag.name[:MAX_NAME] for tag in tags[:MAX_TAGS])),
        quotes=_quotes(status, origin, now),
        media=_media(status),
    )


def address(origin: str, id_: str) -> str:
    """Return where an instance shows a status of which nothing but its id is known."""
    return f"{origin}/statuses/{id_}"


def deletion(id_: str, source: SourceSettings, origin: str, *, revision: int, now: datetime) -> RawItem:
    """Return that a status is gone."""
    return replace(post_at(source, id_, address(origin, id_), revision=revision, now=now), op=Op.DELETE)
