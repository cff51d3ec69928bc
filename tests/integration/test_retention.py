"""What is older than it is kept leaves the embedded journal, and nothing that somebody still needs does."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from processors.flow import flow
from streams.counters import Counters
from streams.embedded import pruning, tables
from streams.embedded.host import EmbeddedHost
from streams.embedded.journal import SqliteJournal, Turn
from streams.embedded.pruning import prune
from streams.items import Cursor, EnrichedItem, ItemKind, RawItem
from streams.retention import FOR_GOOD, Retention, retention
from streams.settings import RetentionSettings, Settings, WorkerSettings
from streams.steps import Passed, RememberingStep
from streams.topics import CLAIMS, CONTROL_ALERTS, CURSORS, ENRICHED_ITEMS, LEDGER, RAW_ITEMS, Topic
from tests.contract import small_flow
from tests.contract.hosts import alongside
from tests.contract.small_flow import CLAIM_WORDS, TELL
from tests.journals import journal

__all__ = ["journal"]

HOUR = timedelta(hours=1)
FLOW = (CLAIM_WORDS, TELL)
KEEP = Retention(
    topics={RAW_ITEMS.name: HOUR, ENRICHED_ITEMS.name: HOUR, CLAIMS.name: HOUR}, memories={CLAIM_WORDS.name: HOUR}
)


def item(number: int, size: int = 0) -> RawItem:
    """Return an item of about this size; its body cannot be compressed."""
    url = f"https://example.org/{number}"
    at = datetime(2024, 1, 1, tzinfo=UTC)
    return RawItem(
        id=f"item-{number}",
        source="test",
        kind=ItemKind.ENTRY,
        url=url,
        canonical_url=url,
        fetched_at=at,
        body=os.urandom(size),
    )


def enriched(number: int) -> EnrichedItem:
    """Return an item that has been through the costly step."""
    outcome = small_flow.read(small_flow.item(number, "words"))
    assert isinstance(outcome, Passed)
    assert isinstance(outcome.records[0], EnrichedItem)
    return outcome.records[0]


async def left(journal: SqliteJournal, topic: Topic = RAW_ITEMS) -> list[str]:
    """Return the keys of what a topic holds."""
    return [stored.key async for stored in journal.read(topic)]


async def turn(journal: SqliteJournal, position: int = 0, **memory: bytes) -> None:
    """Let the first step of the flow have read to a position and remember this."""
    step = Turn(step=CLAIM_WORDS.name, source=ENRICHED_ITEMS, position=position, written=(), endings={}, memory=memory)
    await journal.commit(step)


def later(hours: float = 2) -> datetime:
    """Return a time so many hours from now."""
    return datetime.now(UTC) + hours * HOUR


@pytest.mark.asyncio
async def test_what_is_old_goes_and_what_is_young_stays(
    journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records stored before the time that is kept are taken away, in the order of their offsets; later ones stay."""
    await journal.publish(RAW_ITEMS, [item(number) for number in range(450)])
    with monkeypatch.context() as clock:
        clock.setattr(tables, "_now", lambda: tables.microseconds(later(1.5)))
        await journal.publish(RAW_ITEMS, [item(number) for number in range(450, 460)])
    assert await prune(journal, (), KEEP, later()) == (450, 0)
    assert await left(journal) == [f"item-{number}" for number in range(450, 460)]
    assert await prune(journal, (), KEEP, later()) == (0, 0)


@pytest.mark.asyncio
async def test_what_is_kept_for_good_stays(journal: SqliteJournal) -> None:
    """A topic that no setting speaks of, and the cursors, are never touched, however old they are."""
    await journal.save([item(1)], Cursor(source="test", state=b"1", saved_at=datetime.now(UTC)))
    assert await prune(journal, FLOW, FOR_GOOD, later(100_000)) == (0, 0)
    await prune(journal, FLOW, KEEP, later(100_000))
    assert (await left(journal), await left(journal, CURSORS)) == ([], ["test"])


@pytest.mark.asyncio
async def test_what_a_step_has_yet_to_read_stays(journal: SqliteJournal) -> None:
    """Nothing is taken away at a step's position or behind it: a host that stood still for a year loses nothing."""
    await journal.publish(ENRICHED_ITEMS, [enriched(number) for number in range(10)])
    assert await prune(journal, FLOW, KEEP, later()) == (0, 0)
    await turn(journal, position=4)
    assert await prune(journal, FLOW, KEEP, later()) == (4, 0)
    assert (await left(journal, ENRICHED_ITEMS))[0] == "item-4"


@pytest.mark.asyncio
async def test_what_a_reader_has_yet_to_read_stays(journal: SqliteJournal) -> None:
    """A reader in this process that is not through keeps what lies before it, until it ends."""
    await journal.publish(RAW_ITEMS, [item(number) for number in range(300)])
    reading = journal.follow(RAW_ITEMS)
    assert (await anext(reading)).key == "item-0"
    assert await prune(journal, (), KEEP, later()) == (0, 0)
    seen = [(await anext(reading)).key for _ in range(299)]
    assert seen[-1] == "item-299"
    await reading.aclose()
    assert await prune(journal, (), KEEP, later()) == (300, 0)


