"""Reads all sources, each on its schedule, politely and without end: the effects around the pure parts."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import structlog

from connectors.connector import Failure, Reading, Request, Response
from connectors.gates import Gates
from connectors.http import Web, web
from connectors.kinds import KINDS
from connectors.pages import PAGES
from connectors.progress import Progress, Step, begun, buried, cursor_of, failed, is_poll, loaded, next_request
from connectors.progress import paged as page_step
from connectors.progress import polled as poll_step
from connectors.readers import Readers, readers
from connectors.robots import RobotsCache, Rules, agent_of, forbidden, leave, request_for, rules_from, unasked
from streams.counters import Counters, Ending
from streams.dial import web_host
from streams.errors import JournalUnusable, SourceRefused, SourceUnreadable
from streams.items import Cursor
from streams.journal import Journal
from streams.settings import FetchSettings, SourceSettings
from streams.topics import DEAD_LETTERS

LOG = structlog.get_logger()
STEP = "poll"


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poller:
    """What reading sources needs; `chance` gives the jitter's random numbers from 0 to 1."""

    journal: Journal
    web: Web
    readers: Readers
    gates: Gates
    counters: Counters
    robots: RobotsCache = field(default_factory=RobotsCache)
    agent: str = "changehands"
    now: Callable[[], datetime] = utc_now
    chance: Callable[[], float] = random.random

    def shut(self, url: str) -> float:
        """Return for how many seconds the host of this address lets nobody in."""
        try:
            return self.gates.wait_for(web_host(url))
        except SourceRefused:
            return 0.0


def coming(poller: Poller, source: SourceSettings, progress: Progress) -> tuple[Request, datetime]:
    """Return what the source needs next, and when."""
    now = poller.now()
    requests = KINDS[source.kind].plan(source, bytes(progress.own), now)
    return next_request(requests, progress.schedule, now, poller.shut)


async def advance(poller: Poller, source: SourceSettings, progress: Progress, request: Request) -> Progress:
    """Make one request, save what it brought together with the cursor, and return the next progress."""
    answer = await _answer(poller, source, request)
    if isinstance(answer, Response):
        progress, fruit = await _fruit(poller, source, progress, request, answer)
    else:
        fruit = answer
    if isinstance(fruit, Failure):
        _note_failure(poller, source, request, fruit)
    step = _step(poller, source, progress, request, answer=answer, fruit=fruit)
    await poller.journal.save(step.items, cursor_of(source, step.progress, poller.now()))
    _note(poller, source, request, step, fruit)
    return step.progress


async def _answer(poller: Poller, source: SourceSettings, request: Request) -> Response | Failure:
    try:
        web_host(request.url)
    except SourceRefused as error:
        return Failure(outcome="refused", text=str(error), weight=1.0, final=True)
    barrier = await _barrier(poller, source, request)
    return await _get(poller, source, request) if barrier is None else barrier


async def _get(poller: Poller, source: SourceSettings, request: Request) -> Response | Failure:
    async with poller.gates.turn(web_host(request.url), request.purpose, is_own=source.allow_private):
        return await poller.web.get(request, allow_private=source.allow_private, now=poller.now)


async def _barrier(poller: Poller, source: SourceSettings, request: Request) -> Failure | None:
    """Return why robots.txt keeps us from a page; sources of our own house and feeds are not asked about."""
    if source.allow_private or (is_poll(request) and source.kind != PAGES.kind):
        return None
    rules = await _rules(poller, source, request)
    if rules.text is None:
        return unasked(request.url)
    try:
        said = await poller.readers.read(leave, request.url, rules.text, request.url, poller.agent)
    except SourceUnreadable:
        return unasked(request.url)
    poller.gates.slow(web_host(request.url), said.delay)
    return None if said.allowed else forbidden(request.url)


async def _rules(poller: Poller, source: SourceSettings, request: Request) -> Rules:
    question = request_for(request.url)
    async with poller.robots.lock(question.url):
        known = poller.robots.known(question.url, poller.now())
        if known is None:
            known = rules_from(await _get(poller, source, question), poller.now())
            poller.robots.rules[question.url] = known
        return known


