"""Ends the process loudly where a partition has records and nothing moves; whoever supervises it starts it anew."""

from __future__ import annotations

import asyncio
import faulthandler
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import JournalUnusable
from streams.kafka.cluster import Cluster, consumer, started

_LOOKS = 12  # in the time after which a partition counts as stuck


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A step under watch: where it has read to (None: a batch is under way), and a count that grows with its work.

    Without a move for `patience` seconds, while there are records, it counts as stuck.
    """

    step: str
    patience: float
    positions: Callable[[], Awaitable[Mapping[TopicPartition, int] | None]]
    done: Callable[[], int]


async def watch(cluster: Cluster, watched: Watched) -> None:
    """Return never; raises JournalUnusable where there was work for longer than the patience and none was done."""
    ends: AIOKafkaConsumer = await started(consumer(cluster, committed=False), cluster)
    try:
        seen, moved_at = None, time.monotonic()
        while True:
            await asyncio.sleep(watched.patience / _LOOKS)
            now = (watched.done(), await watched.positions())
            if now != seen or not await _behind(ends, now[1]):
                seen, moved_at = now, time.monotonic()
            elif time.monotonic() - moved_at > watched.patience:
                raise JournalUnusable(f"step {watched.step} is stuck: records wait at {now[1]} and nothing moves")
    finally:
        await ends.stop()


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


async def _behind(ends: AIOKafkaConsumer, positions: Mapping[TopicPartition, int] | None) -> bool:
    if positions is None:
        return True
    try:
        found = await ends.end_offsets(list(positions)) if positions else {}
    except KafkaError:
        return True  # a broker that is away: not a reason by itself, but no progress either
    return any(positions[place] < end for place, end in found.items())
