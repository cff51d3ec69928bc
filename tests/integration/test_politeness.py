"""What we leave alone: pages that robots.txt forbids and hosts that are busy. Journal and reading process are real."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.asking.redirects import Hop
from connectors.asking.robots import rules_from
from connectors.asking.status import barred, no_answer, refusal
from streams.sources import SourceSettings
from tests.desk import reading
from tests.feedmaker import NOW, SOURCE, URL, answer
from tests.tabled import PAGE, ROBOTS, Desk, desk

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "reading"]


async def test_forbidden_page(desk: Desk) -> None:
    """A forbidden page is never fetched; its entry stays with the feed's own text, and people are told."""
    desk.net.says |= {ROBOTS: answer("User-agent: *\nDisallow: /1\n"), "http://news.example/2": PAGE}
    await desk.turn()
    assert "robots.txt forbids it" in await desk.turn()
    await desk.turn()
    assert desk.net.asked == [ROBOTS, URL, "http://news.example/2"]
    assert await desk.revisions() == [1, 1, 2]


async def test_feeds_are_for_programs(desk: Desk) -> None:
    """A feed the operator named is polled even where robots.txt forbids everything."""
    desk.net.says[ROBOTS] = answer("User-agent: *\nDisallow: /\n")
    await desk.turn()
    assert desk.net.asked == [ROBOTS, URL]


async def test_feeds_keep_the_crawl_delay(desk: Desk) -> None:
    """A feed's polls keep the site's crawl-delay, and robots.txt is not asked before each of them."""
    desk.net.says[ROBOTS] = answer("User-agent: *\nCrawl-delay: 9\n")
    bare = SourceSettings(id="bare", url=URL, full_text=False, min_interval_seconds=1, min_unconditional_seconds=1)
    other = SourceSettings(id="other", url=f"{URL}?2", full_text=False)
    desk.net.says[other.url] = desk.net.says[URL]
    await desk.turn(bare)
    before = desk.now
    await desk.turn(other)
    assert desk.now - before >= timedelta(seconds=9)
    assert desk.net.asked == [ROBOTS, URL, other.url]


async def test_feed_that_obeys(desk: Desk) -> None:
    """Where its source says so, a feed obeys robots.txt like a page: forbidden, or left alone while it is unknown."""
    source = SourceSettings(id="obeys", url=URL, feed_robots="obey")
    desk.net.says[ROBOTS] = answer("User-agent: *\nDisallow: /feed\n")
    assert "robots.txt forbids it" in await desk.turn(source)
    health = desk.known["obeys"].health
    assert health
    assert health.notes == ("robots",)
    assert desk.net.asked == [ROBOTS]


async def test_feed_left_alone(desk: Desk) -> None:
    """A feed that obeys is left alone while robots.txt does not answer; one that keeps the crawl-delay is not."""
    desk.net.says[ROBOTS] = refusal(ROBOTS, 500, {}, NOW)
    assert "left alone" in await desk.turn(SourceSettings(id="obeys", url=URL, feed_robots="obey"))
    await desk.turn()
    assert desk.net.asked == [ROBOTS, URL]


async def test_feed_without_robots(desk: Desk) -> None:
    """Where its source says so, robots.txt is not asked for a feed at all."""
    await desk.turn(SourceSettings(id="free", url=URL, feed_robots="ignore"))
    assert desk.net.asked == [URL]


async def test_redirect_asks_the_other_site(desk: Desk) -> None:
    """A page that redirects to another site is asked for there too: what its robots.txt forbids is not read."""
    desk.net.says |= {
        ROBOTS: answer(""),
        "http://news.example/1": Hop(status=302, location="http://other.example/1"),
        "http://other.example/robots.txt": answer("User-agent: *\nDisallow: /\n"),
        "http://other.example/1": PAGE,
    }
    await desk.turn()
    assert "http://other.example/1: the site's robots.txt forbids it" in await desk.turn()
    assert "http://other.example/1" not in desk.net.asked


async def test_redirect_waits_at_the_other_gate(desk: Desk) -> None:
    """A redirect waits its turn at the host it leads to, and a refusal there shuts that host alone."""
    there = "http://other.example/feed.xml"
    moved = SourceSettings(id="moved", url=URL, feed_robots="ignore")
    desk.net.says |= {
        URL: Hop(status=301, location=there),
        there: refusal(there, 429, {"retry-after": "900"}, NOW),
    }
    await desk.turn(moved)
    assert desk.poller.gates.wait_for("other.example") == pytest.approx(900)
    assert desk.poller.gates.wait_for("news.example") == 0


async def test_private_house_shuts_no_host(desk: Desk) -> None:
    """A source of our own house that is busy waits by itself: the bridges beside it are asked on."""
    own, beside = (SourceSettings(id=name, url=f"{URL}?{name}", allow_private=True) for name in ("own", "beside"))
    desk.net.says[own.url] = refusal(own.url, 429, {"retry-after": "900"}, NOW)
    await desk.turn(own)
    assert desk.next(own)[1] - desk.now >= timedelta(seconds=900)
    assert desk.next(beside)[1] == desk.now


