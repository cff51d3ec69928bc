"""A producer does not hammer a cluster that has no answer for it."""

from __future__ import annotations

import time

import pytest

from streams.kafka.cluster import cluster_at, producer

pytestmark = pytest.mark.asyncio


async def test_metadata_in_vain() -> None:
    """A producer that finds no broker asks ten times a second at most, however often its sender wants to know."""
    made = producer(cluster_at("kafka://127.0.0.1:9"))
    began = time.monotonic()
    answers = [await made.client._metadata_update(made.client.cluster, []) for _ in range(4)]
    assert answers == [False] * 4
    assert time.monotonic() - began >= 0.3
    await made.stop()
