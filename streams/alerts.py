"""Alerts: a change of control told to subscribers, with its life, its evidence and why it is believed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from streams.items import ItemRef
from streams.mentions import Actor, Attribution, EventDate, Evidence, Extent, Kind, Place, Precision, Status


class AlertState(StrEnum):
    """Where an alert stands in its life."""

    REPORTED = "reported"
    CORROBORATED = "corroborated"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    REVERSED = "reversed"
    RETRACTED = "retracted"
    REJECTED = "rejected"


class Codes(Struct, frozen=True, kw_only=True):
    """The field's codes for a change (ACLED codebook, CAMEO 1.1b3, PLOVER 2.0)."""

    acled_event: str | None = None
    acled_sub_event: str | None = None
    acled_geo_precision: int | None = None
    acled_time_precision: int | None = None
    cameo: str | None = None
    plover: str | None = None


class Delays(Struct, frozen=True, kw_only=True):
    """Seconds from one moment to the next, null where a moment is unknown; and how exactly the moments are known.

    An event known to the day counts from that day's first moment (UTC), so
    `event_to_published` is then at most a day too long.
    """

    event_to_published: float | None = None
    event_precision: Precision | None = None
    published_to_fetched: float | None = None
    published_precision: Precision | None = None


class AlertEvidence(Struct, frozen=True, kw_only=True):
    """One telling of the change: the claim that joined the alert."""

    claim_id: str
    kind: Kind
    status: Status
    evidence: Evidence
    place: Place
    gaining: Actor | None = None
    losing: Actor | None = None
    attribution: Attribution | None = None
    language: str
    rule: str
    confidence: float
    event_date: EventDate | None = None
    item: ItemRef


class Holder(Struct, frozen=True, kw_only=True):
    """One who holds a place; `key` is the actor's id, else its folded words, after a ~ where these name nobody."""

    key: str
    text: str
    id: str | None = None
    name: str | None = None


class LedgerCheck(StrEnum):
    """How a change fits what the ledger knew of the place the day before.

    `REDUNDANT`: the gainer held it already. `IMPOSSIBLE`: taken from one who
    did not hold it, or retaken by one who is known never to have lost it.
    """

    CONSISTENT = "consistent"
    REDUNDANT = "redundant"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


class Before(Struct, frozen=True, kw_only=True):
    """Who held the place before a change, and since which day (UTC), as the ledger knows it."""

    holders: tuple[Holder, ...]
    since: date


class Rule(StrEnum):
    """A rule by which the confidence of an alert was moved."""

    OWN_GAIN = "own-gain"
    OWN_LOSS = "own-loss"
    INDEPENDENT = "independent"
    DENIED = "denied"
    CONTRADICTED = "contradicted"
    LINKED = "linked"
    ANALYST = "analyst"


class Reason(Struct, frozen=True, kw_only=True):
    """One rule that applied to the tellings named, and the confidence before and after it."""

    rule: Rule
    before: float
    after: float
    claim_ids: tuple[str, ...] = ()


class Verdict(StrEnum):
    """What an analyst says of an alert."""

    CONFIRM = "confirm"
    REJECT = "reject"
    CORRECT = "correct"


class Judged(Struct, frozen=True, kw_only=True):
    """An analyst's last verdict on an alert."""

    feedback_id: str
    verdict: Verdict
    analyst: str
    note: str = ""
    at: datetime


class Headline(Struct, frozen=True, kw_only=True):
    """One line made from ids, never from a source's words."""

    en: str
    ar: str


class Alert(Struct, frozen=True, kw_only=True, tag="Alert"):
    """One change of control, at one moment of its life.

    `id` is fixed when the alert opens; `revision` counts from 1. `delays` of
    the host (fetched to alerted) are stamped outside this record. `area`: the
    place is a district or more, and the change says nothing of who holds the
    towns inside it. `clash`: it was undone within a day, which ACLED's codebook
    counts as an armed clash, not as a change of territory. `linked_to` is the
    pledge it follows from, where no text tells of the place itself. Denials are
    among the `evidence`; `against` are tellings of which not both can be: that
    others took the place, or that who lost it holds it afterwards.
    """

    id: str
    revision: int
    state: AlertState
    kind: Kind
    place_key: str
    place: Place
    from_holder: Actor | None = None
    to_holder: Actor | None = None
    extent: Extent = Extent.FULL
    event_date: EventDate | None = None
    evidence: tuple[AlertEvidence, ...]
    against: tuple[AlertEvidence, ...] = ()
    independent_sources: int
    against_interest: bool = False
    ledger_check: LedgerCheck = LedgerCheck.UNKNOWN
    before: Before | None = None
    reasons: tuple[Reason, ...] = ()
    clash: bool = False
    area: bool = False
    linked_to: str | None = None
    judged: Judged | None = None
    codes: Codes
    confidence: float
    delays: Delays
    headline: Headline
    opened_at: datetime
    revised_at: datetime
    demo: bool = False
