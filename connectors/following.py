"""What a list of entries brings (a feed, a listing, a sitemap): each entry an item at once, its page the next revision.

What was seen, and which pages are still to fetch, is remembered in the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.connector import PAGE_LIMIT, Failure, Purpose, Reading, Request, Response
from connectors.entries import Document, Entry, Seen, content_of, digest, keyed, remembered
from connectors.pages import ACCEPT as PAGE_ACCEPT
from connectors.pages import entry_page, packed
from connectors.urls import canonical
from connectors.validators import Validators
from streams.items import ItemKind, RawItem
from streams.sources import SourceSettings

# A feed that prints the present into its entries would else be news at every poll.
MAX_UPDATES = 24
MAX_TRIES = 4
# An update waits a minute for its page, not twenty.
MAX_TRIES_HELD = 2
MAX_TODO = 1000
# A feed read for the first time is mostly old news: its pages come at leisure, so that they do not stand before news.
LEISURE = timedelta(seconds=5)
# Updates wait in the cursor, which must stay small.
MAX_HELD_BYTES = 32 * 1024
WEEK = timedelta(days=7)


class Todo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page still to fetch.

    `item` is the entry it inherits from. Where `is_held`, the item is an
    update whose text waits for its page: published alone it would seem to
    take back what only the page tells.
    """

    key: str
    item: RawItem
    not_before: datetime
    tries: int = 0
    is_held: bool = False


class Followed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a list of entries between polls."""

    validators: Validators = Validators()
    seen: dict[str, Seen] = {}
    todo: tuple[Todo, ...] = ()


@dataclass(slots=True)
class _News:
    """What one document brings, gathered entry by entry."""

    source: SourceSettings
    seen: dict[str, Seen]
    todo: dict[str, Todo]
    pace: timedelta = timedelta(0)
    items: list[RawItem] = field(default_factory=list)
    fresh: list[Entry] = field(default_factory=list)


def known_of(state: bytes) -> Followed:
    """Return what a cursor's state says is known; nothing for an empty one."""
    return msgspec.json.decode(state, type=Followed) if state else Followed()


def _page_request(todo: Todo) -> Request:
    return Request(
        purpose=Purpose.PAGE,
        url=todo.item.url,
        accept=PAGE_ACCEPT,
        limit=PAGE_LIMIT,
        key=todo.key,
        not_before=todo.not_before,
    )


def _item(source: SourceSettings, feed: Document, key: str, entry: Entry, now: datetime) -> RawItem:
    url = entry.url or source.url
    return RawItem(
        id=f"{source.id}:{key}",
        source=source.id,
        owner=source.owner,
        side=source.side,
        demo=source.demo,
        kind=ItemKind.ENTRY,
        url=url,
        canonical_url=canonical(url),
        fetched_at=now,
        published_at=entry.published_at,
        published_precision=entry.published_precision,
        published_raw=entry.published_raw,
        title=entry.title,
        author=entry.author,
        body=packed(entry.body, url),
        content_type=f"{entry.content_type}; charset=utf-8",
        language=source.language or entry.language or feed.language,
    )


def _publish(news: _News, key: str, item: RawItem, seen: Seen) -> None:
    """Publish the entry at once and put its page on the list."""
    news.items.append(item)
    news.seen[key] = replace(seen, revision=item.revision)
    if news.source.full_text and item.url != news.source.url:
        not_before = item.fetched_at + news.pace * len(news.todo)
        news.todo[key] = Todo(key=key, item=replace(item, body=b""), not_before=not_before)


def _update(news: _News, key: str, item: RawItem, seen: Seen) -> None:
    """Publish an update with its page where the page was read before, else (or if it is long) at once."""
    if news.source.full_text and seen.paged and len(item.body) <= MAX_HELD_BYTES:
        news.seen[key] = seen
        news.todo[key] = Todo(key=key, item=item, not_before=item.fetched_at, is_held=True)
    else:
        _publish(news, key, replace(item, revision=seen.revision + 1), seen)


def _take(news: _News, feed: Document, key: str, entry: Entry, now: datetime) -> None:
    content, link, day, before = content_of(entry), digest(entry.url), _day(now), news.seen.get(key)
    if before is None:
        seen = Seen(content=content, link=link, revision=1, updates=0, day=day)
        _publish(news, key, _item(news.source, feed, key, entry, now), seen)
        news.fresh.append(entry)
    elif before.content == content or before.updates >= MAX_UPDATES:
        news.seen[key] = replace(before, day=day)
    else:
        seen = replace(before, content=content, link=link, updates=before.updates + 1, day=day)
        _update(news, key, _item(news.source, feed, key, entry, now), seen)


