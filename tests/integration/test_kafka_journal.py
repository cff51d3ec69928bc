"""The journal on a real Kafka."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from deploy.kafka.broker import Broker
from streams.codec import decode, encode
from streams.errors import BadRecord, ConfigError, JournalUnusable
from streams.fetches import Came, Fetch, Way
from streams.following import following
from streams.history import fetches_of
from streams.items import Cursor, ItemKind, RawItem
from streams.journal import Stored
from streams.kafka.cluster import cluster_at, producer
from streams.kafka.journal import KafkaJournal
from streams.kafka.topics import ensure_topics
from streams.topics import CURSORS, MAX_RECORD, RAW_ITEMS
from tests.proxy import Proxy

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def item(name: str, body: bytes = b"") -> RawItem:
    address = f"https://paper.example/{name}"
    return RawItem(
        id=name, source="paper", kind=ItemKind.ENTRY, url=address, canonical_url=address, fetched_at=NOON, body=body
    )


def cursor(state: bytes) -> Cursor:
    return Cursor(source="paper", state=state, saved_at=NOON)


async def all_of(journal: KafkaJournal) -> list[Stored]:
    return [stored async for stored in journal.read(RAW_ITEMS)]


@pytest.mark.asyncio
async def test_what_is_published_is_read_back(url: str) -> None:
    """Every published record is read back once, under its key, and reading ends by itself."""
    journal = await KafkaJournal.open(url)
    items = [item(f"item-{number}") for number in range(50)]
    await journal.publish(RAW_ITEMS, items)
    stored = await all_of(journal)
    assert sorted(one.key for one in stored) == sorted(one.id for one in items)
    assert {one.partition for one in stored} == {0, 1, 2, 3}
    assert all(decode(one.value) in items for one in stored)
    await journal.close()


@pytest.mark.asyncio
async def test_one_spread_value_keeps_its_order(url: str) -> None:
    """Records of one spread value lie in one partition in the order of publishing."""
    journal = await KafkaJournal.open(url)
    for revision in range(1, 8):
        await journal.publish(RAW_ITEMS, [item("same", body=bytes([revision]))])
    stored = await all_of(journal)
    assert len({one.partition for one in stored}) == 1
    assert [decode(one.value).body for one in stored] == [bytes([revision]) for revision in range(1, 8)]
    await journal.close()


@pytest.mark.asyncio
async def test_largest_record_passes_and_a_larger_one_is_refused(url: str) -> None:
    """A record of exactly the limit is stored whole; one byte more is refused before it is sent."""
    journal = await KafkaJournal.open(url)
    room = (MAX_RECORD - len(encode(item("large")))) // 4 * 3
    await journal.publish(RAW_ITEMS, [item("large", body=bytes(room))])
    [stored] = await all_of(journal)
    assert MAX_RECORD - 4 < len(stored.value) <= MAX_RECORD
    with pytest.raises(BadRecord, match="too large for raw-items"):
        await journal.publish(RAW_ITEMS, [item("larger", body=bytes(room + 4))])
    await journal.close()


@pytest.mark.asyncio
async def test_the_last_cursor_of_a_source_holds(url: str) -> None:
    """Saving appends the items and replaces the source's cursor."""
    journal = await KafkaJournal.open(url)
    await journal.save([item("a")], cursor(b"1"))
    await journal.save([item("b")], cursor(b"2"))
    assert (await journal.cursors())["paper"].state == b"2"
    assert sorted(one.key for one in await all_of(journal)) == ["a", "b"]
    await journal.close()


@pytest.mark.asyncio
async def test_fetches_of_a_source(url: str) -> None:
    """What each fetch brought is told once with its cursor, and the last of one source are found among all."""
    journal = await KafkaJournal.open(url)
    made = {
        name: [Fetch(source=name, at=NOON, way=Way.POLL, came=Came.OK, new=number) for number in range(5)]
        for name in ("paper", "tower", "bridge")
    }
    quiet = Fetch(source="paper", at=NOON, way=Way.POLL, came=Came.UNCHANGED, times=7)
    for name, fetches in made.items():
        for one in fetches:
            await journal.save([], Cursor(source=name, state=b"1", saved_at=NOON, fetches=(one,)))
    await journal.save([], Cursor(source="paper", state=b"2", saved_at=NOON, quiet=quiet))
    assert await fetches_of(journal, "paper", 3) == [*made["paper"][3:], quiet]
    assert await fetches_of(journal, "bridge") == made["bridge"]
    assert await fetches_of(journal, "nobody") == []
    assert (await journal.cursors())["tower"] == Cursor(source="tower", state=b"1", saved_at=NOON)
    await journal.close()


