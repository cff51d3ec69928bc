"""A source's history over real polls: what each brought lies in the journal beside the cursor that tells it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from aiohttp import web as server
from prometheus_client import REGISTRY

from connectors.reading.readers import Readers
from streams.fetches import Came, Fetch, Way
from streams.history import fetches_of, summed
from streams.sources import SourceSettings
from tests.desk import HTML, PAGE, XML, Desk, desk, feed, house, linked, net, reading
from tests.ear import listening
from tests.feedmaker import entry, rss
from tests.instance import TOKEN, instance, status
from tests.unruly import Unruly, hang

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]


def bare(desk: Desk) -> None:
    """Let the source lead to no pages."""
    desk.source = desk.source.model_copy(update={"full_text": False})


async def history(desk: Desk) -> list[tuple[Way, Came, int]]:
    """Return how each fetch was made, how it ended, and how many were alike."""
    return [(one.way, one.came, one.times) for one in await fetches_of(desk.journal, desk.source.id)]


async def last(desk: Desk) -> Fetch:
    """Return the last fetch."""
    return (await fetches_of(desk.journal, desk.source.id))[-1]


async def test_a_day_of_a_feed(desk: Desk, house: Unruly) -> None:
    """Polls with news, without any, refused and read again are told in order; those without news as one."""
    bare(desk)
    house.says = {"/feed.xml": feed(entry(1), entry(2), ETag='"a"')}
    await desk.turn()
    assert (await last(desk)).new == (await last(desk)).published == 2
    house.says = {"/feed.xml": server.Response(status=304)}
    for _ in range(3):
        await desk.turn()
    house.says = {"/feed.xml": server.Response(status=503)}
    await desk.turn()
    house.says = {"/feed.xml": feed(entry(1), entry(3), entry(2, title="Ship 2 has left"), ETag='"b"')}
    await desk.turn()
    quiet = [(Way.POLL, Came.UNCHANGED, 3), (Way.POLL, Came.BUSY, 1)]
    assert await history(desk) == [(Way.POLL, Came.OK, 1), *quiet, (Way.POLL, Came.OK, 1)]
    found = await last(desk)
    assert (found.new, found.known, found.published, found.http_status, found.at) == (1, 2, 2, 200, desk.now)
    total = summed(await fetches_of(desk.journal, desk.source.id))
    assert (total.times, total.new, total.published) == (6, 3, 4)


async def test_bytes(desk: Desk, house: Unruly) -> None:
    """What came over the wire and what it unpacked to are both known, for the history and for Prometheus."""
    bare(desk)
    body = rss(*map(entry, range(40))).encode()
    packed = gzip.compress(body)
    house.says = {"/feed.xml": server.Response(body=packed, headers={**XML, "Content-Encoding": "gzip"})}
    before = REGISTRY.get_sample_value("changehands_fetch_bytes_sum", {"source": "harbour"}) or 0.0
    await desk.turn()
    found = await last(desk)
    assert (found.wire, found.size) == (len(packed), len(body))
    assert REGISTRY.get_sample_value("changehands_fetch_bytes_sum", {"source": "harbour"}) == before + len(packed)
    assert (REGISTRY.get_sample_value("changehands_fetch_seconds_count", {"source": "harbour"}) or 0) > 0


async def test_pages(desk: Desk, house: Unruly) -> None:
    """The page behind an entry is a fetch of its own: read, missing, or a wall."""
    house.says = {
        "/feed.xml": feed(linked(house, 1), linked(house, 2), linked(house, 3)),
        "/1": server.Response(body=PAGE.encode(), headers=HTML),
        "/3": server.Response(body=b"<p>Subscribe</p><div class='paywall'></div>", headers=HTML),
    }
    for _ in range(4):
        await desk.turn()
    pages = [(way, came) for way, came, _ in (await history(desk))[1:]]
    assert sorted(pages) == [(Way.PAGE, Came.MISSING), (Way.PAGE, Came.OK), (Way.PAGE, Came.STUB)]


async def test_slow(desk: Desk, house: Unruly) -> None:
    """A server that never answers took as long as we waited for it."""
    house.says = {"/feed.xml": hang}
    await desk.turn()
    found = await last(desk)
    assert (found.came, found.http_status) == (Came.SILENT, None)
    assert 900 <= found.took[0] <= 5000


async def test_redirects(desk: Desk, house: Unruly) -> None:
    """A fetch through redirects is one fetch."""
    bare(desk)
    house.says = {
        "/feed.xml": server.Response(status=302, headers={"Location": "/elsewhere"}),
        "/elsewhere": feed(entry(1)),
    }
    await desk.turn()
    assert await history(desk) == [(Way.POLL, Came.OK, 1)]


async def test_unreadable(desk: Desk, house: Unruly) -> None:
    """What could not be read says so with its size, each time."""
    house.says = {"/feed.xml": server.Response(body=b"\x00\x01 no feed", headers=XML)}
    for _ in range(2):
        await desk.turn()
    assert await history(desk) == [(Way.POLL, Came.UNREADABLE, 1)] * 2
    assert (await last(desk)).size == 10


async def test_a_stream(reading: Readers, tmp_path: Path) -> None:
    """A connection of a stream is told when it ends, with what it brought; one that is refused says why."""
    token = tmp_path / "token"
    token.write_text(TOKEN)
    async with instance() as town:
        source = SourceSettings(id="town", kind="mastodon", url=f"{town.base}/public", token_file=token)
        source = source.model_copy(update={"allow_private": True})
        async with listening(source, tmp_path, reading) as ear:
            await town.listeners.heard()
            town.put(status(1, "The bridge is open"))
            town.put(status(2, "The bridge is shut"))
            await ear.items(2)
            town.listeners.cut()
            await town.listeners.heard()
            town.put(status(3, "The bridge is open again"))
            await ear.items(3)
            first, *_ = await fetches_of(ear.journal, "town")
    assert (first.way, first.came, first.new, first.published) == (Way.STREAM, Came.ENDED, 2, 2)
    assert first.size > 100
