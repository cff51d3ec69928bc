"""A poller on a web that is a table, with a clock that only waiting moves; journal and reading process are real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest_asyncio

from connectors.asking.gates import Gates
from connectors.asking.robots import RobotsCache
from connectors.connector import Request
from connectors.polling.means import Poller
from connectors.polling.progress import Progress, begun, loaded
from connectors.polling.turn import advance, coming
from connectors.reading.readers import Readers
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.sources import SourceSettings
from streams.topics import RAW_ITEMS
from tests.fakes import TableWeb
from tests.feedmaker import NOW, SOURCE, URL, answer, entry, rss

ROBOTS = "http://news.example/robots.txt"
PAGE = answer("<html><body><p>The whole story.</p></body></html>", "http://news.example/1", content_type="text/html")


@dataclass
class Desk:
    """A poller that never really waits, and how far it has read each source."""

    net: TableWeb
    poller: Poller
    journal: SqliteJournal
    now: datetime = NOW
    known: dict[str, Progress] = field(default_factory=dict)

    def next(self, source: SourceSettings) -> tuple[Request, datetime]:
        """Return what the source needs next and when."""
        return coming(self.poller, source, self.known.setdefault(source.id, begun(NOW, source.url)))

    async def turn(self, source: SourceSettings = SOURCE) -> str:
        """Do what the source needs next and return what people are told."""
        request, due = self.next(source)
        self.now = max(self.now, due)
        self.known[source.id] = await advance(self.poller, source, self.known[source.id], request)
        health = self.known[source.id].health
        assert health
        return health.text

    async def restart(self) -> None:
        """Forget all but what the journal holds."""
        self.poller = replace(self.poller, robots=RobotsCache())
        self.known = {id_: loaded(cursor) for id_, cursor in (await self.journal.cursors()).items()}
        for progress in self.known.values():
            self.poller.robots.recall(progress.silent)

    async def revisions(self) -> list[int]:
        """Return the revisions of the published items."""
        return [decode(stored.value).revision async for stored in self.journal.read(RAW_ITEMS)]  # type: ignore[union-attr]


@pytest_asyncio.fixture(loop_scope="module")
async def desk(reading: Readers, tmp_path: Path) -> AsyncIterator[Desk]:
    """Set up a poller of a feed with two entries."""
    journal = SqliteJournal(f"sqlite:///{tmp_path}/journal.db")
    made: list[Desk] = []

    def clock() -> float:
        return made[0].now.timestamp()

    async def sleep(seconds: float) -> None:
        made[0].now += timedelta(seconds=seconds)

    net = TableWeb(says={URL: answer(rss(entry(1), entry(2)))})
    poller = Poller(
        journal=journal,
        web=net,  # type: ignore[arg-type]
        readers=reading,
        gates=Gates(clock=clock, sleep=sleep),
        counters=Counters(),
        now=lambda: made[0].now,
        chance=lambda: 0.0,
    )
    made.append(Desk(net, poller, journal))
    try:
        yield made[0]
    finally:
        await journal.close()
