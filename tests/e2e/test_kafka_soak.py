"""Two workers at half of what they can, with faults all the while: nothing lost or twice, and nothing grows.

Two minutes here, an hour by `make torture`.
"""

from __future__ import annotations

import asyncio
import random
import signal
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from streams.alerts import Alert
from streams.codec import decode
from streams.errors import JournalUnusable
from streams.kafka.journal import KafkaJournal
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS, RAW_ITEMS
from tests.e2e import soak_flow
from tests.e2e.kafka_slots import HEAVY, Slots, all_of, slots
from tests.manyfeeds import family, resident_mib
from tests.proxy import Proxy

SECONDS = 3_600 if HEAVY else 100
BETWEEN_SECONDS = (10.0, 40.0) if HEAVY else (4.0, 9.0)
BROKER_KILLS = 3 if HEAVY else 1
FULL = 1_500  # items by which full load is measured
PIECE_SECONDS = 0.25
GROWN_MIB, GROWN_FILES = 48.0, 24
YOUNG_SECONDS = 20.0  # a worker is filling its memories
BEHIND_SECONDS = 120.0
HOPELESS_SECONDS = 300.0

pytestmark = pytest.mark.asyncio


@dataclass(slots=True)
class Heard:
    """What a subscriber was told: which claims, the revisions of each alert, and what came twice."""

    claims: set[str] = field(default_factory=set)
    revisions: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    _read: dict[int, int] = field(default_factory=dict)

    async def listen(self, journal: KafkaJournal) -> None:
        """Follow the alerts for ever; with the broker away, begin again."""
        while True:
            with suppress(JournalUnusable):
                async with aclosing(journal.follow(CONTROL_ALERTS)) as following:
                    async for stored in following:
                        if stored.offset > self._read.get(stored.partition, -1):
                            self._read[stored.partition] = stored.offset
                            self._hear(stored.value)

    def _hear(self, value: bytes) -> None:
        alert = decode(value)
        assert isinstance(alert, Alert)
        claim = alert.evidence[0].claim_id
        if alert.revision != self.revisions.get(alert.id, 0) + 1 or claim in self.claims:
            self.wrong.append(f"{alert.id} {alert.revision} {claim}")
        self.revisions[alert.id] = alert.revision
        self.claims.add(claim)


@dataclass(slots=True)
class Sample:
    """What a worker held at a moment (monotonic seconds), all its processes together."""

    at: float
    worker: int
    mib: float
    files: int


@dataclass(slots=True)
class Soak:
    """The load, the faults, and what the workers hold meanwhile."""

    journal: KafkaJournal
    workers: Slots
    far: Proxy
    broker: Broker
    chance: random.Random
    heard: Heard = field(default_factory=Heard)
    given: int = 0
    faults: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    async def publish(self, count: int) -> None:
        """Publish the next items; with the broker away, again and again, as a connector does."""
        part = [soak_flow.raw(number) for number in range(self.given, self.given + count)]
        self.given += count
        while True:
            with suppress(JournalUnusable):
                return await self.journal.publish(RAW_ITEMS, part)
            await asyncio.sleep(0.2)

    async def told(self) -> None:
        """Return when all that was published is told."""
        deadline = time.monotonic() + HOPELESS_SECONDS
        while len(self.heard.claims) < 2 * self.given:
            self.workers.supervise()
            assert time.monotonic() < deadline, f"{len(self.heard.claims)} of {2 * self.given}"
            await asyncio.sleep(0.02)

    async def full_load(self) -> float:
        """Return how many items a second both workers can do."""
        await self.publish(FULL)
        await self.told()
        began = time.monotonic()
        await self.publish(FULL)
        await self.told()
        return FULL / (time.monotonic() - began)

    async def load(self, rate: float, until: float) -> None:
        """Publish so many items a second."""
        owed = 0.0
        while time.monotonic() < until:
            began = time.monotonic()
            await asyncio.sleep(PIECE_SECONDS)
            owed += rate * (time.monotonic() - began)
            await self.publish(int(owed))
            owed -= int(owed)

    async def trouble(self, until: float) -> None:
        """Let one fault follow the other, each kind as often as the others."""
        kinds: list[Callable[[], Awaitable[None]]] = [self._cut, self._deaf, self._slow, self._away, self._kill]
        kinds += [self._pause]
        ends = [self.chance.uniform(0.2, 0.8) * SECONDS for _ in range(BROKER_KILLS)]
        deaths, began, left = sorted(ends), time.monotonic(), list[Callable[[], Awaitable[None]]]()
        while time.monotonic() < until:
            await asyncio.sleep(self.chance.uniform(*BETWEEN_SECONDS))
            if deaths and time.monotonic() - began > deaths[0]:
                deaths.pop(0)
                fault: Callable[[], Awaitable[None]] = self._broker_kill
            else:
                left = left or self.chance.sample(kinds, len(kinds))
                fault = left.pop()
            self.faults.append(fault.__name__.strip("_"))
            await fault()

    async def _cut(self) -> None:
        self.far.reset()

    async def _deaf(self) -> None:
        self.far.deafen()

    async def _slow(self) -> None:
        self.far.latency_seconds = 0.05
        await asyncio.sleep(4)
        self.far.latency_seconds = 0

    async def _away(self) -> None:
        self.far.go()
        await asyncio.sleep(self.chance.uniform(1, 5))
        await self.far.come()

    async def _kill(self) -> None:
        self.workers.end("2")
        await asyncio.sleep(self.chance.uniform(0, 2))
        self.workers.start("2")

    async def _pause(self) -> None:
        """Stop a worker for longer than its session lasts."""
        worker = self.workers.running["2"]
        with suppress(ProcessLookupError):
            worker.send_signal(signal.SIGSTOP)
            await asyncio.sleep(self.chance.uniform(6, 9))
            worker.send_signal(signal.SIGCONT)

    async def _broker_kill(self) -> None:
        self.broker.kill()
        await asyncio.to_thread(self.broker.start)

    async def look(self) -> None:
        """Look at what the first worker holds, and start again who ended, for ever."""
        while True:
            self.workers.supervise()
            with suppress(OSError):
                processes = family(self.workers.running["1"].pid)
                files = sum(len(list(Path(f"/proc/{process}/fd").iterdir())) for process in processes)
                self.samples.append(Sample(time.monotonic(), processes[0], resident_mib(processes), files))
            await asyncio.sleep(1)

    def longest_life(self) -> list[Sample]:
        """Return what the worker that lived longest held, once its memories were filled."""
        lives: dict[int, list[Sample]] = {}
        for sample in self.samples:
            lives.setdefault(sample.worker, []).append(sample)
        life = max(lives.values(), key=lambda life: life[-1].at - life[0].at)
        return [sample for sample in life if sample.at - life[0].at > YOUNG_SECONDS]


