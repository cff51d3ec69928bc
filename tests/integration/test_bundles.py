"""Items that go to a worker together end as each would alone."""

from __future__ import annotations

import asyncio
import os
import time

import pytest
from msgspec.structs import replace

from streams.bundles import MANY, Bundles
from streams.codec import encode
from streams.endings import Ended
from streams.items import EnrichedItem, ItemKind
from streams.journal import Stored
from streams.settings import WorkerSettings
from streams.steps import Dropped, Outcome, Passed, Process, Step, Why
from streams.topics import ENRICHED_ITEMS
from streams.turns import worked_end
from streams.workers import Workers
from tests.raw import FETCHED

HARM = {"3": "raise", "12": "die", "14": "hang", "17": "drop", "21": "large"}


def process(item: EnrichedItem) -> Outcome:
    """Do as an item asks."""
    match item.text:
        case "raise":
            raise ValueError("as asked")
        case "die":
            os._exit(3)
        case "hang":
            time.sleep(60)
        case "drop":
            return Dropped(Why.EMPTY)
        case "large":
            return Passed((replace(item, text="x" * 9_000_000),))
    return Passed((replace(item, text=item.text + "!"),))


def load() -> Process:
    """Return the step's function, in the worker."""
    return process


STEP = Step(name="small", source=ENRICHED_ITEMS, targets=(ENRICHED_ITEMS,), load=load)


def given(number: int) -> tuple[EnrichedItem, Stored]:
    """Return an item, and as it lies in a journal."""
    name = str(number)
    url = f"https://news.example/{name}"
    item = EnrichedItem(
        id=name,
        revision=1,
        source="a-source",
        kind=ItemKind.ENTRY,
        url=url,
        canonical_url=url,
        fetched_at=FETCHED,
        text=HARM.get(name, name),
    )
    stored = Stored(topic="enriched-items", partition=0, offset=number, key=name, value=encode(item), stored_at=FETCHED)
    return item, stored


def told(end: Ended) -> tuple[str, list[str]]:
    """Return how an item ended, without when that was."""
    return end.ending.outcome, [record.topic.name for record in end.written]


@pytest.mark.asyncio
async def test_together_as_alone() -> None:
    """One that raises, dies, hangs or grows too large costs no other its end, and each ends as it does alone."""
    items = [given(number) for number in range(3 * MANY)]
    workers = Workers(load, WorkerSettings(count=2, wall_seconds=0.5))
    try:
        await workers.start()
        bundles = Bundles(workers, lambda _: STEP)
        together = await asyncio.gather(*(bundles.make(item, stored) for item, stored in items))
        alone = [await worked_end(STEP, workers, stored) for _, stored in items]
    finally:
        await workers.close()
    assert [told(end) for end in together] == [told(end) for end in alone]
    outcomes = {number: told(end)[0] for number, end in enumerate(together)}
    harmed = {int(name): "empty" if how == "drop" else "dead-letter" for name, how in HARM.items()}
    assert outcomes == {number: harmed.get(number, "passed") for number in range(3 * MANY)}
    same = [
        one.written[0].value == other.written[0].value
        for one, other in zip(together, alone, strict=True)
        if told(one)[0] == "passed"
    ]
    assert all(same)
