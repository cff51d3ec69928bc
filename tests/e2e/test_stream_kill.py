"""A process that listens to a stream is killed again and again: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.items import Op, RawItem
from streams.sources import SourceSettings
from streams.topics import RAW_ITEMS
from tests.instance import TOKEN, instance, status
from tests.skyhouse import SECOND, record, skyhouse

pytestmark = pytest.mark.asyncio
ROOT = Path(__file__).parents[2]
KILLS = 4
QUIET_SECONDS = 2

Whole = Callable[[list[RawItem]], bool]


@asynccontextmanager
async def process(journal: str, source: SourceSettings) -> AsyncIterator[None]:
    """Listen in a process of its own, and kill it with -9."""
    command = [sys.executable, "-m", "tests.ear_process", journal, source.model_dump_json()]
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        running.kill()
        await running.wait()


async def items(journal: SqliteJournal, count: int = 0) -> list[RawItem]:
    """Return the items, once there are so many."""
    async with asyncio.timeout(60):
        while True:
            found = [decode(stored.value) async for stored in journal.read(RAW_ITEMS)]
            if len(found) >= count:
                return found  # type: ignore[return-value]
            await asyncio.sleep(0.05)


async def settled(journal: SqliteJournal, is_whole: Whole) -> list[RawItem]:
    """Return the items, once all have come and no more come for a while."""
    async with asyncio.timeout(60):
        while not is_whole(found := await items(journal)):
            await asyncio.sleep(0.05)
    while True:
        await asyncio.sleep(QUIET_SECONDS)
        if len(more := await items(journal)) == len(found):
            return found
        found = more


async def killed(
    folder: Path,
    source: SourceSettings,
    tell: Callable[[int], None],
    heard: Callable[[], object],
    expected: Callable[[int], Whole],
) -> tuple[int, list[RawItem]]:
    """Tell post after post while the process is killed again and again; return how many were told, and the items."""
    url = f"sqlite:///{folder}/journal.db"
    journal = SqliteJournal(url)
    enough = asyncio.Event()

    async def telling() -> int:
        number = 0
        while not enough.is_set():
            tell(number := number + 1)
            await asyncio.sleep(0.1)
        return number

    async with process(url, source):
        await heard()  # type: ignore[misc]
        told = asyncio.create_task(telling())
        await items(journal, 5)
    for _ in range(KILLS - 1):
        async with process(url, source):
            before = len(await items(journal))
            await items(journal, before + 5)
    async with process(url, source):
        before = len(await items(journal))
        await items(journal, before + 5)  # it listens
        enough.set()
        found = await settled(journal, expected(await told))
    await journal.close()
    return told.result(), found


def check(found: list[RawItem]) -> set[str]:
    """Return whose posts were put and not deleted; each was put once and deleted once at most."""
    puts = [item.id for item in found if item.op is Op.PUT]
    gone = [item.id for item in found if item.op is Op.DELETE]
    assert len(puts) == len(set(puts))
    assert len(gone) == len(set(gone))
    return {id_.rpartition(":")[2].rpartition("/")[2] for id_ in set(puts) - set(gone)}


async def test_mastodon(tmp_path: Path) -> None:
    """Mastodon: the cursor and the timeline give what came while nobody listened."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    async with instance() as town:
        url = f"{town.base}/public"
        source = SourceSettings(id="town", kind="mastodon", url=url, token_file=token, allow_private=True)

        def tell(number: int) -> None:
            town.put(status(number, f"Post {number}"))
            if number % 10 == 0:
                town.delete(status(number, ""))

        def expected(_: int) -> Whole:
            return lambda found: check(found) == set(town.statuses)

        _, found = await killed(tmp_path, source, tell, town.level, expected)
        assert check(found) == set(town.statuses)


async def test_bluesky(tmp_path: Path) -> None:
    """Bluesky: the cursor gives what came while nobody listened."""
    async with skyhouse() as sky:
        source = SourceSettings(id="sky", kind="bluesky", url=sky.base + SECOND, allow_private=True)

        def tell(number: int) -> None:
            sky.commit("create", f"3k{number}", record(f"Post {number}"))
            if number % 10 == 0:
                sky.commit("delete", f"3k{number}")

        def expected(told: int) -> Whole:
            return lambda found: len(found) >= told + told // 10

        told, found = await killed(tmp_path, source, tell, sky.heard, expected)
    assert check(found) == {f"3k{number}" for number in range(1, told + 1) if number % 10}
    assert len(found) == told + told // 10
