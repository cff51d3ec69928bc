"""The watch over what stands still, and Faust beside transactions, on a real Kafka."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from aiokafka import TopicPartition

from streams.codec import decode
from streams.counters import Counters
from streams.endings import written
from streams.errors import JournalUnusable
from streams.items import RawItem
from streams.kafka.cluster import cluster_at, producer
from streams.kafka.faust_host import FaustHost
from streams.kafka.journal import KafkaJournal
from streams.kafka.watch import Watched, watch
from streams.pulse import Pulse
from streams.settings import WorkerSettings
from streams.topics import ENRICHED_ITEMS, RAW_ITEMS
from streams.workers import Workers
from tests.contract.small_flow import READ, item

pytestmark = pytest.mark.asyncio
PATIENCE_SECONDS = 60


async def in_transaction(journal: KafkaJournal, raw: RawItem, *, commit: bool) -> int:
    """Append an item as a connector does, then commit or undo it; returns its partition."""
    cluster, one = journal._cluster, written(RAW_ITEMS, raw)
    partition = journal.partition(one.spread)
    async with producer(cluster, transactional_id=cluster.named("connector")) as writer:
        await writer.begin_transaction()
        await writer.send_and_wait(cluster.named(RAW_ITEMS.name), one.value, key=one.key.encode(), partition=partition)
        await (writer.commit_transaction() if commit else writer.abort_transaction())
    return partition


@asynccontextmanager
async def faust_reading(url: str) -> AsyncIterator[FaustHost]:
    """Run the small flow's first step by Faust within the block."""
    workers = Workers(READ.load, WorkerSettings(count=1))
    await workers.start()
    host = FaustHost(cluster_at(url), READ, "1", Counters(), workers=workers)
    running = asyncio.create_task(host.run())
    try:
        yield host
    finally:
        running.cancel()
        await asyncio.wait({running})
        await workers.close()


async def read_items(journal: KafkaJournal, count: int) -> list[str]:
    """Return the ids of so many enriched items, as they come."""
    found: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for stored in journal.follow(ENRICHED_ITEMS):
            found.append(decode(stored.value).id)  # type: ignore[union-attr]
            if len(found) == count:
                break
    return found


def under_watch(host: FaustHost, patience: float) -> Watched:
    """Return what the host of a flow watches of Faust."""
    return Watched(step=host.step.name, patience=patience, positions=host.positions, done=int)


async def test_lag_without_progress_is_stuck_and_progress_is_not(url: str) -> None:
    """The watch names the record that waits where nothing moves, and leaves a slow step in peace."""
    cluster = cluster_at(url)
    journal = await KafkaJournal.open(url)
    await journal.publish(RAW_ITEMS, [item(1, "hill")])
    stored = [one async for one in journal.read(RAW_ITEMS)]
    place = TopicPartition(cluster.named(RAW_ITEMS.name), stored[0].partition)

    async def waiting() -> Mapping[TopicPartition, int]:
        return {place: 0}

    async def through() -> Mapping[TopicPartition, int]:
        return {place: 1}

    stuck = Watched(step="enrich", patience=1.0, positions=waiting, done=int)
    named = (
        rf"step enrich is stuck: at {place.topic}/{place.partition} it stands at offset 0 .* record at offset 0 of 20"
    )
    with pytest.raises(JournalUnusable, match=named):
        await asyncio.wait_for(watch(cluster, stuck, Pulse()), PATIENCE_SECONDS)
    slow = Watched(step="enrich", patience=1.0, positions=waiting, done=time.monotonic_ns)
    idle = Watched(step="enrich", patience=1.0, positions=through, done=int)
    watches = [asyncio.create_task(watch(cluster, watched, Pulse())) for watched in (slow, idle)]
    ended, _ = await asyncio.wait(watches, timeout=3)
    assert not ended
    for one in watches:
        one.cancel()
    await asyncio.wait(watches)
    await journal.close()


async def test_faust_takes_what_is_committed_and_rests_behind_it(url: str) -> None:
    """An item of an undone transaction is never read, and the marks behind the last item are no work that waits."""
    journal = await KafkaJournal.open(url)
    async with faust_reading(url) as host:
        await in_transaction(journal, item(1, "undone"), commit=False)
        await in_transaction(journal, item(2, "hill"), commit=True)
        await in_transaction(journal, item(3, "undone"), commit=False)
        assert await read_items(journal, 1) == ["item-2"]
        watching = asyncio.create_task(watch(host._cluster, under_watch(host, 1.0), Pulse()))
        ended, _ = await asyncio.wait({watching}, timeout=4)
        assert not ended, watching.exception()
        watching.cancel()
        await asyncio.wait({watching})
        await journal.publish(RAW_ITEMS, [item(4, "valley")])
        assert await read_items(journal, 2) == ["item-2", "item-4"]
    await journal.close()


async def test_a_partition_that_faust_lets_lie_is_named(url: str) -> None:
    """Faust's known stall, a partition that is not fetched any more beside others that are, ends with its name.

    It is brought about by the means that Faust itself has for it, and Faust
    does not come back to it.
    """
    journal = await KafkaJournal.open(url)
    async with faust_reading(url) as host:
        await journal.publish(RAW_ITEMS, [item(1, "hill")])
        await read_items(journal, 1)
        partition = journal.partition(written(RAW_ITEMS, item(1, "hill")).spread)
        place = TopicPartition(host._cluster.named(RAW_ITEMS.name), partition)
        host._app.consumer.pause_partitions({place})
        await journal.publish(RAW_ITEMS, [item(number, "rest") for number in range(1, 9)])
        elsewhere = {f"item-{number}" for number in range(1, 9) if journal.partition(f"item-{number}") != partition}
        assert set((await read_items(journal, 1 + len(elsewhere)))[1:]) == elsewhere
        named = rf"step enrich is stuck: at {place.topic}/{partition} it stands at offset 1 .* at offset 1 of"
        with pytest.raises(JournalUnusable, match=named):
            await asyncio.wait_for(watch(host._cluster, under_watch(host, 2.0), Pulse()), PATIENCE_SECONDS)
    await journal.close()
