"""The journal on Kafka: publishing that waits for every acknowledgement, reading of what is committed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from streams.endings import Written, written
from streams.gathering import Gathering
from streams.items import Cursor, RawItem
from streams.journal import Stored
from streams.kafka.cluster import Cluster, cluster_at, partition_of, producer, started, unusable
from streams.kafka.reading import follow, read
from streams.kafka.topics import ensure_topics
from streams.records import Record
from streams.saving import Saved, Savings, cursors_in
from streams.topics import CURSORS, STATES, Topic

_TOGETHER_SECONDS = 0.005  # cursors saved within this time wait for the brokers once


class KafkaJournal:
    """The topics of one journal on a cluster; open it with `open`, let go of it with `close`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._savings = Savings()
        self._saving = Gathering(commit=self._save, seconds=_TOGETHER_SECONDS)

    @classmethod
    async def open(cls, url: str) -> KafkaJournal:
        """Open the journal at a kafka:// URL and make its topics; raises ConfigError or JournalUnusable."""
        cluster = cluster_at(url)
        await ensure_topics(cluster)
        return cls(cluster)

    async def publish(self, topic: Topic, records: Sequence[Record]) -> None:
        """Append records; returns when every replica has them. Raises JournalUnusable, BadRecord for one too large."""
        await self.publish_written([written(topic, record) for record in records])

    async def publish_written(self, records: Sequence[Written]) -> None:
        """Append records that are bytes already; returns when every replica has them. Raises JournalUnusable."""
        await self._send([(one.topic, self.partition(one.spread), one.key.encode(), one.value) for one in records])

    async def publish_bytes(self, topic: Topic, *, partition: int, key: str | None, value: bytes) -> None:
        """Append `value` byte for byte to the partition it once lay in. Raises JournalUnusable."""
        await self._send([(topic, partition, None if key is None else key.encode(), value)])

    async def save(self, items: Sequence[RawItem], cursor: Cursor) -> None:
        """Append a source's items and, once every replica has them, its cursor. Raises as publish does."""
        await self._saving.add(self._savings.of(items, cursor))

    async def _save(self, group: Sequence[Saved]) -> None:
        await self.publish_written([item for saved in group for item in saved.items])
        await self.publish_written([one for saved in group for one in saved.behind()])
        self._savings.done(group)

    async def cursors(self, *, whole: bool = True) -> dict[str, Cursor]:
        """Return the last saved cursor of each source; raises BadRecord where one cannot be read."""
        return await cursors_in(self.read(CURSORS), self.read(STATES) if whole else None)

    def read(self, topic: Topic) -> AsyncIterator[Stored]:
        """Yield what is committed now, oldest first, and end."""
        return read(self._cluster, topic.name)

    async def last(self, topic: Topic, key: str, most: int) -> list[Stored]:
        """Return the last records of a key that are committed now, oldest first; its partition is read for them.

        The key must be what the topic spreads by.
        """
        found: deque[Stored] = deque(maxlen=most)
        async for stored in read(self._cluster, topic.name, only=self.partition(key)):
            if stored.key == key:
                found.append(stored)
        return list(found)

    def follow(self, topic: Topic, *, from_start: bool = True) -> AsyncIterator[Stored]:
        """Yield what is committed and then each new record as it comes, without end."""
        return follow(self._cluster, topic.name, from_start=from_start)

    async def close(self) -> None:
        """Let go of the connections; what was not acknowledged is sent first."""
        await self._saving.settle()
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None

    def partition(self, spread: str) -> int:
        """Return the partition in which records of this spread value lie."""
        return partition_of(spread, self._cluster.partitions)

    async def _send(self, records: Sequence[tuple[Topic, int, bytes | None, bytes]]) -> None:
        if not records:
            return
        sender = await self._started()
        try:
            sent = [
                await sender.send(self._cluster.named(topic.name), value, key=key, partition=partition)
                for topic, partition, key, value in records
            ]
            await asyncio.gather(*sent)
        except KafkaError as error:
            # after an unknown outcome an idempotent producer may stay out of sequence for good: take a new one next
            self._producer = None
            await sender.stop()
            raise unusable(self._cluster, error) from error

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                self._producer = await started(producer(self._cluster), self._cluster)
            return self._producer
