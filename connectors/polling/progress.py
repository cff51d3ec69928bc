"""How far a source has been read, and what each answer makes of that: pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from connectors.asking.status import freshness, quota_wait
from connectors.connector import Failure, Purpose, Reading, Request, Response
from connectors.hubs.leases import Lease, doubted, quiet_for
from connectors.polling.moved import Move, led, stumbled
from connectors.reading.letters import dead_letter
from connectors.schedule import Schedule, after_failure, after_success, counted, first, is_parked
from streams.fetches import Fetch, told
from streams.items import Cursor, DeadLetter, RawItem, SourceHealth
from streams.sources import SourceSettings

MAX_DEAD = 16
# A source with so many pages that nobody can read is worth a word; one such page is not.
ENOUGH_STUBS = 5
# No state of a kind's own: this very value is left out of the cursor, where an empty one would break its JSON.
NOTHING = Raw(b"")


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the cursor of a source holds.

    `url` is the configured address, `own` the kind's state, `dead` the hashes
    of the last dead letters. `hub` is the hub and topic the source names,
    `lease` our subscription there, `ended` one that we are giving up. `silent`
    are the robots.txt that do not answer, and since when.
    """

    schedule: Schedule
    url: str = ""
    own: Raw = NOTHING
    dead: tuple[str, ...] = ()
    move: Move = Move()
    hub: tuple[str, str] | None = None
    lease: Lease | None = None
    ended: Lease | None = None
    silent: dict[str, datetime] = {}
    health: SourceHealth | None = None
    quiet: Fetch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one answer makes: items, the next progress, and the fetches told with it, to be saved together."""

    items: tuple[RawItem, ...]
    progress: Progress
    fetches: tuple[Fetch, ...] = ()


def begun(now: datetime, url: str) -> Progress:
    """Return the progress of a source never read at this address."""
    return Progress(schedule=first(now), url=url)


def loaded(cursor: Cursor) -> Progress:
    """Return the progress a cursor holds; raises msgspec.DecodeError where it is of another make."""
    progress = replace(msgspec.json.decode(cursor.state, type=Progress), health=cursor.health, quiet=cursor.quiet)
    if cursor.own is None:  # a cursor of an earlier make holds its kind's state
        return progress
    return replace(progress, own=Raw(cursor.own) if cursor.own else NOTHING)


def cursor_of(source: SourceSettings, progress: Progress, now: datetime, fetches: tuple[Fetch, ...] = ()) -> Cursor:
    """Return the cursor to save; health, the kind's own state and what is told of fetches lie beside the rest."""
    return Cursor(
        source=source.id,
        state=msgspec.json.encode(replace(progress, health=None, own=NOTHING, quiet=None)),
        own=bytes(progress.own),
        health=progress.health,
        saved_at=now,
        fetches=fetches,
        quiet=progress.quiet,
    )


def with_fetch(step: Step, fetch: Fetch) -> Step:
    """Return the step with what its fetch brought, which is told with it or kept among the quiet polls."""
    quiet, fetches = told(step.progress.quiet, fetch)
    return Step(items=step.items, progress=replace(step.progress, quiet=quiet), fetches=step.fetches + fetches)


def at_home(source: SourceSettings, progress: Progress) -> SourceSettings:
    """Return the source at the address where it is read: its own, or the one it has moved to for good."""
    address = progress.move.address
    return source.model_copy(update={"url": address}) if address else source


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


def _own(reading: Reading) -> Raw:
    return Raw(reading.state) if reading.state else NOTHING


def _asked(known: Progress, response: Response, reading: Reading, hub: tuple[str, str] | None, now: datetime) -> float:
    """Return for how many seconds the source asks to be left alone.

    What the server says about freshness and quotas is always waited out; what
    the feed says (ttl, sy:update, often left at a program's default) only
    where each poll would download the whole feed. While its hub pushes, a
    poll a day is enough.
    """
    said = max(freshness(response.headers, now), quota_wait(response.headers, now) or 0.0)
    own = 0.0 if reading.has_validators else reading.hint
    weekly = sum(known.schedule.days.values()) + reading.weekly
    quiet = 0.0 if reading.fresh else quiet_for(known.lease, hub, weekly, now)
    return max(said, own, quiet)


def _told(reading: Reading, move: Move) -> tuple[str, tuple[str, ...]]:
    """Return what people are told after a poll that was read, as a text and as words."""
    text, notes = reading.text, reading.notes
    if move.address:
        return "; ".join(filter(None, (text, f"has moved for good, is read at {move.address}"))), (*notes, "moved")
    if move.target and move.polls > 1:
        return "; ".join(filter(None, (text, f"says that it has moved for good to {move.target}"))), notes
    return text, notes