async def test_standing_page_asks(desk: Desk) -> None:
    """A page polled on its own is asked for like any page."""
    page = SourceSettings(id="page", kind="page", url="http://news.example/1")
    desk.net.says |= {ROBOTS: answer("User-agent: *\nDisallow: /1\n"), page.url: PAGE}
    assert "robots.txt forbids it" in await desk.turn(page)
    assert page.url not in desk.net.asked


async def test_no_robots(desk: Desk) -> None:
    """Where there is no robots.txt everything is allowed, and it is asked for once."""
    desk.net.says |= {"http://news.example/1": PAGE, "http://news.example/2": PAGE}
    for _ in range(3):
        await desk.turn()
    assert desk.net.asked == [ROBOTS, URL, "http://news.example/1", "http://news.example/2"]
    assert await desk.revisions() == [1, 1, 2, 2]


async def test_unreachable_robots(desk: Desk) -> None:
    """Where robots.txt does not answer, pages wait and are not lost."""
    desk.net.says |= {ROBOTS: refusal(ROBOTS, 500, {}, NOW), "http://news.example/1": PAGE}
    await desk.turn()
    assert "left alone" in await desk.turn()
    assert "http://news.example/1" not in desk.net.asked
    pages = [request for request, _ in [desk.next(SOURCE)]]
    assert pages[0].url == "http://news.example/2"


async def test_crawl_delay(desk: Desk) -> None:
    """Two pages of a host are at least its crawl-delay apart."""
    desk.net.says |= {
        ROBOTS: answer("User-agent: changehands\nCrawl-delay: 7\n"),
        "http://news.example/1": PAGE,
        "http://news.example/2": PAGE,
    }
    await desk.turn()
    await desk.turn()
    before = desk.now
    await desk.turn()
    assert desk.now - before >= timedelta(seconds=7)


async def test_busy_host(desk: Desk) -> None:
    """A busy host shuts for all its sources and for as long as it asks, and for no other host's."""
    same = SourceSettings(id="same", url="http://news.example/other.xml")
    other = SourceSettings(id="other", url="http://else.example/feed.xml")
    desk.net.says[URL] = refusal(URL, 429, {"retry-after": "900"}, NOW)
    await desk.turn()
    assert desk.next(same)[1] - desk.now == timedelta(seconds=900)
    assert desk.next(other)[1] == desk.now


async def test_network_away(desk: Desk) -> None:
    """Where no host is known by name it is our network: sources are asked again within a minute, and not blamed."""
    for url in (URL, ROBOTS):
        desk.net.says[url] = no_answer(url, "the host's name is not known", ours=True)
    await desk.turn()
    assert desk.next(SOURCE)[1] - desk.now == timedelta(seconds=60)


async def test_host_away(desk: Desk) -> None:
    """Where other hosts answer, a host whose name is not known is to blame itself."""
    other = SourceSettings(id="other", url="http://else.example/feed.xml")
    desk.net.says[URL] = no_answer(URL, "the host's name is not known", ours=True)
    await desk.turn(other)
    await desk.turn()
    assert desk.next(SOURCE)[1] - desk.now == timedelta(minutes=15)


async def test_too_many_redirects_to_rules() -> None:
    """A robots.txt behind a circle of redirects is none; one behind a forbidden address allows nothing."""
    assert rules_from(barred(ROBOTS, "circle", about="redirects"), NOW).text == b""
    assert rules_from(barred(ROBOTS, "private"), NOW).text is None


async def test_rules_elsewhere(desk: Desk) -> None:
    """Rules are followed to another host."""
    desk.net.says |= {
        ROBOTS: Hop(status=301, location="http://www.news.example/robots.txt"),
        "http://www.news.example/robots.txt": answer("User-agent: *\nDisallow: /1\n"),
    }
    await desk.turn()
    assert "robots.txt forbids it" in await desk.turn()


async def test_slow_site(desk: Desk) -> None:
    """A site that wants more than half a minute between two pages has none fetched, and people are told why."""
    desk.net.says[ROBOTS] = answer("User-agent: *\nCrawl-delay: 120\n")
    await desk.turn()
    assert "more than 30 s between two pages" in await desk.turn()
    assert "http://news.example/1" not in desk.net.asked


async def test_listing_and_sitemap_ask(desk: Desk) -> None:
    """Listing pages and sitemaps are asked for like any page."""
    desk.net.says[ROBOTS] = answer("User-agent: *\nDisallow: /list\n")
    for kind, more in (("listing", {"select": "a"}), ("sitemap", {})):
        source = SourceSettings(id=kind, kind=kind, url=f"http://news.example/list/{kind}", **more)  # type: ignore[arg-type]
        assert "robots.txt forbids it" in await desk.turn(source)
    assert desk.net.asked == [ROBOTS]
