"""From when an item counts in a replay: since it was fetched or, as of publication, since it was out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from msgspec.structs import replace

from streams.agenda import Entry
from streams.codec import encode
from streams.items import EnrichedItem, Op, RawItem
from streams.publication import out_by

Item = TypeVar("Item", bound=RawItem | EnrichedItem)
# The entry of a feed and the page behind it: what comes later under the same name is a correction.
_FIRST_TELLING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time that is replayed, from `first` on and before `until` (UTC), without bounds where None."""

    first: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Say whether a moment lies within."""
        return (self.first is None or self.first <= at) and (self.until is None or at < self.until)


def fetched_when_out(item: Item) -> Item:
    """Return an item as it would be had it been fetched the moment it was out.

    What has no date, or one after its fetching, counts from when it was
    fetched. So do deletions and what replaces an earlier telling: nobody knows
    when these were made.
    """
    if item.published_at is None or item.op is Op.DELETE or item.revision > _FIRST_TELLING:
        return item
    out = out_by(item.published_at, item.published_precision)
    return replace(item, fetched_at=out) if out < item.fetched_at else item


def is_undated(item: RawItem | EnrichedItem) -> bool:
    """Say whether an item counts from its fetching because nothing says when it was published."""
    return item.published_at is None


def entry_of(item: EnrichedItem, offset: int) -> Entry:
    """Return an item's place in the order of telling.

    Items of one id and revision are told apart by all but what follows from
    their text, for which its hash stands.
    """
    bare = replace(item, text="", mentions=(), pledges=(), parts=(), links=())
    tie = sha256(encode(bare)).hexdigest()[:16]
    return Entry(at=item.fetched_at, id=item.id, revision=item.revision, tie=tie, offset=offset)
