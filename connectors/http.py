"""One GET, as a value: the answer or the failure. The only place where the network's errors become ours."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from connectors.connector import Failure, Request, Response
from connectors.status import barred, no_answer, refusal
from streams.dial import AddressRefused, guarded_connector, web_host
from streams.errors import SourceRefused
from streams.settings import FetchSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
CONNECT_SECONDS = 10.0
# Between two pieces of a body; a slow drip ends at the total.
READ_SECONDS = 15.0
CHUNK = 64 * 1024
# Errors of connecting that may mean that our own network is away, as a failed look-up of a name may.
AWAY = frozenset({errno.ENETUNREACH, errno.ENETDOWN})


class TooLarge(Exception):
    """More bytes than the request allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Two sessions that never share a connection: one for public addresses, one for sources allowed to be private."""

    public: aiohttp.ClientSession
    private: aiohttp.ClientSession

    async def get(self, request: Request, *, allow_private: bool, now: Callable[[], datetime]) -> Response | Failure:
        """Fetch one request; every expected failure is returned, none is raised."""
        session = self.private if allow_private else self.public
        try:
            return await _follow(session, request, now)
        except SourceRefused as error:
            return barred(request.url, str(error))
        except TooLarge:
            return barred(request.url, f"the body is larger than {request.limit} bytes")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return failure_of(request.url, error)


def failure_of(url: str, error: Exception) -> Failure:
    """Return what an error of the network means, as a value."""
    reason = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(reason, AddressRefused):
        return barred(url, str(reason))
    if isinstance(error, aiohttp.InvalidURL):
        return barred(url, "not an address that can be fetched")
    if isinstance(error, TimeoutError):
        return no_answer(url, "no whole answer in time")
    if isinstance(reason, socket.gaierror):
        return no_answer(url, f"the host's name is not known: {reason.strerror}", ours=True)
    if isinstance(reason, OSError) and reason.errno in AWAY:
        return no_answer(url, "the network cannot be reached", ours=True)
    return no_answer(url, f"{type(error).__name__}: {str(error)[:300]}")


@asynccontextmanager
async def web(settings: FetchSettings, *, resolver: AbstractResolver | None = None) -> AsyncIterator[Web]:
    """Open the sessions: no cookies, no referrer, no proxy from the environment, our own redirects.

    `resolver` looks names up instead of the system; what it finds passes the
    address guard all the same.
    """
    public, private = (_session(settings, allow_private=allowed, resolver=resolver) for allowed in (False, True))
    async with public, private:
        yield Web(public=public, private=private)


def _session(
    settings: FetchSettings, *, allow_private: bool, resolver: AbstractResolver | None
) -> aiohttp.ClientSession:
    timeout = aiohttp.ClientTimeout(
        total=settings.total_seconds, sock_connect=CONNECT_SECONDS, connect=CONNECT_SECONDS, sock_read=READ_SECONDS
    )
    return aiohttp.ClientSession(
        connector=guarded_connector(allow_private=allow_private, limit=100, limit_per_host=4, resolver=resolver),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": settings.user_agent},
        timeout=timeout,
    )


def _headers(request: Request) -> dict[str, str]:
    headers = {"Accept": request.accept}
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    return headers


def _joined(url: str, location: str) -> str:
    try:
        return str(URL(url).join(URL(location)))
    except ValueError as error:
        raise SourceRefused(f"redirected to {location[:200]!r}, which is not an address") from error


async def _follow(session: aiohttp.ClientSession, request: Request, now: Callable[[], datetime]) -> Response | Failure:
    total = session.timeout.total
    url, seen = request.url, set[str]()
    async with asyncio.timeout(total):
        for _ in range(MAX_REDIRECTS + 1):
            web_host(url)
            seen.add(url)
            answer = await _once(session, url, request, now)
            if not isinstance(answer, str):
                return answer
            url = _joined(url, answer)
            if url in seen:
                return barred(request.url, f"redirected in a circle at {url}")
    return barred(request.url, f"redirected more than {MAX_REDIRECTS} times")


async def _once(
    session: aiohttp.ClientSession, url: str, request: Request, now: Callable[[], datetime]
) -> Response | Failure | str:
    async with session.get(url, headers=_headers(request), allow_redirects=False) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if answer.status in REDIRECTS and "location" in headers:
            return headers["location"]
        if answer.status not in {200, 304}:
            return refusal(url, answer.status, headers, now())
        body = b"" if answer.status == 304 else await _body(answer, request.limit)  # noqa: PLR2004 (RFC 9110)
        return Response(url=str(answer.url), status=answer.status, headers=headers, body=body)


async def _body(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limit:
            raise TooLarge
    return bytes(body)
