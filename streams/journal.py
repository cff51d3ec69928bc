"""The journal as everything outside the hosts sees it: publish, follow, read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from streams.items import Cursor, RawItem
from streams.records import Record
from streams.topics import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A record as it lies in the journal; `stored_at` is when it became readable (UTC)."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    stored_at: datetime


class Journal(Protocol):
    """A durable log of the topics; embedded SQLite or Kafka behind it."""

    async def publish(self, topic: Topic, records: Sequence[Record]) -> None:
        """Append records; returns when they are durable. Raises JournalUnusable."""

    async def publish_bytes(self, topic: Topic, *, partition: int, key: str | None, value: bytes) -> None:
        """Append `value` byte for byte to the partition it once lay in (to redrive it). Raises JournalUnusable."""

    async def save(self, items: Sequence[RawItem], cursor: Cursor) -> None:
        """Append a source's items and then, only once they are durable, its cursor."""

    async def cursors(self, *, whole: bool = True) -> dict[str, Cursor]:
        """Return the last saved cursor of each source; without what the kinds remember, unless `whole`."""

    def read(self, topic: Topic) -> AsyncIterator[Stored]:
        """Yield what is committed now, oldest first, and end."""

    async def last(self, topic: Topic, key: str, most: int) -> list[Stored]:
        """Return the last records of a key that are committed now, oldest first, at most so many."""

    def follow(self, topic: Topic, *, from_start: bool = True) -> AsyncIterator[Stored]:
        """Yield what is committed and then each new record as it comes, without end."""

    async def close(self) -> None:
        """Let go of files and connections."""
