"""The topics on a cluster: made before anybody uses them, each with its partitions, retention and largest record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from streams.errors import ConfigError, JournalUnusable
from streams.kafka.cluster import OVERHEAD, Cluster, admin, started, unusable
from streams.steps import Flow, RememberingStep
from streams.topics import MAX_RECORD, TOPICS, Topic

SLOTS = "slots"
_LEADERS_SECONDS = 30.0
# a claim on a slot counts for seconds; an hour of them is kept for people who want to know who was there
_SLOTS_CONFIG = {"retention.ms": "3600000", "segment.ms": "600000", "message.timestamp.type": "LogAppendTime"}


def memory_topic(step: str) -> str:
    """Return the compacted topic that holds a step's memory; its partitions are those of the step's source."""
    return f"{step}-memory"


async def ensure_topics(cluster: Cluster, flow: Flow = ()) -> None:
    """Make the topics that are missing; raises ConfigError where one is there with other partitions than the rest."""
    client = admin(cluster)
    try:
        await started(client, cluster)
        await _create(client, cluster, _wanted(cluster, flow))
    except KafkaError as error:
        raise unusable(cluster, error) from error
    finally:
        await client.close()


def _wanted(cluster: Cluster, flow: Flow) -> list[NewTopic]:
    steps = (step for step in flow if isinstance(step, RememberingStep))
    names = {topic.name: topic for topic in (*TOPICS, *_topics_of(flow))}
    return [
        *(_new(cluster, name, _config(topic)) for name, topic in names.items()),
        *(_new(cluster, memory_topic(step.name), _compacted(MAX_RECORD)) for step in steps),
        _new(cluster, SLOTS, _SLOTS_CONFIG, partitions=1),
    ]


def _topics_of(flow: Flow) -> Iterable[Topic]:
    return (topic for step in flow for topic in (step.source, *step.targets))


def _new(cluster: Cluster, name: str, config: dict[str, str], *, partitions: int | None = None) -> NewTopic:
    return NewTopic(cluster.named(name), partitions or cluster.partitions, cluster.replicas, topic_configs=config)


def _config(topic: Topic) -> dict[str, str]:
    if topic.compacted:
        return _compacted(topic.limit)
    # kept for good unless an operator sets a retention: replays and late subscribers read from the start
    return _sized(topic.limit) | {"cleanup.policy": "delete", "retention.ms": "-1"}


def _compacted(limit: int) -> dict[str, str]:
    return _sized(limit) | {"cleanup.policy": "compact"}


def _sized(limit: int) -> dict[str, str]:
    # the broker's own clock stamps records: delays are then measured on one clock
    return {"max.message.bytes": str(limit + OVERHEAD), "message.timestamp.type": "LogAppendTime"}


async def _create(client: AIOKafkaAdminClient, cluster: Cluster, wanted: list[NewTopic]) -> None:
    there = set(await client.list_topics())
    missing = [topic for topic in wanted if topic.name not in there]
    if missing:
        _refuse_failures(cluster, await client.create_topics(missing))
        await _await_leaders(client, cluster, [topic.name for topic in missing])
    await _refuse_other_counts(client, [topic for topic in wanted if topic.name in there])


async def _await_leaders(client: AIOKafkaAdminClient, cluster: Cluster, names: list[str]) -> None:
    """Return when every new partition has a leader: a group that forms earlier shares out nothing, for minutes."""
    deadline = time.monotonic() + _LEADERS_SECONDS
    while not all(_is_led(topic) for topic in await client.describe_topics(names)):
        if time.monotonic() > deadline:
            raise JournalUnusable(f"Kafka at {cluster.servers}: new topics have no leader yet; is a broker missing?")
        await asyncio.sleep(0.1)


def _is_led(topic: Mapping[str, Any]) -> bool:
    partitions = topic["partitions"]
    return bool(partitions) and all(one["error_code"] == 0 and one["leader"] >= 0 for one in partitions)


def _refuse_failures(cluster: Cluster, response: object) -> None:
    """Raise unless each topic was made, by us or by somebody a moment earlier."""
    for name, code, *text in getattr(response, "topic_errors", ()):
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise unusable(cluster, error(f"topic {name} could not be made: {' '.join(map(str, text))}"))


async def _refuse_other_counts(client: AIOKafkaAdminClient, topics: list[NewTopic]) -> None:
    if not topics:
        return
    wanted = {topic.name: topic.num_partitions for topic in topics}
    for found in await client.describe_topics(list(wanted)):
        name, count = found["topic"], len(found["partitions"])
        if count != wanted[name]:
            raise ConfigError(
                f"journal: topic {name} has {count} partitions, not {wanted[name]}: "
                f"name the right number in the URL (?partitions={count}) or use another prefix"
            )
