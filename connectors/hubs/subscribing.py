"""Subscribes at hubs for the sources of one process, and takes what they push into them: the effects around the rules.

Never met a real hub.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

import structlog
from msgspec.structs import replace

from connectors.connector import Failure
from connectors.hubs.call import posted
from connectors.hubs.leases import (
    DENIED,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Lease,
    capability,
    challenge_in,
    denied,
    failed,
    is_known,
    is_signed,
    is_unsubscribed,
    pushed,
    verified,
)
from connectors.hubs.push import SAVED_SECONDS, Answer, Listener, Post
from connectors.hubs.pushing import Asking, hastened, is_due, lease_at, tended, with_lease
from connectors.polling.progress import Progress, Step
from connectors.polling.rounds import Round, Standing
from connectors.polling.turn import receive, saved
from streams.counters import Ending
from streams.errors import JournalUnusable
from streams.settings import PushSettings

T = TypeVar("T")
LOG = structlog.get_logger()
STEP = "push"
TICK_SECONDS = 1.0
# Hubs that are asked at a time.
AT_ONCE = 8
# Bodies that wait for their source, in all and of one source: beyond, the hub is told to come again.
WAITING, WAITING_AT_ONE = 64, 4
NOWHERE = Answer(status=HTTPStatus.NOT_FOUND)
TAKEN = Answer(status=HTTPStatus.ACCEPTED)
FAILED = Answer(status=HTTPStatus.INTERNAL_SERVER_ERROR)
COME_AGAIN = Answer(status=HTTPStatus.SERVICE_UNAVAILABLE)


@dataclass(slots=True, kw_only=True)
class Subscriber:
    """The subscriptions of one round: `doors` leads from a capability to its source, `waiting` counts bodies."""

    turns: Round
    settings: PushSettings
    group: asyncio.TaskGroup
    doors: dict[str, Standing] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)

    def know(self, one: Standing) -> None:
        """Let hubs reach this source at the capabilities of its subscriptions."""
        for lease in (one.progress.lease, one.progress.ended):
            if lease is not None:
                self.doors[capability(lease)] = one

    def find(self, door: str) -> tuple[Standing, Lease] | None:
        """Return whose capability this is, and the subscription it stands for."""
        one = self.doors.get(door)
        lease = lease_at(one.progress, door) if one else None
        return (one, lease) if one and lease else None

    def count(self, one: Standing, outcome: str) -> None:
        """Count how a body ended."""
        self.turns.poller.counters.count(Ending(STEP, one.source.id, outcome))

    async def asks(self, door: str, query: Mapping[str, str]) -> Answer:
        """Answer whether we asked for this, and remember what the hub said; 404 for whatever we do not want."""
        found = self.find(door)
        if found is None:
            return NOWHERE
        async with found[0].lock:
            return await self._heard(found[0], door, query)

    async def _heard(self, one: Standing, door: str, query: Mapping[str, str]) -> Answer:
        before, lease, mode = one.progress, lease_at(one.progress, door), query.get("hub.mode", "")
        after = _after_question(before, lease, query, one) if lease else None
        if after is None:
            return NOWHERE
        if after is not before:
            await _keep(one, after)
            LOG.info("hub.said", source=one.source.id, mode=mode, until=str(after.lease and after.lease.until))
        return Answer(status=HTTPStatus.OK, text=(challenge_in(query) or "") if mode != DENIED else "")

    def takes(self, door: str) -> Answer | None:
        """Return None where a body is welcome: 410 says that a subscription is over (section 7)."""
        found = self.find(door)
        if found is None or found[1].verified_at is None:
            return NOWHERE
        if found[1] is not found[0].progress.lease:
            return Answer(status=HTTPStatus.GONE)
        is_full = self.waiting.get(found[0].source.id, 0) >= WAITING_AT_ONE or sum(self.waiting.values()) >= WAITING
        return COME_AGAIN if is_full else None

    async def brings(self, door: str, body: bytes, signature: str, kind: str) -> Answer:
        """Take a body; answered once it is saved, so that what a crash loses the hub sends again."""
        found = self.find(door)
        refused = self.takes(door)
        if refused is not None or found is None:
            return refused or NOWHERE
        one, lease = found
        if not is_signed(lease, signature, body):
            self.count(one, "refused")
            task = self.group.create_task(_safely(one, self._refuse(one, door), FAILED))
        else:
            self.waiting[one.source.id] = self.waiting.get(one.source.id, 0) + 1
            task = self.group.create_task(_safely(one, self._take(one, door, body, kind), FAILED))
        done, _ = await asyncio.wait({task}, timeout=SAVED_SECONDS)
        return COME_AGAIN if not done or task.cancelled() or task.exception() else task.result()

    async def _refuse(self, one: Standing, door: str) -> Answer:
        """Count a body with a wrong signature; saved at the first, second, fourth...: a storm is cheap."""
        async with one.lock:
            lease = lease_at(one.progress, door)
            if lease is not None and lease is one.progress.lease:
                after = with_lease(one.progress, replace(lease, refused=lease.refused + 1))
                is_worth = (lease.refused + 1).bit_count() == 1
                if is_worth:
                    LOG.warning("push.refused", source=one.source.id, hub=lease.hub, count=lease.refused + 1)
                await _keep(one, after, to_save=is_worth)
        return TAKEN

    async def _take(self, one: Standing, door: str, body: bytes, kind: str) -> Answer:
        try:
            async with one.lock:
                lease = lease_at(one.progress, door)
                if lease is None or lease is not one.progress.lease:
                    return Answer(status=HTTPStatus.GONE)
                outcome = await self._read(one, lease, body, kind)
        finally:
            self.waiting[one.source.id] -= 1
            if not self.waiting[one.source.id]:
                del self.waiting[one.source.id]
        self.count(one, outcome)
        self.turns.put_anew(one)
        return FAILED if outcome == "accident" else TAKEN

    async def _read(self, one: Standing, lease: Lease, body: bytes, kind: str) -> str:
        """Read a signed body; an empty one, or one that came before, says no more than that there may be news."""
        now = one.poller.now()
        if not body.strip() or is_known(lease, body):
            after = with_lease(one.progress, replace(lease, pushed_at=now) if not body.strip() else lease)
            one.pinged = one.running
            await _keep(one, hastened(after, one.source, now))
            return "known" if body.strip() else "ping"
        reading = receive(one.poller, one.source, one.progress, pushed(lease, body, now), (body, kind))
        accident = (hastened(one.progress, one.source, now), "accident")
        one.progress, outcome = await _safely(one, reading, accident)
        one.pinged = one.running and outcome not in {"ok", "unchanged"}
        return outcome

    async def tend(self) -> None:
        """Ask hubs for what is due, for ever."""
        while True:
            for one in self._due():
                one.asking = True
                self.group.create_task(_safely(one, self._tend(one), None))
            await asyncio.sleep(TICK_SECONDS)

    def _due(self) -> list[Standing]:
        """Return whose hub is to be asked now: of one hub one source at a time, so that no hub keeps others waiting."""
        now, asking = self.turns.poller.now(), [one for one in self.turns.standings if one.asking]
        busy, due = {_hub_of(one) for one in asking}, []
        for one in self.turns.standings:
            if not one.asking and is_due(one.progress, self.callback, now) and _hub_of(one) not in busy:
                busy.add(_hub_of(one))
                due.append(one)
        return due[: max(0, AT_ONCE - len(asking))]

    @property
    def callback(self) -> str:
        """Return the public address under which this process is reached."""
        return self.settings.callback

    async def _tend(self, one: Standing) -> None:
        try:
            for asking in await self.prepare(one):
                await self._ask(one, asking)
        finally:
            one.asking = False

    async def prepare(self, one: Standing) -> tuple[Asking, ...]:
        """Return what to ask a source's hubs; it is saved first, for they may answer before they have taken it."""
        async with one.lock:
            after, askings = tended(
                one.progress,
                callback=self.callback,
                seconds=self.settings.lease_seconds,
                key=secrets.token_urlsafe(32),
                now=one.poller.now(),
            )
            await _keep(one, after)
            self.know(one)
        return askings

    async def _ask(self, one: Standing, asking: Asking) -> None:
        failure = await posted(one.poller, one.source, asking)
        LOG.info("hub.asked", source=one.source.id, hub=asking.lease.hub, mode=asking.mode, failed=bool(failure))
        if failure is None or asking.mode == UNSUBSCRIBE:
            return
        async with one.lock:
            lease = one.progress.lease
            if lease is not None and lease.key == asking.lease.key and not _is_answered(lease):
                await _keep(one, _after_failure(one, lease, failure))


