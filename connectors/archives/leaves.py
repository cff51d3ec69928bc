"""What the cursor of a local source holds, and what each handful makes of it: pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from connectors.local import Handful, Torn
from connectors.polling.progress import NOTHING
from connectors.reading.letters import dead_letter
from streams.fetches import Came, Fetch, Way, told
from streams.items import Cursor, DeadLetter, SourceHealth
from streams.sources import SourceSettings

# An archive in which nothing happens is looked at often, and people are told this often that it was.
TOLD_FOR = timedelta(minutes=1)


class Leaves(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the cursor of a local source holds: `url` is the configured address, `own` the kind's state."""

    url: str
    own: Raw = NOTHING
    health: SourceHealth | None = None
    quiet: Fetch | None = None


def leaves_of(source: SourceSettings, cursor: Cursor | None) -> Leaves:
    """Return where a source was left, one with a new address at its beginning.

    Raises msgspec.DecodeError for a cursor of another make.
    """
    if cursor is None:
        return Leaves(url=source.url)
    known = replace(msgspec.json.decode(cursor.state, type=Leaves), health=cursor.health, quiet=cursor.quiet)
    return known if known.url == source.url else Leaves(url=source.url)


def cursor_of(source: SourceSettings, leaves: Leaves, now: datetime, fetches: tuple[Fetch, ...] = ()) -> Cursor:
    """Return the cursor to save; health, and what is told of fetches, lie beside the state, for people to read."""
    state = msgspec.json.encode(replace(leaves, health=None, quiet=None))
    return Cursor(
        source=source.id, state=state, health=leaves.health, saved_at=now, fetches=fetches, quiet=leaves.quiet
    )


def with_fetch(leaves: Leaves, fetch: Fetch) -> tuple[Leaves, tuple[Fetch, ...]]:
    """Return where a source is with what a handful brought, and what is told of it with the cursor."""
    quiet, fetches = told(leaves.quiet, fetch)
    return replace(leaves, quiet=quiet), fetches


def fetch_of(source: SourceSettings, found: Handful, now: datetime, seconds: float) -> Fetch:
    """Return the record of a handful that was read in so many seconds; documents that made no item were known."""
    is_well = found.outcome == "ok"
    documents = sum(found.endings.values())
    return Fetch(
        source=source.id,
        at=now,
        way=Way.ARCHIVE,
        came=(Came.OK if documents else Came.UNCHANGED) if is_well else Came.UNREADABLE,
        took=(round(seconds * 1000),),
        new=len(found.items),
        known=max(0, documents - len(found.items)),
        published=len(found.items),
    )


def turned(known: Leaves, found: Handful, now: datetime, seconds: float) -> Leaves:
    """Return what a handful makes; the next look is in so many seconds."""
    before = known.health or SourceHealth(polled_at=now, next_at=now, outcome="")
    is_well = found.outcome == "ok"
    health = replace(
        before,
        polled_at=now,
        next_at=now + timedelta(seconds=seconds),
        outcome=found.outcome,
        text=found.text,
        items_new=len(found.items),
        items_total=before.items_total + len(found.items),
        failures=0.0 if is_well else before.failures + 1.0,
        failing_since=None if is_well else before.failing_since or now,
    )
    return replace(known, own=Raw(found.state) if found.state else NOTHING, health=health)


def is_told(known: Leaves, found: Handful, now: datetime) -> bool:
    """Whether a handful says nothing that the last saved cursor, a minute old at most, does not say already."""
    if known.health is None or now - known.health.polled_at >= TOLD_FOR:
        return False
    said = (known.health.outcome, known.health.text)
    return bytes(known.own) == found.state and said == (found.outcome, found.text)


def letter_of(source: SourceSettings, torn: Torn, now: datetime) -> DeadLetter:
    """Return the dead letter of a document; its id is that of its place, however often it is read."""
    name = f"{source.url}:{torn.place}"
    return dead_letter(source, torn.data, size=torn.size, name=name, place=torn.place, text=torn.text, at=now)
