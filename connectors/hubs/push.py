"""Where hubs reach us: the listener that faces the internet, on a port of its own (WebSub, sections 5.2, 5.3 and 7).

Never met a real hub. It knows no page, no cookie and no file: an address ends
in a capability that nobody can guess, and for any other there is nothing here.

    hub ──GET──►  did you ask for this?  ──► echo the challenge, or 404
        ──POST─►  signature over the raw bytes ──► one task a body, a lock a source ──► saved ──► 2xx
                     │ wrong: counted, 2xx            │ too many: 503 and Retry-After
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from connectors.connector import FEED_LIMIT
from streams.errors import ConfigError
from streams.settings import PushSettings

CHUNK = 64 * 1024
# A hub that sends slower than that has its body taken for lost, and one that waits longer is told to come again.
BODY_SECONDS, SAVED_SECONDS = 30.0, 20.0
# Bodies under way at a time: each may be as large as a feed.
AT_ONCE = 16
COME_AGAIN = "60"
PLAIN = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a hub is answered: a status of HTTP, and the challenge it is to see again."""

    status: int
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Who takes what comes to a capability.

    `asks` answers a hub's question, `takes` says (with None) that a body is
    welcome there, or what else to answer, and `brings` takes a whole body with
    its signature and content type, and answers once it is saved.
    """

    asks: Callable[[str, Mapping[str, str]], Awaitable[Answer]]
    takes: Callable[[str], Answer | None]
    brings: Callable[[str, bytes, str, str], Awaitable[Answer]]


class Listener:
    """The doors of one process; while no `post` is set, hubs are told to come again."""

    def __init__(self) -> None:
        self.post: Post | None = None
        self._under_way = 0

    async def question(self, request: web.Request) -> web.Response:
        """Answer a hub that asks whether we meant it, or says that it will not push."""
        if self.post is None:
            return _answered(Answer(status=HTTPStatus.SERVICE_UNAVAILABLE))
        return _answered(await self.post.asks(_door(request), request.query))

    async def body(self, request: web.Request) -> web.Response:
        """Take what a hub pushes."""
        if self.post is None or self._under_way >= AT_ONCE:
            return _answered(Answer(status=HTTPStatus.SERVICE_UNAVAILABLE))
        refused = self.post.takes(_door(request)) or _unfit(request)
        if refused is not None:
            return _answered(refused)
        self._under_way += 1
        try:
            return _answered(await self._taken(self.post, request))
        finally:
            self._under_way -= 1

    async def _taken(self, post: Post, request: web.Request) -> Answer:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(request)
        except TimeoutError:
            return Answer(status=HTTPStatus.REQUEST_TIMEOUT)
        if body is None:
            return Answer(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        signature, kind = (request.headers.get(name, "") for name in ("X-Hub-Signature", "Content-Type"))
        return await post.brings(_door(request), body, signature, kind)


def _door(request: web.Request) -> str:
    """Return the capability: the last part of the path, whatever a proxy leaves of what stands before it."""
    return request.path.rpartition("/")[2]


def _unfit(request: web.Request) -> Answer | None:
    """Return why a body is not taken; the signature is over the bytes as they came, so that none may be packed."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        return Answer(status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if (request.content_length or 0) > FEED_LIMIT:
        return Answer(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return None


async def _body(request: web.Request) -> bytes | None:
    """Return the body, None for one that is too large."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > FEED_LIMIT:
            return None
    return bytes(body)


def _answered(answer: Answer) -> web.Response:
    """Return the answer as plain text and nothing else: a challenge is a stranger's text."""
    come_again = {"Retry-After": COME_AGAIN} if answer.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return web.Response(status=answer.status, text=answer.text, content_type="text/plain", headers=PLAIN | come_again)


@asynccontextmanager
async def listening(settings: PushSettings) -> AsyncIterator[tuple[Listener, str]]:
    """Listen while the context lasts, and give the address; raises ConfigError where the port cannot be had."""
    listener = Listener()
    app = web.Application()
    app.router.add_get("/{tail:.*}", listener.question, allow_head=False)
    app.router.add_post("/{tail:.*}", listener.body)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, auto_decompress=False)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            raise ConfigError(
                f"hubs cannot be heard on {settings.host}:{settings.port} ({error.strerror}); set another push.port"
            ) from error
        yield listener, f"http://{settings.host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
