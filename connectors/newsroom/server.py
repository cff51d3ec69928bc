"""The newsroom's loopback server: what has been published by now, corrections once the first version was read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from connectors.newsroom.article import Article, Desk, Words
from connectors.newsroom.rendering import feed, page

Clock = Callable[[], datetime]
_FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml; charset=utf-8"}


@dataclass(slots=True, kw_only=True)
class Newsroom:
    """What the server knows: its desks, when it opened (UTC), its pace, and which pages were read.

    `pace` stretches the schedule: 1 is as written, 0 publishes everything at once.
    """

    desks: tuple[Desk, ...]
    clock: Clock
    pace: float
    opened: datetime
    read: set[tuple[str, str]] = field(default_factory=set)

    def published_at(self, article: Article) -> datetime:
        """Return when the article appears."""
        return self.opened + timedelta(seconds=article.at * self.pace)

    def corrected_at(self, article: Article) -> datetime:
        """Return when the article's correction may appear."""
        return self.published_at(article) + timedelta(seconds=(article.corrected_after or 0) * self.pace)

    def words(self, desk: Desk, article: Article) -> Words:
        """Return what the article says now: nobody sees a correction who could not read the mistake."""
        if article.corrected is None or (desk.name, article.slug) not in self.read:
            return article.words
        return article.corrected if self.clock() >= self.corrected_at(article) else article.words

    def published(self, desk: Desk) -> tuple[Article, ...]:
        """Return the desk's articles so far, newest first."""
        now = self.clock()
        so_far = (article for article in desk.articles if self.published_at(article) <= now)
        return tuple(sorted(so_far, key=lambda article: article.at, reverse=True))


_ROOM = web.AppKey("newsroom", Newsroom)


def application(room: Newsroom) -> web.Application:
    """Return the web application: one feed a desk, one page an article, nothing else."""
    app = web.Application()
    app[_ROOM] = room
    app.router.add_get("/{desk}/feed.xml", _feed)
    app.router.add_get("/{desk}/{slug}.html", _page)
    return app


async def _feed(request: web.Request) -> web.Response:
    room, desk = request.app[_ROOM], _desk(request)
    entries = [
        (article, words, room.published_at(article), _updated(room, article, words))
        for article in room.published(desk)
        for words in (room.words(desk, article),)
    ]
    return _answer(request, feed(desk, _base(request), entries), _FEED_TYPES[desk.format])


async def _page(request: web.Request) -> web.Response:
    room, desk = request.app[_ROOM], _desk(request)
    slug = request.match_info["slug"]
    article = next((article for article in room.published(desk) if article.slug == slug), None)
    if article is None:
        raise web.HTTPNotFound(text="no such article")
    body = page(desk, _base(request), article, room.words(desk, article), room.published_at(article))
    room.read.add((desk.name, slug))
    return _answer(request, body, f"text/html; charset={desk.declared}")


def _updated(room: Newsroom, article: Article, words: Words) -> datetime:
    return room.corrected_at(article) if words is article.corrected else room.published_at(article)


def _desk(request: web.Request) -> Desk:
    name = request.match_info["desk"]
    desk = next((desk for desk in request.app[_ROOM].desks if desk.name == name), None)
    if desk is None:
        raise web.HTTPNotFound(text="no such desk")
    return desk


def _base(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


def _answer(request: web.Request, body: bytes, content_type: str) -> web.Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Content-Type": content_type}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers)
