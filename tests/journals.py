"""A journal on a real file, and items in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from streams.embedded import tables
from streams.embedded.journal import SqliteJournal
from streams.items import ItemKind, RawItem
from streams.topics import RAW_ITEMS


@pytest_asyncio.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    """Give an empty journal of this test's own."""
    made = SqliteJournal(f"sqlite:///{tmp_path / 'journal.db'}")
    yield made
    await made.close()


def item(number: int, body: bytes = b"") -> RawItem:
    """Return an item; the same number gives the same item."""
    url = f"https://example.org/{number}"
    return RawItem(
        id=f"item-{number}",
        source="test",
        kind=ItemKind.ENTRY,
        url=url,
        canonical_url=url,
        fetched_at=tables._EPOCH,
        body=body,
    )


async def with_items(path: Path, count: int) -> None:
    """Make a journal of some items and close it."""
    journal = await SqliteJournal.open(f"sqlite:///{path}")
    await journal.publish(RAW_ITEMS, [item(number, b"x" * 2000) for number in range(count)])
    await journal.close()
