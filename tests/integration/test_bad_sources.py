"""Sources that misbehave in every way we know: each gets one clear error, and the rest goes on."""

from __future__ import annotations

import gzip

import brotli
import pytest
from aiohttp import web as server
from backports import zstd

from connectors.connector import PAGE_LIMIT
from connectors.polling.progress import loaded
from streams.sources import SourceSettings
from tests.desk import HTML, XML, Desk, desk, feed, house, linked, net, reading
from tests.feedmaker import entry
from tests.unruly import Unruly, drip, hang, raw

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]


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
        (server.Response(body=b"PK", headers={"Content-Type": "application/zip"}), "application/zip"),
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
