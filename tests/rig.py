"""A publisher, a hub and our poller on one journal."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import pytest_asyncio

from connectors.poller import poll_forever
from connectors.polling.progress import Progress, loaded
from streams.codec import decode
from streams.counters import Counters, Ending
from streams.embedded.journal import SqliteJournal
from streams.items import RawItem, SourceHealth
from streams.settings import PushSettings
from streams.sources import SourceSettings
from streams.topics import RAW_ITEMS
from tests.desk import XML, feed
from tests.feedmaker import entry, rss
from tests.hub import Hub, hub
from tests.unruly import Unruly

HOPELESS = 20.0
HOURS = 6 * 3600


@dataclass
class Rig:
    """A publisher with one feed, a hub, and a poller that asks it every six hours; `push` is how hubs reach it."""

    house: Unruly
    hub: Hub
    journal: SqliteJournal
    push: PushSettings
    source: SourceSettings
    counters: Counters = field(default_factory=Counters)

    def topic(self) -> str:
        return self.house.url("/feed.xml")

    def says(self, *numbers: int, hub: str | None = None, **more: str) -> None:
        """Let the publisher's feed have these entries and name a hub."""
        links = f'<{hub or self.hub.base}>; rel="hub", <{self.topic()}>; rel="self"'
        headers = {"Link": links} if hub != "" else {}
        self.house.says["/feed.xml"] = feed(*map(entry, numbers), **headers, **more)

    async def publishes(self, *numbers: int) -> None:
        """Let the hub tell its subscribers of these entries."""
        await self.hub.publish(self.topic(), rss(*map(entry, numbers)).encode(), XML["Content-Type"])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let the poller run."""
        polling = asyncio.create_task(poll_forever([self.source], self.journal, push=self.push, counters=self.counters))
        try:
            yield
        finally:
            assert not polling.done(), polling.exception()
            polling.cancel()
            await asyncio.wait([polling])

    async def items(self) -> list[RawItem]:
        return [decode(stored.value) async for stored in self.journal.read(RAW_ITEMS)]  # type: ignore[misc]

    async def titles(self) -> list[str]:
        return [str(item.title) for item in await self.items()]

    async def progress(self) -> Progress:
        """Return how far the source was read, once its first cursor is saved."""

        async def is_saved() -> bool:
            return "harbour" in await self.journal.cursors()

        await self.until(is_saved)
        return loaded((await self.journal.cursors())["harbour"])

    async def health(self) -> SourceHealth:
        found = (await self.progress()).health
        assert found
        return found

    async def until(self, fact: Callable[[], object]) -> float:
        """Wait until something holds; returns the seconds it took."""
        begin = monotonic()
        while not ((await found) if asyncio.iscoroutine(found := fact()) else found):
            assert monotonic() - begin < HOPELESS, "it never came"
            await asyncio.sleep(0.02)
        return monotonic() - begin

    async def subscribed(self) -> None:
        await self.until(lambda: self.hub.subscriptions)

        async def is_leased() -> bool:
            return (await self.health()).leased_until is not None

        await self.until(is_leased)

    async def has(self, count: int) -> float:
        async def is_there() -> bool:
            return len(await self.items()) >= count

        return await self.until(is_there)

    def ended(self, outcome: str) -> int:
        return self.counters.endings[Ending("push", "harbour", outcome)]


def free_port() -> int:
    """Return a port nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest_asyncio.fixture(loop_scope="module")
async def rig(house: Unruly, tmp_path: Path) -> AsyncIterator[Rig]:
    """Set up publisher, hub and poller."""
    port = free_port()
    source = SourceSettings(
        id="harbour", url=house.url("/feed.xml"), allow_private=True, full_text=False, min_interval_seconds=HOURS
    )
    push = PushSettings(callback=f"http://127.0.0.1:{port}/push/", port=port)
    async with hub() as running:
        made = Rig(house, running, SqliteJournal(f"sqlite:///{tmp_path}/journal.db"), push, source)
        made.says(1)
        try:
            yield made
        finally:
            await made.journal.close()
