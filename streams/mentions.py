"""What a text says: a mention of control over a place, in the words as written and the ids they resolve to.

Offsets (`start`, `end`) count characters of the text, half open.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct, field


class Precision(StrEnum):
    """How exactly a time is known."""

    INSTANT = "instant"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Kind(StrEnum):
    """What a mention says happened to a place; `HOLDS` is no change."""

    CAPTURE = "capture"
    RECAPTURE = "recapture"
    WITHDRAWAL = "withdrawal"
    EXPULSION = "expulsion"
    ALLEGIANCE = "allegiance"
    HANDOVER = "handover"
    LOSS = "loss"
    SIEGE_START = "siege_start"
    SIEGE_LIFT = "siege_lift"
    HOLDS = "holds"


class Status(StrEnum):
    """How the text stands to what it says."""

    ASSERTED = "asserted"
    CLAIMED = "claimed"
    DENIED = "denied"
    NEGATED = "negated"
    PLANNED = "planned"
    CONTESTED = "contested"


class Extent(StrEnum):
    """Whether the whole place is meant, or a named share of it."""

    FULL = "full"
    PARTIAL = "partial"


class Via(StrEnum):
    """How a place was named: by its name, or by a word that points back."""

    NAME = "name"
    ANAPHORA = "anaphora"


class Span(Struct, frozen=True, kw_only=True):
    """Words as written, and where they stand."""

    text: str
    start: int
    end: int


class Actor(Struct, frozen=True, kw_only=True):
    """One who holds, takes or leaves a place; `id` is null where unknown."""

    text: str
    start: int
    end: int
    id: str | None = None
    name: str | None = None


class Place(Struct, frozen=True, kw_only=True):
    """A place as written and, where it could be resolved, as the gazetteer knows it.

    `country` is ISO 3166 alpha-2, `lat` and `lon` are WGS 84 degrees,
    `geo_precision` is ACLED's 1 (the place itself) to 3 (a region). `seat`
    is the id of the town under which claims about an area are gathered (a
    governorate is gathered with its capital). `why` is a word for what settled
    that this place is meant: an area named `beside` it, the document's
    `country`, places `near` it, its `size`, the `only` one of its name, or the
    only one in the countries `watched` for their wars.
    """

    text: str
    start: int
    end: int
    id: str | None = None
    name: str | None = None
    name_ar: str | None = None
    lat: float | None = None
    lon: float | None = None
    country: str | None = None
    admin1: str | None = None
    seat: str | None = None
    geo_precision: int | None = None
    via: Via = Via.NAME
    why: str | None = None


class Evidence(Struct, frozen=True, kw_only=True):
    """The words that carry the claim, within their sentence; `cue` are those that decide its status."""

    text: str
    start: int
    end: int
    sentence: str
    trigger: Span | None = None
    cue: Span | None = None


class EventDate(Struct, frozen=True, kw_only=True):
    """When it happened as the text says, first to last day, both included."""

    text: str
    from_: date | None = field(default=None, name="from")
    to: date | None = None
    precision: Precision | None = None


class Attribution(Struct, frozen=True, kw_only=True):
    """Who says so: the speaker's name or id, the words, and the side if known."""

    speaker: str | None = None
    text: str | None = None
    side: str | None = None


class Mention(Struct, frozen=True, kw_only=True):
    """One claim about control made in a text, with all its places."""

    kind: Kind
    status: Status
    extent: Extent = Extent.FULL
    gaining: Actor | None = None
    losing: Actor | None = None
    places: tuple[Place, ...] = ()
    evidence: Evidence
    event_date: EventDate | None = None
    background: bool = False
    attribution: Attribution | None = None
    confidence: float
    rule: str
    language: str
