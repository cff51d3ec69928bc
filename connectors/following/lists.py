"""What a list of entries brings (a feed, a listing, a sitemap): each entry an item at once, its page the next revision.

What was seen, and which pages are still to fetch, is remembered in the cursor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from connectors.asking.validators import Validators
from connectors.connector import Failure, Reading, Request, Response
from connectors.following.habits import Habit, after_document, overlap, remarks
from connectors.following.todo import Came, Todo, after_answer, after_failure, request_of
from connectors.pages import packed
from connectors.reading.entries import Document, Entry, Seen, content_of, digest, keyed, remembered
from connectors.reading.items import item_at
from connectors.reading.urls import canonical
from streams.items import ItemKind, RawItem
from streams.sources import SourceSettings

# A feed that prints the present into its entries would else be news at every poll.
MAX_UPDATES = 24
MAX_TODO = 1000
# A feed read for the first time is mostly old news: its pages come at leisure, so that they do not stand before news.
LEISURE = timedelta(seconds=5)
# Texts wait for their pages in the cursor, which must stay small: an update's, a new entry's, all of these.
MAX_HELD_BYTES, MAX_KEPT_BYTES, MAX_KEPT_IN_ALL = 32 * 1024, 4 * 1024, 256 * 1024
# Reports are corrected in their first hours; what is older is not read again.
FRESH = timedelta(days=1)
WEEK = timedelta(days=7)
NOTHING_SEEN = Raw(b"{}")
_TAG = re.compile(r"<[^<>]{0,2000}>")


class Followed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a list of entries between polls."""

    validators: Validators = Validators()
    seen: dict[str, Seen] = {}
    todo: tuple[Todo, ...] = ()
    habit: Habit = Habit()


class Glance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The same without looking at what was seen, which is nearly all of it: enough for an unchanged list."""

    validators: Validators = Validators()
    seen: Raw = NOTHING_SEEN
    todo: tuple[Todo, ...] = ()
    habit: Habit = Habit()


@dataclass(slots=True)
class _News:
    """What one document brings, gathered entry by entry."""

    source: SourceSettings
    seen: dict[str, Seen]
    todo: dict[str, Todo]
    pace: timedelta = timedelta(0)
    kept: int = 0
    count: int = 0
    items: list[RawItem] = field(default_factory=list)
    fresh: list[Entry] = field(default_factory=list)


def known_of(state: bytes) -> Followed:
    """Return what a cursor's state says is known; nothing for an empty one."""
    return msgspec.json.decode(state, type=Followed) if state else Followed()


def glance_of(state: bytes) -> Glance:
    """Return what a poll needs of a cursor's state."""
    return msgspec.json.decode(state, type=Glance) if state else Glance()


def item_of(source: SourceSettings, feed: Document, key: str, entry: Entry, now: datetime) -> RawItem:
    """Return the entry as an item, with the feed's own text."""
    url = entry.url or source.url
    return replace(
        item_at(source, key, ItemKind.ENTRY, url, canonical_url=canonical(url, site=source.url), now=now),
        published_at=entry.published_at,
        published_precision=entry.published_precision,
        published_raw=entry.published_raw,
        title=entry.title,
        author=entry.author,
        body=packed(entry.body, url),
        content_type=f"{entry.content_type}; charset=utf-8",
        language=source.language or entry.language or feed.language,
    )


def _says_something(entry: Entry) -> bool:
    return bool(entry.title or entry.body)


def _rereads(news: _News, entry: Entry, now: datetime) -> tuple[float, ...]:
    """Return the minutes from each reading of the page to the next: old news and a first reading have none."""
    is_fresh = now - entry.published_at <= FRESH if entry.published_at else not news.pace
    minutes = sorted(news.source.reread_minutes) if is_fresh else []
    return tuple(later - sooner for sooner, later in pairwise((0.0, *minutes)) if later > sooner)


def _expect(news: _News, key: str, item: RawItem, entry: Entry) -> None:
    """Put the entry's page on the list, with the feed's own text beside it as long as there is room."""
    is_kept = len(item.body) <= MAX_KEPT_BYTES and news.kept + len(item.body) <= MAX_KEPT_IN_ALL
    news.kept += len(item.body) if is_kept else 0
    news.todo[key] = Todo(
        key=key,
        item=item if is_kept and _says_something(entry) else replace(item, body=b""),
        not_before=item.fetched_at + news.pace * len(news.todo),
        own=len(" ".join(_TAG.sub(" ", entry.body).split())),
        rereads=_rereads(news, entry, item.fetched_at),
    )


def _publish(news: _News, key: str, item: RawItem, seen: Seen, entry: Entry) -> None:
    """Publish the entry at once, if it says anything, and put its page on the list."""
    if _says_something(entry):
        news.items.append(item)
        seen = replace(seen, revision=item.revision)
    news.seen[key] = seen
    if news.source.full_text and item.url != news.source.url:
        _expect(news, key, item, entry)


def _update(news: _News, key: str, item: RawItem, seen: Seen, entry: Entry) -> None:
    """Publish an update with its page where the page was read before, else (or if it is long) at once.

    Where the list has no text of its own there is nothing to publish but the page.
    """
    if not (news.source.full_text and seen.paged and len(item.body) <= MAX_HELD_BYTES):
        _publish(news, key, replace(item, revision=seen.revision + 1), seen, entry)
    elif entry.body:
        news.seen[key] = seen
        news.todo[key] = Todo(key=key, item=item, not_before=item.fetched_at, is_held=True)
    else:
        news.seen[key] = seen
        bare = replace(item, body=b"")
        news.todo[key] = Todo(key=key, item=bare, not_before=item.fetched_at, again=True, hinted=bool(entry.changed))


