"""Worker processes on a real broker, what a subscriber sees of them, and whether it is exact."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from streams.alerts import Alert
from streams.codec import decode
from streams.errors import JournalUnusable
from streams.items import RawItem
from streams.kafka.journal import KafkaJournal
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS, ENRICHED_ITEMS, Topic
from tests.contract.small_flow import item

HEAVY = os.environ.get("TORTURE") == "1"
ITEMS = 20_000 if HEAVY else 1_200
KILL_ITEMS, KILLS = (100_000, 20) if HEAVY else (5_000, 3)
PATIENCE_SECONDS = 1800 if HEAVY else 120
SESSION_SECONDS = 6  # as the address says
# an alert names all claims about its place, so that many items need many places
PLACES = [f"place-{n}" for n in range(3_000 if HEAVY else 60)]


def items(count: int) -> list[RawItem]:
    """Return items that each name two places."""
    chance = random.Random(11)
    return [item(n, " ".join(chance.sample(PLACES, 2))) for n in range(count)]


def claims_of(raw: Sequence[RawItem]) -> set[str]:
    """Return the ids of all claims that the items must end in."""
    return {f"{one.id}/{one.revision}/{word}" for one in raw for word in (one.title or "").split()}


@dataclass(slots=True)
class Slots:
    """The worker processes by slot; `start` again after `end` is a restart."""

    url: str
    folder: Path
    flow: str = "tests.e2e.busy_flow"
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, slot: str) -> subprocess.Popen[bytes]:
        """Start a process under the slot."""
        command = [sys.executable, Path(__file__).parent / "kafka_runner.py", self.url, slot, self.flow]
        with (self.folder / f"slot-{slot}.log").open("ab") as log:
            self.running[slot] = subprocess.Popen(command, stdout=log, stderr=log)
        return self.running[slot]

    def end(self, slot: str) -> None:
        """End a slot's process without a word of warning."""
        worker = self.running.pop(slot)
        worker.kill()
        worker.wait()

    def supervise(self) -> None:
        """Start those again that left because another process works on what was theirs, as a supervisor does."""
        for slot, worker in list(self.running.items()):
            if worker.poll() is not None:
                assert "JournalUnusable" in self.said(slot), self.said(slot)[-3000:]
                self.start(slot)

    def said(self, slot: str) -> str:
        """Return what the slot's processes wrote."""
        return (self.folder / f"slot-{slot}.log").read_text(errors="replace")


@contextmanager
def slots(url: str, folder: Path, flow: str = "tests.e2e.busy_flow") -> Iterator[Slots]:
    """Give the worker processes of a test, and end those that are left."""
    workers = Slots(url, folder, flow)
    try:
        yield workers
    finally:
        for slot in list(workers.running):
            workers.end(slot)


@dataclass(slots=True)
class Seen:
    """What a subscriber has seen so far: when which partition brought an alert."""

    alerts: list[tuple[float, int]] = field(default_factory=list)

    async def reach(self, count: int, workers: Slots, *, supervised: bool = False) -> None:
        """Return when so many alerts are readable; under supervision, workers that left are started again."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.alerts) < count:
            if supervised:
                workers.supervise()
            assert time.monotonic() < deadline, f"{len(self.alerts)} of {count} alerts; {workers.said('1')[-3000:]}"
            await asyncio.sleep(0.02)


@asynccontextmanager
async def subscribed(journal: KafkaJournal) -> AsyncIterator[Seen]:
    """Follow the alerts in the background."""
    seen, at = Seen(), set[tuple[int, int]]()

    async def follow() -> None:
        async with aclosing(journal.follow(CONTROL_ALERTS)) as following:
            async for stored in following:
                if (stored.partition, stored.offset) not in at:
                    at.add((stored.partition, stored.offset))
                    seen.alerts.append((time.monotonic(), stored.partition))

    async def follow_on() -> None:
        while True:
            with suppress(JournalUnusable):  # the broker is away
                await follow()

    task = asyncio.create_task(follow_on())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.wait({task})


async def all_of(journal: KafkaJournal, topic: Topic) -> list[object]:
    """Read a topic to its end as it is now, committed records only."""
    return [decode(stored.value) async for stored in journal.read(topic)]


async def assert_told_once(journal: KafkaJournal, raw: Sequence[RawItem]) -> None:
    """Each place's revisions are there once each, without a gap, telling every claim."""
    alerts = [alert for alert in await all_of(journal, CONTROL_ALERTS) if isinstance(alert, Alert)]
    times = Counter((alert.id, alert.revision) for alert in alerts)
    assert {key: n for key, n in times.items() if n > 1} == {}
    last = {alert.id: alert for alert in sorted(alerts, key=lambda alert: alert.revision)}
    assert {claim for alert in last.values() for claim in alert.headline.en.split()} == claims_of(raw)
    assert sum(alert.revision for alert in last.values()) == len(alerts) == len(claims_of(raw))
    assert await all_of(journal, DEAD_LETTERS) == []


async def assert_exact(journal: KafkaJournal, raw: Sequence[RawItem], *, costly: str = "faust") -> None:
    """Every item was enriched, and what follows from it is told once."""
    await assert_told_once(journal, raw)
    enriched = Counter(one.id for one in await all_of(journal, ENRICHED_ITEMS))  # type: ignore[attr-defined]
    assert set(enriched) == {one.id for one in raw}
    if costly == "loop":
        assert enriched.total() == len(raw)
    else:
        print(f"items enriched again after kills: {enriched.total() - len(raw)} of {len(raw)}")
