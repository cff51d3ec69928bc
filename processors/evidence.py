"""An alert from the tellings of one change: what they say together, and each of them beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from processors.codes import codes
from processors.dating import by_time, event_of
from processors.exhibits import exhibit
from processors.generic import says_who
from processors.grouping import Change
from processors.headline import headline
from processors.identity import actor_key, digest_of, is_area, vagueness
from processors.judging import judged, judged_state, judged_weight
from processors.parties import Parties, Party, is_within
from processors.placememory import Opened
from processors.weighing import NOTHING, Against, Thresholds, state_of, weigh
from streams.alerts import Alert, Delays
from streams.codec import encode
from streams.items import Claim
from streams.mentions import Actor, EventDate, Extent, Kind, Place, Precision
from streams.verdicts import Feedback, Verdict

# Which telling names the change. With a known gainer the manner of taking says more than that the other left;
# without one, leaving is all that is known.
_TAKEN = (
    Kind.EXPULSION,
    Kind.ALLEGIANCE,
    Kind.HANDOVER,
    Kind.RECAPTURE,
    Kind.CAPTURE,
    Kind.WITHDRAWAL,
    Kind.LOSS,
)
_LEFT = (
    Kind.EXPULSION,
    Kind.ALLEGIANCE,
    Kind.HANDOVER,
    Kind.WITHDRAWAL,
    Kind.RECAPTURE,
    Kind.CAPTURE,
    Kind.LOSS,
)
_FINENESS = (Precision.INSTANT, Precision.DAY, Precision.WEEK, Precision.MONTH, Precision.YEAR, None)
_EXACT = frozenset({Precision.INSTANT, Precision.DAY, None})


def alert_of(
    change: Change,
    opened: Opened,
    *,
    undone: bool,
    parties: Parties,
    thresholds: Thresholds,
    against: Against = NOTHING,
) -> Alert:
    """Return the alert of a change as it stands; a change nobody tells any more shows what had been told.

    An analyst's last verdict goes before what the tellings say.
    """
    tellings, verdict = sorted(change.told or change.withdrawn, key=by_time), opened.verdict
    told = _facts(tellings, parties)
    further = (*opened.further, *(read.lineage for read in change.counted))
    weight = weigh(change, loser=told.loser, gainer=told.gainer, further=further, parties=parties, against=against)
    weight = judged_weight(weight, verdict)
    state = judged_state(state_of(change, weight, undone=undone, thresholds=thresholds), verdict)
    event_date, extent = _event_date(tellings), _extent(tellings)
    kind, place, loser, gainer = _corrected(told, verdict)
    line = partial(headline, place=place, loser=loser, gainer=gainer, extent=extent, state=state)
    return Alert(
        id=opened.id,
        revision=opened.revision,
        state=state,
        kind=kind,
        place_key=tellings[0].place_key,
        place=place,
        from_holder=loser,
        to_holder=gainer,
        extent=extent,
        event_date=event_date,
        evidence=tuple(map(exhibit, sorted((*tellings, *change.denied), key=by_time))),
        against=weight.against,
        independent_sources=weight.independent,
        against_interest=weight.against_interest,
        reasons=weight.reasons,
        area=is_area(place),
        linked_to=_link(tellings),
        judged=judged(verdict),
        codes=codes(kind, gainer=_party(gainer, parties), place=place, event_date=event_date),
        confidence=weight.confidence,
        delays=_delays(tellings[0], event_date),
        headline=line(opening=tellings[0], independent=weight.independent, parties=parties),
        opened_at=opened.opened_at,
        revised_at=opened.revised_at,
        demo=change.demo,
    )


class _Facts(NamedTuple):
    """What the tellings of a change say together."""

    kind: Kind
    place: Place
    loser: Actor | None
    gainer: Actor | None


def _facts(tellings: Sequence[Claim], parties: Parties) -> _Facts:
    loser = _holder([claim.losing for claim in tellings], parties)
    gainer = _holder([claim.gaining for claim in tellings], parties)
    return _Facts(kind=_kind(tellings, gainer), place=_place(tellings), loser=loser, gainer=gainer)


def _corrected(told: _Facts, verdict: Feedback | None) -> _Facts:
    """Return what an analyst put right; what he left out, and what he rejects, stands as it was told."""
    if verdict is None or verdict.verdict is Verdict.REJECT:
        return told
    return _Facts(
        kind=verdict.kind or told.kind,
        place=verdict.place or told.place,
        loser=verdict.from_holder or told.loser,
        gainer=verdict.to_holder or told.gainer,
    )


def _link(tellings: Sequence[Claim]) -> str | None:
    """Return the pledge a change follows from, None where some text tells of the place itself."""
    links = [None if claim.silent else claim.linked_to for claim in tellings]
    return links[0] if all(links) else None


def _party(actor: Actor | None, parties: Parties) -> Party | None:
    return parties(actor.id) if actor and actor.id else None


def face(alert: Alert) -> str:
    """Return a digest of all that a reader sees of an alert, its revision and time of revision aside."""
    return digest_of(encode(replace(alert, revision=0, revised_at=alert.opened_at)))


def _holder(actors: Sequence[Actor | None], parties: Parties) -> Actor | None:
    """Return the first actor of the table, else the first named, else the first words that say who.

    A camp that is told of by its name is not it where one of its own is named.
    """
    told = [actor for actor in actors if actor and (actor.id or says_who(actor.text))]
    ids = {actor.id for actor in told if actor.id}
    wholes = {id_ for id_ in ids if any(is_within(other, id_, parties) for other in ids)}
    return min(told, key=lambda actor: (actor.id is None, actor.id in wholes, actor_key(actor) is None), default=None)


def _place(tellings: Sequence[Claim]) -> Place:
    """Return the most precise place told: the town where one telling names the town and another its governorate."""
    return min((claim.place for claim in tellings), key=lambda place: (place.id is None, vagueness(place)))


def _kind(tellings: Sequence[Claim], gainer: Actor | None) -> Kind:
    order = _TAKEN if gainer else _LEFT
    return min((claim.kind for claim in tellings), key=order.index)


def _extent(tellings: Sequence[Claim]) -> Extent:
    return Extent.FULL if any(claim.extent is Extent.FULL for claim in tellings) else Extent.PARTIAL


def _event_date(tellings: Sequence[Claim]) -> EventDate | None:
    """Return the most precise date told, the first known where several are."""
    dates = [event for event in map(event_of, tellings) if event]
    return min(dates, key=lambda told: _FINENESS.index(told.precision), default=None)


def _delays(opening: Claim, event_date: EventDate | None) -> Delays:
    """Return the delays of the first telling, each moment with its precision."""
    item = opening.item
    if item.published_at is None or item.published_precision not in _EXACT:
        return Delays(published_precision=item.published_precision)
    day = event_date.from_ if event_date and event_date.precision in _EXACT else None
    exact = item.published_precision is not Precision.DAY
    return Delays(
        event_to_published=_seconds(_midnight(day), item.published_at) if day else None,
        event_precision=event_date.precision if event_date else None,
        published_to_fetched=_seconds(item.published_at, item.fetched_at) if exact else None,
        published_precision=item.published_precision,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _seconds(earlier: datetime, later: datetime) -> float:
    return max(0.0, (later - earlier).total_seconds())
