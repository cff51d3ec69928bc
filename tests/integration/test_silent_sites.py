"""How long a site's robots.txt has not answered is remembered with the source: a restart begins nothing anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace as altered

from connectors.asking.redirects import Hop
from connectors.asking.robots import MOST_SILENT, RobotsCache
from connectors.asking.status import no_answer, refusal
from connectors.polling.progress import begun, cursor_of, loaded
from tests.desk import reading
from tests.feedmaker import NOW, SOURCE, URL, answer, entry, rss
from tests.tabled import PAGE, ROBOTS, Desk, desk

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "reading"]
ELSEWHERE = "http://www.news.example/robots.txt"
SILENT = no_answer(ROBOTS, "no")


@pytest.fixture
def silent(desk: Desk) -> Desk:
    """Let the site of a feed not answer for its robots.txt."""
    desk.net.says = {URL: answer(rss(entry(1))), ROBOTS: SILENT, "http://news.example/1": PAGE}
    return desk


async def test_silence_outlives_a_restart(silent: Desk) -> None:
    """After thirty days of silence a page is fetched, however often the process was started anew meanwhile."""
    await silent.turn()
    assert "does not answer" in await silent.turn()
    for days in (15, 29, 31):
        silent.now = NOW + timedelta(days=days)
        await silent.restart()
        await silent.turn()
        said = await silent.turn()
        assert ("does not answer" in said, "http://news.example/1" in silent.net.asked) == (days < 30, days > 30)
    assert (await silent.revisions())[-1] == 2


async def test_a_site_that_answers_again(silent: Desk) -> None:
    """A site that answered is not remembered as silent, and its rules count at once."""
    await silent.turn()
    await silent.turn()
    assert list(silent.known[SOURCE.id].silent) == [ROBOTS]
    silent.now += timedelta(hours=2)
    silent.net.says[ROBOTS] = answer("User-agent: *\nDisallow: /1\n")
    await silent.turn()
    assert "forbids it" in await silent.turn()
    assert silent.known[SOURCE.id].silent == {}
    await silent.restart()
    assert silent.known[SOURCE.id].silent == {}


async def test_a_site_that_a_redirect_led_to(silent: Desk) -> None:
    """The silence of a site that a page was redirected to is remembered too."""
    silent.net.says |= {
        ROBOTS: answer(""),
        ELSEWHERE: SILENT,
        "http://news.example/1": Hop(status=302, location="http://www.news.example/1"),
    }
    await silent.turn()
    await silent.turn()
    assert list(silent.known[SOURCE.id].silent) == [ELSEWHERE]


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
