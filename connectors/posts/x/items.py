"""A post of X as an item. Source: xdevplatform/docs, x-api/fundamentals/data-dictionary and edit-posts.

All versions of an edited post are one item: its identity is the first id, its
revision the place of the version among them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace

from connectors.pages import packed
from connectors.posts.posted import post_at
from connectors.posts.x.api import ID, Includes, Media, Note, User, XPost
from connectors.reading.dates import iso_date
from connectors.reading.urls import resolved
from streams.items import Op, Quote, RawItem
from streams.sources import SourceSettings

MAX_MEDIA, MAX_TAGS, MAX_LINKS, MAX_NAME = 20, 100, 100, 300
_USERNAME = re.compile(r"[A-Za-z0-9_]{1,20}")
_RETWEET = re.compile(r"RT @(?P<handle>[A-Za-z0-9_]{1,20}): (?P<text>.*)", re.DOTALL)
# What X says of a post whose language it cannot tell, or that has none; and its old names.
NO_LANGUAGE = frozenset({"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst", "qad"})
NEW_NAMES = {"iw": "he", "in": "id"}
RETWEETED, QUOTED = "retweeted", "quoted"


class Around:
    """What an answer includes, by key."""

    def __init__(self, includes: Includes) -> None:
        self.users: Mapping[str, User] = {
            user.id: user for user in includes.users if _USERNAME.fullmatch(user.username)
        }
        self.posts = {post.id: post for post in (*includes.tweets, *includes.posts) if ID.fullmatch(post.id)}
        self.media = {media.media_key: media for media in includes.media}

    def author(self, post: XPost) -> User:
        """Return who wrote a post; without a name where X does not say."""
        return self.users.get(post.author_id or "", User(id=post.author_id or ""))

    def media_of(self, post: XPost) -> list[Media]:
        """Return the media of a post."""
        keys = (post.attachments and post.attachments.media_keys) or ()
        return [self.media[key] for key in keys[:MAX_MEDIA] if key in self.media]


def address(username: str, id_: str) -> str:
    """Return where people see a post; without the author's name X leads there too."""
    return f"https://x.com/{username or 'i'}/status/{id_}"


def _links(note: Note, hidden: frozenset[str]) -> dict[str, tuple[str, str]]:
    """Return address and words for each short link; nothing for one that only leads to what is shown apart."""
    found: dict[str, tuple[str, str]] = {}
    for link in ((note.entities and note.entities.urls) or ())[:MAX_LINKS]:
        url = resolved(link.expanded_url or "", "https://") or ""
        is_apart = bool(link.media_key) or any(f"/status/{id_}" in url for id_ in hidden)
        if link.url:
            found[link.url] = ("", "") if is_apart else (url, link.display_url or url)
    return found


def _pieces(note: Note, hidden: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the text piece by piece, each with its address where it is a link."""
    text, at = html.unescape(note.text), 0
    links = _links(note, hidden)
    if links:
        either = "|".join(map(re.escape, sorted(links, key=len, reverse=True)))
        for found in re.finditer(either, text):
            yield text[at : found.start()], ""
            url, shown = links[found.group()]
            yield shown, url
            at = found.end()
    yield text[at:], ""


def words(post: XPost) -> str:
    """Return a post's own words in full, its links as they are shown."""
    hidden = frozenset(reference.id for reference in post.references if reference.type == QUOTED)
    return "".join(piece for piece, _ in _pieces(post.told, hidden)).strip()


def _body(post: XPost, media: list[Media]) -> str:
    """Return the post as HTML: its words, and what the author says about the media; one passed on has none."""
    if any(reference.type == RETWEETED for reference in post.references):
        return ""
    hidden = frozenset(reference.id for reference in post.references if reference.type == QUOTED)
    pieces = (
        f'<a href="{html.escape(url)}">{html.escape(piece)}</a>' if url else html.escape(piece)
        for piece, url in _pieces(post.told, hidden)
    )
    told = (f"<p>{html.escape(one.alt_text)}</p>" for one in media if one.alt_text)
    return "".join(pieces).strip().replace("\n", "<br>") + "".join(told)


def _quotes(post: XPost, around: Around, now: datetime) -> Iterator[Quote]:
    for reference in post.references:
        other = around.posts.get(reference.id)
        cut = _RETWEET.fullmatch(html.unescape(post.text)) if reference.type == RETWEETED else None
        if other:
            user = around.author(other)
            yield Quote(
                text=words(other),
                author=user.name[:MAX_NAME] or None,
                handle=user.username or (cut["handle"] if cut else None),
                published_at=moment(other.created_at, now),
                url=address(user.username, other.id),
            )
        elif ID.fullmatch(reference.id):
            text, handle = (cut["text"], cut["handle"]) if cut else ("", None)
            yield Quote(text=text, handle=handle, url=address(handle or "", reference.id))


def moment(raw: str | None, now: datetime) -> datetime | None:
    """Return a time of the API (UTC)."""
    return iso_date(raw, now)[0] if raw else None


def _address_of(media: Media) -> str | None:
    films = [one for one in media.variants or () if one.url and one.content_type == "video/mp4"]
    best = max(films, key=lambda one: one.bit_rate or 0, default=None)
    return resolved((best and best.url) or media.url or media.preview_image_url or "", "https://")


def _passed_on(post: XPost, around: Around) -> XPost:
    """Return the post whose words, tags and media these are: of one passed on the other."""
    others = (around.posts.get(one.id) for one in post.references if one.type == RETWEETED)
    return next(filter(None, others), post)


def _hashtags(post: XPost) -> tuple[str, ...]:
    tags = ((post.told.entities and post.told.entities.hashtags) or ())[:MAX_TAGS]
    return tuple(dict.fromkeys(tag.tag[:MAX_NAME] for tag in tags))


def _language(post: XPost, source: SourceSettings) -> str | None:
    lang = (post.lang or "und")[:35]
    return source.language if lang in NO_LANGUAGE else NEW_NAMES.get(lang, lang)


def item_of(post: XPost, around: Around, source: SourceSettings, *, revision: int, now: datetime) -> RawItem:
    """Return the post as an item; raises SourceUnreadable for one that is too large for a record."""
    user, whole = around.author(post), _passed_on(post, around)
    url = address(user.username, post.id)
    media = around.media_of(whole) or around.media_of(post)
    precision = iso_date(post.created_at, now)[1] if post.created_at else None
    links = (_address_of(one) for one in media)
    return replace(
        post_at(source, post.versions[0], url, revision=revision, now=now),
        published_at=moment(post.created_at, now),
        published_precision=precision,
        published_raw=(post.created_at or "")[:100] or None,
        author=user.name[:MAX_NAME] or None,
        body=packed(_body(post, media), url),
        content_type="text/html; charset=utf-8",
        language=_language(whole, source),
        handle=user.username or None,
        hashtags=_hashtags(whole),
        quotes=tuple(_quotes(post, around, now)),
        media=tuple(link for link in links if link),
    )


def deletion(id_: str, source: SourceSettings, *, revision: int, now: datetime) -> RawItem:
    """Return that a post is gone; `id_` is that of its first version."""
    return replace(post_at(source, id_, address("", id_), revision=revision, now=now), op=Op.DELETE)
