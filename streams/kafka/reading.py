"""Reading a topic from outside: to the end as it is now, or for ever; only what is committed."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import JournalUnusable
from streams.journal import Stored
from streams.kafka.cluster import Cluster, consumer, let_go, started, unusable

_WAIT_MS = 500
_GLANCE_MS = 50
_AT_ONCE = 500
_QUIET_SECONDS = 3.0
_ANSWER_SECONDS = 5.0


@asynccontextmanager
async def _reader(cluster: Cluster, *, committed: bool = True) -> AsyncIterator[AIOKafkaConsumer]:
    reader = consumer(cluster, committed=committed)
    try:
        yield await started(reader, cluster)
    except KafkaError as error:
        raise unusable(cluster, error) from error
    finally:
        await let_go(reader.stop())


def places_of(cluster: Cluster, name: str) -> list[TopicPartition]:
    """Return the partitions of a topic of this journal."""
    return [TopicPartition(cluster.named(name), number) for number in range(cluster.partitions)]


async def ends(cluster: Cluster, places: list[TopicPartition]) -> dict[TopicPartition, int]:
    """Return the true end of each partition, open transactions included."""
    async with _reader(cluster, committed=False) as reader:
        return dict(await reader.end_offsets(places))


async def read(cluster: Cluster, name: str, *, only: int | None = None) -> AsyncIterator[Stored]:
    """Yield what is committed up to the end as it is now (of one partition, or of all by time), and end.

    A transaction that is open now is waited for: a reader that stopped when
    nothing came would miss what lies behind it.
    """
    async with _reader(cluster) as reader:
        places = [place for place in places_of(cluster, name) if only in (None, place.partition)]
        until = await ends(cluster, places)
        reader.assign(places)
        await reader.seek_to_beginning(*places)
        waiting: dict[TopicPartition, deque[Any]] = {place: deque() for place in places}
        while True:
            await _fill(reader, waiting, until)
            heads = [records for records in waiting.values() if records]
            if not heads:
                return
            yield stored(min(heads, key=lambda records: _by_time(records[0])).popleft(), name)


async def _fill(
    reader: AIOKafkaConsumer, waiting: dict[TopicPartition, deque[Any]], until: dict[TopicPartition, int]
) -> None:
    """Fetch until each partition shows its next record or is read to its end: then the oldest of them is known."""
    while hungry := [place for place, records in waiting.items() if not records and place in until]:
        for place in hungry:
            if await reader.position(place) >= until[place]:
                del until[place]
        if still := [place for place in hungry if place in until]:
            # a short wait: where only marks of transactions are left, the position moves and nothing is returned
            for place, records in (await reader.getmany(*still, timeout_ms=_GLANCE_MS)).items():
                waiting[place].extend(record for record in records if record.offset < until[place])


async def next_record(cluster: Cluster, place: TopicPartition, offset: int) -> Stored | None:
    """Return the first committed record from an offset on; None where there is none now, whatever else lies there."""
    async with _reader(cluster) as reader:
        reader.assign([place])
        end = (await reader.end_offsets([place]))[place]  # for this reader: before the first open transaction
        reader.seek(place, offset)
        while await reader.position(place) < end:
            for record in (await reader.getmany(timeout_ms=_GLANCE_MS, max_records=1)).get(place, ()):
                return stored(record, place.topic)
    return None


async def follow(cluster: Cluster, name: str, *, from_start: bool) -> AsyncIterator[Stored]:
    """Yield what is committed, from the start or from now on, without end.

    Raises JournalUnusable once the brokers have not answered for some
    seconds: a client only waits, and who follows would take that for quiet.
    """
    async with _reader(cluster) as reader:
        places = places_of(cluster, name)
        reader.assign(places)
        await (reader.seek_to_beginning(*places) if from_start else reader.seek_to_end(*places))
        heard_at = time.monotonic()
        while True:
            found = await reader.getmany(timeout_ms=_WAIT_MS, max_records=_AT_ONCE)
            for record in sorted((one for some in found.values() for one in some), key=_by_time):
                yield stored(record, name)
            if not found and time.monotonic() - heard_at > _QUIET_SECONDS:
                await _refuse_silence(cluster, reader, places)
            if found or time.monotonic() - heard_at > _QUIET_SECONDS:
                heard_at = time.monotonic()


async def _refuse_silence(cluster: Cluster, reader: AIOKafkaConsumer, places: list[TopicPartition]) -> None:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            await reader.end_offsets(places)
    except TimeoutError as error:
        raise JournalUnusable(
            f"Kafka at {cluster.servers} has not answered for {_ANSWER_SECONDS:.0f} s: is the broker up?"
        ) from error


def _by_time(record: Any) -> tuple[int, int, int]:
    return record.timestamp, record.partition, record.offset


def stored(record: Any, name: str) -> Stored:
    """Return a consumer's record as the journal shows it, under the topic's own name."""
    return Stored(
        topic=name,
        partition=record.partition,
        offset=record.offset,
        key=(record.key or b"").decode("utf-8", "replace"),
        value=record.value or b"",
        stored_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )
