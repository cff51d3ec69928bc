"""Real worker processes over a real broker, killed, paused and never brought back: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from streams.kafka.journal import KafkaJournal
from streams.topics import RAW_ITEMS
from tests.contract.small_flow import item
from tests.e2e.kafka_slots import (
    ITEMS,
    KILL_ITEMS,
    KILLS,
    PATIENCE_SECONDS,
    SESSION_SECONDS,
    Seen,
    Slots,
    assert_exact,
    claims_of,
    items,
    slots,
    subscribed,
)

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("costly", ["faust", "loop"])
async def test_killed_workers_lose_and_double_nothing(url: str, tmp_path: Path, costly: str) -> None:
    """A worker killed at random moments and restarted under its slot ends with every alert, each once."""
    chance = random.Random(f"kills/{costly}")
    raw = items(KILL_ITEMS)
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
