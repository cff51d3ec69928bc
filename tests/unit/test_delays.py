"""Delays are measured once an alert, leg by leg, and told in percentiles for each source."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from streams.delays import LEGS, by_source, journey, late_by, percentiles
from streams.mentions import Precision
from streams.timing import spoken
from tests.alerts import NOON, alert, telling


def test_an_alert_is_measured_from_its_first_telling_to_the_alert() -> None:
    """The first fetched telling names the source and the moment from which the alert took its time."""
    told = alert("a", telling(source="late", fetched=NOON + timedelta(seconds=5)), telling(source="first"))
    found = journey(told, NOON + timedelta(seconds=6))
    assert found is not None
    assert (found.source, found.fetched_to_alerted, found.published_to_fetched) == ("first", 6.0, 240.0)


def test_a_later_revision_is_not_measured() -> None:
    """Waiting for other sources is no delay of ours."""
    assert journey(replace(alert(), revision=2), NOON) is None


@pytest.mark.parametrize(
    ("hours", "precision", "late"),
    [
        (1, Precision.INSTANT, None),
        (1.01, Precision.INSTANT, 3636),
        (30, None, 108_000),
        (24.5, Precision.DAY, None),
        (26, Precision.DAY, 7200),
        (24 * 30, Precision.MONTH, None),
    ],
)
def test_an_alert_is_late_an_hour_after_its_report_was_out(
    hours: float, precision: Precision | None, late: float | None
) -> None:
    """What is dated no more exactly than a day or a month counts from the end of it."""
    told = replace(alert(), delays=replace(alert().delays, published_precision=precision))
    found = late_by(told, told.opened_at + timedelta(hours=hours))
    assert found == (None if late is None else pytest.approx(late))


def test_a_later_revision_is_not_late() -> None:
    """Whoever was told in time is told of what came of it without that mark."""
    assert late_by(replace(alert(), revision=2), NOON + timedelta(days=3)) is None


def test_percentiles_are_nearest_ranks() -> None:
    """Of 1 to 100 seconds the 95th percentile is 95, of one value it is that value."""
    found = percentiles([float(n) for n in range(100, 0, -1)])
    assert found is not None
    assert (found.count, found.p50, found.p90, found.p95, found.p99) == (100, 50.0, 90.0, 95.0, 99.0)
    alone = percentiles([3.0])
    assert alone is not None
    assert {alone.p50, alone.p99} == {3.0}
    assert percentiles([]) is None


def test_each_source_has_its_own_percentiles_of_each_leg_that_was_measured() -> None:
    """A leg whose ends are not known is not counted."""
    alerts = [alert(str(n), telling(source=f"paper-{n % 2}")) for n in range(6)]
    journeys = [found for n, one in enumerate(alerts) if (found := journey(one, NOON + timedelta(seconds=n)))]
    found = by_source(journeys)
    assert list(found) == ["paper-0", "paper-1"]
    assert "event_to_published" in LEGS
    assert "event_to_published" not in found["paper-0"]
    assert (found["paper-1"]["fetched_to_alerted"].count, found["paper-1"]["fetched_to_alerted"].p50) == (3, 3.0)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "0.42 s"), (210.0, "3.5 min"), (7200.0, "2.0 h"), (129_600.0, "1.5 d")]
)
def test_a_delay_is_spoken_in_the_unit_that_suits_it(seconds: float, words: str) -> None:
    """Seconds, minutes, hours, days."""
    assert spoken(seconds) == words
