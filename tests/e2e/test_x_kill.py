"""A process that listens to X is killed again and again: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.items import RawItem
from streams.sources import SourceSettings
from streams.topics import RAW_ITEMS
from tests.xhouse import TOKEN, House, house, post

pytestmark = pytest.mark.asyncio
ROOT = Path(__file__).parents[2]
KILLS = 4
QUIET_SECONDS = 2


@asynccontextmanager
async def process(folder: Path, source: SourceSettings) -> AsyncIterator[None]:
    """Listen in a process of its own, and kill it with -9."""
    command = [sys.executable, "-m", "tests.x_process", str(folder), source.model_dump_json()]
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.kill()
        await running.wait()


async def items(journal: SqliteJournal, count: int) -> list[RawItem]:
    """Return the items, once there are so many."""
    async with asyncio.timeout(60):
        while True:
            found = [decode(stored.value) async for stored in journal.read(RAW_ITEMS)]
            if len(found) >= count:
                return found  # type: ignore[return-value]
            await asyncio.sleep(0.05)


async def telling(there: House, began: datetime, enough: asyncio.Event) -> int:
    """Post until it is enough, with an edit of every tenth; return how many posts there are."""
    number = 0
    while not enough.is_set():
        number += 1
        there.put(post(number, "The bridge is open", began=began))
        if number % 10 == 0:
            there.put(post(number, "The bridge is closed", edits=1, began=began))
        await asyncio.sleep(0.1)
    return number


async def test_killed(tmp_path: Path) -> None:
    """The rules, the cursor and the search give what came while nobody listened."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    journal, enough = SqliteJournal(f"sqlite:///{tmp_path}/journal.db"), asyncio.Event()
    async with house() as there:
        source = SourceSettings(
            id="birds", kind="x", url=there.base, token_file=token, words=("bridge",), allow_private=True
        )
        async with process(tmp_path, source):
            await there.listeners.heard()
            told = asyncio.create_task(telling(there, datetime.now(UTC), enough))
            await items(journal, 5)
        for _ in range(KILLS - 1):
            async with process(tmp_path, source):
                before = len(await items(journal, 0))
                await items(journal, before + 5)
        async with process(tmp_path, source):
            before = len(await items(journal, 0))
            await items(journal, before + 5)  # it listens
            enough.set()
            posts = await told
            await items(journal, posts + posts // 10)
            await asyncio.sleep(QUIET_SECONDS)
            found = await items(journal, 0)
    await journal.close()
    versions = [(item.id, item.revision) for item in found]
    assert len(versions) == len(set(versions)) == posts + posts // 10
    assert len({id_ for id_, _ in versions}) == posts
    assert len(there.rules) == 1
