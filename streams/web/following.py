"""A topic followed for as long as the page is served, each record taken once, over failures of the journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, MutableMapping

from streams.errors import ChangehandsError
from streams.highlight import printable
from streams.journal import Journal, Stored
from streams.topics import Topic
from streams.web.reel import is_after

Take = Callable[[Stored], None]
_AGAIN_SECONDS = 1.0


async def followed(
    journal: Journal,
    topic: Topic,
    take: Take,
    *,
    seen: dict[int, int],
    ready: asyncio.Event,
    troubles: MutableMapping[str, str],
) -> None:
    """Read to the end once, say so by `ready`, then follow until cancelled.

    `seen` is the position reached. An unusable journal is tried again and
    meanwhile named in `troubles` under the topic's name.
    """
    while True:
        try:
            await _each_once(journal.read(topic), take, seen)
            troubles.pop(topic.name, None)
            ready.set()
            await _each_once(journal.follow(topic), take, seen)
        except ChangehandsError as error:
            troubles[topic.name] = printable(str(error))
        await asyncio.sleep(_AGAIN_SECONDS)


async def _each_once(records: AsyncIterator[Stored], take: Take, seen: dict[int, int]) -> None:
    async for stored in records:
        if is_after(stored, seen):
            seen[stored.partition] = stored.offset
            take(stored)
