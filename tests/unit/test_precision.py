"""How often rules and sources were right, by verdicts, with intervals that hold for few."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from processors.measure.precision import Score, scores, wilson
from streams.items import Claim
from tests.analysts import actor, alerts, given, heard, place, told


def ruled(rule: str, source: str, day: float = 0, **fields: object) -> Claim:
    return replace(told(source, day, **fields), rule=rule)


def line(score: Score) -> tuple[str, int, int, int, int]:
    return score.name, score.judged, score.right, score.rejected, score.corrected


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 0, 0, 1), (1, 1, 0.2065, 1), (0, 10, 0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_intervals_are_wilsons(right: int, of: int, low: float, high: float) -> None:
    """Intervals agree with published ones (Newcombe 1998 for 81 of 263), and never leave 0 to 1."""
    assert wilson(right, of) == pytest.approx((low, high), abs=5e-5)


def test_an_alert_counts_once_for_each_rule_and_source() -> None:
    """Two tellings of one source by one rule are one alert of that rule and source."""
    (alert,) = alerts(heard([ruled("a", "herald"), ruled("a", "herald", 1), ruled("b", "courier", 2)]))
    found = scores([(given(alert, "confirm"), alert)])
    assert line(found.all) == ("all", 1, 1, 0, 0)
    assert [line(one) for one in found.rules] == [("a", 1, 1, 0, 0), ("b", 1, 1, 0, 0)]
    assert [line(one) for one in found.sources] == [("courier", 1, 1, 0, 0), ("herald", 1, 1, 0, 0)]


def test_only_who_told_it_wrong_is_wrong() -> None:
    """Where an analyst puts right what one telling left open and another got wrong, the first stays right."""
    claims = [ruled("a", "herald", losing=actor("SDF")), ruled("b", "courier", 1, losing=None)]
    (alert,) = alerts(heard(claims))
    found = scores([(given(alert, "correct", from_="Syrian army"), alert)])
    assert [line(one) for one in found.rules] == [("a", 1, 0, 0, 1), ("b", 1, 1, 0, 0)]
    found = scores([(given(alert, "reject"), alert)])
    assert [line(one) for one in found.rules] == [("a", 1, 0, 1, 0), ("b", 1, 0, 1, 0)]


def test_a_wrong_place_and_a_wrong_kind_are_wrong() -> None:
    """Place and kind are compared as they were told."""
    (alert,) = alerts(heard([told()]))
    assert scores([(given(alert, "correct", place="Raqqa"), alert)]).all.corrected == 1
    assert scores([(given(alert, "correct", kind="handover"), alert)]).all.corrected == 1


def test_those_judged_most_come_first() -> None:
    """Rules are ordered by how many alerts of theirs were judged."""
    some = alerts(
        heard([ruled("a", "x"), ruled("b", "y", place=place("Raqqa")), ruled("b", "z", place=place("Tabqa"))])
    )
    found = scores([(given(alert, "confirm"), alert) for alert in some])
    assert [(one.name, one.judged) for one in found.rules] == [("b", 2), ("a", 1)]


def test_nothing_judged_is_no_score() -> None:
    """Without verdicts nothing is claimed: the interval is everything."""
    found = scores([])
    assert (found.all.judged, found.all.low, found.all.high, found.rules) == (0, 0.0, 1.0, ())