def _take(news: _News, feed: Document, key: str, entry: Entry, now: datetime) -> None:
    content, link, day, before = content_of(entry), digest(entry.url), _day(now), news.seen.get(key)
    if before is None:
        seen = Seen(content=content, link=link, revision=0, updates=0, day=day)
        _publish(news, key, item_of(news.source, feed, key, entry, now), seen, entry)
        news.fresh.append(entry)
    elif before.content == content or before.updates >= MAX_UPDATES:
        news.seen[key] = replace(before, day=day)
    else:
        seen = replace(before, content=content, link=link, updates=before.updates + 1, day=day)
        _update(news, key, item_of(news.source, feed, key, entry, now), seen, entry)


def _day(now: datetime) -> int:
    return int(now.timestamp() // 86400)


def _news(source: SourceSettings, known: Followed, feed: Document, now: datetime) -> tuple[_News, Followed]:
    pace = timedelta(0) if known.seen or source.allow_private else LEISURE
    news = _News(source=source, seen=dict(known.seen), todo={todo.key: todo for todo in known.todo}, pace=pace)
    news.kept = sum(len(todo.item.body) for todo in known.todo)
    current = dict(keyed(feed.entries, known.seen))
    for key, entry in current.items():
        _take(news, feed, key, entry, now)
    news.count, fresh = len(current), len(news.fresh)
    habit = after_document(
        known.habit, [*current.values()], fresh=fresh, is_first=not known.seen, is_part=feed.is_part, now=now
    )
    seen = remembered(news.seen, current, today=_day(now), largest=habit.largest)
    # What was never read comes before what may have changed.
    wanted = sorted((task for task in news.todo.values() if task.key in seen), key=lambda task: task.again)
    todo = tuple(wanted[:MAX_TODO])
    return news, replace(known, seen=seen, todo=todo, habit=habit)


def _weekly(entries: Sequence[Entry], now: datetime) -> int:
    return sum(1 for entry in entries if entry.published_at is None or now - entry.published_at <= WEEK)


def page_requests(known: Followed | Glance) -> tuple[Request, ...]:
    """Return the pages still to fetch."""
    return tuple(map(request_of, sorted(known.todo, key=lambda todo: todo.again)))


def read_entries(
    source: SourceSettings, known: Followed, validators: Validators, document: Document, now: datetime
) -> Reading:
    """Return what a document of entries brings; `validators` are those of its address after this answer."""
    news, after = _news(source, known, document, now)
    said = remarks(after.habit, now, lies=validators.lie)
    flaw = [f"read with a flaw: {document.flaw[:200]}"] if document.flaw else []
    return Reading(
        items=tuple(news.items),
        state=msgspec.json.encode(replace(after, validators=validators)),
        text="; ".join((*flaw, *said.values())),
        fresh=len(news.fresh),
        known=news.count - len(news.fresh),
        weekly=_weekly(news.fresh, now),
        hint=document.hint,
        has_validators=validators.are_usable,
        overlap=overlap(len(news.fresh), news.count, says_nothing=not known.seen or document.is_part),
        notes=tuple(said),
        hub=document.hub,
    )


def unchanged(known: Followed | Glance, validators: Validators, now: datetime) -> Reading:
    """Return that the list of entries is the one we know."""
    said = remarks(known.habit, now, lies=validators.lie)
    return Reading(
        state=msgspec.json.encode(replace(known, validators=validators)),
        outcome="unchanged",
        text="; ".join(said.values()),
        has_validators=validators.are_usable,
        overlap=1.0,
        notes=tuple(said),
    )


def _settled(known: Followed, todo: Todo, came: Came) -> Reading:
    """Return what came of a page: its item as the entry's next revision, and what is still to do."""
    before = known.seen[todo.key]
    item = replace(came.item, revision=before.revision + 1) if came.item else None
    seen = replace(
        before,
        revision=item.revision if item else before.revision,
        paged=before.paged or came.content is not None,
        page=before.page if came.content is None else came.content,
        updates=MAX_UPDATES if came.is_false_hint else before.updates,
    )
    left = [came.after if other is todo else other for other in known.todo]
    after = replace(known, seen={**known.seen, todo.key: seen}, todo=tuple(task for task in left if task))
    items = (item,) if item else ()
    return Reading(items=items, state=msgspec.json.encode(after), text=came.text, outcome=came.outcome)


def _todo(known: Followed, key: str | None) -> Todo | None:
    return next((todo for todo in known.todo if todo.key == key), None)


def read_page(known: Followed, request: Request, response: Response, now: datetime) -> Reading:
    """Return the page behind an entry as the entry's next revision; raises SourceUnreadable."""
    todo = _todo(known, request.key)
    if todo is None:
        return Reading(state=msgspec.json.encode(known), outcome="unchanged")
    return _settled(known, todo, after_answer(todo, response, known=known.seen[todo.key].page, now=now))


def missed(source: SourceSettings, state: bytes, request: Request, failure: Failure, now: datetime) -> Reading:  # noqa: ARG001 (the contract's signature)
    """Put a page off or give it up; a held update then goes out with the feed's own text."""
    known = known_of(state)
    todo = _todo(known, request.key)
    if todo is None:
        return Reading(state=state, outcome=failure.outcome, text=failure.text)
    return _settled(known, todo, after_failure(todo, failure, now))
