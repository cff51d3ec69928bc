"""Which claims about one place tell of one change.

The answer depends on the claims only, never on the order in which they came:
they are walked in the order of the days they speak of. A claim joins a change
when their directions agree (a missing gainer or loser agrees with any, and the
name of a camp with that of its brigade), their
days lie within the window, and the place did not change hands the other way
in between. What is withdrawn joins what is told, never the reverse.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from typing import NamedTuple

from processors.directions import Direction, merged
from processors.identity import actor_key
from processors.parties import Parties, nobody
from streams.items import Claim, ClaimOp, ItemRef
from streams.mentions import EventDate, Kind, Precision, Status

FACTS = frozenset({Status.ASSERTED, Status.CLAIMED})
DENIALS = frozenset({Status.DENIED, Status.NEGATED})
_DATED = frozenset({Precision.INSTANT, Precision.DAY, Precision.WEEK, Precision.MONTH})


class Days(NamedTuple):
    """The days within which something happened, both included (UTC)."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of control and its claims: told, told once but withdrawn, and denying it.

    `known_at` is when the first claim of its first day became known (UTC).
    """

    direction: Direction
    days: Days
    known_at: datetime
    demo: bool
    told: tuple[Claim, ...] = ()
    withdrawn: tuple[Claim, ...] = ()
    denied: tuple[Claim, ...] = ()


def known_at(claim: Claim) -> datetime:
    """Return when the claim could be known: when it was published, else fetched (UTC)."""
    return known_of(claim.item)


def known_of(item: ItemRef) -> datetime:
    """Return when an item could be known: when it was published, else fetched (UTC)."""
    return min(item.published_at, item.fetched_at) if item.published_at else item.fetched_at


def by_time(claim: Claim) -> tuple[datetime, str, int, str]:
    """Return the order in which claims became known, those of one item as they stand in its text."""
    return known_at(claim), claim.item.id, claim.evidence.start, claim.id


def direction_of(claim: Claim) -> Direction:
    """Return the claim's direction."""
    return Direction(actor_key(claim.losing), actor_key(claim.gaining))


def event_of(claim: Claim) -> EventDate | None:
    """Return the event's date; a day that had not come when the text was read was read wrongly and is none."""
    return _come(claim.event_date, claim.item)


def _come(event: EventDate | None, item: ItemRef) -> EventDate | None:
    if event is None or event.from_ is None or event.from_ > item.fetched_at.date() + timedelta(days=1):
        return None
    return event


def days_of(claim: Claim) -> Days:
    """Return the days the text gives, to the month at least, else those of publication, else of fetching."""
    return days_told(claim.event_date, claim.item)


def days_told(date: EventDate | None, item: ItemRef) -> Days:
    """Return the days of a date told in an item, as `days_of` does for a claim."""
    event = _come(date, item)
    if event and event.from_ and event.precision in _DATED:
        return Days(event.from_, max(event.from_, event.to or event.from_))
    return _published_days(item)


def _published_days(item: ItemRef) -> Days:
    if item.published_at is None or item.published_precision is Precision.YEAR:
        return Days(item.fetched_at.date(), item.fetched_at.date())
    day = item.published_at.date()
    if item.published_precision is Precision.MONTH:
        return Days(day, day.replace(day=calendar.monthrange(day.year, day.month)[1]))
    return Days(day, day)


class _Read(NamedTuple):
    """A claim with what grouping asks of it, worked out once."""

    claim: Claim
    direction: Direction
    days: Days


class _Fit(NamedTuple):
    """What claims of one change have in common: days no further apart than the window, and actors of one name."""

    window_days: float
    parties: Parties


def changes(
    claims: Iterable[Claim], *, window_days: float, known: Sequence[Sequence[str]] = (), parties: Parties = nobody
) -> tuple[Change, ...]:
    """Return the changes the claims tell of, earliest first; a denial of no change is in none of them.

    `known` are the ids told of each change when this was asked last, of claims
    that are the same since: where what is new comes after them all, they need
    not be put together again.
    """
    fit = _Fit(window_days, parties)
    walked = sorted((_Read(claim, direction_of(claim), days_of(claim)) for claim in claims), key=_by_day)
    facts = [read for read in walked if read.claim.status in FACTS]
    put = [read for read in facts if read.claim.op is ClaimOp.PUT]
    found = _put_together(put, known, parties)
    for read in put[sum(len(change.told) for change in found) :]:
        _join(found, read, fit)
    for read in walked:
        if read.claim.status in DENIALS:
            _deny(found, read, fit)
    _attach(found, [read for read in facts if read.claim.op is ClaimOp.WITHDRAW], fit)
    return tuple(found)


def _by_day(read: _Read) -> tuple[date, tuple[datetime, str, int, str]]:
    return read.days.first, by_time(read.claim)


def _join(found: list[Change], read: _Read, fit: _Fit) -> None:
    """Add what is told to the change it fits best, or open one for it."""
    at = _best(found, read, fit)
    if at is None:
        found.append(_opened(read))
    else:
        found[at] = _with(found[at], read, fit.parties)


def _opened(read: _Read) -> Change:
    claim, direction, days = read
    return Change(direction=direction, days=days, known_at=known_at(claim), demo=claim.item.demo, told=(claim,))


