"""The embedded journal on real files: damaged, locked, full, another program's, shared by processes."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from streams.codec import encode
from streams.counters import Ending
from streams.embedded import room, tables
from streams.embedded.journal import SqliteJournal, Turn
from streams.endings import written
from streams.errors import JournalUnusable, NoRoom
from streams.topics import CLAIMS, CURSORS, RAW_ITEMS
from tests.journals import item, with_items

pytestmark = pytest.mark.asyncio
PATIENCE_SECONDS = 30.0


async def test_folders_are_made(tmp_path: Path) -> None:
    """A journal in a folder that is not there yet makes it."""
    await with_items(tmp_path / "deep" / "er" / "journal.db", 1)
    assert (tmp_path / "deep" / "er" / "journal.db").stat().st_size > 0


async def test_a_locked_journal_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another program keeps the file locked, a publish fails with that reason, and works once it lets go."""
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.1)
    journal = await SqliteJournal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    other = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalUnusable, match=r"locked.*fuser"):
        await journal.publish(RAW_ITEMS, [item(1)])
    other.execute("ROLLBACK")
    other.close()
    await journal.publish(RAW_ITEMS, [item(1)])
    assert [stored.offset async for stored in journal.read(RAW_ITEMS)] == [0]
    await journal.close()


async def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """A publish that finds no space fails as a whole and says so; what was there stays, and space helps."""
    journal = await SqliteJournal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    await journal.publish(RAW_ITEMS, [item(1)])
    pages = journal._writer.execute("PRAGMA page_count").fetchone()[0]
    journal._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(JournalUnusable, match=r"full.*free some space"):
        await journal.publish(RAW_ITEMS, [item(2), item(3, b"x" * 100_000)])
    assert [stored.key async for stored in journal.read(RAW_ITEMS)] == ["item-1"]
    journal._writer.execute("PRAGMA max_page_count = 1000000")
    await journal.publish(RAW_ITEMS, [item(2)])
    assert [stored.key async for stored in journal.read(RAW_ITEMS)] == ["item-1", "item-2"]
    await journal.close()


async def test_a_patient_journal_waits_for_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's write waits on a full disk, names the trouble meanwhile, and is done once there is room."""
    monkeypatch.setattr(room, "AGAIN_SECONDS", 0.02)
    journal = SqliteJournal(f"sqlite:///{tmp_path / 'journal.db'}", patient=True)
    journal._writer.execute("PRAGMA max_page_count = 20")
    waiting = asyncio.create_task(journal.publish(RAW_ITEMS, [item(1, b"x" * 200_000)]))
    await journal.room.changed.wait()
    assert "full" in (journal.room.trouble or "")
    assert not waiting.done()
    assert [stored async for stored in journal.read(RAW_ITEMS)] == []
    journal._writer.execute("PRAGMA max_page_count = 1000000")
    await waiting
    assert journal.room.trouble is None
    assert [stored.key async for stored in journal.read(RAW_ITEMS)] == ["item-1"]
    await journal.close()


async def test_closing_ends_the_wait_for_room(tmp_path: Path) -> None:
    """Who waits for room when the journal is closed is told so, and the journal closes."""
    journal = SqliteJournal(f"sqlite:///{tmp_path / 'journal.db'}", patient=True)
    journal._writer.execute("PRAGMA max_page_count = 20")
    waiting = asyncio.create_task(journal.publish(RAW_ITEMS, [item(1, b"x" * 200_000)]))
    await journal.room.changed.wait()
    journal.room.give_up()
    with pytest.raises(NoRoom, match="full"):
        await waiting
    await journal.close()


async def test_a_closed_journal_says_so(tmp_path: Path) -> None:
    """Using a journal after its end is one clear error."""
    journal = await SqliteJournal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    await journal.close()
    with pytest.raises(JournalUnusable, match="is closed"):
        await journal.publish(RAW_ITEMS, [item(1)])


async def test_offsets_are_never_given_twice(tmp_path: Path) -> None:
    """When old records were taken away, new ones go on counting and readers go on reading."""
    journal = await SqliteJournal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    await journal.publish(RAW_ITEMS, [item(1), item(2)])
    journal._writer.execute("DELETE FROM records")
    await journal.publish(RAW_ITEMS, [item(3)])
    assert [(stored.offset, stored.key) async for stored in journal.read(RAW_ITEMS)] == [(2, "item-3")]
    await journal.close()


async def test_a_turn_is_all_or_nothing(tmp_path: Path) -> None:
    """When one part of a turn cannot be written, neither outputs nor memory, position or counts are."""
    journal = await SqliteJournal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    good = written(RAW_ITEMS, item(1))
    ending = Ending("enrich", "test", "passed")
    bad: dict[str, bytes | None] = {"key": b"kept", "other": object()}  # type: ignore[dict-item]
    turn = Turn(step="enrich", source=RAW_ITEMS, position=1, written=[good], endings={ending: 1}, memory=bad)
    with pytest.raises(JournalUnusable):
        await journal.commit(turn)
    assert [stored async for stored in journal.read(RAW_ITEMS)] == []
    assert (await journal.memory("enrich", "key"), await journal.position("enrich")) == (None, 0)
    assert await journal.endings() == Counter()
    await journal.close()


def _publish_from_elsewhere(url: str) -> None:
    async def publish() -> None:
        journal = await SqliteJournal.open(url)
        await journal.publish(RAW_ITEMS, [item(7)])
        await journal.close()

    asyncio.run(publish())


async def test_what_another_process_commits_is_followed(tmp_path: Path) -> None:
    """A follower sees what another process published."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    journal = await SqliteJournal.open(url)
    following = asyncio.ensure_future(anext(journal.follow(RAW_ITEMS)))
    process = multiprocessing.get_context("spawn").Process(target=_publish_from_elsewhere, args=(url,))
    process.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await following).value == encode(item(7))
    await asyncio.to_thread(process.join)
    await journal.close()


async def test_large_records_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    """A chunk of pages is bounded by bytes, and reading still gives every one."""
    journal = await SqliteJournal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    await journal.publish(RAW_ITEMS, [item(number, b"\x00" * 1_500_000) for number in range(9)])
    first = await anext(journal.chunks(RAW_ITEMS, 0))
    assert len(first) < 9
    assert [stored.offset async for stored in journal.read(RAW_ITEMS)] == list(range(9))
    assert [stored async for stored in journal.read(CLAIMS)] == []
    await journal.close()


async def test_the_cursor_lookup_uses_its_index() -> None:
    """Replacing a cursor does not walk over all sources."""
    database = tables.connect(Path(":memory:"))
    tables.prepare(database, Path(":memory:"))
    plan = database.execute(f"EXPLAIN QUERY PLAN {tables._REPLACED}", (CURSORS.name, "a")).fetchall()
    assert "records_by_key" in str(plan)


@pytest.mark.parametrize("steps", range(6))
async def test_a_reader_cancelled_as_a_record_comes_ends(tmp_path: Path, steps: int) -> None:
    """A cancellation that meets the news of a commit, however many turns of the loop later, is not lost."""
    journal = await SqliteJournal.open(f"sqlite:///{tmp_path / 'journal.db'}")

    async def read_for_ever() -> None:
        async for _ in journal.follow(RAW_ITEMS):
            pass

    reading = asyncio.create_task(read_for_ever())
    await asyncio.sleep(0.1)  # it has read all there is and waits
    await journal.publish(RAW_ITEMS, [item(1)])
    for _ in range(steps):
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait({reading}, timeout=2)
    ended = reading.done()
    while not reading.done():
        reading.cancel()
        await asyncio.sleep(0.05)
    assert ended
    await journal.close()
