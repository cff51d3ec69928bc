"""Where Kafka is and how it is spoken to: the journal's URL, and clients with the settings that keep records safe."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)
from aiokafka.partitioner import murmur2

from streams.errors import ConfigError, JournalUnusable
from streams.kafka.access import OPEN, OPTIONS, Access, access_by
from streams.kafka.refusal import refusal
from streams.topics import TOPICS

OVERHEAD = 64 * 1024  # what Kafka wraps around a record: batch header, key, varints
LARGEST_REQUEST = max(topic.limit for topic in TOPICS) + OVERHEAD
_FAREWELL_SECONDS = 3.0
METADATA_MS = 5_000
_METADATA_PAUSE = 0.1
_ANSWER_MS = 15_000  # after that a connection counts as dead: a half-open one says nothing for ever
_BATCH = 1024 * 1024
NUMBERS = {"partitions": (1, 1000), "replicas": (1, 9), "session_seconds": (6, 300), "stuck_seconds": (5, 3600)}
_COSTLY = ("faust", "loop")
_FORBIDDEN = (
    TopicAuthorizationFailedError,
    GroupAuthorizationFailedError,
    ClusterAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A Kafka cluster as the journal's URL names it.

    `prefix` stands before every topic and group, so that several journals
    share a cluster. A member that was not heard of for `session_seconds`
    loses its partitions; a partition without progress for `stuck_seconds`
    ends the process. `replicas` counts for new topics only. `costly` says
    what runs the steps without memory: faust (at least once) or the loop.
    `access` is how its brokers are entered.
    """

    servers: str
    prefix: str = ""
    partitions: int = 4
    replicas: int = 1
    session_seconds: int = 10
    stuck_seconds: int = 60
    costly: str = "faust"
    access: Access = OPEN

    def named(self, name: str) -> str:
        """Return the name of a topic or group on the cluster."""
        return f"{self.prefix}.{name}" if self.prefix else name


def cluster_at(url: str) -> Cluster:
    """Read `kafka://host:port[,host:port]/prefix?partitions=4&session_seconds=10`; raises ConfigError.

    The files that it names (of certificates, of a password) are read here.
    """
    parts = urlsplit(url)
    prefix = parts.path.strip("/")
    if "@" in parts.netloc:  # not repeated here: what stands before it may be a password
        raise ConfigError("journal: user and password do not belong before the host: use ?user=NAME&password_file=PATH")
    if parts.scheme != "kafka" or not re.fullmatch(r"[\w.\-\[\]:]+:\d+(,[\w.\-\[\]:]+:\d+)*", parts.netloc):
        raise ConfigError(f"journal: {url!r} is not kafka://HOST:PORT, as in kafka://127.0.0.1:9092")
    if not re.fullmatch(r"[a-z0-9-]{0,64}", prefix):
        raise ConfigError(f"journal: the prefix {prefix!r} may hold a-z, 0-9 and - only")
    return Cluster(servers=parts.netloc, prefix=prefix, **_options(parts.query))


