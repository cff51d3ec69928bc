"""Which claims about one place tell of one change.

The answer depends on the claims only, never on the order in which they came:
they are walked in the order of the days they speak of. A claim joins a change
when their directions agree (a missing gainer or loser agrees with any, and the
name of a camp with that of its brigade), their
days lie within the window, and the place did not change hands the other way
in between. What is withdrawn joins what is told, never the reverse.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from processors.dating import Days, days_of, known_at
from processors.directions import Direction, merged
from processors.identity import actor_key
from processors.independence import Lineage
from processors.parties import Parties, nobody
from streams.items import Claim, ClaimOp
from streams.mentions import Kind, Status

FACTS = frozenset({Status.ASSERTED, Status.CLAIMED})
DENIALS = frozenset({Status.DENIED, Status.NEGATED})
# The order in which claims are walked: by their days, then as they became known.
Order = tuple[date, datetime, str, int, str]


class Read(Struct, frozen=True, array_like=True):
    """A claim as grouping reads it; of a telling that is only counted nothing else is kept but its lineage.

    `known_at`, `item` and `start` say when it became known and where it stands; `denies` says that it denies a
    change, rather than telling of an attempt that failed.
    """

    id: str
    direction: Direction
    days: Days
    known_at: datetime
    item: str
    start: int
    demo: bool
    retaking: bool
    denies: bool
    keys: tuple[str, ...] = ()
    signature: str | None = None

    @property
    def lineage(self) -> Lineage:
        """Where a telling that is only counted comes from."""
        return Lineage(claim_id=self.id, keys=self.keys, signature=self.signature, compared=True)

    @property
    def order(self) -> Order:
        """Where the claim is walked."""
        return self.days.first, self.known_at, self.item, self.start, self.id


class Outline(Protocol):
    """What grouping asks of a change; `known_at` is when the first claim of its first day became known (UTC)."""

    @property
    def direction(self) -> Direction: ...  # noqa: D102
    @property
    def days(self) -> Days: ...  # noqa: D102
    @property
    def known_at(self) -> datetime: ...  # noqa: D102
    @property
    def demo(self) -> bool: ...  # noqa: D102
    @property
    def retaking(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of control and its claims: told, only counted, told once but withdrawn, and denying it.

    `known_at` is when the first claim of its first day became known, `newest` when the last was (UTC); `end` is
    where the last that is told was walked, `retaking` says that any tells of a recapture.
    """

    direction: Direction
    days: Days
    known_at: datetime
    newest: datetime
    end: Order
    demo: bool
    retaking: bool
    told: tuple[Claim, ...] = ()
    counted: tuple[Read, ...] = ()
    withdrawn: tuple[Claim, ...] = ()
    denied: tuple[Claim, ...] = ()


def direction_of(claim: Claim) -> Direction:
    """Return the claim's direction."""
    return Direction(actor_key(claim.losing), actor_key(claim.gaining))


def read_of(claim: Claim) -> Read:
    """Return the claim as grouping reads it."""
    return Read(
        claim.id,
        direction_of(claim),
        days_of(claim),
        known_at(claim),
        claim.item.id,
        claim.evidence.start,
        claim.item.demo,
        claim.kind is Kind.RECAPTURE,
        claim.status is Status.DENIED,
    )


class Fit(NamedTuple):
    """What claims of one change have in common: days no further apart than the window, and actors of one name."""

    window_days: float
    parties: Parties = nobody


class Walked(NamedTuple):
    """A claim on its way into a change; None stands for one that is only counted."""

    read: Read
    claim: Claim | None


def changes(claims: Iterable[Claim], counted: Iterable[Read], fit: Fit) -> list[Change]:
    """Return the changes that the claims tell of, earliest first; a denial of no change is in none of them.

    What nobody tells any more comes last.
    """
    read = [Walked(read_of(claim), claim) for claim in claims]
    told = [one for one in read if one.claim and one.claim.status in FACTS and one.claim.op is ClaimOp.PUT]
    found: list[Change] = []
    for one in sorted((*told, *(Walked(each, None) for each in counted)), key=_order):
        _join(found, one, fit)
    denials = [one for one in read if one.claim and one.claim.status in DENIALS]
    for one in sorted(denials, key=_order):
        at = best(found, one.read, fit)
        if at is not None and one.claim and answers(one.read, found[at]):
            found[at] = replace(found[at], denied=(*found[at].denied, one.claim))
    gone = (one for one in read if one.claim and one.claim.status in FACTS and one.claim.op is ClaimOp.WITHDRAW)
    _attach(found, sorted(gone, key=_order), fit)
    return [change for change in found if change.told or change.withdrawn]


def _order(walked: Walked) -> Order:
    return walked.read.order


def _join(found: list[Change], walked: Walked, fit: Fit) -> None:
    """Add what is told to the change it fits best, or open one for it."""
    at = best(found, walked.read, fit)
    if at is None:
        found.append(opened_by(walked))
    else:
        found[at] = joined(found[at], walked, fit.parties)


