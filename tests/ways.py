"""The ways an address can come from outside, each by the product's own code, and a server nobody should reach."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape

import msgspec
import pytest_asyncio
from aiohttp.abc import AbstractResolver, ResolveResult

from connectors.asking.redirects import Hop, follow
from connectors.asking.robots import request_for
from connectors.connector import Failure, Request, Response
from connectors.http import Web, web
from connectors.kinds import KINDS, STREAMS
from connectors.listening.dialling import Lost, opened
from connectors.listening.wires import Wires, asked, wired
from connectors.streaming import Ask, Stream
from streams.errors import SourceUnreadable
from streams.settings import FetchSettings
from streams.sources import SourceSettings
from tests.feedmaker import NOW, answer, poll
from tests.tricks import NAMES

SETTINGS = FetchSettings(total_seconds=3.0)


class Lookups(AbstractResolver):
    """Looks a name up in a table, and what is not in it as the system does."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name."""
        hosts = NAMES.get(host, (host,))
        infos = [
            info
            for one in hosts
            for info in await asyncio.get_running_loop().getaddrinfo(
                one, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST if host in NAMES else 0
            )
        ]
        return [
            ResolveResult(hostname=host, host=str(where[0]), port=port, family=kind, proto=proto, flags=0)
            for kind, _, proto, _, where in infos
        ]

    async def close(self) -> None:
        """Leave nothing behind: nothing is kept."""


@dataclass(slots=True)
class Inside:
    """A server that nobody outside should reach; `hits` counts who came."""

    port: int = 0
    hits: int = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count a visitor and answer."""
        self.hits += 1
        await reader.readline()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        await writer.drain()
        writer.close()


@dataclass(frozen=True, slots=True)
class Outside:
    """The sessions of the product, with this test's look-ups."""

    web: Web
    wires: Wires
    inside: Inside = field(default_factory=Inside)


@asynccontextmanager
async def _inside() -> AsyncIterator[Inside]:
    inside = Inside()
    first = await asyncio.start_server(inside.answer, "127.0.0.1", 0)
    inside.port = first.sockets[0].getsockname()[1]
    async with first, await asyncio.start_server(inside.answer, "::1", inside.port):
        yield inside


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def outside() -> AsyncIterator[Outside]:
    """Open the sessions, and the server inside."""
    async with (
        _inside() as inside,
        web(SETTINGS, resolver=Lookups()) as sessions,
        wired(SETTINGS, now=lambda: NOW, resolver=Lookups()) as wires,
    ):
        yield Outside(sessions, wires, inside)


async def _got(outside: Outside, request: Request | None) -> Failure | Response | None:
    """Fetch as a source does that is not allowed to be private; None where nothing would be asked for at all."""
    if request is None:
        return None
    return await outside.web.get(request, allow_private=False, now=lambda: NOW)


def _source(kind: str, url: str = "http://news.example/", **more: str) -> SourceSettings:
    return SourceSettings(id="s", kind=kind, url=url, reread_minutes=(), **more)  # type: ignore[arg-type]


def _leads(source: SourceSettings, body: str, url: str, state: bytes = b"") -> tuple[bytes, Request | None]:
    """Read this body and return the state after it and the request it leads to, beside the source's own."""
    kind = KINDS[source.kind]
    request = kind.plan(source, state, NOW)[0 if not state else 1]
    reading = kind.read(source, state, request, answer(body, request.url, content_type="text/html"), NOW)
    assert not isinstance(reading, Failure)
    further = kind.plan(source, reading.state, NOW)[1:]
    assert all(url.startswith("http") for url in (one.url for one in further)), url
    return reading.state, next(iter(further), None)


async def own(outside: Outside, url: str) -> Failure | Response | None:
    """As the source's own address."""
    return await _got(outside, poll(url))


async def entry(outside: Outside, url: str) -> Failure | Response | None:
    """As the page of a feed's entry."""
    item = f"<item><title>x</title><guid>1</guid><link>{escape(url)}</link></item>"
    body = f'<rss version="2.0"><channel><title>x</title>{item}</channel></rss>'
    return await _got(outside, _leads(_source("feed"), body, url)[1])


async def link(outside: Outside, url: str) -> Failure | Response | None:
    """As a link of a listing, beside one that leads where we will not ask."""
    body = f'<a href="http://news.example/other">Other news</a><a href="{escape(url)}">News of today</a>'
    source = _source("listing", select="a")
    kind = KINDS["listing"]
    reading = kind.read(source, b"", kind.plan(source, b"", NOW)[0], answer(body, content_type="text/html"), NOW)
    assert not isinstance(reading, Failure)
    others = [one for one in kind.plan(source, reading.state, NOW)[1:] if one.url != "http://news.example/other"]
    return await _got(outside, next(iter(others), None))


