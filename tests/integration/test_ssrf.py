"""Addresses from outside that try to lead inside: each way an address can come, each trick we know, one real server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from aiohttp.abc import ResolveResult

from connectors.connector import Failure, Purpose, Request, Response
from connectors.http import web
from tests.feedmaker import NOW, poll
from tests.tricks import TRICKS
from tests.ways import SETTINGS, WAYS, Lookups, Outside, outside

__all__ = ["outside"]
pytestmark = pytest.mark.asyncio(loop_scope="module")
# What else becomes of a trick: a name nobody has, and an address with a user beside the token there is.
ELSEWHERE = ("is not known", "Cannot combine AUTHORIZATION header")


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
async def test_refused(outside: Outside, way: Callable[[Outside, str], Awaitable[Failure | Response | None]]) -> None:
    """By whatever way an address comes, it leads nowhere inside: it is not asked for, refused, or no name at all."""
    before = outside.inside.hits
    urls = {name: url.format(p=outside.inside.port) for name, url in TRICKS.items()}
    found = await asyncio.gather(*(way(outside, url) for url in urls.values()))
    for name, said in zip(urls, found, strict=True):
        if said is None:
            continue
        assert isinstance(said, Failure), name
        assert said.about == "security" or any(words in said.text for words in ELSEWHERE), (name, said.text)
        assert "secret" not in said.text
    assert outside.inside.hits == before
    assert sum(isinstance(said, Failure) for said in found) > 60


REACHED = ("plain", "hex whole", "mapped", "name", "loopback 6", "name elsewhere", "wide digits", "user")


@pytest.mark.parametrize("name", REACHED)
async def test_allowed(outside: Outside, name: str) -> None:
    """The tricks are tricks: a source that is allowed to be private is led to the server inside by each of these."""
    request = poll(TRICKS[name].format(p=outside.inside.port))
    said = await outside.web.get(request, allow_private=True, now=lambda: NOW)
    assert isinstance(said, Response), said
    assert said.body == b"secret"


NEVER = ("Amazon", "Amazon 6", "Amazon mapped", "Google 6", "Azure", "Alibaba", "Oracle", "unspecified", "multicast")


@pytest.mark.parametrize("name", [*NEVER, "name of metadata", "link-local zone", "broadcast"])
async def test_never(outside: Outside, name: str) -> None:
    """Where clouds keep their secrets nobody is let, whatever a source is allowed."""
    request = poll(TRICKS[name].format(p=outside.inside.port))
    said = await outside.web.get(request, allow_private=True, now=lambda: NOW)
    assert isinstance(said, Failure)
    assert said.about == "security"


async def test_one_of_several(outside: Outside) -> None:
    """Of a name's addresses each is judged by itself: the allowed one is dialled, the forbidden one beside it not."""
    request = poll(f"http://both.example:{outside.inside.port}/")
    said = await outside.web.get(request, allow_private=True, now=lambda: NOW)
    assert isinstance(said, Response)
    refused = await outside.web.get(request, allow_private=False, now=lambda: NOW)
    assert isinstance(refused, Failure)
    assert refused.about == "security"


class Changing(Lookups):
    """Says something else at every look-up, as a name server does that would have the second answer believed unseen."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)

    async def resolve(
        self,
        host: str,  # noqa: ARG002 (the resolver's signature)
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,
    ) -> list[ResolveResult]:
        """Return the addresses of the next name."""
        return await super().resolve(self.names.pop(0) if len(self.names) > 1 else self.names[0], port, family)


@pytest.mark.parametrize("names", [("loop.example", "metadata.example"), ("metadata.example", "loop.example")])
async def test_rebinding(outside: Outside, names: tuple[str, str]) -> None:
    """What is judged is the address dialled, at every connection: an earlier answer opens and shuts nothing."""
    for at, name in enumerate(names):
        async with web(SETTINGS, resolver=Changing(*names[at:])) as sessions:
            get = partial(sessions.get, poll(f"http://turn.example:{outside.inside.port}/"), now=lambda: NOW)
            said = await get(allow_private=True)
            assert isinstance(said, Response) == (name == "loop.example")
            assert isinstance(await get(allow_private=False), Failure)


async def test_sessions_apart(outside: Outside) -> None:
    """A connection that one source was allowed to make serves no other source."""
    request = Request(purpose=Purpose.POLL, url=f"http://loop.example:{outside.inside.port}/", accept="*/*", limit=1000)
    assert isinstance(await outside.web.get(request, allow_private=True, now=lambda: NOW), Response)
    assert isinstance(await outside.web.get(request, allow_private=False, now=lambda: NOW), Failure)
