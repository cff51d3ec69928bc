"""Slots, fencing and the watch, on a real Kafka."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from aiokafka import TopicPartition

from streams.codec import encode
from streams.counters import Counters
from streams.endings import written
from streams.errors import ConfigError, JournalUnusable, SlotTaken
from streams.kafka import slots
from streams.kafka.cluster import cluster_at, producer
from streams.kafka.journal import KafkaJournal
from streams.kafka.lanes import open_lane
from streams.kafka.loop import Loop
from streams.kafka.topics import ensure_topics
from streams.kafka.turns import Turn
from streams.pulse import Pulse
from streams.topics import ENRICHED_ITEMS, RAW_ITEMS
from tests.contract.small_flow import CLAIM_WORDS, FLOW, item, read

pytestmark = pytest.mark.asyncio
PATIENCE_SECONDS = 60


async def test_a_held_slot_is_refused_until_it_is_left(url: str) -> None:
    """A slot has one holder; the refusal names slot and process, and a slot that was left is free at once."""
    cluster = cluster_at(url)
    await ensure_topics(cluster)
    async with slots.held(cluster, "1", Pulse()), slots.held(cluster, "2", Pulse()):
        with pytest.raises(SlotTaken, match=r"slot 1 is held by process \d+ on .*another slot"):
            async with slots.held(cluster, "1", Pulse()):
                pytest.fail("held twice")
    async with slots.held(cluster, "1", Pulse()):
        pass


async def test_of_two_at_once_one_gets_the_slot(url: str) -> None:
    """Two processes that come at the same moment do not both get the slot, and one does."""
    cluster = cluster_at(url)
    await ensure_topics(cluster)
    got: list[int] = []

    async def come(number: int) -> None:
        with suppress(SlotTaken):
            async with slots.held(cluster, "1", Pulse()):
                got.append(number)
                await asyncio.sleep(slots.SILENCE_SECONDS * 2)

    await asyncio.gather(*(come(number) for number in range(3)))
    assert len(got) == 1


async def test_a_holder_that_fell_silent_is_replaced(url: str) -> None:
    """A claim whose process is gone does not keep the slot."""
    cluster = cluster_at(url)
    await ensure_topics(cluster)
    async with producer(cluster) as teller:
        await slots._tell(teller, cluster, slots.Claim(slot="1", holder="gone", process=1, host="elsewhere"))
    async with slots.held(cluster, "1", Pulse()):
        pass


@pytest.mark.parametrize("name", ["", "A", "a b", "../x", "x" * 33, "-"])
async def test_a_bad_slot_name_is_refused(url: str, name: str) -> None:
    """A slot's name is short and plain."""
    with pytest.raises(ConfigError, match="1 to 32 of a-z, 0-9 and -"):
        async with slots.held(cluster_at(url), name, Pulse()):
            pytest.fail("held")


async def test_a_lane_that_was_taken_over_commits_nothing(url: str) -> None:
    """Opening a lane fences the former owner: its transaction fails, and nothing of it can be read."""
    cluster = cluster_at(url)
    journal = await KafkaJournal.open(url)
    await ensure_topics(cluster, FLOW)
    await journal.publish(RAW_ITEMS, [item(1, "hill")])
    place = TopicPartition(cluster.named(ENRICHED_ITEMS.name), 0)
    paused = await open_lane(cluster, CLAIM_WORDS, place, cluster.named("revise"))
    await paused.commit(Turn(changed={"item-1": b'{"revision":1}'}), 1)
    taken = await open_lane(cluster, CLAIM_WORDS, place, cluster.named("revise"))
    assert taken.memory == {"item-1": b'{"revision":1}'}
    with pytest.raises(JournalUnusable, match="partition 0: the transaction failed"):
        await paused.commit(Turn(changed={"item-1": b'{"revision":2}'}), 2)
    again = await open_lane(cluster, CLAIM_WORDS, place, cluster.named("revise"))
    assert again.memory == {"item-1": b'{"revision":1}'}
    await again.close()
    await journal.close()