def polled(
    known: Progress, source: SourceSettings, response: Response, reading: Reading, *, now: datetime, chance: float
) -> Step:
    """Return what an answered poll makes."""
    hub = reading.hub if reading.outcome != "unchanged" else known.hub
    schedule = after_success(
        known.schedule,
        source,
        now,
        weekly=reading.weekly,
        hint=_asked(known, response, reading, hub, now),
        has_validators=reading.has_validators,
        chance=chance,
        overlap=reading.overlap,
    )
    move = led(known.move, response.moved_to, now)
    text, notes = _told(reading, move)
    health = _health(
        known.health,
        schedule,
        now,
        outcome=reading.outcome,
        text="; ".join(filter(None, (text, _walled(known.health)))),
        http_status=response.status,
        items_new=reading.fresh,
        items_total=_total(known) + reading.fresh,
        items_week=sum(schedule.days.values()),
        failures=0.0,
        failing_since=None,
        notes=(*notes, "walled") if _walled(known.health) else notes,
        moved_to=move.address,
    )
    lease = doubted(known.lease) if reading.fresh else known.lease
    progress = replace(known, schedule=schedule, own=_own(reading), health=health, move=move, hub=hub, lease=lease)
    return Step(items=reading.items, progress=progress)


def _total(known: Progress) -> int:
    return known.health.items_total if known.health else 0


def failed(known: Progress, source: SourceSettings, failure: Failure, *, now: datetime, chance: float) -> Step:
    """Return what a poll without fruit makes: what was known of the source stays."""
    schedule = after_failure(known.schedule, source, now, failure, chance=chance)
    parked = is_parked(schedule, now)
    move = stumbled(known.move, schedule.failures, is_unreadable=failure.outcome == "unreadable")
    health = _health(
        known.health,
        schedule,
        now,
        outcome=failure.outcome,
        text=f"{failure.text}; parked: it is asked again every thirty days" if parked else failure.text,
        http_status=failure.status,
        items_new=0,
        failures=schedule.failures,
        failing_since=(known.health.failing_since if known.health else None) or now,
        notes=tuple(filter(None, (failure.about, "parked" if parked else ""))),
        moved_to=move.address,
    )
    return Step(items=(), progress=replace(known, schedule=schedule, health=health, move=move))


def _walled(health: SourceHealth | None) -> str:
    """Return in words that most pages of a source let nobody read on, or nothing."""
    if health is None or health.stubs < ENOUGH_STUBS or 2 * health.stubs < health.pages:
        return ""
    return f"{health.stubs} of its {health.pages} pages let nobody read on; the feed's own text stands"


def paged(known: Progress, reading: Reading, now: datetime) -> Step:
    """Return what a page makes, read or missed, or a part of a list: its news count, the next poll stays as it was."""
    health, schedule = known.health, known.schedule
    if reading.weekly:
        schedule = replace(schedule, days=counted(schedule.days, now, reading.weekly))
    if health is not None:
        is_missed = reading.outcome not in {"ok", "unchanged"}
        health = msgspec.structs.replace(
            health,
            text=f"a page could not be read: {reading.text}" if is_missed else health.text,
            items_new=health.items_new + reading.fresh,
            items_total=health.items_total + reading.fresh,
            items_week=sum(schedule.days.values()) if reading.weekly else health.items_week,
            pages=health.pages + (reading.outcome == "stub" or (bool(reading.items) and not reading.fresh)),
            stubs=health.stubs + (reading.outcome == "stub"),
        )
    return Step(items=reading.items, progress=replace(known, schedule=schedule, own=_own(reading), health=health))


def news_of_health(before: Progress, after: Progress) -> tuple[str, ...]:
    """Return the words that somebody should see to and that did not hold before: each is an event once."""
    known = before.health.notes if before.health else ()
    return tuple(word for word in (after.health.notes if after.health else ()) if word not in known)


def buried(
    known: Progress, source: SourceSettings, response: Response, error: Exception, now: datetime
) -> tuple[Progress, DeadLetter | None]:
    """Return the dead letter of an unreadable body, or None for a body that has one already."""
    body = response.body
    whole = sha256(body).hexdigest()
    if whole in known.dead:
        return known, None
    letter = dead_letter(
        source,
        body,
        size=len(body),
        name=whole,
        place=response.url,
        text=str(error),
        at=now,
        error=type(error).__name__,
    )
    return replace(known, dead=(*known.dead, whole)[-MAX_DEAD:]), letter


def is_poll(request: Request) -> bool:
    """Whether this request is the source's own poll and not a page it led to."""
    return request.purpose is Purpose.POLL
