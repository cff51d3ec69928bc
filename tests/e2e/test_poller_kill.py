"""Pollers as processes of their own, killed and paused at random moments: every entry ends in the journal, once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web as server

from streams.codec import decode
from streams.items import RawItem
from streams.services import opened
from streams.topics import DEAD_LETTERS, RAW_ITEMS
from tests.feedmaker import entry, rss
from tests.loopback import on_loopback

HEAVY = os.environ.get("TORTURE") == "1"
FEEDS, KILLS = (200, 40) if HEAVY else (40, 5)
PATIENCE_SECONDS = 120
SESSION_SECONDS = 6  # as the address says

pytestmark = pytest.mark.asyncio


@dataclass(slots=True)
class Press:
    """Feeds that have a new entry twice a second as long as `runs`; `asked` tells who asked for which, and when."""

    base: str = ""
    began: float = 0.0
    ended: float | None = None
    asked: list[tuple[float, str, str]] = field(default_factory=list)

    def begin(self) -> None:
        """Let news begin."""
        self.began = time.monotonic()

    def end(self) -> None:
        """Let there be no more news."""
        self.ended = time.monotonic()

    def count(self) -> int:
        """Return how many entries each feed has had."""
        return 1 + int(2 * ((self.ended or time.monotonic()) - self.began))

    async def answer(self, request: server.Request) -> server.Response:
        """Answer as a feed that knows its validators does."""
        name, count = request.path.strip("/"), self.count()
        self.asked.append((time.monotonic(), request.headers["User-Agent"].partition("/")[0], name))
        if request.headers.get("If-None-Match") == f'"{count}"':
            return server.Response(status=304)
        body = rss(*(entry(n, guid=f"{name}-{n}") for n in range(count)))
        return server.Response(body=body.encode(), headers={"Content-Type": "text/xml", "ETag": f'"{count}"'})

    def last_readers(self) -> dict[str, str]:
        """Return who asked last for each feed."""
        return {name: who for _, who, name in self.asked}

    def readers_of(self, name: str) -> list[str]:
        """Return who asked for a feed, in order, each as often as he took it over."""
        agents = [agent for _, agent, asked in self.asked if asked == name]
        return [agent for at, agent in enumerate(agents) if at == 0 or agents[at - 1] != agent]


@asynccontextmanager
async def press() -> AsyncIterator[Press]:
    """Run the feeds on a free port of 127.0.0.1."""
    feeds = Press()
    app = server.Application()
    app.router.add_get("/{name}", feeds.answer)
    async with on_loopback(app) as feeds.base:
        feeds.begin()
        yield feeds


@dataclass(slots=True)
class Pollers:
    """The polling processes by slot."""

    url: str
    base: str
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, slot: str) -> None:
        """Start the process of a slot in a session of its own."""
        runner = Path(__file__).parent / "poller_runner.py"
        command = [sys.executable, str(runner), self.url, slot, self.base, str(FEEDS)]
        with (self.folder / f"slot-{slot}.log").open("ab") as log:
            self.running[slot] = subprocess.Popen(command, start_new_session=True, stdout=log, stderr=log)

    def kill(self, slot: str) -> None:
        """End a slot's process and the one that reads for it, without a word of warning."""
        process = self.running.pop(slot)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def said(self, slot: str) -> str:
        """Return what the slot's processes wrote."""
        return (self.folder / f"slot-{slot}.log").read_text(errors="replace")


@contextmanager
def pollers(url: str, base: str, folder: Path) -> Iterator[Pollers]:
    """Give the processes of a test, and end those that are left."""
    several = Pollers(url, base, folder)
    try:
        yield several
    finally:
        for slot in list(several.running):
            several.kill(slot)


async def items(url: str) -> list[RawItem]:
    """Return what the journal holds."""
    async with opened(url) as journal:
        assert [one async for one in journal.read(DEAD_LETTERS)] == []
        return [decode(stored.value) async for stored in journal.read(RAW_ITEMS)]  # type: ignore[misc]


