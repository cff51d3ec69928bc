"""The poller against a real server, with a real journal and a real reading process."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from aiohttp import web as server
from backports import zstd

from connectors.poller import poll_forever
from connectors.polling.progress import loaded
from streams.codec import decode
from streams.embedded.journal import SqliteJournal
from streams.errors import JournalUnusable
from streams.items import Cursor, ItemKind, RawItem
from streams.sources import SourceSettings
from streams.topics import RAW_ITEMS
from tests.desk import PAGE, XML, Desk, desk, feed, house, linked, net, reading
from tests.feedmaker import ARABIC, NOW, entry, rss
from tests.unruly import Unruly, hang

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]


async def test_entry_then_page(desk: Desk, house: Unruly) -> None:
    """The entry is in the journal after the poll, its page after the next turn, as revision 2 of the same item."""
    house.says = {"/feed.xml": feed(linked(house)), "/1": server.Response(text=PAGE, content_type="text/html")}
    await desk.turn()
    assert [(item.revision, item.kind) for item in await desk.items()] == [(1, ItemKind.ENTRY)]
    await desk.turn()
    first, second = await desk.items()
    assert (second.id, second.revision, second.kind, second.title) == (first.id, 2, ItemKind.PAGE, first.title)
    assert b"whole story" in zlib.decompress(second.body)


async def test_restart(desk: Desk, house: Unruly) -> None:
    """After a restart from the saved cursor the page still to fetch is fetched, and nothing is published twice."""
    house.says = {"/feed.xml": feed(linked(house)), "/1": server.Response(text=PAGE, content_type="text/html")}
    await desk.turn()
    desk.progress = loaded((await desk.journal.cursors())["harbour"])
    await desk.turn()
    await desk.turn()
    assert [item.revision for item in await desk.items()] == [1, 2]
    assert house.paths() == ["/feed.xml", "/1", "/feed.xml"]


async def test_conditional(desk: Desk, house: Unruly) -> None:
    """Validators go back byte for byte, and a 304 is a good answer."""

    async def careful(request: server.Request) -> server.Response:
        if request.headers.get("If-None-Match") == 'W/"a b"' and request.headers.get("If-Modified-Since") == "never":
            return server.Response(status=304)
        return server.Response(body=rss().encode(), headers={**XML, "ETag": 'W/"a b"', "Last-Modified": "never"})

    house.says = {"/feed.xml": careful}
    assert await desk.turn() == "ok"
    assert await desk.turn() == "unchanged"
    assert desk.progress.health
    assert desk.progress.health.http_status == 304


async def test_who_asks(desk: Desk, house: Unruly) -> None:
    """We say who we are and nothing else: no cookie comes back, no referrer is sent."""
    house.says = {"/feed.xml": feed(linked(house), **{"Set-Cookie": "a=b"}), "/1": server.Response(text=PAGE)}
    await desk.turn()
    await desk.turn()
    for _, headers in house.asked:
        assert headers["User-Agent"].startswith("changehands/")
        assert {"Cookie", "Referer"}.isdisjoint(headers)


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)])
async def test_compressed(desk: Desk, house: Unruly, name: str, pack: object) -> None:
    """Compressed feeds are read."""
    body = pack(rss(entry(1, title=ARABIC)).encode())  # type: ignore[operator]
    house.says = {"/feed.xml": server.Response(body=body, headers={**XML, "Content-Encoding": name})}
    assert await desk.turn() == "ok"
    assert (await desk.items())[0].title == ARABIC
    assert name in house.asked[0][1]["Accept-Encoding"]


async def test_legacy_charset(desk: Desk, house: Unruly) -> None:
    """A windows-1256 feed that declares UTF-8 is read right."""
    body = rss(entry(1, title=ARABIC)).encode("windows-1256")
    house.says = {"/feed.xml": server.Response(body=body, headers={"Content-Type": "text/xml; charset=utf-8"})}
    await desk.turn()
    assert (await desk.items())[0].title == ARABIC


async def test_recovery(desk: Desk, house: Unruly) -> None:
    """A feed that was away is read when it is back, and its failures are forgotten."""
    assert await desk.turn() == "unavailable"
    assert desk.progress.schedule.failures == 0.5
    house.says = {"/feed.xml": feed(entry(1))}
    assert await desk.turn() == "ok"
    assert desk.progress.schedule.failures == 0


async def test_retry_after(desk: Desk, house: Unruly) -> None:
    """A busy server is left alone for as long as it asks."""
    house.says = {"/feed.xml": server.Response(status=429, headers={"Retry-After": "1000"})}
    await desk.turn()
    assert desk.progress.schedule.next_at - desk.now == timedelta(seconds=1000)


async def test_all_together(house: Unruly, tmp_path: Path) -> None:
    """One hanging, one broken and one good source: the good one is read, and stopping is clean."""
    house.says = {
        "/good.xml": feed(linked(house)),
        "/1": server.Response(text=PAGE, content_type="text/html"),
        "/hang.xml": hang,
        "/broken.xml": server.Response(text="broken"),
    }
    sources = [
        SourceSettings(id=name, url=house.url(f"/{name}.xml"), allow_private=True, min_interval_seconds=1)
        for name in ("hang", "broken", "good")
    ]
    journal = SqliteJournal(f"sqlite:///{tmp_path}/journal.db")
    polling = asyncio.create_task(poll_forever(sources[:2], journal))
    try:
        assert [item.revision for item in await first_items(journal, sources[2], 2)] == [1, 2]
        assert not polling.done()
    finally:
        polling.cancel()
        await asyncio.wait([polling])
        await journal.close()


async def first_items(journal: SqliteJournal, source: SourceSettings, count: int) -> list[RawItem]:
    """Poll one source until so many items lie in the journal."""
    polling = asyncio.create_task(poll_forever([source], journal))
    items: list[RawItem] = []
    async for stored in journal.follow(RAW_ITEMS):
        item = decode(stored.value)
        assert isinstance(item, RawItem)
        items.append(item)
        if len(items) == count:
            break
    polling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await polling
    return items


@pytest.mark.parametrize("state", [b"", b"{", b"[]", b'{"schedule": 1}', b"\xff", b'{"other": true}'])
async def test_damaged_cursor(desk: Desk, house: Unruly, state: bytes) -> None:
    """A source whose cursor cannot be read starts anew."""
    house.says = {"/feed.xml": feed(entry(1))}
    await desk.journal.save((), Cursor(source="harbour", state=state, saved_at=NOW))
    source = desk.source.model_copy(update={"full_text": False})
    assert len(await first_items(desk.journal, source, 1)) == 1


async def test_same_id(house: Unruly, tmp_path: Path) -> None:
    """Of two sources with one id the first counts, also where it is switched off."""
    house.says = {"/good.xml": feed(entry(1)), "/other.xml": feed(entry(2))}
    journal = SqliteJournal(f"sqlite:///{tmp_path}/journal.db")
    sources = [
        SourceSettings(id=name, url=house.url(path), allow_private=True, full_text=False, enabled=enabled)
        for name, path, enabled in (
            ("off", "/first.xml", False),
            ("on", "/good.xml", True),
            ("on", "/other.xml", True),
            ("off", "/other.xml", True),
        )
    ]
    polling = asyncio.create_task(poll_forever(sources, journal))
    while "/good.xml" not in house.paths():
        await asyncio.sleep(0.05)
    polling.cancel()
    await asyncio.wait([polling])
    await journal.close()
    assert house.paths() == ["/good.xml"]


async def test_damaged_state(desk: Desk, house: Unruly) -> None:
    """A source whose kind cannot read its own state starts anew."""
    house.says = {"/feed.xml": feed(entry(1))}
    state = b'{"schedule": {"next_at": "2026-01-01T00:00:00Z"}, "own": {"seen": 7}}'
    await desk.journal.save((), Cursor(source="harbour", state=state, saved_at=NOW))
    source = desk.source.model_copy(update={"full_text": False})
    assert len(await first_items(desk.journal, source, 1)) == 1


async def test_new_address(desk: Desk, house: Unruly) -> None:
    """A source that was given a new address is not asked there with the old one's validators, and at once."""
    house.says = {"/feed.xml": feed(ETag='"old"', **{"Cache-Control": "max-age=9999"}), "/new.xml": feed(entry(1))}
    await desk.turn()
    source = desk.source.model_copy(update={"url": house.url("/new.xml"), "full_text": False})
    assert len(await first_items(desk.journal, source, 1)) == 1
    assert "If-None-Match" not in house.asked[-1][1]