async def part(outside: Outside, url: str) -> Failure | Response | None:
    """As a part of a sitemap."""
    body = f"<sitemapindex><sitemap><loc>{escape(url)}</loc></sitemap></sitemapindex>"
    return await _got(outside, _leads(_source("sitemap"), body, url)[1])


async def listed(outside: Outside, url: str) -> Failure | Response | None:
    """As an address of a sitemap."""
    body = f"<urlset><url><loc>{escape(url)}</loc><lastmod>{NOW.isoformat()}</lastmod></url></urlset>"
    return await _got(outside, _leads(_source("sitemap"), body, url)[1])


async def amp(outside: Outside, url: str) -> Failure | Response | None:
    """As the AMP page of a page that asks for consent first."""
    item = "<item><title>x</title><guid>1</guid><link>http://news.example/1</link></item>"
    source = _source("feed")
    state, _ = _leads(source, f'<rss version="2.0"><channel><title>x</title>{item}</channel></rss>', "http")
    wall = f'<html><head><link rel="amphtml" href="{escape(url)}"></head><body><p>We value your privacy very much.</p>'
    state, request = _leads(source, wall, url, state)
    is_told = request is not None and request.url != "http://news.example/1"
    return await _got(outside, request if is_told else None)


async def redirect(outside: Outside, url: str, request: Request | None = None) -> Failure | Response | None:
    """As the place a source redirects to."""
    first = request or poll("http://news.example/feed.xml")

    async def ask(wanted: Request) -> Response | Failure | Hop:
        if wanted.url == first.url:
            return Hop(status=302, location=url)
        return await outside.web.hop(wanted, allow_private=False, now=lambda: NOW)

    return await follow(first, ask)


async def robots(outside: Outside, url: str) -> Failure | Response | None:
    """As the place a site's robots.txt redirects to."""
    return await redirect(outside, url, request_for("http://news.example/1"))


async def channel(outside: Outside, url: str) -> Failure | Response | None:
    """As the place a channel's preview redirects to."""
    source = _source("telegram", "https://t.me/s/harbour")
    return await redirect(outside, url, KINDS["telegram"].plan(source, b"", NOW)[0])


async def streaming(outside: Outside, url: str) -> Failure | Response | None:
    """As the host where an instance of Mastodon says that it streams: nothing is sent there, a token least of all."""
    kind, source = STREAMS["mastodon"], _source("mastodon", "http://news.example")
    ask = kind.dial(source, b"", NOW)
    assert isinstance(ask, Ask)
    said = url.replace("http", "ws", 1)
    body = msgspec.json.encode({"configuration": {"urls": {"streaming": said}}})
    try:
        state = kind.told(source, b"", ask, answer(body), NOW).state
    except SourceUnreadable:
        return None
    stream = kind.dial(source, state, NOW)
    assert isinstance(stream, Stream)
    try:
        async with opened(outside.wires, stream, "a-token", allow_private=False):
            return answer("open")
    except Lost as error:
        return error.loss.failure


async def names(outside: Outside, url: str) -> Failure | Response | None:
    """As the service that is asked for accounts of Bluesky by name."""
    source = SourceSettings(
        id="s", kind="bluesky", url="http://news.example/subscribe", names_url=url, accounts=("amal.example",)
    )
    ask = STREAMS["bluesky"].dial(source, b"", NOW)
    assert isinstance(ask, Ask)
    return await asked(outside.wires, ask, "", allow_private=False)


async def socket_of(outside: Outside, url: str) -> Failure | Response | None:
    """As the address of a WebSocket."""
    source = _source("bluesky", "http://news.example/subscribe")
    stream = STREAMS["bluesky"].dial(source, b"", NOW)
    assert isinstance(stream, Stream)
    try:
        async with opened(outside.wires, replaced(stream, url), "", allow_private=False):
            return answer("open")
    except Lost as error:
        return error.loss.failure


def replaced(stream: Stream, url: str) -> Stream:
    """Return the stream at another address."""
    return Stream(url=url, wire=stream.wire, state=stream.state, idle_seconds=stream.idle_seconds)


async def posts(outside: Outside, url: str) -> Failure | Response | None:
    """As the address of X, to which a secret would be sent."""
    return await asked(outside.wires, Ask(name="rules", url=url, with_token=True), "a-token", allow_private=False)


WAYS: tuple[Callable[[Outside, str], Awaitable[Failure | Response | None]], ...] = (
    own,
    entry,
    link,
    part,
    listed,
    amp,
    redirect,
    robots,
    channel,
    streaming,
    names,
    socket_of,
    posts,
)
