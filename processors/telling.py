"""What claims and alerts tell the ledger: each as a turn, without the text it stands in."""

from __future__ import annotations

from datetime import date

from processors.grouping import FACTS, Days, days_of, event_of, known_at
from processors.identity import actor_key
from processors.ledger import Turn, What
from streams.alerts import Alert, Holder
from streams.holding import Word
from streams.items import Claim
from streams.mentions import Actor, Extent, Kind, Precision, Status

# What a claim that opens no alert tells the ledger, by its kind.
_STANDING = {Kind.HOLDS: What.HOLDS, Kind.SIEGE_START: What.SIEGE, Kind.SIEGE_LIFT: What.LIFTED}


def holder_of(actor: Actor | None) -> Holder | None:
    """Return the actor as a holder, None where nobody is named."""
    key = actor_key(actor)
    return Holder(key=key, text=actor.text, id=actor.id, name=actor.name) if actor and key else None


def word_of(claim: Claim) -> Word:
    """Return on whose word the claim stands."""
    said, item = claim.attribution, claim.item
    return Word(
        claim_id=claim.id,
        source=item.source,
        owner=item.owner,
        speaker=said.speaker if said else None,
        side=(said.side if said else None) or item.side,
        url=item.url,
        at=known_at(claim),
    )


def standing(claim: Claim) -> Turn | None:
    """Return what a claim that opens no alert tells of a place: who holds it, a siege, fighting, its past.

    None where it tells nothing: plans, denials, and a past without a date.
    """
    what = _what(claim)
    if what is None or (what is What.PASSING and _past(claim) is None):
        return None
    days = _past(claim) if what is What.PASSING else days_of(claim)
    assert days is not None  # noqa: S101 - a past without days was ended above
    event = event_of(claim)
    return Turn(
        id=claim.id,
        what=what,
        first=days.first,
        last=days.last,
        precision=event.precision if event else None,
        loser=holder_of(claim.losing),
        gainer=holder_of(claim.gaining),
        partial=claim.extent is Extent.PARTIAL,
        confidence=claim.confidence,
        words=(word_of(claim),),
        told_at=known_at(claim),
    )


def _what(claim: Claim) -> What | None:
    if claim.status is Status.CONTESTED:
        return None if claim.background else What.CONTEST
    if claim.status not in FACTS:
        return None
    if claim.kind in _STANDING:
        return None if claim.background else _STANDING[claim.kind]
    return What.PASSING


def _past(claim: Claim) -> Days | None:
    """Return the days of history told in passing: its own, be it only a year; without one it is no history."""
    event = event_of(claim)
    if event is None or event.from_ is None or event.precision is None:
        return None
    return Days(event.from_, max(event.from_, event.to or event.from_))


def changed(alert: Alert, days: Days, tellings: tuple[Claim, ...]) -> Turn:
    """Return what an alert, as it stands, tells of who holds its place; `days` are those of its change."""
    first, precision = _day(alert, days)
    return Turn(
        id=min(claim.id for claim in tellings) if not alert.id else alert.id,
        what=What.CHANGE,
        first=first,
        last=max(first, days.last),
        precision=precision,
        loser=holder_of(alert.from_holder),
        gainer=holder_of(alert.to_holder),
        partial=alert.extent is Extent.PARTIAL,
        state=alert.state,
        alert_id=alert.id or None,
        linked=alert.linked_to is not None,
        confidence=alert.confidence,
        words=tuple(word_of(claim) for claim in tellings[:3]),
        told_at=min(known_at(claim) for claim in tellings),
    )


def _day(alert: Alert, days: Days) -> tuple[date, Precision | None]:
    """Return the day on which the change is entered: the most precise one told, else the first of its days."""
    event = alert.event_date
    if event and event.from_ and event.precision in {Precision.INSTANT, Precision.DAY}:
        return event.from_, event.precision
    return days.first, event.precision if event else None
