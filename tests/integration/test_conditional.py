"""Conditional requests, deltas, lies and moves against a real server on loopback; journal and reader are real."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web as server

from tests.desk import XML, Desk, desk, feed, house, net, reading
from tests.feedmaker import entry, rss
from tests.unruly import Unruly

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]
DAY = timedelta(days=1)
UNCHANGED = server.Response(status=304)


def bare(desk: Desk, **settings: object) -> None:
    """Let the source lead to no pages."""
    desk.source = desk.source.model_copy(update={"full_text": False, **settings})


def header(house: Unruly, name: str) -> str | None:
    """Return what the last request said under this name."""
    return house.asked[-1][1].get(name)


async def test_validators_over_the_wire(desk: Desk, house: Unruly) -> None:
    """What the server sent comes back as it was, strange spellings and all, after a 200 and after a 304."""
    bare(desk)
    said = {"ETag": 'W/\'odd "one"', "Last-Modified": "Thu, 01 Jan 2041 00:00:00 +0000"}
    house.says = {"/feed.xml": feed(entry(1), **said)}
    await desk.turn()
    assert header(house, "If-None-Match") is None
    house.says = {"/feed.xml": server.Response(status=304, headers={"ETag": '"new"'})}
    assert await desk.turn() == "unchanged"
    assert (header(house, "If-None-Match"), header(house, "If-Modified-Since")) == tuple(said.values())
    await desk.turn()
    assert (header(house, "If-None-Match"), header(house, "If-Modified-Since")) == ('"new"', said["Last-Modified"])


async def test_uninvited(desk: Desk, house: Unruly) -> None:
    """A 304 that nobody asked for is unreadable, and the source is asked again without conditions."""
    house.says = {"/feed.xml": UNCHANGED}
    assert await desk.turn() == "unreadable"
    assert "304 Not Modified to an unconditional request" in desk.text()
    house.says = {"/feed.xml": feed(entry(1))}
    assert await desk.turn() == "ok"


async def test_delta(desk: Desk, house: Unruly) -> None:
    """A server that knows RFC 3229 is asked for what is new and may answer with that alone."""
    bare(desk)
    house.says = {"/feed.xml": feed(entry(1), entry(2), ETag='"a"')}
    await desk.turn()
    assert header(house, "A-IM") is None
    news = server.Response(status=226, body=rss(entry(3)).encode(), headers={**XML, "IM": "feed", "ETag": '"b"'})
    house.says = {"/feed.xml": news}
    assert await desk.turn() == "ok"
    assert header(house, "A-IM") == "feed"
    assert [item.title for item in await desk.items()] == [f"Ship {n} arrives" for n in (1, 2, 3)]
    house.says = {"/feed.xml": UNCHANGED}
    assert await desk.turn() == "unchanged"
    assert header(house, "If-None-Match") == '"b"'


async def test_delta_that_is_none(desk: Desk, house: Unruly) -> None:
    """A 226 that nobody asked for, or that is no delta of a feed, is refused."""
    house.says = {"/feed.xml": server.Response(status=226, body=rss(entry(1)).encode(), headers={**XML, "IM": "feed"})}
    assert await desk.turn() == "refused"
    assert "HTTP 226" in desk.text()


async def test_liar(desk: Desk, house: Unruly) -> None:
    """A server that says 304 for ever under one ETag is found out within the day, and never trusted again."""
    bare(desk)

    async def lies(request: server.Request) -> server.Response:
        number = 1 if desk.now < started + DAY / 2 else 2
        if "If-None-Match" in request.headers:
            return server.Response(status=304)
        return server.Response(body=rss(*map(entry, range(number, 0, -1))).encode(), headers={**XML, "ETag": '"same"'})

    started = desk.now
    house.says = {"/feed.xml": lies}
    while desk.now < started + DAY * 1.2:
        await desk.turn()
        desk.now += timedelta(hours=1)
    assert [item.title for item in await desk.items()] == ["Ship 1 arrives", "Ship 2 arrives"]
    assert desk.progress.health
    assert desk.progress.health.notes == ("validators-lie",)
    assert header(house, "If-None-Match") is None


async def test_moves_after_a_week(desk: Desk, house: Unruly) -> None:
    """A permanent redirect is followed at every poll; after ten over a week the old address is asked no more."""
    bare(desk)
    house.says = {
        "/feed.xml": server.Response(status=301, headers={"Location": "/new.xml"}),
        "/new.xml": feed(entry(1), ETag='"a"'),
    }
    for _ in range(10):
        await desk.turn()
        desk.now += DAY
    house.asked.clear()
    await desk.turn()
    assert house.paths() == ["/new.xml"]
    assert desk.progress.health
    assert desk.progress.health.moved_to == house.url("/new.xml")
    assert "moved" in desk.progress.health.notes
    assert [item.revision for item in await desk.items()] == [1], "what was read before the move is not told again"


async def test_maintenance(desk: Desk, house: Unruly) -> None:
    """A fortnight's permanent redirect to a maintenance page moves nothing: the feed is read when it is back."""
    bare(desk)
    house.says = {
        "/feed.xml": server.Response(status=301, headers={"Location": "/soon.html"}),
        "/soon.html": server.Response(text="<html><body>Back soon</body></html>", content_type="text/html"),
    }
    for _ in range(14):
        assert await desk.turn() == "unreadable"
        desk.now += DAY
    house.says = {"/feed.xml": feed(entry(1))}
    assert await desk.turn() == "ok"


async def test_scrolled(desk: Desk, house: Unruly) -> None:
    """A feed that has scrolled away under us says so to people."""
    bare(desk)
    house.says = {"/feed.xml": feed(*map(entry, (1, 2)))}
    await desk.turn()
    house.says = {"/feed.xml": feed(*map(entry, (3, 4)))}
    assert await desk.turn() == "ok"
    assert "items may have been missed" in desk.text()
