"""Leafs through one source that lies on this machine: reads a handful in the worker process, saves it, reads on.

What is read is saved in one go, items before cursor, so that whoever is killed
in the middle goes on where he was. Behind the last document it looks for new
ones at the source's interval.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import msgspec
import structlog

from connectors.archives.leaves import (
    Leaves,
    cursor_of,
    fetch_of,
    is_told,
    leaves_of,
    letter_of,
    turned,
    with_fetch,
)
from connectors.kinds import LOCALS
from connectors.local import Handful, Local
from connectors.polling.means import Poller
from streams.counters import Ending
from streams.errors import BadRecord, JournalUnusable
from streams.items import Cursor
from streams.sources import SourceSettings
from streams.topics import DEAD_LETTERS

LOG = structlog.get_logger()
MANY = 1000


@dataclass(slots=True, kw_only=True)
class Leafing:
    """One source and how far it was read; `singly` counts the documents still to take one by one after an accident."""

    poller: Poller
    source: SourceSettings
    kind: Local
    leaves: Leaves
    singly: int = 0

    @property
    def state(self) -> bytes:
        """The kind's own state."""
        return bytes(self.leaves.own)


async def leaf(poller: Poller, source: SourceSettings, cursor: Cursor | None) -> None:
    """Read one source for ever; only a journal that cannot be used ends it."""
    one = Leafing(poller=poller, source=source, kind=LOCALS[source.kind], leaves=_begun(source, cursor))
    while True:
        try:
            began = time.monotonic()
            found = await _next(one)
            seconds = await _bring(one, found, took=time.monotonic() - began)
        except JournalUnusable:
            raise
        except Exception as error:  # one source's accident must not end the others
            LOG.exception("source.failed", source=source.id, url=source.url)
            seconds = await _accident(one, f"{type(error).__name__}: {error}"[:300])
        await asyncio.sleep(seconds)


def _begun(source: SourceSettings, cursor: Cursor | None) -> Leaves:
    try:
        return leaves_of(source, cursor)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        LOG.warning("source.failed", source=source.id, text=f"its cursor cannot be read, it starts anew: {error}")
        return Leaves(url=source.url)


async def _next(one: Leafing) -> Handful:
    """Return the next handful; after an accident documents are taken singly, and the one at fault is passed."""
    most = 1 if one.singly else MANY
    one.singly = max(0, one.singly - 1)
    arguments = (one.source, one.state, one.poller.now(), most)
    try:
        return await one.poller.readers.read(one.kind.read, one.source.url, *arguments)
    except Exception as error:  # noqa: BLE001 (whatever a document does to its reader, the others come after it)
        text = f"{type(error).__name__}: {error}"[:300]
        LOG.warning("source.failed", source=one.source.id, documents=most, text=text)
        one.singly = 2 * MANY
        return one.kind.past(one.source, one.state, text) if most == 1 else Handful(state=one.state)


def _seconds(one: Leafing, found: Handful) -> float:
    if not found.is_all:
        return 0.0
    return one.source.min_interval_seconds if found.again_seconds is None else found.again_seconds


async def _bring(one: Leafing, found: Handful, *, took: float = 0.0) -> float:
    """Save what was read: dead letters, then the items with the cursor; then count each. Return the seconds to wait."""
    now, seconds = one.poller.now(), _seconds(one, found)
    letters = tuple(letter_of(one.source, torn, now) for torn in found.torn)
    if letters:
        await one.poller.journal.publish(DEAD_LETTERS, letters)
        LOG.warning("record.dead_lettered", source=one.source.id, letters=len(letters), text=letters[-1].text)
    if not is_told(one.leaves, found, now):
        if found.outcome != "ok":
            LOG.warning("source.failed", source=one.source.id, outcome=found.outcome, text=found.text)
        after = turned(one.leaves, found, now, seconds)
        after, fetches = with_fetch(after, fetch_of(one.source, found, now, took))
        await one.poller.save(found.items, cursor_of(one.source, after, one.poller.now(), fetches))
        one.leaves = after
    _count(one, found)
    return seconds


def _count(one: Leafing, found: Handful) -> None:
    for ending, times in found.endings.items():
        one.poller.counters.count(Ending("document", one.source.id, ending), times)
    if found.items:
        one.poller.counters.count(Ending("read", one.source.id, "passed"), len(found.items))
    if found.endings:
        LOG.info("archive.read", source=one.source.id, items=len(found.items), text=found.text, **found.endings)


async def _accident(one: Leafing, text: str) -> float:
    """Let people see an accident that nobody foresaw, and try again at the source's interval."""
    found = Handful(state=one.state, is_all=True, outcome="unavailable", text=text)
    try:
        return await _bring(one, found)
    except BadRecord as too_large:
        LOG.warning("source.failed", source=one.source.id, text=f"its cursor cannot be saved: {too_large}")
        return one.source.min_interval_seconds
