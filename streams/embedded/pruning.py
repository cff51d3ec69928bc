"""What is older than it is kept is taken out of the embedded journal, a handful in a transaction, while it works.

Never taken: what a step of the flow or a reader in this process has yet to
read, and memories that a record may still ask for which came in time but waits
to be read. The file keeps its pages and fills them again, so it grows to what
is kept and no further.
"""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from typing import Protocol

import structlog

from streams.embedded.tables import microseconds, position
from streams.retention import Retention
from streams.steps import Flow, RememberingStep
from streams.topics import BY_NAME, Topic

EVERY_SECONDS = 60.0
_AT_ONCE = 200
_BYTES_AT_ONCE = 8 * 1024 * 1024
_PAUSE_SECONDS = 0.02  # between two handfuls, so that turns are not held up

_log = structlog.get_logger()


class Prunable(Protocol):
    """What is asked of a journal here."""

    async def end(self, topic: Topic) -> int:
        """Return the offset that the topic's next record will get."""

    async def position(self, step: str) -> int:
        """Return the offset from which a step reads on."""

    async def take_away(self, topic: Topic, *, before: datetime, until: int) -> int:
        """Take away a handful of records; return how many."""

    async def forget(self, step: RememberingStep, *, kept: float, now: datetime) -> int:
        """Forget a handful of keys that nothing changed for `kept` seconds; return how many."""


async def prune_forever(journal: Prunable, flow: Flow, retention: Retention) -> None:
    """Prune again and again until cancelled; raises JournalUnusable."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        records, memories = await prune(journal, flow, retention, datetime.now(UTC))
        if records or memories:
            _log.info("journal.pruned", records=records, memories=memories)


async def prune(journal: Prunable, flow: Flow, retention: Retention, now: datetime) -> tuple[int, int]:
    """Take away all that is older than it is kept; return how many records and memories that were."""
    records = memories = 0
    for name, kept in retention.topics.items():
        topic = BY_NAME[name]
        until = min([await journal.position(step.name) for step in flow if step.source is topic], default=None)
        until = await journal.end(topic) if until is None else until
        while taken := await journal.take_away(topic, before=now - kept, until=until):
            records += taken
            await asyncio.sleep(_PAUSE_SECONDS)
    for step in flow:
        if isinstance(step, RememberingStep) and (kept_for := retention.memories.get(step.name)):
            while taken := await journal.forget(step, kept=kept_for.total_seconds(), now=now):
                memories += taken
                await asyncio.sleep(_PAUSE_SECONDS)
    return records, memories


def take_away(connection: sqlite3.Connection, topic: str, *, before: datetime, until: int) -> int:
    """Delete the oldest records of a topic that were stored before a time and lie before an offset, a handful."""
    query = (
        "SELECT offset, stored_at, length(value) FROM records WHERE topic = ? AND offset < ? ORDER BY offset LIMIT ?"
    )
    last, count, size = -1, 0, 0
    for offset, stored_at, length in connection.execute(query, (topic, until, _AT_ONCE)).fetchall():
        size += length
        if stored_at >= microseconds(before) or (count and size > _BYTES_AT_ONCE):
            break
        last, count = offset, count + 1
    connection.execute("DELETE FROM records WHERE topic = ? AND offset <= ?", (topic, last))
    return count


def forget(connection: sqlite3.Connection, step: str, source: str, *, kept: float, now: datetime) -> int:
    """Delete the memories of a step that nothing changed for `kept` seconds before what it reads next, a handful.

    A step that was stopped for long reads on as of the day on which its next record came.
    """
    query = "SELECT stored_at FROM records WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT 1"
    waiting = connection.execute(query, (source, position(connection, step))).fetchone()
    horizon = min(microseconds(now), waiting[0] if waiting else microseconds(now)) - int(kept * 1_000_000)
    old = "SELECT rowid FROM memory WHERE step = ? AND touched_at < ? ORDER BY touched_at LIMIT ?"
    return connection.execute(f"DELETE FROM memory WHERE rowid IN ({old})", (step, horizon, _AT_ONCE)).rowcount  # noqa: S608 - both parts are ours
