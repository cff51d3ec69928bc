"""Reads all sources, each on its schedule, politely and without end.

One dispatcher takes from a queue whoever is due and may knock; a source costs
a task only while its turn lasts.
"""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec
import structlog
from aiohttp.abc import AbstractResolver

from connectors.archives.leafing import leaf
from connectors.asking.gates import Gates, site_of
from connectors.asking.robots import agent_of
from connectors.connector import Request
from connectors.http import web
from connectors.hubs.push import Listener, listening
from connectors.hubs.pushing import hastened, taken_over
from connectors.hubs.subscribing import subscribed
from connectors.kinds import KINDS, LOCALS, STREAMS
from connectors.listening.engine import listen
from connectors.listening.wires import Wires, wired
from connectors.polling.barriers import answered
from connectors.polling.clock import Clock
from connectors.polling.due import Door
from connectors.polling.means import Poller, utc_now
from connectors.polling.progress import Progress, begun, cursor_of, loaded
from connectors.polling.rounds import Place, Round, Standing
from connectors.polling.turn import accident, coming, settle
from connectors.reading.readers import readers
from connectors.schedule import spread
from streams.counters import Counters
from streams.dial import web_host
from streams.errors import BadRecord, JournalUnusable, SourceRefused, first_of
from streams.items import Cursor
from streams.journal import Journal
from streams.settings import FetchSettings, PushSettings
from streams.sharing import Share, Sharing, alone
from streams.sources import SourceSettings

LOG = structlog.get_logger()
# The clock on the wall may be set while we wait: after so long we look at it again.
LONGEST_WAIT = 30.0
# Each request under way needs a file, as does each connection kept for a moment after it.
FILES = 16384


async def _dispatch(turns: Round) -> None:
    """Give everybody his turn, for ever; only a journal that cannot be used ends it."""
    async with asyncio.TaskGroup() as group:
        while True:
            turns.changed.clear()
            while turns.running < turns.poller.gates.at_once:
                taken = turns.queue.take(turns.poller.now(), turns.pause)
                if taken is None:
                    break
                _begin_turn(turns, *taken, group)
            await _change(turns)


def _begin_turn(turns: Round, door: Door, place: Place, group: asyncio.TaskGroup) -> None:
    one = place.one
    if place.is_over:  # what a hub pushed gave it another
        turns.queue.leave(door)
        turns.stale -= 1
        return
    if one.request is not None and turns.poller.shut(one.request.url) > 0:  # the host closed while it waited
        turns.queue.leave(door)
        turns.put(one)
        return
    if not one.source.allow_private:
        turns.poller.network.begins(turns.poller.now())
    turns.running += 1
    one.running = True
    group.create_task(_turn(turns, door, one))


async def _change(turns: Round) -> None:
    """Wait until somebody may be due or a turn is over."""
    at = turns.queue.next_at() if turns.running < turns.poller.gates.at_once else None
    seconds = LONGEST_WAIT if at is None else min(LONGEST_WAIT, (at - turns.poller.now()).total_seconds())
    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, seconds)):
            await turns.changed.wait()


async def _turn(turns: Round, door: Door, one: Standing) -> None:
    """Do what one source needs; its accident must not end the others."""
    poller, request = one.poller, one.request
    try:
        if request is None:
            coming(poller, one.source, one.progress)
        else:
            answer = await answered(poller, one.source, request)
            async with one.lock:
                one.progress = await settle(poller, one.source, one.progress, request, answer)
    except JournalUnusable:
        raise
    except Exception as error:
        LOG.exception("source.failed", source=one.source.id, url=request.url if request else one.source.url)
        async with one.lock:
            one.progress = await _after(poller, one.source, one.progress, request, error)
    one.running = False
    if one.pinged:  # the hub's word came while the source was being asked, perhaps before its news
        one.pinged, one.progress = False, hastened(one.progress, one.source, poller.now())
    turns.put(one)
    turns.running -= 1
    turns.queue.leave(door)
    turns.changed.set()


async def _after(
    poller: Poller, source: SourceSettings, progress: Progress, request: Request | None, error: Exception
) -> Progress:
    """Let people see the accident; a source whose very state is at fault starts anew."""
    is_damaged = request is None or isinstance(error, msgspec.DecodeError)
    known = begun(poller.now(), source.url) if is_damaged else progress
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
    poller.robots.recall(progress.silent)
    return progress if progress.url == source.url else anew