async def _fruit(
    poller: Poller, source: SourceSettings, progress: Progress, request: Request, response: Response
) -> tuple[Progress, Reading | Failure]:
    try:
        return progress, await _read(poller, source, progress, request, response)
    except SourceUnreadable as error:
        failure = Failure(outcome="unreadable", text=str(error), weight=0.5, status=response.status, final=True)
        progress, letter = buried(progress, source, response, error, poller.now())
        if letter is not None:
            await poller.journal.publish(DEAD_LETTERS, (letter,))
            LOG.warning("record.dead_lettered", source=source.id, url=response.url, text=str(error))
        return progress, failure


async def _read(
    poller: Poller, source: SourceSettings, progress: Progress, request: Request, response: Response
) -> Reading:
    """Read a body in the worker process; without a body there is nothing that could be hostile."""
    read = KINDS[source.kind].read
    arguments = (source, bytes(progress.own), request, response, poller.now())
    if not response.body:
        return read(*arguments)
    return await poller.readers.read(read, response.url, *arguments)


def _step(
    poller: Poller,
    source: SourceSettings,
    progress: Progress,
    request: Request,
    *,
    answer: Response | Failure,
    fruit: Reading | Failure,
) -> Step:
    now = poller.now()
    if isinstance(fruit, Failure):
        if is_poll(request):
            return failed(progress, source, fruit, now=now, chance=poller.chance())
        return page_step(progress, KINDS[source.kind].missed(source, bytes(progress.own), request, fruit, now))
    if is_poll(request) and isinstance(answer, Response):
        return poll_step(progress, source, answer, fruit, now=now, chance=poller.chance())
    return page_step(progress, fruit)


def _note_failure(poller: Poller, source: SourceSettings, request: Request, failure: Failure) -> None:
    event = "source.failed" if is_poll(request) else "page.failed"
    LOG.warning(event, source=source.id, outcome=failure.outcome, text=failure.text)
    if failure.host_wide and failure.retry_after and not source.allow_private:
        poller.gates.shut(web_host(request.url), failure.retry_after)
        LOG.warning("host.gated", host=web_host(request.url), seconds=failure.retry_after)


def _note(poller: Poller, source: SourceSettings, request: Request, step: Step, fruit: Reading | Failure) -> None:
    for item in step.items:
        LOG.info("item.published", source=source.id, item=item.id, revision=item.revision, url=item.url)
    name = STEP if is_poll(request) else "page"
    poller.counters.count(Ending(name, source.id, fruit.outcome))
    if step.items:
        poller.counters.count(Ending("read", source.id, "passed"), len(step.items))
    if isinstance(fruit, Reading):
        LOG.info("source.polled" if is_poll(request) else "page.fetched", source=source.id, items=len(step.items))


async def _watch(poller: Poller, source: SourceSettings, progress: Progress) -> None:
    """Follow one source for ever; only a journal that cannot be used ends it."""
    while True:
        request, due = coming(poller, source, progress)
        await asyncio.sleep(max(0.0, (due - poller.now()).total_seconds()))
        try:
            progress = await advance(poller, source, progress, request)
        except JournalUnusable:
            raise
        except Exception as error:  # one source's accident must not end the others
            LOG.exception("source.failed", source=source.id, url=request.url)
            progress = _after_accident(poller, source, progress, request, error)


def _after_accident(
    poller: Poller, source: SourceSettings, progress: Progress, request: Request, error: Exception
) -> Progress:
    failure = Failure(outcome="unavailable", text=f"{type(error).__name__}: {error}"[:300], weight=0.5, final=True)
    return _step(poller, source, progress, request, answer=failure, fruit=failure).progress


def _begin(poller: Poller, source: SourceSettings, cursor: Cursor | None) -> Progress:
    if cursor is None:
        return begun(poller.now())
    try:
        progress = loaded(cursor)
        coming(poller, source, progress)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        LOG.warning("source.failed", source=source.id, text=f"its cursor cannot be read, it starts anew: {error}")
        return begun(poller.now())
    return progress


async def _watch_all(poller: Poller, sources: Sequence[SourceSettings]) -> None:
    cursors = await poller.journal.cursors()
    async with asyncio.TaskGroup() as group:
        for source in sources:
            if source.enabled:
                group.create_task(_watch(poller, source, _begin(poller, source, cursors.get(source.id))))


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
