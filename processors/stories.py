"""The changes of one place as alerts and as turns of its ledger, and its pages written by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields
from datetime import datetime

from msgspec import json
from msgspec.structs import replace

from processors.bookkeeping import (
    Bindery,
    bind,
    checked,
    feeds,
    opened_for,
    page_key,
    read,
    settled,
    stood_before,
    told,
)
from processors.disputing import against, disputed
from processors.evidence import alert_of
from processors.grouping import Change, by_time, known_at, undoes
from processors.identity import digest
from processors.judging import FINAL, is_void
from processors.ledger import History
from processors.parties import Parties
from processors.placememory import Made, Opened, Page, PlaceMemory, facts_of, owner_of
from processors.telling import changed
from processors.weighing import NOTHING, Against, Thresholds
from streams.alerts import Alert, AlertState
from streams.holding import Holding, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a place's changes are weighed by; the window is in days."""

    window_days: float
    parties: Parties
    thresholds: Thresholds


@dataclass(slots=True, kw_only=True)
class Story:
    """One change with its alert and what that was made of; `opened` is None for what only silent claims tell.

    `alert` is None where it stands as it was told last.
    """

    change: Change
    opened: Opened | None
    undone: bool
    made: Made
    alert: Alert | None


def stories_of(found: Sequence[Change], memory: PlaceMemory, key: str, news: str, rules: Rules) -> list[Story]:
    """Return a story for each alert that was opened, and for each change that silent claims alone tell.

    `key` is the place's, `news` the id of the record that came just now.
    """
    opened, place = memory.opened, _Place(key=key, news=news, pages={(page.key, page.demo) for page in memory.pages})
    owners = [owner_of(change, opened) for change in found]
    standing = [
        change for change, owner in zip(found, owners, strict=True) if not is_void(owner.verdict if owner else None)
    ]
    owned = [_story(_change_of(alert, found, opened), alert, standing, place, rules) for alert in opened]
    silent = [change for change, owner in zip(found, owners, strict=True) if change.told and owner is None]
    return owned + [_story(change, None, standing, place, rules) for change in silent]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the stories play: the place's key, its pages, and the id of what came just now."""

    key: str
    news: str
    pages: set[tuple[str, bool]]


def _change_of(alert: Opened, found: Sequence[Change], opened: Sequence[Opened]) -> Change:
    """Return the change an alert stands for.

    Where later evidence shows two alerts to be of one change, the one opened
    first goes on and the other is retracted.
    """
    change = next(change for change in found if any(claim.id == alert.anchor for claim in facts_of(change)))
    if owner_of(change, opened) is alert:
        return change
    anchor = tuple(claim for claim in facts_of(change) if claim.id == alert.anchor)
    return with_fields(change, told=(), withdrawn=anchor, denied=())


def _story(change: Change, opened: Opened | None, found: Sequence[Change], place: _Place, rules: Rules) -> Story:
    undone = any(undoes(later, change, window_days=rules.window_days) for later in found if later.demo == change.demo)
    of = _made_of(change, opened, undone=undone) if opened else ""
    if opened and opened.made and opened.made.of == of and _is_untouched(change, opened.made, place):
        return Story(change=change, opened=opened, undone=undone, made=opened.made, alert=None)
    alert = _alert(change, opened, rules, undone=undone)
    tellings = tuple(sorted(change.told or change.withdrawn, key=by_time))
    made = Made(
        of=of,
        turn=changed(alert, tellings),
        page=page_key(alert.place, place.key) if feeds(alert) else "",
    )
    return Story(change=change, opened=opened, undone=undone, made=made, alert=alert)


def _made_of(change: Change, opened: Opened, *, undone: bool) -> str:
    """Return a digest of all that bears on an alert but the words of its tellings, which change with their ids only."""
    roles = (change.told, change.withdrawn, change.denied)
    ids = (",".join(claim.id for claim in claims) for claims in roles)
    further = ",".join(lineage.claim_id for lineage in opened.further)
    verdict = opened.verdict.id if opened.verdict else ""
    return digest(*ids, further, verdict, str(undone))


