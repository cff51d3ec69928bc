"""Listens to one stream for ever: dials, reads frames into a queue, takes them in batches, saves, dials again.

The effects around the pure kinds of `STREAMS`. Frames are read by one task and
taken by another: a service drops whoever reads slowly.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import replace

import msgspec
import structlog
from msgspec.structs import replace as altered

from connectors.asking.status import barred, no_answer
from connectors.connector import Purpose
from connectors.kinds import STREAMS
from connectors.listening.dialling import Lost, Open, opened
from connectors.listening.inbox import Inbox
from connectors.listening.listener import Listener, ask, note, save, shut, take, tell
from connectors.listening.standing import Standing, broken, standing_of, still
from connectors.listening.stretch import Stretch
from connectors.listening.wires import Wires, token_in
from connectors.polling.means import Poller
from connectors.streaming import Loss, Stream, Why
from streams.dial import is_own_house, web_host
from streams.errors import BadRecord, JournalUnusable, SourceRefused
from streams.items import Cursor
from streams.sources import SourceSettings

LOG = structlog.get_logger()
# A quiet stream says this often that it is well, in seconds.
STILL_SECONDS = 60.0
# Asks in a row without a stream: the service is not what we take it for.
MAX_ASKS = 200
# A service's own wait is never cut short, and lengthened by up to a quarter so that we do not all come at once.
JITTER = 0.25
SOONEST = 0.25


async def listen(poller: Poller, wires: Wires, source: SourceSettings, cursor: Cursor | None) -> None:
    """Listen to one source for ever; only a journal that cannot be used ends it."""
    one = Listener(
        poller=poller, wires=wires, source=source, kind=STREAMS[source.kind], standing=_begun(poller, source, cursor)
    )
    await asyncio.sleep(_left(one))
    while True:
        try:
            await _connection(one)
        except Lost as lost:
            seconds = await _after(one, lost.loss)
        except SourceRefused as refused:
            seconds = await _after(one, _refused(one, str(refused)))
        except JournalUnusable:
            raise
        except Exception as error:  # one source's accident must not end the others
            LOG.exception("source.failed", source=source.id, url=source.url)
            seconds = await _after(one, _accident(one, error))
        await asyncio.sleep(seconds)


def _begun(poller: Poller, source: SourceSettings, cursor: Cursor | None) -> Standing:
    """Return where a stream was left; one with a cursor of another make, or of another kind, starts anew."""
    try:
        standing = standing_of(cursor)
        with suppress(SourceRefused):
            web_host(source.url)
            STREAMS[source.kind].dial(source, bytes(standing.own), poller.now())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        LOG.warning("source.failed", source=source.id, text=f"its cursor cannot be read, it starts anew: {error}")
        return Standing()
    return standing


def _left(one: Listener) -> float:
    """Return how much of the last wait is left, so that a restart does not knock sooner.

    Where nobody was asked (a token that is not there) there is nobody to be spared: it is mended, then restarted.
    """
    health = one.standing.health
    if health is None or not one.standing.tries or (health.outcome == "refused" and health.http_status is None):
        return 0.0
    return max(0.0, (health.next_at - one.poller.now()).total_seconds())


def _accident(one: Listener, error: Exception) -> Loss:
    return Loss(why=Why.UNREADABLE, failure=no_answer(one.source.url, f"{type(error).__name__}: {error}"[:300]))


async def _connection(one: Listener) -> None:
    """Make one connection and hear it to its end, which is always told as Lost."""
    one.stretch = Stretch(since=one.poller.now())
    token = await _token(one)
    stream = await _stream(one, token)
    is_own = is_own_house(one.source.allow_private, one.source.url, stream.url)
    if not is_own:
        await asyncio.sleep(one.poller.gates.wait_for(web_host(stream.url)))
    async with AsyncExitStack() as stack:
        async with one.poller.gates.turn(web_host(stream.url), Purpose.POLL, is_own=is_own):
            open_ = await stack.enter_async_context(opened(one.wires, stream, token, allow_private=is_own))
        await _opened(one, stream)
        one.inbox, one.bad_in_a_row = Inbox(), 0
        reader = asyncio.create_task(_fill(one.inbox, open_))
        try:
            await _drain(one, token)
            await reader
        finally:
            reader.cancel()
            await asyncio.wait([reader])
            if open_.heard.bytes and not one.bad_in_a_row:
                one.standing = altered(one.standing, tries=0)


async def _token(one: Listener) -> str:
    if not (one.kind.needs_token or one.source.token_file):
        return ""
    try:
        return await asyncio.to_thread(token_in, one.source.token_file)
    except SourceRefused as error:
        raise Lost(_refused(one, str(error), about="auth")) from error


def _refused(one: Listener, why: str, *, about: str = "") -> Loss:
    return Loss(why=Why.REFUSED, failure=barred(one.source.url, why, about=about))


async def _stream(one: Listener, token: str) -> Stream:
    """Return the stream to open, after what has to be asked first."""
    for _ in range(MAX_ASKS):
        try:
            web_host(one.source.url)
            following = one.kind.dial(one.source, one.state, one.poller.now())
        except SourceRefused as error:
            raise Lost(_refused(one, str(error))) from error
        if isinstance(following, Stream):
            return following
        await ask(one, following, token)
    raise Lost(_refused(one, f"{MAX_ASKS} requests did not lead to the stream"))


async def _opened(one: Listener, stream: Stream) -> None:
    LOG.info("stream.opened", source=one.source.id, url=stream.url)
    one.stretch = replace(one.stretch, is_open=True)
    one.standing = altered(one.standing, own=msgspec.Raw(stream.state))
    note(one, stream.text)
    one.standing = still(one.standing, one.poller.now())
    await save(one, ())


async def _fill(inbox: Inbox, open_: Open) -> None:
    """Read frames into the queue until the connection ends; raises Lost."""
    try:
        async for frame in open_.frames:
            await inbox.put(frame)
    finally:
        inbox.close()


async def _drain(one: Listener, token: str) -> None:
    """Fill the gap, then take batch after batch until the queue is closed and empty."""
    while True:
        if wanted := one.kind.gap(one.source, one.state, one.poller.now()):
            await ask(one, wanted, token)
            continue
        frames = await one.inbox.batch(STILL_SECONDS)
        if frames is None:
            return
        if frames:
            await take(one, frames)
        else:
            one.standing = still(one.standing, one.poller.now())
            await save(one, ())


async def _after(one: Listener, loss: Loss) -> float:
    """Let people see the loss, save the place, and return the seconds until the next connection."""
    now = one.poller.now()
    loss = replace(loss, tries=one.standing.tries + 1)
    pause = one.kind.lost(one.source, one.state, loss, now)
    seconds = _seconds(loss, pause.seconds, one.poller.chance())
    if pause.state is not None:
        one.standing = altered(one.standing, own=msgspec.Raw(pause.state))
    note(one, pause.text)
    one.standing = broken(one.standing, loss, now, seconds, pause.text)
    shut(one, one.source.url, loss.failure)
    tell(one, Stretch(since=now), loss)
    one.count("stream", loss.why)
    LOG.warning("stream.lost", source=one.source.id, why=loss.why, seconds=round(seconds, 1), text=loss.failure.text)
    try:
        await save(one, ())
    except BadRecord as too_large:
        LOG.warning("source.failed", source=one.source.id, text=f"its cursor cannot be saved: {too_large}")
    return seconds


def _seconds(loss: Loss, wanted: float, chance: float) -> float:
    asked = 0.0 if loss.failure.guessed else loss.failure.retry_after or 0.0
    # At once means at once, but not in a circle.
    least = SOONEST if loss.tries > 1 else 0.0
    return max(wanted, asked, least) * (1 + JITTER * chance)
