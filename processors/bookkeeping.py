"""A place's page in the ledger: what claims put on it, and what it says then.

The page is written anew from all that is remembered, and told where a reader
would see a difference; whoever came to hold the place, or left it, is told to
the step that follows actors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from msgspec import json
from msgspec.structs import replace

from processors.checking import check, is_clash, shown
from processors.identity import PARTS, digest_of, is_area, place_key, vagueness
from processors.judging import judged_turn
from processors.ledger import History, history, now
from processors.parties import Parties
from processors.placememory import ALIKE_KEPT, SETTLED_KEPT, STANDING_KEPT, Page
from processors.retelling import told_once
from processors.telling import standing
from processors.turns import Turn, What, in_order, is_named
from processors.volumes import bound, emptied, faces, holds_turn, is_rivalled, is_touched, reachable
from streams.alerts import Alert, Holder
from streams.codec import encode
from streams.holding import VOLUMES_ON_DISK, Holding, Ledger, drawer_of, shown_volumes
from streams.items import Claim, ClaimOp
from streams.mentions import Place, Via
from streams.verdicts import Feedback, Verdict

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def page_key(place: Place, key: str) -> str:
    """Return the key of a place's page: an area has its own, whatever town its claims are gathered under."""
    beside = is_area(place) and place.id != place.seat and not key.endswith(PARTS)
    return place.id if beside and place.id else key


def opened_for(pages: Sequence[Page], place: Place, key: str, *, demo: bool) -> tuple[Page, ...]:
    """Return the pages with one for the place, under the best name that it was told by."""
    name = page_key(place, key)
    mine = next((page for page in pages if page.key == name and page.demo == demo), None)
    others = [page for page in pages if page is not mine]
    page = replace(mine, place=_named(mine.place, place)) if mine else Page(key=name, demo=demo, place=_bare(place))
    return tuple(sorted((*others, page), key=lambda one: (one.key, one.demo)))


def noted(pages: tuple[Page, ...], claim: Claim, *, is_evidence: bool) -> tuple[Page, ...]:
    """Return the pages with what the claim tells beside the alerts; evidence of a change stands there, not here."""
    turn = None if is_evidence or claim.op is ClaimOp.WITHDRAW else standing(claim)
    opened = tuple(unbound(page) if holds_turn(page.shelf, claim.id) else page for page in pages)
    if any(turn in page.standing for page in opened):
        return pages
    after = tuple(_without(page, claim.id) for page in opened)
    if turn is None:
        return pages if after == pages else after
    after = opened_for(after, claim.place, claim.place_key, demo=claim.item.demo)
    name = page_key(claim.place, claim.place_key)
    return tuple(_with(page, turn) if (page.key, page.demo) == (name, claim.item.demo) else page for page in after)


def _without(page: Page, claim_id: str) -> Page:
    others = tuple(turn for turn in page.standing if turn.id != claim_id)
    return page if len(others) == len(page.standing) else replace(page, standing=others)


def _with(page: Page, turn: Turn) -> Page:
    said, words = _tells(turn), sorted((*page.standing, turn), key=in_order)
    surplus = {one.id for one in [one for one in words if _tells(one) == said][ALIKE_KEPT:]}
    return replace(page, standing=tuple(one for one in words if one.id not in surplus))


def _tells(turn: Turn) -> tuple[What, date, date, str | None, str | None, bool]:
    """Return what a turn says, and of which days, whoever says it."""
    loser, gainer = (one.key if one else None for one in (turn.loser, turn.gainer))
    return turn.what, turn.first, turn.last, loser, gainer, turn.partial


def settled(page: Page, turns: Iterable[Turn]) -> Page:
    """Return the page with the turns of changes that are forgotten elsewhere."""
    known = {turn.id: turn for turn in (*page.settled, *turns)}
    kept = sorted(known.values(), key=in_order)
    return page if tuple(kept) == page.settled else replace(page, settled=tuple(kept))


def ruled(pages: Sequence[Page], verdict: Feedback) -> tuple[Page, ...]:
    """Return the pages with a verdict on a change that is no longer remembered whole, on whichever it is settled."""
    opened = (unbound(page) if holds_turn(page.shelf, verdict.alert_id) else page for page in pages)
    return tuple(
        replace(
            page,
            settled=tuple(
                judged_turn(turn, verdict) if turn.alert_id == verdict.alert_id else turn for turn in page.settled
            ),
        )
        for page in opened
    )


def read(page: Page, turns: Sequence[Turn], *, window_days: float, parties: Parties) -> tuple[Page, History]:
    """Return who held the place, by its page and the turns of the changes remembered.

    The page comes back with its volumes opened where something touches them.
    """
    if is_touched(page.shelf, _loose(page, turns), window_days=window_days):
        page = unbound(page)
    found = _history(page, turns, window_days=window_days, parties=parties)
    if not is_rivalled(page.shelf, found):
        return page, found
    page = unbound(page)
    return page, _history(page, turns, window_days=window_days, parties=parties)


def _history(page: Page, turns: Sequence[Turn], *, window_days: float, parties: Parties) -> History:
    known = told_once(reachable(page.shelf, _loose(page, turns)), window_days=window_days)
    return history(known, window_days=window_days, parties=parties, after=page.shelf.mark)


def _loose(page: Page, turns: Sequence[Turn]) -> Sequence[Turn]:
    return tuple({turn.id: turn for turn in (*page.settled, *page.standing, *turns)}.values())


