"""One turn of one source: fetch, read, save. The effects around the pure parts."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import structlog
from msgspec.structs import replace as altered

from connectors.connector import Failure, Reading, Request, Response
from connectors.hubs.leases import Lease
from connectors.hubs.pushing import as_answer, hastened, received, with_lease
from connectors.kinds import KINDS
from connectors.polling.barriers import answered
from connectors.polling.brought import WAYS, fetch_of
from connectors.polling.means import Poller
from connectors.polling.progress import (
    Progress,
    Step,
    at_home,
    buried,
    cursor_of,
    failed,
    is_poll,
    news_of_health,
    next_request,
    with_fetch,
)
from connectors.polling.progress import paged as page_step
from connectors.polling.progress import polled as poll_step
from connectors.schedule import patient
from streams.counters import Ending
from streams.dial import web_host
from streams.errors import SourceUnreadable
from streams.fetches import Fetch, Way
from streams.sources import SourceSettings
from streams.topics import DEAD_LETTERS

LOG = structlog.get_logger()
STEP = "poll"


def coming(poller: Poller, source: SourceSettings, progress: Progress) -> tuple[Request, datetime]:
    """Return what the source needs next, and when."""
    now = poller.now()
    requests = KINDS[source.kind].plan(at_home(source, progress), bytes(progress.own), now)
    return next_request(requests, progress.schedule, now, poller.shut)


def accident(
    poller: Poller, source: SourceSettings, progress: Progress, request: Request | None, error: Exception
) -> Progress:
    """Return the progress after an error nobody foresaw: counted as a failure, so that it is not repeated at once."""
    failure = Failure(outcome="unavailable", text=f"{type(error).__name__}: {error}"[:300], weight=0.5, final=True)
    if request is not None and not is_poll(request):
        with suppress(Exception):
            return _step(poller, source, progress, request, answer=failure, fruit=failure).progress
    return failed(progress, source, failure, now=poller.now(), chance=poller.chance()).progress


async def advance(poller: Poller, source: SourceSettings, progress: Progress, request: Request) -> Progress:
    """Make one request, save what it brought together with the cursor, and return the next progress."""
    return await settle(poller, source, progress, request, await answered(poller, source, request))


async def settle(
    poller: Poller, source: SourceSettings, progress: Progress, request: Request, answer: Response | Failure
) -> Progress:
    """Read an answer, save what it brought together with the cursor, and return the next progress."""
    if isinstance(answer, Response):
        progress, fruit = await _fruit(poller, source, progress, request, answer)
    else:
        fruit = answer
    unheard = fruit.unheard if isinstance(fruit, Failure) else ""
    if progress.silent or unheard:
        progress = altered(progress, silent=poller.robots.silences(progress.silent, unheard))
    if isinstance(fruit, Failure):
        fruit = patient(progress.schedule, fruit)
        _note_failure(poller, source, request, fruit)
    step = _step(poller, source, progress, request, answer=answer, fruit=fruit)
    step = with_fetch(step, _fetch(poller, source, WAYS[request.purpose], step, answer=answer, fruit=fruit))
    await saved(poller, source, step)
    _note(poller, source, request, step, fruit)
    for word in news_of_health(progress, step.progress):
        LOG.warning(
            "source.noted", source=source.id, note=word, text=step.progress.health and step.progress.health.text
        )
    return step.progress


async def receive(
    poller: Poller, source: SourceSettings, progress: Progress, lease: Lease, push: tuple[bytes, str]
) -> tuple[Progress, str]:
    """Read a signed body with its content type as if polled, save what it brings, and return how it ended.

    What cannot be read is a dead letter, and the source is polled instead.
    """
    request = KINDS[source.kind].plan(at_home(source, progress), bytes(progress.own), poller.now())[0]
    answer = as_answer(request, *push)
    progress, fruit = await _fruit(poller, source, progress, request, answer)
    if isinstance(fruit, Failure):
        step = Step(items=(), progress=hastened(with_lease(progress, lease), source, poller.now()))
    else:
        step = received(progress, source, lease, fruit, poller.now())
    step = with_fetch(step, _fetch(poller, source, Way.PUSH, step, answer=answer, fruit=fruit))
    await saved(poller, source, step)
    for item in step.items:
        LOG.info("item.published", source=source.id, item=item.id, revision=item.revision, url=item.url)
    if step.items:
        poller.counters.count(Ending("read", source.id, "passed"), len(step.items))
    return step.progress, fruit.outcome


async def saved(poller: Poller, source: SourceSettings, step: Step) -> None:
    """Save what a turn made."""
    await poller.save(step.items, cursor_of(source, step.progress, poller.now(), step.fetches))


def _fetch(
    poller: Poller,
    source: SourceSettings,
    way: Way,
    step: Step,
    *,
    answer: Response | Failure,
    fruit: Reading | Failure,
) -> Fetch:
    """Return the record of a fetch, measured for Prometheus too."""
    fetch = fetch_of(source.id, way, answer, fruit, poller.now(), published=len(step.items))
    poller.counters.measure(fetch)
    return fetch


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
) -> Reading | Failure:
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
        return page_step(progress, KINDS[source.kind].missed(source, bytes(progress.own), request, fruit, now), now)
    if is_poll(request) and isinstance(answer, Response):
        return poll_step(progress, source, answer, fruit, now=now, chance=poller.chance())
    return page_step(progress, fruit, now)


def _note_failure(poller: Poller, source: SourceSettings, request: Request, failure: Failure) -> None:
    event = "source.failed" if is_poll(request) else "page.failed"
    LOG.warning(event, source=source.id, outcome=failure.outcome, about=failure.about, text=failure.text)
    if failure.host_wide and failure.retry_after and not source.allow_private:
        host = failure.host or web_host(request.url)
        poller.gates.shut(host, failure.retry_after)
        LOG.warning("host.gated", host=host, seconds=failure.retry_after)


def _note(poller: Poller, source: SourceSettings, request: Request, step: Step, fruit: Reading | Failure) -> None:
    for item in step.items:
        LOG.info("item.published", source=source.id, item=item.id, revision=item.revision, url=item.url)
    name = STEP if is_poll(request) else "page"
    poller.counters.count(Ending(name, source.id, fruit.outcome))
    if step.items:
        poller.counters.count(Ending("read", source.id, "passed"), len(step.items))
    if isinstance(fruit, Reading):
        log = LOG.info if step.items else LOG.debug
        log("source.polled" if is_poll(request) else "page.fetched", source=source.id, items=len(step.items))
