"""For how long topics on a real Kafka keep what they hold."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.kafka.cluster import Cluster, admin, cluster_at
from streams.kafka.journal import KafkaJournal
from streams.kafka.topics import ensure_topics, memory_topic
from streams.retention import FOR_GOOD, Retention
from streams.topics import CONTROL_ALERTS, CURSORS, LEDGER, RAW_ITEMS
from tests.contract.small_flow import CLAIM_WORDS, FLOW, TELL

pytestmark = pytest.mark.asyncio
KEEP = Retention(topics={RAW_ITEMS.name: timedelta(days=2)}, memories={CLAIM_WORDS.name: timedelta(days=3)})
TWO_DAYS, THREE_DAYS = "172800000", "259200000"


async def configs_of(cluster: Cluster, name: str) -> dict[str, str]:
    """Return a topic's configuration as the broker has it."""
    client = admin(cluster)
    await client.start()
    try:
        [response] = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, cluster.named(name))])
    finally:
        await client.close()
    return {entry[0]: entry[1] for entry in response.resources[0][4]}


async def kept(cluster: Cluster, name: str) -> tuple[str, str]:
    """Return a topic's policy and retention."""
    values = await configs_of(cluster, name)
    return values["cleanup.policy"], values["retention.ms"]


async def becomes(cluster: Cluster, name: str, wanted: tuple[str, str]) -> None:
    """Wait until the broker shows what was altered: it learns of it from the controller."""
    async with asyncio.timeout(20):
        while await kept(cluster, name) != wanted:
            await asyncio.sleep(0.1)


async def set_segment(cluster: Cluster, name: str, milliseconds: str) -> None:
    """Set what an operator may set besides, and wait until it is seen."""
    client = admin(cluster)
    await client.start()
    configs = {"segment.ms": milliseconds, "retention.ms": "-1", "cleanup.policy": "delete"}
    await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, cluster.named(name), configs)])
    await client.close()
    async with asyncio.timeout(20):
        while (await configs_of(cluster, name))["segment.ms"] != milliseconds:
            await asyncio.sleep(0.1)


async def test_topics_are_made_with_their_retention(url: str) -> None:
    """Named topics and memories get their time; ledger, cursors and what is not named are kept for good."""
    cluster = cluster_at(url)
    await ensure_topics(cluster, FLOW, KEEP)
    assert await kept(cluster, RAW_ITEMS.name) == ("delete", TWO_DAYS)
    assert await kept(cluster, CONTROL_ALERTS.name) == ("delete", "-1")
    assert await kept(cluster, memory_topic(CLAIM_WORDS.name)) == ("compact,delete", THREE_DAYS)
    for name in (memory_topic(TELL.name), LEDGER.name, CURSORS.name):
        assert (await kept(cluster, name))[0] == "compact"


async def test_another_retention_is_set_on_topics_that_are_there(url: str) -> None:
    """Topics follow the settings of the next start, there and back; a publisher's opening changes nothing."""
    cluster = cluster_at(url)
    await ensure_topics(cluster, FLOW, FOR_GOOD)
    assert await kept(cluster, RAW_ITEMS.name) == ("delete", "-1")
    await ensure_topics(cluster, FLOW, KEEP)
    await becomes(cluster, RAW_ITEMS.name, ("delete", TWO_DAYS))
    await becomes(cluster, memory_topic(CLAIM_WORDS.name), ("compact,delete", THREE_DAYS))
    await (await KafkaJournal.open(url)).close()
    assert await kept(cluster, RAW_ITEMS.name) == ("delete", TWO_DAYS)
    await ensure_topics(cluster, FLOW, FOR_GOOD)
    await becomes(cluster, RAW_ITEMS.name, ("delete", "-1"))
    await becomes(cluster, memory_topic(CLAIM_WORDS.name), ("compact", THREE_DAYS))


async def test_what_else_an_operator_set_stays(url: str) -> None:
    """Altering the retention leaves the other configuration of a topic as it was."""
    cluster = cluster_at(url)
    await ensure_topics(cluster, FLOW, FOR_GOOD)
    await set_segment(cluster, RAW_ITEMS.name, "3600000")
    await ensure_topics(cluster, FLOW, KEEP)
    await becomes(cluster, RAW_ITEMS.name, ("delete", TWO_DAYS))
    assert (await configs_of(cluster, RAW_ITEMS.name))["segment.ms"] == "3600000"
