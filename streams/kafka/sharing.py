"""Shares what is to be read among the processes on one cluster; one that dies hands its share to the others.

    group on the topic of cursors ──► partitions ──► fence ──► read all cursors ──► work ──► one transaction a group

The consumer group only says whose a partition is; nothing is consumed. A
source belongs to the partition of its spread word, and whoever is given a
partition first fences the one before by the partition's transactional id: what
a dead process left open is undone, and a paused one that wakes up can save
nothing any more. Only then the cursors are read, to the end as it is then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from streams.endings import Written
from streams.errors import JournalUnusable
from streams.gathering import Gathering
from streams.items import Cursor, RawItem
from streams.kafka.cluster import Cluster, cluster_at, consumer, let_go, partition_of, producer, started
from streams.kafka.journal import KafkaJournal
from streams.kafka.slots import held
from streams.kafka.topics import ensure_topics
from streams.pulse import Pulse
from streams.saving import Saved
from streams.sharing import Share, Sharing, Work
from streams.topics import CURSORS

GROUP = "connect"
_TOGETHER_SECONDS = 0.02  # a transaction takes as long: what comes meanwhile goes into the next
_LOOK_MS = 500
_log = structlog.get_logger()


def shared(url: str, slot: str, pulse: Pulse) -> Sharing:
    """Return how this process shares the sources with the others on the cluster, under a slot of its own.

    `pulse` is told that the brokers answer.

    It raises SlotTaken where another living process holds the slot, and
    JournalUnusable where a partition's transaction fails: then the process
    must end and be started anew.
    """

    async def sharing(work: Work) -> None:
        cluster = cluster_at(url)
        await ensure_topics(cluster)
        async with held(cluster, f"{GROUP}-{slot}", pulse) as beats:
            member = asyncio.create_task(_Member(cluster, slot, work).run())
            try:
                await asyncio.wait({beats, member}, return_when=asyncio.FIRST_COMPLETED)
                for task in (beats, member):
                    if task.done():
                        task.result()
            finally:
                member.cancel()
                await asyncio.wait({member})

    return sharing


class _Lane(KafkaJournal):
    """The journal for the sources of one partition: its fenced producer saves items and cursors, all or nothing."""

    def __init__(self, cluster: Cluster, number: int) -> None:
        super().__init__(cluster)
        self._number = number
        self._fenced = producer(cluster, transactional_id=f"{cluster.named(GROUP)}-{number}")
        self._together = Gathering(commit=self._commit, seconds=_TOGETHER_SECONDS)

    async def begin(self) -> None:
        """Fence whoever had the partition before, and undo what he left open."""
        await started(self._fenced, self._cluster)

    async def save(self, items: Sequence[RawItem], cursor: Cursor) -> None:
        """Append a source's items and its cursor as one. Raises JournalUnusable, also where it is another's by now."""
        await self._together.add(self._savings.of(items, cursor))

    async def _commit(self, group: Sequence[Saved]) -> None:
        """Save a group in one transaction; after an error nothing is known of it, and the next owner finishes it."""
        try:
            await self._fenced.begin_transaction()
            sent = [await self._append(one) for saved in group for one in (*saved.items, *saved.behind())]
            await asyncio.gather(*sent)
            await self._fenced.commit_transaction()
            self._savings.done(group)
        except KafkaError as error:
            raise JournalUnusable(
                f"the sources of partition {self._number} could not be saved ({type(error).__name__}: {error}); "
                "another process may read them by now; this one ends"
            ) from error

    async def _append(self, one: Written) -> Any:
        topic = self._cluster.named(one.topic.name)
        return await self._fenced.send(topic, one.value, key=one.key.encode(), partition=self.partition(one.spread))

    async def close(self) -> None:
        """Finish what is being saved and let go of the connections."""
        await self._together.settle()
        await let_go(self._fenced.stop(), super().close())


class _Member(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka ships no types
    """A place in the group: works on what it is given, and ends that before it is given to another."""

    def __init__(self, cluster: Cluster, slot: str, work: Work) -> None:
        self._cluster = cluster
        self._work = work
        self._consumer: AIOKafkaConsumer = consumer(cluster, group=cluster.named(GROUP), slot=slot)
        self._working: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Work until cancelled. Raises what the work raises, and JournalUnusable where the group has done with us."""
        await started(self._consumer, self._cluster)
        try:
            self._consumer.subscribe([self._cluster.named(CURSORS.name)], listener=self)
            while self._working is None or not self._working.done():
                await self._consumer.getmany(timeout_ms=_LOOK_MS)
            self._working.result()
        except KafkaError as error:
            raise JournalUnusable(
                f"the group {self._cluster.named(GROUP)} at {self._cluster.servers} has done with this member "
                f"({type(error).__name__}: {error}); another process may work under its slot; this one ends"
            ) from error
        finally:
            await self._stop()
            await let_go(self._consumer.stop())

    async def on_partitions_revoked(self, revoked: object) -> None:  # noqa: ARG002 - all are given anew
        """End the work; whoever is given the partitions next reads what it saved."""
        await self._stop()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin to work on the partitions, of which nothing is to be consumed."""
        await self._stop()
        places = list(assigned)
        self._consumer.pause(*places)
        self._working = asyncio.create_task(self._hold(sorted(place.partition for place in places)))

    async def _stop(self) -> None:
        """End the work, if there is any; until the next share there is none, however long the group takes."""
        working, self._working = self._working, None
        if working is not None:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _hold(self, numbers: Sequence[int]) -> None:
        """Fence first, then read the cursors, then work."""
        lanes = {number: _Lane(self._cluster, number) for number in numbers}
        try:
            await asyncio.gather(*(lane.begin() for lane in lanes.values()))
            cursors = await KafkaJournal(self._cluster).cursors()
            _log.info("partitions.assigned", step=GROUP, partitions=list(numbers))
            await self._work(
                Share(journal_for=lambda word: lanes.get(partition_of(word, self._cluster.partitions)), cursors=cursors)
            )
        finally:
            await asyncio.gather(*(lane.close() for lane in lanes.values()))
