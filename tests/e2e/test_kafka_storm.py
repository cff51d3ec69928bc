"""Several workers on one broker: members that come and go all the time, kills among three, nothing lost or twice."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from streams.alerts import Alert
from streams.counters import Counters
from streams.errors import JournalUnusable
from streams.items import RawItem
from streams.kafka.cluster import cluster_at
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.topics import ensure_topics
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS, ENRICHED_ITEMS, RAW_ITEMS
from tests.contract.kafka_rig import KafkaRig
from tests.contract.small_flow import CLAIM_WORDS, FLOW, TELL, read
from tests.e2e import real_flow
from tests.e2e.kafka_slots import (
    HEAVY,
    KILL_ITEMS,
    KILLS,
    PATIENCE_SECONDS,
    all_of,
    assert_exact,
    assert_told_once,
    claims_of,
    items,
    slots,
    subscribed,
)

STORM_SECONDS = 120 if HEAVY else 10
PAGES = 2_000

pytestmark = pytest.mark.asyncio
torture = pytest.mark.skipif(not HEAVY, reason="minutes long: make torture runs it")


@dataclass(slots=True)
class Members:
    """Members of both groups with memory, each a loop of this process, as a slot's process runs them."""

    url: str
    running: dict[str, list[asyncio.Task[None]]] = field(default_factory=dict)
    came: int = 0

    def come(self, slot: str) -> None:
        """Join, under the slot."""
        loops = [Loop(cluster_at(self.url), step, slot, Counters()) for step in (CLAIM_WORDS, TELL)]
        self.running[slot] = [asyncio.create_task(loop.run()) for loop in loops]
        self.came += 1

    async def go(self, slot: str) -> None:
        """Leave."""
        tasks = self.running.pop(slot)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    async def supervise(self) -> None:
        """Let those come again that ended because another has their partitions; nothing else may end them."""
        for slot, tasks in list(self.running.items()):
            if ended := [task for task in tasks if task.done()]:
                for task in ended:
                    assert isinstance(task.exception(), JournalUnusable)
                await self.go(slot)
                self.come(slot)


@asynccontextmanager
async def members(url: str) -> AsyncIterator[Members]:
    """Give the members of a test, and end those that are left."""
    several = Members(url)
    try:
        yield several
    finally:
        for slot in list(several.running):
            await several.go(slot)


async def publish(journal: KafkaJournal, raw: Sequence[RawItem]) -> None:
    """Publish items as the first step passes them on."""
    await journal.publish(ENRICHED_ITEMS, [record for one in raw for record in read(one).records])  # type: ignore[union-attr]


async def test_members_that_come_and_go_lose_and_double_nothing(url: str) -> None:
    """While a member joins or leaves about every second, so that partitions always move, each claim is told once."""
    chance = random.Random("storm")
    raw = items(80 * STORM_SECONDS)
    journal = await KafkaJournal.open(url)
    await ensure_topics(cluster_at(url), FLOW)
    async with members(url) as several, subscribed(journal) as seen:
        several.come("stays")
        ends, given = time.monotonic() + STORM_SECONDS, 0
        while time.monotonic() < ends:
            await publish(journal, raw[given : given + 60])
            given = min(given + 60, len(raw))
            slot = chance.choice(["a", "b", "c"])
            if slot in several.running:
                await several.go(slot)
            else:
                several.come(slot)
            await several.supervise()
            await asyncio.sleep(chance.uniform(0.2, 1.2))
        await publish(journal, raw[given:])
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(seen.alerts) < len(claims_of(raw)):
            assert time.monotonic() < deadline, f"{len(seen.alerts)} of {len(claims_of(raw))}"
            await several.supervise()
            await asyncio.sleep(0.05)
        print(f"{several.came} comings in {STORM_SECONDS} s, {len(raw)} items")
    await assert_told_once(journal, raw)
    await journal.close()


@torture
async def test_kills_among_three_workers(url: str, tmp_path: Path) -> None:
    """Of three workers one is killed at random moments, now and then another at once; each claim is told once."""
    chance = random.Random("three")
    raw = items(KILL_ITEMS)
    total = len(claims_of(raw))
    journal = await KafkaJournal.open(url)
    await journal.publish(RAW_ITEMS, raw)
    with slots(url, tmp_path) as workers:
        async with subscribed(journal) as seen:
            for slot in "123":
                workers.start(slot)
            for moment in sorted(chance.sample(range(1, total * 4 // 5), KILLS)):
                await seen.reach(max(moment, len(seen.alerts) + 1), workers, supervised=True)
                killed = chance.sample("123", chance.choice([1, 1, 2]))
                for slot in killed:
                    workers.end(slot)
                await asyncio.sleep(chance.uniform(0, 1))
                for slot in killed:
                    workers.start(slot)
            await seen.reach(total, workers, supervised=True)
    await assert_exact(journal, raw)
    await journal.close()


async def finish(journal: KafkaJournal, url: str) -> None:
    """Return when the real flow has worked through all there is."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(TimeoutError):
                await KafkaRig(url, journal).drained(real_flow.FLOW)
                return


@torture
async def test_kills_over_real_pages(url: str, tmp_path: Path) -> None:
    """The real flow over entries and their pages, killed and started again, tells each revision once, without a gap."""
    chance = random.Random("pages")
    raw = real_flow.items(PAGES)
    journal = await KafkaJournal.open(url)
    await journal.publish(RAW_ITEMS, raw)
    with slots(url, tmp_path, "tests.e2e.real_flow") as workers:
        for _ in range(KILLS):
            workers.start("1")
            await asyncio.sleep(chance.uniform(5, 15))
            workers.end("1")
        workers.start("1")
        await finish(journal, url)
    alerts = [alert for alert in await all_of(journal, CONTROL_ALERTS) if isinstance(alert, Alert)]
    times = Counter((alert.id, alert.revision) for alert in alerts)
    assert set(times.values()) == {1}
    last = {alert.id: alert.revision for alert in sorted(alerts, key=lambda alert: alert.revision)}
    assert sum(last.values()) == len(alerts)
    failed = {letter.key for letter in await all_of(journal, DEAD_LETTERS)}  # type: ignore[attr-defined]
    assert {one.id for one in await all_of(journal, ENRICHED_ITEMS)} | failed == {one.id for one in raw}  # type: ignore[attr-defined]
    await journal.close()
