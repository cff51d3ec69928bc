"""Pruning takes nothing away that what comes later, within the time that is kept, still asks for."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from processors.flow import flow
from streams.embedded import tables
from streams.embedded.pruning import prune
from streams.items import EnrichedItem, Op
from streams.mentions import Kind, Status
from streams.retention import Retention, retention
from streams.settings import RetentionSettings, Settings
from streams.steps import Flow
from streams.topics import CONTROL_ALERTS, ENRICHED_ITEMS, LEDGER
from tests.contract.hosts import EmbeddedRig
from tests.stories import BLUE, OTHER, RED, START, TOWN, item, mention

DAYS = 30
FLOW: Flow = flow(Settings())[1:]
SETTINGS = RetentionSettings(items_days=DAYS, claims_days=DAYS, alerts_days=DAYS, memory_days=DAYS)
KEEP, FOR_GOOD = retention(SETTINGS, FLOW), Retention()
SAID = [
    ("Red took the town from Blue.", (TOWN,), Kind.CAPTURE, Status.ASSERTED, RED, BLUE),
    ("Blue took it back from Red.", (TOWN, OTHER), Kind.RECAPTURE, Status.ASSERTED, BLUE, RED),
    ("Red denies that Blue took it.", (TOWN,), Kind.CAPTURE, Status.DENIED, BLUE, RED),
    ("Red holds the other place.", (OTHER,), Kind.HOLDS, Status.ASSERTED, RED, None),
    ("Nothing happened here.", (), Kind.HOLDS, Status.ASSERTED, None, None),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What comes `days` after the last: what an item says now (or that it was deleted), and whether a host is there."""

    days: int
    item: int
    says: int
    deleted: bool
    worked: bool


steps = st.lists(
    st.builds(
        Step,
        days=st.integers(0, DAYS),
        item=st.integers(0, 3),
        says=st.integers(0, len(SAID) - 1),
        deleted=st.sampled_from([False, False, False, True]),
        worked=st.sampled_from([True, True, False]),
    ),
    min_size=2,
    max_size=14,
)


def within(story: Sequence[Step]) -> Iterator[tuple[datetime, Step, int]]:
    """Yield the steps with day and revision; an item that was silent for longer than is kept goes on as another."""
    now, touched, numbers = START, dict[int, datetime](), dict[int, int]()
    for at, step in enumerate(story):
        now += timedelta(days=step.days)
        if now - touched.get(step.item, now) > timedelta(days=DAYS):
            numbers[step.item] = at * 10
        touched[step.item] = now
        yield now, step, numbers.get(step.item, 0) + step.item


def said(step: Step, number: int, at: datetime, revision: int) -> EnrichedItem:
    """Return what the item says at this time."""
    words, places, kind, status, gaining, losing = SAID[step.says]
    told = (
        [mention(words, words, places=places, kind=kind, status=status, gaining=gaining, losing=losing)]
        if places
        else []
    )
    source = f"source-{number % 4}"
    return item(
        words,
        *told,
        revision=revision,
        id=f"item-{number}",
        source=source,
        owner=source,
        op=Op.DELETE if step.deleted else Op.PUT,
        fetched_at=at,
        published_at=at,
    )


@contextmanager
def clock() -> Iterator[list[datetime]]:
    """Let the tables' clock stand at the one time in the list."""
    now = [START]
    with patch.object(tables, "_now", lambda: tables.microseconds(now[0])):
        yield now


async def lived(path: Path, story: Sequence[Step], keep: Retention) -> tuple[list[bytes], dict[str, bytes], int]:
    """Return each alert as it was told, the last page of each place, and how much was pruned after each step."""
    rig, alerts, gone, upto = EmbeddedRig(path), list[bytes](), 0, 0
    with clock() as now:
        for revision, (at, step, number) in enumerate(within(story), 1):
            now[0] = at
            await rig.journal.publish(ENRICHED_ITEMS, [said(step, number, at, revision)])
            if step.worked or revision == len(story):
                async with rig.running(FLOW):
                    await rig.drained(FLOW)
            told = [one async for one in rig.journal.read(CONTROL_ALERTS) if one.offset >= upto]
            alerts += [one.value for one in told]
            upto = await rig.journal.end(CONTROL_ALERTS)
            gone += sum(await prune(rig.journal, FLOW, keep, at))
        pages = {one.key: one.value async for one in rig.journal.read(LEDGER)}
    await rig.journal.close()
    return alerts, pages, gone


def test_pruning_changes_no_alert_and_no_page() -> None:
    """The same items, with and without pruning after each, with hosts that come and go: the same bytes."""
    taken = []

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(story=steps)
    def is_the_same(story: Sequence[Step]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            kept = asyncio.run(lived(Path(folder) / "kept.db", story, FOR_GOOD))
            pruned = asyncio.run(lived(Path(folder) / "pruned.db", story, KEEP))
        assert (kept[:2], kept[2]) == (pruned[:2], 0)
        taken.append(pruned[2])

    is_the_same()
    assert sum(taken) > 0  # else this would show nothing
