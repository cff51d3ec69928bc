"""What is remembered of a channel of numbered posts, and what a page of it brings: new, edited and deleted posts. Pure.

Posts are numbered in the order in which they were written, and a page holds
all that there are between its oldest and its newest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.asking.validators import Validators
from connectors.following.lists import MAX_UPDATES
from connectors.pages import packed
from connectors.posts.posted import post_at
from connectors.posts.telegram.page import HOME, ChannelPage, Post
from streams.items import Op, Quote, RawItem
from streams.sources import SourceSettings

_NAME = re.compile(r"@?(?P<name>[A-Za-z]\w{2,63})")
# Posts remembered for their edits and deletions.
REMEMBERED = 300
MOST_ON_A_PAGE = 20
# The newest posts may be missing because the page is an old copy of itself; for so long no copy is kept.
SURELY_GONE_MINUTES = 30


class Known(Struct, frozen=True, array_like=True):
    """What is remembered of a post: hash, last revision, count of edits, minute it was posted, minute first missed.

    Minutes count from 1970, 0 is none; `gone` says that it was deleted.
    """

    content: str
    revision: int
    updates: int = 0
    posted: int = 0
    missed: int = 0
    gone: bool = False


class Walk(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pages still to read backwards: posts below `before`, down to `until`, which was read.

    `fills` a gap that a pause left, else looks again at what was read.
    """

    before: int
    until: int
    pages: int
    not_before: datetime
    fills: bool = False
    tries: int = 0


class Channel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a channel between polls; `last` is the highest number ever seen.

    `lost` says which posts were given up, `lost_at` when.
    """

    validators: Validators = Validators()
    last: int = 0
    posts: dict[int, Known] = {}
    walks: tuple[Walk, ...] = ()
    looked_at: datetime | None = None
    lost: str = ""
    lost_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class News:
    """What one page brings, gathered post by post; `known` counts posts that were known before."""

    source: SourceSettings
    now: datetime
    posts: dict[int, Known]
    items: list[RawItem] = field(default_factory=list)
    fresh: list[Post] = field(default_factory=list)
    known: int = 0


def preview(url: str) -> str:
    """Return the address of a channel's preview, whether its name, its address or one of its posts was given."""
    if named := _NAME.fullmatch(url.strip()):
        return f"{HOME}s/{named['name']}"
    parts = urlsplit(url if "//" in url else f"https://{url}")
    name = next((part for part in parts.path.split("/") if part not in {"", "s"}), "")
    scheme = "https" if parts.hostname == urlsplit(HOME).hostname else parts.scheme
    return f"{scheme}://{parts.netloc}/s/{name.removeprefix('@')}"


def channel_of(source: SourceSettings) -> str:
    """Return the name of the channel that a source reads."""
    return preview(source.url).rpartition("/")[2]


def state_of(state: bytes) -> Channel:
    """Return what a cursor's state says is known; nothing for an empty one."""
    return msgspec.json.decode(state, type=Channel) if state else Channel()


def news_of(
    source: SourceSettings, known: Channel, page: ChannelPage, now: datetime, *, walk: Walk | None = None
) -> News:
    """Return what the newest page brings, or the page that a walk led to.

    A post nobody remembers is new above the oldest remembered one, and on a
    walk that fills a gap above the post before the gap; else it was forgotten.
    """
    news = News(source=source, now=now, posts=dict(known.posts))
    floor = walk.until if walk and walk.fills else min(known.posts, default=0)
    for post in page.posts:
        if post.number in known.posts or post.number > floor:
            _take(news, post)
    _strike(news, page, top=walk.before - 1 if walk else page.newest)
    if walk is None:
        _miss(news, page)
    return news


def remembered(source: SourceSettings, posts: dict[int, Known]) -> dict[int, Known]:
    """Return what to go on remembering: the newest 300, and twice what a look back reads."""
    room = max(REMEMBERED, 2 * MOST_ON_A_PAGE * (source.look_back_pages + 1))
    return dict(sorted(posts.items())[-room:])


def _take(news: News, post: Post) -> None:
    before = news.posts.get(post.number)
    if before is None:
        news.fresh.append(post)
        _publish(news, post, revision=1, updates=0)
        return
    news.known += 1
    if before.gone or (before.content != post.content and before.updates < MAX_UPDATES):
        _publish(news, post, revision=before.revision + 1, updates=before.updates + 1)
    else:
        news.posts[post.number] = replace(before, missed=0)


def _publish(news: News, post: Post, *, revision: int, updates: int) -> None:
    news.items.append(_item(news, post, revision))
    news.posts[post.number] = Known(post.content, revision, updates, _minute(post.published_at))


def _strike(news: News, page: ChannelPage, *, top: int) -> None:
    """Publish as deleted what was known between the oldest of the page and `top`, and is not on the page."""
    there = {post.number for post in page.posts}
    _delete(news, (number for number in news.posts if page.oldest < number <= top and number not in there))


def _miss(news: News, page: ChannelPage) -> None:
    """Publish as deleted what was newer than the newest and is missing for half an hour."""
    minute, late = _minute(news.now), []
    for number, known in news.posts.items():
        if number > page.newest and not known.gone:
            news.posts[number] = replace(known, missed=known.missed or minute)
            late += [number] if known.missed and minute - known.missed >= SURELY_GONE_MINUTES else []
    _delete(news, late)


def _delete(news: News, numbers: Iterable[int]) -> None:
    for number in [number for number in numbers if not news.posts[number].gone]:
        known = news.posts[number]
        revision = known.revision + 1
        news.items.append(_deletion(news, number, revision))
        news.posts[number] = replace(known, revision=revision, missed=0, gone=True)


def _minute(moment: datetime | None) -> int:
    return int(moment.timestamp() // 60) if moment else 0


def _blank(news: News, number: int, revision: int, handle: str) -> RawItem:
    source, url = news.source, f"{HOME}{handle}/{number}"
    blank = post_at(source, f"{channel_of(source).lower()}/{number}", url, revision=revision, now=news.now)
    return replace(blank, language=source.language, handle=handle)


def _item(news: News, post: Post, revision: int) -> RawItem:
    blank = _blank(news, post.number, revision, post.handle)
    return replace(
        blank,
        published_at=post.published_at,
        published_precision=post.published_precision,
        published_raw=post.published_raw,
        author=post.author,
        body=packed(post.body, blank.url),
        content_type="text/html; charset=utf-8",
        hashtags=post.hashtags,
        quotes=tuple(filter(None, (post.forwarded, _dated(news, post)))),
        media=post.media,
    )


def _deletion(news: News, number: int, revision: int) -> RawItem:
    return replace(_blank(news, number, revision, channel_of(news.source)), op=Op.DELETE)


def _dated(news: News, post: Post) -> Quote | None:
    """Return the answered post with the time it was written, and without its words where that is not known.

    The page does not tell the time, and news of last year must not be told
    as today's because somebody answers it.
    """
    quote = post.answered
    if quote is None:
        return None
    is_own = (quote.handle or "").lower() == post.handle.lower()
    number = (quote.url or "").rpartition("/")[2]
    known = news.posts.get(int(number)) if is_own and number.isdigit() else None
    if known is None or not known.posted or known.gone:
        return replace(quote, text="")
    return replace(quote, published_at=datetime.fromtimestamp(known.posted * 60, UTC))
