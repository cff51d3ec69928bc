"""What stands for the web and the journal while a source is tried: nothing is asked twice, nothing is saved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.asking.redirects import Hop
from connectors.connector import Failure, Request, Response
from connectors.http import Web
from streams.items import Cursor, DeadLetter, RawItem, SourceHealth
from streams.journal import Stored
from streams.records import Record
from streams.topics import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One address and what it answered, and how many seconds that took."""

    url: str
    answer: Response | Failure | Hop
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness(Web):
    """The web, with every answer noted; an address that was asked is not asked again."""

    noted: list[Asked] = field(default_factory=list)

    async def hop(
        self, request: Request, *, allow_private: bool, now: Callable[[], datetime]
    ) -> Response | Failure | Hop:
        """Ask one address, or return what it answered before."""
        for known in self.noted:
            if known.url == request.url:
                return known.answer
        before = time.monotonic()
        # Not super(): a dataclass with slots is made anew, and the name of the old class no longer is its own.
        answer = await Web.hop(self, request, allow_private=allow_private, now=now)
        self.noted.append(Asked(url=request.url, answer=answer, seconds=time.monotonic() - before))
        return answer


@dataclass(slots=True)
class Notebook:
    """Stands where the journal does and keeps what would be saved; `changed` is set by whatever comes."""

    items: list[RawItem] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    health: SourceHealth | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, topic: Topic, records: Sequence[Record]) -> None:  # noqa: ARG002 (the journal's signature)
        """Keep dead letters; a source publishes nothing else this way."""
        self.letters += [record for record in records if isinstance(record, DeadLetter)]

    async def publish_bytes(self, topic: Topic, *, partition: int, key: str | None, value: bytes) -> None:
        """Keep nothing: no source redrives letters."""

    async def save(self, items: Sequence[RawItem], cursor: Cursor) -> None:
        """Keep the items, and of the cursor what people read."""
        self.items += items
        self.health = cursor.health
        self.changed.set()

    async def cursors(self, *, whole: bool = True) -> dict[str, Cursor]:  # noqa: ARG002
        """Return none: a source that is tried was never read."""
        return {}

    async def read(self, topic: Topic) -> AsyncIterator[Stored]:  # noqa: ARG002
        """Yield nothing."""
        nothing: tuple[Stored, ...] = ()
        for stored in nothing:
            yield stored

    async def last(self, topic: Topic, key: str, most: int) -> list[Stored]:  # noqa: ARG002
        """Return none."""
        return []

    async def follow(self, topic: Topic, *, from_start: bool = True) -> AsyncIterator[Stored]:  # noqa: ARG002
        """Yield nothing."""
        nothing: tuple[Stored, ...] = ()
        for stored in nothing:
            yield stored

    async def close(self) -> None:
        """Let go of nothing."""
