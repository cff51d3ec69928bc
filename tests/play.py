"""Plays a scenario through the whole flow, and writes what came of it as scenarios write what they expect."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache

from processors.flow import flow
from processors.knowledge import load
from processors.naming import Names
from processors.reviewing import verdict_on
from streams.alerts import Alert, Holder, LedgerCheck
from streams.holding import By, Ledger
from streams.items import EnrichedItem, RawItem
from streams.ledgers import Standing, standing
from streams.mentions import Actor, Place
from streams.notices import Notice, Tick
from streams.records import Record
from streams.settings import Settings
from streams.shelves import whole_pages
from streams.topics import (
    CONTROL_ALERTS,
    ENRICHED_ITEMS,
    FEEDBACK,
    HEARD,
    LEDGER,
    NOTICES,
    RAW_ITEMS,
    Topic,
)
from streams.verdicts import Feedback, Opinion
from tests.bareflow import BareFlow
from tests.scenarios import Judgement

_ON = re.compile(r"(?P<place>.+?) on (?P<day>\d{4}-\d\d-\d\d): .+")


@cache
def _loaded() -> BareFlow:
    """Return the flow once, with all it knows: loading takes seconds."""
    return BareFlow(flow(Settings()))


@cache
def _names() -> Names:
    known = load()
    return Names(known.gazetteer, known.actors)


def played(events: Iterable[object]) -> BareFlow:
    """Return the flow after all that happens in a scenario: reports, verdicts, and time passing."""
    bare = _loaded().anew()
    for event in events:
        if isinstance(event, Judgement):
            bare.give(FEEDBACK, [_feedback(event, bare)])
        elif isinstance(event, RawItem):
            bare.give(RAW_ITEMS, [event])
        else:
            bare.give(HEARD, [Tick(at=event)])
    return bare


def enriched(item: RawItem) -> EnrichedItem:
    """Return a report with what it claims."""
    bare = _loaded().anew()
    bare.give(RAW_ITEMS, [item])
    return next(one for one in bare.told(ENRICHED_ITEMS) if isinstance(one, EnrichedItem))


def told(topic: Topic, records: Iterable[Record]) -> BareFlow:
    """Return the flow after records on one topic."""
    bare = _loaded().anew()
    bare.give(topic, records)
    return bare


def _feedback(judgement: Judgement, bare: BareFlow) -> Feedback:
    """Return the verdict on the last alert about its place, or on the last that was opened on a day."""
    about = [one for one in alerts(bare) if _name(one.place) == judgement.place]
    alert = [one for one in about if judgement.of in (None, str(one.opened_at.date()))][-1]
    shown = [one for one in bare.told(FEEDBACK) if isinstance(one, Feedback) and one.alert_id == alert.id]
    keys = {"from_" if key == "from" else key: words for key, words in judgement.keys.items()}
    opinion = Opinion(verdict=judgement.verdict, analyst="analyst", **keys)
    return verdict_on(alert, opinion, _names, at=judgement.at, standing=shown[-1] if shown else None)


def alerts(bare: BareFlow) -> list[Alert]:
    """Return each alert as it stands at last, in the order in which they opened."""
    return list({one.id: one for one in bare.told(CONTROL_ALERTS) if isinstance(one, Alert)}.values())


def notices(bare: BareFlow) -> list[str]:
    """Return the notices raised and cleared, in order."""
    return [one.text for one in bare.told(NOTICES) if isinstance(one, Notice)]


def _name(place: Place) -> str:
    return place.name or place.text


def alert_line(alert: Alert) -> str:
    """Return an alert as the scenarios write it."""
    sides = [_side(actor) for actor in (alert.from_holder, alert.to_holder)]
    words = [alert.ledger_check.value] if alert.ledger_check in {LedgerCheck.REDUNDANT, LedgerCheck.IMPOSSIBLE} else []
    words += ["against-interest"] if alert.against_interest else []
    words += [word for word in ("area", "clash") if getattr(alert, word)]
    words += ["linked"] if alert.linked_to else []
    told = [" > ".join(sides), alert.kind.value, alert.state.value, str(alert.independent_sources), *words]
    return f"{_name(alert.place)}: {', '.join(told)}"


def _side(actor: Actor | None) -> str:
    return (actor.name or actor.text) if actor else "?"


def ledger_line(told: Standing, on: str = "") -> str:
    """Return how a place stood as the scenarios write it."""
    since = f" since {told.since}" if told.since else ""
    words = [word for word in ("area", "contested", "besieged", "partial", "clash") if getattr(told, word)]
    words += [told.by.value] if told.by and told.by is not By.CHANGE else []
    holders = " + ".join(map(_holder, told.holders)) or "nobody"
    return f"{_name(told.place)}{on}: {', '.join([holders + since, *words])}"


def _holder(holder: Holder) -> str:
    return holder.name or holder.text


def pages(bare: BareFlow) -> dict[str, Ledger]:
    """Return the last page of each place of which anything is known, by its key."""
    last = whole_pages(page for page in bare.told(LEDGER) if isinstance(page, Ledger))
    return {key: page for key, page in last.items() if page.stretches or page.contests or page.sieges}


def ledger_lines(bare: BareFlow, expected: list[str]) -> list[str]:
    """Return the lines of the places on the days asked for, then of all places as they stand at last."""
    told = pages(bare)
    days = [found for found in map(_ON.fullmatch, expected) if found]
    dated = [_on_day(told, found["place"], found["day"]) for found in days]
    return dated + [ledger_line(_at_last(page)) for page in told.values()]


def _on_day(told: dict[str, Ledger], place: str, day: str) -> str:
    page = next((page for page in told.values() if _name(page.place) == place), None)
    on = f" on {day}"
    return ledger_line(standing(page, date.fromisoformat(day)), on) if page else f"{place}{on}: has no page"


def _at_last(page: Ledger) -> Standing:
    """Return how a place stands on the last day of which anything is told."""
    told = [spell.until or spell.told_last for spell in (*page.sieges, *page.contests)]
    return standing(page, max([stretch.since for stretch in page.stretches] + told))
