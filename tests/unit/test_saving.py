"""What is written when a source is saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from streams.endings import Written
from streams.errors import BadRecord
from streams.items import Cursor
from streams.journal import Stored
from streams.saving import Savings, cursors_in
from streams.topics import CURSORS, STATES
from tests.feedmaker import NOW


def cursor(own: bytes | None, source: str = "a", state: bytes = b"{}") -> Cursor:
    return Cursor(source=source, state=state, own=own, saved_at=NOW)


def saved(savings: Savings, one: Cursor) -> list[str]:
    """Save, and return the topics that are written to."""
    group = [savings.of((), one)]
    savings.done(group)
    return [record.topic.name for record in group[0].behind()]


def test_only_what_changed() -> None:
    """What a kind remembers is written the first time and whenever it has changed, each source for itself."""
    savings = Savings()
    assert saved(savings, cursor(b"1")) == ["states", "cursors"]
    assert saved(savings, cursor(b"1")) == ["cursors"]
    assert saved(savings, cursor(b"1", "b")) == ["states", "cursors"]
    assert saved(savings, cursor(b"2")) == ["states", "cursors"]
    assert saved(savings, cursor(b"1")) == ["states", "cursors"]
    assert saved(savings, cursor(b"")) == ["states", "cursors"]
    assert saved(savings, cursor(None)) == ["cursors"]


def test_not_durable() -> None:
    """What was not committed is written again."""
    savings = Savings()
    savings.of((), cursor(b"1"))
    assert saved(savings, cursor(b"1")) == ["states", "cursors"]


async def stored(records: list[Written]) -> AsyncIterator[Stored]:
    for number, one in enumerate(records):
        yield Stored(topic=one.topic.name, partition=0, offset=number, key=one.key, value=one.value, stored_at=NOW)


@pytest.mark.asyncio
async def test_put_together_again() -> None:
    """Cursors are read back as they were saved; without their states they are small."""
    savings = Savings()
    cursors = [cursor(b"1"), cursor(b"2", "b"), cursor(None, "c"), cursor(b"3", state=b"[]")]
    written = [record for one in cursors for record in savings.of((), one).behind()]
    both = [[record for record in written if record.topic is topic] for topic in (CURSORS, STATES)]
    whole = await cursors_in(*map(stored, both))
    assert whole == {"a": cursors[3], "b": cursors[1], "c": cursors[2]}
    assert {one.own for one in (await cursors_in(stored(both[0]), None)).values()} == {None}


@pytest.mark.asyncio
async def test_wrong_record() -> None:
    """A record that does not belong there is named."""
    [state, _] = Savings().of((), cursor(b"1")).behind()
    with pytest.raises(BadRecord, match="states at 0/0 holds a SourceState"):
        await cursors_in(stored([state]), None)


@pytest.mark.asyncio
async def test_damaged_record() -> None:
    """A cursor whose bytes are damaged is named by its source, with what to do."""
    [whole] = Savings().of((), cursor(None, "harbour")).behind()
    damaged = replace(whole, value=whole.value[:-9])
    with pytest.raises(BadRecord, match=r"source 'harbour' was left cannot be read: .*journal rescue"):
        await cursors_in(stored([damaged]), None)
