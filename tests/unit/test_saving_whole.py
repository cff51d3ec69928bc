"""Saving what sources brought, and being ended in the middle of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from connectors.polling.means import Poller
from streams.counters import Counters
from streams.items import Cursor

CURSOR = Cursor(source="harbour", state=b"{}", saved_at=datetime(2026, 11, 23, tzinfo=UTC))


@dataclass
class SlowJournal:
    """A journal that saves once it is let."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    let: asyncio.Event = field(default_factory=asyncio.Event)
    kept: list[Cursor] = field(default_factory=list)

    async def save(self, _items: object, cursor: Cursor) -> None:
        self.begun.set()
        await self.let.wait()
        self.kept.append(cursor)


@pytest.mark.asyncio
async def test_who_is_ended_while_saving_ends_only_once_it_is_saved() -> None:
    """A cancelled save is waited for, and the cancellation is passed on behind it."""
    journal = SlowJournal()
    poller = Poller(journal=journal, web=None, readers=None, gates=None, counters=Counters())  # type: ignore[arg-type]
    saving = asyncio.create_task(poller.save((), CURSOR))
    await journal.begun.wait()
    saving.cancel()
    await asyncio.sleep(0)
    assert not saving.done()
    journal.let.set()
    with pytest.raises(asyncio.CancelledError):
        await saving
    assert journal.kept == [CURSOR]
