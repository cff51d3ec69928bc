"""Analysts for tests: the tables in which their words are looked up, alerts to judge, and the steps that hear them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from msgspec.structs import replace

from processors.detect.actors import load_actors
from processors.flow import flow
from processors.gazetteer import Gazetteer, compiled
from processors.naming import Names, actor_named, place_named
from processors.reviewing import verdict_on
from streams.alerts import Alert
from streams.holding import Ledger
from streams.items import Claim
from streams.mentions import Actor, Place
from streams.settings import Settings
from streams.shelves import whole_pages
from streams.steps import Flow
from streams.topics import CLAIMS, CONTROL_ALERTS, FEEDBACK, LEDGER
from streams.verdicts import Feedback, Opinion
from tests.bareflow import BareFlow
from tests.stories import START, claim

HOSTILE_NOTE = "\x1b[2J\x1b]0;owned\x07 safe \u202etxt.exe\u202c <script>alert(1)</script>\n=1+1 فيديو قديم"


@cache
def names() -> Names:
    """Return the tables as the commands load them, once."""
    places = Gazetteer(compiled())
    return Names(places, load_actors(places))


def place(name: str) -> Place:
    """Return a place of the gazetteer."""
    return place_named(name, names().gazetteer)


def actor(name: str) -> Actor:
    """Return an actor of the table as of the day on which stories begin."""
    return actor_named(name, names(), START.date())


@cache
def steps() -> Flow:
    """Return the steps that claims and verdicts pass, without the costly one before them."""
    return flow(Settings())[1:]


def told(source: str = "herald", day: float = 0, **fields: object) -> Claim:
    """Return a report that Islamic State took Manbij from the Syrian army, or what `fields` say instead."""
    usual = {"place": place("Manbij"), "gaining": actor("Islamic State"), "losing": actor("Syrian army")}
    return claim(source, day, **(usual | fields))


def heard(claims: Iterable[Claim], verdicts: Iterable[Feedback] = ()) -> BareFlow:
    """Return the steps after claims and then verdicts."""
    bare = BareFlow(steps())
    bare.give(CLAIMS, claims)
    bare.give(FEEDBACK, verdicts)
    return bare


def alerts(bare: BareFlow) -> list[Alert]:
    """Return each alert as it stands at last."""
    return list({one.id: one for one in bare.told(CONTROL_ALERTS)}.values())


def pages(bare: BareFlow) -> dict[str, Ledger]:
    """Return the last page of each place of which anything is known, by its key."""
    last = whole_pages(bare.told(LEDGER))
    return {key: page for key, page in last.items() if page.stretches or page.contests or page.sieges}


def held(bare: BareFlow) -> dict[str, str]:
    """Return who holds which place at last, by their ids."""
    last = {page.place.name: page.stretches[-1].holders for page in pages(bare).values() if page.stretches}
    return {name: " + ".join(one.key for one in holders) for name, holders in last.items() if holders}


def opinion(verdict: str = "confirm", **said: object) -> Opinion:
    """Return what the analyst Layla says."""
    return Opinion(verdict=verdict, **({"analyst": "Layla"} | said))


def given(
    alert: Alert, verdict: str, *, hours: float = 24, standing: Feedback | None = None, **said: object
) -> Feedback:
    """Return a verdict given so many hours after the start."""
    return verdict_on(alert, opinion(verdict, **said), names, at=START + timedelta(hours=hours), standing=standing)


def unrevised(alert: Alert) -> Alert:
    """Return an alert without what tells how often it was revised."""
    return replace(alert, revision=0, revised_at=alert.opened_at)


def unread(page: Ledger, at: datetime = START) -> Ledger:
    """Return a page without what tells how often it was written."""
    return replace(page, revision=0, revised_at=at)
