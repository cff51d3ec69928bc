"""What the cursor of a local source holds, and what each handful makes of it: pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from connectors.local import Handful, Torn
from connectors.polling.progress import NOTHING
from connectors.reading.letters import dead_letter
from streams.items import Cursor, DeadLetter, SourceHealth
from streams.sources import SourceSettings

# An archive in which nothing happens is looked at often, and people are told this often that it was.
TOLD_FOR = timedelta(minutes=1)


class Leaves(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the cursor of a local source holds: `url` is the configured address, `own` the kind's state."""

    url: str
    own: Raw = NOTHING
    health: SourceHealth | None = None


def leaves_of(source: SourceSettings, cursor: Cursor | None) -> Leaves:
    """Return where a source was left, one with a new address at its beginning.

    Raises msgspec.DecodeError for a cursor of another make.
    """
    if cursor is None:
        return Leaves(url=source.url)
    known = replace(msgspec.json.decode(cursor.state, type=Leaves), health=cursor.health)
    return known if known.url == source.url else Leaves(url=source.url)


def cursor_of(source: SourceSettings, leaves: Leaves, now: datetime) -> Cursor:
    """Return the cursor to save; health lies beside the state, for people to read."""
    state = msgspec.json.encode(replace(leaves, health=None))
    return Cursor(source=source.id, state=state, health=leaves.health, saved_at=now)


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
