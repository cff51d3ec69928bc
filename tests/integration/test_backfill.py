"""After an outage the past is put into the live journal, through the flow that is run in earnest."""

import asyncio
import zlib
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from processors.flow import flow
from streams.backfill import AT_ONCE, Backfilled, backfill, remembered_since
from streams.codec import decode
from streams.counters import Counters
from streams.embedded.host import EmbeddedHost
from streams.items import ItemKind, Op, RawItem
from streams.mentions import Precision
from streams.settings import RetentionSettings, Settings, WorkerSettings
from streams.steps import Why
from streams.topics import CONTROL_ALERTS, RAW_ITEMS
from streams.view import card
from tests.contract.hosts import alongside
from tests.journals import item, journal

__all__ = ["journal"]

FLOW = flow(Settings())
NOW = datetime.now(UTC)
PATIENCE_SECONDS = 60  # what hangs fails; nothing is measured by it


def report(town: str, hours: float, *, source: str = "river-post", text: str = "") -> RawItem:
    """Return a report on a town that came out so many hours ago and was read a minute later."""
    at = NOW - timedelta(hours=hours)
    url = f"https://{source}.example.org/{town.lower()}"
    words = text or f"Islamic State captured the town of {town} from the Syrian army, two residents said."
    return RawItem(
        id=f"{source}:{town}",
        source=source,
        owner=source,
        kind=ItemKind.ENTRY,
        url=url,
        canonical_url=url,
        fetched_at=at + timedelta(minutes=1),
        published_at=at,
        published_precision=Precision.INSTANT,
        body=zlib.compress(words.encode()),
        content_type="text/plain; charset=utf-8",
        language="en",
    )


BEFORE = [report("Manbij", 0.1), report("Jarabulus", 0.1)]
MISSED = [report("Palmyra", 9), report("Tabqa", 8), replace(report("Tabqa", 7), revision=2)]


async def of(*some):
    for one in some:
        yield one


@asynccontextmanager
async def running(journal):
    """Run the real host on the journal within the block."""
    async with alongside(EmbeddedHost(journal, FLOW, Counters(), WorkerSettings(count=1)).run()):
        yield


async def settled(journal):
    """Return when no step has anything left to read."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while any((await journal.lags(FLOW)).values()):
            await asyncio.sleep(0.05)


async def told(journal):
    """Return each revision of an alert as people are told of it: its place, whether it is late, and what it says."""
    return [(decode(one.value), one.stored_at) async for one in journal.read(CONTROL_ALERTS)]


def late(alerts):
    """Return of each place whether its alert was told late."""
    return {alert.place.name: card(alert, alerted_at=at, names={}).late_by is not None for alert, at in alerts}


@pytest.mark.asyncio
async def test_an_outage_is_filled_without_telling_twice(journal):
    """What live had gives no second alert, what it missed gives one marked late, and all of it again gives nothing."""
    crawled = replace(report("Manbij", 0.1), id="crawl:1", source="crawl")  # the same article, read another way
    async with running(journal):
        await journal.publish(RAW_ITEMS, BEFORE)
        await settled(journal)
        had = await told(journal)
        done = await backfill(journal, of(*BEFORE, *MISSED, BEFORE[0]), since=None)
        await settled(journal)
        filled = await told(journal)
        await backfill(journal, of(*MISSED, *BEFORE, crawled), since=None)
        await settled(journal)
        again = await told(journal)
    assert done == Backfilled(put=6)
    assert late(had) == {"Manbij": False, "Jarabulus": False}
    assert filled[: len(had)] == had
    assert late(filled[len(had) :]) == {"Palmyra": True, "Tabqa": True}
    assert Counter(alert.id for alert, _ in filled).most_common(1)[0][1] == 1
    assert {alert.id for alert, _ in again} == {alert.id for alert, _ in filled}
    assert [(alert.place.name, alert.independent_sources) for alert, _ in again[len(filled) :]] in ([], [("Manbij", 1)])
    ends = await journal.endings()
    assert sum(n for end, n in ends.items() if (end.step, end.outcome) == ("revise", Why.DUPLICATE)) >= 3


@pytest.mark.asyncio
async def test_a_deleted_item_does_not_come_back(journal):
    """What live saw deleted stays so, although the archive still has its words."""
    first = report("Manbij", 0.2)
    async with running(journal):
        await journal.publish(RAW_ITEMS, [first, replace(first, op=Op.DELETE, fetched_at=NOW)])
        await settled(journal)
        had = await told(journal)
        await backfill(journal, of(first), since=None)
        await settled(journal)
        assert await told(journal) == had
    assert had[-1][0].state == "retracted"


@pytest.mark.asyncio
async def test_what_may_be_forgotten_is_left_out(journal):
    """Items read before live's memory begins are counted and not put; the others keep their order."""
    since = remembered_since(RetentionSettings(memory_days=30), NOW)
    some = [replace(item(number), fetched_at=NOW - timedelta(days=29 + number % 3)) for number in range(3 * AT_ONCE)]
    said = []
    done = await backfill(journal, of(*some), since=since, say=said.append)
    kept = [one for one in some if one.fetched_at >= since]
    assert done == Backfilled(put=len(kept), too_old=len(some) - len(kept))
    assert [decode(one.value).id async for one in journal.read(RAW_ITEMS)] == [one.id for one in kept]
    assert said[-1] == done
    assert len(said) == len(kept) // AT_ONCE + 1


def test_memory_that_is_kept_for_good_leaves_nothing_out():
    """With memory_days 0 the live journal knows every item it ever had."""
    assert remembered_since(RetentionSettings(memory_days=0), NOW) is None
