"""The changes of one place as alerts and as turns of its ledger, and its pages written by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as with_fields
from datetime import datetime

from msgspec.structs import replace

from processors.bookkeeping import checked, feeds, opened_for, page_key, read, settled, told
from processors.evidence import alert_of
from processors.grouping import Change, by_time, known_at, undoes
from processors.identity import PARTS, place_key
from processors.judging import FINAL
from processors.ledger import Turn
from processors.parties import Parties
from processors.placememory import Opened, Page, PlaceMemory, facts_of, owner_of
from processors.telling import changed
from processors.weighing import Thresholds
from streams.alerts import Alert, AlertState
from streams.holding import Holding, Ledger
from streams.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a place's changes are weighed by; the window is in days."""

    window_days: float
    parties: Parties
    thresholds: Thresholds


@dataclass(slots=True, kw_only=True)
class Story:
    """One change with its alert and its turn; `opened` is None for what only silent claims tell."""

    change: Change
    opened: Opened | None
    alert: Alert
    turn: Turn


def stories_of(found: Sequence[Change], opened: Sequence[Opened], rules: Rules) -> list[Story]:
    """Return a story for each alert that was opened, and for each change that silent claims alone tell."""
    standing = [change for change in found if not _is_void(owner_of(change, opened))]
    owned = [_story(_change_of(alert, found, opened), alert, standing, rules) for alert in opened]
    silent = [change for change in found if change.told and owner_of(change, opened) is None]
    return owned + [_story(change, None, standing, rules) for change in silent]


def _is_void(opened: Opened | None) -> bool:
    """Say whether by an analyst's word nothing of it happened here, so that it turns nothing back either."""
    verdict = opened.verdict if opened else None
    if verdict is None:
        return False
    moved = verdict.place is not None and place_key(verdict.place) != verdict.place_key.removesuffix(PARTS)
    return moved or verdict.verdict is Verdict.REJECT


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


def _story(change: Change, opened: Opened | None, found: Sequence[Change], rules: Rules) -> Story:
    undone = any(undoes(later, change, window_days=rules.window_days) for later in found if later.demo == change.demo)
    tellings = tuple(sorted(change.told or change.withdrawn, key=by_time))
    alert = alert_of(
        change, opened or _unopened(change), undone=undone, parties=rules.parties, thresholds=rules.thresholds
    )
    if opened is None and alert.state not in FINAL:  # told by silent claims alone: on an analyst's word
        alert = replace(alert, state=AlertState.CONFIRMED)
    return Story(change=change, opened=opened, alert=alert, turn=changed(alert, change.days, tellings))


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
        pages = opened_for(pages, story.alert.place, key, demo=story.change.demo) if feeds(story.alert) else pages
    for page in pages:
        mine = [story for story in stories if _is_on(page, story, key)]
        turns = [story.turn for story in mine]
        found = read(page, turns, window_days=rules.window_days, parties=rules.parties)
        for story in mine:
            story.alert = checked(story.alert, story.turn, found, rules.parties)
        told_page, fresh = told(page, found, key, moment)
        after.append(told_page)
        news.extend(fresh)
    return tuple(after), tuple(news)


def _is_on(page: Page, story: Story, key: str) -> bool:
    """Say whether a story is told on this page."""
    mine = (page_key(story.alert.place, key), story.change.demo) == (page.key, page.demo)
    return mine and feeds(story.alert)


def closed(memory: PlaceMemory | None, pages: Sequence[Page], stories: Sequence[Story], key: str) -> PlaceMemory | None:
    """Return the memory with its pages, on which the changes that it forgot are settled; None where nothing is left."""
    memory = memory or PlaceMemory()
    ids = {claim.id for claim in memory.claims}
    gone = [story for story in stories if not any(claim.id in ids for claim in facts_of(story.change))]
    kept = (settled(page, [story.turn for story in gone if _is_on(page, story, key)]) for page in pages)
    memory = replace(memory, pages=tuple(page for page in kept if _is_written(page)))
    return None if memory == PlaceMemory() else memory


def _is_written(page: Page) -> bool:
    """Say whether a page was told, or remembers anything that could be."""
    return bool(page.face or page.standing or page.settled)
