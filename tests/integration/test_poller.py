"""The poller against a real server that misbehaves, with a real journal and a real reading process."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import brotli
import pytest
import pytest_asyncio
from aiohttp import web as server
from backports import zstd

from connectors.connector import PAGE_LIMIT
from connectors.gates import Gates
from connectors.http import Web, web
from connectors.poller import poll_forever
from connectors.progress import Progress, begun, loaded
from connectors.readers import Readers, readers
from connectors.turn import Poller, advance, coming
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.journal import SqliteJournal
from streams.errors import JournalUnusable
from streams.items import Cursor, DeadLetter, ItemKind, RawItem
from streams.settings import FetchSettings, SourceSettings
from streams.topics import DEAD_LETTERS, RAW_ITEMS, Topic
from tests.feedmaker import ARABIC, NOW, entry, rss
from tests.unruly import Unruly, drip, hang, raw, unruly

pytestmark = pytest.mark.asyncio(loop_scope="module")
PAGE = "<html><body><article><p>The whole story of the ship, told at length.</p></article></body></html>"
XML = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html"}


@dataclass
class Desk:
    """One poller with a clock that stands still, its journal, and the progress of one source."""

    poller: Poller
    journal: SqliteJournal
    source: SourceSettings
    progress: Progress
    now: datetime = NOW

    async def turn(self) -> str:
        """Let time pass until something is due, do it, and return the outcome people see."""
        request, due = coming(self.poller, self.source, self.progress)
        self.now = max(self.now, due)
        self.progress = await advance(self.poller, self.source, self.progress, request)
        assert self.progress.health
        return self.progress.health.outcome

    def text(self) -> str:
        """Return what people are told."""
        assert self.progress.health
        return self.progress.health.text

    async def records(self, topic: Topic) -> list[RawItem | DeadLetter]:
        """Return what lies in a topic."""
        return [decode(stored.value) async for stored in self.journal.read(topic)]  # type: ignore[misc]

    async def items(self) -> list[RawItem]:
        """Return the published items."""
        return await self.records(RAW_ITEMS)  # type: ignore[return-value]

    async def letters(self) -> list[DeadLetter]:
        """Return the dead letters."""
        return await self.records(DEAD_LETTERS)  # type: ignore[return-value]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def reading() -> AsyncIterator[Readers]:
    """Share one reading process among all tests."""
    async with readers() as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def net() -> AsyncIterator[Web]:
    """Open sessions that give up after a second."""
    async with web(FetchSettings(total_seconds=1.0)) as sessions:
        yield sessions


@pytest_asyncio.fixture(loop_scope="module")
async def house() -> AsyncIterator[Unruly]:
    """Run a server that has nothing to say yet."""
    async with unruly() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def desk(house: Unruly, net: Web, reading: Readers, tmp_path: Path) -> AsyncIterator[Desk]:
    """Set up a poller of one feed on the server, two seconds from poll to poll."""
    journal = SqliteJournal(f"sqlite:///{tmp_path}/journal.db")
    gates = Gates(clock=asyncio.get_running_loop().time, sleep=asyncio.sleep)
    source = SourceSettings(id="harbour", url=house.url("/feed.xml"), allow_private=True, min_interval_seconds=2)
    made: list[Desk] = []
    poller = Poller(
        journal=journal,
        web=net,
        readers=reading,
        gates=gates,
        counters=Counters(),
        now=lambda: made[0].now if made else NOW,
        chance=lambda: 0.0,
    )
    made.append(Desk(poller, journal, source, begun(NOW, source.url)))
    try:
        yield made[0]
    finally:
        await journal.close()


def feed(*entries: dict[str, str], **headers: str) -> server.Response:
    """Return a feed as an answer."""
    return server.Response(body=rss(*entries).encode(), headers={**XML, **headers})


def linked(house: Unruly, number: int = 1) -> dict[str, str]:
    """Return an entry whose page is on the server."""
    return entry(number, link=house.url(f"/{number}"))


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


@pytest.mark.parametrize("pack", [gzip.compress, brotli.compress, zstd.compress])
async def test_bomb(desk: Desk, house: Unruly, pack: object) -> None:
    """A body that unpacks beyond the limit is refused, however small it travels."""
    name = {gzip.compress: "gzip", brotli.compress: "br", zstd.compress: "zstd"}[pack]  # type: ignore[index]
    body = pack(b" " * (40 << 20))  # type: ignore[operator]
    house.says = {"/feed.xml": server.Response(body=body, headers={**XML, "Content-Encoding": name})}
    assert await desk.turn() == "refused"
    assert "larger than 15728640 bytes" in desk.text()


async def test_huge_page(desk: Desk, house: Unruly) -> None:
    """A page of 15 MiB is refused; the entry stays, and people are told."""
    huge = server.Response(body=b"<p>" + b"word " * (3 << 20), headers=HTML)
    house.says = {"/feed.xml": feed(linked(house)), "/1": huge}
    await desk.turn()
    await desk.turn()
    assert [item.revision for item in await desk.items()] == [1]
    assert f"larger than {PAGE_LIMIT} bytes" in desk.text()
    assert house.url("/1") in desk.text()


@pytest.mark.parametrize(("handler", "why"), [(drip, "in time"), (hang, "in time")])
async def test_slow(desk: Desk, house: Unruly, handler: object, why: str) -> None:
    """A server that drips or hangs is given up after the total time."""
    house.says = {"/feed.xml": handler}  # type: ignore[dict-item]
    assert await desk.turn() == "unavailable"
    assert why in desk.text()


REDIRECTS = {
    "circle": (["/a", "/b", "/a"], "in a circle"),
    "itself": (["/feed.xml"], "in a circle"),
    "too many": ([f"/{n}" for n in range(7)], "more than 5 times"),
    "file": (["file:///etc/passwd"], "only http and https"),
    "metadata": (["http://169.254.169.254/latest/"], "private, loopback, link-local or reserved"),
    "nonsense": (["http://[bad/"], "not an address"),
}


@pytest.mark.parametrize("name", REDIRECTS)
async def test_bad_redirect(desk: Desk, house: Unruly, name: str) -> None:
    """Redirects in circles, without end, or to where we do not go are refused, and say so."""
    hops, why = REDIRECTS[name]
    for here, there in zip(["/feed.xml", *hops], hops, strict=False):
        house.says[here] = server.Response(status=302, headers={"Location": there})
    assert await desk.turn() == "refused"
    assert why in desk.text()


async def test_redirect(desk: Desk, house: Unruly) -> None:
    """A redirect is followed; links are read from where it led."""
    house.says = {
        "/feed.xml": server.Response(status=301, headers={"Location": "/moved/feed.xml"}),
        "/moved/feed.xml": feed(entry(1, link="one")),
    }
    assert await desk.turn() == "ok"
    assert (await desk.items())[0].url == house.url("/moved/one")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_guard(desk: Desk, house: Unruly, host: str) -> None:
    """A source that is not allowed to be private is never dialled at loopback, by whatever name."""
    house.says = {"/feed.xml": feed(entry(1))}
    url = house.url("/feed.xml").replace("127.0.0.1", host)
    desk.source = SourceSettings(id="harbour", url=url)
    assert await desk.turn() == "refused"
    assert "private, loopback" in desk.text()
    assert house.asked == []


BROKEN = {
    "short": b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 9999\r\n\r\n<rss",
    "no http": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "nothing": b"",
    "false gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_http(desk: Desk, name: str) -> None:
    """An answer that breaks off, lies about its length or is no HTTP is unavailable, with one clear text."""
    async with raw(BROKEN[name]) as url:
        desk.source = desk.source.model_copy(update={"url": url})
        assert await desk.turn() == "unavailable"
    assert f"GET {url}: " in desk.text()


async def test_reset_and_refused(desk: Desk) -> None:
    """A reset connection and a closed port are unavailable."""
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<", reset=True) as url:
        desk.source = desk.source.model_copy(update={"url": url})
        assert await desk.turn() == "unavailable"
    assert await desk.turn() == "unavailable"
    assert desk.progress.schedule.failures == 1.0


async def test_unknown_host(desk: Desk) -> None:
    """A host that no name server knows is unavailable, with its name in the text."""
    desk.source = desk.source.model_copy(update={"url": "http://no-such-host.invalid/feed.xml"})
    assert await desk.turn() == "unavailable"
    assert "no-such-host.invalid" in desk.text()


async def test_html_in_place_of_a_feed(desk: Desk, house: Unruly) -> None:
    """What cannot be read becomes one dead letter per distinct body, however often it comes."""
    house.says = {"/feed.xml": server.Response(text="<html><body>Sign in</body></html>", content_type="text/html")}
    assert [await desk.turn() for _ in range(3)] == ["unreadable"] * 3
    (letter,) = await desk.letters()
    assert letter.payload == b"<html><body>Sign in</body></html>"
    assert (letter.topic, letter.step, letter.error) == ("sources", "read", "SourceUnreadable")
    assert "it is an HTML page" in letter.text
    assert house.url("/feed.xml") in letter.text
    house.says = {"/feed.xml": server.Response(text="{}")}
    await desk.turn()
    assert len(await desk.letters()) == 2


async def test_letter_after_restart(desk: Desk, house: Unruly) -> None:
    """A restart does not write the dead letter of the same body again."""
    house.says = {"/feed.xml": server.Response(text="no feed")}
    await desk.turn()
    desk.progress = loaded((await desk.journal.cursors())["harbour"])
    await desk.turn()
    assert len(await desk.letters()) == 1


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (server.Response(body=b"", headers=HTML), "is an empty page"),
        (server.Response(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "application/pdf"),
    ],
)
async def test_unreadable_page(desk: Desk, house: Unruly, page: server.Response, why: str) -> None:
    """A page that is none is a dead letter, is not asked for again, and does no harm to its entry."""
    house.says = {"/feed.xml": feed(linked(house)), "/1": page}
    await desk.turn()
    await desk.turn()
    assert [item.revision for item in await desk.items()] == [1]
    assert why in (await desk.letters())[0].text
    await desk.turn()
    assert house.paths() == ["/feed.xml", "/1", "/feed.xml"]


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
