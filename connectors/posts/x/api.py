"""What X sends, as far as it is read. Source: xdevplatform/docs, openapi.json and x-api/fundamentals/data-dictionary.

Some of the documents call a post a tweet (`edit_history_tweet_ids`,
`note_tweet`, `referenced_tweets`), others a post: both names are read.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from streams.errors import SourceUnreadable

ID = re.compile(r"[0-9]{1,19}")


class Hashtag(Struct, frozen=True):
    """A hashtag in the text."""

    tag: str


class Link(Struct, frozen=True):
    """A link in the text, where it stands as `url`; that of a picture has a `media_key`."""

    url: str = ""
    expanded_url: str | None = None
    display_url: str | None = None
    media_key: str | None = None


class Entities(Struct, frozen=True):
    """What was recognised in a text."""

    hashtags: tuple[Hashtag, ...] | None = None
    urls: tuple[Link, ...] | None = None


class Note(Struct, frozen=True):
    """The full words of a post beyond 280 characters."""

    text: str
    entities: Entities | None = None


class Reference(Struct, frozen=True):
    """That a post passes on, quotes or answers another."""

    type: str
    id: str


class Attachments(Struct, frozen=True):
    """The media of a post, by key."""

    media_keys: tuple[str, ...] | None = None


class XPost(Struct, frozen=True, kw_only=True):
    """A post, as far as it is read."""

    id: str
    text: str
    author_id: str | None = None
    created_at: str | None = None
    lang: str | None = None
    entities: Entities | None = None
    attachments: Attachments | None = None
    note_tweet: Note | None = None
    note_post: Note | None = None
    edit_history_tweet_ids: tuple[str, ...] | None = None
    edit_history_post_ids: tuple[str, ...] | None = None
    referenced_tweets: tuple[Reference, ...] | None = None
    referenced_posts: tuple[Reference, ...] | None = None

    @property
    def versions(self) -> tuple[str, ...]:
        """The ids of its versions, oldest first."""
        ids = {*(self.edit_history_tweet_ids or ()), *(self.edit_history_post_ids or ()), self.id}
        return tuple(sorted(ids, key=int))

    @property
    def told(self) -> Note:
        """Its words in full, with what was recognised in them."""
        return self.note_tweet or self.note_post or Note(self.text, self.entities)

    @property
    def references(self) -> tuple[Reference, ...]:
        """The posts it passes on, quotes or answers."""
        return (self.referenced_tweets or self.referenced_posts or ())[:3]


class User(Struct, frozen=True):
    """An author."""

    id: str
    username: str = ""
    name: str = ""


class Variant(Struct, frozen=True):
    """A film in one size."""

    url: str | None = None
    content_type: str | None = None
    bit_rate: int | None = None


class Media(Struct, frozen=True):
    """A picture or film."""

    media_key: str
    url: str | None = None
    preview_image_url: str | None = None
    alt_text: str | None = None
    variants: tuple[Variant, ...] | None = None


class Includes(Struct, frozen=True):
    """What belongs to the posts of an answer."""

    users: tuple[User, ...] = ()
    tweets: tuple[XPost, ...] = ()
    posts: tuple[XPost, ...] = ()
    media: tuple[Media, ...] = ()


class Matched(Struct, frozen=True):
    """A rule that let a post through."""

    id: str
    tag: str | None = None


class Message(Struct, frozen=True):
    """A line of the stream: a post, or what X says of the stream."""

    data: XPost | None = None
    includes: Includes = Includes()
    matching_rules: tuple[Matched, ...] = ()
    errors: tuple[dict[str, Any], ...] = ()
    title: str | None = None
    detail: str | None = None
    connection_issue: str | None = None

    @property
    def said(self) -> str:
        """What X says is wrong, in one line; empty where nothing is."""
        problems = [
            *self.errors,
            {"title": self.title, "detail": self.detail, "connection_issue": self.connection_issue},
        ]
        return "; ".join(filter(None, map(problem, problems)))[:500]


class Meta(Struct, frozen=True):
    """Where the next page is."""

    next_token: str | None = None


class Found(Struct, frozen=True):
    """A page of posts: what search and look-up answer."""

    data: tuple[msgspec.Raw, ...] = ()
    includes: Includes = Includes()
    errors: tuple[dict[str, Any], ...] = ()
    meta: Meta = Meta()


class Kept(Struct, frozen=True):
    """A rule as X has it."""

    id: str
    value: str = ""
    tag: str | None = None


class Rules(Struct, frozen=True):
    """The rules X has, or what became of those that were sent; or why there is no such answer."""

    data: tuple[Kept, ...] = ()
    errors: tuple[dict[str, Any], ...] = ()
    meta: Meta = Meta()
    title: str | None = None
    detail: str | None = None
    connection_issue: str | None = None


def problem(told: dict[str, Any]) -> str:
    """Return what a problem says: its kind, its reason and the details."""
    details = told.get("details")
    parts = [told.get("connection_issue"), told.get("title") or told.get("message"), told.get("detail")]
    parts += details[:3] if isinstance(details, list) else []
    return ": ".join(dict.fromkeys(str(part).strip()[:200] for part in parts if part))


Page = TypeVar("Page", Found, Rules)
_READER, _ANY, _POST = msgspec.json.Decoder(Message), msgspec.json.Decoder(), msgspec.json.Decoder(XPost)
_UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


def message_in(data: bytes) -> Message:
    """Return what a line says, empty for a kind of message that is not known yet; raises SourceUnreadable."""
    try:
        raw = _ANY.decode(data)
        if not isinstance(raw, dict) or not raw:
            raise SourceUnreadable(f"not a message of X: {str(raw)[:80]!r}")
        message = _READER.decode(data)
    except _UNREADABLE as error:
        raise SourceUnreadable(f"not a message of X: {error}"[:500]) from error
    if message.data:
        _sound(message.data)
    return message


def post_in(data: bytes) -> XPost:
    """Return the post in this JSON; raises SourceUnreadable."""
    try:
        return _sound(_POST.decode(data))
    except _UNREADABLE as error:
        raise SourceUnreadable(f"not a post of X: {error}"[:500]) from error


def _sound(post: XPost) -> XPost:
    """Return the post where its ids may become part of an item's id."""
    for id_ in (*(post.edit_history_tweet_ids or ()), *(post.edit_history_post_ids or ()), post.id):
        if not ID.fullmatch(id_):
            raise SourceUnreadable(f"not a post of X: its id is {id_[:80]!r}")
    return post


def page_in(body: bytes, kind: type[Page]) -> Page:
    """Return an answer beside the stream; raises SourceUnreadable."""
    try:
        return msgspec.json.decode(body, type=kind)
    except _UNREADABLE as error:
        raise SourceUnreadable(f"not an answer of X: {error}"[:500]) from error
