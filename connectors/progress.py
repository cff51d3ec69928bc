"""How far a source has been read, and what each answer makes of that: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from connectors.connector import Failure, Purpose, Reading, Request, Response
from connectors.schedule import Schedule, after_failure, after_success, first
from connectors.status import freshness
from streams.items import Cursor, DeadLetter, RawItem, SourceHealth
from streams.sources import SourceSettings

# The topic and step a dead letter of a source names: it came from no topic of ours.
TOPIC, STEP = "sources", "read"
FIRST_MIB = 1024 * 1024
MAX_DEAD = 16


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the cursor of a source holds: its schedule, its kind's own state at this address, its last dead letters."""

    schedule: Schedule
    url: str = ""
    own: Raw = Raw(b"")
    dead: tuple[str, ...] = ()
    health: SourceHealth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one answer makes: items and the next progress, to be saved together."""

    items: tuple[RawItem, ...]
    progress: Progress


def begun(now: datetime, url: str) -> Progress:
    """Return the progress of a source never read at this address."""
    return Progress(schedule=first(now), url=url)


def loaded(cursor: Cursor) -> Progress:
    """Return the progress a cursor holds; raises msgspec.DecodeError where it is of another make."""
    return replace(msgspec.json.decode(cursor.state, type=Progress), health=cursor.health)


def cursor_of(source: SourceSettings, progress: Progress, now: datetime) -> Cursor:
    """Return the cursor to save; health lies beside the state, for people to read."""
    state = msgspec.json.encode(replace(progress, health=None))
    return Cursor(source=source.id, state=state, health=progress.health, saved_at=now)


def _due_at(request: Request, schedule: Schedule) -> datetime:
    return schedule.next_at if request.not_before is None else request.not_before


def next_request(
    requests: Iterable[Request], schedule: Schedule, now: datetime, shut: Callable[[str], float]
) -> tuple[Request, datetime]:
    """Return the request to make next and when: a due poll first, else what is due earliest.

    `shut` says for how many seconds the host of an address lets nobody in.
    """
    timed = [(max(_due_at(one, schedule), now + timedelta(seconds=shut(one.url))), one) for one in requests]
    poll = timed[0]
    due, request = poll if poll[0] <= now else min(timed, key=lambda pair: pair[0])
    return request, due


def _health(before: SourceHealth | None, schedule: Schedule, now: datetime, **facts: object) -> SourceHealth:
    known = before or SourceHealth(polled_at=now, next_at=now, outcome="")
    return msgspec.structs.replace(known, polled_at=now, next_at=schedule.next_at, **facts)


def polled(
    known: Progress, source: SourceSettings, response: Response, reading: Reading, *, now: datetime, chance: float
) -> Step:
    """Return what an answered poll makes.

    What the server says about freshness is always waited out; what the feed
    says (ttl, sy:update, often left at a program's default) only where each
    poll would download the whole feed.
    """
    said = freshness(response.headers, now)
    schedule = after_success(
        known.schedule,
        source,
        now,
        weekly=reading.weekly,
        hint=said if reading.has_validators else max(said, reading.hint),
        has_validators=reading.has_validators,
        chance=chance,
    )
    health = _health(
        known.health,
        schedule,
        now,
        outcome=reading.outcome,
        text=reading.text,
        http_status=response.status,
        items_new=reading.fresh,
        items_total=_total(known) + reading.fresh,
        failures=0.0,
    )
    progress = replace(known, schedule=schedule, own=Raw(reading.state), health=health)
    return Step(items=reading.items, progress=progress)


def _total(known: Progress) -> int:
    return known.health.items_total if known.health else 0


def failed(known: Progress, source: SourceSettings, failure: Failure, *, now: datetime, chance: float) -> Step:
    """Return what a poll without fruit makes: what was known of the source stays."""
    schedule = after_failure(known.schedule, source, now, failure, chance=chance)
    health = _health(
        known.health,
        schedule,
        now,
        outcome=failure.outcome,
        text=failure.text,
        http_status=failure.status,
        items_new=0,
        failures=schedule.failures,
    )
    return Step(items=(), progress=replace(known, schedule=schedule, health=health))


def paged(known: Progress, reading: Reading) -> Step:
    """Return what a page makes, read or missed: the source's schedule stays as it was."""
    health = known.health
    if health is not None and reading.outcome not in {"ok", "unchanged"}:
        health = msgspec.structs.replace(health, text=f"a page could not be read: {reading.text}")
    return Step(items=reading.items, progress=replace(known, own=Raw(reading.state), health=health))


def buried(
    known: Progress, source: SourceSettings, response: Response, error: Exception, now: datetime
) -> tuple[Progress, DeadLetter | None]:
    """Return the dead letter of an unreadable body, or None for a body that has one already."""
    body = response.body
    whole = sha256(body).hexdigest()
    if whole in known.dead:
        return known, None
    letter = DeadLetter(
        id=sha256(f"{TOPIC}:{source.id}:{whole}".encode()).hexdigest()[:32],
        topic=TOPIC,
        partition=0,
        offset=0,
        key=f"{source.id} {response.url}",
        payload=body[:FIRST_MIB],
        complete=len(body) <= FIRST_MIB,
        size=len(body),
        sha256=whole,
        step=STEP,
        error=type(error).__name__,
        text=str(error),
        at=now,
    )
    return replace(known, dead=(*known.dead, whole)[-MAX_DEAD:]), letter


def is_poll(request: Request) -> bool:
    """Whether this request is the source's own poll and not a page it led to."""
    return request.purpose is Purpose.POLL
