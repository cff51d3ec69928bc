"""Archives read by the engine: a real journal, a real reading process, and documents that end it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from connectors.archives.leafing import leaf
from connectors.asking.gates import Gates
from connectors.http import Web
from connectors.polling.means import Poller
from connectors.reading.readers import readers
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.fetches import Came, Way
from streams.history import fetches_of
from streams.items import Cursor, DeadLetter, RawItem
from streams.sources import SourceSettings
from streams.topics import DEAD_LETTERS, RAW_ITEMS
from tests.archives import archive, line, put
from tests.desk import net

__all__ = ["net"]
pytestmark = pytest.mark.asyncio(loop_scope="module")
WALL = 2.0
# A page of so many elements takes its reader far longer than that.
ENDLESS = f"<html><body>{'<p><b>x</b></p>' * 900_000}</body></html>"


class Room:
    """One archive's reader at work; what it brought lies in the journal."""

    def __init__(self, poller: Poller, journal: SqliteJournal, counters: Counters) -> None:
        self.poller, self.journal, self.counters = poller, journal, counters

    async def records(self, topic: object) -> list[RawItem | DeadLetter]:
        """Return what lies in a topic."""
        return [decode(stored.value) async for stored in self.journal.read(topic)]  # type: ignore[misc, arg-type]

    async def cursor(self) -> Cursor | None:
        """Return the saved cursor."""
        return (await self.journal.cursors()).get("old")

    @asynccontextmanager
    async def reading(self, source: SourceSettings) -> AsyncIterator[None]:
        """Read the archive while the block lasts."""
        task = asyncio.create_task(leaf(self.poller, source, await self.cursor()))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def until(self, items: int, letters: int = 0) -> None:
        """Wait until so much has come."""
        async with asyncio.timeout(60):
            while len(await self.records(RAW_ITEMS)) < items or len(await self.records(DEAD_LETTERS)) < letters:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def room(folder: Path, net: Web) -> AsyncIterator[Room]:
    """Set up an engine whose documents have two seconds each."""
    journal, counters = SqliteJournal(f"sqlite:///{folder}/journal.db"), Counters()
    gates = Gates(clock=asyncio.get_running_loop().time, sleep=asyncio.sleep)
    async with readers(wall=WALL) as pool:
        await pool.read(str, "warm", "")  # the first document waits for the worker's imports
        poller = Poller(journal=journal, web=net, readers=pool, gates=gates, counters=counters)
        try:
            yield Room(poller, journal, counters)
        finally:
            await journal.close()


async def test_endless_document(tmp_path: Path, net: Web) -> None:
    """A document that keeps its reader busy past the wall is one dead letter; all others are read."""
    folder = tmp_path / "archive"
    put(folder / "a.jsonl", b"".join(line(number) for number in range(30)))
    put(folder / "b.html", ENDLESS)
    put(folder / "c.jsonl", b"".join(line(number) for number in range(30, 60)))
    async with room(tmp_path, net) as one:
        async with one.reading(archive(folder)):
            await one.until(60, 1)
            await asyncio.sleep(0.5)
        items = await one.records(RAW_ITEMS)
        (letter,) = await one.records(DEAD_LETTERS)
    assert [item.title for item in items] == [f"Ship {number}" for number in range(60)]  # type: ignore[union-attr]
    assert isinstance(letter, DeadLetter)
    assert letter.text.startswith("b.html, document 1: ")
    assert f"within {WALL:g} s" in letter.text


async def test_counted(tmp_path: Path, net: Web) -> None:
    """Each document is counted once under the word of its end, and each item as passed."""
    put(tmp_path / "archive" / "a.jsonl", line(1) + line(1) + b"{torn\n" + line(2))
    async with room(tmp_path, net) as one, one.reading(archive(tmp_path / "archive")):
        await one.until(2, 1)
        await asyncio.sleep(0.2)
        counted, fetches = one.counters.endings, await fetches_of(one.journal, "old")
    (told,) = (fetch for fetch in fetches if fetch.came is not Came.UNCHANGED)  # it may have been looked at again
    assert (told.way, told.came, told.new, told.known, told.published) == (Way.ARCHIVE, Came.OK, 2, 2, 2)
    assert {(ending.step, ending.outcome): times for ending, times in counted.items() if ending.source == "old"} == {
        ("document", "ok"): 2,
        ("document", "repeated"): 1,
        ("document", "dead-letter"): 1,
        ("read", "passed"): 2,
    }


async def test_not_there(tmp_path: Path, net: Web) -> None:
    """An archive that is not there is shown as unavailable, by name, and read as soon as it is."""
    folder = tmp_path / "archive"
    async with room(tmp_path, net) as one, one.reading(archive(folder, min_interval_seconds=1.0)):
        async with asyncio.timeout(10):
            while (cursor := await one.cursor()) is None:
                await asyncio.sleep(0.05)
        assert cursor.health
        assert (cursor.health.outcome, cursor.health.text) == (
            "unavailable",
            f"{folder} cannot be read: No such file or directory",
        )
        put(folder / "a.jsonl", line(1))
        await one.until(1)


async def test_another_address(tmp_path: Path, net: Web) -> None:
    """A source with a new address reads the new archive from its beginning."""
    put(tmp_path / "one.jsonl", line(1))
    put(tmp_path / "two.jsonl", line(2))
    async with room(tmp_path, net) as one:
        async with one.reading(archive(tmp_path / "one.jsonl")):
            await one.until(1)
        async with one.reading(archive(tmp_path / "two.jsonl")):
            await one.until(2)
        assert [item.title for item in await one.records(RAW_ITEMS)] == ["Ship 1", "Ship 2"]  # type: ignore[union-attr]
