"""The poller while somebody sets the wall's clock: a real feed over a real socket, a real journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from connectors.poller import poll_forever
from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.items import Cursor, RawItem
from streams.sources import SourceSettings
from streams.topics import CURSORS, RAW_ITEMS
from tests.feedmaker import entry, rss
from tests.loopback import on_loopback

pytestmark = pytest.mark.asyncio
HOUR = timedelta(hours=1)


@dataclass
class Watched:
    """A feed that has a new entry at each poll, and a wall's clock; `polls` counts."""

    off: timedelta = timedelta(0)
    polls: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    count: int = 0

    def wall(self) -> datetime:
        """Return what the wall's clock shows."""
        return datetime.now(UTC) + self.off

    async def answer(self, _request: web.Request) -> web.Response:
        """Answer with one entry more than before."""
        self.count += 1
        self.polls.release()
        return web.Response(body=rss(*map(entry, range(self.count))).encode(), headers={"Content-Type": "text/xml"})

    async def polled(self, times: int) -> None:
        """Return once the feed was asked so often."""
        async with asyncio.timeout(30):
            for _ in range(times):
                await self.polls.acquire()


@asynccontextmanager
async def _served(watched: Watched) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/feed", watched.answer)
    async with on_loopback(app) as base:
        yield f"{base}/feed"


@asynccontextmanager
async def _polling(watched: Watched, url: str, path: Path) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal(f"sqlite:///{path}")
    source = SourceSettings(id="f", url=url, allow_private=True, full_text=False, min_interval_seconds=1)
    polling = asyncio.create_task(poll_forever([source], journal, wall=watched.wall))
    try:
        yield journal
    finally:
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling
        await journal.close()


async def _titles(journal: SqliteJournal) -> list[str]:
    found = [decode(stored.value) async for stored in journal.read(RAW_ITEMS)]
    return [item.title or "" for item in found if isinstance(item, RawItem)]


async def test_polling_goes_on_whatever_the_clock_is_set_to(tmp_path: Path) -> None:
    """Set back an hour and forward again, sources are asked as before, neither not at all nor all the time."""
    watched = Watched()
    async with _served(watched) as url, _polling(watched, url, tmp_path / "journal.db") as journal:
        await watched.polled(2)
        watched.off = -HOUR
        begun = asyncio.get_running_loop().time()
        await watched.polled(2)
        watched.off = HOUR
        await watched.polled(3)
        assert asyncio.get_running_loop().time() - begun > 3  # four waits of a second at least, one of them cut short
        titles = await _titles(journal)
        assert titles == [f"Ship {number} arrives" for number in range(len(titles))]


async def test_a_restart_after_the_clock_was_set_back_does_not_wait(tmp_path: Path) -> None:
    """A source whose cursor was saved at a time that is still to come is asked when it would have been."""
    watched, path = Watched(off=HOUR), tmp_path / "journal.db"
    async with _served(watched) as url:
        async with _polling(watched, url, path) as journal:
            await watched.polled(1)
            saved = await anext(aiter(journal.follow(CURSORS)))
            assert isinstance(cursor := decode(saved.value), Cursor)
            assert cursor.saved_at > datetime.now(UTC) + HOUR / 2
        watched.off = timedelta(0)
        async with _polling(watched, url, path) as journal:
            await watched.polled(2)
            titles = await _titles(journal)
    assert titles == [f"Ship {number} arrives" for number in range(len(titles))]
