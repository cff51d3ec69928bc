"""Listings, sitemaps and the pages behind entries, from a server that misbehaves; journal and reader are real."""

from __future__ import annotations

import gzip
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web as server

from connectors.polling.progress import begun
from streams.items import ItemKind, Op
from streams.sources import SourceSettings
from tests.desk import HTML, Desk, desk, feed, house, linked, net, reading
from tests.feedmaker import NOW
from tests.unruly import Unruly, drip

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]

STORY = "".join(
    f"<p>On day {day} the harbour office told of {day} ships that came to the quay.</p>" for day in range(40)
)
LOCKED = (
    '<script type="application/ld+json">{"isAccessibleForFree": false}</script><p>The harbour office gave notice.</p>'
)
PDFS = Path(__file__).parents[1] / "pdfs"


def html(body: str, status: int = 200, **headers: str) -> server.Response:
    """Return a page as an answer."""
    return server.Response(
        body=f"<html><body>{body}</body></html>".encode(), status=status, headers={**HTML, **headers}
    )


def follow(desk: Desk, house: Unruly, kind: str, path: str, **more: object) -> None:
    """Let the desk read another kind of source."""
    desk.source = SourceSettings(
        id="place",
        kind=kind,  # type: ignore[arg-type]
        url=house.url(path),
        allow_private=True,
        min_interval_seconds=600,
        **more,  # type: ignore[arg-type]
    )
    desk.progress = begun(NOW, desk.source.url)


async def test_listing(desk: Desk, house: Unruly) -> None:
    """A listing's links become items at once, their pages the next revisions; a new link is found at the next poll."""
    house.says = {
        "/news": html('<h2><a href="/1">Ship one comes in</a></h2>'),
        "/1": html(STORY),
        "/2": html(STORY.replace("ships", "boats")),
    }
    follow(desk, house, "listing", "/news", select="h2 a", reread_minutes=())
    await desk.turn()
    await desk.turn()
    house.says["/news"] = html('<h2><a href="/2">Ship two</a></h2><h2><a href="/1">Ship one comes in</a></h2>')
    await desk.turn()
    await desk.turn()
    items = [(item.title, item.revision, item.kind) for item in await desk.items()]
    assert items == [
        ("Ship one comes in", 1, ItemKind.ENTRY),
        ("Ship one comes in", 2, ItemKind.PAGE),
        ("Ship two", 1, ItemKind.ENTRY),
        ("Ship two", 2, ItemKind.PAGE),
    ]


async def test_listing_that_was_rebuilt(desk: Desk, house: Unruly) -> None:
    """A listing whose selector finds nothing any more is unreadable: people are told where its links are now."""
    house.says = {"/news": html('<div class="card"><a href="/1">Ship one comes in</a></div>')}
    follow(desk, house, "listing", "/news", select="h2 a")
    assert await desk.turn() == "unreadable"
    assert "'h2 a' finds nothing" in desk.text()
    assert "1 at 'div.card > a' ('Ship one comes in')" in desk.text()
    assert len(await desk.letters()) == 1


async def test_sitemap_index(desk: Desk, house: Unruly) -> None:
    """A packed sitemap of an index is read, its articles published and their pages fetched."""
    said = NOW.isoformat()
    news = (
        f"<urlset xmlns:n='http://n'><url><loc>{house.url('/1')}</loc><n:news><n:publication_date>{said}"
        "</n:publication_date><n:title>Ship one</n:title></n:news></url></urlset>"
    )
    index = f"<sitemapindex><sitemap><loc>/news.xml.gz</loc><lastmod>{said}</lastmod></sitemap></sitemapindex>"
    packed = {"Content-Type": "application/gzip"}
    house.says = {
        "/sitemap.xml": server.Response(body=index.encode(), headers={"Content-Type": "application/xml"}),
        "/news.xml.gz": server.Response(body=gzip.compress(news.encode()), headers=packed),
        "/1": html(STORY),
    }
    follow(desk, house, "sitemap", "/sitemap.xml")
    for _ in range(3):
        await desk.turn()
    assert [(item.title, item.revision) for item in await desk.items()] == [("Ship one", 1), ("Ship one", 2)]
    assert house.paths()[-3:] == ["/sitemap.xml", "/news.xml.gz", "/1"]


async def test_sitemap_bomb(desk: Desk, house: Unruly) -> None:
    """A sitemap that unpacks without end is unreadable, and the next source is read as ever."""
    bomb = server.Response(body=gzip.compress(b" " * (200 << 20)), headers={"Content-Type": "application/gzip"})
    house.says = {"/sitemap.xml": bomb, "/feed.xml": feed()}
    follow(desk, house, "sitemap", "/sitemap.xml")
    assert await desk.turn() == "unreadable"
    assert "unpacks to more than" in desk.text()
    follow(desk, house, "feed", "/feed.xml")
    assert await desk.turn() == "ok"


async def test_paywall(desk: Desk, house: Unruly) -> None:
    """Behind a paywall the feed's own text stands, marked, and the source's health says why."""
    house.says = {"/feed.xml": feed(linked(house)), "/1": html(LOCKED)}
    await desk.turn()
    await desk.turn()
    one, two = await desk.items()
    assert (one.stub, two.stub, two.revision, two.kind) == (False, True, 2, ItemKind.ENTRY)
    assert two.wall == "it is behind a paywall: its data says isAccessibleForFree is false"
    assert zlib.decompress(one.body) == zlib.decompress(two.body)
    assert "isAccessibleForFree" in desk.text()