def _options(query: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    entering: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name == "costly" and value in _COSTLY:
            options[name] = value
        elif name in NUMBERS:
            options[name] = _count(name, value)
        elif name in OPTIONS:
            entering[name] = value
        else:
            known = ", ".join([*sorted((*NUMBERS, *OPTIONS)), *(f"costly={way}" for way in _COSTLY)])
            said = name if "pass" in name else f"{name}={value!r}"
            raise ConfigError(f"journal: {said} is not an option of kafka://; known: {known}")
    return options | {"access": access_by(entering)}


def _count(name: str, value: str) -> int:
    low, high = NUMBERS[name]
    if not (value.isdecimal() and low <= int(value) <= high):
        raise ConfigError(f"journal: {name} is a number from {low} to {high}, not {value!r}")
    return int(value)


def partition_of(spread: str, partitions: int) -> int:
    """Return the partition of a spread value: murmur2, as every Kafka client counts it for keys."""
    return int(murmur2(spread.encode()) & 0x7FFFFFFF) % partitions


def producer(cluster: Cluster, *, transactional_id: str | None = None) -> AIOKafkaProducer:
    """Return an idempotent producer, not yet started, whose acknowledgement means that all replicas have it."""
    made = AIOKafkaProducer(
        bootstrap_servers=cluster.servers,
        enable_idempotence=True,
        acks="all",
        transactional_id=transactional_id,
        # a dead owner's open transaction holds readers back for so long at most
        transaction_timeout_ms=15_000,
        request_timeout_ms=_ANSWER_MS,
        max_batch_size=_BATCH,
        max_request_size=LARGEST_REQUEST,
        **cluster.access.settings(),
    )
    _unhurried(made.client)
    return made


def _unhurried(client: Any) -> None:
    """Let a client ask for metadata ten times a second at most.

    aiokafka's sender asks anew at once while a partition has no leader: behind
    a broker that was stopped that is half a core, and thousands of lines a second.
    """
    update, again_at = client._metadata_update, 0.0  # noqa: SLF001 - no setting of the library slows it

    async def paced(*arguments: object) -> object:
        nonlocal again_at
        await asyncio.sleep(max(0.0, again_at - time.monotonic()))
        again_at = time.monotonic() + _METADATA_PAUSE
        return await update(*arguments)

    client._metadata_update = paced  # noqa: SLF001 - as above


def consumer(
    cluster: Cluster, *, committed: bool = True, group: str | None = None, slot: str | None = None
) -> AIOKafkaConsumer:
    """Return a consumer, not yet started, that commits nothing by itself.

    `committed=False` sees open and aborted transactions, and its end offset is
    the true end of a partition. A group member keeps its place under `slot`.
    """
    return AIOKafkaConsumer(
        bootstrap_servers=cluster.servers,
        isolation_level="read_committed" if committed else "read_uncommitted",
        group_id=group,
        group_instance_id=slot,
        session_timeout_ms=cluster.session_seconds * 1000,
        # whoever joins waits for a member that is gone until its session has ended
        request_timeout_ms=_ANSWER_MS + cluster.session_seconds * 1000,
        # who is left hears of it with the next heartbeat that a member is gone: six a session, and 3 s at most
        heartbeat_interval_ms=min(3000, cluster.session_seconds * 1000 // 6),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=_BATCH,
        fetch_max_wait_ms=250,
        # a topic that one broker does not know yet is looked for again after this long, not after five minutes
        metadata_max_age_ms=METADATA_MS,
        **cluster.access.settings(),
    )


async def started(client: Any, cluster: Cluster) -> Any:
    """Start a client; raises JournalUnusable where the cluster cannot be reached or does not let us in."""
    try:
        await client.start()
    except KafkaConnectionError as error:
        # that no server could be used; why is not in it
        why = await refusal(cluster.servers, cluster.access)
        raise JournalUnusable(f"Kafka at {cluster.servers}: {why}") if why else unusable(cluster, error) from error
    except (KafkaError, OSError) as error:
        raise unusable(cluster, error) from error
    return client


async def let_go(*closings: Awaitable[object], seconds: float = _FAREWELL_SECONDS) -> None:
    """Close what can be closed in so many seconds each: with the broker away, a farewell would wait for it.

    A closing that does not heed its cancellation (Faust's services swallow
    theirs) is left behind, not waited for; one that ends as cancelled by its
    own parts (aiokafka's consumer, whose fetching it ends) cancels nobody here.
    """
    for closing in closings:
        task = asyncio.ensure_future(closing)
        await asyncio.wait({task}, timeout=seconds)
        if not task.done():
            task.cancel()
        elif not task.cancelled():
            with suppress(TimeoutError, KafkaError):
                task.result()


def admin(cluster: Cluster) -> AIOKafkaAdminClient:
    """Return an administration client, not yet started."""
    return AIOKafkaAdminClient(bootstrap_servers=cluster.servers, **cluster.access.settings())


def unusable(cluster: Cluster, error: BaseException) -> JournalUnusable:
    """Say that Kafka could not be used, where, and what to do."""
    if isinstance(error, _FORBIDDEN):
        todo = f"give {cluster.access.user or 'this client'} the rights on topics, groups and transactional ids of ours"
    else:
        todo = "is the broker up? (`make kafka` starts one here)"
    return JournalUnusable(f"Kafka at {cluster.servers}: {type(error).__name__}: {error}; {todo}")
