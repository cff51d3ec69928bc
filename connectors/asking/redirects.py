"""Redirects, hop by hop: each is asked for like an address of its own, and only permanent ones can move a source."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from yarl import URL

from connectors.asking.status import barred
from connectors.connector import Failure, Request, Response
from streams.dial import web_host
from streams.errors import SourceRefused

MAX_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A redirect: the status, where it points as the server wrote it, and the seconds it took."""

    status: int
    location: str
    seconds: float = 0.0


Ask = Callable[[Request], Awaitable[Response | Failure | Hop]]


def _joined(url: str, location: str) -> str:
    try:
        target = str(URL(url).join(URL(location)).with_fragment(None))
    except ValueError as error:
        raise SourceRefused(f"redirected to {location[:200]!r}, which is not an address") from error
    web_host(target)
    return target


def _at(request: Request, url: str) -> Request:
    """Return the request for another address; the secret end of the first goes to its own host alone."""
    if url == request.url:
        return request
    here, there = urlsplit(request.url), urlsplit(url)
    is_own = here.netloc == there.netloc and there.scheme in {here.scheme, "https"}
    return replace(request, url=url, secret=request.secret if is_own else "")


async def follow(request: Request, ask: Ask) -> Response | Failure:
    """Return what the address answers, through at most five redirects.

    `ask` makes one request: it is called for every hop, so that gates, guard
    and robots.txt see each address. A redirect to anything but http or https,
    in a circle, or one too many is refused.
    """
    url, moved_to, is_permanent, seen, seconds = request.url, None, True, {request.url}, 0.0
    for _ in range(MAX_REDIRECTS + 1):
        answer = await ask(_at(request, url))
        seconds += answer.seconds
        if url == request.url and not isinstance(answer, Hop):
            return answer  # as nearly all are: nothing is copied for nothing
        if isinstance(answer, Response):
            return replace(answer, moved_to=moved_to, seconds=seconds)
        if isinstance(answer, Failure):
            return replace(answer, seconds=seconds)
        try:
            url = _joined(url, answer.location)
        except SourceRefused as error:
            return barred(request.url, str(error))
        if url in seen:
            return barred(request.url, f"redirected in a circle at {url}", about="redirects")
        seen.add(url)
        is_permanent = is_permanent and answer.status in PERMANENT
        moved_to = url if is_permanent else moved_to
    return barred(request.url, f"redirected more than {MAX_REDIRECTS} times", about="redirects")
