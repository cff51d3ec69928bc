"""The flow that is run in earnest gives the same alerts on every host, byte for byte."""

from __future__ import annotations

from collections import defaultdict

import pytest

from processors.flow import enriching
from streams.codec import encode
from streams.errors import ChangehandsError
from streams.records import Record
from streams.settings import WorkerSettings
from streams.steps import Passed, RememberingStep
from streams.topics import CONTROL_ALERTS, RAW_ITEMS
from tests.contract.hosts import Rig, values
from tests.e2e.real_flow import FLOW, items

pytestmark = pytest.mark.asyncio
REPORTS = 120


def worked_out() -> dict[str, list[bytes]]:
    """Return the alerts' bytes by id as the bare functions give them, one report after the other."""
    enrich = enriching(None)
    memories: dict[tuple[str, str], object] = {}
    alerts: dict[str, list[bytes]] = defaultdict(list)

    def follow(record: Record, steps: tuple[RememberingStep, ...]) -> None:
        if not steps:
            alerts[CONTROL_ALERTS.key(record)].append(encode(record))
            return
        step, key = steps[0], (steps[0].name, steps[0].key(record))
        outcome, memories[key] = step.function(record, memories.get(key))
        for successor in outcome.records if isinstance(outcome, Passed) else ():
            follow(successor, steps[1:])

    remembering = tuple(step for step in FLOW if isinstance(step, RememberingStep))
    for report in items(REPORTS):
        try:
            outcome = enrich(report)
        except ChangehandsError:
            continue
        for enriched in outcome.records if isinstance(outcome, Passed) else ():
            follow(enriched, remembering)
    return dict(alerts)


async def test_every_host_gives_the_alerts_of_the_bare_functions(one_lane: Rig) -> None:
    """Reports with repeats, pages, denials and unreadable ones come to the same alerts and revisions everywhere."""
    one_lane.settings = WorkerSettings(count=2)
    await one_lane.journal.publish(RAW_ITEMS, items(REPORTS))
    async with one_lane.running(FLOW):
        await one_lane.drained(FLOW)
    found: dict[str, list[bytes]] = defaultdict(list)
    for stored in await values(one_lane.journal, CONTROL_ALERTS):
        found[stored.key].append(stored.value)
    expected = worked_out()
    assert len(expected) > 5
    assert dict(found) == expected
