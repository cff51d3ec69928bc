"""Which changes and words of a place cannot all be, and which of them the ledger follows then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from processors.turns import Turn, What
from streams.alerts import AlertState
from tests.turnings import BLUE, DAY, GREEN, GUNMEN, RED, YELLOW, held, spells, told, turn

EARLIER = datetime(2031, 5, 1, 8, tzinfo=UTC)


def test_two_takers_of_two_camps_on_one_day_are_rivals() -> None:
    """Neither from the other: nobody known holds the place, which is contested, in whichever order they are told."""
    for one, other in ((RED, BLUE), (BLUE, RED)):
        page = told(turn(0, gainer=one, id="a"), turn(1, gainer=other, id="b"))
        assert (held(page), spells(page), page.rivals) == ([], [(0, None)], {"a": ("b",), "b": ("a",)})


def test_rivals_leave_the_place_with_who_held_it() -> None:
    """Who is known to have held a place before two are told to have taken it is not driven out by either."""
    page = told(turn(-30, gainer=YELLOW), turn(0, gainer=RED, id="a"), turn(0, gainer=BLUE, id="b"))
    assert (held(page), spells(page)) == ([(-30, "yellow")], [(0, None)])
    assert page.stood["b"] == page.stood["a"] == page.stretches[0]


def test_of_three_takers_each_is_a_rival_of_the_two_others() -> None:
    """Three camps are told to have taken the place: each speaks against both others, camp mates not each other."""
    page = told(*(turn(0, gainer=one, id=one.key) for one in (RED, GREEN, BLUE, YELLOW)))
    assert {key: set(ids) for key, ids in page.rivals.items()} == {
        "red": {"blue", "yellow"},
        "green": {"blue", "yellow"},
        "blue": {"red", "green", "yellow"},
        "yellow": {"red", "green", "blue"},
    }


@pytest.mark.parametrize(
    ("sure", "other", "left"),
    [
        ({"state": AlertState.CONFIRMED}, {"state": AlertState.CORROBORATED}, ["red"]),
        ({"state": AlertState.CONFIRMED}, {"state": AlertState.CONFIRMED}, []),
        ({"judged": True}, {"state": AlertState.CONFIRMED}, ["red"]),
        ({"judged": True}, {"judged": True}, ["red", "blue"]),
    ],
    ids=["confirmed", "both confirmed", "an analyst's word", "two words of analysts"],
)
def test_the_ledger_follows_a_rival_that_is_surer(
    sure: dict[str, object], other: dict[str, object], left: list[str]
) -> None:
    """A confirmed rival of one that is not, and one that an analyst stands by, move the ledger; it stays contested."""
    page = told(turn(0, gainer=RED, id="a", **sure), turn(0, gainer=BLUE, id="b", **other))
    assert ([one.holders[0].key for one in page.stretches], bool(spells(page)[-1][1])) == (left, False)


def test_days_known_to_the_month_make_no_rivals() -> None:
    """A taking in May and one on the second of May may both be, one after the other."""
    assert told(turn(0, gainer=RED, last=DAY + timedelta(days=30)), turn(1, gainer=BLUE)).rivals == {}


def test_who_was_driven_out_afterwards_had_taken_it() -> None:
    """Of two rivals one was turned back later: the ledger has him there until then."""
    taken = turn(0, gainer=RED, state=AlertState.REVERSED, id="a")
    page = told(taken, turn(0, gainer=BLUE, id="b"), turn(3, gainer=YELLOW, loser=RED))
    assert (held(page), page.rivals) == ([(0, "red"), (3, "yellow")], {"a": ("b",), "b": ("a",)})


def test_a_retaking_is_no_rival_of_what_it_turned_back() -> None:
    """Taken and retaken on one day, from whom nobody says: one after the other."""
    taken = turn(0, gainer=RED, state=AlertState.REVERSED)
    assert told(taken, turn(0, gainer=BLUE, retaking=True)).rivals == {}


@pytest.mark.parametrize("fields", [{"loser": BLUE}, {"loser": None}], ids=["named", "known"])
def test_a_word_that_the_loser_holds_on_speaks_against_the_change(fields: dict[str, object]) -> None:
    """Whether the change names its loser or the page knows him; the change stands, contested."""
    page = told(turn(-30, gainer=BLUE), turn(0, gainer=RED, id="a", **fields), turn(2, What.HOLDS, gainer=BLUE, id="w"))
    assert (page.held_on, held(page)[-1], spells(page)) == ({"a": ("w",)}, (0, "red"), [(2, None)])


def test_a_word_that_who_left_holds_on_speaks_against_his_leaving() -> None:
    """Nobody came after him, and he is said to be there the day after."""
    page = told(turn(0, loser=BLUE, id="a"), turn(1, What.HOLDS, gainer=BLUE, id="w"))
    assert page.held_on == {"a": ("w",)}


@pytest.mark.parametrize(
    "word",
    [
        turn(0, What.HOLDS, gainer=BLUE, told_at=EARLIER),
        turn(40, What.HOLDS, gainer=BLUE),
        turn(2, What.HOLDS, gainer=YELLOW),
        turn(2, What.HOLDS, gainer=GREEN),
        turn(2, What.HOLDS, gainer=GUNMEN),
        turn(2, What.HOLDS, gainer=BLUE, partial=True),
    ],
    ids=["told before", "long after", "a third", "the gainer's camp", "nobody named", "a part of it"],
)
def test_a_word_that_speaks_against_no_change(word: Turn) -> None:
    """Told before the change or a window later, of a third or of the gainer's camp, of nobody or of a part."""
    assert told(turn(0, gainer=RED, loser=BLUE), word).held_on == {}


def test_a_word_after_the_place_was_given_back_speaks_against_nothing() -> None:
    """Who took the place back holds it."""
    back = turn(3, gainer=BLUE, loser=RED)
    assert told(turn(0, gainer=RED, loser=BLUE), back, turn(4, What.HOLDS, gainer=BLUE)).held_on == {}