async def test_a_forgotten_memory_stays_forgotten(url: str) -> None:
    """What a step forgot is not recalled."""
    cluster = cluster_at(url)
    await ensure_topics(cluster, FLOW)
    place = TopicPartition(cluster.named(ENRICHED_ITEMS.name), 2)
    lane = await open_lane(cluster, CLAIM_WORDS, place, cluster.named("revise"))
    await lane.commit(Turn(changed={"a": b"1", "b": b"2"}), 1)
    await lane.commit(Turn(changed={"a": None}), 2)
    assert lane.memory == {"b": b"2"}
    await lane.close()
    recalled = await open_lane(cluster, CLAIM_WORDS, place, cluster.named("revise"))
    assert recalled.memory == {"b": b"2"}
    await recalled.close()


async def test_records_beyond_retention_stop_the_step(url: str) -> None:
    """A step whose next records were deleted says so instead of going on behind the gap."""
    cluster = cluster_at(url)
    journal = await KafkaJournal.open(url)
    await ensure_topics(cluster, FLOW)
    place = TopicPartition(cluster.named(ENRICHED_ITEMS.name), 1)
    for _ in range(3):
        await journal.publish_bytes(ENRICHED_ITEMS, partition=1, key="a", value=b"x")
    lane = await open_lane(cluster, CLAIM_WORDS, place, cluster.named("revise"))
    await lane.commit(Turn(), 1)
    await lane.close()
    await _delete_before(url, place, 3)
    with pytest.raises(JournalUnusable, match="records 1 to 3 are gone before step revise read them"):
        await asyncio.wait_for(Loop(cluster, CLAIM_WORDS, "1", Counters()).run(), PATIENCE_SECONDS)
    await journal.close()


async def _delete_before(url: str, place: TopicPartition, offset: int) -> None:
    from aiokafka.admin import RecordsToDelete  # noqa: PLC0415

    from streams.kafka.cluster import admin  # noqa: PLC0415

    client = admin(cluster_at(url))
    await client.start()
    await client.delete_records({place: RecordsToDelete(before_offset=offset)})
    await client.close()


async def test_one_turn_is_all_or_nothing(url: str) -> None:
    """Outputs, memory and offset of a turn that does not commit are all absent; of one that does, all there."""
    cluster = cluster_at(url)
    journal = await KafkaJournal.open(url)
    await ensure_topics(cluster, FLOW)
    place = TopicPartition(cluster.named(ENRICHED_ITEMS.name), 0)
    lane = await open_lane(cluster, CLAIM_WORDS, place, cluster.named("revise"))
    await lane.producer.begin_transaction()
    torn = written(RAW_ITEMS, item(1, "torn"))
    await lane.producer.send_and_wait(cluster.named(RAW_ITEMS.name), torn.value, key=b"torn", partition=0)
    whole = await open_lane(cluster, CLAIM_WORDS, place, cluster.named("revise"))
    assert [one.key async for one in journal.read(RAW_ITEMS)] == []
    assert whole.memory == {}
    await journal.publish(RAW_ITEMS, [item(2, "kept")])
    assert [one.value async for one in journal.read(RAW_ITEMS)] == [encode(item(2, "kept"))]
    await whole.close()
    await journal.close()


async def test_a_group_that_formed_before_its_topic_gets_its_partitions(url: str) -> None:
    """A step that was started before its topic was known works within seconds of the topic's coming."""
    cluster = cluster_at(url)
    running = asyncio.create_task(Loop(cluster, CLAIM_WORDS, "1", Counters()).run())
    await asyncio.wait({running}, timeout=2)
    await ensure_topics(cluster, FLOW)
    journal = await KafkaJournal.open(url)
    await journal.publish(ENRICHED_ITEMS, read(item(1, "hill")).records)  # type: ignore[union-attr]
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await anext(journal.follow(CLAIM_WORDS.targets[0]))).key == "hill"
    running.cancel()
    await asyncio.wait({running})
    await journal.close()
