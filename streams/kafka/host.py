"""Runs a flow on Kafka for one slot; several slots share the partitions."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from streams.counters import Counters
from streams.kafka.cluster import cluster_at
from streams.kafka.loop import Loop
from streams.kafka.slots import held
from streams.kafka.topics import ensure_topics
from streams.kafka.watch import Watched, watch
from streams.settings import WorkerSettings
from streams.steps import Flow, Step
from streams.workers import Workers


async def process(url: str, flow: Flow, slot: str, counters: Counters, workers: WorkerSettings) -> None:
    """Run every step of the flow for this slot until cancelled.

    Raises SlotTaken where another living process holds the slot, ConfigError,
    and JournalUnusable where a transaction fails or a partition is stuck: then
    the process must end and be started anew.
    """
    cluster = cluster_at(url)
    await ensure_topics(cluster, flow)
    async with AsyncExitStack() as stack:
        pools = {step.name: Workers(step.load, workers) for step in flow if isinstance(step, Step)}
        for pool in pools.values():
            stack.push_async_callback(pool.close)
        warm = [asyncio.create_task(pool.start()) for pool in pools.values()]
        await stack.enter_async_context(held(cluster, slot))
        await asyncio.gather(*warm)
        loops = [
            Loop(cluster, step, slot, counters, workers=pools.get(step.name), width=workers.count) for step in flow
        ]
        await _together([job for loop in loops for job in (loop.run(), watch(cluster, _watched(loop)))])


def _watched(loop: Loop) -> Watched:
    async def positions() -> Any:
        return loop.positions()

    return Watched(step=loop.step.name, positions=positions, done=lambda: loop.done)


async def _together(jobs: list[Coroutine[Any, Any, None]]) -> None:
    """Run all until one fails; its error is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
    except BaseExceptionGroup as several:
        raise _first(several) from several


def _first(several: BaseExceptionGroup[BaseException]) -> BaseException:
    inner = several.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