def opened_by(walked: Walked) -> Change:
    """Return the change that a claim opens."""
    read, claim = walked
    return Change(
        direction=read.direction,
        days=read.days,
        known_at=read.known_at,
        newest=read.known_at,
        end=read.order,
        demo=read.demo,
        retaking=read.retaking,
        told=(claim,) if claim else (),
        counted=() if claim else (read,),
    )


def joined(change: Change, walked: Walked, parties: Parties) -> Change:
    """Return the change with a claim that is walked after all of its own."""
    read, claim = walked
    return replace(
        change,
        direction=merged(change.direction, read.direction, parties) or change.direction,
        days=Days(min(change.days.first, read.days.first), max(change.days.last, read.days.last)),
        newest=max(change.newest, read.known_at),
        end=read.order,
        retaking=change.retaking or read.retaking,
        told=(*change.told, claim) if claim else change.told,
        counted=change.counted if claim else (*change.counted, read),
    )


def _attach(found: list[Change], withdrawn: Iterable[Walked], fit: Fit) -> None:
    """Put what is withdrawn beside what is still told of the same change; the rest nobody tells any more."""
    untold: list[Change] = []
    left: list[Walked] = []
    for one in withdrawn:
        at = best(found, one.read, fit)
        if at is None or one.claim is None:
            left.append(one)
        else:
            newest = max(found[at].newest, one.read.known_at)
            found[at] = replace(found[at], newest=newest, withdrawn=(*found[at].withdrawn, one.claim))
    for one in left:
        _join(untold, one, fit)
    found.extend(replace(change, told=(), withdrawn=change.told) for change in untold)


def answers(denial: Read, change: Change) -> bool:
    """Say whether a denial is about what was told: an attempt that failed before the success denies nothing.

    Nor does a failure that stands in the same text as the success.
    """
    if denial.denies:
        return True
    known = [*(known_at(claim) for claim in change.told), *(read.known_at for read in change.counted)]
    items = {*(claim.item.id for claim in change.told), *(read.item for read in change.counted)}
    return denial.known_at >= min(known) and denial.item not in items


def best(found: Sequence[Outline], read: Read, fit: Fit) -> int | None:
    """Return the change the claim fits: most actors shared, then nearest in time, then latest.

    Whether a change was turned back before is asked of the best first: it is
    the costly question, and seldom more than one has to answer it.
    """
    near = [at for at, change in enumerate(found) if is_near(change, read, fit)]
    near.sort(
        key=lambda at: (_shared(found[at].direction, read.direction), -_gap(found[at].days, read.days), at),
        reverse=True,
    )
    return next((at for at in near if not _was_turned(found[at], read, found)), None)


def is_near(change: Outline, read: Read, fit: Fit) -> bool:
    """Say whether a claim speaks of the days of a change, and of its direction."""
    return (
        change.demo == read.demo
        and _gap(change.days, read.days) <= fit.window_days
        and merged(change.direction, read.direction, fit.parties) is not None
    )


def _was_turned(change: Outline, read: Read, found: Sequence[Outline]) -> bool:
    return any(
        turned.days.first < read.days.first and turned.demo == change.demo and opposes(turned, change)
        for turned in found
    )


def _shared(one: Direction, other: Direction) -> int:
    return sum(mine is not None and mine == its for mine, its in zip(one, other, strict=True))


def _gap(one: Days, other: Days) -> int:
    """Return the days between two stretches of days, 0 where they touch."""
    return max(0, (other.first - one.last).days, (one.first - other.last).days)


def opposes(later: Outline, earlier: Outline) -> bool:
    """Say whether `later` began after `earlier` and took the place from its gainer, or gave it to its loser."""
    taken = later.direction.loser is not None and later.direction.loser == earlier.direction.gainer
    given = later.direction.gainer is not None and later.direction.gainer == earlier.direction.loser
    return (taken or given) and _follows(later, earlier)


def _follows(later: Outline, earlier: Outline) -> bool:
    """Say whether a change began after another; of one day it is the one that was known later."""
    return (later.days.first, later.known_at) > (earlier.days.first, earlier.known_at)


def undoes(later: Outline, earlier: Outline, *, window_days: float) -> bool:
    """Say whether `later`, which is still told, turned `earlier` back within the window; on to a third is no way back.

    Where nobody told who lost the place at first, it came back to whoever
    retook it.
    """
    if later.days.first < earlier.days.first:
        return False
    if earlier.direction.loser is None and later.direction.gainer is not None:
        turned = _retakes(later, earlier)
    else:
        turned = opposes(later, earlier) and later.direction.gainer in (None, earlier.direction.loser)
    return turned and _gap(earlier.days, later.days) <= window_days


def _retakes(later: Outline, earlier: Outline) -> bool:
    """Say whether another retook the place afterwards, from its gainer or from nobody named."""
    if not later.retaking or later.direction.gainer == earlier.direction.gainer:
        return False
    return later.direction.loser in (None, earlier.direction.gainer) and _follows(later, earlier)
