"""What an earlier release, or a process that died, left on a real Kafka is taken over: records and memories."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from aiokafka import TopicPartition

from streams.alerts import Alert
from streams.codec import decode
from streams.kafka.cluster import cluster_at, producer
from streams.kafka.journal import KafkaJournal
from streams.kafka.lanes import open_lane
from streams.kafka.topics import ensure_topics
from streams.kafka.turns import Turn
from streams.topics import CONTROL_ALERTS, DEAD_LETTERS, ENRICHED_ITEMS, RAW_ITEMS
from tests.contract.hosts import values
from tests.contract.kafka_rig import KafkaRig
from tests.contract.small_flow import CLAIM_WORDS, FLOW, item

pytestmark = pytest.mark.asyncio

# What the first release with Kafka left when it was stopped: item 1 worked through and delivered a second time, item 2
# read, item 3 taken into claims, item 4 not yet touched; and what its steps remembered of 1 and 3.
LEFT = Path(__file__).parents[1] / "golden" / "records" / "release-0.jsonl"


class Left(msgspec.Struct):
    """A record as it lies in a topic."""

    topic: str
    key: str
    value: str


async def leave(url: str, journal: KafkaJournal) -> None:
    """Put everything where the earlier release had it: a record of one key lies in one partition in every topic."""
    cluster = cluster_at(url)
    await ensure_topics(cluster, FLOW)
    async with producer(cluster) as writer:
        for line in LEFT.read_bytes().splitlines():
            left = msgspec.json.decode(line, type=Left)
            # an alert lies where its place does
            number = journal.partition(left.key.removeprefix("alert-"))
            await writer.send_and_wait(
                cluster.named(left.topic), left.value.encode(), key=left.key.encode(), partition=number
            )


async def test_what_an_earlier_release_left_is_worked_on(url: str) -> None:
    """Old records in every topic and old memories end beside new ones in alerts that go on, each claim told once."""
    journal = await KafkaJournal.open(url)
    await leave(url, journal)
    await journal.publish(RAW_ITEMS, [item(5, "valley river")])
    rig = KafkaRig(url, journal)
    async with rig.running(FLOW):
        await rig.drained(FLOW)
    alerts = [decode(stored.value) for stored in await values(journal, CONTROL_ALERTS)]
    last = {alert.id: alert for alert in alerts if isinstance(alert, Alert)}
    told = {name: (alert.revision, Counter(alert.headline.en.split())) for name, alert in last.items()}
    assert told == {
        "alert-hill": (3, Counter(f"item-{n}/1/hill" for n in (1, 2, 4))),
        "alert-river": (3, Counter(f"item-{n}/1/river" for n in (1, 3, 5))),
        "alert-valley": (2, Counter(f"item-{n}/1/valley" for n in (4, 5))),
    }
    assert len(alerts) == 3 + 3 + 2
    assert await values(journal, DEAD_LETTERS) == []
    await journal.close()


async def test_a_memory_is_recalled_to_the_end_of_what_was_committed(url: str) -> None:
    """Behind undone transactions, forgotten keys and one that was open when the owner died, all that holds is there."""
    cluster = cluster_at(url)
    await ensure_topics(cluster, FLOW)
    place, group = TopicPartition(cluster.named(ENRICHED_ITEMS.name), 3), cluster.named(CLAIM_WORDS.name)
    memory = cluster.named(f"{CLAIM_WORDS.name}-memory")
    lane = await open_lane(cluster, CLAIM_WORDS, place, group)
    await lane.commit(Turn(changed={f"item-{n}": b"%d" % n for n in range(700)}), 1)
    await lane.commit(Turn(changed={"item-1": None, "item-2": b"again"}), 2)
    await lane.producer.begin_transaction()
    await lane.producer.send_and_wait(memory, b"undone", key=b"item-3", partition=3)
    await lane.producer.abort_transaction()
    await lane.commit(Turn(changed={"item-4": b"last"}), 3)
    await lane.producer.begin_transaction()  # and here its process dies
    await lane.producer.send_and_wait(memory, b"torn", key=b"item-5", partition=3)
    recalled = await open_lane(cluster, CLAIM_WORDS, place, group)
    expected = {f"item-{n}": b"%d" % n for n in range(700) if n != 1} | {"item-2": b"again", "item-4": b"last"}
    assert recalled.memory == expected
    await recalled.close()
