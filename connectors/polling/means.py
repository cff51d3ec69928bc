"""What reading sources needs: the journal, the web, worker processes, gates; and the one way to save."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.asking.gates import Gates
from connectors.asking.network import Network
from connectors.asking.robots import RobotsCache
from connectors.http import Web
from connectors.reading.readers import Readers
from streams.counters import Counters
from streams.dial import web_host
from streams.errors import SourceRefused
from streams.items import Cursor, RawItem
from streams.journal import Journal


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """What reading sources needs; `chance` gives the jitter's random numbers from 0 to 1."""

    journal: Journal
    web: Web
    readers: Readers
    gates: Gates
    counters: Counters
    network: Network = field(default_factory=Network)
    robots: RobotsCache = field(default_factory=RobotsCache)
    agent: str = "changehands"
    now: Callable[[], datetime] = utc_now
    chance: Callable[[], float] = random.random

    def shut(self, url: str) -> float:
        """Return for how many seconds the host of this address lets nobody in."""
        try:
            return self.gates.wait_for(web_host(url))
        except SourceRefused:
            return 0.0

    async def save(self, items: Sequence[RawItem], cursor: Cursor) -> None:
        """Save items and cursor; once begun it is waited for.

        Nothing is saved behind the back of whoever comes after us.
        """
        saving = asyncio.ensure_future(self.journal.save(items, cursor))
        try:
            await asyncio.shield(saving)
        except asyncio.CancelledError:
            await asyncio.wait({saving})
            raise
