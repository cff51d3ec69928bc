"""The Kafka journal and host under the contract suite: a real broker, one slot, this process."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.errors import GroupCoordinatorNotAvailableError

from streams.counters import Counters, Ending
from streams.kafka.cluster import admin, cluster_at
from streams.kafka.host import process
from streams.kafka.journal import KafkaJournal
from streams.settings import WorkerSettings
from streams.steps import Flow, RememberingStep, Step
from streams.topics import Topic
from tests.contract.hosts import PATIENCE_SECONDS, alongside, values


class KafkaRig:
    """A journal of its own on the broker; `url` says what runs the costly step."""

    def __init__(self, url: str, journal: KafkaJournal) -> None:
        self.journal = journal
        self.settings = WorkerSettings(count=2, wall_seconds=3.0, memory_mib=512)
        self._url = url
        self._counters = Counters()

    @asynccontextmanager
    async def running(self, flow: Flow) -> AsyncIterator[None]:
        """Run one slot as a task of this process."""
        async with alongside(process(self._url, flow, "1", self._counters, self.settings)):
            yield

    async def drained(self, flow: Flow) -> None:
        """Look at the groups' committed offsets until two looks in a row find every step through."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            looks = 0
            while looks < self._looks(flow):
                looks = looks + 1 if all([await self._is_through(step) for step in flow]) else 0
                await asyncio.sleep(0.1)

    @staticmethod
    def _looks(flow: Flow) -> int:
        """Return how often to look: a flow that leads back may have moved on behind the first look."""
        sources = [step.source for step in flow]
        leads_back = any(target in sources[:at] for at, step in enumerate(flow) for target in step.targets)
        return 2 if leads_back else 1

    async def _is_through(self, step: Step | RememberingStep) -> bool:
        """Compare with the last record: the end offset of a partition also counts the marks of transactions."""
        last: dict[int, int] = {}
        for stored in await values(self.journal, step.source):
            last[stored.partition] = max(last.get(stored.partition, 0), stored.offset)
        committed = await self._committed(step.name)
        return all(committed.get(partition, 0) > offset for partition, offset in last.items())

    async def _committed(self, step: str) -> dict[int, int]:
        cluster = cluster_at(self._url)
        client = admin(cluster)
        await client.start()
        try:
            found = await client.list_consumer_group_offsets(cluster.named(step))
        except GroupCoordinatorNotAvailableError:  # a fresh broker is still making the topic of offsets
            return {}
        finally:
            await client.close()
        return {place.partition: one.offset for place, one in found.items()}

    async def endings(self) -> Counter[Ending]:
        """Return what was counted in this process."""
        return self._counters.endings

    async def append_raw(self, topic: Topic, key: str, value: bytes) -> None:
        """Append to where a record of this key would lie."""
        await self.journal.publish_bytes(topic, partition=self.journal.partition(key), key=key, value=value)