def unbound(page: Page) -> Page:
    """Return the page with all turns loose."""
    shelf, turns = emptied(page.shelf)
    changes = [turn for turn in turns if turn.what is What.CHANGE]
    others = [turn for turn in turns if turn.what is not What.CHANGE]
    return replace(
        page,
        shelf=shelf,
        settled=tuple(sorted((*changes, *page.settled), key=in_order)),
        standing=tuple(sorted((*others, *page.standing), key=in_order)),
    )


def bind(
    before: Page, page: Page, turns: Sequence[Turn], found: History, rules: Bindery
) -> tuple[Page, History, tuple[Ledger, ...]]:
    """Bind what lies long back on a page; return it, the rest of its history, and the volumes that read otherwise now.

    `before` is the page as it was told last, `turns` are those of the changes remembered.
    """
    loose = reachable(page.shelf, _loose(page, turns))
    done = bound(
        page.shelf, loose, {turn.id for turn in turns}, found, window_days=rules.window_days, parties=rules.parties
    )
    known, after = faces(before.shelf), faces(done.shelf)
    news = tuple(
        _volume(page, number, kept, rules.moment)
        for number, kept in done.told
        if number not in known or known[number] != after.get(number)
    )
    left = {turn.id for turn in reachable(done.shelf, loose)}
    page = replace(
        page,
        shelf=done.shelf,
        settled=tuple(turn for turn in page.settled if turn.id in left)[-SETTLED_KEPT:],
        standing=tuple(turn for turn in page.standing if turn.id in left)[-STANDING_KEPT:],
    )
    return page, done.rest, news


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindery:
    """By what a page is read while its older part is bound, and when that is told; the window is in days."""

    window_days: float
    parties: Parties
    moment: datetime


def _volume(page: Page, number: int, kept: History, moment: datetime) -> Ledger:
    return Ledger(
        place_key=page.key,
        place=page.place,
        area=is_area(page.place),
        demo=page.demo,
        volume=number % VOLUMES_ON_DISK,
        stretches=kept.stretches,
        sieges=kept.sieges,
        contests=kept.contests,
        revision=page.revision + 1,
        revised_at=moment,
    )


def stood_before(turn: Turn, told: History) -> str:
    """Return a digest of all that `checked` asks of the ledger about the alert of a turn."""
    stood = told.stood.get(turn.id)
    asked = (stood.partial, stood.by, stood.since_last, stood.taken_from) if stood else None
    return digest_of(json.encode((shown(stood), asked, is_clash(turn.alert_id or "", told.stretches))))


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
    moved = alert.judged and alert.judged.verdict is not Verdict.REJECT and place_key(alert.place, alert.extent)
    return not moved or moved == alert.place_key


def told(page: Page, found: History, key: str, moment: datetime) -> tuple[Page, tuple[Ledger | Holding, ...]]:
    """Return the page as it is told now, and what is new on it for readers and for the step that follows actors.

    `key` is the one under which claims about the place are gathered.
    """
    if not (page.face or found.stretches or found.sieges or found.contests):
        return page, ()
    ledger = Ledger(
        place_key=page.key,
        place=page.place,
        area=is_area(page.place),
        demo=page.demo,
        stretches=found.stretches,
        sieges=found.sieges,
        contests=found.contests,
        volumes=shown_volumes(page.shelf.mark.number),
        edition=page.shelf.mark.edition,
        revision=page.revision + 1,
        revised_at=moment,
    )
    face = _face(ledger)
    if face == page.face:
        return page, ()
    last = now(found.stretches)
    holders = last.holders if last else ()
    moved = _moved(page, holders, ledger, key)
    return replace(page, revision=ledger.revision, face=face, holders=holders), (ledger, *moved)


def _moved(page: Page, holders: tuple[Holder, ...], ledger: Ledger, key: str) -> tuple[Holding, ...]:
    """Return who left and who came, in that order; whoever is not named is nobody to be followed."""
    last = now(ledger.stretches)
    before, after = {one.key for one in page.holders}, {one.key for one in holders}
    gone = [(one, False) for one in page.holders if one.key not in after and is_named(one)]
    come = [(one, True) for one in holders if one.key not in before and is_named(one)]
    return tuple(
        Holding(
            drawer=drawer_of(ledger.place_key),
            actor=actor,
            place_key=key,
            page=ledger.place_key,
            place=ledger.place,
            held=held,
            since=last.since if last else ledger.revised_at.date(),
            by=last.by if last else None,
            demo=ledger.demo,
            known_at=ledger.revised_at,
        )
        for actor, held in (*gone, *come)
    )


def _face(ledger: Ledger) -> str:
    """Return a digest of all that a reader sees on the page, its revision and time aside."""
    return digest_of(encode(replace(ledger, revision=0, revised_at=_NEVER)))


def _named(known: Place, place: Place) -> Place:
    """Return the place by its best name: known to the gazetteer before unknown, the finer before the coarser."""
    return min((known, _bare(place)), key=_vagueness)


def _bare(place: Place) -> Place:
    """Return the place without where it stood in a text."""
    return replace(place, text=place.name or place.text, start=0, end=0, via=Via.NAME, why=None)


def _vagueness(place: Place) -> tuple[bool, int, str]:
    return place.id is None, vagueness(place), place.text
