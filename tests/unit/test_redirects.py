"""Redirects, hop by hop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from connectors.asking.redirects import MAX_REDIRECTS, Hop, follow
from connectors.asking.status import refusal
from connectors.connector import Failure, Request, Response
from tests.feedmaker import NOW, answer, poll

A, B, C = "http://a.example/feed", "http://b.example/feed", "https://c.example/x"


def followed(
    web: Mapping[str, Response | Failure | Hop], *, etag: str | None = None
) -> tuple[Response | Failure, list[Request]]:
    """Follow from A through this web; return the answer and the requests made."""
    asked: list[Request] = []

    async def ask(request: Request) -> Response | Failure | Hop:
        asked.append(request)
        return web[request.url]

    return asyncio.run(follow(poll(A, etag=etag), ask)), asked


@pytest.mark.parametrize("status", [301, 308, 302, 303, 307])
def test_followed(status: int) -> None:
    """Every redirect is followed, with the same conditions; only a permanent one says where the source has moved."""
    found, asked = followed({A: Hop(status=status, location=B), B: answer("x", B)}, etag='"e"')
    assert isinstance(found, Response)
    assert [(request.url, request.etag) for request in asked] == [(A, '"e"'), (B, '"e"')]
    assert (found.url, found.moved_to) == (B, B if status in {301, 308} else None)


@pytest.mark.parametrize(
    ("first", "second", "moved_to"), [(301, 308, C), (301, 302, B), (302, 301, None), (307, 307, None)]
)
def test_how_far_it_has_moved(first: int, second: int, moved_to: str | None) -> None:
    """A source has moved as far as its redirects are permanent from the first on."""
    found, _ = followed({A: Hop(status=first, location=B), B: Hop(status=second, location=C), C: answer("x", C)})
    assert isinstance(found, Response)
    assert (found.url, found.moved_to) == (C, moved_to)


def test_no_redirect() -> None:
    """Without a redirect nothing has moved."""
    found, _ = followed({A: answer("x", A)})
    assert isinstance(found, Response)
    assert found.moved_to is None


def test_relative() -> None:
    """A location is read from the address that named it, and its fragment is left off."""
    found, asked = followed({A: Hop(status=301, location="../new?x=1#top"), "http://a.example/new?x=1": answer("x")})
    assert isinstance(found, Response)
    assert asked[1].url == "http://a.example/new?x=1"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("gopher://b.example/", "only http and https"),
        ("http://[bad/", "not an address"),
        (A, "in a circle"),
        ("#again", "in a circle"),
    ],
)
def test_refused(location: str, why: str) -> None:
    """A redirect to another scheme, to nonsense or to itself is refused as what we will not read."""
    found, asked = followed({A: Hop(status=302, location=location)})
    assert isinstance(found, Failure)
    assert why in found.text
    assert (found.outcome, found.weight, len(asked)) == ("refused", 1.0, 1)
    assert found.about == ("redirects" if why == "in a circle" else "security")


def test_too_many() -> None:
    """Five redirects are followed and no more."""
    chain = [f"http://a.example/{number}" for number in range(MAX_REDIRECTS + 1)]
    web = {here: Hop(status=301, location=there) for here, there in zip([A, *chain], chain, strict=False)}
    found, asked = followed(web)
    assert isinstance(found, Failure)
    assert "more than 5 times" in found.text
    assert len(asked) == MAX_REDIRECTS + 1
    found, _ = followed({**web, chain[MAX_REDIRECTS - 1]: answer("x")})
    assert isinstance(found, Response)


def test_refusal_behind_a_redirect() -> None:
    """What refuses behind a redirect is named with its own address and host."""
    found, _ = followed({A: Hop(status=302, location=B), B: refusal(B, 429, {}, NOW)})
    assert isinstance(found, Failure)
    assert (found.host, B in found.text) == ("b.example", True)
