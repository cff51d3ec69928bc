"""Runs a flow on Kafka for one slot; several slots share the partitions."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

from streams.codec import encode
from streams.counters import Counters
from streams.errors import first_of
from streams.kafka.cluster import Cluster, cluster_at
from streams.kafka.faust_host import FaustHost, preload
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.slots import held
from streams.kafka.topics import ensure_topics
from streams.kafka.watch import Watched, stay_awake, watch
from streams.notices import Tick
from streams.pulse import Pulse
from streams.retention import Retention
from streams.settings import WorkerSettings
from streams.steps import Flow, RememberingStep, Step
from streams.topics import TICK
from streams.workers import Workers

# who runs steps without memory; the loop can run any step
COSTLY: dict[str, type[FaustHost | Loop]] = {"faust": FaustHost, "loop": Loop}
_WALLS = 3  # records at the wall one after the other are slow, not stuck


async def process(
    url: str,
    flow: Flow,
    slot: str,
    counters: Counters,
    workers: WorkerSettings,
    *,
    retention: Retention | None = None,
    pulse: Pulse | None = None,
) -> None:
    """Run every step of the flow for this slot until cancelled; `pulse` is told how it goes.

    Raises SlotTaken where another living process holds the slot, ConfigError,
    and JournalUnusable where a transaction fails or a partition is stuck: then
    the process must end and be started anew.
    """
    cluster = cluster_at(url)
    await ensure_topics(cluster, flow, retention)
    pulse = pulse or Pulse()
    async with AsyncExitStack() as stack:
        pools = {step.name: Workers(step.load, workers) for step in flow if isinstance(step, Step)}
        for pool in pools.values():
            stack.push_async_callback(pool.close)
        # while it is seen whether the slot is free, workers and Faust are loaded
        ready = [asyncio.create_task(pool.start()) for pool in pools.values()]
        holding = stack.enter_async_context(held(cluster, slot, pulse))
        _, beats = await asyncio.gather(asyncio.to_thread(preload), holding)
        hosts: list[FaustHost | Loop] = []
        for step in flow:
            if isinstance(step, Step):
                costly = COSTLY[cluster.costly]
                hosts.append(costly(cluster, step, slot, counters, workers=pools[step.name], width=workers.count))
            else:
                hosts.append(Loop(cluster, step, slot, counters))
        patience = max(float(cluster.stuck_seconds), _WALLS * workers.wall_seconds)
        ticking = [_tick(cluster, host) for host in hosts if isinstance(host, Loop)]
        watches = [watch(cluster, _watched(host, patience), pulse) for host in hosts]
        awaited = [_until(task) for task in (beats, *ready)]
        await _together([stay_awake(patience), *awaited, *(host.run() for host in hosts), *ticking, *watches])


def _watched(host: FaustHost | Loop, patience: float) -> Watched:
    # of Faust only its commits count: it is known to work on and commit nothing any more
    done = host.finished if isinstance(host, Loop) else int
    return Watched(step=host.step.name, patience=patience, positions=host.positions, done=done)


async def _tick(cluster: Cluster, loop: Loop) -> None:
    """Put the time on each partition that this process works on; a partition without an owner needs none."""
    step = loop.step
    if not isinstance(step, RememberingStep) or step.on_tick is None:
        return
    journal = KafkaJournal(cluster)
    try:
        while True:
            await asyncio.sleep(step.tick_seconds)
            for number in loop.partitions():
                value = encode(Tick(at=datetime.now(UTC)))
                await journal.publish_bytes(step.source, partition=number, key=TICK, value=value)
    finally:
        await journal.close()


async def _until(task: asyncio.Task[None]) -> None:
    await task


async def _together(jobs: list[Coroutine[Any, Any, None]]) -> None:
    """Run all until one fails; its error is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
    except BaseExceptionGroup as several:
        raise first_of(several) from several
