"""An archive read once from end to end, as it lies there now: what a replay takes in.

Documents are read by the kind's own reader in a worker process; what they
bring comes a handful at a time, each with the state from which the reading
goes on, so that whoever is killed between two of them loses and repeats
nothing.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from connectors.archive import ARCHIVE
from connectors.archives.bookmark import Bookmark, bookmark_of, state_of
from connectors.archives.shelf import NS, newest
from connectors.local import Handful, Torn
from connectors.reading.readers import Readers, readers
from streams.errors import ConfigError, SourceUnreadable
from streams.items import EnrichedItem, RawItem
from streams.publication import out_by
from streams.sources import SourceSettings

MANY = 1000
# The first handful waits for the worker to import its libraries.
WALL_SECONDS = 60.0


def begun(now: datetime) -> bytes:
    """Return the state of an archive that is to be read as it lies there `now` (UTC), enriched items too."""
    return state_of(Bookmark(until=int(now.timestamp() * NS), with_enriched=True), {})


async def handfuls(source: SourceSettings, state: bytes, at: Readers) -> AsyncIterator[Handful]:
    """Yield what an archive brings from a state on, `begun` or that of an earlier handful, each document once.

    An item of which nobody says when it was fetched counts as fetched when it
    was out for certain, or else when the archive's newest file was changed. Raises
    ConfigError where there is no such archive.
    """
    now = datetime.fromtimestamp(bookmark_of(state).until / NS, UTC)
    try:
        last = newest(source.url)
    except OSError as error:
        raise ConfigError(f"{source.url} cannot be read: {error.strerror}; name a file or a folder") from error
    singly = 0
    while True:
        most, singly = (1, singly - 1) if singly else (MANY, 0)
        try:
            found = await at.read(ARCHIVE.read, source.url, source, state, now, most)
        except SourceUnreadable as error:
            # The documents are taken one by one, until the one at fault is known.
            singly = 2 * MANY
            if most > 1:
                continue
            found = ARCHIVE.past(source, state, str(error))
        if found.outcome != "ok":
            raise ConfigError(found.text)
        found = dataclasses.replace(found, items=tuple(_fetched(item, now, last) for item in found.items))
        yield _with_changed(found, source.url) if found.is_all and found.again_seconds is not None else found
        if found.is_all:
            return
        state = found.state


def _with_changed(found: Handful, url: str) -> Handful:
    """Return the last handful with what tells that files were changed while the archive was read: they are left out."""
    text = f"{url}: files were changed after the reading began, and are not read; read it anew when it is at rest"
    torn = Torn(place=f"{url}, changed meanwhile", data=b"", size=0, text=text)
    endings = Counter(found.endings) + Counter({"dead-letter": 1})
    return dataclasses.replace(found, torn=(*found.torn, torn), endings=endings)


def _fetched(item: RawItem, now: datetime, last: datetime) -> RawItem:
    """Return an item without the time of reading, which would make each replay another."""
    if item.fetched_at != now:
        return item
    out = out_by(item.published_at, item.published_precision) if item.published_at else last
    return replace(item, fetched_at=out)


async def items(
    path: Path | str, settings: SourceSettings, *, now: datetime, torn: Callable[[Torn], None]
) -> AsyncIterator[RawItem | EnrichedItem]:
    """Yield the items of a file or a folder; `torn` is told of each document that cannot be read, and may raise.

    Raises as `handfuls` does.
    """
    source = settings.model_copy(update={"url": str(path)})
    async with readers(wall=WALL_SECONDS) as at:
        async for found in handfuls(source, begun(now), at):
            for one in found.torn:
                torn(one)
            for raw in found.items:
                yield raw
            for enriched in found.enriched:
                yield enriched
