"""The loop's rate with a step that passes everything on, beside a bare transactional loop; and the delay of one hop.

    python tests/bench/kafka_rate.py [RECORDS]

Both read the same records from the same broker in batches of up to 500 and
write them in a transaction a partition with the offsets. The rate is counted
between the first and the last output by the broker's clock, rounds alternate,
and the ratio is that of the medians.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiokafka.structs import TopicPartition

sys.path.insert(0, str(Path(__file__).parents[2]))
from deploy.kafka.broker import Broker
from streams.counters import Counters
from streams.items import RawItem
from streams.kafka.cluster import Cluster, cluster_at, consumer, partition_of, producer
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.topics import ensure_topics
from streams.steps import Outcome, Passed, RememberingStep
from streams.topics import Topic
from tests.contract.small_flow import item

ROUNDS = 3


def topic(name: str) -> Topic:
    """Return a topic of raw items."""
    return Topic(name=name, carries=RawItem, key=lambda one: one.id, spread=lambda one: one.id)


def pass_on(record: Any, memory: Any) -> tuple[Outcome, Any]:
    """Hand the record on and remember nothing."""
    return Passed((record,)), memory


def passing(number: int) -> RememberingStep:
    """Return the step of one round, with a group and an output of its own."""
    return RememberingStep(
        name=f"pass-{number}",
        source=SOURCE,
        targets=(topic(f"passed-{number}"),),
        function=pass_on,
        key=_id,
        memory=str,
    )


def _id(record: RawItem) -> str:
    return record.id


SOURCE = topic("bench-items")


async def bare(cluster: Cluster, target: Topic, group: str) -> None:
    """Do the least that moves records and offsets together: the loop's measure."""
    reader = consumer(cluster, group=group)
    reader.subscribe([cluster.named(SOURCE.name)])
    await reader.start()
    senders = [producer(cluster, transactional_id=f"{group}-{number}") for number in range(cluster.partitions)]
    await asyncio.gather(*(sender.start() for sender in senders))

    async def move(place: TopicPartition, records: list[Any]) -> None:
        sender = senders[place.partition]
        await sender.begin_transaction()
        name, count = cluster.named(target.name), cluster.partitions
        to = [partition_of(one.key.decode(), count) for one in records]
        sent = [await sender.send(name, r.value, key=r.key, partition=p) for r, p in zip(records, to, strict=True)]
        await asyncio.gather(*sent)
        await sender.send_offsets_to_transaction({place: records[-1].offset + 1}, group)
        await sender.commit_transaction()

    try:
        while True:
            batch = await reader.getmany(timeout_ms=200, max_records=500)
            await asyncio.gather(*(move(place, records) for place, records in batch.items()))
    finally:
        await asyncio.gather(*(sender.stop() for sender in senders), reader.stop())


async def rate_into(journal: KafkaJournal, target: Topic, records: int, running: asyncio.Task[None]) -> float:
    """Return records a second once `running` has brought all of them into `target`."""
    times = []
    async for stored in journal.follow(target):
        times.append(stored.stored_at.timestamp())
        if len(times) == records:
            break
    running.cancel()
    await asyncio.wait({running})
    return records / (max(times) - min(times))


async def hop_ms(journal: KafkaJournal, cluster: Cluster, step: RememberingStep) -> list[float]:
    """Return the delays of a hop at twenty records a second, sorted, in milliseconds of the broker's clock."""
    running = asyncio.create_task(Loop(cluster, step, "1", Counters()).run())
    written, passed = {}, {}
    for number in range(100):
        await journal.publish(SOURCE, [item(number, "one at a time")])
        await asyncio.sleep(0.05)
    while len(passed) < len(written) or not passed:
        if running.done():
            running.result()
        written = {one.key: one.stored_at async for one in journal.read(SOURCE)}
        passed = {one.key: one.stored_at async for one in journal.read(step.targets[0])}
    running.cancel()
    await asyncio.wait({running})
    late = (passed[f"item-{number}"] - written[f"item-{number}"] for number in range(20, 100))
    return sorted(one / timedelta(milliseconds=1) for one in late)


async def main(servers: str, records: int) -> None:
    """Measure and print."""
    url = f"kafka://{servers}/bench"
    cluster, journal = cluster_at(url), await KafkaJournal.open(url)
    targets = [topic(f"bared-{number}") for number in range(ROUNDS)]
    steps = [passing(number) for number in range(ROUNDS)]
    outputs = tuple(RememberingStep(**{**_fields(steps[0]), "name": f"bare-{t.name}", "target": t}) for t in targets)
    await ensure_topics(cluster, (*steps, *outputs))
    for start in range(0, records, 2000):
        await journal.publish(SOURCE, [item(n, "words " * 20) for n in range(start, min(records, start + 2000))])
    ours, bares = [], []
    for step, target in zip(steps, targets, strict=True):
        bares.append(await rate_into(journal, target, records, asyncio.create_task(bare(cluster, target, target.name))))
        loop = Loop(cluster, step, "1", Counters())
        ours.append(await rate_into(journal, step.targets[0], records, asyncio.create_task(loop.run())))
    mine, theirs = statistics.median(ours), statistics.median(bares)
    print(
        f"pass-through step {mine:,.0f}/s   bare loop {theirs:,.0f}/s   ratio {mine / theirs:.2f}   ({records} records)"
    )
    calm = cluster_at(f"kafka://{servers}/calm")
    quiet = await KafkaJournal.open(f"kafka://{servers}/calm")
    await ensure_topics(calm, (steps[0],))
    delays = await hop_ms(quiet, calm, steps[0])
    late = delays[int(len(delays) * 0.95)]
    print(f"one hop at 20 records/s: median {statistics.median(delays):.0f} ms, 95th percentile {late:.0f} ms")
    await journal.close()
    await quiet.close()


def _fields(step: RememberingStep) -> dict[str, Any]:
    return {name: getattr(step, name) for name in ("name", "source", "target", "function", "key", "memory")}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, Broker(data=Path(folder)) as broker:
        asyncio.run(main(broker.servers, int(sys.argv[1]) if len(sys.argv) > 1 else 40_000))
