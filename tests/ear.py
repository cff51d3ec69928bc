"""A listener at its desk: one streaming source read by the real engine into a real journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from connectors.asking.gates import Gates
from connectors.http import web
from connectors.listening.engine import listen
from connectors.listening.wires import wired
from connectors.polling.means import Poller, utc_now
from connectors.reading.readers import Readers
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.items import DeadLetter, RawItem, SourceHealth
from streams.settings import FetchSettings
from streams.sources import SourceSettings
from streams.topics import DEAD_LETTERS, RAW_ITEMS, Topic

FETCH = FetchSettings(total_seconds=2.0)
HOPELESS = 30


@dataclass
class Ear:
    """A source that is being listened to."""

    source: SourceSettings
    journal: SqliteJournal
    poller: Poller
    task: asyncio.Task[None] | None = None

    async def _records(self, topic: Topic) -> list[RawItem | DeadLetter]:
        return [decode(stored.value) async for stored in self.journal.read(topic)]  # type: ignore[misc]

    async def items(self, count: int = 0) -> list[RawItem]:
        """Return the items, once there are so many."""
        return await self._several(RAW_ITEMS, count)  # type: ignore[return-value]

    async def letters(self, count: int = 0) -> list[DeadLetter]:
        """Return the dead letters, once there are so many."""
        return await self._several(DEAD_LETTERS, count)  # type: ignore[return-value]

    async def _several(self, topic: Topic, count: int) -> list[RawItem | DeadLetter]:
        async with asyncio.timeout(HOPELESS):
            while len(found := await self._records(topic)) < count:
                assert self.task is None or not self.task.done(), self.task
                await asyncio.sleep(0.02)
        return found

    async def health(self, outcome: str, part: str = "") -> SourceHealth:
        """Return the health people see, once it has this outcome and these words in its text."""
        async with asyncio.timeout(HOPELESS):
            while True:
                cursor = (await self.journal.cursors()).get(self.source.id)
                health = cursor.health if cursor else None
                if health and health.outcome == outcome and part in health.text:
                    return health
                await asyncio.sleep(0.02)

    def counted(self, step: str) -> dict[str, int]:
        """Return how records of this step ended."""
        endings = self.poller.counters.endings
        return {ending.outcome: count for ending, count in endings.items() if ending.step == step}

    async def stop(self) -> None:
        """Stop listening, as a process that ends does."""
        if self.task:
            self.task.cancel()
            await asyncio.wait([self.task])


@asynccontextmanager
async def listening(source: SourceSettings, folder: Path, readers: Readers) -> AsyncIterator[Ear]:
    """Listen to a source until the end of the block; a second time it goes on from the saved cursor."""
    journal = SqliteJournal(f"sqlite:///{folder}/journal.db")
    async with web(FETCH) as net, wired(FETCH, now=utc_now) as wires:
        poller = Poller(
            journal=journal,
            web=net,
            readers=readers,
            gates=Gates(clock=asyncio.get_running_loop().time, sleep=asyncio.sleep),
            counters=Counters(),
            chance=lambda: 0.0,
        )
        ear = Ear(source, journal, poller)
        cursor = (await journal.cursors()).get(source.id)
        ear.task = asyncio.create_task(listen(poller, wires, source, cursor))
        try:
            yield ear
        finally:
            await ear.stop()
            await journal.close()
