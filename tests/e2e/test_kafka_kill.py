"""Real worker processes over a real broker, killed, paused and never brought back: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from streams.alerts import Alert
from streams.codec import decode
from streams.errors import JournalUnusable
from streams.items import RawItem
from streams.kafka.journal import KafkaJournal
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS, ENRICHED_ITEMS, RAW_ITEMS, Topic
from tests.broker import broker, url
from tests.contract.small_flow import item

__all__ = ["broker", "url"]

HEAVY = os.environ.get("TORTURE") == "1"
ITEMS, KILLS = (20_000, 20) if HEAVY else (1_200, 3)
PATIENCE_SECONDS = 1800 if HEAVY else 120
SESSION_SECONDS = 6  # as the address says
PLACES = [f"place-{n}" for n in range(60)]

pytestmark = pytest.mark.asyncio


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


async def assert_exact(journal: KafkaJournal, raw: Sequence[RawItem], *, costly: str = "faust") -> None:
    """Every item was enriched, and each place's revisions are there once each, without a gap, telling every claim."""
    alerts = [alert for alert in await all_of(journal, CONTROL_ALERTS) if isinstance(alert, Alert)]
    times = Counter((alert.id, alert.revision) for alert in alerts)
    assert {key: n for key, n in times.items() if n > 1} == {}
    last = {alert.id: alert for alert in sorted(alerts, key=lambda alert: alert.revision)}
    assert {claim for alert in last.values() for claim in alert.headline.en.split()} == claims_of(raw)
    assert sum(alert.revision for alert in last.values()) == len(alerts) == len(claims_of(raw))
    enriched = Counter(one.id for one in await all_of(journal, ENRICHED_ITEMS))  # type: ignore[attr-defined]
    assert set(enriched) == {one.id for one in raw}
    if costly == "loop":
        assert enriched.total() == len(raw)
    else:
        print(f"items enriched again after kills: {enriched.total() - len(raw)} of {len(raw)}")
    assert await all_of(journal, DEAD_LETTERS) == []