@pytest.mark.asyncio
async def test_bytes_go_back_where_they_lay(url: str) -> None:
    """Redriven bytes lie unchanged in the partition that was named."""
    journal = await KafkaJournal.open(url)
    await journal.publish_bytes(RAW_ITEMS, partition=3, key=None, value=b"\xff not a record")
    [stored] = await all_of(journal)
    assert (stored.partition, stored.key, stored.value) == (3, "", b"\xff not a record")
    await journal.close()


@pytest.mark.asyncio
async def test_a_follower_sees_the_past_and_then_the_new(url: str) -> None:
    """Following from the start yields what was there and then what comes."""
    journal = await KafkaJournal.open(url)
    await journal.publish(RAW_ITEMS, [item("past")])
    seen = []
    async with aclosing(journal.follow(RAW_ITEMS)) as following:
        async for stored in following:
            seen.append(stored.key)
            if seen == ["past"]:
                await journal.publish(RAW_ITEMS, [item("new")])
            if len(seen) == 2:
                break
    assert seen == ["past", "new"]
    await journal.close()


@pytest.mark.asyncio
async def test_readers_see_committed_records_only(url: str) -> None:
    """Records of an aborted transaction are never read, and reading still ends."""
    cluster = cluster_at(url)
    journal = await KafkaJournal.open(url)
    writer = producer(cluster, transactional_id=cluster.named("aborting"))
    async with writer:
        await writer.begin_transaction()
        await writer.send_and_wait(cluster.named(RAW_ITEMS.name), b"undone", partition=0)
        await writer.abort_transaction()
    await journal.publish(RAW_ITEMS, [item("kept")])
    assert [one.key for one in await all_of(journal)] == ["kept"]
    await journal.close()


@pytest.mark.asyncio
async def test_reading_waits_for_an_open_transaction(url: str) -> None:
    """A read that begins while a transaction is open yields its records once it is committed."""
    cluster = cluster_at(url)
    journal = await KafkaJournal.open(url)
    async with producer(cluster, transactional_id=cluster.named("slow")) as writer:
        await writer.begin_transaction()
        await writer.send_and_wait(cluster.named(RAW_ITEMS.name), encode(item("open")), key=b"open", partition=0)
        reading = asyncio.create_task(all_of(journal))
        await asyncio.wait([reading], timeout=1)
        assert not reading.done()
        await writer.commit_transaction()
        assert [one.key for one in await reading] == ["open"]
    await journal.close()


@pytest.mark.asyncio
async def test_topics_with_another_number_of_partitions_are_refused(url: str) -> None:
    """A journal made with four partitions is not opened with two, and the error says what to write."""
    await ensure_topics(cluster_at(url))
    with pytest.raises(ConfigError, match=r"has 4 partitions, not 2: .*partitions=4"):
        await ensure_topics(cluster_at(f"{url}&partitions=2"))


@pytest.mark.asyncio
async def test_a_cluster_that_is_not_there_is_named() -> None:
    """Opening a journal where nothing listens says where and what to do."""
    with pytest.raises(JournalUnusable, match=r"Kafka at 127\.0\.0\.1:9: .*make kafka"):
        await KafkaJournal.open("kafka://127.0.0.1:9")


@pytest.mark.asyncio
async def test_an_empty_journal_has_no_cursors(url: str) -> None:
    """A new journal holds nothing, and says so at once."""
    journal = await KafkaJournal.open(url)
    assert await journal.cursors() == {}
    assert [one async for one in journal.read(CURSORS)] == []
    await journal.close()


@pytest.mark.asyncio
async def test_a_connection_that_died_unnoticed_is_no_quiet(url: str, broker: Broker, far: Proxy) -> None:
    """Where connections carry nothing more, a follower says so within seconds, once, and then misses nothing."""
    journal = await KafkaJournal.open(url)
    distant = await KafkaJournal.open(url.replace(broker.servers, f"127.0.0.1:{far.port}"))
    await journal.publish(RAW_ITEMS, [item("first")])
    screen = StringIO()
    coming = following(distant, RAW_ITEMS, Console(file=screen, width=200))
    assert (await anext(coming)).key == "first"
    assert screen.getvalue() == ""
    far.deafen()
    async with asyncio.timeout(40):
        assert (await anext(coming)).key == "first"
        await journal.publish(RAW_ITEMS, [item("second")])
        assert (await anext(coming)).key == "second"
    await coming.aclose()  # type: ignore[attr-defined]
    said = f"it is tried again: Kafka at 127.0.0.1:{far.port} has not answered for 5 s: is the broker up?"
    assert screen.getvalue().split(", ", 1)[1].strip() == said
    await journal.close()
    await distant.close()
