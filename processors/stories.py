"""The changes of one place as alerts and as turns of its ledger, and its pages written by them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from processors.dating import by_time, known_at
from processors.disputing import against, disputed
from processors.evidence import alert_of
from processors.grouping import Change, undoes
from processors.identity import digest
from processors.judging import FINAL, is_void
from processors.ledger import History
from processors.outlines import Part, Sealed, is_among, joined_ids, made_of
from processors.parties import Parties
from processors.placememory import Made, Opened, Page, PlaceMemory, ids_of
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

    part: Part
    opened: Opened | None
    undone: bool
    made: Made
    alert: Alert | None


def stories_of(parts: Sequence[Part], memory: PlaceMemory, key: str, news: str, rules: Rules) -> list[Story]:
    """Return a story for each alert that was opened, and for each change that silent claims alone tell.

    `key` is the place's, `news` the id of the record that came just now.
    """
    pages = {(page.key, page.demo) for page in memory.pages}
    place = _Place(
        key=key, news=news, pages=pages, of={id_: part for part in parts for id_ in part.remembered.ids.split()}
    )
    owners = {id(place.of[alert.anchor]): alert for alert in reversed(memory.opened)}
    told = [(part.remembered, owners.get(id(part))) for part in parts if part.remembered.told]
    standing = [one for one, owner in told if not (owner and is_void(owner.verdict))]
    owned = [_story(_part_of(alert, place, owners), alert, standing, place, rules) for alert in memory.opened]
    silent = [part for part in parts if part.remembered.told and id(part) not in owners]
    return owned + [_story(part, None, standing, place, rules) for part in silent]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the stories play: the place's key, its pages, the id of what came just now, and the change of each claim.

    `of` has the claims told and withdrawn, by their ids.
    """

    key: str
    news: str
    pages: set[tuple[str, bool]]
    of: dict[str, Part]


def _part_of(alert: Opened, place: _Place, owners: Mapping[int, Opened]) -> Part:
    """Return the change an alert stands for.

    Where later evidence shows two alerts to be of one change, the one opened
    first goes on and the other is retracted.
    """
    part = place.of[alert.anchor]
    if owners[id(part)] is alert:
        return part
    ids = {"ids": joined_ids([alert.anchor]), "of": made_of((), [alert.anchor], ())}
    bare = replace(part.remembered, told=0, heard=False, counted="", denied=(), **ids)
    return Part(bare, part.whole, alert.anchor)


def _story(part: Part, opened: Opened | None, found: Sequence[Sealed], place: _Place, rules: Rules) -> Story:
    one = part.remembered
    undone = any(
        later.demo == one.demo and undoes(later, one, window_days=rules.window_days) for later in _from(one, found)
    )
    of = _made_of(one, opened, undone=undone) if opened else ""
    if opened and opened.made and opened.made.of == of and _is_untouched(part, opened.made, place):
        return Story(part=part, opened=opened, undone=undone, made=opened.made, alert=None)
    alert = _alert(part.change, opened, rules, undone=undone)
    tellings = tuple(sorted(part.change.told or part.change.withdrawn, key=by_time))
    made = Made(
        of=of,
        turn=changed(alert, tellings),
        page=page_key(alert.place, place.key) if feeds(alert) else "",
    )
    return Story(part=part, opened=opened, undone=undone, made=made, alert=alert)


def _made_of(one: Sealed, opened: Opened, *, undone: bool) -> str:
    """Return what stands for all that bears on an alert but the words of its tellings: those change with their ids."""
    denied = [read.id for read in one.denied]
    further = [lineage.claim_id for lineage in opened.further]
    beside = digest(*denied, "", *further) if denied or further else ""
    return f"{one.of} {beside} {opened.verdict.id if opened.verdict else ''} {undone}"


def _from(one: Sealed, found: Sequence[Sealed]) -> Sequence[Sealed]:
    """Return the changes that follow one; they stand in the order in which they began."""
    return found[
        bisect_right(found, (one.days.first, one.known_at), key=lambda each: (each.days.first, each.known_at)) :
    ]


def _is_untouched(part: Part, made: Made, place: _Place) -> bool:
    """Say whether nothing that came just now is among the tellings, and the page that the alert fed is still there."""
    one = part.remembered
    told_now = is_among(place.news, one.ids) or any(read.id == place.news for read in one.denied)
    return not told_now and (not made.page or (made.page, one.demo) in place.pages)


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
            pages = opened_for(pages, story.alert.place, key, demo=story.part.outline.demo)
    for known in pages:
        mine = [story for story in stories if _is_on(known, story)]
        turns = [story.made.turn for story in mine]
        page, found = read(known, turns, window_days=rules.window_days, parties=rules.parties)
        mine_told = {story.made.turn.id: story.part for story in mine}
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
        story.alert = _alert(story.part.change, story.opened, rules, undone=story.undone, doubts=doubts)
    if story.alert:
        story.alert = checked(story.alert, story.made.turn, found, rules.parties)
        story.made = replace(story.made, disputed=story.alert.state is AlertState.DISPUTED)
    story.made = replace(story.made, stood=stood)


def _is_on(page: Page, story: Story) -> bool:
    """Say whether a story is told on this page."""
    return (story.made.page, story.part.outline.demo) == (page.key, page.demo)


def closed(memory: PlaceMemory, pages: Sequence[Page], stories: Sequence[Story]) -> PlaceMemory | None:
    """Return the memory with its pages, on which the changes that it forgot are settled; None where nothing is left."""
    ids = ids_of(memory.changes)
    gone = [story for story in stories if not is_among(story.part.claim, ids)]
    after = (settled(page, [story.made.turn for story in gone if _is_on(page, story)]) for page in pages)
    memory = replace(memory, pages=tuple(page for page in after if _is_written(page)))
    return None if memory == PlaceMemory() else memory


def _is_written(page: Page) -> bool:
    """Say whether a page was told, or remembers anything that could be."""
    return bool(page.face or page.standing or page.settled)
