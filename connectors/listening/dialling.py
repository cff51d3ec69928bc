"""Opens streams and reads their frames until the connection ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp

from connectors.asking.status import barred, no_answer, refusal
from connectors.asking.unsaid import frame_without, loss_without
from connectors.http import failure_of
from connectors.listening.framing import Events, PlainLines
from connectors.listening.wires import Wires, headers_of
from connectors.streaming import Frame, Loss, Stream, Why, Wire
from streams.dial import web_host
from streams.errors import SourceRefused

FIRST_WORDS = 4096
ACCEPT = {Wire.EVENTS: "text/event-stream", Wire.LINES: "application/json"}
BAD_REQUEST = 400


class Lost(Exception):
    """The connection ended, or was never made; `loss` says how."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.failure.text)
        self.loss = loss


@dataclass(slots=True)
class Heard:
    """How much arrived on a connection: frames, and bytes with its heartbeats."""

    frames: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A stream that is open: `frames` yields until the connection ends, then raises Lost."""

    frames: AsyncIterator[Frame]
    heard: Heard = field(default_factory=Heard)


@asynccontextmanager
async def opened(wires: Wires, stream: Stream, token: str, *, allow_private: bool) -> AsyncIterator[Open]:
    """Open the stream; raises Lost where that cannot be done, and `frames` raises it at the end.

    Neither what comes nor what is raised holds the token, whatever the server says.
    """
    async with AsyncExitStack() as stack:
        try:
            web_host(stream.url)
            found = await _dial(stack, wires, stream, token, allow_private=allow_private)
        except Lost as error:
            raise Lost(loss_without(error.loss, token)) from None
        except SourceRefused as error:
            loss = Loss(why=Why.REFUSED, failure=barred(_shown(stream), str(error)))
            raise Lost(loss_without(loss, token)) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Lost(loss_without(_undialled(stream, error), token)) from None
        yield replace(found, frames=_without(found.frames, token))


async def _without(frames: AsyncIterator[Frame], token: str) -> AsyncIterator[Frame]:
    try:
        async for frame in frames:
            yield frame_without(frame, token)
    except Lost as error:
        raise Lost(loss_without(error.loss, token)) from None


def _undialled(stream: Stream, error: Exception) -> Loss:
    failure = failure_of(_shown(stream), error)
    return Loss(why=Why.REFUSED if failure.final else Why.NETWORK, failure=failure)


async def _dial(stack: AsyncExitStack, wires: Wires, stream: Stream, token: str, *, allow_private: bool) -> Open:
    session = wires.session(allow_private=allow_private)
    headers = headers_of(stream.headers, token, with_token=stream.with_token)
    heard = Heard()
    if stream.wire is Wire.SOCKET:
        socket = await stack.enter_async_context(await _socket(wires, session, stream, headers))
        return Open(frames=_messages(wires, stream, socket, heard), heard=heard)
    headers = {"Accept": ACCEPT[stream.wire], "Cache-Control": "no-store", **headers}
    answer = await stack.enter_async_context(_body(wires, session, stream, headers))
    return Open(frames=_pieces(wires, stream, answer, heard), heard=heard)


@asynccontextmanager
async def _body(
    wires: Wires, session: aiohttp.ClientSession, stream: Stream, headers: dict[str, str]
) -> AsyncIterator[aiohttp.ClientResponse]:
    async with asyncio.timeout(wires.total_seconds):
        answer = await session.get(stream.url, headers=headers)
    async with answer:
        if answer.status != 200:  # noqa: PLR2004 (RFC 9110: the one status that has the stream as its body)
            raise Lost(await _refused(wires, stream, answer))
        try:
            yield answer
        finally:
            answer.close()


async def _refused(wires: Wires, stream: Stream, answer: aiohttp.ClientResponse) -> Loss:
    found = {name.lower(): value for name, value in answer.headers.items()}
    failure = refusal(_shown(stream), answer.status, found, wires.now())
    async with asyncio.timeout(wires.total_seconds):
        said = await answer.content.read(FIRST_WORDS)
    return Loss(why=Why.ANSWERED, failure=failure, said=said.decode("utf-8", "replace"))


async def _socket(
    wires: Wires, session: aiohttp.ClientSession, stream: Stream, headers: dict[str, str]
) -> aiohttp.ClientWebSocketResponse[bool]:
    try:
        async with asyncio.timeout(wires.total_seconds):
            return await session.ws_connect(
                stream.url,
                headers=headers,
                protocols=stream.protocols,
                max_msg_size=stream.limit,
                autoping=False,
                timeout=aiohttp.ClientWSTimeout(ws_close=2.0),
            )
    except aiohttp.WSServerHandshakeError as error:
        raise Lost(await _no_handshake(wires, session, stream, headers, error)) from error


async def _no_handshake(
    wires: Wires,
    session: aiohttp.ClientSession,
    stream: Stream,
    headers: dict[str, str],
    error: aiohttp.WSServerHandshakeError,
) -> Loss:
    """Return what the server answered instead; what it says of a bad request is asked for again, as a plain GET.

    The handshake keeps no body, and the reason (a cursor too old) stands there.
    """
    if error.status == BAD_REQUEST:
        async with asyncio.timeout(wires.total_seconds), session.get(stream.url, headers=headers) as answer:
            if answer.status == BAD_REQUEST:
                return await _refused(wires, stream, answer)
    found = {name.lower(): value for name, value in (error.headers or {}).items()}
    if error.status == 101:  # noqa: PLR2004 (RFC 9110: it switched protocols, to none we know)
        return Loss(why=Why.UNREADABLE, failure=no_answer(_shown(stream), f"no WebSocket: {error.message}"))
    return Loss(why=Why.ANSWERED, failure=refusal(_shown(stream), error.status, found, wires.now()))


def _shown(stream: Stream) -> str:
    """Return the stream's address as people read it: what it asks for is long."""
    return stream.url.partition("?")[0]