class Stumbling(SqliteJournal):
    """A journal whose first saving goes wrong in a way nobody foresaw."""

    stumbles = 1

    async def save(self, items: Sequence[RawItem], cursor: Cursor) -> None:
        """Save, but not the first time."""
        self.stumbles, left = self.stumbles - 1, self.stumbles
        if left > 0:
            raise ZeroDivisionError
        await super().save(items, cursor)


async def test_accident(house: Unruly, tmp_path: Path) -> None:
    """An error nobody foresaw costs a source one turn: what was not saved is read again."""
    house.says = {"/feed.xml": feed(linked(house)), "/1": server.Response(text=PAGE, content_type="text/html")}
    journal = Stumbling(f"sqlite:///{tmp_path}/journal.db")
    source = SourceSettings(id="harbour", url=house.url("/feed.xml"), allow_private=True, min_interval_seconds=1)
    try:
        assert [item.revision for item in await first_items(journal, source, 2)] == [1, 2]
    finally:
        await journal.close()


async def test_journal_gone(house: Unruly, tmp_path: Path) -> None:
    """Where nothing can be saved the poller ends with the journal's own error."""
    house.says = {"/feed.xml": feed(entry(1))}
    journal = SqliteJournal(f"sqlite:///{tmp_path}/journal.db")
    source = SourceSettings(id="harbour", url=house.url("/feed.xml"), allow_private=True)
    await journal.cursors()
    await journal.close()
    with pytest.raises(JournalUnusable):
        await asyncio.wait_for(poll_forever([source], journal), 30)


async def test_permission_goes_no_further(desk: Desk, house: Unruly) -> None:
    """A source that may be private leads nobody to another: its page is not asked for, the entry stands."""
    elsewhere = house.url("/1").replace("127.0.0.1", "localhost")
    house.says = {"/feed.xml": feed(entry(1, link=elsewhere)), "/1": server.Response(text=PAGE)}
    await desk.turn()
    await desk.turn()
    assert [item.revision for item in await desk.items()] == [1]
    assert house.paths() == ["/feed.xml"]
    assert "localhost" in desk.text()
