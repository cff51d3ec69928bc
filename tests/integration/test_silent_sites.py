"""How long a site's robots.txt has not answered is remembered with the source: a restart begins nothing anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace as altered

from connectors.asking.gates import Gates
from connectors.asking.redirects import Hop
from connectors.asking.robots import MOST_SILENT, RobotsCache
from connectors.asking.status import no_answer, refusal
from connectors.polling.means import Poller
from connectors.polling.progress import Progress, begun, cursor_of, loaded
from connectors.polling.turn import advance, coming
from connectors.reading.readers import readers
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.topics import RAW_ITEMS
from tests.fakes import TableWeb
from tests.feedmaker import NOW, SOURCE, URL, answer, entry, rss

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROBOTS, ELSEWHERE = "http://news.example/robots.txt", "http://www.news.example/robots.txt"
PAGE = answer("<html><body><p>The whole story.</p></body></html>", "http://news.example/1", content_type="text/html")
SILENT = no_answer(ROBOTS, "no")


@dataclass
class Desk:
    """A poller on a web that is a table, which can be started anew; only waiting moves its clock."""

    net: TableWeb
    poller: Poller
    journal: SqliteJournal
    now: datetime = NOW
    progress: Progress = field(default_factory=lambda: begun(NOW, SOURCE.url))

    async def turn(self) -> str:
        """Do what the source needs next and return what people are told."""
        request, due = coming(self.poller, SOURCE, self.progress)
        self.now = max(self.now, due)
        self.progress = await advance(self.poller, SOURCE, self.progress, request)
        assert self.progress.health
        return self.progress.health.text

    async def restart(self) -> None:
        """Forget all but what the journal holds."""
        self.poller = replace(self.poller, robots=RobotsCache())
        self.progress = loaded((await self.journal.cursors())[SOURCE.id])
        self.poller.robots.recall(self.progress.silent)


@pytest_asyncio.fixture(loop_scope="module")
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Set up a poller of a feed whose site does not answer for its robots.txt."""
    journal = SqliteJournal(f"sqlite:///{tmp_path}/journal.db")
    made: list[Desk] = []

    def clock() -> float:
        return made[0].now.timestamp()

    async def sleep(seconds: float) -> None:
        made[0].now += timedelta(seconds=seconds)

    net = TableWeb(says={URL: answer(rss(entry(1))), ROBOTS: SILENT, "http://news.example/1": PAGE})
    async with readers() as pool:
        poller = Poller(
            journal=journal,
            web=net,  # type: ignore[arg-type]
            readers=pool,
            gates=Gates(clock=clock, sleep=sleep),
            counters=Counters(),
            now=lambda: made[0].now,
            chance=lambda: 0.0,
        )
        made.append(Desk(net, poller, journal))
        yield made[0]
    await journal.close()


async def test_silence_outlives_a_restart(desk: Desk) -> None:
    """After thirty days of silence a page is fetched, however often the process was started anew meanwhile."""
    await desk.turn()
    assert "does not answer" in await desk.turn()
    for days in (15, 29, 31):
        desk.now = NOW + timedelta(days=days)
        await desk.restart()
        await desk.turn()
        said = await desk.turn()
        assert ("does not answer" in said, "http://news.example/1" in desk.net.asked) == (days < 30, days > 30)
    items = [decode(stored.value) async for stored in desk.journal.read(RAW_ITEMS)]
    assert items[-1].revision == 2  # type: ignore[union-attr]


async def test_a_site_that_answers_again(desk: Desk) -> None:
    """A site that answered is not remembered as silent, and its rules count at once."""
    await desk.turn()
    await desk.turn()
    assert list(desk.progress.silent) == [ROBOTS]
    desk.now += timedelta(hours=2)
    desk.net.says[ROBOTS] = answer("User-agent: *\nDisallow: /1\n")
    await desk.turn()
    assert "forbids it" in await desk.turn()
    assert desk.progress.silent == {}
    await desk.restart()
    assert desk.progress.silent == {}


async def test_a_site_that_a_redirect_led_to(desk: Desk) -> None:
    """The silence of a site that a page was redirected to is remembered too."""
    desk.net.says |= {
        ROBOTS: answer(""),
        ELSEWHERE: SILENT,
        "http://news.example/1": Hop(status=302, location="http://www.news.example/1"),
    }
    await desk.turn()
    await desk.turn()
    assert list(desk.progress.silent) == [ELSEWHERE]


async def test_the_longest_silences() -> None:
    """Of very many silent sites a source remembers those that have been silent longest."""
    cache = RobotsCache()
    known: dict[str, datetime] = {}
    for number in range(MOST_SILENT + 1):
        site = f"http://{number}.example/robots.txt"
        cache.learn(site, refusal(site, 500, {}, NOW), NOW + timedelta(minutes=number))
        known = cache.silences(known, site)
    assert list(known) == [f"http://{number}.example/robots.txt" for number in range(MOST_SILENT)]


async def test_silence_in_a_cursor() -> None:
    """What a cursor holds of silent sites is read back as it was, and a cursor without any is as long as before."""
    silent = {ROBOTS: NOW}
    progress = begun(NOW, SOURCE.url)
    assert b"silent" not in cursor_of(SOURCE, progress, NOW).state
    kept = cursor_of(SOURCE, altered(progress, silent=silent), NOW)
    assert loaded(kept).silent == silent
