"""Verdicts of analysts come to the same alerts and the same ledger on every host."""

from __future__ import annotations

import pytest

from streams.alerts import Alert
from streams.codec import decode
from streams.holding import Ledger
from streams.settings import WorkerSettings
from streams.topics import CONTROL_ALERTS, FEEDBACK, LEDGER, RAW_ITEMS, ledger_key
from streams.verdicts import Feedback
from tests.analysts import alerts, given, pages, unread, unrevised
from tests.bareflow import BareFlow
from tests.contract.hosts import Rig, values
from tests.e2e.real_flow import FLOW, items

pytestmark = pytest.mark.asyncio
REPORTS = 40
SAID = (
    ("confirm", {"note": "seen"}),
    ("correct", {"place": "Raqqa"}),
    ("reject", {}),
    ("correct", {"to": "Hayat Tahrir al-Sham", "kind": "handover"}),
)


def judged() -> tuple[BareFlow, list[Feedback]]:
    """Return the bare functions after the reports and verdicts, and the verdicts, some of them late and twice."""
    bare = BareFlow(FLOW)
    bare.give(RAW_ITEMS, items(REPORTS))
    found = alerts(bare)
    verdicts = [
        given(alert, verdict, hours=10_000 + number, **said)
        for number, (alert, (verdict, said)) in enumerate(zip(found, SAID * 2, strict=False))
    ]
    verdicts += [given(found[1], "reject", hours=20_000), given(found[1], "confirm", hours=15_000), verdicts[1]]
    bare.give(FEEDBACK, verdicts)
    return bare, verdicts


async def test_every_host_ends_in_the_state_of_the_bare_functions(one_lane: Rig) -> None:
    """Verdicts of all kinds, one overtaken, one late and one twice, leave the same alerts and pages everywhere."""
    bare, verdicts = judged()
    one_lane.settings = WorkerSettings(count=2)
    await one_lane.journal.publish(RAW_ITEMS, items(REPORTS))
    async with one_lane.running(FLOW):
        await one_lane.drained(FLOW)
        await one_lane.journal.publish(FEEDBACK, verdicts)
        await one_lane.drained(FLOW)
    told = [decode(stored.value) for stored in await values(one_lane.journal, CONTROL_ALERTS)]
    last = {alert.id: unrevised(alert) for alert in told if isinstance(alert, Alert)}
    assert sum(alert.judged is not None for alert in last.values()) > 3
    assert last == {alert.id: unrevised(alert) for alert in alerts(bare)}
    written = [decode(stored.value) for stored in await values(one_lane.journal, LEDGER)]
    known = {ledger_key(page): page for page in written if isinstance(page, Ledger)}
    assert {key: unread(known[key]) for key in pages(bare)} == {key: unread(page) for key, page in pages(bare).items()}
