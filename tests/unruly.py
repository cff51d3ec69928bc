"""A real HTTP server on loopback that behaves as told: what the network does to a poller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.loopback import on_loopback

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Unruly:
    """The server: `says` maps a path to an answer or to a handler; `asked` lists the requests in order."""

    base: str = ""
    says: dict[str, web.Response | Handler] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return self.base + path

    def paths(self) -> list[str]:
        """Return the paths asked for."""
        return [path for path, _ in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request; 404 for what was never set up."""
        self.asked.append((request.path, dict(request.headers)))
        said = self.says.get(request.path)
        if said is None:
            return web.Response(status=404, text="not here")
        if isinstance(said, web.Response):
            return web.Response(status=said.status, body=said.body, headers=said.headers)
        return await said(request)


@asynccontextmanager
async def unruly() -> AsyncIterator[Unruly]:
    """Run the server on a free port of 127.0.0.1."""
    server = Unruly()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", server.answer)
    async with on_loopback(app) as server.base:
        yield server


async def drip(request: web.Request) -> web.StreamResponse:
    """Send a byte now and then, without end."""
    response = web.StreamResponse(headers={"Content-Type": "application/xml"})
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.1)


async def hang(_request: web.Request) -> web.StreamResponse:
    """Accept the request and say nothing."""
    await asyncio.sleep(3600)
    raise AssertionError


@asynccontextmanager
async def raw(data: bytes, *, reset: bool = False) -> AsyncIterator[str]:
    """Serve these bytes as they are to whoever connects, then close or reset; yields the address."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        await writer.drain()
        writer.transport.abort() if reset else writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed.xml"
