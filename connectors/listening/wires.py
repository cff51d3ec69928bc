"""The sessions for streams, and the short requests made beside them. Nothing here follows a redirect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver

from connectors.asking.status import barred, refusal
from connectors.asking.unsaid import answer_without
from connectors.connector import Failure, Response
from connectors.http import CHUNK, CONNECT_SECONDS, TooLarge, failure_of
from connectors.streaming import Ask
from streams.dial import guarded_connector, web_host
from streams.errors import SourceRefused
from streams.settings import FetchSettings

MAX_TOKEN = 4096
# Of the body of a refusal so much is read: a service says there what it does not take.
REASONS, REASON_SECONDS = 64 * 1024, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """Two sessions for streams, one for public addresses and one for sources allowed to be private."""

    public: aiohttp.ClientSession
    private: aiohttp.ClientSession
    total_seconds: float
    now: Callable[[], datetime]

    def session(self, *, allow_private: bool) -> aiohttp.ClientSession:
        """Return the session whose guard fits the source."""
        return self.private if allow_private else self.public


async def _no_redirect(_session: Any, _context: Any, params: aiohttp.TraceRequestRedirectParams) -> None:
    place = params.response.headers.get("Location", "")[:200]
    raise SourceRefused(f"it redirects to {place!r}; if that is right, put the new address into the configuration")


@asynccontextmanager
async def wired(
    settings: FetchSettings, *, now: Callable[[], datetime], resolver: AbstractResolver | None = None
) -> AsyncIterator[Wires]:
    """Open the sessions: no cookies, no redirects, no limit of time for what is open."""
    public, private = (_session(settings, allow_private=allowed, resolver=resolver) for allowed in (False, True))
    async with public, private:
        yield Wires(public=public, private=private, total_seconds=settings.total_seconds, now=now)


def _session(
    settings: FetchSettings, *, allow_private: bool, resolver: AbstractResolver | None
) -> aiohttp.ClientSession:
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_no_redirect)
    return aiohttp.ClientSession(
        connector=guarded_connector(allow_private=allow_private, limit=0, resolver=resolver),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": settings.user_agent},
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, connect=CONNECT_SECONDS),
        trace_configs=[trace],
    )


def token_in(path: Path | None) -> str:
    """Return the secret in this file; raises SourceRefused, which never says what it holds."""
    if path is None:
        raise SourceRefused("this kind of source needs a token: write it into a file and name that in token_file")
    try:
        token = path.read_bytes()[: MAX_TOKEN + 1].decode("ascii").strip()
    except OSError as error:
        raise SourceRefused(f"token_file {str(path)!r} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SourceRefused(f"token_file {str(path)!r} holds no token: it is not plain text") from None
    if not token or len(token) > MAX_TOKEN or not token.isprintable() or " " in token:
        raise SourceRefused(f"token_file {str(path)!r} holds no token: one line without spaces is expected")
    return token


def headers_of(given: Mapping[str, str], token: str, *, with_token: bool) -> dict[str, str]:
    """Return the headers to send, the token among them only where it is asked for."""
    return {**given, "Authorization": f"Bearer {token}"} if with_token else dict(given)


async def asked(wires: Wires, ask: Ask, token: str, *, allow_private: bool) -> Response | Failure:
    """Make one short request; every expected failure is returned, none is raised, and none holds the token."""
    return answer_without(await _asked(wires, ask, token, allow_private=allow_private), token)


async def _asked(wires: Wires, ask: Ask, token: str, *, allow_private: bool) -> Response | Failure:
    session = wires.session(allow_private=allow_private)
    headers = headers_of(ask.headers, token, with_token=ask.with_token)
    try:
        web_host(ask.url)
        async with (
            asyncio.timeout(wires.total_seconds),
            session.request(ask.method, ask.url, headers=headers, data=ask.body or None) as answer,
        ):
            return await _answer(wires, ask, answer)
    except SourceRefused as error:
        return barred(ask.url, str(error))
    except TooLarge:
        return barred(ask.url, f"the body is larger than {ask.limit} bytes")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return failure_of(ask.url, error)


async def _answer(wires: Wires, ask: Ask, answer: aiohttp.ClientResponse) -> Response | Failure:
    found = {name.lower(): value for name, value in answer.headers.items()}
    if not answer.ok:
        failure = refusal(ask.url, answer.status, found, wires.now())
        return replace(failure, text=failure.text.replace("GET", ask.method, 1), said=await _reasons(answer))
    body = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > ask.limit:
            raise TooLarge
    return Response(url=str(answer.url), status=answer.status, headers=found, body=bytes(body))


async def _reasons(answer: aiohttp.ClientResponse) -> str:
    """Return the beginning of a refusal's body, as far as it comes soon."""
    body = bytearray()
    with suppress(aiohttp.ClientError, OSError):
        async with asyncio.timeout(REASON_SECONDS):
            async for chunk in answer.content.iter_chunked(CHUNK):
                body += chunk[: REASONS - len(body)]
                if len(body) >= REASONS:
                    break
    return body.decode("utf-8", "replace")
