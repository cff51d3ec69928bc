"""The real broker the tests speak to: one for the whole run, in a temporary folder, on a free port."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.kafka.broker import Broker, BrokerUnavailable, Door, free_port, missing_programs
from tests.proxy import Proxy, proxy


def started_broker(broker: Broker) -> Iterator[Broker]:
    """Start a broker and yield it; skips with the reason where Java or Maven is missing, fails there under CI=true."""
    if missing := missing_programs():
        refuse(missing)
    try:
        with broker:
            yield broker
    except BrokerUnavailable as error:
        refuse(str(error))


def refuse(reason: str) -> None:
    """Skip for this reason, or fail where nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"no Kafka to test with: {reason}")
    pytest.skip(f"no Kafka to test with: {reason}")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Run one broker for the whole test run; its second door is reached through a proxy only, at the port it tells."""
    doors = (Door(name="FAR", port=free_port(), told=free_port()),)
    yield from started_broker(Broker(data=tmp_path_factory.mktemp("kafka"), doors=doors))


@pytest.fixture
def url(broker: Broker) -> str:
    """Return the address of a journal of this test's own."""
    return f"kafka://{broker.servers}/t-{uuid4().hex[:12]}?session_seconds=6"


@pytest_asyncio.fixture
async def far(broker: Broker) -> AsyncIterator[Proxy]:
    """Run the proxy before the broker's second door."""
    (door,) = broker.doors
    assert door.told
    async with proxy(door.told, door.port) as one:
        yield one