def _is_untouched(change: Change, made: Made, place: _Place) -> bool:
    """Say whether nothing that came just now is among the tellings, and the page that the alert fed is still there."""
    told_now = any(claim.id == place.news for claim in (*facts_of(change), *change.denied))
    return not told_now and (not made.page or (made.page, change.demo) in place.pages)


def _alert(change: Change, opened: Opened | None, rules: Rules, *, undone: bool, doubts: Against = NOTHING) -> Alert:
    alert = alert_of(
        change,
        opened or _unopened(change),
        undone=undone,
        parties=rules.parties,
        thresholds=rules.thresholds,
        against=doubts,
    )
    if opened is None and alert.state not in FINAL:  # told by silent claims alone: on an analyst's word
        return replace(alert, state=AlertState.CONFIRMED)
    return alert


def _unopened(change: Change) -> Opened:
    first = min(change.told, key=by_time)
    return Opened(id="", anchor=first.id, opened_at=known_at(first), revised_at=known_at(first))


def written(
    key: str, pages: tuple[Page, ...], stories: Sequence[Story], rules: Rules, moment: datetime
) -> tuple[tuple[Page, ...], tuple[Ledger | Holding, ...]]:
    """Write the pages of a place, check its alerts against them, and return the pages and what is new on them."""
    after: list[Page] = []
    news: list[Ledger | Holding] = []
    for story in stories:
        if story.alert and story.made.page:
            pages = opened_for(pages, story.alert.place, key, demo=story.change.demo)
    for known in pages:
        mine = [story for story in stories if _is_on(known, story)]
        turns = [story.made.turn for story in mine]
        page, found = read(known, turns, window_days=rules.window_days, parties=rules.parties)
        mine_told = {story.made.turn.id: story.change for story in mine}
        for story in mine:
            _check(story, found, against(story.made.turn.id, found, mine_told, page), rules)
        found = disputed(found, {story.opened.id for story in mine if story.opened and story.made.disputed})
        bindery = Bindery(window_days=rules.window_days, parties=rules.parties, moment=moment)
        page, rest, volumes = bind(known, page, turns, found, bindery)
        told_page, fresh = told(page, rest, key, moment)
        after.append(told_page)
        news.extend((*volumes, *fresh))
    return tuple(after), tuple(news)


def _check(story: Story, found: History, doubts: Against, rules: Rules) -> None:
    """Show on the alert how it fits the page; one that stands as it was told is made anew where that changed."""
    stood = stood_before(story.made.turn, found)
    if doubts != NOTHING:
        stood = digest(stood, json.encode(doubts).decode())
    if stood != story.made.stood if story.alert is None else doubts != NOTHING:
        story.alert = _alert(story.change, story.opened, rules, undone=story.undone, doubts=doubts)
    if story.alert:
        story.alert = checked(story.alert, story.made.turn, found, rules.parties)
        story.made = replace(story.made, disputed=story.alert.state is AlertState.DISPUTED)
    story.made = replace(story.made, stood=stood)


def _is_on(page: Page, story: Story) -> bool:
    """Say whether a story is told on this page."""
    return (story.made.page, story.change.demo) == (page.key, page.demo)


def closed(memory: PlaceMemory | None, pages: Sequence[Page], stories: Sequence[Story]) -> PlaceMemory | None:
    """Return the memory with its pages, on which the changes that it forgot are settled; None where nothing is left."""
    memory = memory or PlaceMemory()
    ids = {claim.id for claim in memory.claims}
    gone = [story for story in stories if not any(claim.id in ids for claim in facts_of(story.change))]
    kept = (settled(page, [story.made.turn for story in gone if _is_on(page, story)]) for page in pages)
    memory = replace(memory, pages=tuple(page for page in kept if _is_written(page)))
    return None if memory == PlaceMemory() else memory


def _is_written(page: Page) -> bool:
    """Say whether a page was told, or remembers anything that could be."""
    return bool(page.face or page.standing or page.settled)