async def _safely(one: Standing, work: Awaitable[T], otherwise: T) -> T:
    """Return what some work brings, and something else after an error nobody foresaw: it must not end the others."""
    try:
        return await work
    except JournalUnusable:
        raise
    except Exception:
        LOG.exception("push.failed", source=one.source.id)
        return otherwise


def _hub_of(one: Standing) -> str:
    lease = one.progress.lease
    return one.progress.hub[0] if one.progress.hub else (lease.hub if lease else "")


def _is_answered(lease: Lease) -> bool:
    """Whether the hub has verified the last asking, whatever became of its answer."""
    return lease.verified_at is not None and lease.verified_at >= lease.asked_at


def _after_failure(one: Standing, lease: Lease, failure: Failure) -> Progress:
    text = f"the hub did not take the subscription: {failure.text}"
    return with_lease(one.progress, failed(lease, text, one.poller.now(), retry_after=failure.retry_after))


def _after_question(known: Progress, lease: Lease, query: Mapping[str, str], one: Standing) -> Progress | None:
    """Return the progress after a hub's word, the same where it changes nothing, None where it is not welcome."""
    now, mode, is_ours = one.poller.now(), query.get("hub.mode", ""), lease is known.lease
    if mode == UNSUBSCRIBE and not is_ours:
        return replace(known, ended=None) if is_unsubscribed(lease, query, now) else None
    if not is_ours or mode not in {SUBSCRIBE, DENIED}:
        return None
    after = verified(lease, query, now) if mode == SUBSCRIBE else denied(lease, query, now)
    if after is None or after is lease:
        return known if after is lease else None
    return with_lease(known, after)


async def _keep(one: Standing, after: Progress, *, to_save: bool = True) -> None:
    """Make this the source's progress, once it is saved."""
    if to_save:
        await saved(one.poller, one.source, Step(items=(), progress=after))
    one.progress = after


@asynccontextmanager
async def subscribed(
    turns: Round, listener: Listener | None, settings: PushSettings, group: asyncio.TaskGroup
) -> AsyncIterator[None]:
    """Let hubs reach the sources of a round while the context lasts; without a listener there is nothing to do."""
    if listener is None:
        yield
        return
    subscriber = Subscriber(turns=turns, settings=settings, group=group)
    for one in turns.standings:
        subscriber.know(one)
    listener.post = Post(asks=subscriber.asks, takes=subscriber.takes, brings=subscriber.brings)
    group.create_task(subscriber.tend())
    try:
        yield
    finally:
        listener.post = None
