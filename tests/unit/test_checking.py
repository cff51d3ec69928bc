"""How a change fits what the ledger knew: each verdict of the check, and what may not be held against a change."""

from __future__ import annotations

import pytest

from processors.checking import check, is_clash, shown
from processors.ledger import history
from processors.turns import Turn
from streams.alerts import Before, LedgerCheck
from streams.holding import Stretch
from streams.mentions import Kind
from tests.turnings import BLUE, DAY, GREEN, GUNMEN, RED, camps, turn


def stood(*turns: Turn) -> Stretch | None:
    """Return the last stretch of turns."""
    stretches = history(turns, window_days=14, parties=camps).stretches
    return stretches[-1] if stretches else None


BY_RED = stood(turn(0, gainer=RED))
SHARED = stood(turn(0, gainer=BLUE), turn(1, gainer=RED, partial=True))


@pytest.mark.parametrize(
    ("kind", "change", "before", "expected"),
    [
        (Kind.CAPTURE, turn(9, gainer=RED), None, LedgerCheck.UNKNOWN),
        (Kind.CAPTURE, turn(9, gainer=RED), stood(turn(0, loser=BLUE)), LedgerCheck.UNKNOWN),
        (Kind.CAPTURE, turn(9, gainer=RED), BY_RED, LedgerCheck.REDUNDANT),
        (Kind.RECAPTURE, turn(9, gainer=RED), BY_RED, LedgerCheck.IMPOSSIBLE),
        (Kind.RECAPTURE, turn(9, gainer=RED), SHARED, LedgerCheck.CONSISTENT),
        (Kind.CAPTURE, turn(9, gainer=BLUE), BY_RED, LedgerCheck.CONSISTENT),
        (Kind.CAPTURE, turn(9, gainer=BLUE, loser=RED), BY_RED, LedgerCheck.CONSISTENT),
        (Kind.CAPTURE, turn(9, gainer=BLUE, loser=GREEN), BY_RED, LedgerCheck.CONSISTENT),
        (Kind.CAPTURE, turn(9, gainer=GREEN, loser=BLUE), BY_RED, LedgerCheck.IMPOSSIBLE),
        (Kind.CAPTURE, turn(1, gainer=GREEN, loser=BLUE), BY_RED, LedgerCheck.CONSISTENT),
        (Kind.WITHDRAWAL, turn(9, loser=BLUE), BY_RED, LedgerCheck.IMPOSSIBLE),
        (Kind.WITHDRAWAL, turn(9, loser=BLUE), SHARED, LedgerCheck.CONSISTENT),
        (Kind.CAPTURE, turn(9, gainer=BLUE, loser=RED), stood(turn(0, gainer=GUNMEN)), LedgerCheck.CONSISTENT),
        (Kind.CAPTURE, turn(9, gainer=GUNMEN), BY_RED, LedgerCheck.CONSISTENT),
    ],
    ids=lambda value: value.id if isinstance(value, Turn) else None,
)
def test_a_change_is_checked_against_who_held_the_place(
    kind: Kind, change: Turn, before: Stretch | None, expected: LedgerCheck
) -> None:
    """What was held is redundant, what was never lost or not held impossible; camp mates stand for each other."""
    assert check(kind, change, before, camps) is expected


def test_who_held_a_place_is_shown_and_nobody_is_not() -> None:
    """An alert shows the holders before it and since when."""
    assert shown(BY_RED) == Before(holders=(RED,), since=DAY)
    assert shown(stood(turn(0, loser=RED))) is None
    assert shown(None) is None


def test_both_alerts_of_a_clash_are_marked() -> None:
    """The exchange of a day and the one that undid it are clashes, the change before them is not."""
    stretches = history(
        [turn(0, gainer=RED, alert_id="a"), turn(9, gainer=BLUE, alert_id="b"), turn(10, gainer=RED, alert_id="c")],
        window_days=14,
        parties=camps,
    ).stretches
    assert [is_clash(one, stretches) for one in "abc"] == [False, True, True]
    assert not is_clash("of another page", stretches)
