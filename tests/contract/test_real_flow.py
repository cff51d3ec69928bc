"""The flow that is run in earnest gives the same alerts on every host, byte for byte."""

from __future__ import annotations

from collections import defaultdict

import pytest

from streams.codec import encode
from streams.settings import WorkerSettings
from streams.topics import CONTROL_ALERTS, RAW_ITEMS
from tests.bareflow import BareFlow
from tests.contract.hosts import Rig, values
from tests.e2e.real_flow import FLOW, items

pytestmark = pytest.mark.asyncio
REPORTS = 120


def worked_out() -> dict[str, list[bytes]]:
    """Return the alerts' bytes by id as the bare functions give them, one report after the other."""
    bare = BareFlow(FLOW)
    bare.give(RAW_ITEMS, items(REPORTS))
    alerts: dict[str, list[bytes]] = defaultdict(list)
    for alert in bare.told(CONTROL_ALERTS):
        alerts[CONTROL_ALERTS.key(alert)].append(encode(alert))
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
