"""A feed whose address ends in a secret is read like any other, and the secret goes to its host alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog
from aiohttp import web as server

from connectors.polling.progress import begun
from streams.logs import configure
from streams.settings import LogSettings
from streams.sources import SourceSettings
from tests.accountmaker import reddit
from tests.desk import PAGE, XML, Desk, desk, feed, house, linked, net, reading
from tests.feedmaker import NOW
from tests.unruly import Unruly, unruly

pytestmark = pytest.mark.asyncio(loop_scope="module")
__all__ = ["desk", "house", "net", "reading"]
KEY = "0123456789abcdef0123456789abcdef01234567"
END = f"feed={KEY}&user=amal"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Catch all that is logged, down to what interests nobody."""
    out, before, handlers = StringIO(), structlog.get_config(), logging.getLogger().handlers[:]
    configure(LogSettings(format="json", level="debug"), out)
    yield out
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers


def follow(desk: Desk, folder: Path, url: str, end: str = f"{END}\n", **more: object) -> None:
    """Let the desk read a source whose secret end lies in a file."""
    (folder / "end").write_text(end)
    desk.source = SourceSettings(id="own", url=url, token_file=folder / "end", allow_private=True, **more)  # type: ignore[arg-type]
    desk.progress = begun(NOW, url)


async def told(desk: Desk, log: StringIO) -> str:
    """Return all that is kept and shown: cursor, health, items, dead letters, the request, the log."""
    cursors = await desk.journal.cursors()
    return f"{cursors!r} {await desk.items()!r} {await desk.letters()!r} {desk.progress!r} {log.getvalue()}"


async def test_reddit(desk: Desk, house: Unruly, tmp_path: Path, log: StringIO) -> None:
    """A community is read with a reader's own key, which stands in no record, however often the feed says it back."""
    asked: list[str] = []

    async def answer(request: server.Request) -> server.Response:
        asked.append(request.query_string)
        if request.query.get("feed") != KEY:
            return server.Response(status=429)
        body = reddit(1).replace("ship 1", f"ship 1 {request.url}")
        return server.Response(body=body.encode(), headers={**XML, "ETag": f'"{KEY}"'})

    house.says = {"/r/harbour/new/.rss": answer}
    follow(desk, tmp_path, house.url("/r/harbour"), kind="reddit")
    assert [await desk.turn(), await desk.turn()] == ["ok", "unchanged"]
    assert asked == [END, END]
    (item,) = await desk.items()
    assert (item.handle, KEY in await told(desk, log)) == ("anna", False)


async def test_pages(desk: Desk, house: Unruly, tmp_path: Path) -> None:
    """The key goes with the feed's own polls, before or behind other parts of its query, and never with a page."""
    asked: list[str] = []

    async def page(request: server.Request) -> server.Response:
        asked.append(request.query_string)
        return server.Response(text=PAGE, content_type="text/html")

    async def answer(request: server.Request) -> server.Response:
        asked.append(request.query_string)
        return feed(linked(house))

    house.says = {"/feed.xml": answer, "/1": page}
    follow(desk, tmp_path, house.url("/feed.xml?format=xml"))
    await desk.turn()
    await desk.turn()
    assert asked == [f"format=xml&{END}", ""]


async def test_redirects(desk: Desk, house: Unruly, tmp_path: Path, log: StringIO) -> None:
    """A redirect on the same host carries the key on, one to another host leaves it behind."""
    asked: list[tuple[str, str]] = []

    async def answer(request: server.Request) -> server.Response:
        asked.append((request.path, request.query_string))
        return feed()

    async with unruly() as other:
        other.says = {"/there.xml": answer}

        async def further(request: server.Request) -> server.Response:
            asked.append((request.path, request.query_string))
            where = "/next.xml" if request.path == "/feed.xml" else other.url("/there.xml")
            return server.Response(status=301, headers={"Location": f"{where}?{request.query_string}"})

        house.says = {"/feed.xml": further, "/next.xml": further}
        follow(desk, tmp_path, house.url("/feed.xml"))
        desk.source = desk.source.model_copy(update={"feed_robots": "ignore"})
        await desk.turn()
        assert asked[:2] == [("/feed.xml", END), ("/next.xml", END)]
        assert asked[2:] == [("/there.xml", "")]
    assert KEY not in await told(desk, log)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
async def test_refusals(desk: Desk, house: Unruly, tmp_path: Path, log: StringIO, status: int) -> None:
    """A server that refuses with the key in its words brings it nowhere."""

    async def answer(request: server.Request) -> server.Response:
        return server.Response(
            status=status, text=f"no {request.url}", reason=f"no {KEY}", headers={"X-Said": str(request.url)}
        )

    house.says = {"/feed.xml": answer}
    follow(desk, tmp_path, house.url("/feed.xml"))
    await desk.turn()
    assert KEY not in await told(desk, log)


@pytest.mark.parametrize("end", ["", KEY, f"?{END}", f"https://a.example/.rss?{END}", "a b", "feed="])
async def test_no_end(desk: Desk, house: Unruly, tmp_path: Path, log: StringIO, end: str) -> None:
    """A file that holds no end of an address is named with what belongs into it; nobody is asked."""
    house.says = {"/feed.xml": feed(linked(house))}
    follow(desk, tmp_path, house.url("/feed.xml"), end)
    assert await desk.turn() == "refused"
    assert "token_file" in desk.text()
    assert house.asked == []
    assert KEY not in await told(desk, log)
