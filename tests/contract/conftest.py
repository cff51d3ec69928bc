"""The hosts under contract: each test of the suite runs on every one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from streams.kafka.journal import KafkaJournal
from tests.broker import broker, url
from tests.contract.hosts import EmbeddedRig, Rig
from tests.contract.kafka_rig import KafkaRig

__all__ = ["broker", "url"]


@asynccontextmanager
async def embedded(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Give the embedded journal and host, on a file of their own."""
    rig = EmbeddedRig(request.getfixturevalue("tmp_path") / "journal.db")
    try:
        yield rig
    finally:
        await rig.journal.close()


@asynccontextmanager
async def faust(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Give Kafka with Faust for the costly step and the loop for the others."""
    async with _on_kafka(request.getfixturevalue("url")) as rig:
        yield rig


@asynccontextmanager
async def loop(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Give Kafka with the loop for every step."""
    async with _on_kafka(f"{request.getfixturevalue('url')}&costly=loop") as rig:
        yield rig


@asynccontextmanager
async def _on_kafka(url: str) -> AsyncIterator[Rig]:
    journal = await KafkaJournal.open(url)
    try:
        yield KafkaRig(url, journal)
    finally:
        await journal.close()


RIGS = {"embedded": embedded, "faust": faust, "loop": loop}


@pytest_asyncio.fixture(params=RIGS)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Give a fresh journal with its host."""
    async with RIGS[request.param](request) as one:
        yield one


@asynccontextmanager
async def faust_alone(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Give Kafka by Faust and the loop with one partition a topic: one order for all records."""
    async with _on_kafka(_one_partition(request)) as rig:
        yield rig


@asynccontextmanager
async def loop_alone(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Give Kafka by the loop with one partition a topic."""
    async with _on_kafka(f"{_one_partition(request)}&costly=loop") as rig:
        yield rig


def _one_partition(request: pytest.FixtureRequest) -> str:
    return f"{request.getfixturevalue('url')}&partitions=1"


ONE_LANE = {"embedded": embedded, "faust": faust_alone, "loop": loop_alone}


@pytest_asyncio.fixture(params=ONE_LANE)
async def one_lane(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Give a fresh journal whose records have one order, with its host."""
    async with ONE_LANE[request.param](request) as one:
        yield one
