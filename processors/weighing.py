"""How sure an alert is: its state, its confidence and whether a side admits its own loss.

Confidence combines what the tellings say for themselves. Each independent
origin counts once, with its strongest telling; a side's word about its own
gain counts half, its word about its own loss halves the doubt that is left;
what follows from a pledge counts half; the origins combine as independent
witnesses (1 - the product of their doubts), never above 0.99. A denial halves
it, unless the loser admits it afterwards, or who denied tells it himself; so
does a telling of which not both can be: that others took the place, or that
who lost it holds it afterwards. What nobody tells has none. Each rule that applied is shown with what it did
(`Reason`), in this order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from processors.dating import known_at, known_of
from processors.grouping import Change
from processors.independence import Lineage, lineage_of, origins
from processors.parties import Parties
from streams.alerts import AlertEvidence, AlertState, Reason, Rule
from streams.items import Claim
from streams.mentions import Actor, Status

_SUREST = 0.99
_OWN_GAIN = 0.5
_OWN_LOSS = 0.5
_DENIED = 0.5
_CONTRADICTED = 0.5
# Nobody told of the place itself: it follows from what its holder did.
_LINKED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How many independent publishers make an alert corroborated and confirmed."""

    corroborated: int = 2
    confirmed: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What the tellings weigh together; `independent` counts publishers, `denied` are the denials that stand.

    `against` is what else speaks against the change.
    """

    independent: int
    against_interest: bool
    impartial: bool
    confidence: float
    reasons: tuple[Reason, ...] = ()
    denied: frozenset[str] = frozenset()
    against: tuple[AlertEvidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What the ledger found to speak against a change: who else took the place, and that its loser holds it."""

    rivals: tuple[AlertEvidence, ...] = ()
    held_on: tuple[AlertEvidence, ...] = ()


NOTHING = Against()


def weigh(
    change: Change,
    *,
    loser: Actor | None,
    gainer: Actor | None,
    further: Sequence[Lineage],
    parties: Parties,
    against: Against = NOTHING,
) -> Weight:
    """Weigh the tellings of a change; `further` are tellings counted but no longer kept."""
    losing, gaining = _camps(loser, gainer, parties)
    groups = origins([*map(lineage_of, change.told), *further]) if change.told else ()
    boasts = {claim.id for claim in change.told if _voices(claim, parties) & gaining}
    admissions = {claim.id for claim in change.told if _admits(claim, losing, gaining, parties)}
    denied = frozenset(
        claim.id for claim in change.denied if not _is_overtaken(claim, change.told, admissions, parties)
    )
    held_on = (word for word in against.held_on if _holds_on(word, change.told, losing, admissions, parties))
    standing = (*against.rivals, *held_on)
    confidence, reasons = _confidence(
        change, groups, boasts=boasts, admissions=admissions, denied=denied, against={one.claim_id for one in standing}
    )
    return Weight(
        independent=len(groups),
        against_interest=bool(admissions),
        impartial=len(boasts) < len(change.told),
        confidence=confidence,
        reasons=reasons,
        denied=denied,
        against=standing,
    )


def _confidence(
    change: Change,
    groups: Sequence[tuple[str, ...]],
    *,
    boasts: set[str],
    admissions: set[str],
    denied: frozenset[str],
    against: set[str],
) -> tuple[float, tuple[Reason, ...]]:
    """Return the confidence of a change and, one after the other, the rules that moved it from what the texts say."""
    bare = {claim.id: claim.confidence for claim in change.told}
    halved = {id_: belief * (_OWN_GAIN if id_ in boasts else 1) for id_, belief in bare.items()}
    full = {id_: 1 - (1 - belief) * (_OWN_LOSS if id_ in admissions else 1) for id_, belief in halved.items()}
    linked = {claim.id: full[claim.id] * (_LINKED if _follows(claim) else 1) for claim in change.told}
    together = _together(groups, linked)
    doubted = together * (_DENIED if denied else 1)
    contradicted = doubted * (_CONTRADICTED if against else 1)
    steps = (
        (Rule.OWN_GAIN, max(bare.values(), default=0.0), max(halved.values(), default=0.0), boasts),
        (Rule.OWN_LOSS, max(halved.values(), default=0.0), max(full.values(), default=0.0), admissions),
        (Rule.LINKED, max(full.values(), default=0.0), max(linked.values(), default=0.0), _linked(change)),
        (Rule.INDEPENDENT, max(linked.values(), default=0.0), together, set(linked) if len(groups) > 1 else set()),
        (Rule.DENIED, together, doubted, denied),
        (Rule.CONTRADICTED, doubted, contradicted, against),
    )
    reasons = tuple(
        Reason(rule=rule, before=round(before, 4), after=round(after, 4), claim_ids=tuple(sorted(ids)))
        for rule, before, after, ids in steps
        if ids
    )
    return round(contradicted, 4), reasons