async def until_all_is_read(feeds: Press, several: Pollers) -> list[RawItem]:
    """Let there be no more news, wait until everything is in the journal, and return it."""
    feeds.end()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(found := await items(several.url)) < FEEDS * feeds.count():
        assert time.monotonic() < deadline, f"{len(found)} of {FEEDS * feeds.count()}; {several.said('1')[-3000:]}"
        await asyncio.sleep(0.5)
    await asyncio.sleep(2.5)  # another round, in which nothing may come twice
    return await items(several.url)


async def grown(several: Pollers, before: int) -> None:
    """Return when the journal holds more than it did before."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(await items(several.url)) <= before:
        assert time.monotonic() < deadline, several.said("1")[-3000:]
        await asyncio.sleep(0.05)


def assert_exact(feeds: Press, found: list[RawItem]) -> None:
    """Every entry of every feed is there once."""
    times = Counter(item.id for item in found)
    assert {name: n for name, n in times.items() if n > 1} == {}
    assert Counter(item.source for item in found) == {f"f{n}": feeds.count() for n in range(FEEDS)}


async def asks(feeds: Press, agent: str, since: float) -> float:
    """Return when the poller of this name asks for something again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        for at, who, _ in reversed(feeds.asked):
            if at >= since and who == agent:
                return at
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_killed_alone(tmp_path: Path) -> None:
    """A poller killed again and again at random moments loses no entry and saves none twice."""
    chance = random.Random(3)
    url = f"sqlite:///{tmp_path}/journal.db"
    async with press() as feeds:
        with pollers(url, feeds.base, tmp_path) as several:
            for kill in range(KILLS):
                before, start = len(await items(url)), time.monotonic()
                several.start("1")
                await asks(feeds, "slot-1", start)
                if kill % 2:  # in the midst of saving
                    await grown(several, before)
                await asyncio.sleep(chance.uniform(0, 1))
                several.kill("1")
            several.start("1")
            assert_exact(feeds, await until_all_is_read(feeds, several))


async def test_killed_among_two(url: str, tmp_path: Path) -> None:
    """Two pollers share the feeds; those of one that is killed are the other's within the session, whole and once."""
    async with press() as feeds:
        with pollers(url, feeds.base, tmp_path) as several:
            several.start("1")
            several.start("2")
            for slot in ("slot-1", "slot-2"):
                await asks(feeds, slot, 0)
            while len(theirs := {name for name, who in feeds.last_readers().items() if who == "slot-2"}) < FEEDS / 8:
                await asyncio.sleep(0.5)
            several.kill("2")
            killed = time.monotonic()
            while not theirs <= {name for at, who, name in feeds.asked if who == "slot-1" and at > killed}:
                assert time.monotonic() < killed + PATIENCE_SECONDS / 2, several.said("1")[-3000:]
                await asyncio.sleep(0.05)
            print(f"{len(theirs)} feeds handed over in {time.monotonic() - killed:.1f} s, session {SESSION_SECONDS} s")
            several.start("2")
            await asks(feeds, "slot-2", killed)
            assert_exact(feeds, await until_all_is_read(feeds, several))
            # each change of hands has a reason: two processes came, one went, one came
            assert all(len(feeds.readers_of(f"f{n}")) <= 4 for n in range(FEEDS))


async def test_paused_among_two(url: str, tmp_path: Path) -> None:
    """A poller paused beyond its session can save nothing when it wakes: the other has its feeds by then."""
    async with press() as feeds:
        with pollers(url, feeds.base, tmp_path) as several:
            several.start("1")
            several.start("2")
            for slot in ("slot-1", "slot-2"):
                await asks(feeds, slot, 0)
            await asyncio.sleep(3)
            os.killpg(several.running["2"].pid, signal.SIGSTOP)
            paused, everything = time.monotonic(), {f"f{n}" for n in range(FEEDS)}
            while {name for at, who, name in feeds.asked if who == "slot-1" and at > paused} < everything:
                assert time.monotonic() < paused + PATIENCE_SECONDS / 2, several.said("1")[-3000:]
                await asyncio.sleep(0.05)
            os.killpg(several.running["2"].pid, signal.SIGCONT)
            await asyncio.sleep(2)
            assert_exact(feeds, await until_all_is_read(feeds, several))