@pytest.mark.parametrize("costly", ["faust", "loop"])
async def test_killed_workers_lose_and_double_nothing(url: str, tmp_path: Path, costly: str) -> None:
    """A worker killed at random moments and restarted under its slot ends with every alert, each once."""
    chance = random.Random(f"kills/{costly}")
    raw = items(ITEMS)
    total = len(claims_of(raw))
    journal = await KafkaJournal.open(f"{url}&costly={costly}")
    await journal.publish(RAW_ITEMS, raw)
    pauses = []
    with slots(f"{url}&costly={costly}", tmp_path) as workers:
        async with subscribed(journal) as seen:
            workers.start("1")
            for moment in sorted(chance.sample(range(1, total * 4 // 5), KILLS)):
                await seen.reach(max(moment, len(seen.alerts) + 1), workers)
                await asyncio.sleep(chance.uniform(0, 0.3))
                workers.end("1")
                pauses.append(await restarted(workers, seen))
            await seen.reach(total, workers)
    print(f"{costly}: working again after a kill in {', '.join(f'{pause:.1f}' for pause in pauses)} s")
    await assert_exact(journal, raw, costly=costly)
    await journal.close()


async def restarted(workers: Slots, seen: Seen) -> float:
    """Start slot 1 again and return the seconds until an alert of the new process is readable."""
    await asyncio.sleep(0.3)  # what the killed process had committed arrives
    before, start = len(seen.alerts), time.monotonic()
    workers.start("1")
    await seen.reach(before + 1, workers)
    return seen.alerts[before][0] - start


async def test_partitions_of_a_slot_that_never_returns_are_taken_over(url: str, tmp_path: Path) -> None:
    """Two slots share the work; when one is killed for good, the other does all of it after the session has ended."""
    raw = items(ITEMS)
    journal = await KafkaJournal.open(url)
    with slots(url, tmp_path) as workers:
        async with subscribed(journal) as seen:
            workers.start("1")
            workers.start("2")
            await journal.publish(RAW_ITEMS, raw[: ITEMS // 2])
            await seen.reach(len(claims_of(raw[: ITEMS // 2])), workers)
            workers.end("2")
            gone = time.monotonic()
            await journal.publish(RAW_ITEMS, raw[ITEMS // 2 :])
            await seen.reach(len(claims_of(raw)), workers)
            print(f"all partitions done {time.monotonic() - gone:.1f} s after the loss (session {SESSION_SECONDS} s)")
    assert "partitions.assigned" in workers.said("2")
    await assert_exact(journal, raw)
    await journal.close()


async def test_a_paused_worker_that_wakes_up_doubles_nothing(url: str, tmp_path: Path) -> None:
    """A worker stopped for longer than its session finds its partitions taken, and what it had begun has no effect."""
    raw = items(ITEMS)
    journal = await KafkaJournal.open(url)
    with slots(url, tmp_path) as workers:
        async with subscribed(journal) as seen:
            workers.start("1")
            paused = workers.start("2")
            await journal.publish(RAW_ITEMS, raw)
            await seen.reach(len(claims_of(raw)) // 4, workers)
            paused.send_signal(signal.SIGSTOP)
            await asyncio.sleep(SESSION_SECONDS + 4)
            paused.send_signal(signal.SIGCONT)
            # each side may find itself fenced by the other while the group settles
            await seen.reach(len(claims_of(raw)), workers, supervised=True)
            await asyncio.sleep(1)  # a zombie would write about now
    await assert_exact(journal, raw)
    await journal.close()


async def test_two_processes_with_one_slot_are_refused(url: str, tmp_path: Path) -> None:
    """The second process under a slot ends with an error that names the first; the first works on."""
    journal = await KafkaJournal.open(url)
    with slots(url, tmp_path) as workers:
        async with subscribed(journal) as seen:
            first = workers.start("1")
            await journal.publish(RAW_ITEMS, items(5))
            await seen.reach(10, workers)
            second = subprocess.Popen(first.args, stderr=subprocess.PIPE, text=True)
            _, said = await asyncio.to_thread(second.communicate, timeout=60)
            assert second.returncode == 1
            assert f"SlotTaken: slot 1 is held by process {first.pid}" in said
            await journal.publish(RAW_ITEMS, items(7)[5:])
            await seen.reach(14, workers)
            assert first.poll() is None
    await journal.close()


async def test_a_paused_process_finds_its_slot_taken(url: str, tmp_path: Path) -> None:
    """A process that was paused while another took its slot ends with a reason when it wakes; the other works on."""
    raw = items(200)
    journal = await KafkaJournal.open(url)
    with slots(url, tmp_path) as workers:
        async with subscribed(journal) as seen:
            paused = workers.start("1")
            await journal.publish(RAW_ITEMS, raw[:100])
            await seen.reach(100, workers)
            paused.send_signal(signal.SIGSTOP)
            taking = workers.start("1")
            await journal.publish(RAW_ITEMS, raw[100:])
            await seen.reach(250, workers)
            paused.send_signal(signal.SIGCONT)
            assert await asyncio.to_thread(paused.wait, PATIENCE_SECONDS) == 1
            await seen.reach(len(claims_of(raw)), workers)
            assert taking.poll() is None
    fenced = "another process may work on it by now"  # where it was paused within a transaction
    assert f"slot 1 was taken by process {taking.pid}" in workers.said("1") or fenced in workers.said("1")
    await assert_exact(journal, raw)
    await journal.close()


async def test_a_killed_broker_is_waited_for_or_left_loudly(url: str, broker: Broker, tmp_path: Path) -> None:
    """The broker killed under load and started again costs nothing; a worker that gave up ended with its reason."""
    raw = items(ITEMS)
    journal = await KafkaJournal.open(url)
    await journal.publish(RAW_ITEMS, raw)
    with slots(url, tmp_path) as workers:
        async with subscribed(journal) as seen:
            workers.start("1")
            await seen.reach(len(claims_of(raw)) // 4, workers)
            broker.kill()
            broker.start()
            await seen.reach(len(claims_of(raw)), workers, supervised=True)
    await assert_exact(journal, raw)
    await journal.close()


async def test_a_step_that_never_returns_ends_the_process_loudly(url: str, tmp_path: Path) -> None:
    """A step that blocks the whole process makes it exit with a traceback that shows where it hung."""
    journal = await KafkaJournal.open(url)
    with slots(f"{url}&stuck_seconds=5", tmp_path, "tests.e2e.sleepy_flow") as workers:
        async with subscribed(journal) as seen:
            worker = workers.start("1")
            await journal.publish(RAW_ITEMS, [item(1, "meadow")])
            await seen.reach(1, workers)
            await journal.publish(RAW_ITEMS, [item(2, "swamp")])
            assert await asyncio.to_thread(worker.wait, PATIENCE_SECONDS) != 0
    assert "in tell_unless_asleep" in workers.said("1")
    await journal.close()
