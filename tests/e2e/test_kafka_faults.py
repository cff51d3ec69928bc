"""What a bad network does to a worker: slow, narrow, cut, deaf and away, one after the other; nothing lost or twice."""

from __future__ import annotations

import asyncio
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from streams.items import RawItem
from streams.kafka.journal import KafkaJournal
from streams.topics import RAW_ITEMS
from tests.e2e.kafka_slots import HEAVY, Seen, Slots, assert_exact, claims_of, items, slots, subscribed
from tests.proxy import Proxy

ITEMS = 4_000 if HEAVY else 60  # for each fault
RESETS = 60 if HEAVY else 5
AWAY_SECONDS = 600 if HEAVY else 4
GROWN_MIB = 64  # what a worker may need more while the broker is away

pytestmark = pytest.mark.asyncio


@dataclass(slots=True)
class Day:
    """Items that are published part by part, beside the faults, and what comes of them."""

    journal: KafkaJournal
    raw: list[RawItem]
    workers: Slots
    seen: Seen
    given: int = 0

    async def publish(self) -> None:
        """Publish the next part, by the broker's first door."""
        part = self.raw[self.given : self.given + ITEMS]
        self.given += len(part)
        await self.journal.publish(RAW_ITEMS, part)

    async def done(self) -> None:
        """Return when everything that was published is told; a worker that left is started again."""
        await self.seen.reach(len(claims_of(self.raw[: self.given])), self.workers, supervised=True)

    def memory_mib(self) -> float:
        """Return what the worker's process holds in memory."""
        pages = int(Path(f"/proc/{self.workers.running['1'].pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20


async def test_a_bad_network_costs_time_only(url: str, broker: Broker, far: Proxy, tmp_path: Path) -> None:
    """Behind a slow, narrow, cut, deaf and vanishing network every alert is told once, without a hand's help."""
    raw = items(5 * ITEMS)
    journal = await KafkaJournal.open(url)
    distant = f"{url.replace(broker.servers, f'127.0.0.1:{far.port}')}&stuck_seconds=5"
    with slots(distant, tmp_path, "tests.e2e.brisk_flow") as workers:
        async with subscribed(journal) as seen:
            day = Day(journal, raw, workers, seen)
            workers.start("1")
            for fault in (slow_and_narrow, cut, deaf, away):
                began = time.monotonic()
                await day.publish()
                await fault(day, far)
                await day.done()
                print(f"{fault.__name__}: told {time.monotonic() - began:.1f} s after it was published")
            await day.publish()
            await day.done()
    assert far.carried > sum(len(one.body) for one in raw)  # nobody went around the proxy
    await assert_exact(journal, raw)
    await journal.close()


async def slow_and_narrow(day: Day, far: Proxy) -> None:
    """Let each piece take its time, and what is large take longer."""
    far.latency_seconds, far.bytes_per_second = 0.02, 300_000
    await day.done()
    far.latency_seconds, far.bytes_per_second = 0, None


async def cut(day: Day, far: Proxy) -> None:
    """Reset all connections again and again while alerts come."""
    for _ in range(RESETS):
        await day.seen.reach(len(day.seen.alerts) + 1, day.workers, supervised=True)
        far.reset()


async def deaf(day: Day, far: Proxy) -> None:
    """Let the connections that are open carry nothing any more."""
    await day.seen.reach(len(day.seen.alerts) + 1, day.workers, supervised=True)
    far.deafen()


async def away(day: Day, far: Proxy) -> None:
    """Take the broker away for a while; whoever waits for it must not grow."""
    await day.seen.reach(len(day.seen.alerts) + 1, day.workers, supervised=True)
    held = day.memory_mib()
    far.go()
    until = time.monotonic() + AWAY_SECONDS
    while time.monotonic() < until:
        await asyncio.sleep(0.5)
        day.workers.supervise()
        assert day.memory_mib() < held + GROWN_MIB
    await far.come()
