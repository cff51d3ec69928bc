"""A lane is one input partition of a step in this process: its fenced producer, its memory, its transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import JournalUnusable
from streams.kafka.cluster import Cluster, partition_of, producer, started
from streams.kafka.reading import read
from streams.kafka.topics import memory_topic
from streams.kafka.turns import Turn
from streams.steps import RememberingStep, Step


@dataclass(slots=True, kw_only=True)
class Lane:
    """What this process needs to work on one input partition; `memory` mirrors the compacted topic."""

    cluster: Cluster
    step: Step | RememberingStep
    place: TopicPartition
    group: str
    producer: AIOKafkaProducer
    memory: dict[str, bytes] = field(default_factory=dict)

    async def commit(self, turn: Turn, until: int) -> None:
        """Append outputs and memories and move the offset to `until`, as one. Raises JournalUnusable.

        After an error nothing is known of the transaction, so nothing is
        undone here: the process leaves, and the next one under this id
        finishes what was open. (Stopping a producer in an open transaction
        would wait for ever.)
        """
        try:
            await self.producer.begin_transaction()
            sent = [await self.producer.send(*one) for one in self._appended(turn)]
            # one after the other: while the coordinator adds the group, brokers refuse records for 100 ms
            await asyncio.gather(*sent)
            await self.producer.send_offsets_to_transaction({self.place: until}, self.group)
            await self.producer.commit_transaction()
        except KafkaError as error:
            raise JournalUnusable(
                f"step {self.step.name}, partition {self.place.partition}: the transaction failed "
                f"({type(error).__name__}: {error}); another process may work on it by now; this one ends"
            ) from error
        self._remember(turn.changed)

    async def close(self) -> None:
        """Let go of the producer; only between transactions."""
        await self.producer.stop()

    def _appended(self, turn: Turn) -> list[tuple[str, bytes | None, bytes, int]]:
        """Return topic, value, key and partition of everything the turn appends."""
        named, partitions = self.cluster.named, self.cluster.partitions
        out = [
            (named(one.topic.name), one.value, one.key.encode(), partition_of(one.spread, partitions))
            for end in turn.ends
            for one in end.written
        ]
        memory = named(memory_topic(self.step.name))
        return out + [(memory, value, key.encode(), self.place.partition) for key, value in turn.changed.items()]

    def _remember(self, changed: Mapping[str, bytes | None]) -> None:
        for key, value in changed.items():
            if value is None:
                self.memory.pop(key, None)
            else:
                self.memory[key] = value


async def open_lane(cluster: Cluster, step: Step | RememberingStep, place: TopicPartition, group: str) -> Lane:
    """Fence whoever worked on the partition before, then recall its memory; the caller then reads the offset.

    The order matters: starting the producer ends the former owner's open
    transaction, and only after that are memory and committed offset final.
    """
    fenced = await started(producer(cluster, transactional_id=f"{group}-{place.partition}"), cluster)
    lane = Lane(cluster=cluster, step=step, place=place, group=group, producer=fenced)
    if isinstance(step, RememberingStep):
        async for stored in read(cluster, memory_topic(step.name), only=place.partition):
            lane._remember({stored.key: stored.value or None})  # noqa: SLF001 - the lane is still being made here
    return lane
