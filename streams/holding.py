"""Who holds what: the ledger's record of one place, and what the step keyed by actor is told.

Days are UTC dates. A holder without an id is known by the words of its source.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from zlib import crc32

from msgspec import Struct

from streams.alerts import AlertState, Holder
from streams.items import ClaimOp, ItemRef
from streams.mentions import Actor, Attribution, EventDate, Evidence, Place, Precision, Status

# What an actor holds is remembered in so many drawers, each for itself: one that holds ten thousand places is no
# costlier to follow than one that holds a few hundred. A pledge, which is rare, is told to every drawer.
DRAWERS = 256

# How many volumes of a place are told, the oldest left out first; numbers are given again, not too soon, so that they
# take no more room than that.
VOLUMES_SHOWN = 48
VOLUMES_ON_DISK = 64


def shown_volumes(count: int) -> tuple[int, ...]:
    """Return the numbers of the volumes that are told of a place of which so many were made, oldest first."""
    return tuple(at % VOLUMES_ON_DISK for at in range(max(0, count - VOLUMES_SHOWN), count))


def drawer_of(page: str) -> int:
    """Return the drawer of an actor's memory in which a place is kept, by the key of its page."""
    return crc32(page.encode()) % DRAWERS


class By(StrEnum):
    """How a stretch of holding became known.

    `CHANGE` by a change of control, `HOLDS` by somebody saying who holds the
    place (since when nobody said), `PASSING` by history told in passing,
    `LINKED` by the pledge of the group that held it.
    """

    CHANGE = "change"
    HOLDS = "holds"
    PASSING = "passing"
    LINKED = "linked"


class Word(Struct, frozen=True, kw_only=True):
    """On whose word: one telling, by its publisher and, where he is quoted, its speaker."""

    claim_id: str
    source: str
    owner: str | None = None
    speaker: str | None = None
    side: str | None = None
    url: str = ""
    at: datetime


class Stretch(Struct, frozen=True, kw_only=True):
    """A time during which a place was held by the same holders; by nobody known where `holders` is empty.

    It begins on the day `since` (its last possible day is `since_last`) and
    ends on the day `until`, null while it lasts. With `by` HOLDS the day is
    the first on which it was told, not that of the taking. `taken_from` is the
    loser as the word of the change names him. `partial`: in part of the place.
    `clash`: it lasted a day or less, which ACLED's codebook counts as an armed
    clash, not as a change of territory.
    """

    holders: tuple[Holder, ...] = ()
    since: date
    since_last: date
    since_precision: Precision | None = None
    until: date | None = None
    by: By
    taken_from: Holder | None = None
    partial: bool = False
    alert_id: str | None = None
    state: AlertState | None = None
    confidence: float = 0.0
    clash: bool = False
    words: tuple[Word, ...] = ()


class Spell(Struct, frozen=True, kw_only=True):
    """A time of siege or of fighting over a place.

    It was told of last for the day `told_last`; `until` is null while nothing tells its end.
    """

    since: date
    told_last: date
    until: date | None = None
    by: Holder | None = None
    words: tuple[Word, ...] = ()


class Ledger(Struct, frozen=True, kw_only=True, tag="Ledger"):
    """All that is known of who held one place, oldest stretch first; a newer record replaces it.

    `area`: the place is a district or more; towns inside it keep their own
    holders, whatever is told of it. `demo`: fictional reports, kept apart.
    What lies long back is told in volumes, records of their own with a number
    (`volume`), which go before the stretches of the page: `volumes` are their
    numbers, oldest first, `edition` a digest of what they tell
    (streams.shelves puts them together).
    """

    place_key: str
    place: Place
    area: bool = False
    demo: bool = False
    stretches: tuple[Stretch, ...] = ()
    sieges: tuple[Spell, ...] = ()
    contests: tuple[Spell, ...] = ()
    volume: int | None = None
    volumes: tuple[int, ...] = ()
    edition: str = ""
    revision: int = 1
    revised_at: datetime


class Holding(Struct, frozen=True, kw_only=True, tag="Holding"):
    """A place came into an actor's hands, or left them (`held` false), as the ledger now says; `by` is how.

    Claims about the place are gathered under `place_key`; `page` is its own in the ledger.
    """

    drawer: int = 0
    actor: Holder
    place_key: str
    page: str
    place: Place
    held: bool
    since: date
    by: By | None = None
    demo: bool = False
    known_at: datetime


class Pledge(Struct, frozen=True, kw_only=True, tag="Pledge"):
    """A group goes over to another: a bay'a, a merger or a defection, told without a place.

    `since` is the day of the pledge (UTC); withdrawn as claims are. It is told
    to every `drawer` of what the group holds.
    """

    op: ClaimOp = ClaimOp.PUT
    drawer: int = 0
    id: str
    pledging: Actor
    pledging_key: str
    to: Actor
    status: Status
    since: date
    event_date: EventDate | None = None
    evidence: Evidence
    attribution: Attribution | None = None
    confidence: float
    rule: str
    language: str
    item: ItemRef
