"""A process that hubs push to, killed at random moments: every entry that a hub delivered is in the journal, once."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from connectors.polling.progress import loaded
from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.items import RawItem
from streams.topics import RAW_ITEMS
from tests.feedmaker import entry, rss
from tests.hub import Hub, hub
from tests.unruly import Unruly, unruly

KILLS = 40 if os.environ.get("TORTURE") == "1" else 4
PATIENCE_SECONDS = 90
XML = {"Content-Type": "application/rss+xml"}
pytestmark = pytest.mark.asyncio


@contextmanager
def running(journal: str, feed: str, port: int, said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the process, and kill it without a word at the end."""
    runner = Path(__file__).with_name("push_runner.py")
    with said.open("ab") as log:
        process = subprocess.Popen([sys.executable, str(runner), journal, feed, str(port)], stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


async def until(fact: Callable[[], bool]) -> None:
    """Wait for something that must happen."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not fact():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.05)


async def tells(hubs: Hub, topic: str, numbers: Iterator[int]) -> None:
    """Publish an entry five times a second, without end; the hub retries whatever was not taken."""
    for number in numbers:
        await hubs.publish(topic, rss(entry(number)).encode(), XML["Content-Type"])
        await asyncio.sleep(0.2)


async def test_killed(tmp_path: Path) -> None:
    """What the hub was told was taken survives any kill, and what it was not told so comes again; no poll helps."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    address, said = f"sqlite:///{tmp_path}/journal.db", tmp_path / "said.log"
    async with hub() as hubs, unruly() as house:
        topic = house.url("/feed.xml")
        hubs.tries, hubs.patience = 10_000, 0.5
        _serve(house, hubs, topic)
        published: list[int] = []
        numbers = (published.append(number) or number for number in range(1, 100_000))  # type: ignore[func-returns-value]
        with running(address, topic, port, said):
            await until(lambda: bool(hubs.subscriptions))
            telling = asyncio.create_task(tells(hubs, topic, numbers))
            await asyncio.sleep(1)
        for _ in range(KILLS):
            with running(address, topic, port, said):
                before = len(hubs.answers)
                await until(lambda: len(hubs.answers) > before)  # noqa: B023 - waited for here
                await asyncio.sleep(random.uniform(0.0, 1.5))
        telling.cancel()
        with running(address, topic, port, said):
            await until(lambda: not hubs.tasks)
        assert len(hubs.asked) == 1, "a restart keeps the subscription"
    journal = SqliteJournal(address)
    items = [decode(stored.value) async for stored in journal.read(RAW_ITEMS)]
    progress = loaded((await journal.cursors())["harbour"])
    await journal.close()
    titles = Counter(str(item.title) for item in items if isinstance(item, RawItem))
    assert titles == Counter(f"Ship {number} arrives" for number in [0, *published])
    assert progress.lease
    assert progress.lease.refused == 0


def _serve(house: Unruly, hubs: Hub, topic: str) -> None:
    """Serve a feed that never shows what is pushed, so that only the hub can have brought it."""
    links = f'<{hubs.base}>; rel="hub", <{topic}>; rel="self"'
    house.says["/feed.xml"] = web.Response(body=rss(entry(0)).encode(), headers={**XML, "Link": links})
