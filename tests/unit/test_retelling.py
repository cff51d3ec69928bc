"""History told in passing beside what is known better: which telling goes into the ledger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from processors.ledger import history
from processors.retelling import told_once
from processors.turns import Turn, What
from streams.alerts import AlertState
from tests.turnings import BLUE, DAY, RED, turn, word

YEAR = {"first": date(2031, 1, 1), "last": date(2031, 12, 31)}
MAY = {"first": date(2031, 5, 1), "last": date(2031, 5, 31)}


def past(day: int = 0, **fields: object) -> Turn:
    """Return history in passing."""
    return turn(day, What.PASSING, **fields)


def left(*turns: Turn) -> list[Turn]:
    """Return the turns that go into the ledger, without their words."""
    return list(told_once(turns, window_days=14))


def test_without_history_all_turns_stay_in_order() -> None:
    """Changes and words about holding are never left out."""
    early, late = turn(0, gainer=RED), turn(3, What.HOLDS, gainer=RED)
    assert left(late, early) == [early, late]


def test_a_year_in_which_the_change_is_known_is_left_out_and_its_words_are_kept() -> None:
    """The change keeps its day and gets the word of who looked back."""
    known = turn(9, gainer=RED, words=(word(1),))
    (one,) = left(past(gainer=RED, words=(word(2),), **YEAR), known)
    assert (one.id, one.first, [said.claim_id for said in one.words]) == (known.id, known.first, ["1", "2"])


@pytest.mark.parametrize(
    ("looked_back", "change"),
    [
        (past(gainer=RED, **YEAR), turn(9, gainer=BLUE)),
        (past(gainer=RED), turn(15, gainer=RED)),
        (past(gainer=RED, **YEAR), turn(9, gainer=RED, state=AlertState.DISPUTED)),
        (past(gainer=RED, **YEAR), turn(9, gainer=RED, state=AlertState.REJECTED)),
        (past(gainer=RED, **YEAR), turn(9, What.HOLDS, gainer=RED)),
        (past(), turn(0, loser=RED)),
    ],
    ids=["another gainer", "after the window", "disputed", "rejected", "holding", "nobody named"],
)
def test_history_of_which_no_better_telling_is_known_stays(looked_back: Turn, change: Turn) -> None:
    """Another's change, one long after, one that did not happen or a word about holding is no better telling."""
    assert len(left(looked_back, change)) == 2


def test_a_departure_told_again_is_left_out() -> None:
    """Where nobody took the place it is known by who left it."""
    assert [one.what for one in left(past(loser=RED, **YEAR), turn(9, loser=RED))] == [What.CHANGE]


def test_an_earlier_taking_is_not_the_later_one_where_the_place_was_lost_in_between() -> None:
    """Taken, lost and taken again within the window: the first taking, told in passing, is a stretch of its own."""
    turns = left(past(0, gainer=RED), turn(4, gainer=BLUE), turn(8, gainer=RED))
    stretches = history(turns, window_days=14).stretches
    assert [(one.since - DAY).days for one in stretches] == [0, 4, 8]


def test_of_two_changes_the_nearer_is_the_one_that_is_looked_back_on() -> None:
    """The change nearest to the day named takes over the word."""
    near, far = turn(1, gainer=RED), turn(9, gainer=RED)
    assert [len(one.words) for one in left(far, near, past(0, gainer=RED, words=(word(1),)))] == [1, 0]


def test_the_finest_history_is_kept() -> None:
    """A year and a month told in passing give way to the day told in passing."""
    day = past(9, gainer=RED)
    assert [one.id for one in left(past(gainer=RED, **YEAR), past(gainer=RED, **MAY), day)] == [day.id]


def test_two_looks_back_on_one_day_are_both_kept() -> None:
    """Two that look back on the same day are one stretch with two words, whichever was first."""
    turns = left(past(9, gainer=RED, words=(word(1),)), past(9, gainer=RED, words=(word(2),), id="other"))
    (one,) = history(turns, window_days=14).stretches
    assert (one.since, len(one.words)) == (DAY + timedelta(days=9), 2)
