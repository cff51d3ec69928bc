"""An outage made up for: what a source of the past holds is put into the live journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.backfill import Backfilled, backfill, remembered_since
from streams.errors import ConfigError
from streams.items import DeadLetter, EnrichedItem, RawItem
from streams.journal import Journal
from streams.masking import masked
from streams.pastsources import Past, past_of, reading
from streams.replay.order import Window
from streams.replay.reading import Handed
from streams.services import opened
from streams.settings import Settings
from streams.topics import DEAD_LETTERS


@dataclass(slots=True, kw_only=True)
class Sieved:
    """What of a source was not put into the journal: outside of the time asked for, or torn."""

    outside: int = 0
    torn: int = 0


async def catch_up(
    words: str,
    settings: Settings,
    window: Window,
    *,
    columns: dict[str, str],
    stop_at_torn: bool,
    say: Callable[[Backfilled], None],
) -> tuple[Backfilled, Sieved]:
    """Put the items of a source that were fetched within a time on their live topics; begun again, it repeats nothing.

    Torn documents become dead letters of the live journal. Raises ConfigError
    for what is no source or the live journal itself, and as `backfill` does.
    """
    past = past_of(words, settings, columns)
    _refuse_itself(past, settings)
    now, sieved = datetime.now(UTC), Sieved()
    async with reading(past, now, stop_at_torn=stop_at_torn) as told, opened(settings.journal) as journal:
        items = _items(told(b""), journal, window, sieved)
        since = remembered_since(settings.retention, now)
        return await backfill(journal, items, since=since, say=say), sieved


def _refuse_itself(past: Past, settings: Settings) -> None:
    if past.files is None and past.journal == settings.journal:
        raise ConfigError(
            f"{past.words} are the items of the live journal {masked(settings.journal)} itself; name another source"
        )


async def _items(
    handfuls: AsyncIterator[Handed], journal: Journal, window: Window, sieved: Sieved
) -> AsyncIterator[RawItem | EnrichedItem]:
    async for handed in handfuls:
        letters: list[DeadLetter] = list(handed.letters)
        sieved.torn += len(letters)
        await journal.publish(DEAD_LETTERS, letters)
        for item in handed.items:
            if window.holds(item.fetched_at):
                yield item
            else:
                sieved.outside += 1
