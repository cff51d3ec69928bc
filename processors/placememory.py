"""What is remembered of a place: the claims of its latest changes and the alerts they opened, both bounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace as with_fields
from datetime import datetime
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from processors.dating import Days, by_time
from processors.directions import Direction
from processors.grouping import Change, Fit, Read, direction_of, opposes, read_of
from processors.independence import Lineage, compared, lineage_of
from processors.outlines import Part, Pile, Sealed, fit_of, in_pile, is_among, piled, sealed
from processors.turns import Turn
from processors.volumes import Shelf
from streams.alerts import Holder
from streams.items import Claim
from streams.mentions import Place
from streams.verdicts import Feedback

# What an alert shows; a page or a terminal shows fewer.
TELLINGS_KEPT = 8
# Tellings that are only counted: with the kept ones some sixty, above which nobody doubts that many told it.
TELLINGS_COUNTED = 50
# Changes that are kept whole, the latest; those before them stay as turns of the ledger.
CHANGES_KEPT = 6
# Denials that stand beside a change, the latest.
DENIED_KEPT = 6
# Words about who holds a place, sieges and fighting; and turns of changes long past: those that are not in volumes.
STANDING_KEPT = 24
# Of words that say the same of the same days: the first known; more would tell a reader nothing.
ALIKE_KEPT = 6
SETTLED_KEPT = 64
# Verdicts on alerts that are no longer remembered.
RULED_KEPT = 64
# Denials of what nobody told yet.
DENIALS_KEPT = 20


class Made(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an alert was made of last, so that it is made anew only where that changed.

    `of` stands for its tellings and what bears on them, `turn` what it told
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

    `verdict` is the analysts' last; `further` are tellings that earlier releases counted here.
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
    """The changes of one place, its alerts in the order in which they were opened, its pages.

    `loose` are denials of no change. `fit` is by what the changes were put together, empty where they have to be put
    together anew; `shortened` says that some were forgotten since. `claims` are those that earlier releases
    remembered, not yet put together.
    """

    packed: ClassVar[bool] = True

    claims: tuple[Claim, ...] = ()
    changes: tuple[Sealed, ...] = ()
    loose: Pile = Pile()
    fit: str = ""
    shortened: bool = False
    opened: tuple[Opened, ...] = ()
    pages: tuple[Page, ...] = ()
    ruled: tuple[Ruled, ...] = ()


def closed_up(parts: Iterable[Part], opened: Iterable[Opened]) -> list[Part]:
    """Return the changes in outline, each with at most TELLINGS_KEPT tellings whole; the rest is counted."""
    anchors = {alert.anchor for alert in opened}
    return [part if part.sealed else _closed_up(part.change, anchors, part.before) for part in parts]


def _closed_up(change: Change, anchors: set[str], before: Sealed | None) -> Part:
    kept = _most_telling(change, anchors)
    counted = _counted(change, [claim for claim in change.told if claim not in kept])
    change = with_fields(change, told=kept, counted=counted, denied=change.denied[-DENIED_KEPT:])
    return Part(sealed(change, before), change)


def _counted(change: Change, surplus: Iterable[Claim]) -> tuple[Read, ...]:
    """Return the tellings that are counted; of more than TELLINGS_COUNTED the last stands for all that follow."""
    counted = list(change.counted)
    for claim in surplus:
        if len(counted) < TELLINGS_COUNTED:
            lineage = compared(lineage_of(claim), (read.lineage for read in counted))
            counted.append(replace(read_of(claim), keys=lineage.keys, signature=lineage.signature))
        else:
            counted[-1] = _standing_for(counted[-1], read_of(claim), change.direction)
    return tuple(counted)


def _standing_for(last: Read, read: Read, direction: Direction) -> Read:
    """Return the last telling that is counted with what one more says of days and direction."""
    if read.days.last <= last.days.last and direction == last.direction and read.retaking <= last.retaking:
        return last
    latest = max(last, read, key=lambda one: one.order)
    days = Days(latest.days.first, max(last.days.last, read.days.last))
    told = {"direction": direction, "days": days, "retaking": last.retaking or read.retaking}
    return replace(latest, id=last.id, keys=last.keys, signature=last.signature, **told)


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


def forget(parts: Sequence[Part], opened: Sequence[Opened], loose: Pile, *, fit: Fit) -> PlaceMemory:
    """Return the memory without all but the latest changes.

    Where one that is forgotten had turned one back that is not, all have to be put together anew.
    """
    newest_first = sorted(parts, key=_newest, reverse=True)
    latest = {id(part) for part in newest_first[:CHANGES_KEPT]}
    kept = [part for part in parts if id(part) in latest]
    changes = tuple(part.remembered for part in kept)
    ids = ids_of(changes)
    if len(loose.reads) > DENIALS_KEPT:
        loose = piled(sorted(in_pile(loose), key=by_time)[-DENIALS_KEPT:])
    gone = [part.remembered for part in parts if id(part) not in latest]
    is_missed = any(one.demo == left.demo and opposes(one, left) for one in gone for left in changes)
    return PlaceMemory(
        changes=changes,
        loose=loose,
        fit=fit_of(changes, fit) if not is_missed and (changes or loose.reads) else "",
        shortened=bool(gone and loose.reads),
        opened=tuple(alert for alert in opened if is_among(alert.anchor, ids)),
    )


def ids_of(changes: Iterable[Sealed]) -> str:
    """Return the ids of the claims of changes, told and withdrawn."""
    return "".join(change.ids for change in changes)


def _newest(part: Part) -> datetime:
    return part.remembered.newest
