"""YouTube and Reddit read by the real poller from a server that behaves as theirs do."""

from __future__ import annotations

import pytest
from aiohttp import web

from connectors.polling.progress import begun
from streams.items import Op
from streams.sources import SourceSettings
from tests.accountmaker import CHANNEL, deleted, reddit_feed, submission, video, video_feed, videos
from tests.desk import Desk, desk, house, net, reading
from tests.feedmaker import NOW
from tests.unruly import Unruly

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]


def xml(text: str) -> web.Response:
    """Return a feed as an answer."""
    return web.Response(text=text, content_type="text/xml")


def set_up(desk: Desk, url: str, kind: str) -> None:
    """Let the desk read this source."""
    desk.source = SourceSettings(id="s", kind=kind, url=url, allow_private=True, min_interval_seconds=60)  # type: ignore[arg-type]
    desk.progress = begun(NOW, url)


async def test_channel_by_its_name(desk: Desk, house: Unruly) -> None:
    """A channel's page leads to its feed, which fails for days with 404 and 500 and is never given up."""
    set_up(desk, house.url("/@harbour"), "youtube")
    house.says = {
        "/@harbour": web.Response(text=f'<link rel="canonical" href="/channel/{CHANNEL}">', content_type="text/html"),
        "/feeds/videos.xml": xml(videos(2, 1)),
    }
    await desk.turn()
    await desk.turn()
    assert [item.revision for item in await desk.items()] == [1, 1]
    for status in (404, 500, 404):
        house.says["/feeds/videos.xml"] = web.Response(status=status)
        assert await desk.turn() == "unavailable"
    house.says["/feeds/videos.xml"] = xml(video_feed(video(3), video(2, "No ship"), deleted(1)))
    assert await desk.turn() == "ok"
    told = [(item.op, item.revision) for item in (await desk.items())[2:]]
    assert sorted(told) == [(Op.DELETE, 2), (Op.PUT, 1), (Op.PUT, 2)]
    assert house.paths()[:3] == ["/@harbour", "/feeds/videos.xml", "/feeds/videos.xml"]
    assert await desk.letters() == []


async def test_community(desk: Desk, house: Unruly) -> None:
    """A community that answers 429 is waited for; its removals are told, and no page of a post is fetched."""
    set_up(desk, house.url("/r/harbour"), "reddit")
    feed = "/r/harbour/new/.rss"
    house.says = {feed: xml(reddit_feed(submission(1, "Ship 1."), submission(2, "Ship 2.")))}
    assert await desk.turn() == "ok"
    house.says[feed] = web.Response(status=429, headers={"Retry-After": "600"})
    assert await desk.turn() == "unavailable"
    assert (desk.progress.schedule.next_at - desk.now).total_seconds() >= 600
    house.says[feed] = xml(reddit_feed(submission(1, "[removed]"), submission(2, "No ship.")))
    assert await desk.turn() == "ok"
    assert sorted((item.op, item.revision) for item in (await desk.items())[2:]) == [(Op.DELETE, 2), (Op.PUT, 2)]
    assert set(house.paths()) == {feed}