def _day(now: datetime) -> int:
    return int(now.timestamp() // 86400)


def _news(source: SourceSettings, known: Followed, feed: Document, now: datetime) -> tuple[_News, Followed]:
    pace = timedelta(0) if known.seen or source.allow_private else LEISURE
    news = _News(source=source, seen=dict(known.seen), todo={todo.key: todo for todo in known.todo}, pace=pace)
    current = []
    for key, entry in keyed(feed.entries, known.seen):
        current.append(key)
        _take(news, feed, key, entry, now)
    seen = remembered(news.seen, current, today=_day(now))
    todo = tuple(task for task in news.todo.values() if task.key in seen)[:MAX_TODO]
    return news, replace(known, seen=seen, todo=todo)


def _weekly(entries: Sequence[Entry], now: datetime) -> int:
    return sum(1 for entry in entries if entry.published_at is None or now - entry.published_at <= WEEK)


def page_requests(known: Followed) -> tuple[Request, ...]:
    """Return the pages still to fetch."""
    return tuple(map(_page_request, known.todo))


def read_entries(
    source: SourceSettings, known: Followed, validators: Validators, document: Document, now: datetime
) -> Reading:
    """Return what a document of entries brings; `validators` are those of its address after this answer."""
    news, after = _news(source, known, document, now)
    return Reading(
        items=tuple(news.items),
        state=msgspec.json.encode(replace(after, validators=validators)),
        text=f"read with a flaw: {document.flaw[:200]}" if document.flaw else "",
        fresh=len(news.fresh),
        weekly=_weekly(news.fresh, now),
        hint=document.hint,
        has_validators=validators.are_usable,
    )


def unchanged(known: Followed, validators: Validators) -> Reading:
    """Return that the list of entries is the one we know."""
    state = msgspec.json.encode(replace(known, validators=validators))
    return Reading(state=state, outcome="unchanged", has_validators=validators.are_usable)


def _done(
    known: Followed, todo: Todo, item: RawItem | None, *, paged: bool, text: str = "", outcome: str = "ok"
) -> Reading:
    """Strike a page off the list, with what came of it."""
    before = known.seen[todo.key]
    seen = replace(before, revision=item.revision if item else before.revision, paged=before.paged or paged)
    left = tuple(other for other in known.todo if other.key != todo.key)
    after = replace(known, seen={**known.seen, todo.key: seen}, todo=left)
    return Reading(items=(item,) if item else (), state=msgspec.json.encode(after), text=text, outcome=outcome)


def _todo(known: Followed, key: str | None) -> Todo | None:
    return next((todo for todo in known.todo if todo.key == key), None)


def read_page(known: Followed, request: Request, response: Response, now: datetime) -> Reading:
    """Return the page behind an entry as the entry's next revision; raises SourceUnreadable."""
    todo = _todo(known, request.key)
    if todo is None:
        return Reading(state=msgspec.json.encode(known), outcome="unchanged")
    revision = known.seen[todo.key].revision + 1
    return _done(known, todo, entry_page(todo.item, response, revision=revision, now=now), paged=True)


def missed(source: SourceSettings, state: bytes, request: Request, failure: Failure, now: datetime) -> Reading:  # noqa: ARG001 (the contract's signature)
    """Put a page off (a minute, 4, 16) or give it up; a held update then goes out with the feed's own text."""
    known = known_of(state)
    todo = _todo(known, request.key)
    if todo is None:
        return Reading(state=state, outcome=failure.outcome, text=failure.text)
    if failure.final or todo.tries + 1 >= (MAX_TRIES_HELD if todo.is_held else MAX_TRIES):
        revision = known.seen[todo.key].revision + 1
        item = replace(todo.item, revision=revision, fetched_at=now) if todo.is_held else None
        return _done(known, todo, item, paged=False, text=failure.text, outcome=failure.outcome)
    wait = max(timedelta(minutes=4**todo.tries), timedelta(seconds=failure.retry_after or 0))
    later = replace(todo, tries=todo.tries + 1, not_before=now + wait)
    after = replace(known, todo=tuple(later if other is todo else other for other in known.todo))
    return Reading(state=msgspec.json.encode(after), outcome=failure.outcome, text=failure.text)
