"""The latest verdict on an alert stands, and what a corrected place was told stands or falls with it."""

from __future__ import annotations

from processors.hearing import hear
from streams.items import ClaimOp
from streams.steps import Dropped, Passed, Why
from tests.analysts import alerts, given, heard, told


def case():
    (alert,) = alerts(heard([told()]))
    return alert


def test_a_verdict_goes_to_its_place_and_its_claims_to_the_right_one() -> None:
    """The first verdict passes with its silent claims and is remembered."""
    verdict = given(case(), "correct", place="Raqqa")
    assert hear(verdict, None) == (Passed((verdict, *verdict.claims)), verdict)


def test_a_repeat_and_an_older_verdict_change_nothing() -> None:
    """What was heard ends as a duplicate, what is older than it as stale."""
    alert = case()
    earlier, later = given(alert, "confirm", hours=1), given(alert, "reject", hours=2)
    assert hear(later, later) == (Dropped(Why.DUPLICATE), later)
    assert hear(earlier, later) == (Dropped(Why.STALE), later)


def test_a_later_verdict_takes_back_what_the_earlier_told() -> None:
    """Silent claims of the verdict before are withdrawn, but for those that the new one tells again."""
    alert = case()
    first, second = given(alert, "correct", place="Raqqa", hours=1), given(alert, "correct", place="Homs, SY", hours=2)
    outcome, memory = hear(second, first)
    gone, verdict, put = outcome.records
    assert (gone.id, gone.op, gone.place_key) == (first.claims[0].id, ClaimOp.WITHDRAW, first.place.id)
    assert (verdict, put, memory) == (second, second.claims[0], second)
    again = given(alert, "correct", place="Raqqa", to="SDF", hours=3)
    assert [claim.op for claim in hear(again, first)[0].records[1:]] == [ClaimOp.PUT]
