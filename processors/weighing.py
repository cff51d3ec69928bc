"""How sure an alert is: its state, its confidence and whether a side admits its own loss.

Confidence combines what the tellings say for themselves. Each independent
origin counts once, with its strongest telling; a side's word about its own
gain counts half, its word about its own loss halves the doubt that is left;
the origins combine as independent witnesses (1 - the product of their
doubts), never above 0.99. A denial halves it; what nobody tells has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from processors.grouping import Change
from processors.independence import Lineage, lineage_of, origins
from processors.parties import Parties
from streams.alerts import AlertState
from streams.items import Claim
from streams.mentions import Actor

_SUREST = 0.99
_OWN_GAIN = 0.5
_OWN_LOSS = 0.5
_DENIED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How many independent publishers make an alert corroborated and confirmed."""

    corroborated: int = 2
    confirmed: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What the tellings of a change weigh together; `independent` counts publishers."""

    independent: int
    against_interest: bool
    impartial: bool
    confidence: float


def weigh(
    change: Change, *, loser: Actor | None, gainer: Actor | None, further: Sequence[Lineage], parties: Parties
) -> Weight:
    """Weigh the tellings of a change; `further` are tellings counted but no longer kept."""
    losing, gaining = _camps(loser, gainer, parties)
    doubts = {claim.id: 1 - _belief(claim, losing, gaining, parties) for claim in change.told}
    groups = origins([*map(lineage_of, change.told), *further]) if change.told else ()
    strongest = [min(doubts.get(id_, 1.0) for id_ in ids) for ids in groups]
    confidence = min(_SUREST, 1 - prod(strongest)) if change.told else 0.0
    return Weight(
        independent=len(groups),
        against_interest=any(_admits(claim, losing, gaining, parties) for claim in change.told),
        impartial=any(not _voices(claim, parties) & gaining for claim in change.told),
        confidence=round(confidence * (_DENIED if change.denied else 1), 4),
    )


def state_of(change: Change, weight: Weight, *, undone: bool, thresholds: Thresholds) -> AlertState:
    """Return where the change stands in its life.

    What nobody tells any more is retracted, what was turned back reversed,
    what is denied disputed. A gainer's own word does not confirm, however
    often it is printed; a loser's word confirms with one independent other.
    """
    if not change.told:
        return AlertState.RETRACTED
    if undone:
        return AlertState.REVERSED
    if change.denied:
        return AlertState.DISPUTED
    admitted = weight.against_interest and weight.independent >= thresholds.corroborated
    if admitted or (weight.independent >= thresholds.confirmed and weight.impartial):
        return AlertState.CONFIRMED
    return AlertState.CORROBORATED if weight.independent >= thresholds.corroborated else AlertState.REPORTED


def _belief(claim: Claim, losing: frozenset[str], gaining: frozenset[str], parties: Parties) -> float:
    if _admits(claim, losing, gaining, parties):
        return 1 - (1 - claim.confidence) * _OWN_LOSS
    return claim.confidence * (_OWN_GAIN if _voices(claim, parties) & gaining else 1)


def _admits(claim: Claim, losing: frozenset[str], gaining: frozenset[str], parties: Parties) -> bool:
    """Say whether the loser's own side tells this."""
    voices = _voices(claim, parties)
    return bool(voices & losing) and not voices & gaining


def _voices(claim: Claim, parties: Parties) -> frozenset[str]:
    """Return who speaks, with his camp: the quoted speaker, else the side of the source."""
    attribution = claim.attribution
    named = {attribution.speaker, attribution.side} if attribution else set[str | None]()
    voices = frozenset(voice for voice in (named if any(named) else {claim.item.side}) if voice)
    return voices.union(*(_with_camp(voice, parties) for voice in voices))


def _camps(loser: Actor | None, gainer: Actor | None, parties: Parties) -> tuple[frozenset[str], frozenset[str]]:
    """Return who speaks for the loser and who for the gainer; what two rivals have in common speaks for neither."""
    losing, gaining = _camp(loser, parties), _camp(gainer, parties)
    return losing - gaining, gaining - losing


def _camp(actor: Actor | None, parties: Parties) -> frozenset[str]:
    """Return the ids under which an actor's own people speak."""
    return _with_camp(actor.id, parties) if actor and actor.id else frozenset()


def _with_camp(identity: str, parties: Parties) -> frozenset[str]:
    party = parties(identity)
    return frozenset({identity, party.side} if party and party.side else {identity})
