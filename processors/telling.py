"""What claims and alerts tell the ledger: each as a turn, without the text it stands in."""

from __future__ import annotations

from datetime import date, timedelta

from processors.dating import Days, days_of, event_of, known_at
from processors.exhibits import exhibit
from processors.generic import says_who
from processors.grouping import FACTS
from processors.identity import actor_key, letters
from processors.turns import UNNAMED, Turn, What
from streams.alerts import Alert, Holder
from streams.codec import pack
from streams.holding import Word
from streams.items import Claim
from streams.mentions import Actor, Extent, Kind, Precision, Status

# What a claim that opens no alert tells the ledger, by its kind.
_STANDING = {Kind.HOLDS: What.HOLDS, Kind.SIEGE_START: What.SIEGE, Kind.SIEGE_LIFT: What.LIFTED}


def holder_of(actor: Actor | None) -> Holder | None:
    """Return the actor as a holder, None where nobody is named."""
    key = actor_key(actor)
    return Holder(key=key, text=actor.text, id=actor.id, name=actor.name) if actor and key else None


def taker_of(actor: Actor | None) -> Holder | None:
    """Return who holds a place from now on: be it "rebels" whom no text names, but no mere pronoun."""
    if actor is None or actor_key(actor) or not says_who(actor.text):
        return holder_of(actor)
    return Holder(key=UNNAMED + letters(actor.text), text=actor.text)


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
        gainer=taker_of(claim.gaining),
        text=pack(exhibit(claim)) if what is What.HOLDS else b"",
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


def changed(alert: Alert, tellings: tuple[Claim, ...]) -> Turn:
    """Return what an alert, as it stands, tells of who holds its place."""
    days, precision = _days(alert, tellings)
    return Turn(
        id=min(claim.id for claim in tellings) if not alert.id else alert.id,
        what=What.CHANGE,
        first=days.first,
        last=days.last,
        precision=precision,
        loser=holder_of(alert.from_holder),
        gainer=taker_of(alert.to_holder),
        partial=alert.extent is Extent.PARTIAL,
        state=alert.state,
        alert_id=alert.id or None,
        linked=alert.linked_to is not None,
        retaking=alert.kind is Kind.RECAPTURE,
        judged=alert.judged is not None or all(claim.silent for claim in tellings),
        confidence=alert.confidence,
        words=tuple(word_of(claim) for claim in tellings[:3]),
        told_at=min(known_at(claim) for claim in tellings),
    )


def _days(alert: Alert, tellings: tuple[Claim, ...]) -> tuple[Days, Precision | None]:
    """Return the days on which the change is entered: a day that is told, else the closest that any telling gives.

    "Earlier this month", told by a weekly, moves nothing that a daily told on its day.
    """
    event = alert.event_date
    if event and event.from_ and event.precision in {Precision.INSTANT, Precision.DAY}:
        return Days(event.from_, max(event.from_, event.to or event.from_)), event.precision
    closest = min(tellings, key=_vagueness)
    told = event_of(closest)
    return days_of(closest), told.precision if told else None


def _vagueness(claim: Claim) -> tuple[timedelta, date, str]:
    days = days_of(claim)
    return days.last - days.first, days.first, claim.id
