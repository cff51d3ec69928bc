"""The journal's URL for Kafka, where a record lies, and farewells that end."""

from __future__ import annotations

import asyncio

import pytest

from streams.errors import ConfigError
from streams.kafka.cluster import Cluster, cluster_at, let_go, partition_of


def test_address_with_everything() -> None:
    """Servers, prefix and options are read from the URL."""
    cluster = cluster_at("kafka://a.example:9092,b.example:9093/north?partitions=12&replicas=3&costly=loop")
    assert cluster == Cluster(
        servers="a.example:9092,b.example:9093", prefix="north", partitions=12, replicas=3, costly="loop"
    )
    assert cluster.named("claims") == "north.claims"


def test_shortest_address() -> None:
    """A host and a port are enough; topics then have their plain names."""
    assert cluster_at("kafka://127.0.0.1:9092").named("claims") == "claims"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("kafka://127.0.0.1", "is not kafka://HOST:PORT"),
        ("kafka://", "is not kafka://HOST:PORT"),
        ("http://127.0.0.1:9092", "is not kafka://HOST:PORT"),
        ("kafka://user@127.0.0.1:9092", "is not kafka://HOST:PORT"),
        ("kafka://127.0.0.1:9092/North!", "prefix 'North!'"),
        ("kafka://127.0.0.1:9092?partition=3", "partition='3' is not an option of kafka://; known: .*partitions"),
        ("kafka://127.0.0.1:9092?partitions=0", "partitions is a number from 1 to 1000, not '0'"),
        ("kafka://127.0.0.1:9092?session_seconds=-5", "session_seconds is a number from 6 to 300"),
        ("kafka://127.0.0.1:9092?costly=storm", "costly='storm' is not an option"),
    ],
)
def test_a_wrong_address_is_refused_with_the_reason(url: str, says: str) -> None:
    """What cannot be an address is refused, and the error says what would be right."""
    with pytest.raises(ConfigError, match=says):
        cluster_at(url)


@pytest.mark.parametrize(
    ("key", "hashed"),
    # the vectors of the Java client's own test: murmur2 as a signed number
    [("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536), ("abc", 479470107)],
)
def test_partitions_are_those_of_other_clients(key: str, hashed: int) -> None:
    """A spread value falls into the partition that the Java client would choose for it as a key."""
    assert partition_of(key, 7) == (hashed & 0x7FFFFFFF) % 7


@pytest.mark.asyncio
async def test_a_farewell_that_swallows_its_cancellation_is_left_behind() -> None:
    """A service that will not end holds nobody up, and those behind it are closed all the same."""
    free, closed = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        while not free.is_set():
            try:
                await free.wait()
            except asyncio.CancelledError:
                continue

    async def willing() -> None:
        closed.set()

    async with asyncio.timeout(5):
        await let_go(stubborn(), willing(), seconds=0.05)
    assert closed.is_set()
    free.set()
