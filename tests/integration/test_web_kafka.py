"""The live stream on a real Kafka: several partitions, one reader, nothing missed; and what it says of itself."""

import asyncio

import pytest
from msgspec.structs import replace

from streams.kafka.journal import KafkaJournal
from streams.topics import CONTROL_ALERTS
from tests.served import numbered, site, take


def spread(*numbers):
    """Alerts of as many places, so that they lie in several partitions."""
    return [replace(one, place_key=f"test:{number}") for number, one in zip(numbers, numbered(*numbers), strict=True)]


@pytest.mark.asyncio
async def test_a_reader_resumes_over_all_partitions(url):
    """An event id tells the place in each partition: after hanging up twice every alert was read once."""
    journal = await KafkaJournal.open(url)
    await journal.publish(CONTROL_ALERTS, spread(*range(30)))
    async with site(journal) as session:
        first = await take(session, 11)
        second = await take(session, 9, headers={"Last-Event-ID": first[-1][0]})
    await journal.publish(CONTROL_ALERTS, spread(*range(30, 40)))
    async with site(journal) as session:
        third = await take(session, 20, headers={"Last-Event-ID": second[-1][0]})
        async with session.get("/api/alerts") as response:
            listed = await response.json()
    await journal.close()
    assert third[-1][0].count(":") > 1
    assert sorted(card["id"] for _, card in first + second + third) == sorted(f"alert-{n}" for n in range(40))
    assert listed["position"] == third[-1][0]


async def said(session, status):
    """Return what health says, once it says so with this status."""
    async with asyncio.timeout(60):
        while True:
            async with session.get("/health") as response:
                if response.status == status:
                    return await response.json()
            await asyncio.sleep(0.1)


@pytest.mark.asyncio
async def test_health_says_that_the_broker_is_away(url, broker, far):
    """A broker that answers no more is named in health; when it is back, so is health, and nothing is missed."""
    journal = await KafkaJournal.open(url)
    distant = await KafkaJournal.open(url.replace(broker.servers, f"127.0.0.1:{far.port}"))
    await journal.publish(CONTROL_ALERTS, spread(1))
    async with site(distant) as session:
        await said(session, 200)
        far.go()
        trouble = await said(session, 503)
        await journal.publish(CONTROL_ALERTS, spread(2, 3))
        await far.come()
        healthy = await said(session, 200)
        assert len(await take(session, 3)) == 3
    await journal.close()
    await distant.close()
    assert trouble["status"] == "trouble"
    assert all("is the broker up?" in text for text in trouble["troubles"].values())
    assert (healthy["status"], healthy["troubles"]) == ("ok", {})
