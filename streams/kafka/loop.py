"""The transactional loop: runs any step so that outputs, memory and read position move together.

    partition ──batch──► step ──► outputs, memories, offset ──one transaction──► topics

Five rules keep it exact; each was found by a run that failed without it.
1. A transactional id belongs to an input partition, not to a process: a
   paused process is fenced by whoever took the partition over.
2. Fence first, then read the committed offset, then seek.
3. Rebalance callbacks only raise a flag and wait for the running batch; the
   loop owns the positions, and after a flag takes all of them anew. A batch
   fetched before the flag is dropped.
4. A producer is never stopped while its transaction is open.
5. After any error in a transaction the process ends.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from streams.counters import Counters
from streams.errors import JournalUnusable
from streams.kafka.cluster import Cluster, consumer, let_go, started
from streams.kafka.lanes import Lane, open_lane
from streams.kafka.reading import stored
from streams.kafka.turns import Turn, remember, work
from streams.steps import RememberingStep, Step
from streams.workers import Workers

_WAIT_MS = 200
_BATCH = (
    500  # records in a transaction at most; their bytes are bounded by the fetch (1 MiB a partition, or one record)
)
_BATCH_A_WORKER = 8  # of a costly step: outputs wait for the batch
_FINISH_SECONDS = 5.0  # for a batch under way when it is time to go: behind a dead connection it would take minutes

_log = structlog.get_logger()


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka ships no types
    """Raises the flag, and holds the group back while a batch is under way."""

    def __init__(self) -> None:
        self.moved = True
        self.settled = False
        self.working = asyncio.Lock()

    async def on_partitions_revoked(self, revoked: object) -> None:  # noqa: ARG002 - all positions are taken anew
        self.moved = True
        self.settled = False
        async with self.working:
            return

    async def on_partitions_assigned(self, assigned: object) -> None:  # noqa: ARG002
        self.settled = True


class Loop:
    """One step on the partitions that fall to one slot. `workers` run a step without memory, `width` at once."""

    def __init__(
        self,
        cluster: Cluster,
        step: Step | RememberingStep,
        slot: str,
        counters: Counters,
        *,
        workers: Workers | None = None,
        width: int = 1,
    ) -> None:
        self.step = step
        self.group = cluster.named(step.name)
        self._done = 0
        self._cluster = cluster
        self._counters = counters
        self._workers = workers
        self._at_once = _BATCH if workers is None else _BATCH_A_WORKER * width
        self._consumer: AIOKafkaConsumer = consumer(cluster, group=self.group, slot=slot)
        self._rebalance = _Rebalance()
        self._lanes: dict[TopicPartition, Lane] = {}
        self._positions: dict[TopicPartition, int] = {}
        self._batch: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Work until cancelled; a batch under way is finished first. Raises JournalUnusable."""
        await started(self._consumer, self._cluster)
        try:
            self._consumer.subscribe([self._cluster.named(self.step.source.name)], listener=self._rebalance)
            while True:
                await self._once()
        except KafkaError as error:
            raise JournalUnusable(
                f"step {self.step.name}: the group {self.group} at {self._cluster.servers} has done with this member "
                f"({type(error).__name__}: {error}); another process may work under its slot; this one ends"
            ) from error
        except asyncio.CancelledError:
            await self._leave()
            raise

    def partitions(self) -> tuple[int, ...]:
        """Return the numbers of the partitions that this process works on now."""
        return tuple(place.partition for place in self._lanes)

    async def positions(self) -> Mapping[TopicPartition, int]:
        """Return where each partition is read to, what is under way not counted."""
        return self._positions

    def finished(self) -> int:
        """Return a count that grows with every record ended here and every commit."""
        return self._done

    async def _once(self) -> None:
        batch = await self._consumer.getmany(timeout_ms=_WAIT_MS, max_records=self._at_once)
        if self._rebalance.moved and not self._rebalance.settled:
            return
        # a batch is not torn by cancellation: its transaction would stay open until the next start
        self._batch = asyncio.create_task(self._take(batch))
        try:
            await asyncio.shield(self._batch)
        except asyncio.CancelledError:
            await asyncio.wait({self._batch}, timeout=_FINISH_SECONDS)
            raise

    async def _take(self, batch: Mapping[TopicPartition, Sequence[Any]]) -> None:
        async with self._rebalance.working:
            if self._rebalance.moved:
                await self._adopt()
                return
            await asyncio.gather(*(self._turn(self._lanes[place], records) for place, records in batch.items()))
            for place in self._lanes:
                self._positions[place] = await self._consumer.position(place)

    async def _adopt(self) -> None:
        """Take every assigned partition anew: fence, recall, read the committed offset, seek."""
        self._rebalance.moved = False
        await asyncio.gather(*(lane.close() for lane in self._lanes.values()))
        places = sorted(self._consumer.assignment())
        lanes = await asyncio.gather(*(open_lane(self._cluster, self.step, place, self.group) for place in places))
        self._lanes = dict(zip(places, lanes, strict=True))
        self._positions = {place: await self._seek(place) for place in places}
        self._done += 1
        numbers = [place.partition for place in places]
        _log.info("partitions.assigned", step=self.step.name, partitions=numbers)

    async def _seek(self, place: TopicPartition) -> int:
        first = (await self._consumer.beginning_offsets([place]))[place]
        committed = await self._consumer.committed(place)
        if committed is not None and committed < first:
            raise JournalUnusable(
                f"{place.topic}/{place.partition}: records {committed} to {first} are gone before step "
                f"{self.step.name} read them: the topic's retention is too short"
            )
        offset = first if committed is None else int(committed)
        self._consumer.seek(place, offset)
        return int(offset)

    async def _turn(self, lane: Lane, records: Sequence[Any]) -> None:
        found = [stored(record, self.step.source.name) for record in records]
        if isinstance(self.step, RememberingStep):
            turn = await remember(self.step, lane.memory, found, self._worked)
        elif self._workers:
            turn = await work(self.step, self._workers, found, self._worked)
        await lane.commit(turn, found[-1].offset + 1)
        self._count(turn)

    def _count(self, turn: Turn) -> None:
        for ending, times in Counter(end.ending for end in turn.ends).items():
            self._counters.count(ending, times)
        self._worked()

    def _worked(self) -> None:
        self._done += 1

    async def _leave(self) -> None:
        """Let go of everything, except of producers whose transaction hangs: they would wait with it."""
        is_through = self._batch is None or self._batch.done()
        await let_go(*(lane.close() for lane in self._lanes.values() if is_through), self._consumer.stop())
