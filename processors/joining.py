"""A claim put among those remembered of its place, and which changes they tell of now.

What comes after all that is told before is joined to the changes as they stand
in outline; whatever else comes, all claims are walked anew
(processors.grouping). Both end in the same changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields

from msgspec.structs import replace

from processors.grouping import (
    DENIALS,
    Change,
    Fit,
    Read,
    Walked,
    answers,
    best,
    changes,
    is_near,
    joined,
    opened_by,
    read_of,
)
from processors.outlines import Part, Pile, fit_of, in_pile, is_among, piled
from processors.placememory import PlaceMemory
from streams.items import Claim, ClaimOp
from streams.steps import Why


@dataclass(slots=True)
class Gathered:
    """The changes that a place's claims tell of, and the denials of none of them."""

    parts: list[Part]
    loose: Pile


def remembered(memory: PlaceMemory, fit: Fit) -> Gathered:
    """Return the changes as nothing new is told of them."""
    if not _stands(memory, fit):
        return _anew(*_everything(memory), fit)
    return _recalled(memory, fit)


def taken(memory: PlaceMemory, claim: Claim, why: Why | None, fit: Fit) -> Gathered | Why:
    """Return the changes with this claim put or withdrawn, or why nothing changes.

    `why` says why the claim is no evidence. One that was and is put again as none (a fact that became a plan) is
    withdrawn by that.
    """
    if not _knows(memory, claim.id):
        if why or claim.op is ClaimOp.WITHDRAW:
            return why or Why.UNKNOWN_CLAIM
        if _stands(memory, fit) and not any(one.gone for one in memory.changes):
            read = read_of(claim)
            if claim.status in DENIALS:
                return _denied(_recalled(memory, fit), read, claim, fit)
            if all(read.order > one.end for one in memory.changes):
                return _told(_recalled(memory, fit), Walked(read, claim), fit)
    further = {lineage.claim_id for alert in memory.opened for lineage in alert.further}
    after = _with(*_everything(memory), claim, why, is_counted=claim.id in further)
    return after if isinstance(after, Why) else _anew(*after, fit)


def _knows(memory: PlaceMemory, id_: str) -> bool:
    in_changes = (
        is_among(id_, one.ids) or is_among(id_, one.counted) or any(read.id == id_ for read in one.denied)
        for one in memory.changes
    )
    beside = {*(read.id for read in memory.loose.reads), *(claim.id for claim in memory.claims)}
    further = (lineage.claim_id for alert in memory.opened for lineage in alert.further)
    return any(in_changes) or id_ in beside or id_ in further


def _stands(memory: PlaceMemory, fit: Fit) -> bool:
    """Say whether the changes remembered are those that their claims, walked anew, would tell of."""
    if memory.claims:
        return False
    return not (memory.changes or memory.loose.reads) or memory.fit == fit_of(memory.changes, fit)


def _everything(memory: PlaceMemory) -> tuple[list[Claim], list[Read]]:
    """Return all claims, and those that are only counted in outline."""
    whole = [Part(one).change for one in memory.changes]
    claims = [claim for change in whole for claim in (*change.told, *change.withdrawn, *change.denied)]
    counted = [read for change in whole for read in change.counted]
    return [*claims, *in_pile(memory.loose), *memory.claims], counted


def _with(
    claims: Sequence[Claim], counted: Sequence[Read], claim: Claim, why: Why | None, *, is_counted: bool
) -> tuple[list[Claim], list[Read]] | Why:
    before = next((other for other in claims if other.id == claim.id), None)
    others = [other for other in claims if other.id != claim.id]
    left = [read for read in counted if read.id != claim.id]
    is_counted = is_counted or len(left) < len(counted)
    if claim.op is ClaimOp.PUT and why is None:
        return Why.DUPLICATE if before == claim or is_counted else ([*others, claim], left)
    if is_counted:
        return others, left
    if before is None or before.op is ClaimOp.WITHDRAW:
        return why or (Why.DUPLICATE if before else Why.UNKNOWN_CLAIM)
    gone = [] if before.status in DENIALS else [replace(before, op=ClaimOp.WITHDRAW)]
    return [*others, *gone], left


def _anew(claims: Sequence[Claim], counted: Sequence[Read], fit: Fit) -> Gathered:
    found = changes(claims, counted, fit)
    answered = {claim.id for change in found for claim in change.denied}
    loose = [claim for claim in claims if claim.status in DENIALS and claim.id not in answered]
    return Gathered([Part(None, change) for change in found], piled(loose))


def _recalled(memory: PlaceMemory, fit: Fit) -> Gathered:
    """Return the changes in outline; a denial of none may be of another since the oldest were forgotten."""
    here = Gathered([Part(one) for one in memory.changes], memory.loose)
    if memory.shortened and memory.changes:
        began = min(one.days.first for one in memory.changes)
        for read in memory.loose.reads:
            if (began - read.days.last).days <= fit.window_days:  # of no change is who speaks of days long before all
                _answer(here, read, None, fit)
    return here


def _told(here: Gathered, walked: Walked, fit: Fit) -> Gathered:
    """Add what is told after all else to the change it fits best, or open one for it, and ask the denials again."""
    at = best([part.outline for part in here.parts], walked.read, fit)
    before = None if at is None else here.parts[at].outline.direction
    if at is None:
        at = len(here.parts)
        here.parts.append(Part(None, opened_by(walked)))
    else:
        _replaced(here, at, joined(here.parts[at].change, walked, fit.parties))
    it = here.parts[at].outline
    for of, read in [(of, read) for of, part in enumerate(here.parts) for read in part.denials]:
        may_turn = it.direction != before and it.days.first < read.days.first
        if of == at or may_turn or is_near(it, read, fit):
            _answer(here, read, of, fit)
    for read in here.loose.reads:
        if is_near(it, read, fit) or (it.direction != before and it.days.first < read.days.first):
            _answer(here, read, None, fit)
    return here


def _denied(here: Gathered, read: Read, claim: Claim, fit: Fit) -> Gathered:
    """Put a denial beside the change that it denies, or among those of none."""
    here.loose = piled((*in_pile(here.loose), claim))
    _answer(here, read, None, fit)
    return here


def _answer(here: Gathered, read: Read, of: int | None, fit: Fit) -> None:
    """Move a denial from the change it was of, or from those of none, to where it belongs now."""
    at = best([part.outline for part in here.parts], read, fit)
    if at is not None and not read.denies and not answers(read, here.parts[at].change):
        at = None
    if at == of:
        return
    claim = _taken_from(here, read.id, of)
    if at is None:
        here.loose = piled((*in_pile(here.loose), claim))
    else:
        change = here.parts[at].change
        denied = sorted((*change.denied, claim), key=lambda one: read_of(one).order)
        _replaced(here, at, with_fields(change, denied=tuple(denied)))


def _taken_from(here: Gathered, id_: str, of: int | None) -> Claim:
    known = in_pile(here.loose) if of is None else here.parts[of].change.denied
    rest = tuple(one for one in known if one.id != id_)
    if of is None:
        here.loose = piled(rest)
    else:
        _replaced(here, of, with_fields(here.parts[of].change, denied=rest))
    return next(one for one in known if one.id == id_)


def _replaced(here: Gathered, at: int, change: Change) -> None:
    part = here.parts[at]
    here.parts[at] = Part(None, change, before=part.sealed or part.before)