@pytest.mark.asyncio
async def test_a_memory_that_nothing_changed_is_forgotten(journal: SqliteJournal) -> None:
    """Keys that were changed within the time stay; those of a step that forgets nothing stay for good."""
    await turn(journal, old=b"1", changed=b"1")
    await journal.commit(
        Turn(step=TELL.name, source=CLAIMS, position=0, written=(), endings={}, memory={"place": b"1"})
    )
    middle = datetime.now(UTC)
    await asyncio.sleep(0.01)
    await turn(journal, changed=b"2")
    assert await prune(journal, FLOW, KEEP, middle + HOUR) == (0, 1)
    assert await journal.memories(CLAIM_WORDS.name) == {"changed": b"2"}
    assert await journal.memories(TELL.name) == {"place": b"1"}


@pytest.mark.asyncio
async def test_a_memory_that_a_waiting_record_may_ask_for_stays(journal: SqliteJournal) -> None:
    """Time stands still for a step whose next record waits: its memories are as old as they were when that came."""
    await turn(journal, old=b"1")
    await journal.publish(ENRICHED_ITEMS, [enriched(1)])
    assert await prune(journal, FLOW, KEEP, later(10_000)) == (0, 0)
    await turn(journal, position=1)
    assert await prune(journal, FLOW, KEEP, later(10_000)) == (1, 1)


@pytest.mark.asyncio
async def test_the_file_stays_as_large_as_what_is_kept(journal: SqliteJournal) -> None:
    """Thirty times what is kept is pushed through; the file is as large as after three rounds, give or take a tenth."""
    sizes = []
    for number in range(30):
        await journal.publish(RAW_ITEMS, [item(number * 100 + each, 20_000) for each in range(100)])
        await turn(journal, **{f"item-{number}-{each}": os.urandom(2_000) for each in range(200)})
        if number % 3 == 2:
            await prune(journal, (CLAIM_WORDS,), KEEP, later())
            journal._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            sizes.append(journal.path.stat().st_size)
    assert sizes[0] > 3 * 100 * 20_000
    assert max(sizes) < 1.1 * sizes[0]


@pytest.mark.asyncio
async def test_the_host_takes_away_what_is_old(journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A running host prunes by itself, while its steps go on."""
    monkeypatch.setattr(pruning, "EVERY_SECONDS", 0.05)
    keep = Retention(topics={RAW_ITEMS.name: timedelta(milliseconds=1)})
    await journal.publish(RAW_ITEMS, [item(number) for number in range(20)])
    async with alongside(EmbeddedHost(journal, (), Counters(), WorkerSettings(), keep).run()), asyncio.timeout(20):
        while await left(journal):
            await asyncio.sleep(0.05)


@pytest.mark.asyncio
async def test_a_journal_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    """Memories of an older file count as touched on the day it is opened, and its records can be pruned."""
    path = tmp_path / "journal.db"
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA application_id = {tables._APPLICATION_ID}")
    database.executescript(
        "PRAGMA user_version = 1;"
        "CREATE TABLE topics (name TEXT PRIMARY KEY, next_offset INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE records (topic TEXT NOT NULL, offset INTEGER NOT NULL, key TEXT NOT NULL,"
        " stored_at INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (topic, offset));"
        "CREATE INDEX records_by_key ON records (topic, key) WHERE topic = 'cursors';"
        "CREATE TABLE positions (step TEXT PRIMARY KEY, topic TEXT NOT NULL, next_offset INTEGER NOT NULL);"
        "CREATE TABLE memory (step TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (step, key));"
        "CREATE TABLE endings (step TEXT NOT NULL, source TEXT NOT NULL, outcome TEXT NOT NULL, n INTEGER NOT NULL,"
        " PRIMARY KEY (step, source, outcome));"
        "INSERT INTO memory VALUES ('revise', 'item-1', x'31'); INSERT INTO topics VALUES ('raw-items', 1);"
        "INSERT INTO records VALUES ('raw-items', 0, 'item-1', 0, x'31');"
    )
    database.close()
    journal = SqliteJournal(f"sqlite:///{path}")
    assert await prune(journal, FLOW, KEEP, datetime.now(UTC)) == (1, 0)
    assert await journal.memory("revise", "item-1") == b"1"
    assert await prune(journal, FLOW, KEEP, later()) == (0, 1)
    await journal.close()


@pytest.mark.asyncio
async def test_pruning_asks_indexes(journal: SqliteJournal) -> None:
    """Neither the oldest records nor the oldest memories are looked for by walking over a table."""
    database = journal._writer
    for query, index in (
        (
            "SELECT offset FROM records WHERE topic = 'a' AND offset < 9 ORDER BY offset LIMIT 9",
            "sqlite_autoindex_records",
        ),
        ("SELECT rowid FROM memory WHERE step = 'a' AND touched_at < 9 ORDER BY touched_at LIMIT 9", "memory_by_touch"),
    ):
        plan = str(database.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())
        assert index in plan
        assert "TEMP B-TREE" not in plan


def test_settings_speak_of_topics_and_steps() -> None:
    """Days become times of topics and steps, 0 is for good, and places and actors have a setting of their own."""
    steps = flow(Settings())
    usual = retention(RetentionSettings(items_days=2, claims_days=0, memory_days=3), steps)
    assert usual.topics[RAW_ITEMS.name] == timedelta(days=2)
    assert not {CLAIMS.name, CONTROL_ALERTS.name, LEDGER.name, CURSORS.name} & set(usual.topics)
    assert usual.memories == dict.fromkeys(("revise", "coverage"), timedelta(days=3))
    bounded = retention(RetentionSettings(memory_days=0, places_days=9), steps)
    assert bounded.memories == dict.fromkeys(("hear", "corroborate", "follow"), timedelta(days=9))
    assert {step.name for step in steps if isinstance(step, RememberingStep) and step.lasting} == set(bounded.memories)
