"""Ends the process loudly where a partition has records and does not move; whoever supervises it starts it anew."""

from __future__ import annotations

import asyncio
import faulthandler
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import JournalUnusable
from streams.kafka.cluster import Cluster, consumer, let_go, started
from streams.kafka.reading import next_record
from streams.pulse import Pulse

_Offsets = Mapping[TopicPartition, int]
_LOOKS = 12  # in the time after which a partition counts as stuck
_BEHIND_OTHERS = 10  # what was fetched of other partitions is worked off before


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A step under watch: where it has read to, partition by partition, and a count that grows with its work.

    A partition at which records wait counts as stuck when it has not moved for
    `patience` seconds, ten times that while the step moves elsewhere.
    """

    step: str
    patience: float
    positions: Callable[[], Awaitable[Mapping[TopicPartition, int]]]
    done: Callable[[], int]


@dataclass(slots=True, kw_only=True)
class Standing:
    """Since when partitions stand, and when the step moved last; moments are monotonic seconds."""

    moved_at: float
    _done: int | None = None
    _positions: Mapping[TopicPartition, int] = field(default_factory=dict)
    _since: dict[TopicPartition, float] = field(default_factory=dict)

    def look(
        self, done: int, positions: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int], now: float
    ) -> None:
        """Take note of what has moved since the last look; where nothing waits, nobody stands."""
        if (done, positions) != (self._done, self._positions):
            self.moved_at = now
        self._since = {
            place: self._since.get(place, now)
            if position == self._positions.get(place) and position < ends.get(place, 0)
            else now
            for place, position in positions.items()
        }
        self._done, self._positions = done, dict(positions)

    def stuck(self, patience: float, now: float) -> list[tuple[TopicPartition, int, float]]:
        """Return the partitions that stood for too long, the offset each stands at, and for how many seconds."""
        enough = patience if now - self.moved_at > patience else patience * _BEHIND_OTHERS
        return [
            (place, self._positions[place], now - since) for place, since in self._since.items() if now - since > enough
        ]

    def excuse(self, place: TopicPartition, now: float) -> None:
        """Begin anew with a partition: what lies behind its position are no records."""
        self._since[place] = now


@dataclass(slots=True)
class Waiting:
    """Counts what a step has yet to read; where it stands before nothing but marks of transactions, that is nothing."""

    cluster: Cluster
    _looked: dict[TopicPartition, tuple[int, int]] = field(default_factory=dict)
    _resting: dict[TopicPartition, tuple[int, int]] = field(default_factory=dict)

    async def count(self, positions: _Offsets, ends: _Offsets) -> int:
        """Return how many records wait; marks between them are counted where it moves."""
        spans = {place: (at, max(at, ends.get(place, 0))) for place, at in positions.items()}
        for place, span in spans.items():
            if span == self._looked.get(place) and span[0] < span[1] and await self._rests(place, span):
                self._resting[place] = span
        self._looked = spans
        return sum(end - at for place, (at, end) in spans.items() if self._resting.get(place) != (at, end))

    async def _rests(self, place: TopicPartition, span: tuple[int, int]) -> bool:
        if self._resting.get(place) == span:
            return True
        try:
            return await next_record(self.cluster, place, span[0]) is None
        except JournalUnusable:
            return False  # the brokers are asked again with the next look


async def watch(cluster: Cluster, watched: Watched, pulse: Pulse) -> None:
    """Return never; raises JournalUnusable where records wait for longer than the patience, naming the first of them.

    How many records wait is told to `pulse`.
    Likewise where the brokers have not answered for as long: a client that was
    cut off is not believed to find back by itself.
    """
    asking: AIOKafkaConsumer = await started(consumer(cluster, committed=False), cluster)
    try:
        heard_at = time.monotonic()
        standing, waiting = Standing(moved_at=heard_at), Waiting(cluster)
        while True:
            await asyncio.sleep(watched.patience / _LOOKS)
            looked = await _look(asking, watched)
            now = time.monotonic()
            if looked is None:
                _refuse_silence(cluster, watched, now - heard_at)
                continue
            heard_at, (positions, ends) = now, looked
            pulse.lags[watched.step] = await waiting.count(positions, ends)
            standing.look(watched.done(), positions, ends, now)
            for place, position, seconds in standing.stuck(watched.patience, now):
                await _refuse_if_waiting(cluster, watched.step, place, position, seconds)
                standing.excuse(place, now)
    finally:
        await let_go(asking.stop())


async def stay_awake(patience: float) -> None:
    """Return never; where this loop itself hangs for `patience` seconds, tell what every thread is at, and exit.

    A step that does not come back stops everything in this process, the watch
    included; the interpreter's own timer is a thread in C and does not wait.
    """
    try:
        while True:
            faulthandler.dump_traceback_later(patience, exit=True, file=sys.__stderr__ or sys.stderr)
            await asyncio.sleep(min(1.0, patience / _LOOKS))
    finally:
        faulthandler.cancel_dump_traceback_later()


async def _look(asking: AIOKafkaConsumer, watched: Watched) -> tuple[_Offsets, _Offsets] | None:
    """Return where the step stands and the true ends there, None where no broker says it in time."""
    try:
        async with asyncio.timeout(watched.patience / 2):  # a dead connection is else found out after forty seconds
            positions = await watched.positions()
            return positions, await asking.end_offsets(list(positions)) if positions else {}
    except (KafkaError, TimeoutError):
        return None


def _refuse_silence(cluster: Cluster, watched: Watched, seconds: float) -> None:
    if seconds > watched.patience:
        raise JournalUnusable(
            f"step {watched.step}: Kafka at {cluster.servers} has not answered for {seconds:.0f} s: is the broker up?"
        )


async def _refuse_if_waiting(cluster: Cluster, step: str, place: TopicPartition, position: int, seconds: float) -> None:
    """Raise with the first record that waits; behind a position there may also be nothing but marks of transactions."""
    waiting = await next_record(cluster, place, position)
    if waiting is not None:
        raise JournalUnusable(
            f"step {step} is stuck: at {place.topic}/{place.partition} it stands at offset {position} "
            f"for {seconds:.0f} s while the record at offset {waiting.offset} "
            f"of {waiting.stored_at:%Y-%m-%d %H:%M:%S} UTC waits: "
            "this process ends, so that its supervisor starts it anew"
        )
