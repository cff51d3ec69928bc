"""The past put into the live journal: what an outage left out is told late, what subscribers had is not told again.

Items keep their ids, so what the steps remember ends every repeat, an item
already read as much as one given twice; a backfill that was killed is simply
begun again. What the live journal may have forgotten is left out and counted:
nothing would end its repeat.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from streams.items import EnrichedItem, RawItem
from streams.journal import Journal
from streams.settings import RetentionSettings
from streams.topics import ENRICHED_ITEMS, RAW_ITEMS

AT_ONCE = 200  # items: a commit costs the same for one


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """How many items were put into the journal, and how many were too old for it to know whether it had them."""

    put: int = 0
    too_old: int = 0


def remembered_since(settings: RetentionSettings, now: datetime) -> datetime | None:
    """Return since when the live journal remembers what items said (UTC), None where it does for good."""
    return now - timedelta(days=settings.memory_days) if settings.memory_days else None


async def backfill(
    journal: Journal,
    items: AsyncIterator[RawItem | EnrichedItem],
    *,
    since: datetime | None,
    say: Callable[[Backfilled], None] = lambda _: None,
) -> Backfilled:
    """Put items fetched since a time (UTC) on their live topics, in their order; `say` is told after each handful.

    Returns when all are durable. Raises JournalUnusable, and BadRecord for an item too large for its topic.
    """
    done, handful = Backfilled(), []
    async for item in items:
        if since is not None and item.fetched_at < since:
            done = Backfilled(put=done.put, too_old=done.too_old + 1)
            continue
        handful.append(item)
        if len(handful) == AT_ONCE:
            done = await _put(journal, handful, done)
            say(done)
            handful = []
    done = await _put(journal, handful, done)
    say(done)
    return done


async def _put(journal: Journal, items: Sequence[RawItem | EnrichedItem], done: Backfilled) -> Backfilled:
    for kind, some in groupby(items, key=type):
        await journal.publish(RAW_ITEMS if kind is RawItem else ENRICHED_ITEMS, list(some))
    return Backfilled(put=done.put + len(items), too_old=done.too_old)
