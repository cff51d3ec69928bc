"""A place's page in the ledger: what claims put on it, and what it says then.

The page is written anew from all that is remembered, and told where a reader
would see a difference; whoever came to hold the place, or left it, is told to
the step that follows actors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from processors.checking import check, is_clash, shown
from processors.identity import digest, place_key
from processors.ledger import History, Turn, history, in_order, now
from processors.parties import Parties
from processors.placememory import SETTLED_KEPT, STANDING_KEPT, Page
from processors.telling import standing
from streams.alerts import Alert, Holder
from streams.codec import encode
from streams.holding import Holding, Ledger
from streams.items import Claim, ClaimOp
from streams.mentions import Place, Via
from streams.verdicts import Verdict

_VAGUEST = 4
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_AREAS = frozenset({2, 3})


def noted(page: Page, claim: Claim, *, is_evidence: bool) -> Page:
    """Return the page with what the claim tells beside the alerts; evidence of a change stands there, not here."""
    turn = None if is_evidence or claim.op is ClaimOp.WITHDRAW else standing(claim)
    others = tuple(other for other in page.standing if other.id != claim.id)
    if turn is None:
        return page if len(others) == len(page.standing) else replace(page, standing=others)
    if turn in page.standing:
        return page
    kept = sorted((*others, turn), key=in_order)[-STANDING_KEPT:]
    return replace(page, standing=tuple(kept), place=_named(page.place, claim.place))


def settled(page: Page, turns: Iterable[Turn]) -> Page:
    """Return the page with the turns of changes that are forgotten elsewhere."""
    known = {turn.id: turn for turn in (*page.settled, *turns)}
    kept = sorted(known.values(), key=in_order)[-SETTLED_KEPT:]
    return page if tuple(kept) == page.settled else replace(page, settled=tuple(kept))


def read(page: Page, turns: Sequence[Turn], *, window_days: float, parties: Parties) -> History:
    """Return who held the place, by its page and the turns of the changes remembered."""
    here = {turn.id: turn for turn in (*page.settled, *page.standing, *turns)}
    return history(here.values(), window_days=window_days, parties=parties)


def checked(alert: Alert, turn: Turn, told: History, parties: Parties) -> Alert:
    """Return the alert with how it fits the ledger."""
    stood = told.stood.get(turn.id)
    return replace(
        alert,
        ledger_check=check(alert.kind, turn, stood, parties),
        before=shown(stood),
        clash=is_clash(alert.id, told.stretches),
    )


def feeds(alert: Alert) -> bool:
    """Say whether the alert tells of this place: one whose place an analyst put right tells of another."""
    moved = alert.judged and alert.judged.verdict is Verdict.CORRECT and place_key(alert.place, alert.extent)
    return not moved or moved == alert.place_key


def told(
    key: str, page: Page, found: History, place: Place | None, *, demo: bool, moment: datetime
) -> tuple[Page, tuple[Ledger | Holding, ...]]:
    """Return the page as it is told now, and what is new on it for readers and for the step that follows actors."""
    page = replace(page, place=_named(page.place, place)) if place else page
    if page.place is None or not (page.face or found.stretches or found.sieges or found.contests):
        return page, ()
    ledger = Ledger(
        place_key=key,
        place=page.place,
        area=page.place.geo_precision in _AREAS,
        demo=demo,
        stretches=found.stretches,
        sieges=found.sieges,
        contests=found.contests,
        revision=page.revision + 1,
        revised_at=moment,
    )
    face = _face(ledger)
    if face == page.face:
        return page, ()
    last = now(found.stretches)
    holders = last.holders if last else ()
    moved = _moved(page, holders, ledger, moment)
    return replace(page, revision=ledger.revision, face=face, holders=holders), (ledger, *moved)


def _moved(page: Page, holders: tuple[Holder, ...], ledger: Ledger, moment: datetime) -> tuple[Holding, ...]:
    """Return who left and who came, in that order."""
    last = now(ledger.stretches)
    before, after = {one.key for one in page.holders}, {one.key for one in holders}
    gone = [(one, False) for one in page.holders if one.key not in after]
    come = [(one, True) for one in holders if one.key not in before]
    return tuple(
        Holding(
            actor=actor,
            place_key=ledger.place_key,
            place=ledger.place,
            held=held,
            since=last.since if last else moment.date(),
            by=last.by if last else None,
            demo=ledger.demo,
            known_at=moment,
        )
        for actor, held in (*gone, *come)
    )


def _face(ledger: Ledger) -> str:
    """Return a digest of all that a reader sees on the page, its revision and time aside."""
    return digest(encode(replace(ledger, revision=0, revised_at=_NEVER)).decode())


def _named(known: Place | None, place: Place) -> Place:
    """Return the place by its best name: known to the gazetteer before unknown, the finer before the coarser."""
    told = replace(place, text=place.name or place.text, start=0, end=0, via=Via.NAME, why=None)
    return min((one for one in (known, told) if one), key=_vagueness)


def _vagueness(place: Place) -> tuple[bool, int, str]:
    return place.id is None, place.geo_precision or _VAGUEST, place.text
