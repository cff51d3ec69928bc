"""Scenarios come to the same end however late, and how often, each of their reports arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.alerts import AlertState
from streams.holding import Ledger
from streams.items import EnrichedItem, RawItem
from streams.topics import ENRICHED_ITEMS
from tests.bareflow import BareFlow
from tests.play import alert_line, alerts, enriched, pages, told
from tests.scenarios import read

START = datetime(1970, 1, 1, tzinfo=UTC)
FILES = sorted((Path(__file__).parents[1] / "golden" / "scenarios").glob("*.scenario"))


@cache
def items(path: Path) -> tuple[EnrichedItem, ...]:
    """Return the reports of a scenario with what they claim, which is the same in every order."""
    return tuple(enriched(event) for event in read(path).happens if isinstance(event, RawItem))


def left(bare: BareFlow) -> tuple[dict[str, Ledger], list[str]]:
    """Return the ledger and the standing alerts that readers are left with, without ids and times of revision."""
    standing = [alert_line(one) for one in alerts(bare) if one.state is not AlertState.RETRACTED]
    return {key: _bare(page) for key, page in pages(bare).items()}, sorted(standing)


def _bare(page: Ledger) -> Ledger:
    stretches = tuple(replace(stretch, alert_id=None) for stretch in page.stretches)
    return replace(page, stretches=stretches, revision=0, revised_at=START)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 1 << 32), days=st.sampled_from([1, 1, 30]))
def test_late_and_double_reports_change_no_final_ledger(path: Path, seed: int, days: int) -> None:
    """Reports up to a day late, or a month, some delivered twice, leave the ledger and the alerts of the scenario."""
    random = Random(seed)
    twice = [item for item in items(path) for _ in range(random.choice((1, 2)))]
    arrived = sorted(twice, key=lambda item: item.fetched_at + timedelta(days=days * random.random()))
    assert left(told(ENRICHED_ITEMS, arrived)) == left(told(ENRICHED_ITEMS, items(path)))
