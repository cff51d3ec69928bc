"""Reading in a worker process: behind a wall, and the next document is read all the same."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from connectors.connector import Reading
from connectors.feeds import read
from connectors.reading.readers import Readers, readers
from streams.errors import SourceUnreadable
from tests.feedmaker import NOW, SOURCE, URL, answer, entry, poll, rss

pytestmark = pytest.mark.asyncio(loop_scope="module")


def sleep(_seconds: str) -> Reading:
    """Read for ever."""
    time.sleep(600)
    raise AssertionError


def grow(_none: str) -> Reading:
    """Read into more memory than there is."""
    return Reading(state=bytes(4 << 30))


def die(_none: str) -> Reading:
    """Die while reading."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def pause(seconds: float) -> int:
    """Take so long, and say which process it was."""
    time.sleep(seconds)
    return os.getpid()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def pool() -> AsyncIterator[Readers]:
    """Share one pool, so that each test also shows that the accident before it did no harm."""
    async with readers(wall=5.0) as running:
        yield running


@pytest.mark.parametrize(
    ("accident", "why"),
    [(sleep, "within 5 s"), (grow, "MiB of memory"), (die, "ended the process that read it")],
)
async def test_accident(pool: Readers, accident: object, why: str) -> None:
    """A document that hangs, grows or kills its reader is unreadable, and the next one is read."""
    with pytest.raises(SourceUnreadable, match=why) as caught:
        await pool.read(accident, URL, "")  # type: ignore[arg-type]
    assert URL in str(caught.value)
    reading = await pool.read(read, URL, SOURCE, b"", poll(), answer(rss(entry(1))), NOW)
    assert len(reading.items) == 1


async def test_given_up(pool: Readers) -> None:
    """Who no longer waits for his documents leaves the process to the next, and most of them are not read at all."""
    process = await pool.read(pause, URL, 0.0)
    several = [asyncio.create_task(pool.read(pause, URL, 0.4)) for _ in range(20)]
    await asyncio.sleep(0.2)
    began = time.monotonic()
    for task in several:
        task.cancel()
    await asyncio.wait(several)
    assert await pool.read(pause, URL, 0.0) == process
    assert time.monotonic() - began < 3


async def test_hostile_author(pool: Readers) -> None:
    """An author field that would keep the parser busy for minutes is cut before it looks at it."""
    body = rss(entry(1, author="a" * 400_000 + "@"))
    reading = await pool.read(read, URL, SOURCE, b"", poll(), answer(body), NOW)
    assert len(reading.items[0].author or "") == 300


async def test_our_error_crosses(pool: Readers) -> None:
    """What is wrong with a document comes back from the worker in our own words."""
    with pytest.raises(SourceUnreadable, match="it is an HTML page"):
        await pool.read(read, URL, SOURCE, b"", poll(), answer("<html></html>"), NOW)