@asynccontextmanager
async def beside(*jobs: Awaitable[None]) -> AsyncIterator[None]:
    """Let work go on that ends with the block; its error is the block's."""
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.result()


async def test_half_of_full_load_with_faults(url: str, broker: Broker, far: Proxy, tmp_path: Path) -> None:
    """Behind faults of all kinds each claim is told once, memory and files stay flat, nothing waits at last."""
    journal = await KafkaJournal.open(url)
    distant = f"{url.replace(broker.servers, f'127.0.0.1:{far.port}')}&stuck_seconds=10"
    with slots(distant, tmp_path, "tests.e2e.soak_flow") as workers:
        soak = Soak(journal, workers, far, broker, random.Random("soak"))
        async with beside(soak.heard.listen(journal)):
            workers.start("1")
            workers.start("2")
            full = await soak.full_load()
            until = time.monotonic() + SECONDS
            async with beside(soak.look()):
                await asyncio.gather(soak.load(full / 2, until), soak.trouble(until))
                calm = time.monotonic()
                await soak.told()
                behind = time.monotonic() - calm
    assert soak.heard.wrong == []
    assert soak.heard.claims == {claim for number in range(soak.given) for claim in soak_flow.claims(number)}
    assert await all_of(journal, DEAD_LETTERS) == []
    assert behind < BEHIND_SECONDS
    report(soak, full, behind)
    await journal.close()


def report(soak: Soak, full: float, behind: float) -> None:
    """Print what came of it; a worker that held more at the end of its life than at its begin is an error."""
    life = soak.longest_life()
    print(f"{soak.given} items, {full / 2:.0f} a second (half of full load), {len(soak.faults)} faults {soak.faults}")
    print(f"all told {behind:.1f} s after the last")
    if not life and not HEAVY:
        print("within two minutes no worker lived long enough to tell whether it grows")
        return
    first, last = life[: len(life) // 4 or 1], life[-(len(life) // 4 or 1) :]
    mib = [statistics.median(sample.mib for sample in part) for part in (first, last)]
    files = [statistics.median(sample.files for sample in part) for part in (first, last)]
    print(
        f"in the {life[-1].at - life[0].at:.0f} s that a worker lived longest, "
        f"{mib[0]:.0f} to {mib[1]:.0f} MiB and {files[0]:.0f} to {files[1]:.0f} files"
    )
    assert mib[1] - mib[0] < GROWN_MIB
    assert files[1] - files[0] < GROWN_FILES
