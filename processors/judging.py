"""What an analyst's verdict does to an alert: it goes before what the tellings weigh, and is shown as what it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from msgspec import structs

from processors.identity import PARTS, place_key
from processors.telling import holder_of
from processors.turns import Turn
from processors.weighing import Weight
from streams.alerts import AlertState, Judged, Reason, Rule
from streams.verdicts import Feedback, Verdict

_SURE = 0.99
_STATES = {
    Verdict.CONFIRM: AlertState.CONFIRMED,
    Verdict.CORRECT: AlertState.CONFIRMED,
    Verdict.REJECT: AlertState.REJECTED,
}
# What happened afterwards, and whether anybody still tells it, no verdict on the report decides.
FINAL = frozenset({AlertState.REVERSED, AlertState.RETRACTED})


def last(verdicts: Iterable[Feedback]) -> Feedback | None:
    """Return the verdict that stands: the latest, by its time."""
    return max(verdicts, key=lambda verdict: (verdict.at, verdict.id), default=None)


def judged_state(state: AlertState, verdict: Feedback | None) -> AlertState:
    """Return the state under a verdict; a rejected alert stays rejected whatever is told."""
    if verdict is None or (state in FINAL and verdict.verdict is not Verdict.REJECT):
        return state
    return _STATES[verdict.verdict]


def is_void(verdict: Feedback | None) -> bool:
    """Say whether by an analyst's word nothing of a change happened where it was told of: rejected, or elsewhere."""
    if verdict is None:
        return False
    moved = verdict.place is not None and place_key(verdict.place) != verdict.place_key.removesuffix(PARTS)
    return moved or verdict.verdict is Verdict.REJECT


def judged_turn(turn: Turn, verdict: Feedback) -> Turn:
    """Return what a change that is no longer remembered whole tells the ledger under a verdict."""
    state = AlertState.REJECTED if is_void(verdict) else judged_state(turn.state or AlertState.REPORTED, verdict)
    loser, gainer = holder_of(verdict.from_holder) or turn.loser, holder_of(verdict.to_holder) or turn.gainer
    confidence = 0.0 if state is AlertState.REJECTED else _SURE
    return structs.replace(turn, state=state, loser=loser, gainer=gainer, judged=True, confidence=confidence)


def judged_weight(weight: Weight, verdict: Feedback | None) -> Weight:
    """Return the weight under a verdict: 0 for what is rejected, else as sure as an alert can be."""
    if verdict is None:
        return weight
    sure = 0.0 if verdict.verdict is Verdict.REJECT else _SURE
    reason = Reason(rule=Rule.ANALYST, before=weight.confidence, after=sure)
    return replace(weight, confidence=sure, reasons=(*weight.reasons, reason))


def judged(verdict: Feedback | None) -> Judged | None:
    """Return the verdict as the alert shows it."""
    if verdict is None:
        return None
    return Judged(
        feedback_id=verdict.id, verdict=verdict.verdict, analyst=verdict.analyst, note=verdict.note, at=verdict.at
    )
