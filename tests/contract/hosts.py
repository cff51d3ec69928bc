"""What a host must offer to the contract suite, so that every journal and host passes the same one."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from streams.counters import Counters, Ending
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal
from streams.journal import Journal, Stored
from streams.settings import WorkerSettings
from streams.steps import Flow
from streams.topics import Topic

PATIENCE_SECONDS = 60.0  # what hangs fails; nothing is measured by it


class Rig(Protocol):
    """A fresh, empty journal and the way to run a flow on it.

    `running` starts the host (all of its parts) and ends it, without a
    `drained`, when the block ends; it may be entered again, one after the
    other. `settings` are the workers'. Records are always keyed by their item
    id or place key, so that one key stays in one partition.
    """

    journal: Journal
    settings: WorkerSettings

    def running(self, flow: Flow) -> AbstractAsyncContextManager[None]:
        """Run the flow within the block, going on where the last run ended."""

    async def drained(self, flow: Flow) -> None:
        """Return when every step's committed position is at the end of its topic, outputs included."""

    async def endings(self) -> Counter[Ending]:
        """Return the counted endings over all runs on this journal."""

    async def append_raw(self, topic: Topic, key: str, value: bytes) -> None:
        """Append bytes of any kind to a topic, as a stranger might."""


@asynccontextmanager
async def alongside(host: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a host while the block lasts; one that ended by itself raises what ended it."""
    task = asyncio.create_task(host)
    try:
        yield
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.wait({task})


class EmbeddedRig:
    """The embedded journal and host on a file."""

    def __init__(self, path: Path) -> None:
        self.journal = SqliteJournal(f"sqlite:///{path}")
        self.settings = WorkerSettings(count=2, wall_seconds=3.0, memory_mib=512)

    @asynccontextmanager
    async def running(self, flow: Flow) -> AsyncIterator[None]:
        """Run the host as a task of this process."""
        async with alongside(EmbeddedHost(self.journal, flow, Counters(), self.settings).run()):
            yield

    async def drained(self, flow: Flow) -> None:
        """Look at the positions until two looks in a row find every step at its end, and nothing moved between."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            before: list[int] = []
            while True:
                now = [await self.journal.position(step.name) for step in flow]
                through = [await self.journal.end(step.source) for step in flow] == now
                if through and now == before:
                    return
                before = now
                await asyncio.sleep(0.02)

    async def endings(self) -> Counter[Ending]:
        """Return what the journal has counted."""
        return await self.journal.endings()

    async def append_raw(self, topic: Topic, key: str, value: bytes) -> None:
        """Append through the journal's own door for bytes."""
        await self.journal.publish_bytes(topic, partition=0, key=key, value=value)


async def values(journal: Journal, topic: Topic) -> list[Stored]:
    """Return all that a topic holds now."""
    return [stored async for stored in journal.read(topic)]


def digest(stored: list[Stored]) -> str:
    """Return one hash over keys and bytes; the order within a key counts, the order between keys does not."""
    by_key: dict[str, list[bytes]] = {}
    for one in stored:
        by_key.setdefault(one.key, []).append(one.value)
    return hashlib.sha256(repr(sorted(by_key.items())).encode()).hexdigest()


RigMaker = Callable[[], AbstractAsyncContextManager[Rig]]
