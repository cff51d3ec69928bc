"""A publisher, a hub and our poller: what is published is in the journal at once, and nothing unsigned ever."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from streams.codec import decode
from streams.topics import DEAD_LETTERS
from tests.accountmaker import CHANNEL, deleted, video, video_feed
from tests.desk import PAGE, XML, desk, feed, house, net, reading
from tests.feedmaker import entry, rss
from tests.rig import Rig, rig

__all__ = ["desk", "house", "net", "reading", "rig"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_published(rig: Rig, method: str) -> None:
    """What is published is in the journal within a second, though the feed is polled every six hours."""
    rig.hub.method = method
    async with rig.running():
        await rig.subscribed()
        await rig.publishes(2)
        took = await rig.has(2)
        await rig.publishes(3, 2)
        await rig.has(3)
    assert took < 1.0
    assert await rig.titles() == ["Ship 1 arrives", "Ship 2 arrives", "Ship 3 arrives"]
    assert rig.house.paths() == ["/feed.xml"]
    assert rig.hub.answers == [202, 202]
    health = await rig.health()
    assert health.pushed_at
    assert (health.items_total, health.pushes_refused, health.push_text) == (3, 0, "")


async def test_polled_after_pushed(rig: Rig) -> None:
    """An entry that was pushed is no news to the next poll, nor one that was polled to a push."""
    async with rig.running():
        await rig.subscribed()
        await rig.publishes(1)
        await rig.publishes(2)
        await rig.has(2)
    rig.says(2, 1)
    async with rig.running():
        await rig.until(lambda: rig.house.paths() == ["/feed.xml"] * 2)
        await rig.publishes(3, 2, 1)
        await rig.has(3)
    assert [(item.title, item.revision) for item in await rig.items()] == [
        ("Ship 1 arrives", 1),
        ("Ship 2 arrives", 1),
        ("Ship 3 arrives", 1),
    ]


async def test_pushed_pages(rig: Rig) -> None:
    """The page behind a pushed entry is fetched at once, hours before the next poll."""
    rig.source = rig.source.model_copy(update={"full_text": True, "reread_minutes": ()})
    rig.house.says["/1"] = rig.house.says["/2"] = feed(**{"Content-Type": "text/html"})
    rig.says()
    async with rig.running():
        await rig.subscribed()
        pushed = rss(entry(2, link=rig.house.url("/2"))).encode()
        rig.house.says["/2"] = aiohttp.web.Response(text=PAGE, content_type="text/html")
        await rig.hub.publish(rig.topic(), pushed, XML["Content-Type"])
        await rig.has(2)
    assert [item.revision for item in await rig.items()] == [1, 2]
    assert rig.house.paths() == ["/feed.xml", "/2"]


async def test_restart(rig: Rig) -> None:
    """A restart keeps the subscription: no hub is asked, its retries arrive, and what was missed is polled."""
    async with rig.running():
        await rig.subscribed()
    await rig.publishes(2)
    await asyncio.sleep(0.3)
    rig.says(3, 1)
    async with rig.running():
        await rig.has(3)
    assert sorted(await rig.titles()) == ["Ship 1 arrives", "Ship 2 arrives", "Ship 3 arrives"]
    assert len(rig.hub.asked) == 1


async def test_ping(rig: Rig) -> None:
    """An empty body that is signed says that there is news: the feed is polled then, at its floor at the earliest."""
    rig.source = rig.source.model_copy(update={"min_interval_seconds": 2.0})
    async with rig.running():
        await rig.subscribed()
        polls = len(rig.house.paths())
        rig.says(2, 1)
        assert await rig.hub.deliver(rig.hub.only(), b"", signature="") == 202
        assert await rig.hub.deliver(rig.hub.only(), b"") == 202
        await rig.has(2)
    assert (rig.ended("refused"), rig.ended("ping")) == (1, 1)
    assert len(rig.house.paths()) > polls


async def test_unreadable(rig: Rig) -> None:
    """A signed body that is no feed is a dead letter, and the next one is read."""
    async with rig.running():
        await rig.subscribed()
        assert await rig.hub.deliver(rig.hub.only(), b"no feed at all") == 202
        await rig.publishes(2)
        await rig.has(2)
    letters = [decode(stored.value) async for stored in rig.journal.read(DEAD_LETTERS)]
    assert [letter.payload for letter in letters] == [b"no feed at all"]  # type: ignore[union-attr]
    assert rig.ended("unreadable") == 1


async def test_video(rig: Rig) -> None:
    """A channel's video that is pushed is in the journal at once, and one that was deleted is withdrawn."""
    path = "/feeds/videos.xml"
    rig.source = rig.source.model_copy(update={"kind": "youtube", "url": rig.house.url(f"/channel/{CHANNEL}")})
    topic = rig.house.url(f"/xml{path}?channel_id={CHANNEL}")
    links = f'<{rig.hub.base}>; rel="hub", <{topic}>; rel="self"'
    rig.house.says[path] = aiohttp.web.Response(text=video_feed(video(1)), headers={**XML, "Link": links})
    async with rig.running():
        await rig.subscribed()
        await rig.hub.publish(topic, video_feed(video(2)).encode())
        await rig.has(2)
        await rig.hub.publish(topic, video_feed(deleted(2)).encode())
        await rig.has(3)
    first, second, gone = await rig.items()
    assert [(item.title, item.op) for item in (first, second)] == [("Ship 1 arrives", "put"), ("Ship 2 arrives", "put")]
    assert (gone.id, gone.op, gone.revision) == (second.id, "delete", 2)
    assert rig.house.paths() == [path]
