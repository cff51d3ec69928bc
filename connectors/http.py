"""One GET, as a value: the answer or the failure. The only place where the network's errors become ours."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver

from connectors.asking.private import dialled, without_secret
from connectors.asking.redirects import REDIRECTS, Hop, follow
from connectors.asking.status import barred, no_answer, refusal
from connectors.asking.validators import DELTA, NOT_MODIFIED
from connectors.connector import Failure, Request, Response
from streams.dial import AddressRefused, guarded_connector, web_host
from streams.errors import SourceRefused
from streams.settings import FetchSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONNECT_SECONDS = 10.0
# Between two pieces of a body; a slow drip ends at the total.
READ_SECONDS = 15.0
# A page follows its feed after a second; connections kept longer would be thousands where there are many hosts.
KEPT_SECONDS = 3.0
CHUNK = 64 * 1024
LISTS = ("cache-control", "link")
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
        """Fetch one request through its redirects; every expected failure is returned, none is raised."""
        return await follow(request, partial(self.hop, allow_private=allow_private, now=now))

    async def hop(
        self, request: Request, *, allow_private: bool, now: Callable[[], datetime]
    ) -> Response | Failure | Hop:
        """Ask one address and follow nothing, so that the caller can look at each hop before it is dialled."""
        began = time.monotonic()
        answer = await _outcome(self.private if allow_private else self.public, request, now, began)
        answer = without_secret(answer, request)
        return answer if answer.seconds else replace(answer, seconds=time.monotonic() - began)


async def _outcome(
    session: aiohttp.ClientSession, request: Request, now: Callable[[], datetime], began: float
) -> Response | Failure | Hop:
    try:
        web_host(request.url)
        return await _once(session, request, now, began)
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
        # "Try again" may be our own network's fault; a name that does not exist is not.
        return no_answer(url, f"the host's name is not known: {reason.strerror}", ours=reason.errno == socket.EAI_AGAIN)
    if isinstance(reason, OSError) and reason.errno in AWAY:
        return no_answer(url, "the network cannot be reached", ours=True)
    return no_answer(url, _words(error, reason))


def _words(error: Exception, reason: Exception) -> str:
    """Return in words what went wrong; libraries' own texts name their classes and the host again."""
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ServerDisconnectedError | ConnectionResetError):
        return "the connection broke before the whole answer had come"
    if isinstance(reason, OSError) and reason.errno and not isinstance(reason, ssl.SSLError):
        return f"cannot connect: {os.strerror(reason.errno)}"
    return f"{type(error).__name__}: {str(error)[:300]}"


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
        connector=guarded_connector(
            allow_private=allow_private,
            limit=settings.at_once,
            limit_per_host=4,
            keepalive_timeout=KEPT_SECONDS,
            resolver=resolver,
        ),
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
    if request.delta:
        headers["A-IM"] = "feed"
    return headers


def _said(answer: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers by lower-case name; a list told in several lines is one list (RFC 9110 5.3)."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return headers | {name: ", ".join(answer.headers.getall(name)) for name in LISTS if name in headers}


def _is_readable(request: Request, status: int, headers: Mapping[str, str]) -> bool:
    """Whether this is an answer to read: 226 only where a delta was asked for and is one (RFC 3229)."""
    return status in {200, 304} or (status == DELTA and request.delta and "feed" in headers.get("im", "").lower())


async def _once(
    session: aiohttp.ClientSession, request: Request, now: Callable[[], datetime], began: float
) -> Response | Failure | Hop:
    """Return one answer; a response knows how long it took, for copying one costs more than a look at the clock."""
    async with session.get(dialled(request), headers=_headers(request), allow_redirects=False) as answer:
        headers = _said(answer)
        if answer.status in REDIRECTS and "location" in headers:
            return Hop(status=answer.status, location=headers["location"])
        if not _is_readable(request, answer.status, headers):
            return refusal(request.url, answer.status, headers, now())
        url = str(answer.url)
        if answer.status == NOT_MODIFIED:
            return Response(url=url, status=answer.status, headers=headers, seconds=time.monotonic() - began)
        body = await _body(answer, request.limit, is_cut=request.is_cut)
        return Response(
            url=url,
            status=answer.status,
            headers=headers,
            body=body,
            seconds=time.monotonic() - began,
            wire=answer.content.total_raw_bytes,
        )


async def _body(answer: aiohttp.ClientResponse, limit: int, *, is_cut: bool) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limit:
            if is_cut:
                break
            raise TooLarge
    return bytes(body[:limit])
