"""How processes share the sources on a real Kafka."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from streams.errors import JournalUnusable, SlotTaken
from streams.items import Cursor, ItemKind, RawItem
from streams.kafka.cluster import cluster_at
from streams.kafka.journal import KafkaJournal
from streams.kafka.sharing import _Lane, shared
from streams.pulse import Pulse
from streams.sharing import Share
from streams.topics import RAW_ITEMS, STATES
from tests.feedmaker import NOW

pytestmark = pytest.mark.asyncio
ROOT = Path(__file__).parents[2]
SESSION_SECONDS = 6  # as the address says
WORDS = [f"site{n}.example" for n in range(40)]


def cursor(source: str, own: bytes = b"{}") -> Cursor:
    return Cursor(source=source, state=b"{}", own=own, saved_at=NOW)


def item(source: str, number: int) -> RawItem:
    address = f"https://paper.example/{number}"
    return RawItem(
        id=f"{source}:{number}",
        source=source,
        kind=ItemKind.ENTRY,
        url=address,
        canonical_url=address,
        fetched_at=NOW,
    )


class Worker:
    """Somebody who takes his share and waits; `mine` are the words that are his now."""

    def __init__(self, url: str, slot: str) -> None:
        self.mine: set[str] = set()
        self.task = asyncio.create_task(shared(url, slot, Pulse())(self.work))

    async def work(self, share: Share) -> None:
        """Hold the share until it is taken away."""
        self.mine = {word for word in WORDS if share.journal_for(word) is not None}
        try:
            await asyncio.Event().wait()
        finally:
            self.mine = set()

    async def leave(self) -> None:
        """Go."""
        self.task.cancel()
        await asyncio.wait({self.task})


async def until(condition: Callable[[], bool]) -> None:
    """Return when it holds."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.05)


async def test_two_slots(url: str) -> None:
    """Two processes have disjoint shares that are everything together; one that comes alone has everything."""
    one = Worker(url, "1")
    await until(lambda: one.mine == set(WORDS))
    two = Worker(url, "2")
    await until(lambda: bool(two.mine) and one.mine | two.mine == set(WORDS))
    assert not one.mine & two.mine
    assert min(len(one.mine), len(two.mine)) > 5
    await two.leave()
    await one.leave()


async def test_handed_over(url: str) -> None:
    """What a process had that was killed is another's within two seconds of the session's end."""
    one = Worker(url, "1")
    await until(lambda: one.mine == set(WORDS))
    command = [sys.executable, "-m", "tests.share_process", url, "2"]
    two = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert two.stdout
        async with asyncio.timeout(60):
            await two.stdout.readline()
        await until(lambda: 0 < len(one.mine) < len(WORDS))
    finally:
        two.kill()
    killed = time.monotonic()
    await until(lambda: one.mine == set(WORDS))
    took = time.monotonic() - killed
    await two.wait()
    await one.leave()
    print(f"handed over after {took:.1f} s, the session is {SESSION_SECONDS} s")
    assert took < SESSION_SECONDS + 2


async def test_slot_is_taken(url: str) -> None:
    """A second process under a slot is told who holds it, and the first goes on."""
    one = Worker(url, "1")
    await until(lambda: bool(one.mine))
    with pytest.raises(SlotTaken, match="connect-1 is held by process"):
        await asyncio.wait_for(Worker(url, "1").task, 30)
    assert one.mine == set(WORDS)
    await one.leave()


async def test_who_comes_later_fences(url: str) -> None:
    """Once a partition is another's, nothing of it can be saved any more; what was saved before is whole."""
    journal = await KafkaJournal.open(url)
    lanes = [_Lane(cluster_at(url), 0) for _ in range(2)]
    await lanes[0].begin()
    await lanes[0].save([item("paper", 1)], cursor("paper", b"1"))
    await lanes[0].save([], cursor("paper", b"1"))
    await lanes[1].begin()
    with pytest.raises(JournalUnusable, match="another process may read them by now"):
        await lanes[0].save([item("paper", 2)], cursor("paper", b"2"))
    await lanes[1].save([item("paper", 3)], cursor("paper", b"3"))
    assert [one.key async for one in journal.read(RAW_ITEMS)] == ["paper:1", "paper:3"]
    assert (await journal.cursors())["paper"].own == b"3"
    assert len([one async for one in journal.read(STATES)]) == 2
    for lane in lanes:
        with suppress(TimeoutError):
            await asyncio.wait_for(lane.close(), 10)
    await journal.close()
