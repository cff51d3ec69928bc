"""A memory that can no longer be read costs its own key, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from streams.codec import decode, encode, encode_memory
from streams.counters import Ending
from streams.endings import Ended
from streams.journal import Stored
from streams.notices import Heard, Subject, Tick
from streams.records import Record
from streams.turns import Recall, remembered_end
from tests.contract.small_flow import LISTEN, Count

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def taken(record: Record, memories: Mapping[str, bytes]) -> tuple[Ended, dict[str, bytes | None]]:
    """Return how a record ended at the step that is told of time, and what it left."""

    async def one(key: str) -> bytes | None:
        return memories.get(key)

    async def every() -> Mapping[str, bytes]:
        return memories

    stored = Stored(topic="heard", partition=0, offset=0, key="", value=encode(record), stored_at=NOW)
    changed: dict[str, bytes | None] = {}
    return asyncio.run(remembered_end(LISTEN, stored, Recall(one=one, every=every), changed)), changed


def test_a_tick_reaches_the_other_keys() -> None:
    """Time passes for every key that can be read; the damaged one stays as it is."""
    memories = {"a": encode_memory(Count(heard=1)), "b": b'{"heard":"\xff', "c": encode_memory(Count(heard=2))}
    end, changed = taken(Tick(at=NOW), memories)
    assert end.ending == Ending("coverage", "tick", "passed")
    assert [decode(one.value).key for one in end.written] == ["a", "c"]  # type: ignore[union-attr]
    assert set(changed) == {"a", "c"}


def test_a_record_of_a_damaged_key_is_a_dead_letter() -> None:
    """Only records of the damaged key end as dead letters, and its memory stays for whoever mends it."""
    memories = {"a": encode_memory(Count(heard=1)), "b": b"\xff\x00"}
    ends = {
        key: taken(Heard(subject=Subject.SOURCE, key=key, name=key, item_id="1", at=NOW), memories)
        for key in ("a", "b")
    }
    assert {key: end.ending.outcome for key, (end, _) in ends.items()} == {"a": "kept", "b": "dead-letter"}
    assert ends["b"][1] == {}
