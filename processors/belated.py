"""A verdict on an alert that its place has forgotten: the alert is revised from how it stood when it was judged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from processors.codes import codes
from processors.grouping import FACTS
from processors.headline import headline
from processors.identity import is_area, place_key
from processors.judging import judged, judged_state, judged_weight
from processors.parties import Parties, Party
from processors.placememory import RULED_KEPT, Opened, PlaceMemory, Ruled
from processors.weighing import Weight
from streams.alerts import Alert, LedgerCheck, Rule
from streams.mentions import Actor
from streams.steps import Why
from streams.verdicts import Feedback, Verdict


def ruled_late(memory: PlaceMemory, verdict: Feedback) -> PlaceMemory | Why:
    """Return the memory with a verdict that revises a forgotten alert; the same one again, or an older, does not."""
    alert = verdict.alert
    if alert is None or alert.id != verdict.alert_id:
        return Why.UNKNOWN_ALERT
    known = _standing(memory, alert)
    if known and known.feedback_id == verdict.id:
        return Why.DUPLICATE
    if known and (known.at, known.feedback_id) > (verdict.at, verdict.id):
        return Why.STALE
    revision = max(alert.revision, known.revision if known else 0) + 1
    new = Ruled(verdict=replace(verdict, alert=None), revision=revision)
    others = (one for one in memory.ruled if one.verdict.alert_id != alert.id)
    return replace(memory, ruled=(*others, new)[-RULED_KEPT:])


class _Last(NamedTuple):
    """The last verdict on an alert, and the alert's revision under it."""

    feedback_id: str
    at: datetime
    revision: int


def _standing(memory: PlaceMemory, alert: Alert) -> _Last | None:
    """Return the last verdict on an alert: the one remembered, else the one that it shows."""
    known = ruling_on(alert.id, memory.ruled)
    if known:
        return _Last(known.verdict.id, known.verdict.at, known.revision)
    return _Last(alert.judged.feedback_id, alert.judged.at, alert.revision) if alert.judged else None


def ruling_on(alert_id: str, ruled: Iterable[Ruled]) -> Ruled | None:
    """Return the last verdict on a forgotten alert; one that opens again goes on under it."""
    return next((one for one in ruled if one.verdict.alert_id == alert_id), None)


def forgotten(memory: PlaceMemory, remembered: Iterable[Opened], kept: Iterable[Opened]) -> tuple[Ruled, ...]:
    """Return the verdicts on forgotten alerts, those among them that are forgotten now."""
    left = {alert.id for alert in kept}
    before = (one for one in memory.ruled if one.verdict.alert_id not in left)
    gone = (
        Ruled(verdict=one.verdict, revision=one.revision) for one in remembered if one.verdict and one.id not in left
    )
    return (*before, *gone)[-RULED_KEPT:]


def belated(memory: PlaceMemory, verdict: Feedback, parties: Parties) -> tuple[Alert, ...]:
    """Return the next revision of the forgotten alert on which this verdict was given, if it was such a one."""
    late = next((one for one in memory.ruled if one.verdict.id == verdict.id), None)
    return (_revised(verdict.alert, verdict, late.revision, parties),) if late and verdict.alert else ()


def _revised(alert: Alert, verdict: Feedback, revision: int, parties: Parties) -> Alert:
    right = _corrected(alert, verdict)
    weight = judged_weight(_weight(alert), verdict)
    right = replace(
        right,
        revision=revision,
        revised_at=max(alert.revised_at, verdict.at),
        state=judged_state(alert.state, verdict),
        judged=judged(verdict),
        confidence=weight.confidence,
        reasons=weight.reasons,
    )
    return replace(
        right,
        area=is_area(right.place),
        codes=codes(
            right.kind, gainer=_party(right.to_holder, parties), place=right.place, event_date=right.event_date
        ),
        headline=headline(
            place=right.place,
            loser=right.from_holder,
            gainer=right.to_holder,
            extent=right.extent,
            state=right.state,
            opening=next((told for told in alert.evidence if told.status in FACTS), alert.evidence[0]),
            independent=right.independent_sources,
            parties=parties,
        ),
    )


def _corrected(alert: Alert, verdict: Feedback) -> Alert:
    """Return the alert with what an analyst put right; how it fits the ledger of another place is not known."""
    if verdict.verdict is Verdict.REJECT:
        return alert
    right = replace(
        alert,
        kind=verdict.kind or alert.kind,
        place=verdict.place or alert.place,
        from_holder=verdict.from_holder or alert.from_holder,
        to_holder=verdict.to_holder or alert.to_holder,
    )
    if place_key(right.place, right.extent) == alert.place_key:
        return right
    return replace(right, ledger_check=LedgerCheck.UNKNOWN, before=None, clash=False)


def _weight(alert: Alert) -> Weight:
    """Return what the alert's tellings weighed before anybody judged it."""
    before = next((one.before for one in alert.reasons if one.rule is Rule.ANALYST), alert.confidence)
    return Weight(
        independent=alert.independent_sources,
        against_interest=alert.against_interest,
        impartial=True,
        confidence=before,
        reasons=tuple(one for one in alert.reasons if one.rule is not Rule.ANALYST),
    )


def _party(actor: Actor | None, parties: Parties) -> Party | None:
    return parties(actor.id) if actor and actor.id else None