def _with(change: Change, read: _Read, parties: Parties) -> Change:
    claim, direction, days = read
    return replace(
        change,
        direction=merged(change.direction, direction, parties) or change.direction,
        days=Days(min(change.days.first, days.first), max(change.days.last, days.last)),
        told=(*change.told, claim),
    )


def _put_together(put: Sequence[_Read], known: Sequence[Sequence[str]], parties: Parties) -> list[Change]:
    """Return the changes known before, where the first facts are just those that they were made of; else none."""
    ids = {id_ for told in known for id_ in told}
    first = {read.claim.id: read for read in put[: len(ids)]}
    if first.keys() != ids:
        return []
    return [_all_in_one([first[id_] for id_ in told], parties) for told in known]


def _all_in_one(reads: Sequence[_Read], parties: Parties) -> Change:
    """Return the change that these claims make together, each put into it after the one before."""
    opened = _opened(reads[0])
    direction = reduce(lambda one, read: merged(one, read.direction, parties) or one, reads, opened.direction)
    days = Days(min(read.days.first for read in reads), max(read.days.last for read in reads))
    return replace(opened, direction=direction, days=days, told=tuple(read.claim for read in reads))


def _attach(found: list[Change], withdrawn: Sequence[_Read], fit: _Fit) -> None:
    """Put what is withdrawn beside what is still told of the same change; the rest nobody tells any more."""
    left: list[_Read] = []
    for read in withdrawn:
        at = _best(found, read, fit)
        if at is None:
            left.append(read)
        else:
            found[at] = replace(found[at], withdrawn=(*found[at].withdrawn, read.claim))
    untold: list[Change] = []
    for read in left:
        _join(untold, read, fit)
    found.extend(replace(change, told=(), withdrawn=change.told) for change in untold)


def _deny(found: list[Change], read: _Read, fit: _Fit) -> None:
    """Keep a denial beside the change it denies."""
    at = _best(found, read, fit)
    if at is not None and _answers(read.claim, found[at].told):
        found[at] = replace(found[at], denied=(*found[at].denied, read.claim))


def _answers(claim: Claim, told: Sequence[Claim]) -> bool:
    """Say whether a denial is about what was told: an attempt that failed before the success denies nothing.

    Nor does a failure that stands in the same text as the success.
    """
    if claim.status is Status.DENIED:
        return True
    earliest = min(map(known_at, told))
    return known_at(claim) >= earliest and all(claim.item.id != other.item.id for other in told)


def _best(found: Sequence[Change], read: _Read, fit: _Fit) -> int | None:
    """Return the change the claim fits: most actors shared, then nearest in time, then latest.

    Whether a change was turned back before is asked of the best first: it is
    the costly question, and seldom more than one has to answer it.
    """
    near = [at for at, change in enumerate(found) if _is_near(change, read, fit)]
    near.sort(
        key=lambda at: (_shared(found[at].direction, read.direction), -_gap(found[at].days, read.days), at),
        reverse=True,
    )
    return next((at for at in near if not _was_turned(found[at], read, found)), None)


def _is_near(change: Change, read: _Read, fit: _Fit) -> bool:
    return (
        change.demo == read.claim.item.demo
        and merged(change.direction, read.direction, fit.parties) is not None
        and _gap(change.days, read.days) <= fit.window_days
    )


def _was_turned(change: Change, read: _Read, found: Sequence[Change]) -> bool:
    return any(
        turned.demo == change.demo and turned.days.first < read.days.first and opposes(turned, change)
        for turned in found
    )


def _shared(one: Direction, other: Direction) -> int:
    return sum(mine is not None and mine == its for mine, its in zip(one, other, strict=True))


def _gap(one: Days, other: Days) -> int:
    """Return the days between two stretches of days, 0 where they touch."""
    return max(0, (other.first - one.last).days, (one.first - other.last).days)


def opposes(later: Change, earlier: Change) -> bool:
    """Say whether `later` began after `earlier` and took the place from its gainer, or gave it to its loser."""
    taken = later.direction.loser is not None and later.direction.loser == earlier.direction.gainer
    given = later.direction.gainer is not None and later.direction.gainer == earlier.direction.loser
    return (taken or given) and _follows(later, earlier)


def _follows(later: Change, earlier: Change) -> bool:
    """Say whether a change began after another; of one day it is the one that was known later."""
    return (later.days.first, later.known_at) > (earlier.days.first, earlier.known_at)


def undoes(later: Change, earlier: Change, *, window_days: float) -> bool:
    """Say whether `later` turned `earlier` back within the window; on to a third is no way back.

    Where nobody told who lost the place at first, it came back to whoever
    retook it.
    """
    if not later.told or _gap(earlier.days, later.days) > window_days:
        return False
    if earlier.direction.loser is None and later.direction.gainer is not None:
        return _retakes(later, earlier)
    return opposes(later, earlier) and later.direction.gainer in (None, earlier.direction.loser)


def _retakes(later: Change, earlier: Change) -> bool:
    """Say whether another retook the place afterwards, from its gainer or from nobody named."""
    afterwards = _follows(later, earlier) and later.direction.gainer != earlier.direction.gainer
    from_him = later.direction.loser in (None, earlier.direction.gainer)
    return afterwards and from_him and any(claim.kind is Kind.RECAPTURE for claim in later.told)