async def test_consent_redirect(desk: Desk, house: Unruly) -> None:
    """A redirect to a consent wall leaves the feed's text standing."""
    house.says = {
        "/feed.xml": feed(linked(house)),
        "/1": server.Response(status=302, headers={"Location": "/consent/?to=1"}),
        "/consent/": html(STORY),
    }
    await desk.turn()
    await desk.turn()
    assert [item.stub for item in await desk.items()] == [False, True]
    assert "asks for consent" in desk.text()


async def test_amp(desk: Desk, house: Unruly) -> None:
    """Where a page can be read with scripts only, its AMP page is read in its stead."""
    amp = f'<link rel="amphtml" href="{house.url("/amp/1")}">'
    canonical = f'<link rel="canonical" href="{house.url("/1")}">'
    house.says = {
        "/feed.xml": feed(linked(house)),
        "/1": html(f"{amp}<p>Please enable JavaScript to read this.</p>"),
        "/amp/1": html(canonical + STORY),
    }
    for _ in range(3):
        await desk.turn()
    _, page = await desk.items()
    assert (page.revision, page.canonical_url, page.stub) == (2, house.url("/1"), False)
    assert house.paths()[-2:] == ["/1", "/amp/1"]


async def test_corrected_page(desk: Desk, house: Unruly) -> None:
    """A fresh page is asked for again with its ETag; what it tells otherwise is the next revision."""
    follow(desk, house, "feed", "/feed.xml", reread_minutes=(15,))
    house.says = {"/feed.xml": feed(linked(house), ETag='"f"'), "/1": html(STORY, ETag='"1"')}
    await desk.turn()
    await desk.turn()
    house.says["/1"] = html(STORY.replace("ships", "boats"), ETag='"2"')
    while house.paths()[-1] != "/1" or desk.now < NOW + timedelta(minutes=15):
        await desk.turn()
    assert house.asked[-1][1]["If-None-Match"] == '"1"'
    assert [item.revision for item in await desk.items()] == [1, 2, 3]


async def test_pdf(desk: Desk, house: Unruly) -> None:
    """An entry that leads to a PDF has the PDF's words as its next revision, as plain text with the entry's title."""
    body = (PDFS / "arabic.pdf").read_bytes()
    pdf = server.Response(body=body, headers={"Content-Type": "application/pdf"})
    house.says = {"/feed.xml": feed(linked(house)), "/1": pdf}
    await desk.turn()
    await desk.turn()
    _, page = await desk.items()
    assert (page.content_type, page.title) == ("text/plain; charset=utf-8", "Ship 1 arrives")
    assert "سيطرت القوات على مدينة منبج" in zlib.decompress(page.body).decode()


async def test_hostile_pdf(desk: Desk, house: Unruly) -> None:
    """A damaged PDF is one dead letter and leaves the entry with the feed's text; the reader goes on."""
    body = (PDFS / "columns.pdf").read_bytes()[:9000]
    house.says = {
        "/feed.xml": feed(linked(house, 1), linked(house, 2)),
        "/1": server.Response(body=body, headers={"Content-Type": "application/pdf"}),
        "/2": html(STORY),
    }
    for _ in range(3):
        await desk.turn()
    assert [item.revision for item in await desk.items()] == [1, 1, 2]
    assert "a PDF that cannot be read" in (await desk.letters())[0].text


def pdf_bomb() -> bytes:
    """Return a PDF of two megabytes whose one page takes more memory than a reader has."""
    packer = zlib.compressobj(1)
    stream = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(1100)) + packer.flush()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(stream), stream),
    ]
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, text) for number, text in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF"


async def test_pdf_bomb(desk: Desk, house: Unruly) -> None:
    """A PDF that unpacks without end ends its reader at most: one dead letter, and the next page is read."""
    house.says = {
        "/feed.xml": feed(linked(house, 1), linked(house, 2)),
        "/1": server.Response(body=pdf_bomb(), headers={"Content-Type": "application/pdf"}),
        "/2": html(STORY),
    }
    for _ in range(3):
        await desk.turn()
    assert [item.revision for item in await desk.items()] == [1, 1, 2]
    (letter,) = await desk.letters()
    assert house.url("/1") in letter.text


async def test_slow_listing(desk: Desk, house: Unruly) -> None:
    """A listing that drips is given up after the total time."""
    house.says = {"/news": drip}
    follow(desk, house, "listing", "/news", select="a")
    assert await desk.turn() == "unavailable"


async def test_taken_down(desk: Desk, house: Unruly) -> None:
    """A report whose page is gone for good, and still so six hours later, is deleted; until then it stands."""
    follow(desk, house, "feed", "/feed.xml", reread_minutes=(15,))
    desk.source = desk.source.model_copy(update={"min_interval_seconds": 86400})
    house.says = {"/feed.xml": feed(linked(house)), "/1": html(STORY)}
    await desk.turn()
    await desk.turn()
    house.says["/1"] = html("gone", status=410)
    await desk.turn()
    assert (desk.now - NOW, [item.op for item in await desk.items()]) == (timedelta(minutes=15), [Op.PUT, Op.PUT])
    await desk.turn()
    first, _, last = await desk.items()
    assert desk.now - NOW == timedelta(hours=6, minutes=15)
    assert (last.id, last.op, last.revision) == (first.id, Op.DELETE, 3)
    assert "its report was taken down" in desk.text()
