"""What is small on the wire and large in memory, or without end: each ends at a bound."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from resource import RUSAGE_SELF, getrusage

import pytest
from aiohttp import web as server

from streams.sources import SourceSettings
from tests.desk import HTML, XML, Desk, desk, feed, house, net, reading
from tests.feedmaker import entry
from tests.unruly import Unruly, raw

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]
MIB = 1 << 20
# Of the process that fetches, while a bomb comes: the limit of a feed twice, and room for what else there is.
MOST_MEMORY = 120 * 1024


def _peak() -> int:
    """Return the most memory this process ever had, in KiB."""
    return getrusage(RUSAGE_SELF).ru_maxrss


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(bytes(300 * MIB), 9)),
        ("deflate", zlib.compress(bytes(300 * MIB), 9)),
        ("deflate", _raw_deflate(bytes(300 * MIB))),
        ("gzip", gzip.compress(bytes(20 * MIB)) * 15),
    ],
    ids=["gzip", "deflate", "raw deflate", "members"],
)
async def test_packed(desk: Desk, house: Unruly, coding: str, body: bytes) -> None:
    """300 MiB of nothing in some hundred KiB end at the limit, whatever they are packed with, and cost no memory."""
    house.says = {"/feed.xml": server.Response(body=body, headers={**XML, "Content-Encoding": coding})}
    before = _peak()
    assert await desk.turn() == "refused"
    assert "larger than 15728640 bytes" in desk.text()
    assert _peak() - before < MOST_MEMORY
    house.says = {"/feed.xml": feed(entry(1))}
    assert await desk.turn() == "ok"


FLOODS = {
    "one header": b"X: " + b"a" * (2 * MIB),
    "many headers": b"".join(b"X-%d: a\r\n" % number for number in range(200_000)),
    "a name": b"a" * (2 * MIB),
    "cookies": b"Set-Cookie: a=b\r\n" * 200_000,
    "status": b"",
}


@pytest.mark.parametrize("name", FLOODS)
async def test_headers(desk: Desk, name: str) -> None:
    """A flood of headers is no answer, and costs no memory."""
    first = b"HTTP/1.1 200 " + (b"a" * (2 * MIB) if name == "status" else b"OK") + b"\r\n"
    before = _peak()
    async with raw(first + FLOODS[name] + b"\r\n\r\n<rss/>") as url:
        desk.source = desk.source.model_copy(update={"url": url})
        assert await desk.turn() in {"unavailable", "unreadable"}
    assert len(desk.text()) < 1000
    assert _peak() - before < MOST_MEMORY


async def test_endless_headers(desk: Desk, house: Unruly) -> None:
    """Headers that never end, a few at a time, end with the time there is for an answer."""

    async def drip(request: server.Request) -> server.StreamResponse:
        assert request.transport
        request.transport.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(10_000):
            request.transport.write(b"X-%d: a\r\n" % number)
            await asyncio.sleep(0.02)
        raise AssertionError

    house.says = {"/feed.xml": drip}
    assert await desk.turn() == "unavailable"


ENTITIES = {
    "laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    "one large": f'<!DOCTYPE x [<!ENTITY b "{"a" * 100_000}">]>',
    "file": '<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    "address": '<!DOCTYPE x [<!ENTITY b SYSTEM "{base}/secret">]>',
    "public": '<!DOCTYPE x [<!ENTITY b PUBLIC "-//x" "{base}/secret">]>',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "{base}/secret"> %p;<!ENTITY b "c">]>',
    "definition elsewhere": '<!DOCTYPE x SYSTEM "{base}/secret">',
}
DOCUMENTS = {
    "feed": '<rss version="2.0"><channel><title>x</title><item><title>t &b; {many}</title></item></channel></rss>',
    "sitemap": "<urlset><url><loc>http://a.example/&b;{many}</loc><lastmod>2026-03-10</lastmod></url></urlset>",
}


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("name", ENTITIES)
async def test_entities(desk: Desk, house: Unruly, kind: str, name: str) -> None:
    """Entities of a document's own, within or from elsewhere, are never resolved and never fetched."""
    text = ENTITIES[name].replace("{base}", house.base) + DOCUMENTS[kind].replace("{many}", "&b;" * 1000)
    house.says = {
        "/feed.xml": server.Response(body=f'<?xml version="1.0"?>{text}'.encode(), headers=XML),
        "/secret": server.Response(text="root:x:0:0"),
    }
    desk.source = SourceSettings(id="harbour", kind=kind, url=house.url("/feed.xml"), allow_private=True)  # type: ignore[arg-type]
    await desk.turn()
    assert "/secret" not in house.paths()
    kept = f"{await desk.items()!r}"
    assert not [word for word in ("root:x", "hahaha", "aaaaaaaa") if word in kept]
    if name != "definition elsewhere":
        assert desk.progress.health
        assert desk.progress.health.outcome == "unreadable"


NESTED = {
    "feed": "<rss version='2.0'><channel>" + "<item>" * 50_000,
    "feed of JSON": '{"version":"https://jsonfeed.org/version/1","items":' + "[" * 200_000,
    "objects": '{"a":' * 200_000,
    "sitemap": "<urlset>" + "<url>" * 200_000,
    "listing": "<div>" * 200_000 + "<a href='/1'>News</a>",
    "page": "<div>" * 200_000 + "News",
    "table": "<table><tr><td>" * 50_000 + "News",
}


@pytest.mark.parametrize("name", NESTED)
async def test_nested(desk: Desk, house: Unruly, name: str) -> None:
    """What is nested beyond all reading ends in one outcome, in our own words, and the reader lives."""
    kind = name if name in {"sitemap", "listing", "page"} else "page" if name == "table" else "feed"
    desk.source = SourceSettings.model_validate(
        {
            "id": "harbour",
            "kind": kind,
            "url": house.url("/feed.xml"),
            "allow_private": True,
            "min_interval_seconds": 2,
            "select": "a" if kind == "listing" else None,
        }
    )
    house.says = {"/feed.xml": server.Response(body=NESTED[name].encode(), headers=HTML)}
    assert await desk.turn() in {"ok", "unreadable"}
    assert len(desk.text()) < 1000
    desk.source = SourceSettings(id="harbour", url=house.url("/feed.xml"), allow_private=True, min_interval_seconds=2)
    house.says = {"/feed.xml": feed(entry(7))}
    assert await desk.turn() == "ok"


async def test_letters_upon_letters(desk: Desk, house: Unruly) -> None:
    """Marks piled upon a letter, directions and zero widths without end leave a title that can be shown."""
    piled = f"a{chr(0x301) * 200_000}" + "\u202e\u200b\u2066" * 50_000
    house.says = {"/feed.xml": feed(entry(1, title=piled, author=piled))}
    assert await desk.turn() == "ok"
    (item,) = await desk.items()
    assert len(item.title or "") <= 1000
    assert len(item.author or "") <= 1000


async def test_many_entries(desk: Desk, house: Unruly) -> None:
    """Of a document of more entries than anybody lists the first two thousand are read."""
    items = [{"id": str(number), "title": f"t{number}", "content_text": "x"} for number in range(30_000)]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    house.says = {"/feed.xml": server.Response(body=body, headers={"Content-Type": "application/feed+json"})}
    assert await desk.turn() == "ok"
    assert len(await desk.items()) == 2000
