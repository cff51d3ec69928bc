"""However the host cuts its work into turns, and wherever it is stopped, the outputs are the bare functions'."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.codec import encode
from streams.embedded import host, tables
from streams.items import EnrichedItem
from streams.steps import Passed
from streams.topics import CLAIMS, CONTROL_ALERTS, ENRICHED_ITEMS
from tests.contract.hosts import EmbeddedRig, values
from tests.contract.small_flow import CLAIM_WORDS, TELL, item, read

FLOW = (CLAIM_WORDS, TELL)
TEXTS = ["ridge", "ridge ford", "ford dam", "forget ridge", "raise later", "dam dam", ""]


def enriched(number: int, revision: int, text: str) -> EnrichedItem:
    """Return an item that has been through the costly step."""
    outcome = read(item(number, "words", revision=revision))
    assert isinstance(outcome, Passed)
    return replace(outcome.records[0], text=text, text_hash=text)


def bare(items: Sequence[EnrichedItem]) -> tuple[list[bytes], int]:
    """Return the alerts' bytes in order and how many items fail, worked out without a host."""
    seen, told, alerts, failures = {}, {}, [], 0
    claims = []
    for one in items:
        try:
            outcome, seen[one.id] = CLAIM_WORDS.function(one, seen.get(one.id))
        except KeyError:
            failures += 1
            continue
        claims += outcome.records if isinstance(outcome, Passed) else ()
    for claim in claims:
        outcome, told[claim.place_key] = TELL.function(claim, told.get(claim.place_key))
        alerts += [encode(alert) for alert in outcome.records] if isinstance(outcome, Passed) else []
    return alerts, failures


async def hosted(path: Path, batches: Sequence[Sequence[EnrichedItem]]) -> tuple[list[bytes], int]:
    """Return the same as `bare`, from a host that is stopped after each batch, with or without having ended it."""
    rig = EmbeddedRig(path)
    for number, batch in enumerate(batches):
        await rig.journal.publish(ENRICHED_ITEMS, batch)
        async with rig.running(FLOW):
            if number % 2:
                await rig.drained(FLOW)
    async with rig.running(FLOW):
        await rig.drained(FLOW)
    endings = await rig.endings()
    for step in FLOW:
        assert sum(n for ending, n in endings.items() if ending.step == step.name) == await rig.journal.end(step.source)
    assert await rig.journal.end(CLAIMS) >= await rig.journal.end(CONTROL_ALERTS)
    alerts = [stored.value for stored in await values(rig.journal, CONTROL_ALERTS)]
    await rig.journal.close()
    return alerts, sum(n for ending, n in endings.items() if ending.outcome == "dead-letter")


items = st.builds(enriched, st.integers(0, 3), st.integers(1, 2), st.sampled_from(TEXTS))
batches = st.lists(st.lists(items, min_size=1, max_size=12), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches=batches, turn=st.integers(1, 9), chunk=st.integers(1, 9))
def test_turns_and_stops_change_nothing(batches: Sequence[Sequence[EnrichedItem]], turn: int, chunk: int) -> None:
    """Any sizes of turns and chunks, any stops between: the same bytes in the same order, each record counted once."""

    def cut(connection: object, topic: str, start: int) -> object:
        return tables_chunk(connection, topic, start, chunk)

    tables_chunk = tables.chunk
    with tempfile.TemporaryDirectory() as folder, patch.object(host, "_TURN", turn), patch.object(tables, "chunk", cut):
        found = asyncio.run(hosted(Path(folder) / "journal.db", batches))
    assert found == bare([one for batch in batches for one in batch])
