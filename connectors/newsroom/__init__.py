"""A demonstration newsroom: three invented news desks on a loopback address, feeds and pages as the web serves them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from connectors.newsroom.article import desks
from connectors.newsroom.server import Clock, Newsroom, application
from streams.sources import SourceSettings

HOST = "127.0.0.1"
# Often enough that a person who watches sees each item within two seconds of its publication.
POLL_SECONDS = 1.0


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def newsroom(*, clock: Clock = _now, pace: float = 1.0, port: int = 0) -> AsyncIterator[str]:
    """Serve the newsroom on loopback until the context ends; gives its base URL.

    `clock` tells the time in UTC. `pace` stretches the schedule of
    publications: 1 is as written (all within a minute), 0 is all at once.
    Port 0 takes a free one.
    """
    room = Newsroom(desks=desks(), clock=clock, pace=pace, opened=clock())
    runner = web.AppRunner(application(room), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def sources_of(base_url: str) -> tuple[SourceSettings, ...]:
    """Return the newsroom's desks as sources: demonstrations, allowed at a loopback address."""
    return tuple(
        SourceSettings(
            id=desk.id,
            kind="feed",
            url=f"{base_url}/{desk.name}/feed.xml",
            name=desk.title,
            owner=desk.owner,
            language=desk.language,
            min_interval_seconds=POLL_SECONDS,
            allow_private=True,
            demo=True,
        )
        for desk in desks()
    )
