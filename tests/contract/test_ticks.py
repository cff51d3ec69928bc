"""Time passes on every host alike: each remembered key of a step that asks for it is told."""

from __future__ import annotations

import asyncio

import pytest

from streams.codec import decode
from streams.notices import Heard, Subject, Tick
from streams.topics import HEARD, NOTICES
from tests.contract.hosts import PATIENCE_SECONDS, Rig, values
from tests.contract.small_flow import LISTEN, WHEN

pytestmark = pytest.mark.asyncio


async def test_time_passes_for_every_subject_that_is_remembered(rig: Rig) -> None:
    """The host tells each remembered key that time passed, in every partition, until it is forgotten."""
    names = [f"source|{n}" for n in range(12)]
    heard = [
        Heard(subject=Subject.SOURCE, key=name, name=name, item_id=str(n), at=WHEN) for n in (1, 2) for name in names
    ]
    await rig.journal.publish(HEARD, heard)
    following = rig.journal.follow(NOTICES)
    async with rig.running((LISTEN,)), asyncio.timeout(PATIENCE_SECONDS):
        told = [decode((await anext(following)).value) for _ in range(2 * len(names))]
    assert sorted(notice.id for notice in told) == sorted(f"{name}-{n}" for n in (0, 1) for name in names)
    assert {notice.text for notice in told} == {"2 hearings, 1 ticks", "2 hearings, 2 ticks"}
    assert all(
        stored.key == "" for stored in await values(rig.journal, HEARD) if isinstance(decode(stored.value), Tick)
    )