def _linked(change: Change) -> set[str]:
    return {claim.id for claim in change.told if _follows(claim)}


def _follows(claim: Claim) -> bool:
    """Say whether a claim follows from a pledge; what an analyst put right is told of the place itself."""
    return claim.linked_to is not None and not claim.silent


def _together(groups: Sequence[tuple[str, ...]], beliefs: Mapping[str, float]) -> float:
    """Return what independent origins make together: 1 less the product of their doubts, each by its best telling."""
    doubts = [min(1 - beliefs.get(id_, 0.0) for id_ in ids) for ids in groups]
    return min(_SUREST, 1 - prod(doubts)) if doubts else 0.0


def state_of(change: Change, weight: Weight, *, undone: bool, thresholds: Thresholds) -> AlertState:
    """Return where the change stands in its life.

    What nobody tells any more is retracted, what was turned back reversed,
    what is denied or contradicted disputed. A gainer's own word does not confirm, however
    often it is printed; a loser's word confirms with one independent other.
    """
    if not change.told:
        return AlertState.RETRACTED
    if undone:
        return AlertState.REVERSED
    if weight.denied or weight.against:
        return AlertState.DISPUTED
    admitted = weight.against_interest and weight.independent >= thresholds.corroborated
    if admitted or (weight.independent >= thresholds.confirmed and weight.impartial):
        return AlertState.CONFIRMED
    return AlertState.CORROBORATED if weight.independent >= thresholds.corroborated else AlertState.REPORTED


def _holds_on(
    word: AlertEvidence, told: Sequence[Claim], losing: frozenset[str], admissions: set[str], parties: Parties
) -> bool:
    """Say whether a word that the loser holds the place stands: on his own side's word, or of who told no change."""
    if _is_overtaken(word, told, admissions, parties):
        return False
    return bool(_voices(word, parties) & losing) or all(_publisher(claim) != _publisher(word) for claim in told)


def _is_overtaken(denial: Claim | AlertEvidence, told: Sequence[Claim], admissions: set[str], parties: Parties) -> bool:
    """Say whether a denial stands no longer: the loser admitted it afterwards, or who denied it told it himself.

    That is the party that is quoted, else the newsroom.
    """
    later = [claim for claim in told if known_at(claim) > known_of(denial.item)]
    if any(claim.id in admissions for claim in later):
        return True
    said, voices = denial.attribution, _voices(denial, parties)
    if denial.item.side or (said and (said.side or (said.speaker and parties(said.speaker)))):
        return any(_voices(claim, parties) & voices for claim in later)
    return denial.status is not Status.DENIED and any(_publisher(claim) == _publisher(denial) for claim in later)


def _publisher(claim: Claim | AlertEvidence) -> str:
    return claim.item.owner or claim.item.source


def _admits(claim: Claim, losing: frozenset[str], gaining: frozenset[str], parties: Parties) -> bool:
    """Say whether the loser's own side tells this."""
    voices = _voices(claim, parties)
    return bool(voices & losing) and not voices & gaining


def _voices(claim: Claim | AlertEvidence, parties: Parties) -> frozenset[str]:
    """Return who speaks, with his camp: the quoted speaker, else the side of the source."""
    said = claim.attribution
    return _voices_of(said.speaker if said else None, said.side if said else None, claim.item.side, parties)


@lru_cache(maxsize=4096)  # who speaks of a place speaks of it again
def _voices_of(speaker: str | None, side: str | None, source: str | None, parties: Parties) -> frozenset[str]:
    named = {speaker, side} - {None, ""} or {source} - {None, ""}
    voices = frozenset(voice for voice in named if voice)
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
