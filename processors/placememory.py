"""What is remembered of a place: the claims of its latest changes and the alerts they opened, both bounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace as with_fields
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from processors.grouping import Change, by_time, direction_of, known_at
from processors.independence import Lineage, lineage_of
from processors.turns import Turn
from processors.volumes import Shelf
from streams.alerts import Holder
from streams.items import Claim
from streams.mentions import Place
from streams.verdicts import Feedback

# What an alert shows; a page or a terminal shows fewer.
TELLINGS_KEPT = 8
# Tellings that are only counted: with the kept ones some forty, above which nobody doubts that many told it.
TELLINGS_COUNTED = 30
CHANGES_KEPT = 6
CHANGES_AT_MOST = 10
# Denials that stand beside a change, the latest.
DENIED_KEPT = 6
# Words about who holds a place, sieges and fighting; and turns of changes long past: those that are not in volumes.
STANDING_KEPT = 24
SETTLED_KEPT = 64
# Verdicts on alerts that are no longer remembered.
RULED_KEPT = 64
# Denials of what nobody told yet.
DENIALS_KEPT = 20


class Made(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an alert was made of last, so that it is made anew only where that changed.

    `of` is a digest of its tellings and what bears on them, `turn` what it told
    the ledger, on the page of the key `page` (none where it is empty), and
    `stood` a digest of how the place stood there before it, and of what there
    speaks against it; `disputed` says whether the alert was told as that.
    """

    of: str
    turn: Turn
    page: str = ""
    stood: str = ""
    disputed: bool = False


class Opened(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alert that was opened: by which claim (`anchor`), and what was told of it last (`face`, a digest).

    `further` are tellings that are counted but no longer kept whole; `verdict`
    is the analysts' last.
    """

    id: str
    anchor: str
    opened_at: datetime
    revised_at: datetime
    revision: int = 0
    face: str = ""
    further: tuple[Lineage, ...] = ()
    verdict: Feedback | None = None
    made: Made | None = None


class Page(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered for one page of the ledger, the fictional kept apart from the real.

    A town has a page, and so has each area whose seat it is: what is told of
    the area is not told of the town. `standing` is what claims told that open no alert, by claim; `settled` are
    turns of changes that are no longer remembered whole. `face` is a digest of
    the ledger as it was told last, `holders` who held the place then.
    """

    key: str
    demo: bool = False
    place: Place
    standing: tuple[Turn, ...] = ()
    settled: tuple[Turn, ...] = ()
    shelf: Shelf = Shelf()
    revision: int = 0
    face: str = ""
    holders: tuple[Holder, ...] = ()


class Ruled(Struct, frozen=True, kw_only=True):
    """The last verdict on an alert that is no longer remembered, and the last revision of that alert."""

    verdict: Feedback
    revision: int


class PlaceMemory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The claims about one place, put and withdrawn, its alerts in the order in which they were opened, its pages.

    `grouped` are the ids told of each change, where no telling was forgotten since.
    """

    claims: tuple[Claim, ...] = ()
    opened: tuple[Opened, ...] = ()
    pages: tuple[Page, ...] = ()
    grouped: tuple[tuple[str, ...], ...] = ()
    ruled: tuple[Ruled, ...] = ()


def facts_of(change: Change) -> tuple[Claim, ...]:
    """Return the claims that make the change, told and withdrawn."""
    return (*change.told, *change.withdrawn)


def owner_of(change: Change, opened: Iterable[Opened]) -> Opened | None:
    """Return the alert that stands for the change: the first opened by one of its claims."""
    ids = {claim.id for claim in facts_of(change)}
    return next((alert for alert in opened if alert.anchor in ids), None)


def trim(found: Iterable[Change], opened: tuple[Opened, ...]) -> tuple[tuple[Change, ...], tuple[Opened, ...]]:
    """Keep at most TELLINGS_KEPT tellings of a change whole and count the rest."""
    trimmed: list[Change] = []
    for change in found:
        kept = _most_telling(change, {alert.anchor for alert in opened})
        surplus = [lineage_of(claim) for claim in change.told if claim not in kept]
        owner = owner_of(change, opened)
        if surplus and owner:
            further = (*owner.further, *surplus)[:TELLINGS_COUNTED]
            opened = tuple(replace(alert, further=further) if alert is owner else alert for alert in opened)
        trimmed.append(with_fields(change, told=kept) if surplus else change)
    return tuple(trimmed), opened


def _most_telling(change: Change, anchors: set[str]) -> tuple[Claim, ...]:
    """Return the tellings to keep: those that opened an alert, then those that say most, then the first known."""
    if len(change.told) <= TELLINGS_KEPT:
        return change.told
    ranked = sorted(change.told, key=lambda claim: (claim.id not in anchors, -_said(claim), by_time(claim)))
    kept = {claim.id for claim in ranked[:TELLINGS_KEPT]}
    return tuple(claim for claim in change.told if claim.id in kept)


def _said(claim: Claim) -> int:
    """Return how much a telling says: loser, gainer, and a day of its own."""
    return sum(part is not None for part in (*direction_of(claim), claim.event_date))


def forget(
    found: Sequence[Change], opened: Sequence[Opened], loose: Sequence[Claim], *, window_days: float
) -> PlaceMemory | None:
    """Return the memory without what is two windows older than the newest, the latest changes excepted."""
    newest_first = sorted(found, key=_newest, reverse=True)
    horizon = _newest(newest_first[0]) - timedelta(days=2 * window_days) if newest_first else None
    kept = [
        change
        for rank, change in enumerate(newest_first[:CHANGES_AT_MOST])
        if rank < CHANGES_KEPT or (horizon and _newest(change) >= horizon)
    ]
    claims = [claim for change in kept for claim in (*facts_of(change), *change.denied[-DENIED_KEPT:])]
    ids = {claim.id for claim in claims}
    claims += sorted(loose, key=by_time)[-DENIALS_KEPT:]
    if not claims:
        return None
    return PlaceMemory(
        claims=tuple(sorted(claims, key=by_time)), opened=tuple(alert for alert in opened if alert.anchor in ids)
    )


def grouping_of(found: Iterable[Change], memory: PlaceMemory) -> tuple[tuple[str, ...], ...]:
    """Return the ids told of each change, none where not all of their tellings are remembered."""
    kept = {claim.id for claim in memory.claims}
    told = tuple(tuple(claim.id for claim in change.told) for change in found if change.told)
    return told if all(id_ in kept for ids in told for id_ in ids) else ()


def _newest(change: Change) -> datetime:
    return max(known_at(claim) for claim in facts_of(change))