def _wanted(sources: Sequence[SourceSettings]) -> list[SourceSettings]:
    """Return the sources to read; the first of an id counts: a configured source stands for the starter list's."""
    first = {source.id: source for source in reversed(sources)}
    wanted = [source for source in sources if source is first[source.id] and source.enabled]
    known = {*KINDS, *STREAMS, *LOCALS}
    for source in wanted:
        if source.kind not in known:
            LOG.warning("source.failed", source=source.id, text=f"nothing here reads sources of kind {source.kind}")
    return [source for source in wanted if source.kind in known]


def _word(source: SourceSettings) -> str:
    """Return the word a source spreads by: all of one site are read by one process, which then keeps its gate."""
    with suppress(SourceRefused):
        return source.id if source.allow_private else site_of(web_host(source.url))
    return source.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """Where hubs reach this process: without a listener nowhere, and every source is polled."""

    settings: PushSettings
    listener: Listener | None = None


@asynccontextmanager
async def _hearing(settings: PushSettings) -> AsyncIterator[Ear]:
    if not settings.callback:
        yield Ear(settings=settings)
        return
    async with listening(settings) as (listener, address):
        LOG.info("service.started", service="push", url=address, callback=settings.callback)
        yield Ear(settings=settings, listener=listener)


async def _read_share(poller: Poller, wires: Wires, sources: Sequence[SourceSettings], share: Share, ear: Ear) -> None:
    """Read the sources of one share until it is taken away: those polled in turns, the others each by itself."""
    mine = [(source, journal) for source in sources if (journal := share.journal_for(_word(source))) is not None]
    readers_of = {id(journal): replace(poller, journal=journal) for _, journal in mine}
    turns = Round(poller=poller)
    streams = []
    for place, (source, journal) in enumerate(mine):
        reader, cursor = readers_of[id(journal)], share.cursors.get(source.id)
        if source.kind in STREAMS:
            streams.append(listen(reader, wires, source, cursor))
        elif source.kind in LOCALS:
            streams.append(leaf(reader, source, cursor))
        else:
            wait = spread(source, place, len(mine))
            known = _begin(reader, source, cursor, wait)
            turns.add(Standing(reader, source, taken_over(known, ear.settings.callback, poller.now() + wait)))
    LOG.info("sources.taken", sources=len(mine))
    del share  # its cursors are decoded by now
    try:
        async with asyncio.TaskGroup() as group:
            for stream in streams:
                group.create_task(stream)
            async with subscribed(turns, ear.listener, ear.settings, group):
                await _dispatch(turns)
    except* JournalUnusable as unusable:
        raise first_of(unusable) from None


def _make_room() -> None:
    """Let this process have as many files open as it may, and look up names of many hosts at a time."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def poll_forever(
    sources: Sequence[SourceSettings],
    journal: Journal,
    fetch: FetchSettings | None = None,
    *,
    push: PushSettings | None = None,
    counters: Counters | None = None,
    sharing: Sharing | None = None,
    resolver: AbstractResolver | None = None,
    wall: Callable[[], datetime] = utc_now,
) -> None:
    """Read the sources until cancelled; raises JournalUnusable where nothing can be saved.

    It raises ConfigError where hubs are to be listened to and the port cannot
    be had. `sharing` says which of them are this process's; without it all are.
    `resolver` looks names up instead of the system, `wall` is the clock that
    people may set.
    """
    clock = Clock(wall, time.monotonic)
    fetch = fetch or FetchSettings()
    _make_room()
    # A name whose servers are silent keeps its look-up waiting for half a minute, and there are many such names.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(fetch.at_once, "names"))
    async with (
        web(fetch, resolver=resolver) as net,
        wired(fetch, now=clock, resolver=resolver) as wires,
        readers(workers=fetch.readers) as reading,
        _hearing(push or PushSettings()) as ear,
    ):
        poller = Poller(
            journal=journal,
            web=net,
            readers=reading,
            gates=Gates(clock=time.monotonic, sleep=asyncio.sleep, at_once=fetch.at_once),
            counters=counters or Counters(),
            agent=agent_of(fetch.user_agent),
            now=clock,
        )
        wanted = _wanted(sources)
        await (sharing or alone(journal))(lambda share: _read_share(poller, wires, wanted, _reached(clock, share), ear))


def _reached(clock: Clock, share: Share) -> Share:
    """Return the share, once time goes on from where it was when its cursors were saved."""
    for cursor in share.cursors.values():
        clock.reach(cursor.saved_at)
    return share