def _silent(stream: Stream) -> Lost:
    text = f"nothing was heard for {stream.idle_seconds:g} s"
    return Lost(Loss(why=Why.SILENT, failure=no_answer(_shown(stream), text)))


def _closed(stream: Stream, text: str) -> Lost:
    return Lost(Loss(why=Why.CLOSED, failure=no_answer(_shown(stream), text)))


async def _pieces(wires: Wires, stream: Stream, answer: aiohttp.ClientResponse, heard: Heard) -> AsyncIterator[Frame]:
    framing = (Events if stream.wire is Wire.EVENTS else PlainLines)(stream.limit)
    while True:
        try:
            async with asyncio.timeout(stream.idle_seconds):
                chunk = await answer.content.readany()
        except TimeoutError:
            raise _silent(stream) from None
        except (aiohttp.ClientError, OSError) as error:
            raise _closed(stream, f"the connection broke: {type(error).__name__}") from error
        if not chunk:
            raise _closed(stream, "the server ended the stream")
        heard.bytes += len(chunk)
        for frame in framing.feed(chunk, wires.now()):
            heard.frames += 1
            yield frame


async def _messages(
    wires: Wires, stream: Stream, socket: aiohttp.ClientWebSocketResponse[bool], heard: Heard
) -> AsyncIterator[Frame]:
    while True:
        try:
            async with asyncio.timeout(stream.idle_seconds):
                message = await socket.receive()
        except TimeoutError:
            raise _silent(stream) from None
        if message.type is aiohttp.WSMsgType.PING:
            await socket.pong(message.data)
        elif message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
            data = message.data.encode() if isinstance(message.data, str) else message.data
            heard.bytes, heard.frames = heard.bytes + len(data), heard.frames + 1
            yield Frame(data=data, size=len(data), at=wires.now())
        elif message.type is not aiohttp.WSMsgType.PONG:
            raise _ended(stream, message, socket)


def _ended(stream: Stream, message: Any, socket: aiohttp.ClientWebSocketResponse[bool]) -> Lost:
    error = message.data if message.type is aiohttp.WSMsgType.ERROR else None
    if isinstance(error, aiohttp.WebSocketError) and error.code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
        failure = barred(_shown(stream), f"a message is larger than {stream.limit} bytes")
        return Lost(Loss(why=Why.OVERSIZE, failure=failure))
    if message.type is aiohttp.WSMsgType.CLOSE:
        return _closed(stream, f"the server ended the stream: {message.data} {str(message.extra or '')[:200]}".rstrip())
    return _closed(stream, f"the connection broke: {error or socket.close_code}")
