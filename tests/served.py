"""A served page for tests, and a reader of its stream that counts on nothing but the protocol."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import aiohttp

from streams.counters import Counters
from streams.settings import WebSettings
from streams.sources import SourceSettings
from streams.web.app import build_app
from streams.web.serving import serving
from tests.alerts import alert

SOURCES = (SourceSettings(id="harbour-post", url="https://harbour.example/rss", name="Harbour Post"),)
LOOPBACK = WebSettings(port=0)
HOPELESS = 30  # seconds after which a wait is given up, so that a broken stream fails instead of hanging


@asynccontextmanager
async def site(journal, counters=None, *, settings=LOOPBACK, **more):
    app = build_app(journal, counters or Counters(), settings, sources=SOURCES, **more)
    async with serving(app, settings) as url, aiohttp.ClientSession(url) as session:
        yield session


async def events(response):
    """Yield (id, card) of each alert on an event stream."""
    event: dict[str, str] = {}
    async for line in response.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            event[name] = value
            continue
        if event.get("event") == "alert":
            yield event["id"], json.loads(event["data"])
        event = {}


async def take(session, count, *, path="/stream", headers=None):
    """Read so many alerts from the stream, then hang up."""
    found = []
    async with asyncio.timeout(HOPELESS), session.get(path, headers=headers or {}) as response:
        assert response.status == 200
        async for event in events(response):
            found.append(event)
            if len(found) == count:
                return found
    return found


def numbered(*numbers):
    return [alert(f"alert-{number}", headline=f"headline {number}") for number in numbers]


def heads(found):
    return [card["headline"] for _, card in found]
