"""What a hub's words and bodies make of a source's progress: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from connectors.asking.validators import DELTA
from connectors.connector import Reading, Request, Response
from connectors.hubs.leases import (
    DAY,
    LEAST,
    RETRY,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Lease,
    asked,
    asked_again,
    capability,
    is_live,
    quiet_for,
)
from connectors.polling.progress import Progress, Step, paged
from streams.sources import SourceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is to be posted to a hub: `lease` says what, `mode` is subscribe or unsubscribe."""

    mode: str
    lease: Lease


def with_lease(known: Progress, lease: Lease | None) -> Progress:
    """Return the progress with another state of its subscription, which people see in its health."""
    health = known.health
    if health is not None:
        health = replace(
            health,
            leased_until=lease.until if lease else None,
            pushed_at=(lease.pushed_at if lease else None) or health.pushed_at,
            pushes_refused=lease.refused if lease else 0,
            push_text=lease.text if lease else "",
        )
    return replace(known, lease=lease, health=health)


def _is_other(known: Progress, lease: Lease, callback: str) -> bool:
    return known.hub != (lease.hub, lease.topic) or lease.callback != callback


def is_due(known: Progress, callback: str, now: datetime) -> bool:
    """Whether there is anything to ask of a hub; one asked within the hour is not left for another."""
    lease = known.lease
    if known.ended is not None and now - known.ended.asked_at >= RETRY:
        return True
    if lease is None:
        return known.hub is not None
    if lease.callback != callback:
        return True
    if known.hub != (lease.hub, lease.topic):
        return now - lease.asked_at >= LEAST
    return lease.ask_at <= now


def tended(
    known: Progress, *, callback: str, seconds: int, key: str, now: datetime
) -> tuple[Progress, tuple[Asking, ...]]:
    """Return the progress before the hub is asked, and what to ask of it.

    `key` is a new secret, used where a subscription begins. What is saved
    before the asking knows the hub's question when it comes, be it at once.
    """
    asking: list[Asking] = []
    if known.ended is not None and now - known.ended.asked_at >= RETRY:
        known = replace(known, ended=None)
    lease = known.lease
    if lease is not None and _is_other(known, lease, callback):
        if is_live(lease, now) and lease.callback == callback:
            ended = replace(lease, asked_at=now)
            known, asking = replace(known, ended=ended), [Asking(mode=UNSUBSCRIBE, lease=ended)]
        known, lease = with_lease(known, None), None
    if known.hub is None or (lease is not None and lease.ask_at > now):
        return known, tuple(asking)
    lease = asked_again(lease, seconds, now) if lease else asked(known.hub, callback, key, seconds, now)
    return with_lease(known, lease), (*asking, Asking(mode=SUBSCRIBE, lease=lease))


def lease_at(known: Progress, door: str) -> Lease | None:
    """Return the subscription whose callback ends in this capability."""
    return next((lease for lease in (known.lease, known.ended) if lease and capability(lease) == door), None)


def taken_over(known: Progress, callback: str, wait: datetime) -> Progress:
    """Return where a process begins with a source it finds subscribed: it polls at `wait`, for pushes may be lost.

    A lease made for another callback, or where nobody listens now, does not
    lead here.
    """
    lease = known.lease
    if lease is None:
        return known
    if lease.callback != callback:
        known = with_lease(known, replace(lease, until=None, pushed_at=None))
    if known.schedule.failures:
        return known
    return replace(known, schedule=replace(known.schedule, next_at=min(known.schedule.next_at, wait)))


def as_answer(request: Request, body: bytes, content_type: str) -> Response:
    """Return a pushed body as an answer to the source's own poll: news alone, after which its validators still hold.

    Hubs leave away what they delivered before (section 7). Of the headers only
    the type is believed: the signature covers none.
    """
    validators = {"etag": request.etag, "last-modified": request.last_modified}
    headers = {name: value for name, value in validators.items() if value}
    return Response(url=request.url, status=DELTA, headers={**headers, "content-type": content_type}, body=body)


def received(known: Progress, source: SourceSettings, lease: Lease, reading: Reading, now: datetime) -> Step:
    """Return what a pushed body makes: its items, and a poll later, but never later than a day after the last."""
    step = paged(known, reading, now)
    schedule = step.progress.schedule
    progress = with_lease(step.progress, lease)
    if (before := known.health) is None or progress.health is None:
        return Step(items=step.items, progress=progress)
    health = replace(progress.health, pages=before.pages, text=before.text)
    if not source.allow_private and not schedule.failures:
        quiet = timedelta(seconds=quiet_for(lease, known.hub, sum(schedule.days.values()), now))
        schedule = replace(schedule, next_at=max(schedule.next_at, min(now + quiet, before.polled_at + DAY)))
    health = replace(health, next_at=schedule.next_at)
    return Step(items=step.items, progress=replace(progress, schedule=schedule, health=health))


def hastened(known: Progress, source: SourceSettings, now: datetime) -> Progress:
    """Return the progress of a source whose hub says that there is something new: polled at once, but at its floor.

    One that fails, or asked to be left alone, is not asked sooner.
    """
    if known.health is None or known.schedule.failures:
        return known
    soon = max(now, known.health.polled_at + timedelta(seconds=source.min_interval_seconds))
    schedule = replace(known.schedule, next_at=min(known.schedule.next_at, soon))
    return replace(known, schedule=schedule, health=replace(known.health, next_at=schedule.next_at))
