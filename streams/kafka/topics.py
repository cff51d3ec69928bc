"""The topics on a cluster: made before anybody uses them, each with its partitions, retention and largest record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from streams.errors import ConfigError, JournalUnusable
from streams.kafka.cluster import OVERHEAD, Cluster, admin, started, unusable
from streams.retention import FOR_GOOD, Retention
from streams.steps import Flow, RememberingStep
from streams.topics import MAX_RECORD, TOPICS, Topic

SLOTS = "slots"
_LEADERS_SECONDS = 30.0
_KEEPING = frozenset({"cleanup.policy", "retention.ms"})
_SET_ON_TOPIC = 1  # Kafka's number for a configuration that stands on the topic
# what was replaced is soon cleaned away (not after a gigabyte), since each start reads a memory's topic to its end
_OFTEN = {"segment.bytes": str(16 * 1024 * 1024), "min.cleanable.dirty.ratio": "0.2"}
# a claim on a slot counts for seconds; an hour of them is kept for people who want to know who was there
_SLOTS_CONFIG = {"retention.ms": "3600000", "segment.ms": "600000", "message.timestamp.type": "LogAppendTime"}


def memory_topic(step: str) -> str:
    """Return the compacted topic that holds a step's memory; its partitions are those of the step's source."""
    return f"{step}-memory"


async def ensure_topics(cluster: Cluster, flow: Flow = (), retention: Retention | None = None) -> None:
    """Make the topics that are missing; raises ConfigError where one is there with other partitions than the rest.

    With a retention, topics that were made with another are altered; who only
    publishes or reads says nothing about it.
    """
    client = admin(cluster)
    try:
        await started(client, cluster)
        wanted = _wanted(cluster, flow, retention or FOR_GOOD)
        await _create(client, cluster, wanted)
        if retention:
            await _alter(client, cluster, [topic for topic in wanted if topic.name != cluster.named(SLOTS)])
    except KafkaError as error:
        raise unusable(cluster, error) from error
    finally:
        await client.close()


def _wanted(cluster: Cluster, flow: Flow, retention: Retention) -> list[NewTopic]:
    steps = (step for step in flow if isinstance(step, RememberingStep))
    names = {topic.name: topic for topic in (*TOPICS, *_topics_of(flow))}
    return [
        *(_new(cluster, name, _config(topic, retention.topics.get(name))) for name, topic in names.items()),
        *(
            _new(cluster, memory_topic(step.name), _compacted(MAX_RECORD, retention.memories.get(step.name)))
            for step in steps
        ),
        _new(cluster, SLOTS, _SLOTS_CONFIG, partitions=1),
    ]


def _topics_of(flow: Flow) -> Iterable[Topic]:
    return (topic for step in flow for topic in (step.source, *step.targets))


def _new(cluster: Cluster, name: str, config: dict[str, str], *, partitions: int | None = None) -> NewTopic:
    return NewTopic(cluster.named(name), partitions or cluster.partitions, cluster.replicas, topic_configs=config)


def _config(topic: Topic, kept: timedelta | None) -> dict[str, str]:
    if topic.compacted:
        return _compacted(topic.limit)
    return _sized(topic.limit) | {"cleanup.policy": "delete", "retention.ms": _ms(kept) if kept else "-1"}


def _compacted(limit: int, kept: timedelta | None = None) -> dict[str, str]:
    if kept is None:
        return _sized(limit) | _OFTEN | {"cleanup.policy": "compact"}
    return _sized(limit) | _OFTEN | {"cleanup.policy": "compact,delete", "retention.ms": _ms(kept)}


def _ms(kept: timedelta) -> str:
    return str(kept // timedelta(milliseconds=1))


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


async def _alter(client: AIOKafkaAdminClient, cluster: Cluster, wanted: list[NewTopic]) -> None:
    """Set policy and retention where they are others; what else an operator set on a topic stays.

    Brokers take all of a topic's configuration at once, and may not yet show
    that of a topic made a moment ago.
    """
    responses = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, one.name) for one in wanted])
    own = {name: _set_on_topic(entries) for response in responses for *_, name, entries in response.resources}
    for topic in wanted:
        ours = {name: value for name, value in topic.topic_configs.items() if name in _KEEPING}
        if not ours.items() <= own[topic.name].items():
            altered = ConfigResource(ConfigResourceType.TOPIC, topic.name, topic.topic_configs | own[topic.name] | ours)
            for response in await client.alter_configs([altered]):
                _refuse_unaltered(cluster, response)


def _set_on_topic(entries: Sequence[Sequence[Any]]) -> dict[str, str]:
    """Return what was set on the topic itself, not inherited from the broker."""
    return {name: value for name, value, _read_only, source, *_ in entries if source == _SET_ON_TOPIC}


def _refuse_unaltered(cluster: Cluster, response: Any) -> None:
    for code, text, _kind, name in response.resources:
        if code:
            raise unusable(cluster, for_code(code)(f"the retention of topic {name} could not be set: {text}"))


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
