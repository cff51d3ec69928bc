"""Feeds whose entries are posts of accounts: what was deleted is taken back, nothing is fetched behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace as changed
from datetime import datetime

import msgspec
from msgspec.structs import replace

from connectors.connector import Reading, Request, Response
from connectors.feeds import read_feed
from connectors.following.lists import Followed, known_of
from connectors.reading.entries import Document, Entry, digest
from connectors.reading.items import item_at
from connectors.reading.urls import canonical
from streams.items import ItemKind, Op, RawItem
from streams.sources import SourceSettings

# What is remembered in place of a deleted post's content.
GONE = "gone"


def read_posts(
    source: SourceSettings,
    state: bytes,
    request: Request,
    response: Response,
    now: datetime,
    *,
    shaped: Callable[[Document], tuple[Document, tuple[str, ...]]],
    handle_of: Callable[[RawItem], str | None],
) -> Reading:
    """Return the posts of a feed and deletions; `shaped` gives the document and the guids of what is no longer there.

    Raises SourceUnreadable and nothing else.
    """
    gone: list[str] = []

    def shape(found: Document) -> Document:
        document, guids = shaped(found)
        gone.extend(guids)
        return document

    alone = source.model_copy(update={"full_text": False})
    reading = read_feed(alone, state, request, response, now, shaped=shape)
    posts = tuple(replace(item, kind=ItemKind.POST, handle=handle_of(item)) for item in reading.items)
    after, deletions = _deleted(source, known_of(reading.state), gone, now)
    return changed(reading, items=(*posts, *deletions), state=msgspec.json.encode(after))


def _deleted(
    source: SourceSettings, known: Followed, guids: Iterable[str], now: datetime
) -> tuple[Followed, tuple[RawItem, ...]]:
    """Return what is known after these posts were deleted, and a deletion for each that was published."""
    seen, items = dict(known.seen), []
    for key in map(digest, dict.fromkeys(guids)):
        before = seen.get(key)
        if before is not None and before.content != GONE:
            seen[key] = replace(before, content=GONE, revision=before.revision + 1)
            items.append(_deletion(source, key, before.revision + 1, now))
    return replace(known, seen=seen), tuple(items)


def _deletion(source: SourceSettings, key: str, revision: int, now: datetime) -> RawItem:
    there = canonical(source.url)
    item = item_at(source, key, ItemKind.POST, source.url, canonical_url=there, revision=revision, now=now)
    return replace(item, op=Op.DELETE)


def without(found: Document, is_gone: Callable[[Entry], bool]) -> tuple[Document, tuple[str, ...]]:
    """Return a document without the entries that only say that something was deleted, and their guids."""
    guids = tuple(entry.guid for entry in found.entries if entry.guid and is_gone(entry))
    return changed(found, entries=tuple(entry for entry in found.entries if not is_gone(entry))), guids
