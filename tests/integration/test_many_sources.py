"""One poller over many sources on real servers: large sites, accidents, and a network that goes away."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web as server
from aiohttp.abc import AbstractResolver, ResolveResult
from structlog.testing import capture_logs

from connectors.asking import network
from connectors.poller import poll_forever
from streams import dial
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.settings import FetchSettings
from streams.sources import SourceSettings
from streams.topics import CURSORS, STATES
from tests.desk import feed, house
from tests.feedmaker import entry
from tests.unruly import Unruly

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["house"]
LOOPBACK = "127.0.0.1"


class Names(AbstractResolver):
    """Leads every name to this machine as long as it is `there`; counts the look-ups that failed."""

    def __init__(self) -> None:
        self.there = True
        self.failed = 0

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        """Return loopback, or fail as a resolver that reaches no server does."""
        del family
        if not self.there:
            self.failed += 1
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [ResolveResult(hostname=host, host=LOOPBACK, port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Hold nothing."""


@pytest.fixture
def public_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let loopback stand for the public network here: gates, gaps and blame are then those of strangers' hosts."""
    real = dial.is_dialable
    monkeypatch.setattr(dial, "is_dialable", lambda text, **options: text == LOOPBACK or real(text, **options))
    return


@pytest_asyncio.fixture(loop_scope="module")
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    """Give a journal of this test's own."""
    opened = SqliteJournal(f"sqlite:///{tmp_path}/journal.db")
    yield opened
    await opened.close()


@asynccontextmanager
async def polling(journal: SqliteJournal, sources: list[SourceSettings], names: Names) -> AsyncIterator[Counters]:
    """Poll beside the test."""
    counters = Counters()
    task = asyncio.create_task(
        poll_forever(sources, journal, FetchSettings(at_once=8), counters=counters, resolver=names)
    )
    try:
        yield counters
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(condition, seconds: float = 25.0) -> None:
    """Return when it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def own(house: Unruly, name: str, **more: object) -> SourceSettings:
    """Return a source of our own house."""
    made = {"id": name, "url": house.url(f"/{name}"), "allow_private": True, "full_text": False, **more}
    return SourceSettings(**made)  # type: ignore[arg-type]


async def test_large_site(house: Unruly, journal: SqliteJournal) -> None:
    """Hundreds of feeds at one slow site hold up none of the others."""

    async def slow(_request: server.Request) -> server.Response:
        await asyncio.sleep(0.5)
        return feed(entry(1))

    house.says = {f"/large{n}": slow for n in range(300)} | {f"/small{n}": feed(entry(1)) for n in range(20)}
    port = house.base.rpartition(":")[2]
    large = [own(house, f"large{n}") for n in range(300)]
    small = [own(house, f"small{n}", url=f"http://site{n}.example:{port}/small{n}") for n in range(20)]
    async with polling(journal, large + small, Names()):
        await until(lambda: sum(path.startswith("/small") for path in house.paths()) == 20)
        assert sum(path.startswith("/large") for path in house.paths()) < 100


@pytest.mark.usefixtures("public_loopback")
async def test_network_goes_and_comes(house: Unruly, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    """When names are not found any more polling stops after a few hosts and says so; it goes on by itself."""
    monkeypatch.setattr(network, "FIRST_PROBE", 0.5)
    house.says = {f"/f{n}": feed(entry(1), ETag='"1"') for n in range(30)}
    port = house.base.rpartition(":")[2]
    monkeypatch.setattr("connectors.poller.spread", lambda *_: network.timedelta(0))
    sources = [
        SourceSettings(id=f"f{n}", url=f"http://host{n}.example:{port}/f{n}", full_text=False, feed_robots="ignore")
        for n in range(30)
    ]
    names = Names()
    names.there = False
    with capture_logs() as said:
        async with polling(journal, sources, names):
            await until(lambda: any(line["event"] == "network.away" for line in said))
            failed = names.failed
            await asyncio.sleep(0.4)
            assert house.asked == []
            names.there = True
            await until(lambda: any(line["event"] == "network.back" for line in said))
            await until(lambda: len(house.asked) >= 30 - failed - 1)
    for cursor in (await journal.cursors()).values():
        assert cursor.health
        assert cursor.health.outcome in {"ok", "unavailable"}
        assert cursor.health.failures <= 0.25


async def test_state_is_saved_where_it_changed(house: Unruly, journal: SqliteJournal) -> None:
    """Polls that bring nothing new move the cursor; what is remembered is written with the news and the first 304."""

    async def answer(request: server.Request) -> server.Response:
        if request.headers.get("If-None-Match"):
            return server.Response(status=304)
        return feed(entry(1), ETag='"1"')

    house.says = {"/f": answer}
    async with polling(journal, [own(house, "f", min_interval_seconds=1)], Names()) as counters:
        await until(lambda: sum(n for one, n in counters.endings.items() if one.outcome == "unchanged") >= 3)
    assert await journal.end(STATES) == 2
    assert await journal.end(CURSORS) >= 4
    assert (await journal.cursors())["f"].own
    assert (await journal.cursors(whole=False))["f"].own is None
