"""A poller at its desk: a real journal and reading process, an unruly server, a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest_asyncio
from aiohttp import web as server

from connectors.asking.gates import Gates
from connectors.http import Web, web
from connectors.polling.means import Poller
from connectors.polling.progress import Progress, begun
from connectors.polling.turn import advance, coming
from connectors.reading.readers import Readers, readers
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.items import DeadLetter, RawItem
from streams.settings import FetchSettings
from streams.sources import SourceSettings
from streams.topics import DEAD_LETTERS, RAW_ITEMS, Topic
from tests.feedmaker import NOW, entry, rss
from tests.unruly import Unruly, unruly

PAGE = "<html><body><article><p>The whole story of the ship, told at length.</p></article></body></html>"
XML = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html"}


@dataclass
@dataclass
class Desk:
    """One poller with a clock that stands still, its journal, and the progress of one source."""

    poller: Poller
    journal: SqliteJournal
    source: SourceSettings
    progress: Progress
    now: datetime = NOW

    async def turn(self) -> str:
        """Let time pass until something is due, do it, and return the outcome people see."""
        request, due = coming(self.poller, self.source, self.progress)
        self.now = max(self.now, due)
        self.progress = await advance(self.poller, self.source, self.progress, request)
        assert self.progress.health
        return self.progress.health.outcome

    def text(self) -> str:
        """Return what people are told."""
        assert self.progress.health
        return self.progress.health.text

    async def records(self, topic: Topic) -> list[RawItem | DeadLetter]:
        """Return what lies in a topic."""
        return [decode(stored.value) async for stored in self.journal.read(topic)]  # type: ignore[misc]

    async def items(self) -> list[RawItem]:
        """Return the published items."""
        return await self.records(RAW_ITEMS)  # type: ignore[return-value]

    async def letters(self) -> list[DeadLetter]:
        """Return the dead letters."""
        return await self.records(DEAD_LETTERS)  # type: ignore[return-value]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def reading() -> AsyncIterator[Readers]:
    """Share one reading process among all tests."""
    async with readers() as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def net() -> AsyncIterator[Web]:
    """Open sessions that give up after a second."""
    async with web(FetchSettings(total_seconds=1.0)) as sessions:
        yield sessions


@pytest_asyncio.fixture(loop_scope="module")
async def house() -> AsyncIterator[Unruly]:
    """Run a server that has nothing to say yet."""
    async with unruly() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def desk(house: Unruly, net: Web, reading: Readers, tmp_path: Path) -> AsyncIterator[Desk]:
    """Set up a poller of one feed on the server, two seconds from poll to poll."""
    journal = SqliteJournal(f"sqlite:///{tmp_path}/journal.db")
    gates = Gates(clock=asyncio.get_running_loop().time, sleep=asyncio.sleep)
    source = SourceSettings(id="harbour", url=house.url("/feed.xml"), allow_private=True, min_interval_seconds=2)
    made: list[Desk] = []
    poller = Poller(
        journal=journal,
        web=net,
        readers=reading,
        gates=gates,
        counters=Counters(),
        now=lambda: made[0].now if made else NOW,
        chance=lambda: 0.0,
    )
    made.append(Desk(poller, journal, source, begun(NOW, source.url)))
    try:
        yield made[0]
    finally:
        await journal.close()


def feed(*entries: dict[str, str], **headers: str) -> server.Response:
    """Return a feed as an answer."""
    return server.Response(body=rss(*entries).encode(), headers={**XML, **headers})


def linked(house: Unruly, number: int = 1) -> dict[str, str]:
    """Return an entry whose page is on the server."""
    return entry(number, link=house.url(f"/{number}"))
