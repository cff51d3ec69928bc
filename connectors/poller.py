"""Reads all sources, each on its schedule, politely and without end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import structlog

from connectors.connector import Request
from connectors.gates import Gates
from connectors.http import web
from connectors.progress import Progress, begun, cursor_of, loaded
from connectors.readers import readers
from connectors.robots import agent_of
from connectors.schedule import spread
from connectors.turn import Poller, accident, advance, coming
from streams.counters import Counters
from streams.errors import BadRecord, JournalUnusable
from streams.items import Cursor
from streams.journal import Journal
from streams.settings import FetchSettings
from streams.sources import SourceSettings

LOG = structlog.get_logger()


async def _watch(poller: Poller, source: SourceSettings, progress: Progress) -> None:
    """Follow one source for ever; only a journal that cannot be used ends it."""
    while True:
        request: Request | None = None
        try:
            request, due = coming(poller, source, progress)
            await asyncio.sleep(max(0.0, (due - poller.now()).total_seconds()))
            progress = await advance(poller, source, progress, request)
        except JournalUnusable:
            raise
        except Exception as error:  # one source's accident must not end the others
            LOG.exception("source.failed", source=source.id, url=request.url if request else source.url)
            progress = await _after(poller, source, progress, request, error)


async def _after(
    poller: Poller, source: SourceSettings, progress: Progress, request: Request | None, error: Exception
) -> Progress:
    """Let people see the accident; a source whose very state is at fault starts anew."""
    known = progress if request is not None else begun(poller.now(), source.url)
    known = accident(poller, source, known, request, error)
    try:
        await poller.journal.save((), cursor_of(source, known, poller.now()))
    except BadRecord as too_large:
        LOG.warning("source.failed", source=source.id, text=f"its cursor cannot be saved: {too_large}")
    return known


def _begin(poller: Poller, source: SourceSettings, cursor: Cursor | None, wait: timedelta) -> Progress:
    """Return where a source was left; one with a new address, or a cursor of another make, starts anew."""
    anew = begun(poller.now() + wait, source.url)
    if cursor is None:
        return anew
    try:
        progress = loaded(cursor)
        coming(poller, source, progress)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        LOG.warning("source.failed", source=source.id, text=f"its cursor cannot be read, it starts anew: {error}")
        return anew
    return progress if progress.url == source.url else anew


async def _watch_all(poller: Poller, sources: Sequence[SourceSettings]) -> None:
    cursors = await poller.journal.cursors()
    # The first of an id counts: a configured source stands for the starter list's.
    first = {source.id: source for source in reversed(sources)}
    wanted = [source for source in sources if source is first[source.id] and source.enabled]
    async with asyncio.TaskGroup() as group:
        for place, source in enumerate(wanted):
            wait = spread(source, place, len(wanted))
            group.create_task(_watch(poller, source, _begin(poller, source, cursors.get(source.id), wait)))


async def poll_forever(
    sources: Sequence[SourceSettings],
    journal: Journal,
    fetch: FetchSettings | None = None,
    *,
    counters: Counters | None = None,
    workers: int = 1,
) -> None:
    """Read the sources until cancelled; raises JournalUnusable where nothing can be saved.

    `workers` is the number of processes that read documents.
    """
    fetch = fetch or FetchSettings()
    async with web(fetch) as net, readers(workers=workers) as reading:
        poller = Poller(
            journal=journal,
            web=net,
            readers=reading,
            gates=Gates(clock=time.monotonic, sleep=asyncio.sleep),
            counters=counters or Counters(),
            agent=agent_of(fetch.user_agent),
        )
        try:
            await _watch_all(poller, sources)
        except* JournalUnusable as unusable:
            raise unusable.exceptions[0] from None
